//! The register as a table: taken along as a file, and read from one after a look at what that does.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tminus_app::{
    Failure, Refusal,
    people::table::{MAX_TABLE, Preview, What, import_register, preview_register, register_csv},
};
use tminus_domain::{ids::EngagementId, rights::Right};

use crate::{
    caller::{Caller, capital},
    engagement::desk::Desk,
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    typed::Typed,
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

fn what(what: What) -> Words {
    match what {
        What::Added => t!("import.added"),
        What::Joins => t!("import.joins"),
        What::Changes => t!("import.changes"),
        What::Same => t!("import.same"),
    }
}

async fn page(caller: &Caller, id: &str, (text, preview, why): (String, Option<Preview>, String)) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::EditMembers).await?;
    let shell = Shell { title: t!("import.title").into(), ..desk.shell(caller, Tab::People) };
    let refused = !why.is_empty() || preview.as_ref().is_some_and(|preview| !preview.problems.is_empty());
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = TablePage { shell, text, preview, why, desk: &desk };
    Ok(if status == StatusCode::OK { caller.show(&page) } else { caller.asked.show_as(status, &page) })
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, (String::new(), None, String::new())).await;
    caller.answer(shown)
}

async fn take(caller: Caller, Path(id): Path<String>, Typed(fields): Typed) -> Response {
    let engagement = EngagementId(id);
    let text = fields.get("table").to_owned();
    let taken = async {
        fields.only(&["table", "do"])?;
        if fields.get("do") == "take" {
            let taken = import_register(caller.app(), &caller.actor, &engagement, &text).await?;
            let words = t!("import.done").with("n", taken);
            return Ok(said::redirect(&format!("/engagements/{engagement}/people"), words, None));
        }
        let preview = preview_register(caller.app(), &caller.actor, &engagement, &text).await?;
        page(&caller, engagement.as_str(), (text.clone(), Some(preview), String::new())).await
    };
    match taken.await {
        Err(Failure::Refused(Refusal::Field { why, .. })) => {
            let shown = page(&caller, engagement.as_str(), (text, None, capital(&why))).await;
            caller.answer(shown)
        }
        answer => caller.answer(answer),
    }
}

async fn csv(caller: Caller, Path(id): Path<String>) -> Response {
    let made = register_csv(caller.app(), &caller.actor, &EngagementId(id)).await;
    let sent = made.map(|bytes| {
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"register.csv\""));
        response
    });
    caller.answer(sent)
}
