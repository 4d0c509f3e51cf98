//! Passkeys: looked after under Settings, and shown instead of a password.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::{
        passkey::{
            MAX_TITLE, Proof, Site, add_passkey, ask_for_passkey, ask_who, end_passkey, is_fresh, list_passkeys, may_add_passkey,
            sign_in_with_passkey,
        },
        sign_in::SESSION as LIFETIME,
    },
};

use super::sign_in::{refused, safe_next, with_cookie};
use crate::{
    caller::{Caller, From, capital, sentence},
    fields::Fields,
    page::Page,
    routes::Front,
    said,
    shell::{Place, Shell},
    token::Pressed,
    when::full_day,
};

#[derive(Template)]
#[template(path = "rights/passkeys.html", blocks = ["inside"])]
struct PasskeysPage {
    shell: Shell,
    passkeys: Vec<Shown>,
    adds: bool,
    /// Whether the password is asked for: they signed in a while ago.
    asks: bool,
    title: String,
    refused: String,
}

struct Shown {
    id: String,
    title: String,
    since: String,
    /// `None` while it was never used.
    used: Option<String>,
}

impl Page for PasskeysPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl PasskeysPage {
    async fn of(caller: &Caller) -> Result<Self, Failure> {
        let day = |at| full_day(caller.local(at).date());
        let passkeys = list_passkeys(caller.app(), &caller.actor).await?.into_iter();
        let passkeys = passkeys.map(|it| Shown { id: it.id, title: it.title, since: day(it.since), used: it.used_at.map(day) }).collect();
        let adds = may_add_passkey(caller.app(), &caller.actor).await?;
        let asks = adds && !is_fresh(caller.app(), &caller.actor, &caller.session).await?;
        let shell = caller.shell(t!("passkeys.title"), Place::Settings).below(t!("rail.settings"), "/settings");
        Ok(Self { shell, passkeys, adds, asks, title: t!("passkeys.first").text().to_owned(), refused: String::new() })
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the page only")]
    fn most(&self) -> usize {
        MAX_TITLE
    }
}

pub(super) async fn show(caller: Caller) -> Response {
    let page = PasskeysPage::of(&caller).await;
    caller.answer(page.map(|page| caller.show(&page)))
}

/// What the script asks the browser for, to make a passkey.
pub(super) async fn ask_new(State(front): State<Front>, caller: Caller, headers: HeaderMap, fields: Fields) -> Response {
    let address = front.address(&headers);
    let proof = Proof { session: &caller.session, password: fields.get("password") };
    asks(ask_for_passkey(caller.app(), (&caller.actor, &proof), &Site { address: &address }).await)
}

pub(super) async fn add(State(front): State<Front>, caller: Caller, headers: HeaderMap, fields: Fields) -> Response {
    let address = front.address(&headers);
    let added = async {
        fields.only(&["title", "answer", "password"])?;
        let made = (fields.get("title"), fields.get("answer"));
        match add_passkey(caller.app(), &caller.actor, &Site { address: &address }, made).await {
            Ok(()) => Ok(said::redirect("/settings/passkeys", t!("passkeys.added"), None)),
            Err(Failure::Refused(refusal)) => {
                let refused = if let Refusal::Field { why, .. } = &refusal { why.clone() } else { sentence(&refusal) };
                let page = PasskeysPage { refused, title: fields.text("title"), ..PasskeysPage::of(&caller).await? };
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(failure) => Err(failure),
        }
    };
    let added = added.await;
    caller.answer(added)
}

pub(super) async fn end(caller: Caller, Path(passkey): Path<String>, _: Pressed) -> Response {
    let ended = end_passkey(caller.app(), &caller.actor, &passkey).await;
    caller.answer(ended.map(|()| said::redirect("/settings/passkeys", t!("passkeys.ended"), None)))
}

/// What the script asks the browser for, so that somebody signs in.
pub(super) async fn ask(State(front): State<Front>, From(client): From, headers: HeaderMap, _: Pressed) -> Response {
    let address = front.address(&headers);
    asks(ask_who(&front.app, &Site { address: &address }, &client).await)
}

pub(super) async fn sign_in(
    State(front): State<Front>,
    asked: crate::page::Asked,
    From(client): From,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let (next, address) = (safe_next(fields.get("next")), front.address(&headers));
    match sign_in_with_passkey(&front.app, &Site { address: &address }, fields.get("answer"), &client).await {
        Ok(signed_in) => with_cookie(Redirect::to(next), &front, &signed_in.secret, LIFETIME.as_secs()),
        Err(failure) => refused(&front, &asked, next, failure),
    }
}

/// Options for the browser, or a sentence for its person.
fn asks(options: Result<String, Failure>) -> Response {
    match options {
        Ok(options) => ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], options).into_response(),
        Err(Failure::Refused(refusal @ Refusal::SignInLater(_))) => (StatusCode::TOO_MANY_REQUESTS, sentence(&refusal)).into_response(),
        Err(Failure::Refused(Refusal::Field { why, .. })) => (StatusCode::UNPROCESSABLE_ENTITY, capital(&why)).into_response(),
        Err(Failure::Refused(refusal)) => (StatusCode::UNPROCESSABLE_ENTITY, sentence(&refusal)).into_response(),
        Err(Failure::Forbidden | Failure::NotFound) => (StatusCode::FORBIDDEN, t!("passkeys.not_here").text()).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a passkey could not be asked for");
            (StatusCode::SERVICE_UNAVAILABLE, t!("passkeys.failed").text()).into_response()
        }
    }
}
