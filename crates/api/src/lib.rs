//! The front door for programs: JSON over HTTP, described by `/api/openapi.json`.
//!
//! Each handler parses, calls one operation of `app`, and sends what a view shows. Who asks is said by a key alone.

mod access;
mod caller;
mod checklist;
mod cursor;
mod edition;
mod engagement;
mod kit;
mod mail;
mod once;
mod openapi;
mod people;
mod portfolio;
mod problem;
mod record;
mod rights;
mod schedule;
mod scim;
mod sent;
mod spreadsheet;

use axum::{Json, Router, extract::DefaultBodyLimit, http::StatusCode, middleware, routing::get};
use tminus_app::App;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tminus",
        description = "Customer onboarding: engagements, their checklists, and the record of what was done.\n\nWrites can be repeated: send `Idempotency-Key` with a POST. Edits can be guarded: send the `ETag` of what you looked at as `If-Match`. Every error is a problem as RFC 9457 has it. Unknown fields are refused by name.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(problem::ProblemOut)),
    tags(
        (name = "engagements", description = "Opened from kits, planned, closed."),
        (name = "items", description = "The checklist and the work on it."),
        (name = "members", description = "Who is on an engagement."),
        (name = "access", description = "Who has access to what, and how far it has come."),
        (name = "portfolios", description = "Sets of engagements with administrators of their own."),
        (name = "record", description = "What happened, chained."),
        (name = "kits", description = "Versions of delivery kits."),
        (name = "people", description = "The practice's people."),
        (name = "keys", description = "The caller's keys."),
        (name = "mail", description = "Letters: the outbox."),
        (name = "me", description = "The caller."),
    ),
)]
struct Description;

fn routes() -> OpenApiRouter<App> {
    engagement::routes()
        .merge(checklist::routes())
        .merge(people::routes())
        .merge(portfolio::routes())
        .merge(access::routes())
        .merge(record::routes())
        .merge(kit::routes())
        .merge(rights::routes())
        .merge(mail::routes())
        .merge(schedule::routes())
}

/// The description of the API: OpenAPI 3.1.
pub fn description() -> serde_json::Value {
    openapi::finish(&OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", routes()).into_openapi())
}

/// `/api/v1` with everything below it, `/api/openapi.json`, and `/scim/v2` for directories.
pub fn router(app: App) -> Router {
    let description = description();
    let (routes, _) = routes().split_for_parts();
    let below = routes
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(DefaultBodyLimit::max(sent::MAX_JSON))
        .layer(middleware::from_fn_with_state(app.clone(), once::once))
        .layer(middleware::from_fn(problem::explain))
        .with_state(app.clone());
    Router::new()
        .nest("/api/v1", below)
        .nest("/scim/v2", scim::router(app))
        .route("/api/openapi.json", get(|| async move { Json(description) }))
}
