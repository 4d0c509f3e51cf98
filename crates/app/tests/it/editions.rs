//! Two editors of a member or a person: the second one notices.

use tminus_app::{
    Failure,
    people::{
        ABSENT, edition,
        member::{RemoveMember, SaveMember, list_members, remove_member, save_member},
        person::{ChangePerson, change_person, show_person},
    },
    world::{self, World},
};
use tminus_domain::{
    ids::PersonId,
    people::Member,
    rights::{Function, Right},
};

async fn member(world: &World, person: &PersonId) -> Option<Member> {
    let members = list_members(&world.app, &world.ann, &world.engagement).await.unwrap();
    members.into_iter().map(|(member, _)| member).find(|member| &member.person == person)
}

#[tokio::test]
async fn the_second_of_two_editors_of_a_member_overwrites_nothing() {
    let world = world::own().await;
    let seen = member(&world, &world.dee.person).await.unwrap();
    let save = async |member: Member| {
        let input = SaveMember { member, seen: Some(edition(&seen)) };
        save_member(&world.app, &world.ann, &world.engagement, input).await
    };
    save(Member { onsite: true, ..seen.clone() }).await.unwrap();
    let second = save(Member { workstreams: vec!["security".into()], ..seen.clone() }).await;
    assert!(matches!(second, Err(Failure::Conflict(_))), "{second:?}");
    let gone = RemoveMember { person: seen.person.clone(), seen: Some(edition(&seen)) };
    assert!(matches!(remove_member(&world.app, &world.ann, &world.engagement, gone).await, Err(Failure::Conflict(_))));
    let now = member(&world, &seen.person).await.unwrap();
    assert!(now.onsite && now.workstreams.is_empty(), "{now:?}");
    let gone = RemoveMember { person: seen.person.clone(), seen: Some(edition(&now)) };
    remove_member(&world.app, &world.ann, &world.engagement, gone).await.unwrap();
    let back = save(seen.clone()).await;
    assert!(matches!(back, Err(Failure::Conflict(_))), "somebody took them off since: {back:?}");
}

#[tokio::test]
async fn somebody_who_was_added_meanwhile_is_not_added_over() {
    let world = world::own().await;
    let person = world.mallory.person.clone();
    let joining = Member::new(person.clone(), Function::CustomerMember);
    let add = async |onsite| {
        let input = SaveMember { member: Member { onsite, ..joining.clone() }, seen: Some(ABSENT.to_owned()) };
        save_member(&world.app, &world.ann, &world.engagement, input).await
    };
    add(true).await.unwrap();
    assert!(matches!(add(false).await, Err(Failure::Conflict(_))));
    assert!(member(&world, &person).await.unwrap().onsite);
}

#[tokio::test]
async fn a_refused_change_of_a_member_leaves_no_entry() {
    let world = world::own().await;
    let before = world.app.view(&world.ann, &world.engagement, Right::ReadRecord).await.unwrap().engagement.head.number;
    let member = member(&world, &world.dee.person).await.unwrap();
    let input = SaveMember { member: Member { onsite: true, ..member }, seen: Some("0123456789abcdef".to_owned()) };
    assert!(save_member(&world.app, &world.ann, &world.engagement, input).await.is_err());
    let after = world.app.view(&world.ann, &world.engagement, Right::ReadRecord).await.unwrap().engagement.head.number;
    assert_eq!(before, after);
}

#[tokio::test]
async fn two_who_change_a_person_notice_it_and_different_fields_are_both_kept() {
    let world = world::own().await;
    let seen = show_person(&world.app, &world.ann, &world.bob.person).await.unwrap();
    let change = |zone: Option<&str>, name: Option<&str>| ChangePerson {
        person: seen.id.clone(),
        zone: zone.map(str::to_owned),
        name: name.map(str::to_owned),
        ..ChangePerson::default()
    };
    let guarded = ChangePerson { seen: Some(edition(&seen)), ..change(Some("Europe/Paris"), None) };
    change_person(&world.app, &world.ann, guarded.clone()).await.unwrap();
    assert!(matches!(change_person(&world.app, &world.ann, guarded).await, Err(Failure::Conflict(_))));
    let now = change_person(&world.app, &world.ann, change(None, Some("Bob Lee"))).await.unwrap();
    assert_eq!((now.name.as_str(), now.zone.as_str()), ("Bob Lee", "Europe/Paris"));
    let taken = ChangePerson { email: Some("ann@example.com".to_owned()), ..change(None, None) };
    assert!(change_person(&world.app, &world.ann, taken).await.unwrap_err().to_string().contains("is there already"));
}
