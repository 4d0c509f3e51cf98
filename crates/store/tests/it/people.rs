//! People, their sessions and keys, and kits.

use jiff::SignedDuration;
use tminus_domain::{
    ids::{KitHash, PersonId},
    kit::Kit,
    record::fact::{Fact, FactKind},
    rights::Pass,
};
use tminus_store::{
    Store, StoreError,
    kit::Imported,
    rights::{Answered, Token, session::NewSession},
};

use crate::{
    on_each_database,
    world::{add_people, ann, now, person},
};

fn session(hash: &str, expires_at: jiff::Timestamp) -> NewSession {
    NewSession {
        hash: hash.to_owned(),
        person: "ann".into(),
        started_at: now(),
        expires_at,
        agent: String::new(),
        link: None,
        provider: None,
    }
}

on_each_database! {
    async fn an_address_belongs_to_one_person(store: &Store) {
        add_people(store).await;
        let twin = tminus_domain::people::Person { id: "twin".into(), ..person("ann") };
        let writing = store.writing().await.unwrap();
        assert!(matches!(writing.add_person(&twin, None, now()).await, Err(StoreError::Conflict)));
        drop(writing);
        assert_eq!(store.account_by_email(" ANN@example.com ").await.unwrap().unwrap().person.id, PersonId::from("ann"));
    }

    async fn a_session_ends_when_its_time_is_over(store: &Store) {
        add_people(store).await;
        let mut writing = store.writing().await.unwrap();
        let hour_on = now() + SignedDuration::from_hours(1);
        writing.start_session(session("hash", hour_on)).await.unwrap();
        writing.record(Fact::new(FactKind::SignedIn, "ann", "Ann"));
        writing.save(&ann(), now(), "salt").await.unwrap();
        assert!(store.holder_of_session("hash", now()).await.unwrap().is_some());
        assert!(store.holder_of_session("other", now()).await.unwrap().is_none());
        assert!(store.holder_of_session("hash", hour_on).await.unwrap().is_none());
        store.sweep(hour_on + SignedDuration::from_secs(1)).await.unwrap();
        assert!(store.holder_of_session("hash", now()).await.unwrap().is_none());
    }

    async fn a_revoked_key_opens_nothing(store: &Store) {
        add_people(store).await;
        let token = Token { id: "t".into(), person: "ann".into(), title: "CI".into(), created_at: now(), expires_at: None, revoked: false, pass: Pass::KEY };
        let mut writing = store.writing().await.unwrap();
        writing.add_token(&token, "hash".to_owned()).await.unwrap();
        writing.record(Fact::new(FactKind::TokenCreated, "t", "CI"));
        writing.save(&ann(), now(), "salt").await.unwrap();
        assert!(store.holder_of_token("hash", now()).await.unwrap().is_some());
        let mut writing = store.writing().await.unwrap();
        assert!(!writing.revoke_token(&"bob".into(), &"t".into(), now()).await.unwrap());
        assert!(writing.revoke_token(&"ann".into(), &"t".into(), now()).await.unwrap());
        writing.record(Fact::new(FactKind::TokenRevoked, "t", "CI"));
        writing.save(&ann(), now(), "salt").await.unwrap();
        assert!(store.holder_of_token("hash", now()).await.unwrap().is_none());
        assert!(store.tokens(&"ann".into()).await.unwrap()[0].revoked);
    }

    async fn the_same_kit_is_kept_once(store: &Store) {
        let imported = Imported {
            hash: KitHash::from("abc"),
            id: "small".into(),
            version: "1.0".to_owned(),
            title: "Small".to_owned(),
            format: "native".to_owned(),
            at: now(),
            by: "ann".into(),
            totals: serde_json::json!({ "tasks": 1 }),
            problems: serde_json::json!([]),
        };
        let kit = Kit { schema: "kit/1".to_owned(), id: "small".into(), title: "Small".to_owned(), ..Kit::default() };
        let mut writing = store.writing().await.unwrap();
        assert!(writing.add_kit(&imported, &kit).await.unwrap());
        assert!(!writing.add_kit(&imported, &kit).await.unwrap());
        writing.record(Fact::new(FactKind::KitImported, "small", "Small"));
        writing.save(&ann(), now(), "salt").await.unwrap();
        assert_eq!(store.kits().await.unwrap(), std::slice::from_ref(&imported));
        let (line, found) = store.kit(&imported.hash).await.unwrap().unwrap();
        assert_eq!((line, &*found), (imported, &kit));
    }

    async fn an_answer_is_kept_under_its_key(store: &Store) {
        let answered = Answered { digest: "d".to_owned(), status: 201, body: "{}".to_owned() };
        assert_eq!(store.answered(&"ann".into(), "k").await.unwrap(), None);
        store.keep_answer(&"ann".into(), "k", answered.clone(), now()).await.unwrap();
        assert_eq!(store.answered(&"ann".into(), "k").await.unwrap(), Some(answered));
        assert_eq!(store.answered(&"bob".into(), "k").await.unwrap(), None);
        store.sweep(now() + SignedDuration::from_hours(25)).await.unwrap();
        assert_eq!(store.answered(&"ann".into(), "k").await.unwrap(), None);
    }

    async fn refused_sign_ins_at_the_same_moment_are_all_counted_and_forgotten_after_a_day(store: &Store) {
        let address = "x@example.com";
        let notes: Vec<_> = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.note_sign_in_failure(address, now()).await.unwrap() })
        }).collect();
        let mut counts = Vec::new();
        for note in notes {
            counts.push(note.await.unwrap());
        }
        counts.sort_unstable();
        assert_eq!(counts, (1..=20).collect::<Vec<_>>());
        assert_eq!(store.sign_in_failures(address).await.unwrap(), Some((20, now())));
        store.take_back_sign_in_failure(address).await.unwrap();
        store.sweep(now() + SignedDuration::from_hours(23)).await.unwrap();
        assert_eq!(store.sign_in_failures(address).await.unwrap(), Some((19, now())));
        store.sweep(now() + SignedDuration::from_hours(25)).await.unwrap();
        assert_eq!(store.sign_in_failures(address).await.unwrap(), None);
        store.note_sign_in_failure(address, now()).await.unwrap();
        store.forget_sign_in_failures(address).await.unwrap();
        assert_eq!(store.sign_in_failures(address).await.unwrap(), None);
    }
}
