//! A form that may bring files: the file `x.file` becomes the text of the field `x`, so that nothing is lost between two posts.

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::header,
    response::{IntoResponse, Response},
};

use crate::fields::Fields;

pub(crate) struct Typed(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if !kind.starts_with(b"multipart/form-data") {
            return Fields::from_request(request, state).await.map(Self);
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(IntoResponse::into_response)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match name.strip_suffix(".file").filter(|_| is_file) {
                Some(field) if !bytes.is_empty() => files.push((field.to_owned(), text)),
                Some(_) => {}
                None => pairs.push((name, text)),
            }
        }
        for (name, text) in files {
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, text));
        }
        Ok(Self(Fields::of(pairs)))
    }
}
