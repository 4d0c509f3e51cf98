//! Tables and address books that people hand us, as the text of a CSV: Excel workbooks, vCards, and text in the encodings that
//! spreadsheets write.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Cursor, Read},
};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use calcard::{
    Entry, Parser,
    vcard::{VCard, VCardProperty, VCardValue},
};
use csv::Writer;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use zip::ZipArchive;

/// What a workbook may unpack to, in bytes.
pub const MAX_UNPACKED: u64 = 20_000_000;
/// The files that a workbook may consist of.
pub const MAX_PARTS: usize = 500;
/// The last row that is read.
pub const MAX_ROWS: u32 = 5_000;
/// The last column that is read.
pub const MAX_COLUMNS: u32 = 50;

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A workbook, but damaged, locked with a password, or of an older kind.
    Workbook(String),
    /// It would unpack to more than [`MAX_UNPACKED`] bytes or [`MAX_PARTS`] files.
    TooLarge,
    /// A cell beyond [`MAX_ROWS`] or [`MAX_COLUMNS`].
    TooFar,
    /// Neither text nor a workbook.
    Binary,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workbook(why) => write!(f, "this workbook cannot be read ({why}): save it as XLSX without a password, or as CSV"),
            Self::TooLarge => f.write_str("this workbook unpacks to too much: keep only the sheet with the table, or save that as CSV"),
            Self::TooFar => write!(f, "the first sheet has cells beyond row {MAX_ROWS} or column {MAX_COLUMNS}: keep only the table there"),
            Self::Binary => f.write_str("this file is neither a text nor a workbook: take CSV, XLSX or vCard"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The text of a file. The first sheet of a workbook and the cards of a vCard become a CSV; text stays as it is.
pub fn text_of(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Unreadable::Workbook("it is of an older kind, or locked".to_owned()));
    }
    let text = decoded(bytes)?;
    let is_card = text.trim_start().get(..11).is_some_and(|first| first.eq_ignore_ascii_case("BEGIN:VCARD"));
    Ok(if is_card { cards(&text) } else { text })
}

/// UTF-8 or UTF-16 as it says; else what Windows writes in the west.
fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    for encoding in [UTF_16LE, UTF_16BE] {
        let mark: &[u8] = if encoding == UTF_16LE { b"\xff\xfe" } else { b"\xfe\xff" };
        if bytes.starts_with(mark) {
            return Ok(encoding.decode_with_bom_removal(bytes).0.into_owned());
        }
    }
    if bytes.contains(&0) {
        return Err(Unreadable::Binary);
    }
    let (text, faulty) = UTF_8.decode_with_bom_removal(bytes);
    Ok(if faulty { WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned() } else { text.into_owned() })
}

fn workbook(bytes: &[u8]) -> Result<String, Unreadable> {
    weigh(bytes)?;
    let damaged = |error: XlsxError| Unreadable::Workbook(error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let first = book.sheet_names().into_iter().next().ok_or_else(|| Unreadable::Workbook("it has no sheet".to_owned()))?;
    // Cell by cell: a sheet with one cell in its last corner would be a table of 17 thousand million.
    let mut cells = book.worksheet_cells_reader(&first).map_err(damaged)?;
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let ((row, column), text) = (cell.get_position(), cell_text(cell.get_value()));
        if text.is_empty() {
            continue;
        }
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(Unreadable::TooFar);
        }
        rows.entry(row).or_default().insert(column, text);
    }
    let width = rows.values().filter_map(|row| row.keys().last()).max().map_or(0, |last| last + 1);
    let numbers = rows.keys().next().copied().unwrap_or(0)..rows.keys().last().map_or(0, |last| last + 1);
    // Empty rows stay: what is said of a row names its number.
    let cell = |row: u32, column: u32| rows.get(&row).and_then(|row| row.get(&column)).map_or("", String::as_str);
    Ok(csv(numbers.map(|row| (0..width).map(move |column| (row, column)).map(|(row, column)| cell(row, column)).collect::<Vec<_>>())))
}

/// Unpacks all of it once, into nothing: what the file says of its sizes may be a lie.
fn weigh(bytes: &[u8]) -> Result<(), Unreadable> {
    let damaged = |why: &dyn fmt::Display| Unreadable::Workbook(why.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MAX_PARTS {
        return Err(Unreadable::TooLarge);
    }
    let mut left = MAX_UNPACKED;
    for part in 0..archive.len() {
        let unpacked = archive.by_index(part).map_err(|error| damaged(&error))?;
        let size = io::copy(&mut unpacked.take(left + 1), &mut io::sink()).map_err(|error| damaged(&error))?;
        left = left.checked_sub(size).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

/// As it stands in the sheet, on one line; a day as 2026-11-23.
fn cell_text(value: &DataRef<'_>) -> String {
    let text = match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One row a card. Who has no address gets a row too: that one is missing is said there.
fn cards(text: &str) -> String {
    let mut parser = Parser::new(text);
    let mut people = vec![["email".to_owned(), "name".to_owned(), "function".to_owned()]];
    loop {
        match parser.entry() {
            Entry::VCard(card) => people.push([first_text(&card, &VCardProperty::Email), name(&card), String::new()]),
            Entry::Eof => break,
            _ => {}
        }
    }
    csv(people.iter().map(|cells| cells.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn name(card: &VCard) -> String {
    let formatted = first_text(card, &VCardProperty::Fn);
    if !formatted.is_empty() {
        return formatted;
    }
    // Family name, given name, more names, what stands before, what stands behind.
    let parts: Vec<_> = card.property(&VCardProperty::N).iter().flat_map(|entry| &entry.values).map(words).collect();
    let part = |at: usize| parts.get(at).map_or("", String::as_str);
    format!("{} {}", part(1), part(0)).trim().to_owned()
}

fn first_text(card: &VCard, property: &VCardProperty) -> String {
    let texts = card.properties(property).flat_map(|entry| &entry.values).map(words);
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

fn words(value: &VCardValue) -> String {
    let text = match value {
        VCardValue::Component(parts) => parts.join(" "),
        value => value.as_text().unwrap_or_default().to_owned(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn csv<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail, and every row has as many cells as the first.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
