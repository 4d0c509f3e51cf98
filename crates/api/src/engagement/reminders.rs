//! When people are reminded.

use axum::{Json as Sent, extract::State};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    mail::ladder::{set_ladder, show_ladder},
};
use tminus_domain::{ids::EngagementId, mail::reminder::Ladder};
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

/// Steps at which people are reminded, in business days before and after a date. `null` leaves a step out.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reminders)]
struct LadderBody {
    /// Whoever it lies with, before it is due.
    before: Option<u8>,
    /// Whoever it lies with, on the day.
    due: bool,
    /// The owners on both sides, after it was due.
    owners: Option<u8>,
    /// The engagement manager and the customer's manager.
    managers: Option<u8>,
    /// The executive sponsor.
    sponsor: Option<u8>,
}

/// Shows when people are reminded
#[utoipa::path(get, path = "/engagements/{engagement}/reminders", operation_id = "show_reminders", tag = "engagements", responses((status = 200, description = "The steps.", body = LadderBody)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<LadderBody>, Problem> {
    let Ladder { before, due, owners, managers, sponsor } = show_ladder(&app, &actor, &id).await?;
    Ok(Sent(LadderBody { before, due, owners, managers, sponsor }))
}

/// Sets when people are reminded
#[utoipa::path(put, path = "/engagements/{engagement}/reminders", operation_id = "set_reminders", tag = "engagements", request_body = LadderBody, responses((status = 200, description = "The steps after it.", body = LadderBody)))]
async fn put(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<LadderBody>,
) -> Result<Sent<LadderBody>, Problem> {
    let LadderBody { before, due, owners, managers, sponsor } = input;
    set_ladder(&app, &actor, &id, Ladder { before, due, owners, managers, sponsor }).await?;
    show(Caller(actor), State(app), Named(id)).await
}
