//! The sign-in page and its forms.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::sign_in::{SESSION as LIFETIME, caller_of_session, sign_in, sign_out},
};

use crate::{
    caller::{From, SESSION, cookie, sentence, wrong_of},
    draw::{Drawing, ruler},
    fields::Fields,
    mark::Mark,
    page::{Asked, Page},
    routes::Front,
    shell::{Place, Shell},
};

#[derive(Template)]
#[template(path = "rights/sign_in.html", blocks = ["inside"])]
struct SignInPage {
    shell: Shell,
    next: String,
    email: String,
    refused: String,
    ruler: Drawing,
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
    fn new(asked: &Asked, next: &str) -> Self {
        let shell = Shell { scheme: asked.scheme(), ..Shell::new(t!("sign_in.title"), Place::Elsewhere) };
        Self { shell, next: safe_next(next).to_owned(), email: String::new(), refused: String::new(), ruler: ruler() }
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
    asked.show(&SignInPage::new(&asked, next))
}

pub(super) async fn begin(State(front): State<Front>, asked: Asked, From(client): From, fields: Fields) -> Response {
    let next = safe_next(fields.get("next"));
    let refused = match sign_in(&front.app, (fields.get("email"), fields.get("password")), &client).await {
        Ok(signed_in) => return with_cookie(Redirect::to(next), &front, &signed_in.secret, LIFETIME.as_secs()),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
    };
    let page = SignInPage { email: fields.text("email"), refused: sentence(&refused), ..SignInPage::new(&asked, next) };
    let (status, seconds) = match refused {
        Refusal::SignInLater(seconds) => (StatusCode::TOO_MANY_REQUESTS, seconds),
        Refusal::PasswordsBusy => (StatusCode::SERVICE_UNAVAILABLE, SOON),
        _ => return asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page),
    };
    let mut response = asked.show_as(status, &page);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

pub(super) async fn end(State(front): State<Front>, asked: Asked, headers: HeaderMap) -> Response {
    if let Some(secret) = cookie(&headers, SESSION)
        && let Err(failure) = sign_out(&front.app, secret).await
    {
        return wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere));
    }
    with_cookie(Redirect::to("/sign-in"), &front, "", 0)
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
    if local && !["/sign-in", "/sign-out"].contains(&path) { next } else { "/" }
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
        ] {
            assert_eq!(safe_next(foreign), "/", "{foreign}");
        }
    }
}
