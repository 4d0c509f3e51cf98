//! What commands print: lines for people, JSON for programs. A pipe that closes early is no failure.

use std::{fmt::Display, io::Write as _};

use serde::Serialize;

use crate::exit::Stop;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    pub(crate) json: bool,
}

#[expect(clippy::unused_self, reason = "all that is printed goes through one value, whatever its form")]
impl Out {
    pub(crate) fn line(self, line: impl Display) -> Result<(), Stop> {
        written(writeln!(anstream::stdout().lock(), "{line}"))
    }

    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Stop> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Stop::unavailable(format!("it cannot be printed: {error}")))?;
        written(writeln!(anstream::stdout().lock(), "{text}"))
    }

    /// A file as it is.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<(), Stop> {
        written(std::io::stdout().lock().write_all(bytes))
    }

    /// One answer, for whoever asked.
    pub(crate) fn say(self, value: &impl Serialize, line: impl Display) -> Result<(), Stop> {
        if self.json { self.json(value) } else { self.line(line) }
    }

    /// Columns, as wide as what is in them.
    pub(crate) fn table(self, rows: &[Vec<String>]) -> Result<(), Stop> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<_> = (0..columns).map(width).collect();
        for row in rows {
            let cell = |(cell, width): (&String, &usize)| format!("{cell}{}", " ".repeat(width - cell.chars().count()));
            let line = row.iter().zip(&widths).map(cell).collect::<Vec<_>>().join("  ");
            self.line(line.trim_end())?;
        }
        Ok(())
    }
}

fn written(result: std::io::Result<()>) -> Result<(), Stop> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Stop::unavailable(format!("the answer cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

fn styled(style: anstyle::Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Where it is not a terminal, or colours are not wanted, the printing takes it out again.
pub(crate) fn red(text: impl Display) -> String {
    styled(anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into())), text)
}

pub(crate) fn bold(text: impl Display) -> String {
    styled(anstyle::Style::new().bold(), text)
}

pub(crate) fn faint(text: impl Display) -> String {
    styled(anstyle::Style::new().dimmed(), text)
}

/// Text from outside on one line of a terminal: without what would steer it.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `1 item`, `2 items`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
