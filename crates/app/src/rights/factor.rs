//! A second factor by app, for those who sign in with a password: six digits that change every half a minute.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tminus_domain::{
    ids::PersonId,
    mail::SecurityChange,
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right, Via},
};
use tminus_store::rights::factor::Factor;
use totp_rs::{Builder, Secret, Totp};

use super::sign_in::{Begins, Client, FREE_FAILURES, SESSION, SignedIn, With, count_refused, may_try, start, wait};
use crate::{App, Failure, Refusal, mail::security::tell_of, sha256_hex};

/// How long a sign-in waits for the code.
pub const HALF_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// How long a factor that was offered can be confirmed.
const OFFER_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How many spare codes there are, for a day without the app.
pub const SPARE_CODES: usize = 10;

/// A factor that an app is to take over.
pub struct Offer {
    /// To be typed into the app, in base 32.
    pub secret: String,
    /// `otpauth://totp/…`, to be shown to the app as a picture.
    pub url: String,
}

/// What somebody's second factor is.
pub enum Standing {
    /// They sign in without a password of ours.
    NotNeeded,
    None,
    Offered(Offer),
    Set {
        since: Timestamp,
        spare: usize,
    },
}

/// The actor's own second factor.
pub async fn show_factor(app: &App, actor: &Actor) -> Result<Standing, Failure> {
    own(actor)?;
    let account = app.store.account(&actor.person).await?.ok_or(Failure::NotFound)?;
    Ok(match app.store.factor(&actor.person).await? {
        Some(Factor { since: Some(since), spare, .. }) => Standing::Set { since, spare: spare.len() },
        Some(factor) if is_fresh(app, &factor) => {
            let url = totp(&factor, &account.person.email)?.to_url().map_err(|_| unusable())?;
            Standing::Offered(Offer { secret: factor.secret, url })
        }
        _ if account.password.is_none() => Standing::NotNeeded,
        _ => Standing::None,
    })
}

/// Makes a secret for the actor's app. Nothing is asked for until [`confirm_factor`]. One that is set stays.
pub async fn offer_factor(app: &App, actor: &Actor) -> Result<(), Failure> {
    own(actor)?;
    let mut writing = app.store.writing().await?;
    let account = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?;
    if account.password.is_none() {
        return Err(Failure::Forbidden);
    }
    if writing.factor(&actor.person).await?.is_some_and(|factor| factor.since.is_some()) {
        return Ok(());
    }
    let mut bytes = [0; 20];
    bytes[..16].copy_from_slice(&(app.surroundings.random)());
    bytes[16..].copy_from_slice(&(app.surroundings.random)()[..4]);
    let secret = Secret::from(bytes).to_base32();
    let factor = Factor { secret, offered_at: app.now(), since: None, last_step: 0, spare: Vec::new() };
    writing.save_factor(&actor.person, &factor).await?;
    writing.record(fact(FactKind::SecondFactorChanged, actor, "offered"));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Sets the factor that was offered, as a code shows that the app has it. Gives the spare codes; they are shown once.
pub async fn confirm_factor(app: &App, actor: &Actor, typed: &str) -> Result<Vec<String>, Failure> {
    own(actor)?;
    guess(app, &actor.person).await?;
    let mut writing = app.store.writing().await?;
    let factor = writing.factor(&actor.person).await?.filter(|factor| factor.since.is_none() && is_fresh(app, factor));
    let factor = factor.ok_or(Failure::NotFound)?;
    let step = step(app, &factor, typed)?.ok_or(Refusal::FactorCode)?;
    let codes: Vec<String> = (0..SPARE_CODES).map(|_| app.secret().chars().take(12).collect()).collect();
    let spare = codes.iter().map(|code| digest(&actor.person, code)).collect();
    writing.save_factor(&actor.person, &Factor { since: Some(app.now()), last_step: step, spare, ..factor }).await?;
    let person = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?.person;
    tell_of(app, actor, (&writing, &person), SecurityChange::SecondFactorSet).await?;
    writing.record(fact(FactKind::SecondFactorChanged, actor, "set"));
    writing.save(actor, app.now(), &app.salt()).await?;
    app.store.forget_sign_in_failures(&guesser(&actor.person)).await?;
    Ok(codes.iter().map(|code| parted(code)).collect())
}

/// Takes the actor's own second factor away, as a code of it shows that they still have it.
pub async fn end_factor(app: &App, actor: &Actor, typed: &str) -> Result<(), Failure> {
    own(actor)?;
    guess(app, &actor.person).await?;
    let mut writing = app.store.writing().await?;
    let mut factor = writing.factor(&actor.person).await?.filter(|factor| factor.since.is_some()).ok_or(Failure::NotFound)?;
    if !take(app, &actor.person, &mut factor, typed)? {
        return Err(Refusal::FactorCode.into());
    }
    writing.end_factor(&actor.person).await?;
    let person = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?.person;
    tell_of(app, actor, (&writing, &person), SecurityChange::SecondFactorEnded).await?;
    writing.record(fact(FactKind::SecondFactorChanged, actor, "ended"));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(app.store.forget_sign_in_failures(&guesser(&actor.person)).await?)
}

/// Takes the second factor of somebody away who lost it. Their password alone signs them in from then on; that they are who they say is for the administrator to see.
pub async fn end_factor_of(app: &App, actor: &Actor, person: &PersonId) -> Result<(), Failure> {
    App::practice(actor, Right::EditPeople)?;
    if person == &actor.person && actor.via != Via::Cli {
        return Err(Refusal::field("person", "you take your own away under Settings, with a code of it").into());
    }
    let mut writing = app.store.writing().await?;
    let account = writing.account(person).await?.ok_or(Failure::NotFound)?;
    let factor = writing.factor(person).await?.ok_or(Failure::NotFound)?;
    writing.end_factor(person).await?;
    // One that was only offered was never asked for.
    if factor.since.is_some() {
        tell_of(app, actor, (&writing, &account.person), SecurityChange::SecondFactorEnded).await?;
    }
    writing.end_halves(person).await?;
    let of = Fact::new(FactKind::SecondFactorChanged, person.as_str(), &account.person.name);
    writing.record(of.to(json!({ "second_factor": "taken away" })).internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Whether somebody's second factor is set, for those who look after people.
pub async fn has_factor(app: &App, actor: &Actor, person: &PersonId) -> Result<bool, Failure> {
    App::practice(actor, Right::EditPeople)?;
    Ok(app.store.factor(person).await?.is_some_and(|factor| factor.since.is_some()))
}

/// Begins the session of somebody whose password was right, for the code of their app or a spare one.
pub async fn finish_sign_in(app: &App, half: &str, typed: &str, client: &Client) -> Result<SignedIn, Failure> {
    may_try(app, client).await?;
    let half = sha256_hex(half.as_bytes());
    let person = app.store.half(&half, app.now()).await?.ok_or(Refusal::HalfOver)?;
    guess(app, &person).await?;
    let writing = app.store.writing().await?;
    let account = writing.account(&person).await?.filter(|account| !account.ended).ok_or(Refusal::HalfOver)?;
    // Taken away meanwhile: the password was right.
    if let Some(mut factor) = writing.factor(&person).await?.filter(|factor| factor.since.is_some()) {
        if !take(app, &person, &mut factor, typed)? {
            drop(writing);
            count_refused(app, client).await?;
            return Err(Refusal::FactorCode.into());
        }
        writing.save_factor(&person, &factor).await?;
    }
    if !writing.end_half(&half).await? {
        return Err(Refusal::HalfOver.into());
    }
    let signed_in = start(app, writing, account.person, Begins { client, lasts: SESSION, with: With::Password }).await?;
    app.store.forget_sign_in_failures(&guesser(&person)).await?;
    Ok(signed_in)
}

/// Only somebody who signed in: a key or a link has no factor to look after.
fn own(actor: &Actor) -> Result<(), Failure> {
    if actor.pass.kind == PassKind::Session && actor.via == Via::Page { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Uses a code up: one of the app, of a later moment than the last, or a spare one.
fn take(app: &App, person: &PersonId, factor: &mut Factor, typed: &str) -> Result<bool, Failure> {
    if let Some(step) = step(app, factor, typed)? {
        if step <= factor.last_step {
            return Ok(false);
        }
        factor.last_step = step;
        return Ok(true);
    }
    let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let digest = digest(person, &typed);
    let before = factor.spare.len();
    factor.spare.retain(|spare| *spare != digest);
    Ok(factor.spare.len() < before)
}

/// The step of time that a code of the app is of, if it is one of now.
fn step(app: &App, factor: &Factor, typed: &str) -> Result<Option<u64>, Failure> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(None);
    }
    let now = u64::try_from(app.now().as_second()).unwrap_or_default();
    Ok(totp(factor, "somebody")?.check(&digits, now))
}

fn totp(factor: &Factor, account: &str) -> Result<Totp, Failure> {
    let secret = Secret::try_from_base32(&factor.secret).map_err(|_| unusable())?;
    let named = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Tminus"));
    named.build().map_err(|_| unusable())
}

fn unusable() -> Failure {
    Failure::Broken(tminus_store::StoreError::Unreadable { table: "second_factor", why: "its secret cannot be used".to_owned() })
}

fn is_fresh(app: &App, factor: &Factor) -> bool {
    app.now().duration_since(factor.offered_at) < OFFER_LIFE
}

/// Counts one more guess before it is looked at, and refuses those who guess too often.
async fn guess(app: &App, person: &PersonId) -> Result<(), Failure> {
    let (now, guesser) = (app.now(), guesser(person));
    let mut before = 0;
    if let Some((count, last)) = app.store.sign_in_failures(&guesser).await? {
        let left = wait(count, FREE_FAILURES).saturating_sub(now.duration_since(last));
        if left.is_positive() {
            return Err(Refusal::SignInLater(left.as_secs() + 1).into());
        }
        before = count;
    }
    let count = app.store.note_sign_in_failure(&guesser, now).await?;
    if count > FREE_FAILURES && count > before + 1 {
        return Err(Refusal::SignInLater(wait(count, FREE_FAILURES).as_secs() + 1).into());
    }
    Ok(())
}

fn guesser(person: &PersonId) -> String {
    format!("factor {person}")
}

fn digest(person: &PersonId, code: &str) -> String {
    sha256_hex(format!("{person} {code}").as_bytes())
}

/// `abcd-efgh-jkmn`
fn parted(code: &str) -> String {
    code.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join("-")
}

fn fact(kind: FactKind, actor: &Actor, what: &str) -> Fact {
    Fact::new(kind, actor.person.as_str(), &actor.name).to(json!({ "second_factor": what })).internal(true)
}
