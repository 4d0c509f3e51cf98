//! Twice is once: a POST with an `Idempotency-Key` is done once, and answered the same each time, for a day.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tminus_app::{
    App,
    rights::once::{Once, begin_once, end_once, release_once},
};

use crate::{
    caller::{self, Caller},
    problem::{FlawOut, Problem},
    sent::MAX_AROUND,
};

pub(crate) const HEADER: &str = "idempotency-key";
/// Says of an answer that it was given before.
pub(crate) const REPLAYED: &str = "idempotency-replayed";
/// The longest key, in bytes.
const MAX_KEY: usize = 255;
/// The largest request that can have a key, in bytes: the largest upload.
const MAX_REQUEST: usize = crate::kit::MAX_UPLOAD + MAX_AROUND;
/// The largest answer that is kept, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// What is kept in place of the answer itself, where that holds a secret that is shown once.
#[derive(Clone)]
pub(crate) struct KeepInstead(pub(crate) serde_json::Value);

/// An answer to give again.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    // Whoever hangs up early still has it done and kept.
    match tokio::spawn(answer(app, request, next)).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke").into_response(),
    }
}

async fn answer(app: App, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let key = key(&parts.headers)?;
    let body = to_bytes(body, MAX_REQUEST).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {} MiB; nothing of it was kept", MAX_REQUEST >> 20))
    })?;
    // The secret of the caller's key goes into the digest, so that a password in the body cannot be guessed by it.
    let mut digest = Sha256::new();
    let media_type = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    for part in [caller::key(&parts.headers)?.as_bytes(), parts.uri.to_string().as_bytes(), media_type, &body] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let digest = URL_SAFE_NO_PAD.encode(digest.finalize());
    match begin_once(&app, &caller.0, &key, &digest).await? {
        Once::First => {}
        Once::Another => return Err(refused("this key was used for another request; take a fresh key for each")),
        Once::InFlight => {
            let why = "a request with this key began and has no answer yet. Wait for it; if it never comes, look at what is there before you try with a fresh key";
            return Err(Problem::new(StatusCode::CONFLICT, why));
        }
        Once::Answered { status, body } => return Ok(replay(status, &body)),
    }
    parts.extensions.insert(caller.clone());
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = response.status();
    if status.is_server_error() {
        release_once(&app, &caller.0, &key).await?;
        return Ok(response);
    }
    let (response, kept) = keep(response).await?;
    end_once(&app, &caller.0, &key, (status.as_u16(), kept)).await?;
    Ok(response)
}

async fn keep(response: Response) -> Result<(Response, String), Problem> {
    let (parts, body) = response.into_parts();
    let broken = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off; what was asked for is done");
    let body = to_bytes(Body::new(body), MAX_ANSWER).await.map_err(broken)?;
    let shown = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];
    let header = |name: &header::HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
    let instead = parts.extensions.get::<KeepInstead>().map(|it| it.0.to_string());
    let text = instead.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    let kept = Kept { headers: shown.iter().filter_map(header).collect(), body: text };
    let kept = serde_json::to_string(&kept).unwrap_or_default();
    Ok((Response::from_parts(parts, Body::from(body)), kept))
}

fn replay(status: u16, kept: &str) -> Response {
    let kept = serde_json::from_str(kept).unwrap_or(Kept { headers: Vec::new(), body: String::new() });
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn key(headers: &header::HeaderMap) -> Result<String, Problem> {
    let mut given = headers.get_all(HEADER).iter();
    let key = given.next().and_then(|key| key.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > MAX_KEY || given.next().is_some() {
        let why = format!("give one key of 1 to {MAX_KEY} printable ASCII characters");
        return Err(Problem::bad_request(format!("Idempotency-Key: {why}")).flaws(vec![FlawOut::of("Idempotency-Key", why)]));
    }
    Ok(key.to_owned())
}

fn refused(why: &str) -> Problem {
    Problem::refused(why).flaws(vec![FlawOut::of("Idempotency-Key", why)])
}
