//! Passkeys and the questions to them: bytes come back as they were, a question is answered once.

use jiff::SignedDuration;
use tminus_domain::{
    ids::PersonId,
    record::fact::{Fact, FactKind},
};
use tminus_store::{
    Store,
    rights::passkey::{Passkey, Question},
};

use crate::{
    on_each_database,
    world::{ann, now},
};

fn passkey(id: &str, credential: &[u8]) -> Passkey {
    Passkey {
        id: id.to_owned(),
        person: "bob".into(),
        title: "Bob’s phone".to_owned(),
        credential: credential.to_vec(),
        transports: 255,
        fixed: (0..=255).collect(),
        counted: vec![0, 1, 2, 0, 255],
        since: now(),
        used_at: None,
    }
}

async fn save(store: &Store, writing: tminus_store::record::Writing) {
    let mut writing = writing;
    writing.record(Fact::new(FactKind::PasskeyChanged, "bob", "Bob"));
    writing.save(&ann(), now(), "salt").await.unwrap();
    assert_eq!(store.passkeys(&"carla".into()).await.unwrap(), []);
}

on_each_database! {
    async fn a_passkey_comes_back_as_it_was(store: &Store) {
    let bob = PersonId::from("bob");
    let writing = store.writing().await.unwrap();
    writing.add_passkey(&passkey("one", b"\0\xff\x01")).await.unwrap();
    writing.add_passkey(&passkey("two", b"\0\xff\x02")).await.unwrap();
    save(store, writing).await;
    assert_eq!(store.passkeys(&bob).await.unwrap(), [passkey("one", b"\0\xff\x01"), passkey("two", b"\0\xff\x02")]);
    assert_eq!(store.passkey_called(b"\0\xff\x02").await.unwrap().unwrap().id, "two");
    assert_eq!(store.passkey_called(b"\0\xff").await.unwrap(), None);

    let writing = store.writing().await.unwrap();
    assert!(writing.add_passkey(&passkey("three", b"\0\xff\x02")).await.is_err(), "an authenticator's name for it is somebody's once");
    drop(writing);

    let writing = store.writing().await.unwrap();
    writing.use_passkey("two", vec![9], now()).await.unwrap();
    assert_eq!(writing.end_passkey(&"carla".into(), "one").await.unwrap(), None, "not hers");
    assert_eq!(writing.end_passkey(&bob, "one").await.unwrap().as_deref(), Some("Bob’s phone"));
    save(store, writing).await;
    let left = store.passkeys(&bob).await.unwrap();
    assert_eq!(left, [Passkey { counted: vec![9], used_at: Some(now()), ..passkey("two", b"\0\xff\x02") }]);

    let writing = store.writing().await.unwrap();
    assert_eq!(writing.end_passkeys(&bob).await.unwrap(), 1);
    save(store, writing).await;
    assert_eq!(store.passkeys(&bob).await.unwrap(), []);
    }
}

on_each_database! {
    async fn a_question_is_answered_once_in_time_and_by_whom_it_was_asked(store: &Store) {
    let (bob, carla) = (PersonId::from("bob"), PersonId::from("carla"));
    let ask = async |challenge: &str, person: Option<&PersonId>| {
        let expires_at = now() + SignedDuration::from_mins(5);
        let question = Question { challenge: challenge.to_owned(), person: person.cloned(), state: vec![0, 255], expires_at };
        store.ask_passkey(question).await.unwrap();
    };
    let take = async |challenge: &str, person: Option<&PersonId>, minutes: i64| {
        store.take_passkey_question(challenge, person, now() + SignedDuration::from_mins(minutes)).await.unwrap()
    };
    ask("bobs", Some(&bob)).await;
    assert_eq!(take("bobs", Some(&carla), 1).await, None);
    assert_eq!(take("bobs", None, 1).await, None, "it was not asked to sign in");
    assert_eq!(take("bobs", Some(&bob), 1).await, Some(vec![0, 255]));
    assert_eq!(take("bobs", Some(&bob), 1).await, None, "it was answered");
    ask("anybodys", None).await;
    assert_eq!(take("anybodys", Some(&bob), 1).await, None);
    assert_eq!(take("anybodys", None, 6).await, None, "too late");
    ask("swept", None).await;
    store.sweep(now() + SignedDuration::from_mins(6)).await.unwrap();
    assert_eq!(take("swept", None, 1).await, None);
    }
}
