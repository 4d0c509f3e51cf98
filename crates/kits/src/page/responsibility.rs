//! Responsibility matrices: ticks or letters by party.

use super::{
    inline::plain,
    kind::TableKind,
    object::{Assigned, Content, Marks, Matrix},
    rows::Row,
    table::{RawTable, is_blank},
};

/// What a mark in a cell is.
enum Mark {
    Tick,
    Letters,
}

fn mark(text: &str) -> Option<Mark> {
    if matches!(text, "X" | "x" | "✓" | "✔" | "☑" | "☒" | "●" | "•") {
        return Some(Mark::Tick);
    }
    let mut parts = letters(text).peekable();
    parts.peek()?;
    parts.all(|part| matches!(part, "R" | "A" | "C" | "I" | "S" | "r" | "a" | "c" | "i" | "s")).then_some(Mark::Letters)
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '/', '&', ';', ' ']).map(str::trim).filter(|part| !part.is_empty())
}

fn is_party(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let known = [
        "customer",
        "client",
        "aws",
        "partner",
        "provider",
        "proserve",
        "delivery",
        "vendor",
        "supplier",
        "consultant",
        "team",
        "and",
        "or",
    ];
    words.peek().is_some() && words.all(|word| known.contains(&word.trim_end_matches('s')) || known.contains(&word))
}

/// Columns that hold marks, or that name a party and are empty.
fn parties(table: &RawTable, header: &[String]) -> (Vec<usize>, bool, bool) {
    let (mut found, mut ticks, mut codes) = (Vec::new(), false, false);
    for (column, name) in header.iter().enumerate().skip(1) {
        let cells: Vec<String> =
            table.rows.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !is_blank(cell)).map(|cell| plain(cell)).collect();
        let marks: Option<Vec<Mark>> = cells.iter().map(|cell| mark(cell)).collect();
        let Some(marks) = marks.filter(|marks| !marks.is_empty() || is_party(name)) else { continue };
        if name.is_empty() {
            continue;
        }
        ticks |= marks.iter().any(|mark| matches!(mark, Mark::Tick));
        codes |= marks.iter().any(|mark| matches!(mark, Mark::Letters));
        found.push(column);
    }
    (found, ticks, codes)
}

/// Whether the table is such a matrix, and which.
pub(super) fn kind(table: &RawTable, header: &[String]) -> Option<TableKind> {
    let (found, ticks, codes) = parties(table, header);
    let named = found.iter().filter(|&&column| is_party(&header[column])).count();
    let first = header.first()?;
    let seats = is_party(first) || found.contains(&0);
    if seats || found.len() < 2 || (named < 2 && (!codes || named == 0 && ticks)) || found.len() + 3 < header.len() {
        return None;
    }
    match (ticks, codes) {
        (_, true) => Some(TableKind::Raci),
        (true, false) => Some(TableKind::Responsibility),
        _ => (named == found.len()).then_some(TableKind::Responsibility),
    }
}

pub(super) fn matrix(table: &RawTable, header: &[String], rows: &[Row], raci: bool) -> Content {
    let (columns, _, _) = parties(table, header);
    let counts = |name: &str| matches!(name.to_lowercase().trim_end_matches('.'), "#" | "no" | "nr" | "id");
    let text = (0..header.len()).find(|column| !columns.contains(column) && !counts(&header[*column])).unwrap_or(0);
    let mut sections: Vec<String> = Vec::new();
    let mut section = String::new();
    let mut entries = Vec::new();
    for row in rows.iter().filter(|row| !row.is_blank()) {
        let task = row.cell(Some(text)).flat();
        let bold = row.raw(Some(text)).trim().starts_with("**");
        let marked = columns.iter().any(|&column| !is_blank(row.raw(Some(column))));
        if !marked && (bold || !raci) {
            section.clone_from(&task);
            sections.push(task);
            continue;
        }
        if raci && bold {
            section.clear();
        }
        let cells = columns.iter().map(|&column| (header[column].clone(), row.plain(Some(column)))).filter(|(_, text)| !text.is_empty());
        let assigned = cells.map(|(party, text)| {
            let marks = match mark(&text) {
                Some(Mark::Letters) => Marks::Letters(letters(&text).map(str::to_uppercase).collect()),
                _ => Marks::Tick(text),
            };
            (party, marks)
        });
        let assigned = assigned.collect();
        let rest =
            (0..header.len()).filter(|column| !columns.contains(column) && *column != text).map(|column| row.cell(Some(column)).flat());
        let note = rest.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        entries.push(Assigned { line: row.line, section: section.clone(), task, assigned, note });
    }
    let matrix = Matrix { parties: columns.iter().map(|&column| header[column].clone()).collect(), sections, entries };
    if raci { Content::Raci(matrix) } else { Content::Responsibility(matrix) }
}
