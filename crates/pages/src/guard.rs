//! What every answer carries and every change must show, whatever the route.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

const ALWAYS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: a form's Origin would then be null, and our own forms would look like another site's.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the security headers to every answer and refuses changes that another site asks for.
pub fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(middleware::from_fn(guard))
}

/// What browsers are told that came over HTTPS: for a year they come no other way. Nothing is said of other names below this one.
pub(crate) fn over_https<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(middleware::map_response(async |mut response: Response| {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
        response
    }))
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = if is_change(request.method()) && is_from_elsewhere(request.headers()) {
        (StatusCode::FORBIDDEN, t!("wrong.cross_site").text()).into_response()
    } else if request.uri().to_string().contains("%00") {
        (StatusCode::BAD_REQUEST, t!("form.nul").text()).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // People's pages are kept by their own browser only, and asked for again each time.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

fn is_change(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Browsers say where a request comes from; programs say nothing and have a key instead of a cookie.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return !["same-origin", "none"].contains(&site);
    }
    // A browser that keeps a cookie says one of both with every form.
    let Some(origin) = text(&header::ORIGIN) else { return headers.contains_key(header::COOKIE) };
    let host = text(&header::HOST).unwrap_or_default();
    origin.split_once("://").is_none_or(|(_, place)| host.is_empty() || !place.eq_ignore_ascii_case(host))
}
