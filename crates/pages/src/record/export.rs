//! The record as a file that proves itself.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use tminus_app::{App, Failure, record::export_record};
use tminus_domain::{
    ids::EngagementId,
    record::chain::{Entry, Head},
    rights::Actor,
};

use crate::caller::Caller;

/// Entries come out a stretch at a time, so that a long record needs no memory.
struct Export {
    app: App,
    actor: Actor,
    engagement: EngagementId,
    first: Option<Vec<Entry>>,
    after: u64,
    write: fn(&[Entry]) -> String,
    done: bool,
}

pub(super) async fn json_lines(caller: Caller, Path(id): Path<String>) -> Response {
    export(caller, id, (jsonl, "application/jsonl", "jsonl", "")).await
}

pub(super) async fn csv(caller: Caller, Path(id): Path<String>) -> Response {
    const HEAD: &str = "number,at,zone,person,name,via,fact,subject,title,from,to,why,texts,internal,previous,hash\r\n";
    export(caller, id, (rows, "text/csv; charset=utf-8", "csv", HEAD)).await
}

type Form = (fn(&[Entry]) -> String, &'static str, &'static str, &'static str);

async fn export(caller: Caller, id: String, (write, kind, ending, head): Form) -> Response {
    let engagement = EngagementId(id);
    // The first stretch is read before anything is sent: a refusal is a page then.
    let first: Result<(Vec<Entry>, Head), Failure> = export_record(caller.app(), &caller.actor, &engagement, 0).await;
    let first = match first {
        Ok((entries, _)) => entries,
        Err(failure) => return caller.answer(Err(failure)),
    };
    let name = format!("attachment; filename=\"record-{}.{ending}\"", crate::caller::escaped(engagement.as_str()).replace('/', "_"));
    let export = Export { app: caller.app().clone(), actor: caller.actor, engagement, first: Some(first), after: 0, write, done: false };
    let parts = stream::unfold((export, Some(head)), async |(mut export, head)| {
        if let Some(head) = head.filter(|head| !head.is_empty()) {
            return Some((Ok(head.to_owned()), (export, None)));
        }
        let part = export.next().await?;
        Some((part, (export, None)))
    });
    // What sends the body asks once more after the end.
    let mut response = Body::from_stream(parts.fuse()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")));
    response
}

impl Export {
    /// The next stretch as text. A failure breaks the download off: a file that ends early must not look whole.
    async fn next(&mut self) -> Option<Result<String, Failure>> {
        if self.done {
            return None;
        }
        let entries = match self.first.take() {
            Some(first) => first,
            None => match export_record(&self.app, &self.actor, &self.engagement, self.after).await {
                Ok((entries, _)) => entries,
                Err(failure) => {
                    self.done = true;
                    return Some(Err(failure));
                }
            },
        };
        self.after = entries.last()?.number;
        Some(Ok((self.write)(&entries)))
    }
}

fn jsonl(entries: &[Entry]) -> String {
    entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).fold(String::new(), |all, line| all + &line + "\n")
}

fn rows(entries: &[Entry]) -> String {
    let mut all = String::new();
    for entry in entries.iter().filter_map(Entry::read) {
        let json = |value: &serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
        let texts = serde_json::to_string(&entry.texts).unwrap_or_default();
        let cells = [
            entry.number.to_string(),
            entry.at.to_string(),
            entry.zone,
            entry.person,
            entry.name.unwrap_or_default(),
            entry.via,
            entry.fact,
            entry.subject,
            entry.title.unwrap_or_default(),
            json(&entry.from),
            json(&entry.to),
            entry.why.unwrap_or_default(),
            if entry.texts.is_empty() { String::new() } else { texts },
            entry.internal.to_string(),
            entry.previous,
            entry.hash,
        ];
        all.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        all.push_str("\r\n");
    }
    all
}

/// A cell that no sheet takes for a formula.
fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use crate::record::export::quoted;

    #[test]
    fn a_cell_stays_one_cell_and_no_formula() {
        assert_eq!(quoted("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(quoted("plain"), "plain");
    }
}
