//! Several things in one change.

use tminus_app::{
    Failure,
    checklist::{
        arrange::EditItem,
        comment::{AddComment, list_comments},
        evidence::AddEvidence,
        status::SetStatus,
        together::{WorkOn, work_on},
        undo::undo,
    },
    world::{self, World},
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    ids::ItemId,
    kit::{Side, task::EvidenceKind},
    rights::Right,
};

async fn item(world: &World, key: &str) -> (Item, u64) {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    (Item::clone(view.engagement.item_by_key(key).unwrap()), view.engagement.head.number)
}

fn proof(item: &ItemId) -> AddEvidence {
    let text = "https://jira.example.com".to_owned();
    AddEvidence { item: item.clone(), kind: EvidenceKind::Link, text, fact: None, version: None }
}

fn to(item: &ItemId, to: State, reason: Option<&str>) -> SetStatus {
    SetStatus { item: item.clone(), to, reason: reason.map(str::to_owned), third_party: None, version: None }
}

#[tokio::test]
async fn all_parts_are_one_change_that_is_taken_back_as_one() {
    let world = world::own().await;
    let (jira, entries) = item(&world, "jira").await;
    let all = WorkOn {
        item: jira.id.clone(),
        version: Some(jira.version),
        evidence: vec![proof(&jira.id)],
        edits: vec![EditItem {
            item: jira.id.clone(),
            assign: Some((Side::Delivery, Some(world.dee.person.clone()))),
            ..EditItem::default()
        }],
        comment: Some(AddComment { item: jira.id.clone(), text: "they opened it".to_owned(), internal: false }),
        status: Some(to(&jira.id, State::Done, None)),
        ..WorkOn::default()
    };
    let done = work_on(&world.app, &world.ann, &world.engagement, all).await.unwrap();
    assert_eq!((done.state(), done.comments), (State::Done, 1));
    assert_eq!(item(&world, "jira").await.1, entries + 4, "an entry for each part");
    undo(&world.app, &world.ann, &world.engagement, None).await.unwrap();
    let (back, _) = item(&world, "jira").await;
    assert_eq!((back.state(), back.proofs.len(), back.assigned.len()), (State::ToDo, 0, 0));
    // What was said stays said, and is counted.
    assert_eq!(back.comments, 1);
    assert_eq!(list_comments(&world.app, &world.ann, &world.engagement, &jira.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_part_that_is_refused_leaves_nothing_of_the_others() {
    let world = world::own().await;
    let (jira, entries) = item(&world, "jira").await;
    let refused = WorkOn {
        item: jira.id.clone(),
        evidence: vec![proof(&jira.id)],
        comment: Some(AddComment { item: jira.id.clone(), text: "blocked".to_owned(), internal: false }),
        status: Some(to(&jira.id, State::Blocked, None)),
        ..WorkOn::default()
    };
    let refused = work_on(&world.app, &world.ann, &world.engagement, refused).await;
    assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
    assert_eq!(item(&world, "jira").await, (jira.clone(), entries));
    assert!(list_comments(&world.app, &world.ann, &world.engagement, &jira.id).await.unwrap().is_empty());
    let stale = WorkOn { item: jira.id.clone(), version: Some(jira.version + 1), evidence: vec![proof(&jira.id)], ..WorkOn::default() };
    assert!(matches!(work_on(&world.app, &world.ann, &world.engagement, stale).await, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn each_part_asks_for_its_own_right() {
    let world = world::own().await;
    let (jira, entries) = item(&world, "jira").await;
    let edit = EditItem { item: jira.id.clone(), title: Some("Mine now".to_owned()), ..EditItem::default() };
    let all = WorkOn { item: jira.id.clone(), evidence: vec![proof(&jira.id)], edits: vec![edit], ..WorkOn::default() };
    assert!(matches!(work_on(&world.app, &world.bob, &world.engagement, all).await, Err(Failure::Forbidden)));
    let (chat, _) = item(&world, "chat").await;
    let hidden = WorkOn { item: chat.id.clone(), status: Some(to(&chat.id, State::InProgress, None)), ..WorkOn::default() };
    assert!(matches!(work_on(&world.app, &world.bob, &world.engagement, hidden).await, Err(Failure::NotFound)));
    assert_eq!(item(&world, "jira").await, (jira, entries));
}
