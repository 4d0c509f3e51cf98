//! Changing the checklist itself.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use tminus_app::{
    App,
    checklist::{
        arrange::{AddItem, EditDue, EditItem, add_item, edit_item, move_item, remove_item},
        copy::copy_item,
    },
};
use tminus_domain::{
    ids::{EngagementId, GateId, ItemId, ModuleId, PersonId, RoleId},
    kit::{
        Side,
        due::{DueRule, LeadTime},
    },
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, answer, answer_new, out::ItemOut, refuse, send_item};
use crate::{
    caller::Caller,
    edition::IfMatch,
    problem::Problem,
    sent::{Asked, Json, Named, present},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(edit))
        .routes(routes!(remove))
        .routes(routes!(copy))
        .routes(routes!(put_before))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddItem)]
struct AddIn {
    #[schema(value_type = String)]
    activity: ModuleId,
    /// The item that it is a part of.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent: Option<ItemId>,
    title: String,
    /// Markdown.
    #[serde(default)]
    description: String,
    /// Roles, first the one who does it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    owners: Vec<RoleId>,
    /// A date set by hand.
    #[serde(default)]
    due: Option<Date>,
    #[serde(default)]
    internal: bool,
}

/// Adds an item by hand
#[utoipa::path(post, path = "/engagements/{engagement}/items", operation_id = "add_item", tag = "items", request_body = AddIn, responses((status = 201, description = "The new item; `Location` is its path.", body = ItemOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<AddIn>,
) -> Result<Response, Problem> {
    let AddIn { activity, parent, title, description, owners, due, internal } = input;
    let input = AddItem { activity, parent, title, description, owners, due, internal };
    let done = add_item(&app, &actor, &engagement, input).await;
    answer_new(&app, &actor, (&engagement, &IfMatch::none()), done).await
}

/// What to change. A field that is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EditItem)]
#[expect(clippy::option_option, reason = "left out and `null` are not the same")]
struct EditIn {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    owners: Option<Vec<RoleId>>,
    /// `null` takes the lead time away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "15bd")]
    lead: Option<Option<LeadTime>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    gates: Option<Vec<GateId>>,
    #[serde(default)]
    internal: Option<bool>,
    #[serde(default)]
    due: Option<DueIn>,
    #[serde(default)]
    assign: Option<AssignIn>,
}

/// `{"date": "2026-01-20"}` sets a date by hand, `{"date": null}` sets none; `{"rule": "T-5bd @ kickoff"}` follows that rule, `{"rule": null}` the item's own.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EditDue)]
enum DueIn {
    Date(Option<Date>),
    Rule(Option<RuleIn>),
}

/// `T-10bd @ kickoff`: business days (`bd`) or calendar days (`d`) from a milestone.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = DueRuleText, value_type = String)]
struct RuleIn(DueRule);

/// Who owns it on a side, in place of whom the role resolves to. Without a person, the role decides again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssignItem)]
struct AssignIn {
    #[schema(schema_with = crate::openapi::side)]
    side: Side,
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
}

/// Edits an item
///
/// What is edited by hand no kit version overwrites.
#[utoipa::path(patch, path = "/engagements/{engagement}/items/{item}", operation_id = "edit_item", tag = "items", params(IfMatch), request_body = EditIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn edit(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<EditIn>,
) -> Result<Response, Problem> {
    let EditIn { title, description, owners, lead, gates, internal, due, assign } = input;
    let due = due.map(|due| match due {
        DueIn::Date(Some(date)) => EditDue::Pin(date),
        DueIn::Date(None) => EditDue::None,
        DueIn::Rule(rule) => EditDue::Rule(rule.map(|rule| rule.0)),
    });
    let assign = assign.map(|assign| (assign.side, assign.person));
    let version = asked.version();
    let input = EditItem { item: place.item.clone(), version, title, description, owners, lead, gates, internal, due, assign };
    let done = edit_item(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RemoveQuery {
    /// Asked for where the kit has the item.
    reason: Option<String>,
}

/// Takes an item off the checklist
///
/// It stays in the record, and can be taken back.
#[utoipa::path(delete, path = "/engagements/{engagement}/items/{item}", operation_id = "remove_item", tag = "items", params(RemoveQuery, IfMatch), responses((status = 204, description = "It is off the checklist.")))]
async fn remove(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Asked(query): Asked<RemoveQuery>,
) -> Result<StatusCode, Problem> {
    match remove_item(&app, &actor, &place.engagement, place.seen(&asked), query.reason).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(failure) => Err(refuse(&app, &actor, &place.engagement, (failure, asked.is_given())).await),
    }
}

/// Copies an item with its parts
///
/// The copies are as new: no evidence, nothing done.
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/copy", operation_id = "copy_item", tag = "items", params(IfMatch), responses((status = 201, description = "The copy; `Location` is its path.", body = ItemOut)))]
async fn copy(Caller(actor): Caller, State(app): State<App>, Named(place): Named<Place>, asked: IfMatch) -> Result<Response, Problem> {
    let done = copy_item(&app, &actor, &place.engagement, place.seen(&asked)).await;
    answer_new(&app, &actor, (&place.engagement, &asked), done).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MoveItem)]
struct MoveIn {
    /// An item of the same activity and parent. Without one, it goes last.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    before: Option<ItemId>,
}

/// Puts an item before another one, or last
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/move", operation_id = "move_item", tag = "items", params(IfMatch), request_body = MoveIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn put_before(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<MoveIn>,
) -> Result<Response, Problem> {
    match move_item(&app, &actor, &place.engagement, place.seen(&asked), input.before.as_ref()).await {
        Ok(()) => send_item(&app, &actor, &place, (&HeaderMap::new(), StatusCode::OK)).await,
        Err(failure) => Err(refuse(&app, &actor, &place.engagement, (failure, asked.is_given())).await),
    }
}
