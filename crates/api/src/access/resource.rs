//! Resources that no kit names, and how many people can have one at once.

use axum::{
    Json as Sent,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    access::{
        Access, list_access,
        membership::{compare_members, take_members},
        resource::{Described, Seen, add_resource, book_room, change_resource, count_licences, remove_resource},
    },
};
use tminus_domain::{
    access::{
        booking::{Booking, Fault},
        membership::Extra,
    },
    ids::{EngagementId, PersonId, ResourceId, RoleId},
    kit::{
        access::{Resource, ResourceKind},
        due::{DueRule, LeadTime},
        each::Each,
    },
    rights::Actor,
    schedule::Weekdays,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::{IfMatch, etag},
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(change, remove))
        .routes(routes!(count))
        .routes(routes!(book))
        .routes(routes!(members))
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccessResource)]
pub(super) struct ResourceOut {
    id: String,
    title: String,
    #[schema(schema_with = crate::openapi::resource_kind)]
    kind: &'static str,
    note: String,
    /// Roles that give and take it.
    owners: Vec<String>,
    /// By when it must work: `T-2bd @ kickoff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// How long it takes from the request: `10bd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
    /// Resources that have to work for the same person first.
    after: Vec<String>,
    /// What is kept of each person's access besides.
    details: Vec<String>,
    internal: bool,
    /// Counts what people said of it: what it is, its licences, its booking. `If-Match` names it.
    version: u32,
    /// Somebody of the engagement added it. Left out where a kit names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_hand: Option<ByHandOut>,
    /// How many people can have it at once, where somebody counted that and the caller sees all access to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    licences: Option<LicencesOut>,
    /// Of a room, when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<BookingIo>,
    /// What is wrong with the booking: `days`, `ends_early`, `seats`.
    booking_faults: Vec<&'static str>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Booking)]
struct BookingIo {
    #[schema(schema_with = crate::openapi::weekdays)]
    days: Weekdays,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    /// For how many people it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seats: Option<u32>,
    #[serde(default)]
    reference: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResourceByHand)]
struct ByHandOut {
    /// Left out where people are chosen one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Licences)]
struct LicencesOut {
    of: u32,
    /// People who have one, or to whom one is promised.
    taken: u32,
    /// People who need one, with those who have it.
    needed: u32,
}

impl ResourceOut {
    pub(super) fn of(access: &Access, resource: &Resource) -> Self {
        let own = access.engagement.by_hand(&resource.id).filter(|own| !own.removed);
        let ids = |ids: &[ResourceId]| ids.iter().map(ToString::to_string).collect();
        Self {
            id: resource.id.to_string(),
            title: resource.title.clone(),
            kind: resource.kind.as_str(),
            note: resource.note.clone(),
            owners: resource.owners.iter().map(ToString::to_string).collect(),
            due: resource.due.as_ref().map(ToString::to_string),
            lead: resource.lead.map(|lead| lead.to_string()),
            after: ids(&resource.after),
            details: resource.details.clone(),
            internal: resource.internal,
            version: access.engagement.resource_version(&resource.id),
            by_hand: own.map(|own| ByHandOut { each: own.each.as_ref().map(ToString::to_string) }),
            licences: access.licences(resource).map(|it| LicencesOut { of: it.of, taken: it.taken, needed: it.needed }),
            booking: access.engagement.plan.bookings.get(&resource.id).cloned().map(|it| BookingIo {
                days: it.days,
                from: it.from,
                until: it.until,
                seats: it.seats,
                reference: it.reference,
            }),
            booking_faults: access.engagement.booking_faults(resource, access.today).iter().map(fault).collect(),
        }
    }
}

fn fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::Days(_) => "days",
        Fault::EndsEarly(_) => "ends_early",
        Fault::Seats { .. } => "seats",
    }
}

/// A resource that no kit names.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DescribeResource)]
struct ResourceIn {
    title: String,
    #[serde(default)]
    #[schema(schema_with = crate::openapi::resource_kind)]
    kind: ResourceKind,
    /// Which one: stands below the title.
    #[serde(default)]
    note: String,
    /// Roles that give and take it, first the one who does it.
    #[schema(value_type = Vec<String>)]
    owners: Vec<RoleId>,
    /// Who needs it: `person where side = delivery`. Left out, people are chosen one by one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    each: Option<Each>,
    /// By when it must work: `T-2bd @ kickoff`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    due: Option<DueRule>,
    /// How long it takes from the request: `10bd`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    lead: Option<LeadTime>,
    /// Resources that have to work for the same person first.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    after: Vec<ResourceId>,
    /// What is kept of each person's access besides. Never what opens something.
    #[serde(default)]
    details: Vec<String>,
    /// Only the delivery side sees and needs it.
    #[serde(default)]
    internal: bool,
}

impl From<ResourceIn> for Described {
    fn from(input: ResourceIn) -> Self {
        let ResourceIn { title, kind, note, owners, each, due, lead, after, details, internal } = input;
        Self { title, kind, note, owners, each, due, lead, after, details, internal }
    }
}

/// The resource as it is now, with the tag that a change of it is guarded with.
async fn out(app: &App, actor: &Actor, engagement: &EngagementId, id: &ResourceId) -> Result<Response, Problem> {
    let access = list_access(app, actor, engagement).await?;
    let resource = access.engagement.resource(id).ok_or(tminus_app::Failure::NotFound)?;
    let out = ResourceOut::of(&access, resource);
    let etag = etag(&out.version.to_string());
    let mut response = Sent(out).into_response();
    response.headers_mut().extend(etag.map(|etag| (header::ETAG, etag)));
    Ok(response)
}

/// Adds a resource
///
/// Whoever needs it has it on their list from now on.
#[utoipa::path(post, path = "/engagements/{engagement}/resources", operation_id = "add_resource", tag = "access", request_body = ResourceIn, responses((status = 201, description = "It is a column of the grid.", body = ResourceOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<ResourceIn>,
) -> Result<Response, Problem> {
    let id = add_resource(&app, &actor, &engagement, input.into()).await?;
    let mut response = out(&app, &actor, &engagement, &id).await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    resource: ResourceId,
}

/// Changes a resource that somebody added
///
/// All of it is said again: what is left out is empty.
#[utoipa::path(put, path = "/engagements/{engagement}/resources/{resource}", operation_id = "change_resource", tag = "access", params(IfMatch), request_body = ResourceIn, responses((status = 200, description = "As it is now.", body = ResourceOut)))]
async fn change(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, resource }): Named<Place>,
    asked: IfMatch,
    Json(input): Json<ResourceIn>,
) -> Result<Response, Problem> {
    let seen = Seen { resource: resource.clone(), version: asked.version() };
    change_resource(&app, &actor, &engagement, (seen, input.into())).await.map_err(|failure| asked.refuse(failure))?;
    out(&app, &actor, &engagement, &resource).await
}

/// Takes away a resource that somebody added
///
/// What was asked for is withdrawn. What works has to end: it stays until then.
#[utoipa::path(delete, path = "/engagements/{engagement}/resources/{resource}", operation_id = "remove_resource", tag = "access", params(IfMatch), responses((status = 204, description = "Nobody needs it any more.")))]
async fn remove(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, resource }): Named<Place>,
    asked: IfMatch,
) -> Result<StatusCode, Problem> {
    let seen = Seen { resource, version: asked.version() };
    remove_resource(&app, &actor, &engagement, seen).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CountLicences)]
struct CountIn {
    /// How many people can have it at once; `null` is as many as need it.
    licences: Option<u32>,
}

/// Counts the licences of a resource
///
/// Nobody beyond that number is given it. Who has it keeps it.
#[utoipa::path(put, path = "/engagements/{engagement}/resources/{resource}/licences", operation_id = "count_licences", tag = "access", params(IfMatch), request_body = CountIn, responses((status = 200, description = "As it is now.", body = ResourceOut)))]
async fn count(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, resource }): Named<Place>,
    asked: IfMatch,
    Json(CountIn { licences }): Json<CountIn>,
) -> Result<Response, Problem> {
    let seen = Seen { resource: resource.clone(), version: asked.version() };
    count_licences(&app, &actor, &engagement, (seen, licences)).await.map_err(|failure| asked.refuse(failure))?;
    out(&app, &actor, &engagement, &resource).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BookRoom)]
struct BookIn {
    /// `null` takes the booking away.
    booking: Option<BookingIo>,
}

/// Books a room
#[utoipa::path(put, path = "/engagements/{engagement}/resources/{resource}/booking", operation_id = "book_room", tag = "access", params(IfMatch), request_body = BookIn, responses((status = 200, description = "As it is now.", body = ResourceOut)))]
async fn book(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, resource }): Named<Place>,
    asked: IfMatch,
    Json(BookIn { booking }): Json<BookIn>,
) -> Result<Response, Problem> {
    let booking = booking.map(|BookingIo { days, from, until, seats, reference }| Booking { days, from, until, seats, reference });
    let seen = Seen { resource: resource.clone(), version: asked.version() };
    book_room(&app, &actor, &engagement, (seen, booking)).await.map_err(|failure| asked.refuse(failure))?;
    out(&app, &actor, &engagement, &resource).await
}

/// Who is really in it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListMembers)]
struct MembersIn {
    /// One address or name a line, or a table with a column of addresses.
    list: String,
    /// What it says anew is taken over: whoever is in it has it, whoever came back has to go again.
    #[serde(default)]
    take: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ComparedMembers)]
struct MembersOut {
    /// Persons who need it, and are not in it.
    missing: Vec<String>,
    /// Persons for whom somebody asked, and who are not in it yet.
    pending: Vec<String>,
    /// Persons who are in it, and of whom the grid does not say so yet.
    news: Vec<String>,
    /// Who is in it and should not be.
    extra: Vec<ExtraOut>,
    /// How many are in it as the grid says.
    right: usize,
    /// What could not be taken over, and why.
    held: Vec<HeldOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ExtraMember)]
struct ExtraOut {
    /// Of the list, counted from 1.
    line: u64,
    /// As it stands there.
    said: String,
    /// A member of the engagement.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Their access was said to be gone.
    came_back: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HeldMember)]
struct HeldOut {
    person: String,
    why: String,
}

/// Holds a list of members against the register
///
/// Who should not be in a resource of the delivery side is an item for today, once it is taken over.
#[utoipa::path(post, path = "/engagements/{engagement}/resources/{resource}/members", operation_id = "compare_members", tag = "access", request_body = MembersIn, responses((status = 200, description = "Who is missing, pending, new, and who should not be in it.", body = MembersOut)))]
async fn members(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, resource }): Named<Place>,
    Json(input): Json<MembersIn>,
) -> Result<Sent<MembersOut>, Problem> {
    let list = (&resource, input.list.as_bytes());
    let (found, held) = if input.take {
        let taken = take_members(&app, &actor, &engagement, list).await?;
        (taken.compared.clone(), taken.held.clone())
    } else {
        (compare_members(&app, &actor, &engagement, list).await?, Vec::new())
    };
    let ids = |people: &[PersonId]| people.iter().map(ToString::to_string).collect();
    let extra = |it: &Extra| ExtraOut {
        line: it.line,
        said: it.said.clone(),
        person: it.person.as_ref().map(ToString::to_string),
        came_back: it.came_back,
    };
    Ok(Sent(MembersOut {
        missing: ids(&found.missing),
        pending: ids(&found.pending),
        news: ids(&found.news),
        extra: found.extra.iter().map(extra).collect(),
        right: found.right,
        held: held.into_iter().map(|(person, why)| HeldOut { person: person.to_string(), why }).collect(),
    }))
}
