//! The record as a file: as JSON lines, which prove themselves, or as a table.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tminus_app::{
    Failure,
    record::export::{Export, Format, begin_export},
};
use tminus_domain::ids::EngagementId;

use crate::{caller::Caller, fields::Fields};

pub(super) async fn json_lines(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    export(caller, id, (fields, Format::Lines)).await
}

pub(super) async fn csv(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    export(caller, id, (fields, Format::Csv)).await
}

async fn export(caller: Caller, id: String, (fields, format): (Fields, Format)) -> Response {
    let engagement = EngagementId(id);
    // The first piece is read before anything is sent: a refusal is a page then.
    let begun = async {
        fields.only(&[])?;
        let mut export = begin_export(caller.app(), &caller.actor, &engagement, format).await?;
        Ok((export.next().await?, export))
    };
    match begun.await {
        Ok(begun) => send(engagement.as_str(), format, begun),
        Err(failure) => caller.answer(Err(failure)),
    }
}

/// Pieces come out one at a time, so that a long record needs no memory.
pub(super) fn send(of: &str, format: Format, begun: (Option<Vec<u8>>, Export)) -> Response {
    let pieces = stream::try_unfold(begun, async |(first, mut export)| {
        let piece = match first {
            Some(first) => Some(first),
            None => export.next().await?,
        };
        Ok::<_, Failure>(piece.map(|piece| (piece, (None, export))))
    });
    let id = crate::caller::escaped(of).replace('/', "_");
    let name = format!("attachment; filename=\"record-{id}.{}\"", format.as_str());
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")));
    response
}
