//! Around every request: an id, a line in the log, a number in the figures. No query, no body, no cookie is logged.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::{self, Next},
    response::Response,
};
use tracing::Instrument as _;

use super::metrics::Metrics;
use crate::clock;

const ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) fn watched(router: Router, metrics: Arc<Metrics>) -> Router {
    router.layer(middleware::from_fn_with_state(metrics, watch))
}

async fn watch(State(metrics): State<Arc<Metrics>>, mut request: Request, next: Next) -> Response {
    let id = request.headers().get(&ID).filter(|id| usable(id)).cloned().unwrap_or_else(fresh);
    request.headers_mut().insert(ID, id.clone());
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), method, route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status().as_u16());
    metrics.count(&method, &route, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(status, milliseconds, "answered");
        } else {
            tracing::debug!(status, milliseconds, "answered");
        }
    });
    response.headers_mut().insert(ID, id);
    response
}

/// An id that a proxy gave is kept, so that its log and ours can be read together.
fn usable(id: &HeaderValue) -> bool {
    (1..=64).contains(&id.len()) && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn fresh() -> HeaderValue {
    let half = clock::random().into_iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(byte));
    let id = format!("{half:016x}");
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"))
}
