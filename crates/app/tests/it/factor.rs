//! The second factor: an app with six digits, and spare codes.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    rights::{
        factor::{SPARE_CODES, Standing, confirm_factor, end_factor, end_factor_of, finish_sign_in, has_factor, offer_factor, show_factor},
        sign_in::{Client, Entered, Half, caller_of_session, sign_in},
        token::{CreateToken, create_token},
    },
    world::{self, PASSWORD, World},
};
use tminus_domain::rights::{Actor, Pass, PassKind};
use totp_rs::{Builder, Secret};

async fn offered(world: &World, actor: &Actor) -> String {
    offer_factor(&world.app, actor).await.unwrap();
    match show_factor(&world.app, actor).await.unwrap() {
        Standing::Offered(offer) => {
            assert!(offer.url.starts_with("otpauth://totp/Tminus:") && offer.url.contains(&offer.secret), "{}", offer.url);
            offer.secret
        }
        _ => panic!("it is offered"),
    }
}

/// What the app shows now.
fn shown(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("bob").with_issuer(Some("Tminus")).build().unwrap();
    totp.generate(u64::try_from(world.app.now().as_second()).unwrap()).to_string()
}

async fn half(world: &World, name: &str) -> Half {
    match sign_in(&world.app, (&format!("{name}@example.com"), PASSWORD), &Client::default()).await.unwrap() {
        Entered::Half(half) => half,
        Entered::In(_) => panic!("the password alone let {name} in"),
    }
}

async fn finish(world: &World, half: &Half, code: &str) -> Result<String, Refusal> {
    match finish_sign_in(&world.app, &half.secret, code, &Client::default()).await {
        Ok(signed_in) => Ok(signed_in.secret),
        Err(Failure::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other:?}"),
    }
}

/// Bob with a second factor: what his app and we share, and his spare codes.
async fn set(world: &World) -> (String, Vec<String>) {
    let secret = offered(world, &world.bob).await;
    let spare = confirm_factor(&world.app, &world.bob, &shown(world, &secret)).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(30));
    (secret, spare)
}

#[tokio::test]
async fn nothing_is_asked_for_before_the_app_has_shown_that_it_knows() {
    let world = world::own().await;
    let secret = offered(&world, &world.bob).await;
    assert!(sign_in(&world.app, ("bob@example.com", PASSWORD), &Client::default()).await.unwrap().signed_in().is_some());
    assert!(matches!(confirm_factor(&world.app, &world.bob, "12 34").await, Err(Failure::Refused(Refusal::FactorCode))));
    let spare = confirm_factor(&world.app, &world.bob, &shown(&world, &secret)).await.unwrap();
    assert_eq!(spare.len(), SPARE_CODES);
    let Standing::Set { spare: left, .. } = show_factor(&world.app, &world.bob).await.unwrap() else { panic!("it is set") };
    assert_eq!(left, SPARE_CODES);
    // A new offer does not take the place of one that is set.
    offer_factor(&world.app, &world.bob).await.unwrap();
    half(&world, "bob").await;
    // An offer is not for ever.
    let late = offered(&world, &world.dee).await;
    world.clock.advance(SignedDuration::from_hours(1));
    assert!(matches!(confirm_factor(&world.app, &world.dee, &shown(&world, &late)).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn a_code_signs_in_once_and_so_does_a_spare_one() {
    let world = world::own().await;
    let (secret, spare) = set(&world).await;
    let code = shown(&world, &secret);
    let first = half(&world, "bob").await;
    let session = finish(&world, &first, &code).await.unwrap();
    assert_eq!(caller_of_session(&world.app, &session).await.unwrap().actor.person, world.bob.person);
    assert!(matches!(finish(&world, &first, &code).await, Err(Refusal::HalfOver)), "what waited waits no more");
    let second = half(&world, "bob").await;
    assert!(matches!(finish(&world, &second, &code).await, Err(Refusal::FactorCode)), "somebody who looked over his shoulder");
    assert!(caller_of_session(&world.app, &second.secret).await.is_err(), "half a sign-in is no session");
    finish(&world, &second, &spare[3].to_uppercase()).await.unwrap();
    let third = half(&world, "bob").await;
    assert!(matches!(finish(&world, &third, &spare[3]).await, Err(Refusal::FactorCode)));
    finish(&world, &third, &spare[4].replace('-', " ")).await.unwrap();
    let Standing::Set { spare: left, .. } = show_factor(&world.app, &world.bob).await.unwrap() else { panic!("it is set") };
    assert_eq!(left, SPARE_CODES - 2);
    let slow = half(&world, "bob").await;
    world.clock.advance(SignedDuration::from_mins(10));
    assert!(matches!(finish(&world, &slow, &shown(&world, &secret)).await, Err(Refusal::HalfOver)));
}

#[tokio::test]
async fn guessing_codes_gets_slower_whatever_password_it_begins_with() {
    let world = world::own().await;
    let (secret, _) = set(&world).await;
    let half_one = half(&world, "bob").await;
    for _ in 0..5 {
        assert!(matches!(finish(&world, &half_one, "000000").await, Err(Refusal::FactorCode)));
    }
    assert!(matches!(finish(&world, &half_one, &shown(&world, &secret)).await, Err(Refusal::SignInLater(_))));
    let half_two = half(&world, "bob").await;
    assert!(matches!(finish(&world, &half_two, &shown(&world, &secret)).await, Err(Refusal::SignInLater(_))));
    world.clock.advance(SignedDuration::from_secs(31));
    finish(&world, &half_two, &shown(&world, &secret)).await.unwrap();
}

#[tokio::test]
async fn it_is_taken_away_with_a_code_or_by_an_administrator_and_by_nobody_else() {
    let world = world::own().await;
    let (secret, _) = set(&world).await;
    assert!(matches!(end_factor(&world.app, &world.bob, "000000").await, Err(Failure::Refused(Refusal::FactorCode))));
    assert!(matches!(end_factor_of(&world.app, &world.mallory, &world.bob.person).await, Err(Failure::Forbidden | Failure::NotFound)));
    let waits = half(&world, "bob").await;
    assert!(matches!(end_factor_of(&world.app, &world.ann, &world.ann.person).await, Err(Failure::Refused(_))), "a session is no proof");
    assert!(has_factor(&world.app, &world.ann, &world.bob.person).await.unwrap());
    end_factor_of(&world.app, &world.ann, &world.bob.person).await.unwrap();
    assert!(!has_factor(&world.app, &world.ann, &world.bob.person).await.unwrap());
    assert!(matches!(finish(&world, &waits, &shown(&world, &secret)).await, Err(Refusal::HalfOver)));
    assert!(sign_in(&world.app, ("bob@example.com", PASSWORD), &Client::default()).await.unwrap().signed_in().is_some());
    let (again, _) = set(&world).await;
    end_factor(&world.app, &world.bob, &shown(&world, &again)).await.unwrap();
    assert!(sign_in(&world.app, ("bob@example.com", PASSWORD), &Client::default()).await.unwrap().signed_in().is_some());
}

#[tokio::test]
async fn a_key_or_a_link_looks_after_no_factor() {
    let world = world::own().await;
    create_token(&world.app, &world.bob, CreateToken { title: "CI".to_owned(), days: None, pass: Pass::KEY }).await.unwrap();
    for kind in [PassKind::Key, PassKind::ReadingKey, PassKind::Link, PassKind::LinkWithCode, PassKind::View] {
        let actor = Actor { pass: Pass { kind, within: None }, ..world.bob.clone() };
        assert!(matches!(show_factor(&world.app, &actor).await, Err(Failure::Forbidden)), "{kind:?}");
        assert!(matches!(offer_factor(&world.app, &actor).await, Err(Failure::Forbidden)), "{kind:?}");
        assert!(matches!(end_factor(&world.app, &actor, "000000").await, Err(Failure::Forbidden)), "{kind:?}");
    }
}
