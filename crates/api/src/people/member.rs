//! Who is on an engagement.

use std::collections::BTreeMap;

use axum::{
    Json as Sent,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App, Failure,
    people::{
        ABSENT, edition,
        member::{RemoveMember, SaveMember, list_members, remove_member, save_member},
    },
};
use tminus_domain::{
    ids::{EngagementId, PersonId, RoleId, WorkstreamId},
    people::{Device, Member, Person, part::Part},
    rights::Function,
    schedule::Weekdays,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::{IfSame, etag},
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put, remove))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
struct MemberOut {
    person: String,
    name: String,
    email: String,
    #[schema(schema_with = crate::openapi::function)]
    function: &'static str,
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    roles: Vec<String>,
    workstreams: Vec<String>,
    /// By workstream of theirs what they are there.
    #[schema(schema_with = crate::openapi::parts)]
    parts: BTreeMap<String, &'static str>,
    /// Where they work.
    site: String,
    /// The calendar of the engagement that they follow; left out where it is that of their side.
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
    /// On which days of the week they work on this engagement; left out where that is what their calendar says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::weekdays)]
    days: Option<Vec<String>>,
    account_team: bool,
    /// Whether they work at the customer's site.
    onsite: bool,
    /// On whose device they work; left out where the protocol says it for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::device)]
    device: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    /// To be sent as `If-Match`, in quotes, with a change of this member.
    edition: String,
}

impl From<(Member, Person)> for MemberOut {
    fn from((member, person): (Member, Person)) -> Self {
        Self {
            edition: edition(&member),
            person: person.id.0,
            name: person.name,
            email: person.email,
            function: member.function.as_str(),
            side: member.side().as_str(),
            parts: member.workstreams.iter().filter_map(|id| Some((id.0.clone(), member.part(id)?.as_str()))).collect(),
            roles: member.roles.into_iter().map(|id| id.0).collect(),
            workstreams: member.workstreams.into_iter().map(|id| id.0).collect(),
            site: member.site,
            calendar: member.calendar,
            days: member.days.map(Into::into),
            account_team: member.account_team,
            onsite: member.onsite,
            device: member.device.map(Device::as_str),
            from: member.from,
            until: member.until,
        }
    }
}

/// What somebody is on an engagement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SaveMember)]
pub(crate) struct MemberIn {
    /// What they may do.
    #[schema(schema_with = crate::openapi::function)]
    function: Function,
    /// What they own.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    roles: Vec<RoleId>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    workstreams: Vec<WorkstreamId>,
    /// What they are in a workstream, where it does not follow from their function; the workstream becomes theirs.
    #[serde(default)]
    #[schema(schema_with = crate::openapi::parts)]
    parts: BTreeMap<WorkstreamId, Part>,
    /// Where they work.
    #[serde(default)]
    #[schema(max_length = 120)]
    site: String,
    /// The name of the engagement's calendar that they follow; `null`: those of their side.
    #[serde(default)]
    calendar: Option<String>,
    /// On which days of the week they work on this engagement; `null`: as their calendar.
    #[serde(default)]
    #[schema(schema_with = crate::openapi::weekdays)]
    days: Option<Weekdays>,
    /// Whether they belong to the delivery side's account team.
    #[serde(default)]
    account_team: bool,
    #[serde(default)]
    onsite: bool,
    /// On whose device they work; `null` as the protocol says for everybody.
    #[serde(default)]
    #[schema(schema_with = crate::openapi::device)]
    device: Option<Device>,
    #[serde(default)]
    from: Option<Date>,
    #[serde(default)]
    until: Option<Date>,
}

impl MemberIn {
    pub(crate) fn of(self, person: PersonId) -> Member {
        let Self { function, roles, workstreams, parts, site, calendar, days, account_team, onsite, device, from, until } = self;
        let own = BTreeMap::new();
        let mut member =
            Member { person, function, roles, workstreams, parts: own, site, calendar, days, account_team, onsite, device, from, until };
        for (workstream, part) in parts {
            member.take(workstream, part);
        }
        member
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Members)]
struct MembersOut {
    entries: Vec<MemberOut>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only names the header in the description")]
struct IfAbsent {
    /// `*`: only if they are not on the engagement yet; else the answer is 412.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    person: PersonId,
}

/// Lists the members of an engagement
#[utoipa::path(get, path = "/engagements/{engagement}/members", operation_id = "list_members", tag = "members", responses((status = 200, description = "All members.", body = MembersOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<MembersOut>, Problem> {
    let members = list_members(&app, &actor, &engagement).await?;
    Ok(Sent(MembersOut { entries: members.into_iter().map(Into::into).collect() }))
}

/// Puts a person on an engagement, or changes what they are there
///
/// Items for each person follow at once. With `If-None-Match: *` only somebody who is not on it yet is put on it.
#[utoipa::path(put, path = "/engagements/{engagement}/members/{person}", operation_id = "save_member", tag = "members", params(IfSame, IfAbsent), request_body = MemberIn, responses((status = 204, description = "They are on it; `ETag` is their edition.")))]
async fn put(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    (asked, headers): (IfSame, HeaderMap),
    Json(input): Json<MemberIn>,
) -> Result<Response, Problem> {
    let member = input.of(place.person);
    let etag = etag(&edition(&member));
    let only_new = headers.get(header::IF_NONE_MATCH).is_some_and(|it| it == "*");
    let seen = if only_new { Some(ABSENT.to_owned()) } else { asked.seen() };
    match save_member(&app, &actor, &place.engagement, SaveMember { member, seen }).await {
        Err(Failure::Conflict(_)) if only_new => {
            Err(Problem::new(StatusCode::PRECONDITION_FAILED, "they are on this engagement already; nothing was saved"))
        }
        Err(failure) => Err(asked.refuse(failure)),
        Ok(()) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            response.headers_mut().extend(etag.map(|etag| (header::ETAG, etag)));
            Ok(response)
        }
    }
}

/// Takes a person off an engagement
///
/// Their untouched items are left out; begun ones stay.
#[utoipa::path(delete, path = "/engagements/{engagement}/members/{person}", operation_id = "remove_member", tag = "members", params(IfSame), responses((status = 204, description = "They are off it.")))]
async fn remove(Caller(actor): Caller, State(app): State<App>, Named(place): Named<Place>, asked: IfSame) -> Result<StatusCode, Problem> {
    let input = RemoveMember { person: place.person, seen: asked.seen() };
    remove_member(&app, &actor, &place.engagement, input).await.map_err(|failure| asked.refuse(failure))?;
    Ok(StatusCode::NO_CONTENT)
}
