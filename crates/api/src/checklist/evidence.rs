//! Evidence: links, notes, facts and files; and ways out.

use std::fmt::Write as _;

use axum::{
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tminus_app::{
    App,
    checklist::evidence::{
        AddEvidence, AttachFile, ChooseWayOut, MAX_FILE, add_evidence, attach_file, choose_way_out, read_file, withdraw_evidence,
    },
};
use tminus_domain::{
    ids::{EngagementId, FactId, FileId, ItemId},
    kit::task::{EvidenceKind, WayOutKind},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, answer, out::ItemOut};
use crate::{
    caller::Caller,
    edition::{self, IfMatch, IfNoneMatch},
    problem::Problem,
    sent::{Json, MAX_AROUND, Named, Upload, UploadQuery},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::new().routes(routes!(attach)).layer(DefaultBodyLimit::max(MAX_FILE + MAX_AROUND));
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(withdraw)).routes(routes!(choose)).routes(routes!(download)).merge(upload)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddEvidence)]
struct EvidenceIn {
    #[schema(schema_with = crate::openapi::evidence_kind)]
    kind: EvidenceKind,
    /// The link, the note or the fact's value.
    text: String,
    /// The fact that it states, where `kind` is `fact`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    fact: Option<FactId>,
}

/// Adds a link, a note or a fact as evidence
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/evidence", operation_id = "add_evidence", tag = "items", params(IfMatch), request_body = EvidenceIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<EvidenceIn>,
) -> Result<Response, Problem> {
    let EvidenceIn { kind, text, fact } = input;
    let input = AddEvidence { item: place.item.clone(), kind, text, fact, version: asked.version() };
    let done = add_evidence(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}

#[derive(Deserialize)]
struct ProofPlace {
    engagement: EngagementId,
    item: ItemId,
    proof: String,
}

/// Takes a piece of evidence back
///
/// It stays visible and no longer counts.
#[utoipa::path(delete, path = "/engagements/{engagement}/items/{item}/evidence/{proof}", operation_id = "withdraw_evidence", tag = "items", params(IfMatch), responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn withdraw(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(ProofPlace { engagement, item, proof }): Named<ProofPlace>,
    asked: IfMatch,
) -> Result<Response, Problem> {
    let place = Place { engagement, item };
    let done = withdraw_evidence(&app, &actor, &place.engagement, place.seen(&asked), &proof).await;
    answer(&app, &actor, (&place, &asked), done).await
}

/// Attaches a file as evidence
///
/// The body is the file itself, named by `?name=`; or a form with one file in it.
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/files", operation_id = "attach_file", tag = "items", params(UploadQuery, IfMatch),
    request_body(content((crate::kit::RawFile = "application/octet-stream"), (crate::kit::FileForm = "multipart/form-data")), description = "At most 25 MiB."),
    responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn attach(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    upload: Upload,
) -> Result<Response, Problem> {
    let Upload { name, bytes } = upload;
    let input = AttachFile { item: place.item.clone(), name, bytes, version: asked.version() };
    let done = attach_file(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}

#[derive(Deserialize)]
struct FilePlace {
    engagement: EngagementId,
    file: FileId,
}

/// Gets a file
#[utoipa::path(get, path = "/engagements/{engagement}/files/{file}", operation_id = "read_file", tag = "items", params(IfNoneMatch),
    responses((status = 200, description = "The file as it was attached.", content_type = "application/octet-stream", body = crate::kit::RawFile)))]
async fn download(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(FilePlace { engagement, file }): Named<FilePlace>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (file, bytes) = read_file(&app, &actor, &engagement, &file).await?;
    let tag = format!("\"{}\"", file.sha256);
    let mut response = edition::send(&headers, &tag, StatusCode::OK, bytes.into_response());
    let media_type = HeaderValue::try_from(file.media_type.as_str()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // What somebody attached never runs in a browser that follows a link here.
    let safe = [
        (header::CONTENT_TYPE, media_type),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
    ];
    response.headers_mut().extend(safe.map(|(name, value)| (Some(name), value)));
    Ok(response)
}

/// A file's name in a header, whatever letters it has (RFC 6266).
fn disposition(name: &str) -> HeaderValue {
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    HeaderValue::try_from(format!("attachment; filename*=UTF-8''{encoded}")).unwrap_or(HeaderValue::from_static("attachment"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChooseWayOut)]
struct WayOutIn {
    #[schema(schema_with = crate::openapi::way_out_kind)]
    kind: WayOutKind,
    /// One of the item's `ways_out`, by its text.
    text: String,
    reason: String,
}

/// Decides what is done where a lead time no longer fits
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/way-out", operation_id = "choose_way_out", tag = "items", params(IfMatch), request_body = WayOutIn, responses((status = 200, description = "The item after it.", body = ItemOut)))]
async fn choose(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfMatch,
    Json(input): Json<WayOutIn>,
) -> Result<Response, Problem> {
    let WayOutIn { kind, text, reason } = input;
    let input = ChooseWayOut { item: place.item.clone(), kind, text, reason, version: asked.version() };
    let done = choose_way_out(&app, &actor, &place.engagement, input).await;
    answer(&app, &actor, (&place, &asked), done).await
}
