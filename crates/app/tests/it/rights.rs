//! Signing in, and keys for programs.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    record::read_practice_record,
    rights::{
        sign_in::{Client, SESSION, caller_of_session, caller_of_token, sign_in, sign_out},
        token::{CreateToken, create_token, list_tokens, revoke_token},
    },
    store::record::Wanted,
    world,
};
use tminus_domain::{record::fact::FactKind, rights::Via};

#[tokio::test]
async fn a_session_lasts_until_its_end_or_the_sign_out() {
    let world = world::own().await;
    let signed = sign_in(&world.app, (" Ann@Example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    assert_eq!(caller_of_session(&world.app, &signed.secret).await.unwrap().actor.person, world.ann.person);
    sign_out(&world.app, &signed.secret).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &signed.secret).await, Err(Failure::SignedOut)));
    let ended = Wanted { fact: Some(FactKind::SessionEnded.as_str().to_owned()), limit: 5, ..Wanted::default() };
    assert_eq!(read_practice_record(&world.app, &world.ann, &ended).await.unwrap().0.len(), 1, "who signed out is in the record");
    sign_out(&world.app, &signed.secret).await.unwrap();
    assert_eq!(read_practice_record(&world.app, &world.ann, &ended).await.unwrap().0.len(), 1, "once");
    let again = sign_in(&world.app, ("ann@example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    world.clock.advance(SESSION);
    assert!(matches!(caller_of_session(&world.app, &again.secret).await, Err(Failure::SignedOut)));
}

#[tokio::test]
async fn guessing_gets_slower_and_tells_nothing() {
    let world = world::own().await;
    let known = sign_in(&world.app, ("ann@example.com", "wrong"), &Client::default()).await.err().unwrap().to_string();
    let unknown = sign_in(&world.app, ("nobody@example.com", "wrong"), &Client::default()).await.err().unwrap().to_string();
    assert_eq!(known, unknown);
    for _ in 0..4 {
        let _ = sign_in(&world.app, ("ann@example.com", "wrong"), &Client::default()).await;
    }
    let waiting = sign_in(&world.app, ("ann@example.com", world::PASSWORD), &Client::default()).await;
    assert!(matches!(waiting, Err(Failure::Refused(Refusal::SignInLater(_)))));
    world.clock.advance(SignedDuration::from_secs(5));
    assert!(sign_in(&world.app, ("ann@example.com", world::PASSWORD), &Client::default()).await.is_ok());
}

#[tokio::test]
async fn a_key_does_what_its_person_may_until_it_is_revoked_or_expires() {
    let world = world::own().await;
    let input = |days| CreateToken { title: "CI".to_owned(), days, pass: tminus_domain::rights::Pass::KEY };
    let created = create_token(&world.app, &world.ann, input(Some(1))).await.unwrap();
    let caller = caller_of_token(&world.app, &created.secret).await.unwrap();
    assert_eq!((caller.person, caller.via), (world.ann.person.clone(), Via::Api));
    assert!(matches!(revoke_token(&world.app, &world.bob, &created.token.id).await, Err(Failure::NotFound)));
    world.clock.advance(SignedDuration::from_hours(25));
    assert!(matches!(caller_of_token(&world.app, &created.secret).await, Err(Failure::SignedOut)));
    let forever = create_token(&world.app, &world.ann, input(None)).await.unwrap();
    revoke_token(&world.app, &world.ann, &forever.token.id).await.unwrap();
    assert!(matches!(caller_of_token(&world.app, &forever.secret).await, Err(Failure::SignedOut)));
    assert_eq!(list_tokens(&world.app, &world.ann).await.unwrap().len(), 2);
    assert!(create_token(&world.app, &world.ann, input(Some(0))).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_side_by_side_gives_no_more_tries_than_one_after_another() {
    let world = world::own().await;
    let guess = |number: u32| {
        let app = world.app.clone();
        tokio::spawn(async move { sign_in(&app, ("bob@example.com", &format!("guess {number}")), &Client::default()).await.err() })
    };
    let guesses: Vec<_> = (0..20).map(guess).collect();
    let mut looked_at = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Some(Failure::Refused(Refusal::SignIn)) => looked_at += 1,
            Some(Failure::Refused(Refusal::SignInLater(_))) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(looked_at, 5);
    let waiting = sign_in(&world.app, ("bob@example.com", world::PASSWORD), &Client::default()).await;
    assert!(matches!(waiting, Err(Failure::Refused(Refusal::SignInLater(_)))));
}

#[tokio::test]
async fn a_sign_in_that_is_locked_is_recorded_once_and_only_of_a_known_account() {
    let world = world::own().await;
    let refused = async || {
        let entries = world.app.store.stretch("practice", 0, 1_000).await.unwrap();
        let read = entries.iter().filter_map(tminus_domain::record::chain::Entry::read);
        read.filter(|entry| entry.fact == "sign_in_refused").map(|entry| entry.subject).collect::<Vec<_>>()
    };
    for email in ["nobody@example.com", "bob@example.com"] {
        for _ in 0..4 {
            let _ = sign_in(&world.app, (email, "wrong"), &Client::default()).await;
        }
    }
    assert_eq!(refused().await, [""; 0]);
    for email in ["nobody@example.com", "bob@example.com", "bob@example.com"] {
        let _ = sign_in(&world.app, (email, "wrong"), &Client::default()).await;
    }
    // It is written beside the answer.
    for _ in 0..200 {
        if !refused().await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    world.clock.advance(SignedDuration::from_mins(20));
    let _ = sign_in(&world.app, ("bob@example.com", "wrong"), &Client::default()).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(refused().await, [world.bob.person.as_str()]);
}
