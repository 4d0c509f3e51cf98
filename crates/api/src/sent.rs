//! What a request brings: a JSON body, a query, names in the path, an upload. Whatever cannot be used is refused by name.

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, OptionalFromRequest, Path, Query, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::problem::{FlawOut, Problem};

/// The largest JSON body, in bytes.
pub(crate) const MAX_JSON: usize = 2 * 1024 * 1024;
/// What multipart puts around a file, at most, in bytes.
pub(crate) const MAX_AROUND: usize = 64 * 1024;
/// The longest name of an upload, in bytes.
const MAX_NAME: usize = 1_024;

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        of_media_type(&media_type(request.headers()))?;
        let bytes = Bytes::from_request(request, state).await?;
        if has_nul(&bytes) {
            return Err(Problem::refused("a text has a NUL character (“\\u0000”), which no text can keep; nothing was changed"));
        }
        read_json(&bytes).map(Self)
    }
}

/// A body that may be left out.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let media_type = media_type(request.headers());
        let bytes = Bytes::from_request(request, state).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        of_media_type(&media_type)?;
        read_json(&bytes).map(|it| Some(Self(it)))
    }
}

fn of_media_type(media_type: &str) -> Result<(), Problem> {
    if media_type == "application/json" {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send JSON with “Content-Type: application/json”"))
}

/// Whether a JSON text has the escape of NUL. An even number of backslashes before it makes it plain text.
fn has_nul(json: &[u8]) -> bool {
    let escapes = json.windows(6).enumerate().filter(|(_, window)| *window == b"\\u0000");
    let is_escape = |at: usize| json[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
    escapes.map(|(at, _)| at).any(is_escape)
}

fn media_type(headers: &HeaderMap) -> String {
    let given = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        unreadable(Some(path).filter(|path| path != "."), error.inner())
    })?;
    reader.end().map_err(|error| unreadable(None, &error))?;
    Ok(value)
}

fn unreadable(field: Option<String>, error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    // The place is said once, and not twice.
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let at = field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default();
    let flaw = FlawOut { line: Some(error.line()), column: Some(error.column()), field, ..FlawOut::of("", said) };
    let problem = if error.is_data() {
        Problem::refused(format!("{at}{said} ({place}); nothing was changed"))
    } else {
        Problem::bad_request(format!("the body is not JSON: {said} ({place}); nothing was changed"))
    };
    problem.flaws(vec![flaw])
}

/// The query. Fields that nobody knows are refused by name.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        without_nul(parts)?;
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| {
            let said = rejection.body_text();
            let why = said.strip_prefix("Failed to deserialize query string: ").unwrap_or(&said);
            Problem::bad_request(format!("the query cannot be used: {why}; nothing was done"))
        })?;
        Ok(Self(query.0))
    }
}

fn without_nul(parts: &Parts) -> Result<(), Problem> {
    let has_nul = parts.uri.to_string().contains("%00");
    if has_nul {
        Err(Problem::bad_request("the address has a NUL character (“%00”), which no name has; nothing was done"))
    } else {
        Ok(())
    }
}

/// Names in the path.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        without_nul(parts)?;
        let path = Path::<T>::from_request_parts(parts, state).await;
        Ok(Self(path.map_err(|rejection| Problem::bad_request(rejection.body_text()))?.0))
    }
}

/// A file: the whole body, named by `?name=`, or the one file of a form.
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadQuery {
    /// The file's name. A form names its file itself.
    name: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Asked(query) = Asked::<UploadQuery>::from_request_parts(&mut parts, state).await?;
        let media_type = media_type(&parts.headers);
        let request = Request::from_parts(parts, body);
        let upload = if media_type == "multipart/form-data" {
            let upload = form_file(request, state).await?;
            Self { name: query.name.unwrap_or(upload.name), ..upload }
        } else {
            let name = query.name.ok_or_else(|| name_missing("say the file's name: add ?name=plan.pdf to the path"))?;
            Self { name, bytes: Bytes::from_request(request, state).await? }
        };
        if upload.name.len() > MAX_NAME {
            return Err(name_missing("the file's name is too long"));
        }
        Ok(upload)
    }
}

async fn form_file<S: Send + Sync>(request: Request, state: &S) -> Result<Upload, Problem> {
    let form = <Multipart as FromRequest<S>>::from_request(request, state).await;
    let mut form = form.map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let broken = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(error.status(), "the file is larger than this path takes; nothing of it was kept"),
        status => Problem::new(status, format!("the form cannot be read: {}", error.body_text())),
    };
    let mut found = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            let name = field.name().unwrap_or_default();
            return Err(Problem::refused(format!("the form has a field “{name}”, which nobody knows; send one file only")));
        };
        if found.is_some() {
            return Err(Problem::refused("the form has several files; send one at a time. Nothing was kept"));
        }
        found = Some(Upload { name, bytes: field.bytes().await.map_err(broken)? });
    }
    found.ok_or_else(|| Problem::refused("the form has no file"))
}

fn name_missing(why: &str) -> Problem {
    Problem::refused(why).flaws(vec![FlawOut::of("name", why)])
}

/// A field that may be left out, which changes nothing, or be `null`, which empties it.
#[expect(clippy::option_option, reason = "left out and `null` are not the same")]
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(reader).map(Some)
}
