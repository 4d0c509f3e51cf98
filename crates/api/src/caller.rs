//! Who asks: whoever holds the key in `Authorization: Bearer`. Sessions in cookies are no way in here.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use tminus_app::{App, rights::sign_in::caller_of_token};
use tminus_domain::rights::Actor;

use crate::problem::Problem;

/// The longest key that is looked up, in bytes.
const MAX_KEY: usize = 200;

/// Take it first in a handler: who is not known learns nothing about what they sent.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) Actor);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        Ok(Self(caller_of_token(app, key(&parts.headers)?).await?))
    }
}

/// The key that a request brings.
pub(crate) fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(given), None) = (given.next(), given.next()) else { return Err(Problem::signed_out(None)) };
    let (scheme, key) = given.to_str().ok().and_then(|given| given.split_once(' ')).ok_or_else(|| Problem::signed_out(None))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::signed_out(None));
    }
    let key = key.trim();
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(Problem::signed_out(Some("the key is unknown, revoked or expired; nothing was done")));
    }
    Ok(key)
}
