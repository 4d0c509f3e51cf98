//! Which edition of a thing a program has seen: `ETag`, `If-None-Match`, `If-Match`.
//!
//! A tag begins with the version of the item or the revision of the engagement, which is what `If-Match` compares; what
//! follows it, the engagement's revision and the day, makes sure that `304` is only said where not a word differs.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use utoipa::IntoParams;

use crate::problem::{FlawOut, Problem};

/// The tag of a thing at a version, in a surrounding that may change what is shown of it.
pub(crate) fn tag(version: i64, surroundings: impl std::fmt::Display, today: Date) -> String {
    format!("\"{version}-{surroundings}-{today}\"")
}

/// Sends it, or says that the caller has it already.
pub(crate) fn send(headers: &HeaderMap, tag: &str, status: StatusCode, body: impl IntoResponse) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    let known = known.flat_map(|it| it.split(',')).map(|it| it.trim().trim_start_matches("W/")).any(|it| it == tag || it == "*");
    let mut response =
        if known && status == StatusCode::OK { StatusCode::NOT_MODIFIED.into_response() } else { (status, body).into_response() };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only names the header in the description")]
pub(crate) struct IfNoneMatch {
    /// The `ETag` of an earlier answer. If nothing changed since, the answer is 304 without a body.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// The version that a change was meant for.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatch {
    /// The `ETag` of what the caller looked at, or the bare version in quotes. If it changed since, nothing is saved and the answer is 412.
    #[param(rename = "If-Match", value_type = Option<String>)]
    version: Option<i64>,
}

impl IfMatch {
    pub(crate) fn none() -> Self {
        Self { version: None }
    }

    /// The item's version, if one was named.
    pub(crate) fn version(&self) -> Option<u32> {
        // A number that no item reaches stays a number that none has.
        self.version.map(|version| u32::try_from(version).unwrap_or(u32::MAX))
    }

    pub(crate) fn revision(&self) -> Option<i64> {
        self.version
    }

    pub(crate) fn is_given(&self) -> bool {
        self.version.is_some()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(first) = given.next() else { return Ok(Self { version: None }) };
        if first == "*" {
            return Ok(Self { version: None });
        }
        let tag = first.to_str().ok().and_then(|it| it.trim().strip_prefix('"')?.strip_suffix('"'));
        let version = tag.and_then(|tag| tag.split('-').next()?.parse().ok()).filter(|version| *version >= 0);
        if version.is_none() || given.next().is_some() {
            let why = "give one ETag of an earlier answer, in its quotes";
            return Err(Problem::bad_request(format!("If-Match: {why}")).flaws(vec![FlawOut::of("If-Match", why)]));
        }
        Ok(Self { version })
    }
}
