//! The practice's own record: who signed in, whose access was given or ended, which keys were made.

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use tminus_app::{
    App,
    record::{export::begin_practice_export, read_practice_record},
    store::record::Wanted,
};
use tminus_domain::record::fact::FactKind;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{EntryOut, ExportQuery, ExportedOut, format, send};
use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    problem::Problem,
    sent::Asked,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct PracticeQuery {
    #[param(schema_with = crate::openapi::fact_kind, required = false)]
    fact: Option<FactKind>,
    /// Id of who did it, or to whom it was done.
    about: Option<String>,
    /// From this instant on.
    from: Option<Timestamp>,
    /// Up to this instant.
    to: Option<Timestamp>,
    /// The cursor of a page's `next` link.
    after: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// Lists what happened to the practice, newest first
///
/// Sign-ins, people, keys: what concerns no engagement. For administrators.
#[utoipa::path(get, path = "/practice/record", operation_id = "read_practice_record", tag = "record", params(PracticeQuery), responses((status = 200, description = "A page of entries.", body = PageOut<EntryOut>)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<PracticeQuery>,
) -> Result<PageOut<EntryOut>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let before = query.after.as_deref().map(cursor::read::<1>).transpose()?;
    let before = before.map(|[number]| number.parse().map_err(|_| cursor::unusable())).transpose()?;
    let PracticeQuery { fact, about, from, to, .. } = query;
    let fact = fact.map(|it| it.as_str().to_owned());
    let wanted = Wanted { before, limit: limit + 1, fact, about, from, to, ..Wanted::default() };
    let (entries, _) = read_practice_record(&app, &actor, &wanted).await?;
    let entries = entries.into_iter().map(Into::into).collect();
    Ok(PageOut::of(&uri, limit, entries, |entry: &EntryOut| vec![entry.number.to_string()]))
}

/// Exports the practice's whole record, oldest first
///
/// JSON lines prove themselves: `tminus record verify`. The export is noted in the record first, as the last entry of what is exported.
#[utoipa::path(get, path = "/practice/record/export", operation_id = "export_practice_record", tag = "record", params(ExportQuery),
    responses((status = 200, description = "A line that says what it is, one entry a line, and a line with the head; or a table.", content(
        (ExportedOut = "application/jsonl"), (String = "text/csv")
    ))))]
async fn export(Caller(actor): Caller, State(app): State<App>, Asked(query): Asked<ExportQuery>) -> Result<Response, Problem> {
    let format = format(query.format.as_deref())?;
    Ok(send(begin_practice_export(&app, &actor, format).await?, format))
}
