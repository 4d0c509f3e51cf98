//! Passkeys, as far as they go without an authenticator: whose they are, and what is refused. Journeys in a browser do the rest.

use tminus_app::{
    Failure, Refusal,
    people::person::end_person,
    rights::{
        passkey::{
            Proof, Site, add_passkey, ask_for_passkey, ask_who, count_passkeys, end_passkey, end_passkeys_of, list_passkeys,
            sign_in_with_passkey,
        },
        sign_in::{Client, sign_in},
    },
    world::{self, World},
};
use tminus_domain::{
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, PassKind},
};
use tminus_store::rights::passkey::Passkey;

const HERE: Site<'static> = Site { address: "https://tminus.example.com:8443" };

/// Whoever signed in long ago types the password again.
const TYPED: Proof<'static> = Proof { session: "", password: world::PASSWORD };

async fn has(world: &World, actor: &Actor, id: &str) {
    let mut writing = world.app.store.writing().await.unwrap();
    let passkey = Passkey {
        id: id.to_owned(),
        person: actor.person.clone(),
        title: "Phone".to_owned(),
        credential: id.as_bytes().to_vec(),
        transports: 0,
        fixed: vec![1],
        counted: vec![1],
        since: world.app.now(),
        used_at: None,
    };
    writing.add_passkey(&passkey).await.unwrap();
    writing.record(Fact::new(FactKind::PasskeyChanged, actor.person.as_str(), &actor.name));
    writing.save(actor, world.app.now(), "salt").await.unwrap();
}

#[tokio::test]
async fn the_browser_is_told_whom_the_passkey_is_for_and_where_it_works() {
    let world = world::own().await;
    let asks: serde_json::Value = serde_json::from_str(&ask_for_passkey(&world.app, (&world.bob, &TYPED), &HERE).await.unwrap()).unwrap();
    assert_eq!(asks["rp"]["id"], "tminus.example.com");
    assert_eq!(asks["user"]["name"], "bob@example.com");
    assert_eq!(asks["user"]["displayName"], "Bob");
    assert_eq!(asks["authenticatorSelection"]["userVerification"], "required");
    let again: serde_json::Value = serde_json::from_str(&ask_for_passkey(&world.app, (&world.bob, &TYPED), &HERE).await.unwrap()).unwrap();
    assert_eq!(asks["user"]["id"], again["user"]["id"], "one person has one handle");
    assert_ne!(asks["challenge"], again["challenge"]);
    let who: serde_json::Value = serde_json::from_str(&ask_who(&world.app, &HERE, &Client::default()).await.unwrap()).unwrap();
    assert!(who["allowCredentials"].as_array().is_none_or(Vec::is_empty), "nobody learns who has a passkey: {who}");
}

#[tokio::test]
async fn what_is_no_answer_of_an_authenticator_is_refused() {
    let world = world::own().await;
    for answer in ["", "{}", "null", "[1]", r#"{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}"#] {
        let refused = add_passkey(&world.app, &world.bob, &HERE, ("Phone", answer)).await;
        assert!(matches!(refused, Err(Failure::Refused(Refusal::PasskeyAnswer))), "{answer}: {refused:?}");
        let refused = sign_in_with_passkey(&world.app, &HERE, answer, &Client::default()).await.err();
        assert!(matches!(refused, Some(Failure::Refused(Refusal::PasskeyUnknown))), "{answer}: {refused:?}");
    }
    let long = "x".repeat(61);
    for title in ["", "  ", "two\nlines", &long] {
        let refused = add_passkey(&world.app, &world.bob, &HERE, (title, "{}")).await;
        assert!(matches!(refused, Err(Failure::Refused(Refusal::Field { field: "title", .. }))), "{title}: {refused:?}");
    }
}

#[tokio::test]
async fn passkeys_are_their_persons_and_an_administrators_to_remove() {
    let world = world::own().await;
    has(&world, &world.bob, "one").await;
    assert!(matches!(end_passkey(&world.app, &world.ann, "one").await, Err(Failure::NotFound)), "not hers");
    assert_eq!(list_passkeys(&world.app, &world.ann).await.unwrap(), []);
    assert!(matches!(count_passkeys(&world.app, &world.mallory, &world.bob.person).await, Err(Failure::Forbidden)));
    assert!(matches!(end_passkeys_of(&world.app, &world.mallory, &world.bob.person).await, Err(Failure::Forbidden)));
    for kind in [PassKind::Key, PassKind::ReadingKey, PassKind::Link, PassKind::LinkWithCode] {
        let actor = Actor { pass: Pass { kind, within: None }, ..world.bob.clone() };
        assert!(matches!(list_passkeys(&world.app, &actor).await, Err(Failure::Forbidden)), "{kind:?}");
        assert!(matches!(ask_for_passkey(&world.app, (&actor, &TYPED), &HERE).await, Err(Failure::Forbidden)), "{kind:?}");
        assert!(matches!(end_passkey(&world.app, &actor, "one").await, Err(Failure::Forbidden)), "{kind:?}");
    }
    assert_eq!(end_passkeys_of(&world.app, &world.ann, &world.bob.person).await.unwrap(), 1);
    assert!(matches!(end_passkeys_of(&world.app, &world.ann, &world.bob.person).await, Err(Failure::NotFound)));
    has(&world, &world.bob, "two").await;
    end_person(&world.app, &world.ann, &world.bob.person).await.unwrap();
    assert_eq!(count_passkeys(&world.app, &world.ann, &world.bob.person).await.unwrap(), 0, "they end with their person");
}

#[tokio::test]
async fn a_passkey_is_asked_for_with_the_password_or_just_after_signing_in() {
    let world = world::own().await;
    let signed = sign_in(&world.app, ("bob@example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    let asks = async |who: &Actor, session: &str, password: &str| {
        ask_for_passkey(&world.app, (who, &Proof { session, password }), &HERE).await.map(drop)
    };
    asks(&world.bob, &signed.secret, "").await.unwrap();
    let refused = |answer| matches!(answer, Err(Failure::Refused(Refusal::Field { field: "password", .. })));
    assert!(refused(asks(&world.ann, &signed.secret, "").await), "it is not her session");
    assert!(refused(asks(&world.bob, "another", "").await));
    world.clock.advance(jiff::SignedDuration::from_mins(10));
    assert!(refused(asks(&world.bob, &signed.secret, "").await), "ten minutes are over");
    assert!(refused(asks(&world.bob, &signed.secret, "wrong").await));
    asks(&world.bob, &signed.secret, world::PASSWORD).await.unwrap();
    for _ in 0..6 {
        let _ = asks(&world.bob, &signed.secret, "wrong").await;
    }
    let slowed = asks(&world.bob, &signed.secret, world::PASSWORD).await;
    assert!(matches!(slowed, Err(Failure::Refused(Refusal::SignInLater(_)))), "guessing gets slower: {slowed:?}");
}
