//! What machines ask: is it alive, is it ready, what are its figures.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use tminus_app::{App, store::StoreError};
use tokio::sync::Mutex;

use super::metrics::Metrics;

/// No more than one try in this time.
const AGAIN: Duration = Duration::from_secs(1);
/// How long a try waits for other changes.
const PATIENCE: Duration = Duration::from_millis(500);

type Plain = (StatusCode, [(HeaderName, &'static str); 2], &'static str);

/// `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router(app: App, metrics: Arc<Metrics>) -> Router {
    let ready = Router::new().route("/readyz", get(ready)).with_state((app.clone(), Tried::default()));
    let figures = Router::new().route("/metrics", get(figures)).with_state((app, metrics));
    Router::new().route("/healthz", get(async || plain(StatusCode::OK, "alive\n"))).merge(ready).merge(figures)
}

fn plain(status: StatusCode, text: &'static str) -> Plain {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
}

/// What was found out last, and when. Whoever asks meanwhile waits for the answer and tries nothing again.
#[derive(Clone, Default)]
struct Tried(Arc<Mutex<Option<(Instant, Plain)>>>);

/// Ready when the database answers and takes what is written.
async fn ready(State((app, tried)): State<(App, Tried)>) -> Plain {
    let mut last = tried.0.lock().await;
    if let Some((at, answer)) = &*last
        && at.elapsed() < AGAIN
    {
        return answer.clone();
    }
    let answer = match app.store.takes_writes(PATIENCE).await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        // A long change, or a backup, holds the others up. That passes, and people can read meanwhile.
        Err(StoreError::Busy) => plain(StatusCode::OK, "ready; writing has to wait just now\n"),
        Err(error) => {
            tracing::warn!(%error, "the database takes nothing");
            plain(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer or cannot be written to\n")
        }
    };
    *last = Some((Instant::now(), answer.clone()));
    answer
}

async fn figures(State((app, metrics)): State<(App, Arc<Metrics>)>) -> impl IntoResponse {
    let text = metrics.text(app.store.tally());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
}
