//! The register as a table: taken along as a file, and read from one after a look at what that does.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    people::table::{self, Preview, What, import_register, preview_register, register_csv},
    spreadsheet::MAX_TABLE,
};
use tminus_domain::{
    ids::EngagementId,
    rights::{Function, Right},
};

use super::register::function_words;
use crate::{
    caller::{Caller, capital},
    engagement::desk::Desk,
    mark::Mark,
    page::{self, Page},
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    typed::{Typed, was_read},
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let edits = Needs::Engagement(Right::EditMembers);
    table
        .get("/engagements/{engagement}/people.csv", Needs::Engagement(Right::ReadEngagement), csv)
        .get("/engagements/{engagement}/people/import", edits, show)
        .upload(("/engagements/{engagement}/people/import", edits), MAX_TABLE, take)
}

#[derive(Template)]
#[template(path = "people/table.html", blocks = ["inside"])]
struct TablePage<'a> {
    shell: Shell,
    desk: &'a Desk,
    text: String,
    /// What those may do who join without a function.
    function: String,
    preview: Option<Preview>,
    why: String,
}

impl Page for TablePage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl TablePage<'_> {
    /// How many rows would change something; `None` where nothing can be taken over.
    fn takes(&self) -> Option<usize> {
        let preview = self.preview.as_ref()?;
        let changes = preview.lines.iter().filter(|line| line.what != What::Same).count();
        (preview.problems.is_empty() && changes > 0).then_some(changes)
    }
}

fn functions() -> Vec<(&'static str, Words)> {
    let all = Function::ALL.iter().filter(|function| function.is_of_members());
    std::iter::once(("", t!("import.function_none"))).chain(all.map(|function| (function.as_str(), function_words(*function)))).collect()
}

fn what(what: What) -> Words {
    match what {
        What::Added => t!("import.added"),
        What::Joins => t!("import.joins"),
        What::Changes => t!("import.changes"),
        What::Same => t!("import.same"),
    }
}

/// What somebody handed in, and what became of it.
#[derive(Default)]
struct Tried {
    text: String,
    function: String,
    preview: Option<Preview>,
    why: String,
}

async fn page(caller: &Caller, id: &str, tried: Tried) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::EditMembers).await?;
    let shell = Shell { title: t!("import.title").into(), ..desk.shell(caller, Tab::People) };
    let Tried { text, function, preview, why } = tried;
    let refused = !why.is_empty() || preview.as_ref().is_some_and(|preview| !preview.problems.is_empty());
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = TablePage { shell, text, function, preview, why, desk: &desk };
    Ok(if status == StatusCode::OK { caller.show(&page) } else { caller.asked.show_as(status, &page) })
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, Tried::default()).await;
    caller.answer(shown)
}

async fn take(caller: Caller, Path(id): Path<String>, Typed(fields): Typed) -> Response {
    let engagement = EngagementId(id);
    let (text, function) = (fields.get("table").to_owned(), fields.get("function").to_owned());
    let taken = async {
        let mut why = String::new();
        fields.only(&["table", "table.unread", "function", "seen", "do"])?;
        was_read(&fields, "table")?;
        let table = table::Table { file: text.as_bytes(), function: fields.parsed("function")?, seen: fields.given("seen") };
        if fields.get("do") == "take" {
            match import_register(caller.app(), &caller.actor, &engagement, table).await {
                Ok(taken) => {
                    let words = t!("import.done.one").or_many(t!("import.done.many"), taken);
                    return Ok(said::redirect(&format!("/engagements/{engagement}/people"), words, None));
                }
                Err(Failure::Conflict(_)) => why = t!("import.conflict").into(),
                Err(failure) => return Err(failure),
            }
        }
        let preview = preview_register(caller.app(), &caller.actor, &engagement, table).await?;
        let tried = Tried { text: text.clone(), function: function.clone(), preview: Some(preview), why };
        page(&caller, engagement.as_str(), tried).await
    };
    match taken.await {
        Err(Failure::Refused(Refusal::Field { why, .. })) => {
            let shown = page(&caller, engagement.as_str(), Tried { text, function, preview: None, why: capital(&why) }).await;
            caller.answer(shown)
        }
        answer => caller.answer(answer),
    }
}

async fn csv(caller: Caller, Path(id): Path<String>) -> Response {
    let made = register_csv(caller.app(), &caller.actor, &EngagementId(id)).await;
    caller.answer(made.map(|table| page::csv("register.csv", table)))
}
