//! Rows and cells of a CSV text, each with its line.

use crate::{limits::MAX_ROWS, problem::Problem};

#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) cells: Vec<Cell>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) line: u32,
    /// In characters, counted from 1.
    pub(super) column: u32,
}

/// The rows of a text without its blank lines; `None` where it is refused.
pub(super) fn rows(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Vec<Row>> {
    let mut scan = Scan { separator: separator(text), line: 1, column: 0, ..Scan::default() };
    scan.begin_row();
    for c in text.chars() {
        scan.take(c);
        if scan.rows.len() > MAX_ROWS + 1 {
            let message = format!("the file has more than {MAX_ROWS} rows, the limit. Nothing was imported");
            problems.push(Problem::error(file, scan.line, message));
            return None;
        }
    }
    if scan.quoted {
        let message = format!("the quotation mark that opens at line {} is never closed. Nothing was imported", scan.opened);
        problems.push(Problem::error(file, scan.opened, message));
        return None;
    }
    scan.end_row();
    Some(scan.rows)
}

/// The character that separates cells: the one that the first line has most of.
fn separator(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |separator: char| first.matches(separator).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

#[derive(Default)]
struct Scan {
    separator: char,
    rows: Vec<Row>,
    row: Row,
    cell: Cell,
    quoted: bool,
    /// A quotation mark inside a quoted cell that may close it.
    closing: bool,
    /// The line where the open quotation mark stands.
    opened: u32,
    line: u32,
    column: u32,
}

impl Scan {
    fn begin_row(&mut self) {
        self.row = Row { line: self.line, cells: Vec::new() };
        self.cell = Cell { line: self.line, column: 1, ..Cell::default() };
    }

    fn take(&mut self, c: char) {
        self.column += 1;
        if self.quoted && !self.closing {
            match c {
                '"' => self.closing = true,
                c => self.push(c),
            }
            return;
        }
        if self.closing {
            self.closing = false;
            if c == '"' {
                self.push('"');
                return;
            }
            self.quoted = false;
        }
        match c {
            '"' if self.cell.text.is_empty() => {
                self.quoted = true;
                self.opened = self.line;
            }
            '\n' => {
                self.end_row();
                self.line += 1;
                self.column = 0;
                self.begin_row();
            }
            c if c == self.separator => {
                let next = Cell { line: self.line, column: self.column + 1, ..Cell::default() };
                self.row.cells.push(std::mem::replace(&mut self.cell, next));
            }
            c => self.push(c),
        }
    }

    fn push(&mut self, c: char) {
        self.cell.text.push(c);
        if c == '\n' {
            self.line += 1;
            self.column = 0;
        }
    }

    fn end_row(&mut self) {
        self.row.cells.push(std::mem::take(&mut self.cell));
        let row = std::mem::take(&mut self.row);
        if row.cells.len() > 1 || row.cells.iter().any(|cell| !cell.text.trim().is_empty()) {
            self.rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_lines_and_quotes() {
        let rows = rows("a.csv", "A;B\n\"x\ny\";\"say \"\"hi\"\"\"\n\nz", &mut Vec::new()).expect("rows");
        let texts: Vec<Vec<&str>> = rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["A", "B"], vec!["x\ny", "say \"hi\""], vec!["z"]]);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2, 5]);
    }

    #[test]
    fn an_open_quotation_mark_is_named_where_it_opens() {
        let mut problems = Vec::new();
        assert!(rows("a.csv", "A,B\n1,2\nx,\"never\nends\n", &mut problems).is_none());
        assert_eq!(problems[0].line, 3);
    }
}
