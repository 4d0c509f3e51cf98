//! Tables for spreadsheets: written so that no cell is run as a formula, and read back row by row.

use csv::{ReaderBuilder, StringRecord, Trim};
/// The text of a file that somebody hands in.
pub use tminus_documents::table::text_of;
use tminus_kits::backlog::{guard_cell, unguard_cell};

use crate::{Failure, Refusal};

/// The largest table that is read, in bytes.
pub const MAX_TABLE: usize = 1_000_000;

/// Rows as CSV, after a row of names where there is one.
pub(crate) fn csv<const N: usize, R: IntoIterator<Item = String>>(names: Option<[&str; N]>, rows: impl IntoIterator<Item = R>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail, and every row has as many cells as the first.
    if let Some(names) = names {
        let _ = writer.write_record(names);
    }
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(|cell| guard_cell(&cell)));
    }
    writer.into_inner().unwrap_or_default()
}

/// What is wrong with a table, and in which line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u64,
    pub why: String,
}

/// A row of a table, by the names of its columns.
pub(crate) struct Row {
    /// Of the table, counted from 1.
    pub(crate) number: u64,
    header: Vec<String>,
    cells: StringRecord,
}

impl Row {
    /// `None` where the table has no such column: then what is there stays.
    pub(crate) fn cell(&self, name: &str) -> Option<String> {
        let place = self.header.iter().position(|known| known == name)?;
        Some(unguard_cell(self.cells.get(place).unwrap_or_default()).trim().to_owned())
    }

    pub(crate) fn get(&self, name: &str) -> String {
        self.cell(name).unwrap_or_default()
    }

    pub(crate) fn problem(&self, why: impl Into<String>) -> Problem {
        Problem { line: self.number, why: why.into() }
    }
}

/// The text of a file of a size that is read.
pub(crate) fn text_within(file: &[u8]) -> Result<String, Failure> {
    if file.len() > MAX_TABLE {
        return Err(Refusal::field("table", format!("the table is larger than {MAX_TABLE} bytes")).into());
    }
    let text = text_of(file).map_err(|why| Refusal::field("table", why.to_string()))?;
    // No database keeps it in a text.
    if text.contains('\0') { Err(Refusal::field("table", "it has a NUL character, which no text can keep").into()) } else { Ok(text) }
}

/// One end of a line, as the lines are counted.
fn normal(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

/// Reads by what most of the first line is separated by.
fn reader(text: &str, has_header: bool) -> csv::Reader<&[u8]> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|it| first.bytes().filter(|byte| byte == it).count()).unwrap_or(b',');
    ReaderBuilder::new().trim(Trim::All).flexible(true).has_headers(has_header).delimiter(delimiter).from_reader(text.as_bytes())
}

fn unreadable(error: &csv::Error) -> Problem {
    Problem { line: error.position().map_or(1, csv::Position::line), why: format!("this line cannot be read: {error}") }
}

/// The cells of a list without names of columns, each line with its number, counted from 1.
pub(crate) fn lines(text: &str) -> Result<Vec<(u64, Vec<String>)>, Problem> {
    let text = normal(text);
    let mut lines = Vec::new();
    for cells in reader(&text, false).records() {
        let cells = cells.map_err(|error| unreadable(&error))?;
        let number = cells.position().map_or(0, csv::Position::line);
        let cells: Vec<_> = cells.iter().map(|cell| unguard_cell(cell).trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
        if !cells.is_empty() {
            lines.push((number, cells));
        }
    }
    Ok(lines)
}

/// The rows of a table whose columns are known by their names; some may be missing, but not the one that says what a row is about.
pub(crate) fn rows(text: &str, known: &[&str], (key, says): (&str, &str)) -> Result<Vec<Row>, Problem> {
    let text = normal(text);
    let mut reader = reader(&text, true);
    let named = |name: &str| name.to_lowercase().replace('-', "").replace(' ', "_");
    let header: Vec<_> = reader.headers().map_err(|error| unreadable(&error))?.iter().map(named).collect();
    let refused = |why: String| Problem { line: 1, why };
    if let Some(unknown) = header.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(refused(format!("there is no column “{unknown}”; a table has {}", known.join(", "))));
    }
    if !header.iter().any(|name| name == key) {
        return Err(refused(format!("the column “{key}” is missing: {says}")));
    }
    let mut rows = Vec::new();
    for cells in reader.records() {
        let cells = cells.map_err(|error| unreadable(&error))?;
        let number = cells.position().map_or(0, csv::Position::line);
        if cells.len() > header.len() {
            return Err(Problem { line: number, why: format!("{} cells under {} columns", cells.len(), header.len()) });
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { number, header: header.clone(), cells });
        }
    }
    Ok(rows)
}
