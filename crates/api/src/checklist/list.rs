//! Reading items.

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tminus_app::{App, engagement::list::show_engagement};
use tminus_domain::{
    checklist::{
        filter::Filter,
        status::{Court, State as ItemState},
    },
    ids::{EngagementId, GateId, ModuleId, PersonId, RoleId},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, out::ItemOut, send_item, today};
use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    edition::IfNoneMatch,
    problem::Problem,
    sent::{Asked, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_items)).routes(routes!(show_item))
}

/// All that is given must fit. Nothing given shows everything.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct ItemsQuery {
    /// Only what the caller owns, or what is about them.
    mine: bool,
    late: bool,
    /// Not begun, and should be by now.
    start_now: bool,
    open: bool,
    #[param(schema_with = crate::openapi::court, required = false)]
    waiting_on: Option<Court>,
    #[param(value_type = Option<String>)]
    activity: Option<ModuleId>,
    /// A role that owns the item.
    #[param(value_type = Option<String>)]
    owner: Option<RoleId>,
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    #[param(value_type = Option<String>)]
    gate: Option<GateId>,
    #[param(schema_with = crate::openapi::state, required = false)]
    state: Option<ItemState>,
    /// Words in the title, in any letter case.
    text: Option<String>,
    /// The cursor of a page's `next` link.
    after: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// Lists the items of a checklist
///
/// In the order of the checklist, without what was taken off it.
#[utoipa::path(get, path = "/engagements/{engagement}/items", tag = "items", params(ItemsQuery), responses((status = 200, description = "A page of items.", body = PageOut<ItemOut>)))]
async fn list_items(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<ItemsQuery>,
) -> Result<PageOut<ItemOut>, Problem> {
    let view = show_engagement(&app, &actor, &engagement).await?;
    let limit = cursor::limit(query.limit)?;
    let after = query.after.as_deref().map(cursor::read::<2>).transpose()?;
    let after =
        after.map(|[position, id]| position.parse::<u32>().map(|position| (position, id)).map_err(|_| cursor::unusable())).transpose()?;
    let ItemsQuery { mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text, .. } = query;
    let filter = Filter { mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text };
    let (whole, today) = (&view.engagement, today(&app, &view));
    let begun = |position: u32, id: &str| after.as_ref().is_none_or(|(at, last)| (position, id) > (*at, last.as_str()));
    let fitting = whole.listed().filter(|item| begun(item.position, item.id.as_str()) && filter.fits(item, whole, &actor.person, today));
    let take = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let items = fitting.take(take).map(|item| ItemOut::of(&view, item, today)).collect();
    Ok(PageOut::of(&uri, limit, items, |item: &ItemOut| vec![item.position.to_string(), item.id.clone()]))
}

/// Shows an item
#[utoipa::path(get, path = "/engagements/{engagement}/items/{item}", tag = "items", params(IfNoneMatch), responses((status = 200, description = "The item; `ETag` is its edition.", body = ItemOut)))]
async fn show_item(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    send_item(&app, &actor, &place, (&headers, StatusCode::OK)).await
}
