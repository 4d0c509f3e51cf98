//! Who has access to what, and moving it.

mod ending;
mod resource;

use std::collections::BTreeMap;

use axum::{Json as Sent, extract::State};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, Serialize};
use tminus_app::{
    App,
    access::{Access, ExceptAccess, MoveAccess, except_access, leaving::CarryOver, leaving::carry_over, list_access, move_access},
};
use tminus_domain::{
    access::{Grant, Step, appointment::Appointment, work::Ask},
    ids::{EngagementId, PersonId, ResourceId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use resource::ResourceOut;

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, go))
        .routes(routes!(except))
        .routes(routes!(carry))
        .merge(ending::routes())
        .merge(resource::routes())
}

#[derive(Serialize, ToSchema)]
#[schema(as = Access)]
struct AccessOut {
    resources: Vec<ResourceOut>,
    grants: Vec<GrantOut>,
    /// People who have all the access that they need.
    ready: u32,
    /// People who need any.
    ready_of: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Grant)]
struct GrantOut {
    person: String,
    name: String,
    resource: String,
    #[schema(schema_with = crate::openapi::step)]
    step: &'static str,
    since: Timestamp,
    /// Its last day has passed, and nobody has taken it away.
    lapsed: bool,
    /// It has to end: its person is gone, it lapsed, or it is no longer needed.
    to_revoke: bool,
    /// The person needs it.
    needed: bool,
    because: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_by: Option<Date>,
    ticket: String,
    /// What the kit asks to keep of it besides, by what it is called.
    details: BTreeMap<String, String>,
    /// When and where they get it in person.
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment: Option<AppointmentIo>,
    note: String,
    /// How it was shown to work, or to be gone: `person`, `administrator`, `evidence`, `probe`, `refused` or `word`.
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<&'static str>,
    /// Whose word it was that it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    word_of: Option<String>,
    /// The last day on which it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    /// The day until which it is needed, where it ends before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_before: Option<Date>,
    /// Steps that the caller can take with it.
    next: Vec<&'static str>,
    version: u32,
}

/// A day, and a time on the clock of the engagement.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Appointment)]
struct AppointmentIo {
    on: Date,
    /// `10:00`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    at: Option<jiff::civil::Time>,
    /// Where, with whom, what to wear.
    #[serde(default)]
    place: String,
}

impl GrantOut {
    fn of(access: &Access, grant: &Grant) -> Self {
        let ends = |it: &std::sync::Arc<Grant>| it.person == grant.person && it.resource == grant.resource;
        Self {
            person: grant.person.to_string(),
            name: access.engagement.name(&grant.person).to_owned(),
            resource: grant.resource.to_string(),
            step: grant.step.as_str(),
            since: grant.since,
            lapsed: grant.has_lapsed(access.today),
            to_revoke: access.engagement.to_revoke(access.today, false).any(ends),
            needed: grant.wanted,
            because: grant.because.clone(),
            due: grant.due_on(),
            start_by: grant.start_by,
            ticket: grant.ticket.clone(),
            details: grant.details.clone(),
            appointment: grant.appointment.clone().map(|it| AppointmentIo { on: it.on, at: it.at, place: it.place }),
            note: grant.note.clone(),
            how: grant.how.map(tminus_domain::access::How::as_str),
            word_of: grant.word_of.as_ref().map(ToString::to_string),
            until: grant.until,
            ends_before: access.engagement.ends_early(grant),
            next: access.next(grant).into_iter().map(Step::as_str).collect(),
            version: grant.version,
        }
    }
}

async fn out(app: &App, actor: &tminus_domain::rights::Actor, engagement: &EngagementId) -> Result<AccessOut, Problem> {
    let access = list_access(app, actor, engagement).await?;
    let ready = access.engagement.access_ready(access.today);
    Ok(AccessOut {
        resources: access.engagement.plan.resources.iter().map(|resource| ResourceOut::of(&access, resource)).collect(),
        grants: access.engagement.grants.iter().map(|grant| GrantOut::of(&access, grant)).collect(),
        ready: ready.people,
        ready_of: ready.of,
    })
}

/// Lists access
///
/// Everybody's, or for those who may not see that, their own and what they give.
#[utoipa::path(get, path = "/engagements/{engagement}/access", operation_id = "list_access", tag = "access", responses((status = 200, description = "Resources and grants.", body = AccessOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<AccessOut>, Problem> {
    Ok(Sent(out(&app, &actor, &engagement).await?))
}

/// Grants to move: all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MoveAccess)]
struct MovesIn {
    moves: Vec<MoveIn>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MoveGrant)]
#[expect(clippy::option_option, reason = "left out, and null, are two things")]
struct MoveIn {
    #[schema(value_type = String)]
    person: PersonId,
    #[schema(value_type = String)]
    resource: ResourceId,
    /// Left out, only the details change.
    #[serde(default)]
    #[schema(schema_with = crate::openapi::step)]
    to: Option<Step>,
    /// Why, or what shows that it works. Refusing, suspending and going without ask for it.
    #[serde(default)]
    note: Option<String>,
    /// The number of the request where it was made.
    #[serde(default)]
    ticket: Option<String>,
    /// Those of the details that are set; an empty text takes one away.
    #[serde(default)]
    details: BTreeMap<String, String>,
    /// When and where they get it in person; `null` takes the appointment away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<AppointmentIo>)]
    appointment: Option<Option<AppointmentIo>>,
    /// The last day on which it works; `null` has no end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Date>)]
    until: Option<Option<Date>>,
    /// How it is known that it is gone, where another side gives it: `refused`, or the id of a member of that side who said so.
    #[serde(default)]
    shown: Option<String>,
    /// The version that was looked at. If there is another by now, nothing is moved.
    #[serde(default)]
    version: Option<u32>,
}

/// A field that is there, `null` or not.
#[expect(clippy::option_option, reason = "left out, and null, are two things")]
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// Moves access in one change
///
/// An entry of the record for each grant, a letter for each person. What comes first is moved first.
#[utoipa::path(post, path = "/engagements/{engagement}/access", operation_id = "move_access", tag = "access", request_body = MovesIn, responses((status = 200, description = "All access after it.", body = AccessOut)))]
async fn go(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<MovesIn>,
) -> Result<Sent<AccessOut>, Problem> {
    let booked = |AppointmentIo { on, at, place }: AppointmentIo| Appointment { on, at, place };
    let one = |MoveIn { person, resource, to, note, ticket, details, appointment, until, shown, version }| {
        let appointment = appointment.map(|asked| asked.map(booked));
        let ask = Ask { to, note, ticket, details, appointment, until, shown: shown.as_deref().map(Into::into) };
        MoveAccess { person, resource, ask, version }
    };
    move_access(&app, &actor, &engagement, input.moves.into_iter().map(one).collect()).await?;
    Ok(Sent(out(&app, &actor, &engagement).await?))
}

/// Leave to do what a policy forbids, until a day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExceptAccess)]
struct ExceptIn {
    #[schema(value_type = String)]
    person: PersonId,
    #[schema(value_type = String)]
    resource: ResourceId,
    /// A member who holds the role that the policy names.
    #[schema(value_type = String)]
    approver: PersonId,
    until: Date,
    reason: String,
    #[serde(default)]
    version: Option<u32>,
}

/// Writes an exception from a policy down
#[utoipa::path(post, path = "/engagements/{engagement}/access/exceptions", operation_id = "except_access", tag = "access", request_body = ExceptIn, responses((status = 200, description = "All access after it.", body = AccessOut)))]
async fn except(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<ExceptIn>,
) -> Result<Sent<AccessOut>, Problem> {
    let ExceptIn { person, resource, approver, until, reason, version } = input;
    except_access(&app, &actor, &engagement, ExceptAccess { person, resource, approver, until, reason, version }).await?;
    Ok(Sent(out(&app, &actor, &engagement).await?))
}

/// Access that goes on after the engagement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CarryOver)]
struct CarryIn {
    #[schema(value_type = String)]
    person: PersonId,
    #[schema(value_type = String)]
    resource: ResourceId,
    /// A member who answers for it.
    #[schema(value_type = String)]
    owner: PersonId,
    until: Date,
    #[serde(default)]
    version: Option<u32>,
}

/// Carries access over the end of the engagement
#[utoipa::path(post, path = "/engagements/{engagement}/access/carried", operation_id = "carry_over", tag = "access", request_body = CarryIn, responses((status = 200, description = "All access after it.", body = AccessOut)))]
async fn carry(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<CarryIn>,
) -> Result<Sent<AccessOut>, Problem> {
    let CarryIn { person, resource, owner, until, version } = input;
    carry_over(&app, &actor, &engagement, CarryOver { person, resource, owner, until, version }).await?;
    Ok(Sent(out(&app, &actor, &engagement).await?))
}
