//! Tables as they stand: rows of raw cells.

use super::{inline::plain, line::Line};
use crate::problem::Problem;

/// A table whose cells nobody has interpreted.
#[derive(Clone, Debug, Default)]
pub(super) struct RawTable {
    pub(super) line: u32,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<RawRow>,
    /// A row above the true header.
    pub(super) title: String,
    /// Lines of the source that belong to no row, counted from the table's first.
    pub(super) kept_as_text: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct RawRow {
    pub(super) line: u32,
    pub(super) cells: Vec<String>,
}

impl RawTable {
    pub(super) fn is_blank(&self) -> bool {
        let blank = |cells: &[String]| cells.iter().all(|cell| is_blank(cell));
        blank(&self.header) && self.rows.iter().all(|row| blank(&row.cells))
    }

    /// The header as it reads.
    pub(super) fn names(&self) -> Vec<String> {
        self.header.iter().map(|cell| plain(cell)).collect()
    }
}

pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(char::is_whitespace)
}

pub(super) fn is_row(text: &str) -> bool {
    text.trim_start().starts_with('|')
}

pub(super) struct Reader<'p> {
    pub(super) path: &'p str,
    pub(super) problems: &'p mut Vec<Problem>,
}

impl Reader<'_> {
    fn warn(&mut self, line: u32, message: &str) {
        self.problems.push(Problem::warning(self.path, line, message));
    }

    /// The table at the start of the lines, and how many of them it takes.
    pub(super) fn read(&mut self, lines: &[Line]) -> (RawTable, usize) {
        let header = split(&lines[0].text);
        let mut table = RawTable { line: lines[0].number, ..RawTable::default() };
        let separator = lines.get(1).filter(|line| is_row(&line.text)).map(|line| split(&line.text)).filter(|cells| is_separator(cells));
        let Some(separator) = separator else {
            let taken = lines.iter().take_while(|line| is_row(&line.text)).count();
            self.warn(table.line, "this looks like a table but has no separator row (| --- |) below its header; it was kept as text");
            table.kept_as_text = (0..taken).collect();
            return (table, taken);
        };
        if separator.len() != header.len() {
            let message =
                format!("the separator has {} columns, the header above it {}; the header's were taken", separator.len(), header.len());
            self.warn(lines[1].number, &message);
        }
        table.header = header;
        let mut taken = 2;
        for line in &lines[2..] {
            if is_row(&line.text) {
                table.rows.push(RawRow { line: line.number, cells: split(&line.text) });
            } else if has_pipe(&line.text) && !line.text.trim().is_empty() {
                self.warn(line.number, "this line inside a table does not begin with a pipe (|); it was kept as text and is not a row");
                table.kept_as_text.push(taken);
            } else {
                break;
            }
            taken += 1;
        }
        (table, taken)
    }
}

/// The raw cells of a row. An escaped pipe belongs to its cell.
fn split(text: &str) -> Vec<String> {
    let text = text.trim().strip_prefix('|').unwrap_or(text);
    let mut cells = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (c, next) {
            ('\\', Some('|')) => {
                chars.next();
                push(&mut cells, '|');
            }
            ('\\', Some(next)) => {
                chars.next();
                push(&mut cells, c);
                push(&mut cells, next);
            }
            ('|', None) => break,
            ('|', Some(_)) => cells.push(String::new()),
            _ => push(&mut cells, c),
        }
    }
    cells
}

fn push(cells: &mut [String], c: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(c);
    }
}

fn has_pipe(text: &str) -> bool {
    let mut escaped = false;
    for c in text.chars() {
        if c == '|' && !escaped {
            return true;
        }
        escaped = c == '\\' && !escaped;
    }
    false
}

fn is_separator(cells: &[String]) -> bool {
    cells.iter().all(|cell| {
        let bare = cell.trim();
        let bare = bare.strip_prefix(':').unwrap_or(bare);
        let bare = bare.strip_suffix(':').unwrap_or(bare);
        !bare.is_empty() && bare.bytes().all(|byte| byte == b'-')
    })
}
