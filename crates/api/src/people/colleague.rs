//! People who come to one engagement by their address: whom its manager brings, whom somebody of the customer names.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::colleague::{BringPerson, NameColleague, WayIn, bring_person, name_colleague},
};
use tminus_domain::{ids::EngagementId, kit::Side};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bring)).routes(routes!(name))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BringPerson)]
struct BringIn {
    name: String,
    email: String,
    /// `customer` or `partner`.
    #[schema(schema_with = crate::openapi::side)]
    side: Side,
    /// An IANA time zone.
    zone: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Brought)]
struct BroughtOut {
    /// Their id, also where the practice knew them already: they become a member by it.
    person: String,
}

/// Brings a person of the customer or of a partner by their address
///
/// For whoever manages the engagement. They are on it once they are saved as a member.
#[utoipa::path(post, path = "/engagements/{engagement}/people", operation_id = "bring_person", tag = "members", request_body = BringIn, responses((status = 200, description = "The practice knows them.", body = BroughtOut)))]
async fn bring(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<BringIn>,
) -> Result<Sent<BroughtOut>, Problem> {
    let BringIn { name, email, side, zone } = input;
    let person = bring_person(&app, &actor, &engagement, BringPerson { name, email, side, zone }).await?;
    Ok(Sent(BroughtOut { person: person.0 }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NameColleague)]
struct ColleagueIn {
    name: String,
    email: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Colleague)]
struct ColleagueOut {
    /// Their id, also where they were on the engagement already.
    person: String,
    /// Whether a link was mailed to them. Where they are new and it was not, whoever may invite makes them one.
    mailed: bool,
}

/// Puts a colleague of the customer's on the engagement
///
/// For people of the customer, who see no link of anybody: where somebody of their side has an address of the same company already, a
/// link is mailed to the colleague; anybody else waits until whoever may invite makes them one.
#[utoipa::path(post, path = "/engagements/{engagement}/colleagues", operation_id = "name_colleague", tag = "members", request_body = ColleagueIn, responses((status = 201, description = "They are on it.", body = ColleagueOut)))]
async fn name(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<ColleagueIn>,
) -> Result<(StatusCode, Sent<ColleagueOut>), Problem> {
    let ColleagueIn { name, email } = input;
    let named = name_colleague(&app, &actor, &engagement, NameColleague { name, email }).await?;
    Ok((StatusCode::CREATED, Sent(ColleagueOut { person: named.person.0, mailed: named.way_in == WayIn::Mailed })))
}
