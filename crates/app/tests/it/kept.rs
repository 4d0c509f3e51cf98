//! What stays as people made it, whatever is tailored anew.

use tminus_app::{
    Failure, Refusal,
    checklist::arrange::{AddItem, EditDue, EditItem, add_item, edit_item, move_item},
    engagement::{
        open::{OpenEngagement, open_engagement},
        plan::{ChangePlan, change_plan},
    },
    people::member::remove_member,
    world::{self, World},
};
use tminus_domain::{
    checklist::{item::Item, work::MAX_DESCRIPTION},
    engagement::setup::MAX_KITS,
    kit::condition::Answer,
    people::Member,
    record::fact::{Fact, FactKind},
    rights::{Function, Right, authorize},
};

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

#[tokio::test]
async fn what_is_moved_stands_in_its_new_place_at_once_and_after_a_plan_change() {
    let world = world::own().await;
    let order = async |world: &World| {
        let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
        view.engagement.listed().map(|item| item.key.clone()).collect::<Vec<_>>()
    };
    let load = item(&world, "load").await;
    move_item(&world.app, &world.ann, &world.engagement, &load.id, Some(&item(&world, "jira").await.id)).await.unwrap();
    let moved = order(&world).await;
    assert_eq!(&moved[..3], ["load", "jira", "chat"]);
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    setup.answers.insert("onsite".into(), Answer::Yes(true));
    change_plan(
        &world.app,
        &world.ann,
        &world.engagement,
        ChangePlan { setup, kits: None, reason: "the sponsor asked".to_owned(), revision: None },
    )
    .await
    .unwrap();
    let after = order(&world).await;
    assert_eq!(&after[..3], ["load", "jira", "chat"], "{after:?}");
}

#[tokio::test]
async fn a_part_of_something_internal_stays_hidden_wherever_it_stands() {
    let world = world::own().await;
    let chat = item(&world, "chat").await;
    let part = AddItem { parent: Some(chat.id.clone()), activity: "tools".into(), title: "Secret part".to_owned(), ..AddItem::default() };
    let part = add_item(&world.app, &world.ann, &world.engagement, part).await.unwrap().into_inner();
    let locked = world.app.store.lock(&world.engagement).await.unwrap().unwrap();
    let scope = authorize(&world.ann, locked.ground(world.app.today("UTC")), Right::EditChecklist).unwrap();
    let mut change = locked.enter(scope);
    change.save_item(Item { position: 1, ..part.clone() });
    change.record(Fact::new(FactKind::ItemsMoved, part.id.as_str(), "moved"));
    change.save(&world.ann, world.app.now(), "salt").await.unwrap();
    let bobs = world.app.view(&world.bob, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert!(bobs.engagement.item(&part.id).is_none());
}

#[tokio::test]
async fn a_rule_set_by_hand_outlives_a_change_of_members() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let rule = EditDue::Rule(Some("T-10bd @ kickoff".parse().unwrap()));
    let edited =
        edit_item(&world.app, &world.ann, &world.engagement, EditItem { item: jira.id.clone(), due: Some(rule), ..EditItem::default() })
            .await
            .unwrap();
    assert_ne!(edited.due_on(), jira.due_on());
    remove_member(&world.app, &world.ann, &world.engagement, &world.dee.person).await.unwrap();
    let after = item(&world, "jira").await;
    assert_eq!((after.due_on(), after.start_by), (edited.due_on(), edited.start_by));
}

#[tokio::test]
async fn an_engagement_opens_only_with_members_who_stand_on_their_side() {
    let world = world::own().await;
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let opening = |member: Member| OpenEngagement {
        kits: vec![world.kit.clone()],
        setup: view.engagement.plan.setup.clone(),
        members: vec![view.engagement.members[0].clone(), member],
        portfolio: None,
    };
    let bob = view.engagement.members[1].clone();
    let wrong = [
        ("function", Member { function: Function::EngagementManager, ..bob.clone() }),
        ("roles", Member { roles: vec!["nobody".into()], ..bob.clone() }),
        ("workstreams", Member { workstreams: vec!["nothing".into()], ..bob.clone() }),
        ("members", Member { person: "nobody".into(), ..bob.clone() }),
        ("members", view.engagement.members[0].clone()),
    ];
    for (named, member) in wrong {
        match open_engagement(&world.app, &world.ann, opening(member)).await {
            Err(Failure::Refused(Refusal::Field { field, .. })) => assert_eq!(field, named),
            other => panic!("{named}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_longer_or_more_than_the_limits_is_refused_by_every_door() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let (most, more) = ("ä".repeat(MAX_DESCRIPTION), "ä".repeat(MAX_DESCRIPTION + 1));
    let edit = |description: &str| EditItem { item: jira.id.clone(), description: Some(description.to_owned()), ..EditItem::default() };
    edit_item(&world.app, &world.ann, &world.engagement, edit(&most)).await.unwrap();
    let edited = edit_item(&world.app, &world.ann, &world.engagement, edit(&more)).await.map(drop);
    let add = AddItem { activity: "tools".into(), title: "More".to_owned(), description: more, ..AddItem::default() };
    let added = add_item(&world.app, &world.ann, &world.engagement, add).await.map(drop);
    for refused in [edited, added] {
        assert!(refused.unwrap_err().to_string().contains("at most 100000 characters"));
    }
    let setup = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    let kits = vec![world.kit.clone(); MAX_KITS + 1];
    let opened = open_engagement(
        &world.app,
        &world.ann,
        OpenEngagement { kits: kits.clone(), setup: setup.clone(), members: Vec::new(), portfolio: None },
    )
    .await;
    let change = ChangePlan { setup, kits: Some(kits), reason: "more".to_owned(), revision: None };
    let changed = change_plan(&world.app, &world.ann, &world.engagement, change).await.map(drop);
    for refused in [opened.map(drop), changed] {
        assert!(refused.unwrap_err().to_string().contains("choose at most 12 kits"));
    }
}
