//! The one place that knows whether a whole page or a part of it was asked for, and whether it changed.

use std::{
    convert::Infallible,
    hash::{DefaultHasher, Hash, Hasher},
};

use askama::Template as _;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};

use crate::{scheme::Scheme, shell::Shell, token::Token, wrong::ToastPart};

/// A page: its template, its shell, and the parts of it that htmx may ask for by id.
pub trait Page: askama::Template {
    fn shell(&self) -> &Shell;

    /// What stands inside `<main id="main">`: `self.as_inside().render()`.
    fn inside(&self) -> askama::Result<String>;

    /// The element with this id, as HTML, if the page can draw it alone. Else the inside of `main` is sent.
    fn part(&self, _id: &str) -> Option<askama::Result<String>> {
        None
    }
}

/// A table to take along, as a file of this name.
pub(crate) fn csv(name: &str, table: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, table).into_response()
}

/// What the browser asked for: a whole page, or, by htmx, what goes into one element of it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    part: Option<String>,
    seen: Option<String>,
    scheme: Scheme,
    token: Token,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

impl Asked {
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // htmx restores a page from the history by asking for all of it.
        let by_htmx = text("hx-request-type") == Some("partial") && text("hx-history-restore-request").is_none();
        let target = text("hx-target").and_then(|target| target.split_once('#')).map_or("main", |(_, id)| id);
        Self {
            part: by_htmx.then(|| target.to_owned()),
            seen: text("if-none-match").map(ToOwned::to_owned),
            scheme: Scheme::of(headers),
            token: Token::of(headers),
        }
    }

    /// The colours this browser chose, for the shell.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether only a part is wanted.
    pub fn is_part(&self) -> bool {
        self.part.is_some()
    }

    /// Whether the answer has a place for what was just done.
    pub fn shows_notices(&self) -> bool {
        self.part.as_deref().is_none_or(|id| id == "main")
    }

    pub fn show(&self, page: &impl Page) -> Response {
        self.show_as(StatusCode::OK, page)
    }

    pub fn show_as(&self, status: StatusCode, page: &impl Page) -> Response {
        match self.draw(page) {
            Ok(html) => (status, varying(), Html(self.token.clone().into_forms(html))).into_response(),
            Err(error) => {
                tracing::error!(%error, title = page.shell().title, "page not drawn");
                (StatusCode::INTERNAL_SERVER_ERROR, t!("wrong.broken.what").text()).into_response()
            }
        }
    }

    /// Shows a page that can be asked for again by its edition. Ask `unchanged` first: it costs no page.
    pub fn show_edition(&self, page: &impl Page, edition: &Edition) -> Response {
        let mut response = self.show(page);
        response.headers_mut().insert(header::ETAG, edition.0.clone());
        response
    }

    /// What makes this answer this one: its data (`revision`, who asks, the day) and everything the browser chose.
    pub fn edition(&self, data: impl Hash) -> Edition {
        let mut hasher = DefaultHasher::new();
        (include!(concat!(env!("OUT_DIR"), "/edition.rs")), &self.part, self.scheme.name(), &self.token).hash(&mut hasher);
        data.hash(&mut hasher);
        Edition::from_number(hasher.finish())
    }

    /// 304, if the browser has this edition already.
    pub fn unchanged(&self, edition: &Edition) -> Option<Response> {
        let seen = self.seen.as_deref()?;
        let same = seen.split(',').any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == edition.bare());
        same.then(|| (StatusCode::NOT_MODIFIED, varying(), [(header::ETAG, edition.0.clone())]).into_response())
    }

    fn draw(&self, page: &impl Page) -> askama::Result<String> {
        let Some(id) = &self.part else { return page.render() };
        if let Some(part) = page.part(id) {
            return part;
        }
        let title = askama::filters::escape(&page.shell().title, askama::filters::Html)?;
        let toast = match &page.shell().notice {
            Some(notice) if id == "main" => {
                format!("<div id=\"toasts\" hx-swap-oob=\"beforeend\">{}</div>", ToastPart { notice }.render()?)
            }
            _ => String::new(),
        };
        Ok(format!("<title>{title} · Tminus</title>{}{toast}", page.inside()?))
    }
}

/// One version of one answer, as an `ETag`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition(HeaderValue);

impl Edition {
    fn from_number(number: u64) -> Self {
        // Weak: the same page may be sent packed.
        Self(HeaderValue::from_str(&format!("W/\"{number:016x}\"")).unwrap_or(HeaderValue::from_static("W/\"0\"")))
    }

    fn bare(&self) -> &[u8] {
        self.0.as_bytes().strip_prefix(b"W/").unwrap_or_default()
    }
}

/// The same address gives a page or a part of it: caches must not mix them up.
fn varying() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::VARY, HeaderValue::from_static("cookie, hx-request-type, hx-target, hx-history-restore-request"))]
}
