//! The record of an engagement.

mod practice;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App, Failure,
    record::{
        export::{Export, Format, begin_export},
        read_record,
    },
    store::record::Wanted,
};
use tminus_domain::{
    ids::EngagementId,
    record::{chain::Read, fact::FactKind},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    problem::{FlawOut, Problem},
    sent::{Asked, Named},
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export)).merge(practice::routes())
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct RecordQuery {
    /// Id of what it happened to.
    subject: Option<String>,
    #[param(schema_with = crate::openapi::fact_kind, required = false)]
    fact: Option<FactKind>,
    /// Id of who did it.
    person: Option<String>,
    /// From this instant on.
    from: Option<Timestamp>,
    /// Up to this instant.
    to: Option<Timestamp>,
    /// The cursor of a page's `next` link.
    after: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// One thing that happened. A text that was erased is not there.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordEntry)]
struct EntryOut {
    number: u64,
    at: Timestamp,
    /// The time zone of who did it.
    zone: String,
    person: String,
    /// Their name as of then.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The door by which it came in.
    via: String,
    #[schema(schema_with = crate::openapi::fact_kind)]
    fact: String,
    subject: String,
    /// What the subject was called then.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[schema(schema_with = crate::openapi::anything)]
    from: serde_json::Value,
    #[schema(schema_with = crate::openapi::anything)]
    to: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Other texts by name: a comment, a note.
    texts: BTreeMap<String, String>,
    internal: bool,
    hash: String,
    /// Hash of the entry before.
    previous: String,
}

impl From<Read> for EntryOut {
    fn from(read: Read) -> Self {
        let Read { number, at, zone, person, name, via, fact, subject, title, from, to, why, texts, internal, hash, previous } = read;
        Self { number, at, zone, person, name, via, fact, subject, title, from, to, why, texts, internal, hash, previous }
    }
}

/// Lists what happened, newest first
#[utoipa::path(get, path = "/engagements/{engagement}/record", operation_id = "read_record", tag = "record", params(RecordQuery), responses((status = 200, description = "A page of entries that the caller may read.", body = PageOut<EntryOut>)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<RecordQuery>,
) -> Result<PageOut<EntryOut>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let before = query.after.as_deref().map(cursor::read::<1>).transpose()?;
    let before = before.map(|[number]| number.parse().map_err(|_| cursor::unusable())).transpose()?;
    let RecordQuery { subject, fact, person, from, to, .. } = query;
    let wanted = Wanted { before, limit: limit + 1, subject, fact: fact.map(|it| it.as_str().to_owned()), person, about: None, from, to };
    let entries = read_record(&app, &actor, &engagement, &wanted).await?.into_iter().map(Into::into).collect();
    Ok(PageOut::of(&uri, limit, entries, |entry: &EntryOut| vec![entry.number.to_string()]))
}

/// One entry of an export; a line before all entries says of what engagement they are, and one after them has the head.
#[derive(ToSchema)]
#[schema(as = ExportedEntry)]
#[expect(dead_code, reason = "only describes what is sent")]
struct ExportedOut {
    number: u64,
    /// The text that is hashed: a JSON object, kept to the letter.
    content: String,
    /// SHA-256 of `content`, as hex.
    hash: String,
    /// Texts by digest, with the salt that the digest was made with.
    #[schema(value_type = Object)]
    texts: BTreeMap<String, String>,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct ExportQuery {
    /// `jsonl`, which proves itself, or `csv` for spreadsheets. Left out, it is `jsonl`.
    format: Option<String>,
}

fn format(asked: Option<&str>) -> Result<Format, Problem> {
    let Some(asked) = asked else { return Ok(Format::default()) };
    asked.parse().map_err(|()| {
        let why = "give jsonl or csv";
        Problem::bad_request(format!("format: {why}")).flaws(vec![FlawOut::of("format", why)])
    })
}

/// Exports the whole record, oldest first
///
/// JSON lines prove themselves: `tminus record verify`. The export is noted in the record first, as the last entry of what is exported.
/// Only for those who may read internal things.
#[utoipa::path(get, path = "/engagements/{engagement}/record/export", operation_id = "export_record", tag = "record", params(ExportQuery),
    responses((status = 200, description = "A line that says what it is, one entry a line, and a line with the head; or a table.", content(
        (ExportedOut = "application/jsonl"), (String = "text/csv")
    ))))]
async fn export(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, Problem> {
    let format = format(query.format.as_deref())?;
    Ok(send(begin_export(&app, &actor, &engagement, format).await?, format))
}

/// Pieces come out one at a time, so that a long record needs no memory.
fn send(export: Export, format: Format) -> Response {
    let pieces = stream::try_unfold(export, async |mut export: Export| {
        let piece = export.next().await?;
        Ok::<_, Failure>(piece.map(|piece| (piece, export)))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let name = format!("attachment; filename=\"record.{}\"", format.as_str());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response.headers_mut().extend(HeaderValue::try_from(name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    response
}
