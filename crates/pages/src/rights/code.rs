//! A code from their own mailbox, for what a link alone does not open.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use tminus_app::{
    Failure, Refusal,
    rights::code::{send_code, type_code},
};
use tminus_domain::rights::PassKind;

use super::sign_in::safe_next;
use crate::{
    caller::{Caller, escaped, sentence},
    fields::Fields,
    mark::Mark,
    page::Page,
    said,
    shell::{Place, Shell},
};

#[derive(Template)]
#[template(path = "rights/code.html", blocks = ["inside"])]
struct CodePage {
    shell: Shell,
    /// Where to go on.
    next: String,
    sent: bool,
    why: String,
    /// Whether a mail server is set.
    sends: bool,
}

impl CodePage {
    fn name(&self) -> &str {
        self.shell.person.as_ref().map_or("", |person| person.name.as_str())
    }
}

impl Page for CodePage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

pub(super) async fn show(caller: Caller, query: Fields) -> Response {
    let next = safe_next(query.get("next"));
    if caller.actor.pass.kind != PassKind::Link {
        return Redirect::to(next).into_response();
    }
    caller.show(&page(&caller, next, query.given("sent").is_some(), String::new()))
}

fn page(caller: &Caller, next: &str, sent: bool, why: String) -> CodePage {
    let shell = Shell { engagement: None, ..caller.shell(t!("code.title"), Place::Elsewhere) };
    CodePage { shell, next: next.to_owned(), sent, why, sends: caller.front.config.sends_mail }
}

pub(super) async fn send(caller: Caller, fields: Fields) -> Response {
    let next = safe_next(fields.get("next"));
    let sent = send_code(caller.app(), (&caller.actor, &caller.session)).await;
    answered(&caller, next, sent, || Redirect::to(&format!("/code?sent=1&next={}", escaped(next))).into_response())
}

pub(super) async fn type_in(caller: Caller, fields: Fields) -> Response {
    let next = safe_next(fields.get("next"));
    let typed = type_code(caller.app(), (&caller.actor, &caller.session), fields.get("code")).await;
    answered(&caller, next, typed, || said::redirect(next, t!("code.right"), None))
}

fn answered(caller: &Caller, next: &str, done: Result<(), Failure>, on: impl FnOnce() -> Response) -> Response {
    match done {
        Ok(()) => on(),
        Err(Failure::Refused(refusal @ (Refusal::Code(_) | Refusal::SignInLater(_)))) => {
            let status = match refusal {
                Refusal::Code(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::TOO_MANY_REQUESTS,
            };
            let why = match refusal {
                Refusal::Code(0) => t!("code.used_up").text().to_owned(),
                Refusal::Code(left) => {
                    t!("code.wrong.one").or_many(t!("code.wrong.many"), usize::try_from(left).unwrap_or_default()).into()
                }
                ref refusal => sentence(refusal),
            };
            caller.asked.show_as(status, &page(caller, next, true, why))
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
