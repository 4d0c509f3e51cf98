//! The outbox: letters that wait, went out or did not, and what they say.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use tminus_app::{
    Failure,
    mail::{PAGE, list_letters, read_letter, send_again},
    store::mail::Kept,
};
use tminus_domain::{ids::LetterId, mail::Fate, rights::Right};

use super::{Written, subject, write};
use crate::{
    caller::Caller,
    checklist::panel::moment,
    fields::Fields,
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Place, Shell},
};

pub(super) fn routes(table: Table) -> Table {
    let operates = Needs::Practice(Right::Operate);
    table.get("/settings/mail", operates, show).get("/settings/mail/{letter}", Needs::Practice(Right::ReadLetters), read).post(
        "/settings/mail/again",
        operates,
        again,
    )
}

#[derive(Template)]
#[template(path = "mail/outbox.html", blocks = ["inside"])]
struct OutboxPage {
    shell: Shell,
    lines: Vec<Line>,
    /// Whether a mail server is set.
    sends: bool,
    /// Whether the reader may read what letters say.
    reads: bool,
    more: Option<String>,
}

struct Line {
    id: LetterId,
    subject: String,
    to: String,
    written: String,
    mark: Mark,
    /// When it was or will be tried, and why it did not go out.
    told: String,
    /// Whether it can be tried once more.
    goes_again: bool,
}

#[derive(Template)]
#[template(path = "mail/read.html", blocks = ["inside"])]
struct LetterPage {
    shell: Shell,
    line: Line,
    written: Written,
    /// What it opened is forgotten.
    ended: bool,
}

macro_rules! page {
    ($($page:ty),*) => {$(
        impl Page for $page {
            fn shell(&self) -> &Shell {
                &self.shell
            }

            fn inside(&self) -> askama::Result<String> {
                self.as_inside().render()
            }
        }
    )*};
}

page!(OutboxPage, LetterPage);

async fn show(caller: Caller, query: Fields) -> Response {
    let shown = async {
        query.only(&["after"])?;
        let after = query.given("after").map(LetterId::from);
        let letters = list_letters(caller.app(), &caller.actor, after.as_ref()).await?;
        let more = letters.last().filter(|_| letters.len() as u64 == PAGE).map(|last| format!("/settings/mail?after={}", last.letter.id));
        let page = OutboxPage {
            shell: caller.shell(t!("outbox.title"), Place::Settings).below(t!("rail.settings"), "/settings"),
            lines: letters.iter().map(|kept| line(&caller, kept)).collect(),
            sends: caller.front.config.sends_mail,
            reads: caller.actor.may(Right::ReadLetters),
            more,
        };
        Ok::<_, Failure>(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async {
        let kept = read_letter(caller.app(), &caller.actor, &LetterId(id)).await?;
        let page = LetterPage {
            shell: caller
                .shell(subject(&kept.letter), Place::Settings)
                .below(t!("rail.settings"), "/settings")
                .below(t!("outbox.title"), "/settings/mail"),
            line: line(&caller, &kept),
            written: write(&kept.letter, &caller.front.address(&headers)),
            ended: !matches!(kept.fate, Fate::Waiting { .. }),
        };
        let mut response = caller.show(&page);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok::<_, Failure>(response)
    };
    let shown = shown.await;
    caller.answer(shown)
}

fn line(caller: &Caller, kept: &Kept) -> Line {
    let letter = &kept.letter;
    let (mark, told) = match &kept.fate {
        Fate::Sent { at } => (Mark::DONE, t!("outbox.sent").with("at", moment(caller, *at)).into()),
        Fate::GivenUp { at, why } => (Mark::BLOCKED, t!("outbox.given_up").with("at", moment(caller, *at)).with("why", why).into()),
        Fate::Waiting { due_at, why: Some(why), .. } => {
            (Mark::WAITING, t!("outbox.again").with("at", moment(caller, *due_at)).with("why", why).into())
        }
        Fate::Waiting { .. } => (Mark::TO_DO, t!("outbox.waits").text().to_owned()),
    };
    Line {
        id: letter.id.clone(),
        subject: subject(letter),
        to: format!("{} <{}>", letter.name, letter.address),
        written: moment(caller, letter.written_at),
        goes_again: letter.may_go_again(&kept.fate, caller.app().now()).is_ok() && mark != Mark::TO_DO,
        mark,
        told,
    }
}

async fn again(caller: Caller, fields: Fields) -> Response {
    let sent = async {
        fields.only(&["letter"])?;
        send_again(caller.app(), &caller.actor, &LetterId::from(fields.get("letter"))).await
    };
    let sent = sent.await;
    caller.answer(sent.map(|()| said::redirect("/settings/mail", t!("outbox.goes_again"), None)))
}
