//! Seats of the register, and to whom one turns when something is stuck.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::{
        escalation::{SetEscalation, list_escalation, set_escalation},
        seat::{FillSeat, Seated, ask_days, fill_seat, leave_seat, list_seats},
    },
};
use tminus_domain::{
    ids::{EngagementId, PersonId, SeatId},
    kit::{Side, share::DaysAWeek},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::IfSame,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(fill, leave))
        .routes(routes!(days))
        .routes(routes!(paths))
        .routes(routes!(set_path))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Seats)]
struct SeatsOut {
    entries: Vec<SeatOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Seat)]
struct SeatOut {
    id: String,
    role: String,
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    /// Left out where the seat is of the whole engagement.
    #[serde(skip_serializing_if = "Option::is_none")]
    workstream: Option<String>,
    /// The heading it stands under in the kit.
    group: String,
    note: String,
    /// What the statement of work asks: `5`, `3-5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_a_week: Option<String>,
    /// Who sits there; nobody: it is open.
    people: Vec<SittingOut>,
    /// To be sent as `If-Match`, in quotes, with a change of this seat.
    edition: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Sitting)]
struct SittingOut {
    person: String,
    /// The days a week that they work on this engagement.
    days: u8,
}

impl From<Seated> for SeatOut {
    fn from(it: Seated) -> Self {
        let sitting = it.people.into_iter().zip(it.gives).map(|(person, days)| SittingOut { person: person.0, days });
        Self {
            id: it.seat.id.0,
            role: it.seat.role,
            side: it.seat.side.as_str(),
            workstream: it.seat.workstream.map(|id| id.0),
            group: it.seat.group,
            note: it.seat.note,
            days_a_week: it.seat.days_a_week.map(|days| days.to_string()),
            people: sitting.collect(),
            edition: it.edition,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FillSeat)]
struct FillIn {
    person: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeatDays)]
struct DaysIn {
    /// `5`, `3-5`, or `null` for no number.
    #[schema(value_type = Option<String>)]
    days_a_week: Option<DaysAWeek>,
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    seat: SeatId,
}

/// Lists the seats that the register asks for
///
/// The delivery side sees all, others those of their own side.
#[utoipa::path(get, path = "/engagements/{engagement}/seats", operation_id = "list_seats", tag = "members", responses((status = 200, description = "The seats.", body = SeatsOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<SeatsOut>, Problem> {
    Ok(Sent(SeatsOut { entries: list_seats(&app, &actor, &engagement).await?.into_iter().map(Into::into).collect() }))
}

/// Puts a member into a seat
///
/// The seat of a lead or an alternate makes them that in the workstream. The seat of a function is whoever has it, and is refused.
#[utoipa::path(put, path = "/engagements/{engagement}/seats/{seat}/person", operation_id = "fill_seat", tag = "members", params(IfSame), request_body = FillIn, responses((status = 204, description = "They sit there.")))]
async fn fill(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfSame,
    Json(input): Json<FillIn>,
) -> Result<StatusCode, Problem> {
    let input = FillSeat { seat: place.seat, person: PersonId(input.person), seen: asked.seen() };
    fill_seat(&app, &actor, &place.engagement, input).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a seat again
#[utoipa::path(delete, path = "/engagements/{engagement}/seats/{seat}/person", operation_id = "leave_seat", tag = "members", params(IfSame), responses((status = 204, description = "It is open.")))]
async fn leave(Caller(actor): Caller, State(app): State<App>, Named(place): Named<Place>, asked: IfSame) -> Result<StatusCode, Problem> {
    let seen = asked.seen();
    leave_seat(&app, &actor, &place.engagement, (&place.seat, seen.as_deref())).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how many days a week a seat asks for on this engagement
#[utoipa::path(put, path = "/engagements/{engagement}/seats/{seat}/days", operation_id = "ask_days", tag = "members", params(IfSame), request_body = DaysIn, responses((status = 204, description = "It asks for them.")))]
async fn days(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfSame,
    Json(input): Json<DaysIn>,
) -> Result<StatusCode, Problem> {
    let seen = asked.seen();
    let wanted = (&place.seat, input.days_a_week, seen.as_deref());
    ask_days(&app, &actor, &place.engagement, wanted).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
#[schema(as = EscalationPaths)]
struct PathsOut {
    entries: Vec<PathOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EscalationPath)]
struct PathOut {
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    steps: Vec<StepOut>,
    /// To be sent as `If-Match`, in quotes, with a change of this path.
    edition: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EscalationStep)]
struct StepOut {
    /// `leads`, `manager`, `sponsor`, or a person's id.
    step: String,
    people: Vec<ReachedOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reached)]
struct ReachedOut {
    person: String,
    name: String,
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetEscalation)]
struct PathIn {
    /// In order: `leads`, `manager`, `sponsor`, or ids of people of that side. An empty list is the usual path.
    steps: Vec<String>,
}

#[derive(Deserialize)]
struct PathPlace {
    engagement: EngagementId,
    side: Side,
}

/// Lists to whom one turns on each side when something is stuck
#[utoipa::path(get, path = "/engagements/{engagement}/escalation", operation_id = "list_escalation", tag = "members", responses((status = 200, description = "The path of each side.", body = PathsOut)))]
async fn paths(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<PathsOut>, Problem> {
    let step = |it: tminus_app::people::escalation::Step| StepOut {
        step: it.rung.to_string(),
        people: it.people.into_iter().map(|it| ReachedOut { person: it.id.0, name: it.name, email: it.email }).collect(),
    };
    let path = |it: tminus_app::people::escalation::Path| PathOut {
        side: it.side.as_str(),
        steps: it.steps.into_iter().map(step).collect(),
        edition: it.edition,
    };
    Ok(Sent(PathsOut { entries: list_escalation(&app, &actor, &engagement).await?.into_iter().map(path).collect() }))
}

/// Sets to whom one turns on a side
#[utoipa::path(put, path = "/engagements/{engagement}/escalation/{side}", operation_id = "set_escalation", tag = "members", params(IfSame), request_body = PathIn, responses((status = 204, description = "It is set.")))]
async fn set_path(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<PathPlace>,
    asked: IfSame,
    Json(input): Json<PathIn>,
) -> Result<StatusCode, Problem> {
    let rungs = input.steps.into_iter().map(Into::into).collect();
    let input = SetEscalation { side: place.side, rungs, seen: asked.seen() };
    set_escalation(&app, &actor, &place.engagement, input).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}
