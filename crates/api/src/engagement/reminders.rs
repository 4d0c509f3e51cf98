//! When people are reminded.

use axum::{Json as Sent, extract::State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    mail::ladder::{set_ladder, show_ahead, show_ladder},
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
    OpenApiRouter::new().routes(routes!(show, put)).routes(routes!(sponsor))
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

/// What an executive sponsor will be told on a day if nothing happens until then.
#[derive(Serialize, ToSchema)]
#[schema(as = SponsorReminder)]
struct SponsorLine {
    person: String,
    name: String,
    on: Date,
    item: String,
    title: String,
    due: Option<Date>,
}

/// Shows what the executive sponsor will be told
///
/// In the next two weeks, if nothing happens until then: to be looked at before it is sent.
#[utoipa::path(get, path = "/engagements/{engagement}/reminders/sponsor", operation_id = "show_sponsor_reminders", tag = "engagements", responses((status = 200, description = "Each item on the day on which the sponsor hears of it.", body = [SponsorLine])))]
async fn sponsor(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<Vec<SponsorLine>>, Problem> {
    let mut lines = Vec::new();
    for sponsor in show_ahead(&app, &actor, &id).await? {
        let told = sponsor.days.into_iter().flat_map(|(on, told)| told.into_iter().map(move |it| (on, it)));
        lines.extend(told.map(|(on, it)| SponsorLine {
            person: sponsor.person.to_string(),
            name: sponsor.name.clone(),
            on,
            item: it.item.0,
            title: it.title,
            due: it.due,
        }));
    }
    Ok(Sent(lines))
}
