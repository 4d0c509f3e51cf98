//! Letters: saved with what asks for them, taken by one sender at a time, forgotten after a while.

use jiff::SignedDuration;
use tminus_domain::{
    ids::LetterId,
    mail::{Fate, KEPT, Letter, Message, Secret},
    record::fact::{Fact, FactKind},
};
use tminus_store::{Store, StoreError};

use crate::{
    on_each_database,
    world::{ann, now},
};

fn letter(id: &str) -> Letter {
    Letter {
        id: id.into(),
        person: "bob".into(),
        engagement: None,
        name: "Bob".to_owned(),
        address: "bob@example.com".to_owned(),
        message: Message::Code { engagement: "Mobilize".to_owned(), code: Secret("s3cr3t".to_owned()) },
        written_at: now(),
    }
}

async fn queue(store: &Store, ids: &[&str]) {
    let mut writing = store.writing().await.unwrap();
    for id in ids {
        writing.queue(&letter(id)).await.unwrap();
    }
    writing.record(Fact::new(FactKind::LetterSentAgain, "bob", "Bob"));
    writing.save(&ann(), now(), "salt").await.unwrap();
}

fn later(minutes: i64) -> jiff::Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

fn ids(leased: &[(Letter, u32)]) -> Vec<&str> {
    leased.iter().map(|(letter, _)| letter.id.as_str()).collect()
}

on_each_database! {
    async fn a_letter_is_there_only_with_the_change_that_asks_for_it(store: &Store) {
        let writing = store.writing().await.unwrap();
        writing.queue(&letter("lost")).await.unwrap();
        assert!(matches!(writing.save(&ann(), now(), "salt").await, Err(StoreError::Unrecorded)));
        assert_eq!(store.lease_letters(later(1), later(2), 10).await.unwrap(), []);
        queue(store, &["a"]).await;
        let leased = store.lease_letters(now(), later(2), 10).await.unwrap();
        assert_eq!(leased, [(letter("a"), 0)]);
    }

    async fn a_letter_is_with_one_sender_until_the_lease_ends(store: &Store) {
        queue(store, &["a", "b", "c"]).await;
        assert_eq!(ids(&store.lease_letters(now(), later(5), 2).await.unwrap()), ["a", "b"]);
        assert_eq!(ids(&store.lease_letters(now(), later(5), 2).await.unwrap()), ["c"]);
        assert_eq!(store.lease_letters(later(4), later(9), 9).await.unwrap(), []);
        let all = store.lease_letters(later(5), later(9), 9).await.unwrap();
        assert_eq!(ids(&all), ["a", "b", "c"], "whoever held them went away: they are not lost");
    }

    async fn many_senders_at_once_take_every_letter_once(store: &Store) {
        let names: Vec<_> = (0..24).map(|n| format!("l{n:02}")).collect();
        queue(store, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let senders: Vec<_> = (0..6).map(|_| store.clone()).map(|store| tokio::spawn(async move {
            store.lease_letters(now(), later(5), 100).await.unwrap()
        })).collect();
        let mut taken = Vec::new();
        for sender in senders {
            taken.extend(sender.await.unwrap().into_iter().map(|(letter, _)| letter.id.0));
        }
        taken.sort();
        assert_eq!(taken, names);
    }

    async fn what_did_not_go_out_comes_again_when_it_is_due(store: &Store) {
        queue(store, &["a"]).await;
        store.lease_letters(now(), later(5), 1).await.unwrap();
        store.letter_put_off(&"a".into(), later(2), "no connection").await.unwrap();
        assert_eq!(store.lease_letters(later(1), later(9), 1).await.unwrap(), []);
        assert_eq!(store.lease_letters(later(2), later(9), 1).await.unwrap(), [(letter("a"), 1)]);
        let kept = store.letter(&"a".into()).await.unwrap().unwrap();
        assert_eq!(kept.fate, Fate::Waiting { due_at: later(2), tries: 1, why: Some("no connection".to_owned()) });
    }

    async fn what_was_sent_or_given_up_is_not_sent_again_and_opens_nothing(store: &Store) {
        queue(store, &["sent", "given-up"]).await;
        store.letter_sent(&letter("sent"), later(1)).await.unwrap();
        store.letter_given_up(&letter("given-up"), later(1), "no such mailbox").await.unwrap();
        store.letter_given_up(&letter("sent"), later(2), "late").await.unwrap();
        assert_eq!(store.lease_letters(later(60), later(61), 9).await.unwrap(), []);
        let kept = store.letters(None, 9).await.unwrap();
        let fates: Vec<_> = kept.iter().map(|kept| (kept.letter.id.as_str(), kept.fate.clone())).collect();
        let why = "no such mailbox".to_owned();
        assert_eq!(fates, [("sent", Fate::Sent { at: later(1) }), ("given-up", Fate::GivenUp { at: later(1), why: why.clone() })]);
        assert!(kept.iter().all(|kept| matches!(&kept.letter.message, Message::Code { code, .. } if code.0.is_empty())));
        assert_eq!(store.unreached(&["ann".into(), "bob".into()]).await.unwrap(), [], "the newest arrived");
        assert_eq!(store.letters(Some(&LetterId::from("sent")), 9).await.unwrap().len(), 1);
        queue(store, &["z"]).await;
        store.letter_given_up(&letter("z"), later(1), "gone").await.unwrap();
        assert_eq!(store.unreached(&["ann".into(), "bob".into()]).await.unwrap(), [("bob".into(), "gone".to_owned())]);
    }

    async fn old_letters_are_dropped(store: &Store) {
        queue(store, &["sent", "waiting"]).await;
        store.letter_sent(&letter("sent"), now()).await.unwrap();
        store.sweep(now() + KEPT).await.unwrap();
        assert_eq!(store.letters(None, 9).await.unwrap().len(), 2);
        store.sweep(now() + KEPT + SignedDuration::from_secs(1)).await.unwrap();
        assert_eq!(store.letters(None, 9).await.unwrap(), []);
    }
}
