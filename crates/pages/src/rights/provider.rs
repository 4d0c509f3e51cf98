//! Signing in and out with a provider of identities.

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::provider::{Flow, Returned, begin_with, leave_with, return_from, way_out},
};

use super::sign_in::{refused, safe_next, with_cookie};
use crate::{
    caller::{From, cookie},
    fields::Fields,
    page::Asked,
    routes::Front,
};

/// What the browser keeps while its person is at the provider.
const FLOW: &str = "tminus_flow";

/// How long somebody may take there, in seconds.
const PATIENCE: u32 = 900;

/// Sends a browser to the provider.
pub(super) async fn begin(State(front): State<Front>, asked: Asked, Path(provider): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let next = safe_next(query.get("next"));
    match begin_with(&front.app, &provider).await {
        Ok((url, flow)) => keeping(Redirect::to(&url), &front, &written(&provider, next, &flow), PATIENCE),
        Err(failure) => refused(&front, &asked, next, failure),
    }
}

/// Takes a browser back that the provider sent.
pub(super) async fn back(
    State(front): State<Front>,
    asked: Asked,
    Path(provider): Path<String>,
    From(client): From,
    (uri, headers): (Uri, HeaderMap),
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = Fields::parse(cookie(&headers, FLOW).unwrap_or_default().as_bytes());
    let next = safe_next(kept.get("next")).to_owned();
    let flow = read(&kept, &provider).filter(|flow| flow.state == query.get("state"));
    let (Some(flow), false) = (flow, query.get("code").is_empty()) else {
        let title = front.provider(&provider).map(|(_, title)| title.to_owned());
        let failure = title.map_or(Failure::NotFound, |title| Refusal::Provider(title).into());
        return keeping(refused(&front, &asked, &next, failure), &front, "", 0);
    };
    let issuer = Some(query.text("iss")).filter(|issuer| !issuer.is_empty());
    let returned = Returned { code: query.text("code"), issuer };
    match return_from(&front.app, &provider, &returned, &flow, &client).await {
        Ok(signed_in) => {
            let seconds = signed_in.expires_at.duration_since(front.app.now()).as_secs();
            keeping(with_cookie(Redirect::to(&next), &front, &signed_in.secret, seconds), &front, "", 0)
        }
        Err(failure) => keeping(refused(&front, &asked, &next, failure), &front, "", 0),
    }
}

/// Sends somebody who signed out here to sign out at the provider too.
pub(super) async fn out(State(front): State<Front>, Path(provider): Path<String>, headers: HeaderMap) -> Redirect {
    let here = format!("{}/sign-in", front.address(&headers));
    match way_out(&front.app, &provider, &here).await {
        Ok(Some(url)) => Redirect::to(&url),
        Ok(None) | Err(_) => Redirect::to("/sign-in"),
    }
}

/// Hears from the provider itself that somebody signed out there.
pub(super) async fn left(State(front): State<Front>, Path(provider): Path<String>, fields: Fields) -> StatusCode {
    match leave_with(&front.app, &provider, fields.get("logout_token")).await {
        Ok(()) => StatusCode::OK,
        Err(Failure::NotFound) => StatusCode::NOT_FOUND,
        Err(Failure::Refused(Refusal::ProviderAway(_)) | Failure::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Err(Failure::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

fn written(provider: &str, next: &str, flow: &Flow) -> String {
    let pairs = [("provider", provider), ("next", next), ("state", &flow.state), ("nonce", &flow.nonce), ("verifier", &flow.verifier)];
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// What was kept for this provider, if it is whole.
fn read(kept: &Fields, provider: &str) -> Option<Flow> {
    let flow = Flow { state: kept.text("state"), nonce: kept.text("nonce"), verifier: kept.text("verifier") };
    let whole = [&flow.state, &flow.nonce, &flow.verifier].iter().all(|secret| secret.len() >= 43);
    (whole && kept.get("provider") == provider).then_some(flow)
}

fn keeping(to: impl IntoResponse, front: &Front, kept: &str, seconds: u32) -> Response {
    let secure = if front.config.secure_cookies { "; Secure" } else { "" };
    let mut response = to.into_response();
    let value = format!("{FLOW}={kept}; Path=/sign-in; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
