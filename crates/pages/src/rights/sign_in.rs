//! The sign-in page and its forms.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::{
        provider::{list_providers, way_out},
        sign_in::{Entered, SESSION as LIFETIME, caller_of_session, sign_in, sign_out},
    },
};

use super::factor::go_on;
use crate::{
    caller::{From, SESSION, cookie, escaped, sentence, wrong_of},
    draw::{Drawing, ruler},
    fields::Fields,
    mark::Mark,
    page::{Asked, Page},
    routes::Front,
    shell::{Place, Shell},
    token::Pressed,
};

#[derive(Template)]
#[template(path = "rights/sign_in.html", blocks = ["inside"])]
struct SignInPage {
    shell: Shell,
    next: String,
    email: String,
    refused: String,
    providers: Vec<Provider>,
    /// The provider where somebody is still signed in who signed out here.
    left: Option<Provider>,
    ruler: Drawing,
}

/// A provider of identities: where it is gone to, and what it is called.
struct Provider {
    url: String,
    title: String,
}

impl Page for SignInPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl SignInPage {
    fn new(front: &Front, asked: &Asked, next: &str) -> Self {
        let shell = Shell { scheme: asked.scheme(), ..Shell::new(t!("sign_in.title"), Place::Elsewhere) };
        let next = safe_next(next).to_owned();
        let query = if next == "/" { String::new() } else { format!("?next={}", escaped(&next)) };
        let provider = |(id, title): (&str, &str)| Provider { url: format!("/sign-in/with/{id}{query}"), title: title.to_owned() };
        let providers = list_providers(&front.app).map(provider).collect();
        Self { shell, next, email: String::new(), refused: String::new(), providers, left: None, ruler: ruler() }
    }
}

/// Seconds after which a line that was too long is worth another try.
const SOON: i64 = 5;

pub(super) async fn show(State(front): State<Front>, asked: Asked, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let next = query.get("next");
    if let Some(secret) = cookie(&headers, SESSION)
        && caller_of_session(&front.app, secret).await.is_ok()
    {
        return Redirect::to(safe_next(next)).into_response();
    }
    let left = front.provider(query.get("left"));
    let left = left.map(|(id, title)| Provider { url: format!("/sign-in/out/{id}"), title: title.to_owned() });
    asked.show(&SignInPage { left, ..SignInPage::new(&front, &asked, next) })
}

pub(super) async fn begin(State(front): State<Front>, asked: Asked, From(client): From, fields: Fields) -> Response {
    let next = safe_next(fields.get("next"));
    match sign_in(&front.app, (fields.get("email"), fields.get("password")), &client).await {
        Ok(Entered::In(signed_in)) => with_cookie(Redirect::to(next), &front, &signed_in.secret, LIFETIME.as_secs()),
        Ok(Entered::Half(half)) => go_on(&front, next, &half),
        Err(failure) => refused_again(&front, &asked, (next, fields.get("email")), failure),
    }
}

/// Says on the sign-in page why nobody was let in.
pub(super) fn refused(front: &Front, asked: &Asked, next: &str, failure: Failure) -> Response {
    refused_again(front, asked, (next, ""), failure)
}

/// Like [`refused`], with the address that was typed.
fn refused_again(front: &Front, asked: &Asked, (next, email): (&str, &str), failure: Failure) -> Response {
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        failure => return wrong_of(&failure).show(asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
    };
    let page = SignInPage { email: email.to_owned(), refused: sentence(&refusal), ..SignInPage::new(front, asked, next) };
    let (status, seconds) = match refusal {
        Refusal::SignInLater(seconds) => (StatusCode::TOO_MANY_REQUESTS, seconds),
        Refusal::PasswordsBusy | Refusal::ProviderAway(_) => (StatusCode::SERVICE_UNAVAILABLE, SOON),
        _ => return asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page),
    };
    let mut response = asked.show_as(status, &page);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

pub(super) async fn end(State(front): State<Front>, asked: Asked, headers: HeaderMap, _: Pressed) -> Response {
    let ended = match cookie(&headers, SESSION) {
        Some(secret) => sign_out(&front.app, secret).await,
        None => Ok(None),
    };
    let to = match ended {
        Err(failure) => return wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
        Ok(Some(provider)) if matches!(way_out(&front.app, &provider, "").await, Ok(Some(_))) => format!("/sign-in?left={provider}"),
        Ok(_) => "/sign-in".to_owned(),
    };
    with_cookie(Redirect::to(&to), &front, "", 0)
}

pub(super) fn with_cookie(to: Redirect, front: &Front, secret: &str, seconds: i64) -> Response {
    let secure = if front.config.secure_cookies { "; Secure" } else { "" };
    let mut response = to.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("{SESSION}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Only a path of this site, or the start page. Browsers read `\` as `/` and drop tabs and line ends.
pub(super) fn safe_next(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.contains(|c: char| c.is_control() || !c.is_ascii());
    let signing = ["/sign-in", "/sign-out"].contains(&path) || path.starts_with("/sign-in/");
    if local && !signing { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use crate::rights::sign_in::safe_next;

    #[test]
    fn only_a_path_of_this_site_is_gone_on_to() {
        assert_eq!(safe_next("/engagements/e1/checklist?late=1"), "/engagements/e1/checklist?late=1");
        for foreign in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/sign-in?next=/",
            "/sign-out",
            "/sign-in/with/acme",
        ] {
            assert_eq!(safe_next(foreign), "/", "{foreign}");
        }
    }
}
