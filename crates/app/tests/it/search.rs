//! Looking for something by words, as Ann, Bob and Mallory.

use tminus_app::{
    checklist::{
        arrange::{AddItem, EditItem, add_item, edit_item, remove_item},
        undo::undo,
    },
    engagement::search::{Found, MAX_FOUND, search},
    world::{self, World},
};
use tminus_domain::rights::Actor;

async fn find(world: &World, actor: &Actor, text: &str) -> Found {
    search(&world.app, actor, text, None).await.unwrap()
}

fn titles(found: &Found) -> Vec<&str> {
    found.items.iter().map(|it| it.title.as_str()).collect()
}

async fn add(world: &World, title: &str, internal: bool) -> AddItem {
    let input = AddItem { activity: "tools".into(), title: title.to_owned(), internal, ..AddItem::default() };
    let added = add_item(&world.app, &world.ann, &world.engagement, input.clone()).await.unwrap();
    AddItem { parent: Some(added.id.clone()), ..input }
}

#[tokio::test]
async fn engagements_items_and_people_are_found_by_words_without_capitals_and_accents() {
    let world = world::own().await;
    add(&world, "Agrée the Straßenplan", false).await;
    assert_eq!(titles(&find(&world, &world.ann, "AGREE strassen").await), ["Agrée the Straßenplan"]);
    assert_eq!(titles(&find(&world, &world.ann, "jira badge").await), [""; 0], "not every word is in it");
    let found = find(&world, &world.ann, "north").await;
    assert_eq!((found.engagements[0].id.clone(), found.engagements[0].customer.as_str()), (world.engagement.clone(), "Northwind"));
    let found = find(&world, &world.ann, "bob").await;
    assert_eq!((found.people[0].name.as_str(), found.people[0].engagement.as_ref()), ("Bob", Some(&world.engagement)));
    assert!(find(&world, &world.ann, "  ").await.is_empty());
    for odd in ["%", "_", "\\", "100 %", "'"] {
        assert!(find(&world, &world.ann, odd).await.is_empty(), "{odd} finds something");
    }
}

#[tokio::test]
async fn what_is_internal_is_not_found_by_the_customer_nor_are_parts_of_it() {
    let world = world::own().await;
    let below = add(&world, "Zebra talks", true).await;
    let part = AddItem { title: "Zebra part".to_owned(), internal: false, ..below };
    add_item(&world.app, &world.ann, &world.engagement, part).await.unwrap();
    add(&world, "Zebra for all", false).await;
    assert_eq!(find(&world, &world.ann, "zebra").await.items.len(), 3);
    assert_eq!(titles(&find(&world, &world.bob, "zebra").await), ["Zebra for all"]);
    assert_eq!(titles(&find(&world, &world.bob, "chat room").await), [""; 0]);
}

#[tokio::test]
async fn a_stranger_finds_nothing_of_somebody_elses_engagement() {
    let world = world::own().await;
    for text in ["north", "jira", "bob", "ann", "a", "example.com"] {
        let found = find(&world, &world.mallory, text).await;
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    assert!(find(&world, &world.bob, "mallory").await.is_empty(), "a customer finds people of another customer");
    assert!(find(&world, &world.bob, "example.com").await.is_empty(), "a customer finds people by their address");
}

#[tokio::test]
async fn what_goes_off_the_checklist_is_not_found_until_it_comes_back_and_a_new_title_is() {
    let world = world::own().await;
    let item = add(&world, "Order lunch", false).await.parent.unwrap();
    let gone = remove_item(&world.app, &world.ann, &world.engagement, &item, None).await.unwrap();
    assert_eq!(titles(&find(&world, &world.ann, "lunch").await), [""; 0]);
    undo(&world.app, &world.ann, &world.engagement, gone.undo).await.unwrap();
    assert_eq!(titles(&find(&world, &world.ann, "lunch").await), ["Order lunch"]);
    let input = EditItem { item, title: Some("Order dinner".to_owned()), ..EditItem::default() };
    edit_item(&world.app, &world.ann, &world.engagement, input).await.unwrap();
    assert_eq!(titles(&find(&world, &world.ann, "lunch").await), [""; 0]);
    assert_eq!(titles(&find(&world, &world.ann, "dinner").await), ["Order dinner"]);
}

#[tokio::test]
async fn the_best_come_first_and_never_more_than_fit() {
    let world = world::own().await;
    for index in 0..30 {
        add(&world, &format!("Send the plan {index}"), false).await;
    }
    add(&world, "Plan the plan", false).await;
    let found = find(&world, &world.ann, "plan").await;
    assert_eq!((found.items.len(), titles(&found)[0]), (MAX_FOUND, "Plan the plan"));
}
