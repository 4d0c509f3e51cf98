//! Rows made whole: what a deleted row-span, a missing or a superfluous cell means.

use super::{
    cell::Cell,
    inline::plain,
    kind::TableKind,
    table::{RawTable, is_blank},
};
use crate::{limits::MAX_NAMED_LINES, problem::Problem};

/// A row with one cell for each column.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) cells: Vec<String>,
    /// The source had fewer cells, and nobody can say which.
    pub(super) unsure: bool,
}

impl Row {
    /// The raw cell; empty where there is no such column.
    pub(super) fn raw(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.cells.get(column)).map_or("", String::as_str)
    }

    pub(super) fn plain(&self, column: Option<usize>) -> String {
        plain(&super::cell::without_rules(self.raw(column)))
    }

    pub(super) fn cell(&self, column: Option<usize>) -> Cell {
        Cell::read(self.raw(column))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| is_blank(cell))
    }
}

/// What the missing cells of a short row were.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The first ones: they repeat the row above.
    First,
    /// Those after the number in the first column: they repeat the row above.
    AfterNumber,
    /// The last ones: they are empty.
    Last,
    /// Nobody can say.
    Unknown,
}

fn missing(table: &RawTable, kind: Option<TableKind>) -> Missing {
    match kind {
        Some(TableKind::ScheduleGrid) => Missing::Unknown,
        Some(
            TableKind::Checklist
            | TableKind::TminusSchedule
            | TableKind::Responsibility
            | TableKind::Raci
            | TableKind::CommunicationPlan
            | TableKind::EstimationScale
            | TableKind::SprintGoals,
        ) => Missing::Last,
        _ if table.names()[0] == "#" => Missing::AfterNumber,
        _ => Missing::First,
    }
}

/// Short rows filled from the row above where the export is known to have deleted cells; every doubt is a problem with its line.
/// Cells beyond the last column come back apart, by line.
pub(super) fn rows(path: &str, table: &RawTable, kind: Option<TableKind>, problems: &mut Vec<Problem>) -> (Vec<Row>, Vec<(u32, String)>) {
    let columns = table.header.len();
    let rule = missing(table, kind);
    let mut filler = Filler { columns, rule, warnings: Vec::new(), filled: Vec::new() };
    let mut out: Vec<Row> = Vec::with_capacity(table.rows.len());
    let mut beyond = Vec::new();
    for raw in &table.rows {
        let mut cells = raw.cells.clone();
        if cells.len() > columns {
            let more = cells.split_off(columns);
            filler
                .warnings
                .push((raw.line, format!("the row has {} cells for {columns} columns; the last were kept aside", raw.cells.len())));
            beyond.extend(more.iter().filter(|cell| !is_blank(cell)).map(|cell| (raw.line, plain(cell))));
        }
        let short = cells.len() < columns;
        let unsure = short && rule == Missing::Unknown;
        if short {
            cells = filler.fill(raw.line, cells, out.last());
        }
        out.push(Row { line: raw.line, cells, unsure });
    }
    filler.report(path, problems);
    (out, beyond)
}

struct Filler {
    columns: usize,
    rule: Missing,
    warnings: Vec<(u32, String)>,
    /// Lines that were filled from above.
    filled: Vec<u32>,
}

impl Filler {
    fn fill(&mut self, line: u32, mut cells: Vec<String>, above: Option<&Row>) -> Vec<String> {
        let (found, gap) = (cells.len(), self.columns - cells.len());
        let at = match (self.rule, above) {
            (Missing::First, Some(_)) => 0,
            (Missing::AfterNumber, Some(_)) => 1.min(found),
            (Missing::Unknown, _) => {
                if cells.iter().skip(1).any(|cell| !is_blank(cell)) {
                    let message = format!(
                        "the row has {found} cells for {} columns, and any of them may be missing; its columns are not guessed",
                        self.columns
                    );
                    self.warnings.push((line, message));
                }
                cells.resize(self.columns, String::new());
                return cells;
            }
            _ => {
                let message = format!("the row has {found} cells for {} columns; the last {gap} were taken as empty", self.columns);
                self.warnings.push((line, message));
                cells.resize(self.columns, String::new());
                return cells;
            }
        };
        self.filled.push(line);
        let repeated = above.map(|row| row.cells[at..at + gap].to_vec()).unwrap_or_default();
        cells.splice(at..at, repeated);
        cells
    }

    fn report(self, path: &str, problems: &mut Vec<Problem>) {
        if let Some(&first) = self.filled.first() {
            let all: Vec<String> = self.filled.iter().take(MAX_NAMED_LINES).map(u32::to_string).collect();
            let more = if self.filled.len() > MAX_NAMED_LINES { ", …" } else { "" };
            let message = format!(
                "{} rows lack cells that repeat the row above and were filled from it: lines {}{more}",
                self.filled.len(),
                all.join(", ")
            );
            problems.push(Problem::note(path, first, message));
        }
        for (line, message) in self.warnings.iter().take(MAX_NAMED_LINES) {
            problems.push(Problem::warning(path, *line, message.clone()));
        }
        if let Some((line, _)) = self.warnings.get(MAX_NAMED_LINES) {
            let more = self.warnings.len() - MAX_NAMED_LINES;
            problems.push(Problem::warning(path, *line, format!("{more} more rows of this table have too few or too many cells")));
        }
    }
}
