//! The parts every page is made of, asked for in process.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod assets;
mod checklist;
mod engagement;
mod everyone;
mod guard;
mod kit;
mod leaving;
mod mail;
mod passes;
mod people;
mod planted;
mod practice;
mod record;
mod register;
mod resource;
mod rights;
mod search;
mod settings;
mod shown;
mod signed;
mod table;
mod words;
mod yours;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

async fn ask(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
}
