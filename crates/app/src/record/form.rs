//! The form of an export in JSON lines: one line that says what it is, one line an entry, one line with the head.
//! The first and the last line are what makes an export provable alone: of what it is the record, and that nothing is missing at its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_domain::record::chain::{Entry, Head, Sealed};

/// The version of this form.
pub const FORM: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct First {
    pub tminus_record: u32,
    /// The engagement's id, or `practice`; every entry names it as its chain.
    pub engagement: String,
    pub title: String,
    pub customer: String,
    pub exported_at: Timestamp,
    pub exported_by: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub number: u64,
    pub content: String,
    pub hash: String,
    pub texts: BTreeMap<String, Text>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    salt: String,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Last {
    pub head: Head,
}

impl From<Entry> for Line {
    fn from(entry: Entry) -> Self {
        let texts = entry.texts.into_iter().map(|(digest, Sealed { salt, text })| (digest, Text { salt, text })).collect();
        Self { number: entry.number, content: entry.content, hash: entry.hash, texts }
    }
}

impl From<Line> for Entry {
    fn from(line: Line) -> Self {
        let texts = line.texts.into_iter().map(|(digest, Text { salt, text })| (digest, Sealed { salt, text })).collect();
        Self { number: line.number, content: line.content, hash: line.hash, texts }
    }
}
