//! Handing an item over to somebody of the caller's own side.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use tminus_app::{
    App,
    checklist::hand_over::{HandOver, hand_over},
};
use tminus_domain::ids::PersonId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, answer, out::ItemOut};
use crate::{
    caller::Caller,
    edition::IfMatch,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hand))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandOver)]
struct HandIn {
    /// Id of a member of the caller's own side.
    #[schema(value_type = String)]
    to: PersonId,
    /// Why, or what they should know.
    #[serde(default)]
    note: String,
}

/// Hands an item over
///
/// To somebody of the caller's own side, in place of whom it lies with there. They find it among theirs.
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/hand-over", operation_id = "hand_over", tag = "items", params(IfMatch), request_body = HandIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn hand(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<HandIn>,
) -> Result<Response, Problem> {
    let input = HandOver { item: place.item.clone(), to: input.to, note: input.note, version: asked.version() };
    let done = hand_over(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}
