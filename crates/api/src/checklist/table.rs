//! The checklist as a table: taken along as a file, and read from one after a look at what that does.

use axum::{
    Json as Sent,
    extract::{DefaultBodyLimit, State},
    response::Response,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    checklist::table::{Line, Preview, Table, What, checklist_csv, import_checklist, preview_checklist},
    spreadsheet::MAX_TABLE,
};
use tminus_domain::{
    checklist::filter::Filter,
    ids::{EngagementId, PersonId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::IfSame,
    problem::{FlawOut, Problem},
    sent::{Asked, Named},
    spreadsheet::csv,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take, import)).layer(DefaultBodyLimit::max(MAX_TABLE))
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct TakeQuery {
    /// `true` leaves out what is internal, for a table that goes to the customer.
    shared: bool,
    /// `true` leaves out what is closed.
    open: bool,
}

/// Takes the checklist along as a table
///
/// One row an item. What is filled in are the columns `status`, `reason`, `waits_for`, `evidence` and `comment`.
#[utoipa::path(get, path = "/engagements/{engagement}/checklist", operation_id = "export_checklist", tag = "items", params(TakeQuery), responses((status = 200, description = "One row an item.", content_type = "text/csv", body = String)))]
async fn take(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Asked(query): Asked<TakeQuery>,
) -> Result<Response, Problem> {
    let filter = Filter { open: query.open, ..Filter::default() };
    Ok(csv("checklist.csv", checklist_csv(&app, &actor, &engagement, (&filter, query.shared)).await?))
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct ImportQuery {
    /// `true` takes it over. Left out, nothing is changed and the answer says what would be.
    apply: bool,
    /// Who filled it in, where the delivery side writes that down.
    of: Option<String>,
}

/// What a table does, or did.
#[derive(Serialize, ToSchema)]
#[schema(as = ChecklistImport)]
struct ImportOut {
    /// Whether it was taken over.
    applied: bool,
    /// In the order of the table.
    lines: Vec<LineOut>,
    /// What `If-Match` compares: it differs as soon as what the table would do differs.
    edition: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChecklistLine)]
struct LineOut {
    /// Of the table, counted from 1.
    line: u64,
    /// Left out where the row is of no item that can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    title: String,
    /// The person or workstream that the item is for; empty where it is for all.
    whom: String,
    /// `changes`, is the `same` already, or is `left` as it is though the row asks for something.
    what: &'static str,
    /// What becomes different: `status: to do → done`.
    changes: Vec<String>,
    /// Why it is left as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl ImportOut {
    fn of(preview: Preview, applied: bool) -> Self {
        let line = |Line { number, item, title, whom, what }: Line| {
            let word = what.as_str();
            let (changes, why) = match what {
                What::Changes(changes) => (changes, None),
                What::Same => (Vec::new(), None),
                What::Left(why) => (Vec::new(), Some(why)),
            };
            LineOut { line: number, item: item.map(|item| item.0), title, whom, what: word, changes, why }
        };
        Self { applied, lines: preview.lines.into_iter().map(line).collect(), edition: preview.edition }
    }
}

/// Looks at a table of the checklist, or takes it over
///
/// A CSV or an Excel workbook as the body, as `GET` gives it. Rows that somebody else moved since, and those that are refused, stay as they are and
/// say why; the rest is taken over in one change.
#[utoipa::path(post, path = "/engagements/{engagement}/checklist", operation_id = "import_checklist", tag = "items", params(ImportQuery, IfSame),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, description = "What it does, or did.", body = ImportOut)))]
async fn import(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    (Asked(query), asked): (Asked<ImportQuery>, IfSame),
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Sent<ImportOut>, Problem> {
    let (file, seen) = (body?, asked.seen());
    let table = Table { file: &file, of: query.of.map(PersonId), seen: seen.as_deref() };
    let preview = preview_checklist(&app, &actor, &engagement, &table).await?;
    if let Some(wrong) = preview.problem {
        let flaw = FlawOut { line: usize::try_from(wrong.line).ok(), message: wrong.why.clone(), ..FlawOut::default() };
        return Err(Problem::refused(format!("line {}: {}; nothing was changed", wrong.line, wrong.why)).flaws(vec![flaw]));
    }
    if !query.apply {
        return Ok(Sent(ImportOut::of(preview, false)));
    }
    let done = import_checklist(&app, &actor, &engagement, &table).await.map_err(|failure| asked.refuse(failure))?;
    Ok(Sent(ImportOut::of(done, true)))
}
