//! Moving items: status, acceptance, many at once, and taking back.

use axum::{Json as Sent, extract::State, response::Response};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    checklist::{
        many::set_status_of_many,
        status::{AcceptItem, SetStatus, accept_item, set_status},
        undo::undo,
    },
    engagement::list::show_engagement,
};
use tminus_domain::{
    checklist::status::State as ItemState,
    ids::{EngagementId, ItemId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, answer, out::ItemOut, refuse, today};
use crate::{
    caller::Caller,
    edition::IfMatch,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_item_status))
        .routes(routes!(set_status_of_items))
        .routes(routes!(accept))
        .routes(routes!(take_back))
}

/// Where an item is to stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetStatus)]
struct StatusIn {
    #[schema(schema_with = crate::openapi::state)]
    to: ItemState,
    /// Asked for where an item is blocked, waived, not applicable, or goes on out of order.
    #[serde(default)]
    reason: Option<String>,
    /// Whom it waits for, where that is a third party.
    #[serde(default)]
    third_party: Option<String>,
}

/// Moves an item
///
/// Where the other side has to accept it, “done” becomes “submitted” first.
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/status", tag = "items", params(IfMatch), request_body = StatusIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn set_item_status(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<StatusIn>,
) -> Result<Response, Problem> {
    let input = SetStatus {
        item: place.item.clone(),
        to: input.to,
        reason: input.reason,
        third_party: input.third_party,
        version: asked.version(),
    };
    let done = set_status(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}

/// Many items to move: all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetStatusOfMany)]
struct ManyIn {
    items: Vec<OneIn>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetStatusOfOne)]
struct OneIn {
    #[schema(value_type = String)]
    item: ItemId,
    #[schema(schema_with = crate::openapi::state)]
    to: ItemState,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    third_party: Option<String>,
    /// The version that was looked at. If there is another by now, no item is moved.
    #[serde(default)]
    version: Option<u32>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MovedItems)]
struct MovedOut {
    items: Vec<ItemOut>,
}

/// Moves many items in one change
#[utoipa::path(post, path = "/engagements/{engagement}/items/status", tag = "items", request_body = ManyIn, responses((status = 200, description = "The items after it.", body = MovedOut)))]
async fn set_status_of_items(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<ManyIn>,
) -> Result<Sent<MovedOut>, Problem> {
    let one = |OneIn { item, to, reason, third_party, version }| SetStatus { item, to, reason, third_party, version };
    let moved = match set_status_of_many(&app, &actor, &engagement, input.items.into_iter().map(one).collect()).await {
        Ok(moved) => moved,
        Err(failure) => return Err(refuse(&app, &actor, &engagement, (failure, false)).await),
    };
    let view = show_engagement(&app, &actor, &engagement).await?;
    let today = today(&app, &view);
    let items = moved.iter().filter_map(|item| view.engagement.item(&item.id)).map(|item| ItemOut::of(&view, item, today)).collect();
    Ok(Sent(MovedOut { items }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptItem)]
struct AcceptIn {
    /// A member of the accepting side whose word is written down here; the evidence has to show it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    on_behalf_of: Option<tminus_domain::ids::PersonId>,
}

/// Accepts a submitted item
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/accept", tag = "items", params(IfMatch), request_body = AcceptIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn accept(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<AcceptIn>,
) -> Result<Response, Problem> {
    let input = AcceptItem { item: place.item.clone(), on_behalf_of: input.on_behalf_of, version: asked.version() };
    let done = accept_item(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}

#[derive(Serialize, ToSchema)]
#[schema(as = Undone)]
struct UndoneOut {
    /// Number of the record's entry that was taken back. The record keeps both.
    undone: u64,
}

/// Which change to take back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Undo)]
struct UndoIn {
    /// Number of its entry in the record. Without it, it is the caller's newest.
    #[serde(default)]
    number: Option<u64>,
}

/// Takes back a change of items that the caller made
///
/// By the number of its entry, or the newest. If somebody worked on one of its items since, that item is the `current` of the conflict.
#[utoipa::path(post, path = "/engagements/{engagement}/undo", operation_id = "undo", tag = "items", request_body = Option<UndoIn>, responses((status = 200, description = "What was taken back.", body = UndoneOut)))]
async fn take_back(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    input: Option<Json<UndoIn>>,
) -> Result<Sent<UndoneOut>, Problem> {
    let number = input.and_then(|Json(input)| input.number);
    match undo(&app, &actor, &engagement, number).await {
        Ok(undone) => Ok(Sent(UndoneOut { undone })),
        Err(failure) => Err(refuse(&app, &actor, &engagement, (failure, false)).await),
    }
}
