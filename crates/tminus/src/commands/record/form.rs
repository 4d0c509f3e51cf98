//! The form of an export in JSON lines: one line that says what it is, one line an entry, one line with the head.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_domain::record::chain::{Entry, Head, Sealed};

/// The version of this form.
pub(super) const FORM: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    pub(super) tminus_record: u32,
    /// The engagement's id, which every entry names as its chain.
    pub(super) engagement: String,
    pub(super) title: String,
    pub(super) customer: String,
    pub(super) exported_at: Timestamp,
    pub(super) exported_by: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) content: String,
    pub(super) hash: String,
    pub(super) texts: BTreeMap<String, Text>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    salt: String,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    pub(super) head: Head,
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
