//! Lists by key: where the next page begins is in its link, whatever is added or removed in between.

use axum::{
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{FlawOut, Problem};

/// Entries of a page where nobody asks for a number.
pub(crate) const PAGE: u64 = 50;
/// The longest page.
pub(crate) const MAX_PAGE: u64 = 100;

/// A page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
pub(crate) struct PageOut<T> {
    entries: Vec<T>,
    /// The path of the next page; not there on the last one. It is in the `Link` header too.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<T> PageOut<T> {
    /// A page of what was read: one entry more than `limit` says that there is a next page, after the key of the last entry.
    pub(crate) fn of(uri: &Uri, limit: u64, mut entries: Vec<T>, key: impl Fn(&T) -> Vec<String>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|last| follow(uri, &write(&key(last))));
        Self { entries, next }
    }
}

impl<T: Serialize> IntoResponse for PageOut<T> {
    fn into_response(self) -> Response {
        let link = self.next.as_ref().and_then(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok());
        let mut response = axum::Json(self).into_response();
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// The same question, after a cursor.
fn follow(uri: &Uri, cursor: &str) -> String {
    let rest = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let pairs: Vec<_> = rest.map(str::to_owned).chain([format!("after={cursor}")]).collect();
    format!("{}?{}", uri.path(), pairs.join("&"))
}

/// How many entries were asked for.
pub(crate) fn limit(asked: Option<u64>) -> Result<u64, Problem> {
    let limit = asked.unwrap_or(PAGE);
    if (1..=MAX_PAGE).contains(&limit) {
        return Ok(limit);
    }
    let why = format!("ask for 1 to {MAX_PAGE} entries");
    Err(Problem::bad_request(format!("limit: {why}")).flaws(vec![FlawOut::of("limit", why)]))
}

fn write(key: &[String]) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key in a cursor.
pub(crate) fn read<const N: usize>(cursor: &str) -> Result<[String; N], Problem> {
    let key = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice::<Vec<String>>(&bytes).ok());
    key.and_then(|key| key.try_into().ok()).ok_or_else(unusable)
}

/// A cursor that no page of this list gave out.
pub(crate) fn unusable() -> Problem {
    let why = "take the cursor from the “next” link of a page of this list, as it is";
    Problem::bad_request(format!("after: {why}")).flaws(vec![FlawOut::of("after", why)])
}
