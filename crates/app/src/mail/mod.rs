//! Letters: written by operations, sent by a job, read by whoever keeps Tminus running.

pub mod digest;
pub mod ladder;
mod refused;
pub(crate) mod security;
pub(crate) mod way;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
pub use tminus_connect::mail::Undelivered;
use tminus_domain::{
    ids::{EngagementId, LetterId},
    mail::{Letter, Message},
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, PracticeRole, Right, Via},
};
use tminus_store::mail::Kept;

use crate::{App, Failure};

/// How long one sender keeps a letter. Longer than any mail server may take, so that no other sends it meanwhile.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// The longest answer of a mail server that is kept, in characters.
const MAX_WHY: usize = 300;

/// How many letters are shown at a time.
pub const PAGE: u64 = 50;

/// How often it is looked whether letters are due.
pub const EVERY: Duration = Duration::from_secs(5);

pub(crate) fn letter(app: &App, person: &Person, engagement: Option<&EngagementId>, message: Message) -> Letter {
    Letter {
        id: LetterId(app.fresh_id()),
        person: person.id.clone(),
        engagement: engagement.cloned(),
        name: person.name.clone(),
        address: person.email.clone(),
        message,
        written_at: app.now(),
    }
}

/// Sends what is due, one letter after the other, and says how many went out. What a server does not take now is tried again,
/// what it never takes is given up and told on the engagement.
///
/// # Errors
/// The database failed. No letter is lost: what was held comes again once its lease ends.
pub async fn deliver_due<F>(app: &App, carry: impl Fn(Letter) -> F) -> Result<usize, Failure>
where
    F: Future<Output = Result<(), Undelivered>>,
{
    let mut sent = 0;
    let until = |now: Timestamp| now.checked_add(LEASE).unwrap_or(now);
    while let Some((letter, tries)) = app.store.lease_letters(app.now(), until(app.now()), 1).await?.pop() {
        if letter.is_stale(app.now()) {
            give_up(app, &letter, app.now(), "it would have come too late").await?;
            continue;
        }
        let outcome = carry(letter.clone()).await;
        let now = app.now();
        match outcome {
            Ok(()) => {
                app.store.letter_sent(&letter, now).await?;
                sent += 1;
            }
            Err(Undelivered::Later(why)) => match letter.next_try(tries + 1, now) {
                Some(next) => {
                    tracing::warn!(letter = %letter.id, %next, "a letter waits: {}", short(&why));
                    app.store.letter_put_off(&letter.id, next, &short(&why)).await?;
                }
                None => give_up(app, &letter, now, &why).await?,
            },
            Err(Undelivered::Refused(why)) => {
                give_up(app, &letter, now, &why).await?;
                refused::tell(app, &letter, &short(&why)).await?;
            }
        }
    }
    Ok(sent)
}

async fn give_up(app: &App, letter: &Letter, now: Timestamp, why: &str) -> Result<(), Failure> {
    tracing::warn!(letter = %letter.id, "a letter was given up: {}", short(why));
    Ok(app.store.letter_given_up(letter, now, &short(why)).await?)
}

/// Tminus itself, where nobody asked.
pub(crate) fn job() -> Actor {
    Actor {
        person: "tminus".into(),
        name: "Tminus".to_owned(),
        zone: "UTC".to_owned(),
        via: Via::Job,
        practice: PracticeRole::Administrator,
        pass: Pass::SESSION,
    }
}

fn short(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(MAX_WHY).collect()
}

/// Letters of the whole practice, newest first: [`PAGE`] of them, after the given one.
pub async fn list_letters(app: &App, actor: &Actor, after: Option<&LetterId>) -> Result<Vec<Kept>, Failure> {
    App::practice(actor, Right::Operate)?;
    let mut letters = app.store.letters(after, PAGE).await?;
    for kept in &mut letters {
        kept.letter.message = kept.letter.message.clone().without_secret();
    }
    Ok(letters)
}

/// Has a letter tried once more, at once: one that waits for its next try, or was given up.
pub async fn send_again(app: &App, actor: &Actor, id: &LetterId) -> Result<(), Failure> {
    App::practice(actor, Right::Operate)?;
    let mut writing = app.store.writing().await?;
    let Kept { letter, fate } = writing.letter(id).await?.ok_or(Failure::NotFound)?;
    letter.may_go_again(&fate, app.now())?;
    writing.letter_again(id, app.now()).await?;
    let fact = Fact::new(FactKind::LetterSentAgain, letter.person.as_str(), &letter.name);
    writing.record(fact.to(json!({ "letter": id, "kind": letter.message.kind() })).internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// One letter as it is, or was, sent. What it opens is there until it is sent: for those who may change people, and could make a link too.
pub async fn read_letter(app: &App, actor: &Actor, id: &LetterId) -> Result<Kept, Failure> {
    App::practice(actor, Right::ReadLetters)?;
    let kept = app.store.letter(id).await?.ok_or(Failure::NotFound)?;
    let Kept { letter: Letter { message, person, name, .. }, .. } = &kept;
    // With what it opens, one could come in as somebody else: that it was read is in the record.
    if person != &actor.person && *message != message.clone().without_secret() {
        let mut writing = app.store.writing().await?;
        let fact = Fact::new(FactKind::LetterOpened, person.as_str(), name);
        writing.record(fact.to(json!({ "letter": id, "kind": message.kind() })).internal(true));
        writing.save(actor, app.now(), &app.salt()).await?;
    }
    Ok(kept)
}
