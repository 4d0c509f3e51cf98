//! A form that may bring files: the file `x.file` becomes the text of the field `x`, so that nothing is lost between two posts. Why it does not,
//! if it is none that can be read, is in `x.unread`.

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::header,
    response::{IntoResponse, Response},
};
use tminus_app::{Failure, spreadsheet::text_of};

use crate::{
    fields::{Fields, refused},
    token::Token,
};

pub(crate) struct Typed(pub(crate) Fields);

/// Refuses a file for a field that could not be read.
pub(crate) fn was_read(fields: &Fields, name: &'static str) -> Result<(), Failure> {
    match fields.given(&format!("{name}.unread")) {
        Some(why) => Err(refused(name, t!("import.unread").with("why", why.to_owned()))),
        None => Ok(()),
    }
}

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if !kind.starts_with(b"multipart/form-data") {
            return Fields::from_request(request, state).await.map(Self);
        }
        let headers = request.headers().clone();
        let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(IntoResponse::into_response)?;
            match name.strip_suffix(".file").filter(|_| is_file) {
                Some(field) if !bytes.is_empty() => match text_of(&bytes) {
                    Ok(text) => files.push((field.to_owned(), text)),
                    Err(why) => pairs.push((format!("{field}.unread"), why.to_string())),
                },
                Some(_) => {}
                None => pairs.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        for (name, text) in files {
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, text));
        }
        Token::of(&headers).take(&headers, &Fields::of(pairs)).map(Self).map_err(|refused| *refused)
    }
}
