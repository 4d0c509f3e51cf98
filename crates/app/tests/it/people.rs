//! People of the practice.

use tminus_app::{
    Failure,
    people::person::{AddPerson, ChangePerson, add_first_person, add_person, change_person, list_people, show_person},
    rights::sign_in::{caller_of_session, sign_in},
    world,
};
use tminus_domain::{kit::Side, rights::PracticeRole};

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
