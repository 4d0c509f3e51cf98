//! People of the practice.

use tminus_app::{
    Failure, Refusal,
    people::member::{list_members, save_member},
    people::person::{AddPerson, ChangePerson, add_first_person, add_person, change_person, end_person, list_people, show_person},
    rights::{
        sign_in::{actor, caller_of_session, caller_of_token, sign_in},
        token::{CreateToken, create_token},
    },
    world,
};
use tminus_domain::{
    kit::Side,
    people::Member,
    record::chain::{Entry, Read},
    rights::{Function, PracticeRole, Via},
};

fn eve() -> AddPerson {
    AddPerson {
        name: "Eve".to_owned(),
        email: "eve@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    }
}

#[tokio::test]
async fn only_an_administrator_adds_people() {
    let world = world::own().await;
    assert!(matches!(add_person(&world.app, &world.dee, eve()).await, Err(Failure::Forbidden)));
    assert!(matches!(add_first_person(&world.app, eve()).await, Err(Failure::Forbidden)));
    add_person(&world.app, &world.ann, eve()).await.unwrap();
    let again = add_person(&world.app, &world.ann, eve()).await;
    assert!(again.unwrap_err().to_string().contains("eve@example.com"));
    let short =
        add_person(&world.app, &world.ann, AddPerson { email: "e2@example.com".to_owned(), password: Some("short".to_owned()), ..eve() })
            .await;
    assert!(short.unwrap_err().to_string().contains("12"));
}

#[tokio::test]
async fn a_customer_has_no_role_in_the_practice() {
    let world = world::own().await;
    let input = AddPerson { side: Side::Customer, practice: PracticeRole::Administrator, ..eve() };
    assert_eq!(add_person(&world.app, &world.ann, input).await.unwrap().practice, PracticeRole::None);
    assert!(matches!(list_people(&world.app, &world.bob, None, 10).await, Err(Failure::Forbidden)));
    assert!(matches!(show_person(&world.app, &world.bob, &world.ann.person).await, Err(Failure::Forbidden)));
    assert_eq!(show_person(&world.app, &world.bob, &world.bob.person).await.unwrap().name, "Bob");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    let world = world::own().await;
    let signed = sign_in(&world.app, "bob@example.com", world::PASSWORD).await.unwrap();
    let password = Some("another long password".to_owned());
    let input = ChangePerson { person: signed.person.id, password, ..ChangePerson::default() };
    change_person(&world.app, &world.ann, input).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &signed.secret).await, Err(Failure::SignedOut)));
    assert!(sign_in(&world.app, "bob@example.com", world::PASSWORD).await.is_err());
    assert!(sign_in(&world.app, "bob@example.com", "another long password").await.is_ok());
}

#[tokio::test]
async fn ending_a_person_ends_their_sessions_and_keys_and_is_recorded() {
    let world = world::own().await;
    let signed = sign_in(&world.app, "dee@example.com", world::PASSWORD).await.unwrap();
    let key = create_token(&world.app, &world.dee, CreateToken { title: "CI".to_owned(), days: None }).await.unwrap();
    let dee = &world.dee.person;
    assert!(matches!(end_person(&world.app, &world.bob, dee).await, Err(Failure::Forbidden)));
    end_person(&world.app, &world.ann, dee).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &signed.secret).await, Err(Failure::SignedOut)));
    assert!(matches!(caller_of_token(&world.app, &key.secret).await, Err(Failure::SignedOut)));
    assert!(world.app.store.tokens(dee).await.unwrap().iter().all(|token| token.revoked));
    assert!(matches!(sign_in(&world.app, "dee@example.com", world::PASSWORD).await, Err(Failure::Refused(Refusal::SignIn))));
    assert!(list_people(&world.app, &world.ann, None, 100).await.unwrap().iter().all(|person| &person.id != dee));
    let again = ChangePerson { person: dee.clone(), zone: Some("UTC".to_owned()), ..ChangePerson::default() };
    assert!(matches!(change_person(&world.app, &world.ann, again).await, Err(Failure::NotFound)));
    assert!(matches!(end_person(&world.app, &world.ann, dee).await, Err(Failure::NotFound)));
    let entries = practice_record(&world.app).await;
    let last = entries.last().unwrap();
    assert_eq!((last.fact.as_str(), last.subject.as_str()), ("person_changed", dee.as_str()));
    assert_eq!(last.to, serde_json::json!({ "ended": true }));
}

#[tokio::test]
async fn nobody_ends_themselves_or_the_last_administrator() {
    let world = world::own().await;
    assert!(matches!(end_person(&world.app, &world.ann, &world.ann.person).await, Err(Failure::Refused(_))));
    let input = AddPerson { practice: PracticeRole::Administrator, ..eve() };
    let eve = add_person(&world.app, &world.ann, input).await.unwrap();
    let eves = actor(eve.clone(), Via::Page);
    end_person(&world.app, &eves, &world.ann.person).await.unwrap();
    // Ann asked before she was ended: the last one stays.
    assert!(matches!(end_person(&world.app, &world.ann, &eve.id).await, Err(Failure::Refused(_))));
    assert!(show_person(&world.app, &eves, &eve.id).await.is_ok());
}

#[tokio::test]
async fn a_changed_person_is_recorded_with_all_that_differs_and_nothing_else() {
    let world = world::own().await;
    let input = ChangePerson {
        person: world.dee.person.clone(),
        name: Some("Dee Dee".to_owned()),
        zone: Some("Europe/Paris".to_owned()),
        ..ChangePerson::default()
    };
    let before = show_person(&world.app, &world.ann, &world.dee.person).await.unwrap();
    change_person(&world.app, &world.ann, input).await.unwrap();
    let entries = practice_record(&world.app).await;
    let last = entries.last().unwrap();
    assert_eq!(last.from, serde_json::json!({ "zone": before.zone }));
    assert_eq!(last.to, serde_json::json!({ "zone": "Europe/Paris" }));
    let texts: Vec<_> = last.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(texts, [("name after", "Dee Dee"), ("name before", before.name.as_str())]);
}

#[tokio::test]
async fn a_changed_member_is_recorded_as_they_were_and_as_they_are() {
    let world = world::own().await;
    let of_dee = async || {
        let members = list_members(&world.app, &world.ann, &world.engagement).await.unwrap();
        members.into_iter().map(|(member, _)| member).find(|it| it.person == world.dee.person).unwrap()
    };
    let onsite = !of_dee().await.onsite;
    save_member(&world.app, &world.ann, &world.engagement, Member { onsite, ..of_dee().await }).await.unwrap();
    let entries = world.app.store.stretch(world.engagement.as_str(), 0, 1000).await.unwrap();
    let last = entries.iter().filter_map(Entry::read).rfind(|it| it.fact == "member_changed").unwrap();
    assert_eq!((&last.from["onsite"], &last.to["onsite"]), (&(!onsite).into(), &onsite.into()));
    assert_eq!(last.from["function"], last.to["function"]);
}

#[tokio::test]
async fn whoever_has_left_the_practice_comes_to_no_engagement() {
    let world = world::own().await;
    let eve = add_person(&world.app, &world.ann, eve()).await.unwrap();
    end_person(&world.app, &world.ann, &eve.id).await.unwrap();
    let function = Function::WorkstreamLead;
    let member = Member { person: eve.id, function, roles: vec![], workstreams: vec![], onsite: false, from: None, until: None };
    let refused = save_member(&world.app, &world.ann, &world.engagement, member).await;
    assert!(refused.unwrap_err().to_string().contains("has left the practice"));
}

async fn practice_record(app: &tminus_app::App) -> Vec<Read> {
    let entries = app.store.stretch(tminus_store::record::PRACTICE, 0, 1000).await.unwrap();
    entries.iter().filter_map(Entry::read).collect()
}
