//! Copies stand beside what they are made of.

use tminus_app::{
    checklist::{
        arrange::{AddItem, add_item, move_item},
        copy::copy_item,
        undo::undo,
    },
    world::{self, World},
};
use tminus_domain::{checklist::item::Item, ids::ItemId, rights::Right};

async fn titles(world: &World) -> Vec<String> {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    view.engagement.listed().map(|item| item.content.title.clone()).collect()
}

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

async fn beside(world: &World, parent: Option<&ItemId>) -> Vec<String> {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let listed = view.engagement.listed().filter(|it| it.activity.as_str() == "tools" && it.parent.as_ref() == parent);
    listed.map(|it| it.content.title.clone()).collect()
}

const JIRA: &str = "Get access to Jira";
const LOAD: &str = "Load the delivery kit";
const CHAT: &str = "Set up the internal chat room";

#[tokio::test]
async fn a_copy_stands_right_after_its_original_with_its_parts() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let jira = item(&world, "jira").await;
    for title in ["First part", "Second part"] {
        let part = AddItem { activity: "tools".into(), parent: Some(jira.id.clone()), title: title.to_owned(), ..AddItem::default() };
        add_item(app, ann, engagement, part).await.unwrap();
    }
    let before = titles(&world).await;
    let copy = copy_item(app, ann, engagement, &jira.id).await.unwrap();
    let whole = titles(&world).await;
    assert_eq!(whole[..6], [JIRA, "First part", "Second part", JIRA, "First part", "Second part"], "{whole:?}");
    assert_eq!(beside(&world, None).await, [JIRA, JIRA, LOAD, CHAT]);
    assert_eq!(beside(&world, Some(&copy.id)).await, ["First part", "Second part"]);
    // A part is copied beside itself, not to the end.
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    let first = view.engagement.parts(&jira.id).next().unwrap().id.clone();
    copy_item(app, ann, engagement, &first).await.unwrap();
    assert_eq!(beside(&world, Some(&jira.id)).await, ["First part", "First part", "Second part"]);
    assert_eq!(item(&world, "load").await.version, 1, "what gave way was not worked on");
    for _ in 0..2 {
        undo(app, ann, engagement, None).await.unwrap();
    }
    assert_eq!(titles(&world).await, before);
}

#[tokio::test]
async fn a_copy_of_what_was_moved_stands_right_after_it() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let (jira, load) = (item(&world, "jira").await, item(&world, "load").await);
    let part = AddItem { activity: "tools".into(), parent: Some(load.id.clone()), title: "A part".to_owned(), ..AddItem::default() };
    add_item(app, ann, engagement, part).await.unwrap();
    move_item(app, ann, engagement, &load.id, Some(&jira.id)).await.unwrap();
    let copy = copy_item(app, ann, engagement, &load.id).await.unwrap();
    assert_eq!(beside(&world, None).await, [LOAD, LOAD, JIRA, CHAT]);
    assert_eq!(beside(&world, Some(&copy.id)).await, ["A part"]);
}
