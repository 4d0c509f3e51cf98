//! How long personal data is kept.

use axum::{Json as Sent, extract::State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App, Failure, Refusal,
    engagement::retention::{Retention, set_retention, show_retention},
};
use tminus_domain::{
    engagement::retention::{Erasure, Keep},
    ids::EngagementId,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, put))
}

/// What becomes of the personal data of an engagement.
#[derive(Serialize, ToSchema)]
#[schema(as = Retention)]
struct RetentionOut {
    /// After how many months from the end it is erased: a number, or `never`.
    erase_after: String,
    /// Whether that is this engagement's own value; else it is the practice's.
    own: bool,
    /// The day on which it is erased. Not there while the engagement has not ended, and where it is never erased.
    erases_on: Option<Date>,
    /// How many people still have access that has to be confirmed gone first.
    waits_for: usize,
    /// The day on which it was erased. Since then nothing here changes.
    erased_on: Option<Date>,
}

impl From<Retention> for RetentionOut {
    fn from(Retention { keep, is_own, erasure }: Retention) -> Self {
        let (mut ahead, mut done, mut waits_for) = (None, None, 0);
        match erasure {
            Erasure::On(day) => ahead = Some(day),
            Erasure::Done(day) => done = Some(day),
            Erasure::Waits(people) => waits_for = people,
            Erasure::Open | Erasure::Never => {}
        }
        Self { erase_after: keep.to_string(), own: is_own, erases_on: ahead, waits_for, erased_on: done }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetRetention)]
struct RetentionIn {
    /// 1 to 240 months, or `never`. `null` takes the own value away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    erase_after: Option<String>,
}

/// Shows how long personal data is kept after the end
#[utoipa::path(get, path = "/engagements/{engagement}/retention", operation_id = "show_retention", tag = "engagements", responses((status = 200, description = "What becomes of it.", body = RetentionOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<RetentionOut>, Problem> {
    Ok(Sent(show_retention(&app, &actor, &id).await?.into()))
}

/// Sets how long personal data is kept after the end
#[utoipa::path(put, path = "/engagements/{engagement}/retention", operation_id = "set_retention", tag = "engagements", request_body = RetentionIn, responses((status = 200, description = "What becomes of it.", body = RetentionOut)))]
async fn put(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<RetentionIn>,
) -> Result<Sent<RetentionOut>, Problem> {
    let keep = input.erase_after.map(|text| text.parse::<Keep>()).transpose();
    let keep = keep.map_err(|error| Failure::from(Refusal::Field { field: "erase_after", why: error.to_string() }))?;
    set_retention(&app, &actor, &id, keep).await?;
    show(Caller(actor), State(app), Named(id)).await
}
