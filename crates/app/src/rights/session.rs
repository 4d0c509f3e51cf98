//! Sessions as their people see them, and looking through somebody else's eyes.

use serde_json::json;
use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::Side,
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, PassKind, Right, Via},
};
use tminus_store::rights::session::Session;

use super::sign_in::actor;
use crate::{App, Failure, Refusal, sha256_hex};

/// The actor's own sessions, newest first.
pub async fn list_sessions(app: &App, actor: &Actor) -> Result<Vec<Session>, Failure> {
    own(actor)?;
    Ok(app.store.sessions(&actor.person, app.now()).await?)
}

/// The name of the session of a secret, as [`list_sessions`] gives it.
pub fn name_of(secret: &str) -> String {
    sha256_hex(secret.as_bytes()).chars().take(16).collect()
}

/// What the forms of a session carry: whoever does not know its secret cannot tell it, and it tells nothing of the secret.
pub fn form_token(secret: &str) -> String {
    sha256_hex(format!("forms of {secret}").as_bytes()).chars().take(32).collect()
}

/// Ends one of the actor's own sessions.
pub async fn end_session(app: &App, actor: &Actor, id: &str) -> Result<(), Failure> {
    own(actor)?;
    let mut writing = app.store.writing().await?;
    if !writing.end_session_of(&actor.person, id).await? {
        return Err(Failure::NotFound);
    }
    writing.record(Fact::new(FactKind::SessionEnded, actor.person.as_str(), &actor.name).to(json!({ "session": id })).internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Whoever came by a link or looks through other eyes has no account here to look after.
pub(crate) fn own(actor: &Actor) -> Result<(), Failure> {
    // Nor has a key that opens one engagement alone.
    let whole = matches!(actor.pass.kind, PassKind::Session | PassKind::Key) && actor.pass.within.is_none();
    if whole { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Looks at an engagement through the eyes of a member from outside the delivery side, until [`end_view`]. Nothing can be changed meanwhile.
pub async fn begin_view(app: &App, by: (&Actor, &str), engagement: &EngagementId, person: &PersonId) -> Result<(), Failure> {
    let (actor, secret) = by;
    let mut change = app.change(actor, engagement, Right::ReadInternal).await?;
    let member = change.engagement().member(person).ok_or(Failure::NotFound)?;
    if member.side() == Side::Delivery {
        return Err(Refusal::field("person", "only the customer and partners see less than the delivery side").into());
    }
    let name = change.engagement().name(person).to_owned();
    change.record(Fact::new(FactKind::ViewBegun, person.as_str(), name).internal(true));
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(app.store.set_view(&sha256_hex(secret.as_bytes()), Some((engagement, person))).await?)
}

pub async fn end_view(app: &App, secret: &str) -> Result<(), Failure> {
    Ok(app.store.set_view(&sha256_hex(secret.as_bytes()), None).await?)
}

/// The member through whose eyes somebody looks, as an actor who may only read. `None` once either of them may not any more.
pub async fn viewed(app: &App, looking: &Actor, (engagement, person): (&EngagementId, &PersonId)) -> Result<Option<Actor>, Failure> {
    match app.view(looking, engagement, Right::ReadInternal).await {
        Err(Failure::NotFound | Failure::Forbidden) => return Ok(None),
        view => view?,
    };
    let Some(account) = app.store.account(person).await? else { return Ok(None) };
    let pass = Pass { kind: PassKind::View, within: Some(engagement.clone()) };
    let seen = Actor { pass, ..actor(account.person, Via::Page) };
    match app.view(&seen, engagement, Right::ReadEngagement).await {
        Ok(_) => Ok(Some(seen)),
        Err(Failure::NotFound | Failure::Forbidden) => Ok(None),
        Err(failure) => Err(failure),
    }
}
