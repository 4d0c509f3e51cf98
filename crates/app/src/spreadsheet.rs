//! Tables for spreadsheets. No cell of them is run as a formula.

use tminus_kits::backlog::guard_cell;

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
