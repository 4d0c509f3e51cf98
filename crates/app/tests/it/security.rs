//! Whoever's way of signing in changed gets a letter about it, with the change or not at all.

use jiff::SignedDuration;
use tminus_app::{
    mail::{list_letters, read_letter},
    people::person::{ChangePerson, change_own_password, change_person},
    rights::{
        factor::{Standing, confirm_factor, end_factor, end_factor_of, offer_factor, show_factor},
        passkey::{end_passkey, end_passkeys_of},
    },
    world::{self, PASSWORD, World},
};
use tminus_domain::{
    mail::{Message, SecurityChange},
    record::fact::{Fact, FactKind},
};
use tminus_store::rights::passkey::Passkey;
use totp_rs::{Builder, Secret};

/// What letters tell of, newest first: to which address, what, and by whom if it was somebody else.
async fn told(world: &World) -> Vec<(String, SecurityChange, Option<String>)> {
    let mut told = Vec::new();
    for kept in list_letters(&world.app, &world.ann, None).await.unwrap() {
        let letter = read_letter(&world.app, &world.ann, &kept.letter.id).await.unwrap().letter;
        if let Message::Security { change, by, .. } = letter.message {
            told.push((letter.address, change, by));
        }
    }
    told
}

fn bobs(change: SecurityChange, by: Option<&str>) -> (String, SecurityChange, Option<String>) {
    ("bob@example.com".to_owned(), change, by.map(str::to_owned))
}

async fn code(world: &World) -> String {
    offer_factor(&world.app, &world.bob).await.unwrap();
    let Standing::Offered(offer) = show_factor(&world.app, &world.bob).await.unwrap() else { panic!("it is offered") };
    shown(world, &offer.secret)
}

fn shown(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("bob").with_issuer(Some("Tminus")).build().unwrap();
    totp.generate(u64::try_from(world.app.now().as_second()).unwrap()).to_string()
}

async fn has_passkeys(world: &World, ids: &[&str]) {
    let mut writing = world.app.store.writing().await.unwrap();
    for id in ids {
        let passkey = Passkey {
            id: (*id).to_owned(),
            person: world.bob.person.clone(),
            title: "Phone".to_owned(),
            credential: id.as_bytes().to_vec(),
            transports: 0,
            fixed: vec![1],
            counted: vec![1],
            since: world.app.now(),
            used_at: None,
        };
        writing.add_passkey(&passkey).await.unwrap();
    }
    writing.record(Fact::new(FactKind::PasskeyChanged, world.bob.person.as_str(), "Bob"));
    writing.save(&world.bob, world.app.now(), "salt").await.unwrap();
}

#[tokio::test]
async fn a_new_password_is_told_by_mail_and_one_that_was_refused_is_not() {
    let world = world::own().await;
    assert!(change_own_password(&world.app, &world.bob, "wrong", "another long password".to_owned()).await.is_err());
    assert!(change_own_password(&world.app, &world.bob, PASSWORD, "short".to_owned()).await.is_err());
    assert_eq!(told(&world).await, []);
    change_own_password(&world.app, &world.bob, PASSWORD, "another long password".to_owned()).await.unwrap();
    assert_eq!(told(&world).await, [bobs(SecurityChange::PasswordChanged, None)]);
}

#[tokio::test]
async fn whose_password_and_address_somebody_else_changes_is_told_at_the_address_they_had() {
    let world = world::own().await;
    let change = |password: Option<&str>, email: &str| ChangePerson {
        person: world.bob.person.clone(),
        email: Some(email.to_owned()),
        password: password.map(str::to_owned),
        ..ChangePerson::default()
    };
    change_person(&world.app, &world.ann, change(Some("another long password"), "eve@example.com")).await.unwrap();
    let both = [bobs(SecurityChange::PasswordChanged, Some("Ann")), bobs(SecurityChange::AddressChanged, Some("Ann"))];
    assert_eq!(told(&world).await, both);
    change_person(&world.app, &world.ann, change(None, "eve@example.com")).await.unwrap();
    assert_eq!(told(&world).await.len(), 2, "neither was changed");
}

#[tokio::test]
async fn a_second_factor_that_is_set_or_taken_away_is_told_by_mail() {
    let world = world::own().await;
    let code = code(&world).await;
    assert!(confirm_factor(&world.app, &world.bob, "000000").await.is_err());
    assert_eq!(told(&world).await, [], "one that is only offered is not asked for");
    let spare = confirm_factor(&world.app, &world.bob, &code).await.unwrap();
    assert_eq!(told(&world).await, [bobs(SecurityChange::SecondFactorSet, None)]);
    world.clock.advance(SignedDuration::from_secs(60));
    assert!(end_factor(&world.app, &world.bob, "000000").await.is_err());
    end_factor(&world.app, &world.bob, &spare[0]).await.unwrap();
    assert_eq!(told(&world).await[0], bobs(SecurityChange::SecondFactorEnded, None));
    let code = self::code(&world).await;
    world.clock.advance(SignedDuration::from_secs(1));
    confirm_factor(&world.app, &world.bob, &code).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(1));
    end_factor_of(&world.app, &world.ann, &world.bob.person).await.unwrap();
    assert_eq!(told(&world).await[0], bobs(SecurityChange::SecondFactorEnded, Some("Ann")));
}

#[tokio::test]
async fn passkeys_that_are_removed_are_told_by_mail() {
    let world = world::own().await;
    has_passkeys(&world, &["one", "two", "three"]).await;
    assert!(end_passkey(&world.app, &world.dee, "one").await.is_err());
    assert_eq!(told(&world).await, []);
    end_passkey(&world.app, &world.bob, "one").await.unwrap();
    assert_eq!(told(&world).await, [bobs(SecurityChange::PasskeyRemoved { title: "Phone".to_owned() }, None)]);
    world.clock.advance(SignedDuration::from_secs(1));
    end_passkeys_of(&world.app, &world.ann, &world.bob.person).await.unwrap();
    assert_eq!(told(&world).await[0], bobs(SecurityChange::AllPasskeysRemoved, Some("Ann")));
    assert_eq!(told(&world).await.len(), 2);
}
