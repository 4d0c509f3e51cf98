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
use tminus_app::Failure;
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

    /// The answer where a change did not happen, of a thing that the answer does not show.
    pub(crate) fn refuse(&self, failure: Failure) -> Problem {
        refuse(failure, self.is_given())
    }
}

/// The one tag of `If-Match`, without its quotes; `None` where it was not given, or where any edition is meant.
fn tag_of(parts: &Parts) -> Result<Option<&str>, Problem> {
    let mut given = parts.headers.get_all(header::IF_MATCH).iter();
    let Some(first) = given.next().filter(|first| *first != "*") else { return Ok(None) };
    let tag = first.to_str().ok().and_then(|it| it.trim().strip_prefix('"')?.strip_suffix('"'));
    match tag {
        Some(tag) if given.next().is_none() => Ok(Some(tag)),
        _ => Err(unusable()),
    }
}

fn unusable() -> Problem {
    let why = "give one ETag of an earlier answer, in its quotes";
    Problem::bad_request(format!("If-Match: {why}")).flaws(vec![FlawOut::of("If-Match", why)])
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(tag) = tag_of(parts)? else { return Ok(Self::none()) };
        let version = tag.split('-').next().and_then(|version| version.parse().ok()).filter(|version| *version >= 0);
        version.map(|version| Self { version: Some(version) }).ok_or_else(unusable)
    }
}

/// What the caller saw of a person or a member, who have no versions: a digest of it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfSame {
    /// The `ETag` or the `edition` of what the caller looked at, in quotes. If it changed since, nothing is saved and the answer is 412.
    #[param(rename = "If-Match", value_type = Option<String>)]
    seen: Option<String>,
}

impl IfSame {
    pub(crate) fn seen(&self) -> Option<String> {
        self.seen.clone()
    }

    /// The answer where a change did not happen.
    pub(crate) fn refuse(&self, failure: Failure) -> Problem {
        refuse(failure, self.seen.is_some())
    }
}

fn refuse(failure: Failure, named: bool) -> Problem {
    match failure {
        Failure::Conflict(_) => {
            let detail =
                "somebody else changed it since you looked; nothing of yours was saved. Look at it as it stands now, then try again";
            Problem::new(if named { StatusCode::PRECONDITION_FAILED } else { StatusCode::CONFLICT }, detail)
        }
        other => other.into(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfSame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self { seen: tag_of(parts)?.map(str::to_owned) })
    }
}

/// The tag of an edition, as a header.
pub(crate) fn etag(edition: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("\"{edition}\"")).ok()
}
