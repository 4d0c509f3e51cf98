//! Taking back one change, and no other.

use tminus_app::{
    Failure,
    checklist::{
        arrange::{AddItem, EditItem, add_item, edit_item},
        status::{SetStatus, set_status},
        undo::undo,
    },
    world::{self, World},
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    rights::Right,
};

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

fn because(item: &Item, state: State, reason: &str) -> SetStatus {
    SetStatus { item: item.id.clone(), to: state, reason: Some(reason.to_owned()), third_party: None, version: Some(item.version) }
}

fn to(item: &Item, state: State) -> SetStatus {
    because(item, state, "")
}

#[tokio::test]
async fn exactly_the_named_change_is_taken_back() {
    let world = world::own().await;
    let (jira, chat) = (item(&world, "jira").await, item(&world, "chat").await);
    let first = set_status(&world.app, &world.ann, &world.engagement, to(&jira, State::InProgress)).await.unwrap().undo;
    let second = set_status(&world.app, &world.ann, &world.engagement, to(&chat, State::InProgress)).await.unwrap().undo;
    assert_eq!(undo(&world.app, &world.ann, &world.engagement, first).await.ok(), first);
    assert_eq!((item(&world, "jira").await.state(), item(&world, "chat").await.state()), (State::ToDo, State::InProgress));
    let again = undo(&world.app, &world.ann, &world.engagement, first).await.unwrap_err().to_string();
    assert!(again.contains(&format!("entry {} is not one of yours", first.unwrap())), "{again}");
    let hers = undo(&world.app, &world.dee, &world.engagement, second).await;
    assert!(matches!(hers, Err(Failure::Refused(_))), "{hers:?}");
}

#[tokio::test]
async fn changes_of_one_item_are_taken_back_one_after_the_other_unless_somebody_worked_in_between() {
    let world = world::own().await;
    let ann = async |state, reason: &str| {
        let now = item(&world, "jira").await;
        set_status(&world.app, &world.ann, &world.engagement, because(&now, state, reason)).await.unwrap()
    };
    let (first, _) = (ann(State::InProgress, "").await, ann(State::Blocked, "no licence").await);
    match undo(&world.app, &world.ann, &world.engagement, first.undo).await {
        Err(Failure::Conflict(Some(item))) => {
            assert_eq!((item.content.title.as_str(), item.state()), ("Get access to Jira", State::Blocked));
        }
        other => panic!("{other:?}"),
    }
    for state in [State::InProgress, State::ToDo] {
        undo(&world.app, &world.ann, &world.engagement, None).await.unwrap();
        assert_eq!(item(&world, "jira").await.state(), state);
    }
    ann(State::InProgress, "").await;
    let by_dee = because(&item(&world, "jira").await, State::Blocked, "no seat");
    set_status(&world.app, &world.dee, &world.engagement, by_dee).await.unwrap();
    ann(State::InProgress, "").await;
    undo(&world.app, &world.ann, &world.engagement, None).await.unwrap();
    assert!(matches!(undo(&world.app, &world.ann, &world.engagement, None).await, Err(Failure::Conflict(Some(_)))), "Dee worked on it");
}

#[tokio::test]
async fn an_added_item_stays_while_it_has_a_part_that_came_later() {
    let world = world::own().await;
    let input = AddItem { activity: "tools".into(), title: "Order laptops".to_owned(), ..AddItem::default() };
    let added = add_item(&world.app, &world.ann, &world.engagement, input.clone()).await.unwrap();
    let part = AddItem { parent: Some(added.id.clone()), title: "Choose a model".to_owned(), ..input };
    let part = add_item(&world.app, &world.ann, &world.engagement, part).await.unwrap();
    assert!(matches!(undo(&world.app, &world.ann, &world.engagement, added.undo).await, Err(Failure::Conflict(Some(_)))));
    undo(&world.app, &world.ann, &world.engagement, part.undo).await.unwrap();
    undo(&world.app, &world.ann, &world.engagement, added.undo).await.unwrap();
}

#[tokio::test]
async fn what_one_may_not_see_any_more_is_not_taken_back() {
    let world = world::own().await;
    let (app, engagement, jira) = (&world.app, &world.engagement, item(&world, "jira").await);
    let part = AddItem {
        activity: "tools".into(),
        parent: Some(jira.id.clone()),
        title: "Ask for a licence".to_owned(),
        owners: vec!["customer-manager".into()],
        ..AddItem::default()
    };
    let part = add_item(app, &world.ann, engagement, part).await.unwrap().into_inner();
    let done = set_status(app, &world.bob, engagement, to(&part, State::InProgress)).await.unwrap().undo;
    let hide = EditItem { item: jira.id.clone(), internal: Some(true), ..EditItem::default() };
    edit_item(app, &world.ann, engagement, hide).await.unwrap();
    assert!(matches!(undo(app, &world.bob, engagement, done).await, Err(Failure::Conflict(None))));
    let view = app.view(&world.ann, engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(view.engagement.item(&part.id).unwrap().state(), State::InProgress);
}
