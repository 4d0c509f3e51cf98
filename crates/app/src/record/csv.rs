//! The record for spreadsheets.

use serde_json::Value;
use tminus_domain::record::chain::{Entry, Read};

use crate::spreadsheet;

const HEADER: [&str; 16] = [
    "number", "at", "zone", "person", "name", "via", "fact", "subject", "title", "from", "to", "why", "texts", "internal", "hash",
    "previous",
];

/// The rows of some entries, after the row of names where `begins` says so.
pub(super) fn rows(entries: &[Entry], begins: bool) -> Vec<u8> {
    // An entry that cannot be read is shown by its number and hash; the proof says what is wrong with it.
    let row = |entry: &Entry| entry.read().map_or_else(|| unread(entry), |read| cells(&read));
    spreadsheet::csv(begins.then_some(HEADER), entries.iter().map(row))
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tminus_domain::{
        record::{
            chain::{Happening, Head},
            fact::{Fact, FactKind},
        },
        rights::{Actor, Pass, PracticeRole, Via},
    };

    use super::*;

    #[test]
    fn a_cell_stays_one_cell_and_no_formula() {
        let name = "=cmd|' /C calc'!A0".to_owned();
        let actor =
            Actor { person: "ann".into(), name, zone: "UTC".into(), via: Via::Page, practice: PracticeRole::Member, pass: Pass::SESSION };
        let happening = Happening { chain: "e", actor: &actor, at: Timestamp::UNIX_EPOCH, salt: "salt" };
        let fact = Fact::new(FactKind::ItemAdded, "i", "@SUM(1)\r\n\"quoted\", and more").why(Some("-1+1".to_owned()));
        let text = String::from_utf8(rows(&[Entry::new(&Head::default(), &happening, &fact)], true)).expect("UTF-8");
        let read: Vec<_> = csv::Reader::from_reader(text.as_bytes()).records().collect::<Result<_, _>>().expect("rows");
        assert_eq!(read.len(), 1);
        assert_eq!((&read[0][4], &read[0][11]), ("'=cmd|' /C calc'!A0", "'-1+1"));
        assert_eq!(&read[0][8], "'@SUM(1)\r\n\"quoted\", and more");
        assert!(read[0].iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
    }
}
