//! A colleague whom somebody of the customer names.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::colleague::{NameColleague, WayIn, name_colleague},
};
use tminus_domain::ids::EngagementId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(name))
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
