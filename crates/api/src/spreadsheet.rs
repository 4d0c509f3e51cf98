//! A table as an answer.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A table to be saved under a name.
pub(crate) fn csv(name: &str, table: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, table).into_response()
}
