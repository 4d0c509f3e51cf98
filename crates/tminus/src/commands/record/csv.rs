//! The record for spreadsheets. No cell of it is run as a formula.

use std::io::Write;

use serde_json::Value;
use tminus_domain::record::chain::{Entry, Read};
use tminus_kits::backlog::guard_cell;

const HEADER: [&str; 16] = [
    "number", "at", "zone", "person", "name", "via", "fact", "subject", "title", "from", "to", "why", "texts", "internal", "hash",
    "previous",
];

pub(super) fn begin<W: Write>(out: W) -> csv::Result<csv::Writer<W>> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    Ok(writer)
}

pub(super) fn write<W: Write>(writer: &mut csv::Writer<W>, entry: &Entry) -> csv::Result<()> {
    match entry.read() {
        Some(read) => writer.write_record(cells(&read).map(|cell| guard_cell(&cell))),
        // An entry that cannot be read is shown by its number and hash; the proof says what is wrong with it.
        None => writer.write_record(unread(entry)),
    }
}

fn unread(entry: &Entry) -> [String; HEADER.len()] {
    let mut cells = [const { String::new() }; HEADER.len()];
    cells[0] = entry.number.to_string();
    "(this entry cannot be read)".clone_into(&mut cells[8]);
    cells[14].clone_from(&entry.hash);
    cells
}

fn cells(read: &Read) -> [String; HEADER.len()] {
    const ERASED: &str = "(erased)";
    let value = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let or_erased = |text: &Option<String>| text.clone().unwrap_or_else(|| ERASED.to_owned());
    let texts = read.texts.iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("\n");
    [
        read.number.to_string(),
        read.at.to_string(),
        read.zone.clone(),
        read.person.clone(),
        or_erased(&read.name),
        read.via.clone(),
        read.fact.clone(),
        read.subject.clone(),
        or_erased(&read.title),
        value(&read.from),
        value(&read.to),
        read.why.clone().unwrap_or_default(),
        texts,
        read.internal.to_string(),
        read.hash.clone(),
        read.previous.clone(),
    ]
}
