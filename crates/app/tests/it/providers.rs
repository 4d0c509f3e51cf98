//! Letting people in on the word of a provider of identities. What a real one says is in the tests of `connect`.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    people::person::{ChangePerson, change_person, end_person, show_person},
    rights::{
        provider::{Identity, admit},
        sign_in::{Client, SignedIn, caller_of_session, sign_out},
    },
    world::{self, World},
};
use tminus_domain::{
    kit::Side,
    rights::{
        PracticeRole, Right,
        provider::{Distrust, Roles, Trust},
    },
};

fn trust() -> Trust {
    Trust {
        id: "acme".to_owned(),
        title: "Acme".to_owned(),
        side: Side::Delivery,
        zone: "Europe/Paris".to_owned(),
        domains: vec!["example.com".to_owned()],
        adds: true,
        unchecked: false,
        roles: None,
        hours: 8,
    }
}

fn identity(subject: &str, email: &str) -> Identity {
    let (subject, email) = (subject.to_owned(), Some(email.to_owned()));
    Identity { subject, email, email_verified: Some(true), name: Some("Eve Adams".to_owned()), ..Identity::default() }
}

async fn comes(world: &World, trust: &Trust, identity: Identity) -> Result<SignedIn, Distrust> {
    match admit(&world.app, trust, identity, &Client::default()).await {
        Ok(signed_in) => Ok(signed_in),
        Err(Failure::Refused(Refusal::Distrust(why))) => Err(why),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn somebody_known_comes_in_by_their_address_once_and_then_by_what_the_provider_calls_them() {
    let world = world::own().await;
    let first = comes(&world, &trust(), identity("s-1", "Dee@example.com")).await.unwrap();
    assert_eq!(first.person.id, world.dee.person);
    let actor = caller_of_session(&world.app, &first.secret).await.unwrap().actor;
    assert!(world.app.view(&actor, &world.engagement, Right::WorkItems).await.is_ok());
    // Their address changed there: it is still Dee. The address is now somebody else's there: that is not Dee.
    let moved = comes(&world, &trust(), identity("s-1", "dee.new@example.com")).await.unwrap();
    assert_eq!(moved.person.id, world.dee.person);
    assert_eq!(sign_out(&world.app, &moved.secret).await.unwrap().as_deref(), Some("acme"));
    world.clock.advance(SignedDuration::from_hours(8));
    assert!(matches!(caller_of_session(&world.app, &first.secret).await, Err(Failure::SignedOut)), "it lasts as long as was set");
}

#[tokio::test]
async fn somebody_new_is_added_when_they_first_come_where_that_was_set() {
    let world = world::own().await;
    let closed = Trust { adds: false, ..trust() };
    let why = comes(&world, &closed, identity("s-9", "eve@example.com")).await.err();
    assert_eq!(why, Some(Distrust::NotHere("eve@example.com".to_owned())));
    let zoned = Identity { zone: Some("Asia/Tokyo".to_owned()), ..identity("s-9", "eve@example.com") };
    let eve = comes(&world, &trust(), zoned).await.unwrap().person;
    assert_eq!((eve.name.as_str(), eve.zone.as_str(), eve.practice), ("Eve Adams", "Asia/Tokyo", PracticeRole::Member));
    let odd = Identity { zone: Some("Nowhere/Land".to_owned()), name: None, ..identity("s-10", "max.muller@example.com") };
    let max = comes(&world, &trust(), odd).await.unwrap().person;
    assert_eq!((max.name.as_str(), max.zone.as_str()), ("max.muller", "Europe/Paris"));
    assert_eq!(comes(&world, &trust(), identity("s-9", "eve@example.com")).await.unwrap().person.id, eve.id);
}

#[tokio::test]
async fn a_provider_opens_no_door_that_is_not_its_own() {
    let world = world::own().await;
    // Bob is the customer's; a provider of the delivery side does not speak for him, and the other way round.
    let why = comes(&world, &trust(), identity("s-2", "bob@example.com")).await.err();
    assert_eq!(why, Some(Distrust::OtherSide { title: "Acme".to_owned(), side: Side::Customer }));
    let customers = Trust { id: "northwind".to_owned(), side: Side::Customer, ..trust() };
    assert!(matches!(comes(&world, &customers, identity("s-2", "dee@example.com")).await.err(), Some(Distrust::OtherSide { .. })));
    assert_eq!(comes(&world, &customers, identity("s-3", "bob@example.com")).await.unwrap().person.id, world.bob.person);
    // What one provider calls somebody says nothing of what another one does.
    let dees = comes(&world, &trust(), identity("s-3", "dee@example.com")).await.unwrap();
    assert_eq!(dees.person.id, world.dee.person);
    let unverified = Identity { email_verified: Some(false), ..identity("s-4", "ann@example.com") };
    assert!(matches!(comes(&world, &trust(), unverified).await.err(), Some(Distrust::Unchecked { .. })));
    assert!(matches!(comes(&world, &trust(), identity("s-4", "ann@evil.example")).await.err(), Some(Distrust::OtherDomain { .. })));
    end_person(&world.app, &world.ann, &world.dee.person).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &dees.secret).await, Err(Failure::SignedOut)));
    assert_eq!(comes(&world, &trust(), identity("s-3", "dee@example.com")).await.err(), Some(Distrust::Ended));
    assert_eq!(comes(&world, &trust(), identity("s-5", "dee@example.com")).await.err(), Some(Distrust::Ended));
}

#[tokio::test]
async fn groups_give_and_take_roles_at_each_sign_in_but_never_the_last_administrators() {
    let world = world::own().await;
    let roles = Roles { administrators: vec!["admins".to_owned()], leads: vec!["leads".to_owned()] };
    let trust = Trust { roles: Some(roles), ..trust() };
    let with = |group: &str, subject: &str, email: &str| Identity { groups: vec![group.to_owned()], ..identity(subject, email) };
    // Ann is the only administrator.
    assert_eq!(comes(&world, &trust, with("", "a", "ann@example.com")).await.unwrap().person.practice, PracticeRole::Administrator);
    for (group, role) in [("leads", PracticeRole::Lead), ("admins", PracticeRole::Administrator), ("others", PracticeRole::Member)] {
        assert_eq!(comes(&world, &trust, with(group, "d", "dee@example.com")).await.unwrap().person.practice, role, "{group}");
        assert_eq!(show_person(&world.app, &world.ann, &world.dee.person).await.unwrap().practice, role);
    }
    let operates = ChangePerson { person: world.dee.person.clone(), practice: Some(PracticeRole::Operator), ..ChangePerson::default() };
    change_person(&world.app, &world.ann, operates).await.unwrap();
    let dee = comes(&world, &trust, with("admins", "d", "dee@example.com")).await.unwrap().person;
    assert_eq!(dee.practice, PracticeRole::Operator, "that is said here");
    let another = comes(&world, &trust, with("admins", "e", "eve@example.com")).await.unwrap().person;
    assert_eq!(another.practice, PracticeRole::Administrator);
    assert_eq!(comes(&world, &trust, with("", "a", "ann@example.com")).await.unwrap().person.practice, PracticeRole::Member);
}
