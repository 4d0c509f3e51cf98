//! Who is really in a room, held against who should be.

use tminus_app::{
    Failure,
    access::membership::{compare_members, take_members},
    people::{
        address::{SaveAddresses, save_addresses},
        member::save_member,
    },
};
use tminus_domain::{
    access::{Step, membership::Compared, work::Ask},
    ids::{PersonId, ResourceId},
    people::Member,
    record::fact::FactKind,
};

use crate::crew::{Crew, crew, crew_with, date};

async fn compare(crew: &Crew, resource: &str, list: &str) -> Compared {
    let resource = ResourceId::from(resource);
    compare_members(&crew.world.app, &crew.world.ann, &crew.engagement, (&resource, list.as_bytes())).await.unwrap()
}

#[tokio::test]
async fn a_pasted_list_says_who_is_missing_who_is_pending_and_who_should_not_be_there() {
    let tool = "\n[[resource]]\nid = \"tool\"\ntitle = \"Tool\"\nowners = [\"customer-network\"]\ndetails = [\"User name\"]\n\n[[need]]\nresource = \"tool\"\neach = \"person where device = delivery\"\n";
    let crew = crew_with(4, tool).await;
    let people: Vec<PersonId> = crew.consultants.iter().map(|it| it.person.clone()).collect();
    let (bob, ann) = (&crew.world.bob, &crew.world.ann);
    crew.go(ann, &people[1], "network-account", Step::Requested).await.unwrap();
    crew.go(bob, &people[2], "network-account", Step::Granted).await.unwrap();
    for to in [Step::Granted, Step::Revoked] {
        crew.go(bob, &people[3], "network-account", to).await.unwrap();
    }
    let list = "Name;E-mail\nOne;C1@Example.com\nBob;bob@example.com\nSomebody <who@elsewhere.example>\nConsultant 4;c4@example.com\n";
    let found = compare(&crew, "network-account", list).await;
    assert_eq!((&found.news, &found.pending), (&vec![people[0].clone()], &vec![people[1].clone()]));
    assert!(found.missing.contains(&people[2]) && found.missing.contains(&ann.person) && found.missing.len() == 3, "{:?}", found.missing);
    let extra: Vec<_> = found.extra.iter().map(|it| (it.line, it.person.clone(), it.came_back)).collect();
    assert_eq!(extra, [(3, Some(bob.person.clone()), false), (4, None, false), (5, Some(people[3].clone()), true)]);
    // By name, in either order; several addresses in one line; twice is once.
    let found = compare(&crew, "network-account", "consultant 3\nKeller, Nobody\n").await;
    assert_eq!((found.right, found.extra.len()), (1, 1));
    let found = compare(&crew, "network-account", "First name,Last name\nConsultant,3\nConsultant 3 (admin)\n").await;
    assert_eq!((found.right, found.extra.len()), (1, 0));
    let found = compare(&crew, "network-account", "c1@example.com\nc2@example.com, who@elsewhere.example;c3@example.com\n").await;
    assert_eq!((found.news.len(), found.right, found.extra.len()), (2, 1, 1), "several addresses in one line");
    let found = compare(&crew, "network-account", "Consultant 1\nc3@example.com\n").await;
    assert_eq!((found.right, found.news.len()), (1, 1), "the first line names somebody, and no column");
    let found = compare(&crew, "network-account", "c3@example.com; c1@example.com; mailto:C3@example.com").await;
    assert_eq!((found.right, found.news.len(), found.extra.len()), (1, 1, 0));
    // They have another address, and the customer calls them by one of its own.
    let addresses = vec!["uno@example.com".to_owned()];
    save_addresses(&crew.world.app, ann, SaveAddresses { person: people[0].clone(), addresses, seen: None }).await.unwrap();
    assert_eq!(compare(&crew, "network-account", "UNO@example.com").await.news, [people[0].clone()]);
    let asked = compare_members(&crew.world.app, bob, &crew.engagement, (&"network-account".into(), b"uno@example.com")).await.unwrap();
    assert_eq!((asked.news.len(), asked.extra.len()), (0, 1), "the customer does not learn whose it is");
    let named = Ask { details: [("User name".to_owned(), "One@Northwind.example".to_owned())].into(), ..Ask::default() };
    crew.ask(bob, &people[0], "tool", named).await.unwrap();
    let found = compare(&crew, "network-account", "one@northwind.example").await;
    assert_eq!((found.news, found.extra.len()), (vec![people[0].clone()], 0));
    let empty = compare_members(&crew.world.app, ann, &crew.engagement, (&"network-account".into(), b"\n")).await.unwrap_err();
    assert!(empty.to_string().contains("one address or name a line"), "{empty}");
}

#[tokio::test]
async fn what_a_list_says_anew_is_taken_over_and_what_cannot_be_says_why() {
    let crew = crew(3).await;
    let people: Vec<PersonId> = crew.consultants.iter().map(|it| it.person.clone()).collect();
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    for to in [Step::Granted, Step::Revoked, Step::RevocationConfirmed] {
        crew.go(bob, &people[2], "network-account", to).await.unwrap();
    }
    let account = ResourceId::from("network-account");
    let list = b"c1@example.com\nc3@example.com\n";
    let taken = take_members(app, bob, &crew.engagement, (&account, list)).await.unwrap();
    assert!(taken.held.is_empty() && taken.undo.is_some());
    assert_eq!(crew.grant(&people[0], "network-account").await.step, Step::Granted);
    assert_eq!(crew.grant(&people[2], "network-account").await.step, Step::RevokeRequested, "it was said to be gone");
    assert_eq!(crew.entries(FactKind::MembersCompared).await, 1);
    // The workspace comes after the account, which works for nobody yet.
    let taken = take_members(app, bob, &crew.engagement, (&"workspace".into(), b"c1@example.com")).await.unwrap();
    assert_eq!(taken.held.len(), 1);
    assert!(taken.held[0].1.contains("it comes after Network account"), "{:?}", taken.held);
    // Whoever has left is no member any more, and in it all the same.
    let gone = Member { until: Some(date("2025-12-01")), ..crew.seen_by(ann).await.engagement.member(&people[0]).unwrap().clone() };
    save_member(app, ann, &crew.engagement, gone).await.unwrap();
    let found = compare(&crew, "network-account", "c1@example.com").await;
    assert_eq!(found.extra[0].person.as_ref(), Some(&people[0]));
}

#[tokio::test]
async fn who_should_not_be_in_a_room_of_the_delivery_side_is_an_item_for_today() {
    let crew = crew(1).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let room = ResourceId::from("backstage");
    let list = b"bob@example.com\ndee@example.com\nspy@elsewhere.example";
    for list in [&b"bob@example.com\ndee@example.com"[..], list, list] {
        take_members(app, ann, &crew.engagement, (&room, list)).await.unwrap();
    }
    assert_eq!(crew.entries(FactKind::ItemChanged).await, 1, "who came later stands in it too");
    let access = crew.seen_by(ann).await;
    let alerts: Vec<_> = access.engagement.items.iter().filter(|it| it.key.starts_with("not-in-backstage")).collect();
    assert_eq!(alerts.len(), 1, "one is open");
    assert!(alerts[0].content.internal && alerts[0].due_on() == Some(access.today));
    assert!(alerts[0].content.description.contains("spy@elsewhere.example") && !alerts[0].content.description.contains("dee@"));
    // The customer knows of no such room, and nothing of who is compared with it.
    assert!(matches!(take_members(app, bob, &crew.engagement, (&room, list)).await, Err(Failure::NotFound)));
    assert!(matches!(compare_members(app, bob, &crew.engagement, (&room, list)).await, Err(Failure::NotFound)));
    let view = app.view(bob, &crew.engagement, tminus_domain::rights::Right::ReadEngagement).await.unwrap();
    assert!(!format!("{:?}", view.engagement.items).contains("spy@"));
}
