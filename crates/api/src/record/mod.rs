//! The record of an engagement.

use std::collections::{BTreeMap, VecDeque};

use axum::{
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App, Failure,
    record::{export_record, read_record},
    store::record::Wanted,
};
use tminus_domain::{
    ids::EngagementId,
    record::{
        chain::{Entry, Read},
        fact::FactKind,
    },
    rights::Actor,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    problem::Problem,
    sent::{Asked, Named},
};

const LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
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
    #[schema(value_type = Object)]
    from: serde_json::Value,
    #[schema(value_type = Object)]
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
    let wanted = Wanted { before, limit: limit + 1, subject, fact: fact.map(|it| it.as_str().to_owned()), person, from, to };
    let entries = read_record(&app, &actor, &engagement, &wanted).await?.into_iter().map(Into::into).collect();
    Ok(PageOut::of(&uri, limit, entries, |entry: &EntryOut| vec![entry.number.to_string()]))
}

/// One line of an export.
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

/// What is still to send of an export.
struct Export {
    app: App,
    actor: Actor,
    engagement: EngagementId,
    ready: VecDeque<Entry>,
    /// Number of the last entry that was read.
    read: u64,
    /// Where the chain stood when the export began.
    end: u64,
}

impl Export {
    /// The next stretch as lines; `None` at the end.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Failure> {
        if self.ready.is_empty() && self.read < self.end {
            let (entries, _) = export_record(&self.app, &self.actor, &self.engagement, self.read).await?;
            self.ready = entries.into();
        }
        let mut lines = Vec::new();
        for entry in self.ready.drain(..).filter(|entry| entry.number <= self.end) {
            self.read = entry.number;
            if serde_json::to_writer(&mut lines, &entry).is_ok() {
                lines.push(b'\n');
            }
        }
        Ok((!lines.is_empty()).then(|| (lines.into(), self)))
    }
}

/// Exports the whole record as JSON lines, oldest first
///
/// The chain proves itself from the export alone: `tminus record verify`. Only for those who may read internal things.
#[utoipa::path(get, path = "/engagements/{engagement}/record/export", operation_id = "export_record", tag = "record",
    responses((status = 200, description = "One entry a line.", content_type = "application/x-ndjson", body = ExportedOut)))]
async fn export(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Response, Problem> {
    let (entries, head) = export_record(&app, &actor, &engagement, 0).await?;
    let export = Export { app, actor, engagement, ready: entries.into(), read: 0, end: head.number };
    let mut response = Body::from_stream(stream::try_unfold(export, Export::next)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, LINES);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"record.jsonl\""));
    Ok(response)
}
