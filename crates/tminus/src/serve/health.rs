//! What machines ask: is it alive, is it ready, what are its figures.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use tminus_app::App;

use super::metrics::Metrics;

type Plain = (StatusCode, [(HeaderName, &'static str); 2], &'static str);

/// `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router(app: App, metrics: Arc<Metrics>) -> Router {
    let ready = Router::new().route("/readyz", get(ready)).with_state(app.clone());
    let figures = Router::new().route("/metrics", get(figures)).with_state((app, metrics));
    Router::new().route("/healthz", get(async || plain(StatusCode::OK, "alive\n"))).merge(ready).merge(figures)
}

fn plain(status: StatusCode, text: &'static str) -> Plain {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
}

/// Ready when the database answers.
async fn ready(State(app): State<App>) -> Plain {
    match app.store.answers().await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            plain(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn figures(State((app, metrics)): State<(App, Arc<Metrics>)>) -> impl IntoResponse {
    let text = metrics.text(app.store.tally());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
}
