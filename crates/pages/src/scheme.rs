//! Light, dark or as the device says: one cookie, set by a plain form.

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing,
};

use crate::fields::Fields;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    #[default]
    Device,
    Light,
    Dark,
}

impl Scheme {
    pub const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    /// `data-theme`, and the cookie's value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What this browser chose.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        let chosen = cookies.find_map(|cookie| cookie.trim().strip_prefix("scheme="));
        Self::ALL.into_iter().find(|scheme| chosen == Some(scheme.name())).unwrap_or_default()
    }
}

/// Serves `POST /scheme`.
pub fn scheme_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/scheme", routing::post(choose))
}

async fn choose(asked: HeaderMap, fields: Fields) -> Response {
    let Some(scheme) = Scheme::ALL.into_iter().find(|scheme| scheme.name() == fields.get("scheme")) else {
        return (StatusCode::UNPROCESSABLE_ENTITY, t!("scheme.unknown").text()).into_response();
    };
    let cookie = format!("scheme={}; Path=/; Max-Age=31536000; SameSite=Lax", scheme.name());
    let mut response = Redirect::to(&came_from(&asked)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The path of the page the form was on; never another site.
pub(crate) fn came_from(asked: &HeaderMap) -> String {
    let referer = asked.get(header::REFERER).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<axum::http::Uri>().ok());
    let path = referer.and_then(|uri| uri.path_and_query().map(ToString::to_string));
    path.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")).unwrap_or_else(|| "/".into())
}
