//! The register as a table: taken along as a file, and read from one after a look at what that does.

use axum::{
    Json as Sent,
    extract::{DefaultBodyLimit, State},
    response::Response,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::table::{Preview, Table, import_register, preview_register, register_csv},
    spreadsheet::{MAX_TABLE, Problem as Wrong},
};
use tminus_domain::{ids::EngagementId, rights::Function};
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

/// Takes the register along as a table
#[utoipa::path(get, path = "/engagements/{engagement}/register", operation_id = "export_register", tag = "members", responses((status = 200, description = "One row a member.", content_type = "text/csv", body = String)))]
async fn take(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Response, Problem> {
    Ok(csv("register.csv", register_csv(&app, &actor, &engagement).await?))
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct ImportQuery {
    /// `true` takes it over. Left out, nothing is changed and the answer says what would be.
    apply: bool,
    /// What those may do who join in a row that does not say it.
    #[param(schema_with = crate::openapi::function, required = false)]
    function: Option<Function>,
}

/// What a table does, or did.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisterImport)]
struct ImportOut {
    /// Whether it was taken over.
    applied: bool,
    lines: Vec<LineOut>,
    /// All that is wrong with it. Nothing is taken over while there is anything.
    problems: Vec<WrongOut>,
    /// What `If-Match` compares: it differs as soon as what the table would do differs.
    edition: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RegisterLine)]
struct LineOut {
    /// Of the table, counted from 1.
    line: u64,
    name: String,
    email: String,
    /// `added` is new in the practice and joins, `joins`, `changes`, or stays the `same`.
    what: &'static str,
    /// What becomes different of somebody who is here already: `roles: engagement-manager → none`.
    changes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RegisterProblem)]
struct WrongOut {
    line: u64,
    why: String,
}

impl ImportOut {
    fn of(Preview { lines, problems, edition }: Preview, applied: bool) -> Self {
        let lines = lines.into_iter().map(|it| LineOut {
            line: it.number,
            name: it.name,
            email: it.email,
            what: it.what.as_str(),
            changes: it.changes,
        });
        let problems = problems.into_iter().map(|Wrong { line, why }| WrongOut { line, why });
        Self { applied, lines: lines.collect(), problems: problems.collect(), edition }
    }
}

/// Looks at a table of people, or takes it over
///
/// A CSV, an Excel workbook or the cards of an address book, as the body. Columns that the table has not stay as they are. All of it is
/// taken over, or nothing.
#[utoipa::path(post, path = "/engagements/{engagement}/register", operation_id = "import_register", tag = "members", params(ImportQuery, IfSame),
    request_body(content((String = "text/csv"), (String = "text/vcard"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, description = "What it does, or did.", body = ImportOut)))]
async fn import(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    (Asked(query), asked): (Asked<ImportQuery>, IfSame),
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Sent<ImportOut>, Problem> {
    let (file, seen) = (body?, asked.seen());
    let table = Table { file: &file, function: query.function, seen: seen.as_deref() };
    let preview = preview_register(&app, &actor, &engagement, table).await?;
    if !query.apply {
        return Ok(Sent(ImportOut::of(preview, false)));
    }
    if !preview.problems.is_empty() {
        let all = preview.problems.iter().map(|it| format!("line {}: {}", it.line, it.why)).collect::<Vec<_>>().join("; ");
        let flaw = |Wrong { line, why }| FlawOut { line: usize::try_from(line).ok(), message: why, ..FlawOut::default() };
        return Err(Problem::refused(format!("{all}; nothing was changed")).flaws(preview.problems.into_iter().map(flaw).collect()));
    }
    import_register(&app, &actor, &engagement, table).await.map_err(|failure| asked.refuse(failure))?;
    Ok(Sent(ImportOut::of(preview, true)))
}
