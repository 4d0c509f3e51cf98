//! Keys for programs.

use jiff::SignedDuration;
use tminus_domain::{
    ids::{PersonId, TokenId},
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, Right},
};
use tminus_store::rights::Token;

use super::session::own;
use crate::{App, Failure, Refusal, sha256_hex};

/// The longest life of a key, in days.
pub const MAX_DAYS: u32 = 366;

pub struct CreateToken {
    /// What it is for.
    pub title: String,
    /// `None` never expires.
    pub days: Option<u32>,
    /// What it may do at most: never more than whoever makes it.
    pub pass: Pass,
}

/// A key with its secret, shown once.
pub struct Created {
    pub token: Token,
    pub secret: String,
}

/// Makes a key that may do what the actor may do.
pub async fn create_token(app: &App, actor: &Actor, input: CreateToken) -> Result<Created, Failure> {
    create_for(app, actor, &actor.person, input).await
}

pub(crate) async fn create_for(app: &App, actor: &Actor, person: &PersonId, input: CreateToken) -> Result<Created, Failure> {
    let title = input.title.trim().to_owned();
    if title.is_empty() || title.chars().count() > 120 {
        return Err(Refusal::field("title", "say what the key is for, in 1 to 120 characters").into());
    }
    if input.days.is_some_and(|days| days == 0 || days > MAX_DAYS) {
        return Err(Refusal::field("days", format!("give 1 to {MAX_DAYS} days")).into());
    }
    if input.pass.kind.scope().is_none() {
        return Err(Refusal::field("scope", "a key reads, works, looks after people, or does all that you may").into());
    }
    // Whoever holds little makes nothing that does more. Visitors by link make no keys at all.
    if !actor.pass.covers(&input.pass) {
        return Err(Failure::Forbidden);
    }
    if let Some(engagement) = &input.pass.within {
        app.view(actor, engagement, Right::ReadEngagement).await?;
    }
    let now = app.now();
    let expires_at = input.days.and_then(|days| now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let token =
        Token { id: TokenId(app.fresh_id()), person: person.clone(), title, created_at: now, expires_at, revoked: false, pass: input.pass };
    let secret = format!("tminus_{}", app.secret());
    let mut writing = app.store.writing().await?;
    writing.add_token(&token, sha256_hex(secret.as_bytes())).await?;
    writing.record(Fact::new(FactKind::TokenCreated, token.id.as_str(), &token.title).to(told(&token)).internal(true));
    writing.save(actor, now, &app.salt()).await?;
    Ok(Created { token, secret })
}

/// The actor's own keys, newest first.
pub async fn list_tokens(app: &App, actor: &Actor) -> Result<Vec<Token>, Failure> {
    Ok(app.store.tokens(&actor.person).await?)
}

/// Ends one of the actor's own keys. Whoever holds less than all that is theirs takes none of it away.
pub async fn revoke_token(app: &App, actor: &Actor, id: &TokenId) -> Result<(), Failure> {
    own(actor)?;
    let mut writing = app.store.writing().await?;
    if !writing.revoke_token(&actor.person, id, app.now()).await? {
        return Err(Failure::NotFound);
    }
    writing.record(Fact::new(FactKind::TokenRevoked, id.as_str(), id.as_str()).internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// What the record says of a new key.
fn told(token: &Token) -> serde_json::Value {
    let Pass { kind, within } = &token.pass;
    serde_json::json!({ "expires": token.expires_at.map(|at| at.to_string()), "scope": kind.scope(), "engagement": within })
}
