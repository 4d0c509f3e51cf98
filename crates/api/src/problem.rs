//! What a program reads when something did not happen: problem details as RFC 9457 has them. One mapping of [`Failure`].

use axum::{
    extract::{OriginalUri, Request, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tminus_app::{Failure, HeldAccess, Refusal};
use tminus_kits::problem::Severity;
use utoipa::ToSchema;

pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// No answer of the machinery below is longer than this; it is read to become a problem's detail.
const MAX_PLAIN: usize = 4_096;

/// Seconds after which trying again is worth it, where a database is full, locked or read-only.
const RETRY_AFTER: i64 = 5;

/// Something that did not happen, and why.
#[derive(Debug)]
pub(crate) struct Problem(Box<ProblemOut>);

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemOut {
    /// What kind of problem it is: `urn:tminus:problem:` and a word that stays the same.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// What was wrong, where, what was kept and what to do.
    detail: String,
    /// Each thing that is wrong, where there may be several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    problems: Vec<FlawOut>,
    /// The item as it stands now, where somebody else changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::checklist::out::ItemOut>)]
    current: Option<serde_json::Value>,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// One thing that is wrong, with its place.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Flaw)]
pub(crate) struct FlawOut {
    /// The field of what was sent: `setup.milestones`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// The file of an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// Counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
    /// `error`, `warning` or `note`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) severity: Option<Severity>,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let (kind, title) = words(status);
        let kind = format!("urn:tminus:problem:{kind}");
        let (status, detail) = (status.as_u16(), detail.into());
        Self(Box::new(ProblemOut { kind, title, status, detail, problems: Vec::new(), current: None, headers: Vec::new() }))
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn refused(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Nobody is known to ask. `error` is what RFC 6750 calls the reason, if a key was given at all.
    pub(crate) fn signed_out(error: Option<&'static str>) -> Self {
        let challenge = match error {
            None => HeaderValue::from_static("Bearer realm=\"tminus\""),
            Some(_) => HeaderValue::from_static("Bearer realm=\"tminus\", error=\"invalid_token\""),
        };
        let detail = error.unwrap_or("send a key as “Authorization: Bearer …”; nothing was done");
        Self::new(StatusCode::UNAUTHORIZED, detail).header(header::WWW_AUTHENTICATE, challenge)
    }

    #[must_use]
    pub(crate) fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    #[must_use]
    pub(crate) fn flaws(mut self, flaws: Vec<FlawOut>) -> Self {
        self.0.problems = flaws;
        self
    }

    #[must_use]
    pub(crate) fn current(mut self, item: &impl Serialize) -> Self {
        self.0.current = serde_json::to_value(item).ok();
        self
    }
}

impl FlawOut {
    pub(crate) fn of(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), message: message.into(), ..Self::default() }
    }
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("bad-request", "The request cannot be read"),
        StatusCode::UNAUTHORIZED => ("signed-out", "Nobody is known to ask"),
        StatusCode::FORBIDDEN => ("forbidden", "Not allowed"),
        StatusCode::NOT_FOUND => ("not-found", "Not found"),
        StatusCode::METHOD_NOT_ALLOWED => ("method-not-allowed", "This path does not take this method"),
        StatusCode::CONFLICT => ("conflict", "Somebody else was first"),
        StatusCode::PRECONDITION_FAILED => ("changed-since", "It changed since it was looked at"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "Too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "This media type is not read here"),
        StatusCode::UNPROCESSABLE_ENTITY => ("refused", "Refused"),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "Not at the moment"),
        status if status.is_client_error() => ("bad-request", "The request cannot be answered"),
        _ => ("broken", "Something broke"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], body).into_response();
        response.headers_mut().extend(self.0.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let detail = failure.to_string();
        match failure {
            Failure::NotFound => Self::new(StatusCode::NOT_FOUND, "there is no such thing here, or none that you may know of"),
            Failure::Forbidden => Self::new(StatusCode::FORBIDDEN, "your rights do not reach that far; nothing was changed"),
            Failure::NeedsCode => Self::new(StatusCode::FORBIDDEN, "this asks for a code that was sent by mail; nothing was changed"),
            Failure::SignedOut => Self::signed_out(Some("the key is unknown, revoked or expired; nothing was done")),
            Failure::Refused(refusal) => Self::of_refusal(refusal, detail),
            Failure::Conflict(_) => Self::new(StatusCode::CONFLICT, detail),
            Failure::Unavailable(_) => {
                tracing::warn!(detail, "a request was put off");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER))
            }
            Failure::Broken(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request broke");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
            }
        }
    }
}

impl Problem {
    fn of_refusal(refusal: Refusal, detail: String) -> Self {
        let flaws = match refusal {
            Refusal::Field { field, why } => vec![FlawOut::of(field, why)],
            Refusal::Person(refused) => vec![FlawOut::of(refused.field(), refused.to_string())],
            Refusal::Setup(refused) => refused.iter().map(|it| FlawOut::of(setup_field(it), it.to_string())).collect(),
            Refusal::Items(held) => held.into_iter().map(|it| FlawOut::of(format!("items.{}", it.item), it.why)).collect(),
            Refusal::Access(held) => {
                let flaw = |it: HeldAccess| FlawOut::of(format!("moves.{}/{}", it.grant.0, it.grant.1), it.why);
                held.into_iter().map(flaw).collect()
            }
            Refusal::Kit(problems) => problems.into_iter().map(kit_flaw).collect(),
            Refusal::SignInLater(seconds) => {
                let later = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
                return later.header(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Refusal::PasswordsBusy => {
                let later = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
                return later.header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER));
            }
            _ => Vec::new(),
        };
        Self::refused(detail).flaws(flaws)
    }
}

fn setup_field(refused: &tminus_domain::engagement::setup::Refused) -> String {
    use tminus_domain::engagement::setup::Refused;
    match refused {
        Refused::Title => "setup.title".to_owned(),
        Refused::Customer => "setup.customer".to_owned(),
        Refused::Sow => "setup.sow".to_owned(),
        Refused::Zone { .. } => "setup.zone".to_owned(),
        Refused::NoKit => "kits".to_owned(),
        Refused::Milestone { milestone } => format!("setup.milestones.{milestone}"),
        Refused::Order { .. } => "setup.milestones".to_owned(),
        Refused::Fact { fact } | Refused::Answer { fact, .. } => format!("setup.answers.{fact}"),
        Refused::Workstreams | Refused::Workstream { .. } => "setup.workstreams".to_owned(),
        Refused::Calendar { .. } => "setup.calendars".to_owned(),
    }
}

pub(crate) fn kit_flaw(problem: tminus_kits::problem::Problem) -> FlawOut {
    let place = |number: u32| usize::try_from(number).ok().filter(|number| *number > 0);
    FlawOut {
        field: None,
        file: Some(problem.file),
        line: place(problem.line),
        column: place(problem.column),
        severity: Some(problem.severity),
        message: problem.message,
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        let status = rejection.status();
        let detail = if status == StatusCode::PAYLOAD_TOO_LARGE {
            "the body is larger than this path takes; nothing of it was kept".to_owned()
        } else {
            format!("the body could not be read: {}; nothing of it was kept", rejection.body_text())
        };
        Self::new(status, detail)
    }
}

/// Makes a problem of whatever the machinery below answers in plain words: no such path, no such method, an unreadable path.
pub(crate) async fn explain(request: Request, next: Next) -> Response {
    let whole = request.extensions().get::<OriginalUri>().map_or(request.uri(), |uri| &uri.0);
    let (method, path) = (request.method().clone(), whole.path().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    let known = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(MEDIA_TYPE.as_bytes()));
    if known || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let allowed = parts.headers.get(header::ALLOW).cloned();
    let text = axum::body::to_bytes(body, MAX_PLAIN).await.map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let detail = match status {
        StatusCode::NOT_FOUND => format!("there is no path {path}; the paths are in /api/openapi.json"),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allowed = allowed.as_ref().and_then(|it| it.to_str().ok()).unwrap_or_default();
            format!("{path} does not take {method}; it takes {allowed}")
        }
        _ if text.is_empty() => format!("{method} {path} cannot be answered"),
        _ => text,
    };
    let problem = Problem::new(status, detail);
    match allowed {
        Some(allowed) => problem.header(header::ALLOW, allowed),
        None => problem,
    }
    .into_response()
}
