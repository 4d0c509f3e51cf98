//! Filters that the caller keeps.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    checklist::saved::{forget_filter, list_filters, save_filter},
};
use tminus_domain::{
    checklist::{
        filter::{Filter, SavedFilter},
        status::{Court, State as ItemState},
    },
    ids::{GateId, ModuleId, PersonId, RoleId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, keep)).routes(routes!(forget))
}

/// What a list of items can be filtered by, under a name. All that is given must fit.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavedFilter)]
struct SavedOut {
    /// One of the same name, in any letter case, gives way.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[serde(default)]
    mine: bool,
    #[serde(default)]
    late: bool,
    #[serde(default)]
    start_now: bool,
    #[serde(default)]
    open: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::court, required = false)]
    waiting_on: Option<Court>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    activity: Option<ModuleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    owner: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    person: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    gate: Option<GateId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::state, required = false)]
    state: Option<ItemState>,
    /// Words in the title, in any letter case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    text: Option<String>,
}

impl From<SavedFilter> for SavedOut {
    fn from(SavedFilter { name, filter }: SavedFilter) -> Self {
        let Filter { mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text } = filter;
        Self { name, mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text }
    }
}

impl From<SavedOut> for SavedFilter {
    fn from(sent: SavedOut) -> Self {
        let SavedOut { name, mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text } = sent;
        Self { name, filter: Filter { mine, late, start_now, open, waiting_on, activity, owner, person, gate, state, text } }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = SavedFilters)]
struct AllOut {
    entries: Vec<SavedOut>,
}

fn all(saved: Vec<SavedFilter>) -> Sent<AllOut> {
    Sent(AllOut { entries: saved.into_iter().map(Into::into).collect() })
}

/// Lists the filters of items that the caller keeps, by name
#[utoipa::path(get, path = "/me/filters", operation_id = "list_filters", tag = "me", responses((status = 200, description = "All of them.", body = AllOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<AllOut>, Problem> {
    Ok(all(list_filters(&app, &actor).await?))
}

/// Keeps a filter of items
#[utoipa::path(post, path = "/me/filters", operation_id = "keep_filter", tag = "me", request_body = SavedOut, responses((status = 200, description = "All that the caller keeps.", body = AllOut)))]
async fn keep(Caller(actor): Caller, State(app): State<App>, Json(sent): Json<SavedOut>) -> Result<Sent<AllOut>, Problem> {
    let SavedFilter { name, filter } = sent.into();
    Ok(all(save_filter(&app, &actor, &name, filter).await?))
}

/// Forgets a filter
#[utoipa::path(delete, path = "/me/filters/{filter}", operation_id = "forget_filter", tag = "me", responses((status = 204, description = "It is gone.")))]
async fn forget(Caller(actor): Caller, State(app): State<App>, Named(name): Named<String>) -> Result<StatusCode, Problem> {
    forget_filter(&app, &actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
