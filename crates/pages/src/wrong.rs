//! What a person reads when something is wrong: what, what was kept, what to do. Inside the shell.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode},
    response::{Html, IntoResponse, Response},
};

use crate::{
    mark::Mark,
    page::{Asked, Page},
    shell::{Link, Notice, Shell},
    words::Words,
};

/// One thing that went wrong.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub status: StatusCode,
    /// What was wrong, and where.
    pub what: String,
    /// What was kept.
    pub kept: String,
    /// What to do next.
    pub next: Link,
}

impl Wrong {
    /// There is no such thing, or none that this person may know of.
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND, t!("wrong.not_found.what"), t!("wrong.nothing_changed"))
    }

    /// This person may not do this, whether they see it or not.
    pub fn forbidden() -> Self {
        Self::of(StatusCode::FORBIDDEN, t!("wrong.forbidden.what"), t!("wrong.nothing_changed"))
    }

    /// Somebody else changed it first; `kept` holds what was typed.
    pub fn conflict(what: impl Into<String>, kept: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            kept: kept.into(),
            ..Self::of(StatusCode::CONFLICT, t!("wrong.nothing_changed"), t!("wrong.nothing_changed"))
        }
    }

    /// A rule says no: `what` says which, with its numbers.
    pub fn refused(what: impl Into<String>) -> Self {
        let refused = Self::of(StatusCode::UNPROCESSABLE_ENTITY, t!("wrong.nothing_changed"), t!("wrong.nothing_changed"));
        Self { what: what.into(), ..refused }
    }

    /// It is our fault. `reference` is in the log, too.
    pub fn broken(reference: &str) -> Self {
        let kept = t!("wrong.broken.kept").with("reference", reference);
        Self { kept: kept.into(), ..Self::of(StatusCode::INTERNAL_SERVER_ERROR, t!("wrong.broken.what"), t!("wrong.nothing_changed")) }
    }

    /// The form was made for another session of this browser.
    pub fn other_session() -> Self {
        Self::of(StatusCode::FORBIDDEN, t!("wrong.session.what"), t!("wrong.session.kept"))
    }

    /// The disk or the database takes nothing more.
    pub fn full() -> Self {
        Self::of(StatusCode::SERVICE_UNAVAILABLE, t!("wrong.full.what"), t!("wrong.full.kept"))
    }

    /// Says where to go from here, instead of to the engagements.
    #[must_use]
    pub fn then(self, words: impl Into<String>, href: impl Into<String>) -> Self {
        Self { next: Link { words: words.into(), href: href.into() }, ..self }
    }

    /// A page in this shell; for htmx a toast, so that what is on the page and typed into it stays.
    pub fn show(self, asked: &Asked, shell: Shell) -> Response {
        if asked.is_part() {
            return self.toast();
        }
        let shell = Shell { title: t!("wrong.title").into(), engagement: None, live: None, notice: None, ..shell };
        let status = self.status;
        asked.show_as(status, &WrongPage { shell, wrong: self })
    }

    fn toast(self) -> Response {
        let notice = Notice { mark: Mark::WRONG, words: format!("{} {}", self.what, self.kept), undo: None };
        let html = ToastPart { notice: &notice }.render().unwrap_or_default();
        let headers = [("hx-retarget", HeaderValue::from_static("#toasts")), ("hx-reswap", HeaderValue::from_static("beforeend"))];
        (self.status, headers, Html(html)).into_response()
    }

    fn of(status: StatusCode, what: Words, kept: Words) -> Self {
        Self { status, what: what.into(), kept: kept.into(), next: Link { words: t!("wrong.next").into(), href: "/engagements".into() } }
    }
}

#[derive(Template)]
#[template(path = "wrong.html", blocks = ["inside"])]
struct WrongPage {
    shell: Shell,
    wrong: Wrong,
}

impl Page for WrongPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// A toast by itself, to be put at the end of `#toasts`.
#[derive(Template)]
#[template(source = r#"{% import "macros.html" as ui %}{{ ui::toast(notice) }}"#, ext = "html")]
pub struct ToastPart<'a> {
    pub notice: &'a Notice,
}
