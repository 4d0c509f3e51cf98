//! Codes by mail: whoever holds a link shows that the mailbox of its person is theirs.

use serde_json::json;
use tminus_domain::{
    ids::EngagementId,
    mail::{Message, Secret},
    record::fact::{Fact, FactKind},
    rights::{
        Actor, PassKind, Right,
        link::{CODE_LIFE, CODE_PAUSE, CODE_TRIES},
    },
};
use tminus_store::rights::link::Code;

use super::sign_in::{FREE_FAILURES, not_yet};
use crate::{App, Failure, Refusal, mail::letter, sha256_hex};

/// Mails a code to the person of the actor's link, unless one went out just now.
pub async fn send_code(app: &App, (actor, secret): (&Actor, &str)) -> Result<(), Failure> {
    let engagement = within(actor)?;
    let (session, now) = (sha256_hex(secret.as_bytes()), app.now());
    may_guess(app, actor).await?;
    let before = app.store.code(&session).await?;
    if before.is_some_and(|code| now.duration_since(code.sent_at) < CODE_PAUSE) {
        return Ok(());
    }
    let account = app.store.account(&actor.person).await?.filter(|account| !account.ended).ok_or(Failure::SignedOut)?;
    let mut change = app.change(actor, engagement, Right::ReadEngagement).await?;
    let code = app.code();
    change.keep_code(&session, &Code { hash: digest(&session, &code), sent_at: now, tries: 0 }).await?;
    let message = Message::Code { engagement: change.engagement().plan.setup.title.clone(), code: Secret(code) };
    change.queue(&letter(app, &account.person, Some(engagement), message)).await?;
    change.record(Fact::new(FactKind::CodeSent, actor.person.as_str(), &actor.name).internal(true));
    change.save(actor, now, &app.salt()).await?;
    Ok(())
}

/// Lets the visit do what asks for a code, from now on, if it is the one that was sent.
pub async fn type_code(app: &App, (actor, secret): (&Actor, &str), typed: &str) -> Result<(), Failure> {
    let engagement = within(actor)?;
    let (session, now) = (sha256_hex(secret.as_bytes()), app.now());
    may_guess(app, actor).await?;
    // Counted before it is looked at: those who guess side by side get no more tries than one after another.
    let Some(code) = app.store.try_code(&session, CODE_TRIES).await? else { return Err(Refusal::Code(0).into()) };
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let fresh = now.duration_since(code.sent_at) < CODE_LIFE;
    if !fresh || digest(&session, &digits) != code.hash {
        app.store.note_sign_in_failure(&guesser(actor), now).await?;
        return Err(Refusal::Code(if fresh { CODE_TRIES - code.tries } else { 0 }).into());
    }
    app.store.forget_sign_in_failures(&guesser(actor)).await?;
    let mut change = app.change(actor, engagement, Right::ReadEngagement).await?;
    change.prove_session(&session, now).await?;
    change.forget_code(&session).await?;
    change.record(Fact::new(FactKind::CodeTyped, actor.person.as_str(), &actor.name).to(json!({})).internal(true));
    change.save(actor, now, &app.salt()).await?;
    Ok(())
}

fn within(actor: &Actor) -> Result<&EngagementId, Failure> {
    match &actor.pass.within {
        Some(engagement) if actor.pass.kind == PassKind::Link => Ok(engagement),
        _ => Err(Failure::Forbidden),
    }
}

/// Whoever guesses waits longer and longer, whatever link or visit they guess by.
async fn may_guess(app: &App, actor: &Actor) -> Result<(), Failure> {
    not_yet(app, &guesser(actor), FREE_FAILURES).await.map(|_| ())
}

fn guesser(actor: &Actor) -> String {
    format!("code {}", actor.person)
}

/// Six digits are found from their digest; with the visit in it, only while the visit lasts.
fn digest(session: &str, code: &str) -> String {
    sha256_hex(format!("{session} {code}").as_bytes())
}
