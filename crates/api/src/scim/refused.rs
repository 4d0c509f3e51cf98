//! Errors as RFC 7644, section 3.12, has them.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tminus_app::{Failure, Refusal};

use super::Scim;

pub(super) struct Refused {
    status: StatusCode,
    kind: Option<&'static str>,
    detail: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, kind: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into() }
    }

    /// A request that cannot be right, with the word of the RFC for why.
    pub(super) fn invalid(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(kind), detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "there is nothing here")
    }

    pub(super) fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, None, "bring a key in Authorization: Bearer; the one that came is unknown, revoked or expired")
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::not_found(),
            Failure::Forbidden | Failure::NeedsCode => Self::new(StatusCode::FORBIDDEN, None, "this key may not do that"),
            Failure::SignedOut => Self::signed_out(),
            Failure::Refused(taken @ Refusal::Taken { .. }) => Self::new(StatusCode::CONFLICT, Some("uniqueness"), taken.to_string()),
            Failure::Refused(refusal) => Self::invalid("invalidValue", refusal.to_string()),
            Failure::Conflict(_) => Self::new(StatusCode::PRECONDITION_FAILED, None, failure.to_string()),
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "the store is not available");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "nothing can be saved just now; nothing was")
            }
            Failure::Broken(error) => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "an operation failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, None, "something broke; nothing was saved")
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_str(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        let mut response = (self.status, Scim(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
