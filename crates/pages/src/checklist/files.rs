//! Files as evidence: taken and given back.

use axum::{
    body::Bytes,
    extract::{Multipart, Path, multipart::MultipartError},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tminus_app::{
    Failure,
    checklist::evidence::{AttachFile, attach_file, read_file},
};
use tminus_domain::{
    checklist::item::Item,
    ids::{EngagementId, FileId},
};

use super::act::{Ids, Sent, Told};
use crate::{
    caller::{Caller, escaped},
    engagement::doing,
    fields::{Fields, refused},
    token::Token,
};

pub(super) use tminus_app::checklist::evidence::MAX_FILE;

/// A form with one file: its other fields, and the file's name, type and bytes.
pub(crate) struct Upload {
    pub(crate) fields: Fields,
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// Reads a form with one file in it, of at most `max` bytes.
pub(crate) async fn upload(headers: &HeaderMap, mut form: Multipart, max: usize) -> Result<(Upload, Result<(), Failure>), Box<Response>> {
    let mut upload = Upload { fields: Fields::default(), name: String::new(), bytes: Bytes::new() };
    let read = read(&mut form, &mut upload).await;
    if read.is_ok() {
        upload.fields = Token::of(headers).take(headers, &upload.fields)?;
    }
    let refusal = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refused("file", t!("form.too_large").with("mib", max / 1024 / 1024)),
        _ => refused("file", t!("form.upload").with("why", error.body_text())),
    };
    Ok((upload, read.map_err(refusal)))
}

async fn read(form: &mut Multipart, upload: &mut Upload) -> Result<(), MultipartError> {
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("file") {
            field.file_name().unwrap_or_default().clone_into(&mut upload.name);
            upload.bytes = field.bytes().await?;
        } else {
            let name = field.name().unwrap_or_default().to_owned();
            upload.fields.push(name, field.text().await?);
        }
    }
    Ok(())
}

pub(super) async fn attach(caller: Caller, Path(ids): Path<Ids>, headers: HeaderMap, form: Multipart) -> Response {
    let (Upload { fields, name, bytes }, read) = match upload(&headers, form, MAX_FILE).await {
        Ok(upload) => upload,
        Err(refused) => return *refused,
    };
    let sent = Sent::new("file", ids, fields);
    let done = async {
        read?;
        sent.fields.only(&["back", "version"])?;
        let version = sent.fields.version()?;
        let input = AttachFile { item: sent.item.clone(), name: name.clone(), bytes: bytes.clone(), version };
        let attached = attach_file(caller.app(), &caller.actor, &sent.engagement, input).await;
        let changed = if let Err(Failure::Conflict(item)) = &attached { item.clone() } else { None };
        if let Some(now) = changed
            && has(&caller, &sent.engagement, &now, (&name, &bytes)).await
        {
            return Ok((t!("done.evidence").with("title", &now.content.title).into(), None));
        }
        let item = attached?;
        Ok((t!("done.evidence").with("title", &item.content.title).into(), item.undo))
    };
    let done: Result<Told, Failure> = done.await;
    match done {
        // On the customer's own page its form is shown again, and not the item's.
        Err(failure) if sent.fields.get("back") == format!("/engagements/{}/yours", sent.engagement) => {
            doing::again(&caller, &sent.engagement, (sent.item, "done".to_owned(), sent.fields), failure).await
        }
        done => sent.answer(&caller, done).await,
    }
}

/// Whether the actor attached this very file already: the answer was lost on the way, and it is sent once more.
async fn has(caller: &Caller, engagement: &EngagementId, item: &Item, (name, bytes): (&str, &Bytes)) -> bool {
    let theirs = item.proofs.iter().filter(|proof| !proof.withdrawn && proof.by == caller.actor.person && proof.text == name);
    for file in theirs.filter_map(|proof| proof.file.as_ref()) {
        if read_file(caller.app(), &caller.actor, engagement, file).await.is_ok_and(|(_, kept)| kept == *bytes) {
            return true;
        }
    }
    false
}

/// A file to save; never shown in the page's own name.
pub(super) async fn download(caller: Caller, Path((id, file)): Path<Ids>) -> Response {
    let read = read_file(caller.app(), &caller.actor, &EngagementId(id), &FileId(file)).await;
    caller.answer(read.map(|(file, bytes)| {
        let name = format!("attachment; filename*=UTF-8''{}", escaped(&file.name).replace('/', "%2F"));
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        response
    }))
}
