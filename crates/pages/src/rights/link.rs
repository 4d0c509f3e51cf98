//! The page behind a link from a mail. Looking at it does nothing: programs that read mail do that too.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    people::colleague::NameColleague,
    rights::{
        link::{Shown, ask_for_link, ask_for_links, look_at_link, name_from_link, open_link},
        sign_in::{Client, caller_of_session},
    },
};

use super::sign_in::{refused, with_cookie};
use crate::{
    caller::{From, SESSION, cookie, sentence, wrong_of},
    fields::Fields,
    mark::Mark,
    page::{Asked, Page},
    routes::Front,
    shell::{Place, Shell},
    token::Pressed,
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
    /// Naming somebody else, as it was typed, and why it was refused.
    named: Fields,
    why: String,
    /// What was done, in place of anything else.
    told: String,
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
    let here = match cookie(&headers, SESSION) {
        Some(session) => caller_of_session(&front.app, session).await.ok().map(|here| here.actor.name),
        None => None,
    };
    page(&front, &asked, (&client, secret), here, (Fields::default(), String::new())).await
}

async fn page(
    front: &Front,
    asked: &Asked,
    (client, secret): (&Client, String),
    here: Option<String>,
    (named, why): (Fields, String),
) -> Response {
    let shown = match look_at_link(&front.app, &secret, client).await {
        Ok(shown) => shown,
        Err(failure) => return ended(asked, &failure, secret),
    };
    let shell = plain(asked, t!("link.title").with("name", &shown.person));
    let here = here.filter(|name| *name != shown.person);
    let status = if why.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    unkept(asked.show_as(status, &LinkPage { shell, shown: Some(shown), secret, here, named, why, told: String::new() }))
}

fn plain(asked: &Asked, title: impl Into<String>) -> Shell {
    Shell { scheme: asked.scheme(), ..Shell::new(title, Place::Elsewhere) }
}

/// Whoever the link was forwarded to says who they are.
pub(super) async fn name(
    State(front): State<Front>,
    asked: Asked,
    From(client): From,
    Path(secret): Path<String>,
    fields: Fields,
) -> Response {
    let input = NameColleague { name: fields.text("name"), email: fields.text("email") };
    let done = match fields.only(&["name", "email"]) {
        Ok(()) => name_from_link(&front.app, &secret, &client, input).await,
        Err(failure) => Err(failure),
    };
    match done {
        // The same, whoever is known already: what was typed is all that comes back.
        Ok(()) => told(&asked, t!("link.named").with("name", fields.text("name"))),
        Err(Failure::Refused(refusal)) if !matches!(refusal, Refusal::LinkEnded) => {
            let why = if matches!(refusal, Refusal::SignInLater(_)) { t!("link.slowly").into() } else { sentence(&refusal) };
            page(&front, &asked, (&client, secret), None, (fields, why)).await
        }
        Err(failure) => ended(&asked, &failure, secret),
    }
}

/// Whoever has a link that expired asks for a new one.
pub(super) async fn again(
    State(front): State<Front>,
    asked: Asked,
    From(client): From,
    Path(secret): Path<String>,
    _: Pressed,
) -> Response {
    match ask_for_link(&front.app, &secret, &client).await {
        Ok(()) => told(&asked, t!("link.asked")),
        Err(failure) => ended(&asked, &failure, secret),
    }
}

/// Whoever has no link at hand asks for one at the address where they were invited.
pub(super) async fn ask(State(front): State<Front>, asked: Asked, From(client): From, fields: Fields) -> Response {
    let done = match fields.only(&["invited"]) {
        Ok(()) => ask_for_links(&front.app, fields.get("invited"), &client).await,
        Err(failure) => Err(failure),
    };
    match done {
        // It is on its way on its own: the answer waits for nothing.
        Ok(_) => told(&asked, t!("sign_in.link_sent")),
        Err(failure) => refused(&front, &asked, "/", failure),
    }
}

fn told(asked: &Asked, words: impl Into<String>) -> Response {
    let told = words.into();
    let page = LinkPage {
        shell: plain(asked, t!("link.done")),
        shown: None,
        secret: String::new(),
        here: None,
        named: Fields::default(),
        why: String::new(),
        told,
    };
    unkept(asked.show(&page))
}

pub(super) async fn open(State(front): State<Front>, asked: Asked, From(client): From, Path(secret): Path<String>, _: Pressed) -> Response {
    match open_link(&front.app, &secret, &client).await {
        Ok((visit, engagement)) => {
            let seconds = visit.expires_at.duration_since(front.app.now()).as_secs();
            let to = Redirect::to(&format!("/engagements/{engagement}/yours"));
            with_cookie(to, &front, &visit.secret, seconds)
        }
        Err(failure) => ended(&asked, &failure, secret),
    }
}

/// One answer for links that are unknown, revoked and too old: which of them it is helps only whoever guesses.
fn ended(asked: &Asked, failure: &Failure, secret: String) -> Response {
    let (status, wait) = match failure {
        Failure::Refused(Refusal::LinkEnded) => (StatusCode::NOT_FOUND, None),
        Failure::Refused(Refusal::SignInLater(seconds)) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
        failure => return wrong_of(failure).show(asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
    };
    // What somebody wrote into an address is no part of the form's: it could lead elsewhere here.
    let secret = if secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) { secret } else { String::new() };
    let (shell, named) = (plain(asked, t!("link.ended")), Fields::default());
    let page = LinkPage { shell, shown: None, secret, here: None, named, why: String::new(), told: String::new() };
    let mut response = asked.show_as(status, &page);
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
