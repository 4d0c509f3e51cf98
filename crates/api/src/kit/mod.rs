//! Kits: imported, listed, compared.

mod out;

use axum::{
    Json as Sent,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    kit::{compare_kits, find_kit, import_kit, inspect_kit, list_kits},
};
use tminus_domain::kit::Kit;
use tminus_kits::files::Files;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::{FlawOut, Problem, kit_flaw},
    sent::{MAX_AROUND, Named, Upload, UploadQuery},
};
use out::{DiffOut, ImportedOut, InspectionOut};

/// The largest archive or file that is read, in bytes.
#[expect(clippy::cast_possible_truncation, reason = "32 MiB fit into any address space")]
pub(crate) const MAX_UPLOAD: usize = tminus_kits::limits::MAX_ARCHIVE as usize;

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only describes what is sent")]
pub(crate) struct RawFile(Vec<u8>);

/// A form with one file in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes what is sent")]
pub(crate) struct FileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    let uploads =
        OpenApiRouter::new().routes(routes!(list, import)).routes(routes!(inspect)).layer(DefaultBodyLimit::max(MAX_UPLOAD + MAX_AROUND));
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(compare)).merge(uploads)
}

#[derive(Serialize, ToSchema)]
#[schema(as = Kits)]
struct KitsOut {
    entries: Vec<ImportedOut>,
}

/// Lists every imported version of every kit
#[utoipa::path(get, path = "/kits", operation_id = "list_kits", tag = "kits", responses((status = 200, description = "The newest import of each kit first.", body = KitsOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<KitsOut>, Problem> {
    Ok(Sent(KitsOut { entries: list_kits(&app, &actor).await?.into_iter().map(Into::into).collect() }))
}

/// What an import did.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
struct ImportsOut {
    kits: Vec<ImportOut>,
    /// What was doubtful, with its place.
    problems: Vec<FlawOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
struct ImportOut {
    /// False: the same content was there already, and nothing changed.
    new: bool,
    kit: ImportedOut,
}

/// Imports kits from a zip archive, a wiki page, a CSV backlog or a kit file
///
/// The body is the file itself, named by `?name=`; or a form with one file in it. Nothing is imported if anything is
/// rejected; the same content twice changes nothing.
#[utoipa::path(post, path = "/kits", operation_id = "import_kit", tag = "kits", params(UploadQuery),
    request_body(content((RawFile = "application/octet-stream"), (FileForm = "multipart/form-data")), description = "At most 32 MiB."),
    responses((status = 201, description = "Something new was imported.", body = ImportsOut), (status = 200, description = "The same content was there already.", body = ImportsOut)))]
async fn import(Caller(actor): Caller, State(app): State<App>, upload: Upload) -> Result<Response, Problem> {
    let (imported, inspection) = import_kit(&app, &actor, files(upload).await?).await?;
    let status = if imported.iter().any(|kit| kit.new) { StatusCode::CREATED } else { StatusCode::OK };
    let kits = imported.into_iter().map(|it| ImportOut { new: it.new, kit: it.kit.into() }).collect();
    let problems = inspection.problems.into_iter().map(kit_flaw).collect();
    Ok((status, Sent(ImportsOut { kits, problems })).into_response())
}

/// Unpacking an archive takes a while: it does not keep other requests waiting.
async fn files(upload: Upload) -> Result<Files, Problem> {
    let Upload { name, bytes, .. } = upload;
    let read = tokio::task::spawn_blocking(move || Files::from_bytes(&name, bytes.into()));
    read.await.map_err(|_| Problem::refused("the file could not be read; nothing was imported"))
}

/// Reads kits without importing them
#[utoipa::path(post, path = "/kits/inspect", operation_id = "inspect_kit", tag = "kits", params(UploadQuery),
    request_body(content((RawFile = "application/octet-stream"), (FileForm = "multipart/form-data")), description = "At most 32 MiB."),
    responses((status = 200, description = "What was found, and everything that is wrong with it.", body = InspectionOut)))]
async fn inspect(Caller(actor): Caller, upload: Upload) -> Result<Sent<InspectionOut>, Problem> {
    Ok(Sent(inspect_kit(&actor, files(upload).await?).await?.into()))
}

/// One imported version with its content.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportedKit)]
struct KitOut {
    #[serde(flatten)]
    line: ImportedOut,
    #[schema(schema_with = crate::openapi::kit)]
    document: Kit,
}

/// Shows a version of a kit
#[utoipa::path(get, path = "/kits/{kit}", operation_id = "show_kit", tag = "kits", responses((status = 200, description = "The version; of several, the newest import.", body = KitOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(name): Named<String>) -> Result<Sent<KitOut>, Problem> {
    let (line, kit) = find_kit(&app, &actor, &name).await?;
    Ok(Sent(KitOut { line: line.into(), document: Kit::clone(&kit) }))
}

#[derive(Deserialize)]
struct Both {
    kit: String,
    newer: String,
}

/// Compares two versions of a kit
#[utoipa::path(get, path = "/kits/{kit}/diff/{newer}", operation_id = "compare_kits", tag = "kits", responses((status = 200, description = "What the second has that the first has not.", body = DiffOut)))]
async fn compare(Caller(actor): Caller, State(app): State<App>, Named(both): Named<Both>) -> Result<Sent<DiffOut>, Problem> {
    let (old, new, diff) = compare_kits(&app, &actor, &both.kit, &both.newer).await?;
    Ok(Sent(DiffOut::of(old.into(), new.into(), diff)))
}
