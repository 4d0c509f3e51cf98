//! The page behind a link from a mail. Looking at it does nothing: programs that read mail do that too.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::{
        link::{Shown, look_at_link, open_link},
        sign_in::caller_of_session,
    },
};

use super::sign_in::with_cookie;
use crate::{
    caller::{From, SESSION, cookie, wrong_of},
    mark::Mark,
    page::{Asked, Page},
    routes::Front,
    shell::{Place, Shell},
};

#[derive(Template)]
#[template(path = "rights/link.html", blocks = ["inside"])]
struct LinkPage {
    shell: Shell,
    /// Nothing where the link does not work.
    shown: Option<Shown>,
    secret: String,
    /// Whoever is signed in here already, and would be signed out.
    here: Option<String>,
}

impl Page for LinkPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

pub(super) async fn show(
    State(front): State<Front>,
    asked: Asked,
    From(client): From,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Response {
    let shown = match look_at_link(&front.app, &secret, &client).await {
        Ok(shown) => shown,
        Err(failure) => return ended(&asked, &failure),
    };
    let here = match cookie(&headers, SESSION) {
        Some(session) => caller_of_session(&front.app, session).await.ok().map(|here| here.actor.name),
        None => None,
    };
    let title = t!("link.title").with("name", &shown.person);
    let shell = Shell { scheme: asked.scheme(), ..Shell::new(title, Place::Elsewhere) };
    unkept(asked.show(&LinkPage { shell, here: here.filter(|name| *name != shown.person), shown: Some(shown), secret }))
}

pub(super) async fn open(State(front): State<Front>, asked: Asked, From(client): From, Path(secret): Path<String>) -> Response {
    match open_link(&front.app, &secret, &client).await {
        Ok((visit, engagement)) => {
            let seconds = visit.expires_at.duration_since(front.app.now()).as_secs();
            let to = Redirect::to(&format!("/engagements/{engagement}/yours"));
            with_cookie(to, &front, &visit.secret, seconds)
        }
        Err(failure) => ended(&asked, &failure),
    }
}

/// One answer for links that are unknown, revoked and too old: which of them it is helps only whoever guesses.
fn ended(asked: &Asked, failure: &Failure) -> Response {
    let (status, wait) = match failure {
        Failure::Refused(Refusal::LinkEnded) => (StatusCode::NOT_FOUND, None),
        Failure::Refused(Refusal::SignInLater(seconds)) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        failure => return wrong_of(failure).show(asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
    };
    let shell = Shell { scheme: asked.scheme(), ..Shell::new(t!("link.ended"), Place::Elsewhere) };
    let mut response = asked.show_as(status, &LinkPage { shell, shown: None, secret: String::new(), here: None });
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    unkept(response)
}

/// The address of the page is the secret: no copy of it stays behind.
fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
