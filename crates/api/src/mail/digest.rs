//! When the caller is told what is theirs.

use axum::{Json as Sent, extract::State};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    mail::digest::{clock_of, digest_time, minute_of, set_digest_time},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::{FlawOut, Problem},
    sent::{Json, present},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, put))
}

#[derive(Serialize, ToSchema)]
#[schema(as = DigestTime)]
struct TimeOut {
    /// `08:00`, where the caller is; `null` is never.
    at: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetDigestTime)]
struct TimeIn {
    /// `08:00`, where the caller is; `null` is never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, required = true)]
    #[expect(clippy::option_option, reason = "left out and `null` are not the same")]
    at: Option<Option<String>>,
}

/// Shows when the caller is told what is theirs, once a day
#[utoipa::path(get, path = "/me/digest", operation_id = "show_digest_time", tag = "me", responses((status = 200, description = "The time of day.", body = TimeOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<TimeOut>, Problem> {
    Ok(Sent(TimeOut { at: digest_time(&app, &actor).await?.map(clock_of) }))
}

/// Sets when the caller is told what is theirs
#[utoipa::path(put, path = "/me/digest", operation_id = "set_digest_time", tag = "me", request_body = TimeIn, responses((status = 200, description = "The time of day after it.", body = TimeOut)))]
async fn put(Caller(actor): Caller, State(app): State<App>, Json(input): Json<TimeIn>) -> Result<Sent<TimeOut>, Problem> {
    let unusable = || {
        let why = "give a time of day such as “08:00”, or null for never";
        Problem::refused(format!("at: {why}; nothing was changed")).flaws(vec![FlawOut::of("at", why)])
    };
    let minute = match input.at.ok_or_else(unusable)? {
        None => None,
        Some(at) => Some(minute_of(at.parse::<Time>().map_err(|_| unusable())?)),
    };
    set_digest_time(&app, &actor, minute).await?;
    show(Caller(actor), State(app)).await
}
