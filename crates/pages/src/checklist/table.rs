//! The checklist as a table: taken along as a file, and read from one after a look at what that does.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    checklist::table::{self, Preview, What, checklist_csv, import_checklist, preview_checklist},
    spreadsheet::MAX_TABLE,
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::Side,
    rights::Right,
};

use super::wanted::Wanted;
use crate::{
    caller::{Caller, capital},
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::Mark,
    page::{self, Page},
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    typed::{Typed, was_read},
};

pub(super) fn routes(table: Table) -> Table {
    let path = "/engagements/{engagement}/checklist/table";
    table
        .get("/engagements/{engagement}/checklist.csv", Needs::Engagement(Right::ReadEngagement), csv)
        .get(path, Needs::Engagement(Right::WorkItems), show)
        .upload((path, Needs::Engagement(Right::WorkItems)), MAX_TABLE, take)
}

#[derive(Template)]
#[template(path = "checklist/table.html", blocks = ["inside"])]
struct TablePage<'a> {
    shell: Shell,
    desk: &'a Desk,
    /// What of the checklist is shown, as a query; empty for all.
    query: String,
    text: String,
    /// Who filled it in, of the members whose words the caller may write down.
    of: String,
    others: Vec<(String, String)>,
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
        self.preview.as_ref().map(Preview::changes).filter(|changes| *changes > 0)
    }

    /// The address of the file, with what else it asks for.
    fn file(&self, besides: &str) -> String {
        let query = [self.query.as_str(), besides].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/engagements/{}/checklist.csv{mark}{query}", self.desk.id())
    }
}

/// What somebody handed in, and what became of it.
#[derive(Default)]
struct Tried {
    query: String,
    text: String,
    of: String,
    preview: Option<Preview>,
    why: String,
}

async fn page(caller: &Caller, id: &str, tried: Tried) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::WorkItems).await?;
    let shell = Shell { title: t!("sheet.title").into(), ..desk.shell(caller, Tab::Checklist) };
    let Tried { query, text, of, preview, why } = tried;
    let wrong = !why.is_empty() || preview.as_ref().is_some_and(|preview| preview.problem.is_some());
    let whole = desk.engagement();
    let others = if desk.standing.function.side() == Side::Delivery {
        let members = whole.members.iter().filter(|member| member.person != caller.actor.person);
        let mut others: Vec<_> = members.map(|it| (it.person.to_string(), whole.name(&it.person).to_owned())).collect();
        others.sort_by(|one, other| one.1.cmp(&other.1));
        std::iter::once((String::new(), t!("sheet.of_me").text().to_owned())).chain(others).collect()
    } else {
        Vec::new()
    };
    let page = TablePage { shell, query, text, of, others, preview, why, desk: &desk };
    Ok(if wrong { caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page) } else { caller.show(&page) })
}

async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let wanted = Wanted::read(&Fields::parse(query.unwrap_or_default().as_bytes()))?;
        page(&caller, &id, Tried { query: wanted.query(), ..Tried::default() }).await
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn take(caller: Caller, Path(id): Path<String>, Typed(fields): Typed) -> Response {
    let engagement = EngagementId(id);
    let (text, of) = (fields.get("table").to_owned(), fields.get("of").to_owned());
    let taken = async {
        let mut why = String::new();
        fields.only(&["table", "table.unread", "of", "seen", "do"])?;
        was_read(&fields, "table")?;
        let table = table::Table { file: text.as_bytes(), of: fields.given("of").map(PersonId::from), seen: fields.given("seen") };
        if fields.get("do") == "take" {
            match import_checklist(caller.app(), &caller.actor, &engagement, &table).await {
                Ok(taken) => {
                    let words = t!("sheet.done.one").or_many(t!("sheet.done.many"), taken.changes());
                    return Ok(said::redirect(&format!("/engagements/{engagement}/checklist"), words, None));
                }
                Err(Failure::Conflict(_)) => why = t!("sheet.conflict").into(),
                Err(failure) => return Err(failure),
            }
        }
        let preview = preview_checklist(caller.app(), &caller.actor, &engagement, &table).await?;
        page(&caller, engagement.as_str(), Tried { text: text.clone(), of: of.clone(), preview: Some(preview), why, ..Tried::default() })
            .await
    };
    match taken.await {
        Err(Failure::Refused(Refusal::Field { why, .. })) => {
            let shown = page(&caller, engagement.as_str(), Tried { text, of, why: capital(&why), ..Tried::default() }).await;
            caller.answer(shown)
        }
        answer => caller.answer(answer),
    }
}

async fn csv(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let made = async {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        let shared = match fields.get("shared") {
            "" => false,
            "1" => true,
            other => return Err(refused("shared", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let wanted = Wanted::read(&fields.without("shared"))?;
        checklist_csv(caller.app(), &caller.actor, &EngagementId(id), (&wanted.filter, shared)).await
    };
    let made = made.await;
    caller.answer(made.map(|table| page::csv("checklist.csv", table)))
}
