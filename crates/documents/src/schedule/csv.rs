//! Closures from a table: `from,to,title,kind`.

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;
use tminus_domain::schedule::ClosureKind;

use super::closures::{Reading, quoted, text};

const COLUMNS: [&str; 4] = ["from", "to", "title", "kind"];
const KINDS: &str = "holiday, closure, freeze, quarter_end or absence";

/// Reads a table with a heading row, separated by commas or semicolons. An empty `to` means one day.
pub fn read_closures_csv(bytes: &[u8]) -> Reading {
    let text = match text(bytes) {
        Ok(text) => text,
        Err(refused) => return refused,
    };
    let heading = text.lines().next().unwrap_or_default();
    let separator = if heading.contains(';') && !heading.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(separator).trim(Trim::All).flexible(true).from_reader(text.as_bytes());
    let places = match reader.headers().map_err(|error| error.to_string()).and_then(places) {
        Ok(places) => places,
        Err(message) => return Reading::refused(1, message),
    };
    let mut reading = Reading::default();
    for row in reader.records() {
        match row {
            Ok(row) => take(&row, places, &mut reading),
            Err(error) => reading.error(error.position().map_or(0, csv::Position::line), format!("this line cannot be read: {error}")),
        }
        if reading.is_hopeless() {
            break;
        }
    }
    reading.finish()
}

/// Where each column is.
fn places(heading: &StringRecord) -> Result<[usize; 4], String> {
    let names: Vec<String> = heading.iter().map(str::to_lowercase).collect();
    if let Some(odd) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(format!("the column {} is not known: the heading row is “from,to,title,kind”", quoted(odd)));
    }
    let mut places = [0; 4];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let mut found = names.iter().enumerate().filter(|(_, name)| *name == column).map(|(at, _)| at);
        *place = found.next().ok_or_else(|| format!("the column “{column}” is missing: the heading row is “from,to,title,kind”"))?;
        if found.next().is_some() {
            return Err(format!("the column “{column}” is there twice"));
        }
    }
    Ok(places)
}

fn take(row: &StringRecord, places: [usize; 4], reading: &mut Reading) {
    let line = row.position().map_or(0, csv::Position::line);
    if row.len() != COLUMNS.len() {
        return reading.error(line, format!("this line has {} fields instead of 4: put a title that has a separator in quotes", row.len()));
    }
    let [from, to, title, kind] = places.map(|at| row.get(at).unwrap_or_default());
    let first = date(from);
    let last = if to.is_empty() { first.clone() } else { date(to) };
    let known = kind.parse::<ClosureKind>();
    for problem in [first.as_ref().err(), last.as_ref().err().filter(|_| !to.is_empty())].into_iter().flatten() {
        reading.error(line, problem);
    }
    if known.is_err() {
        reading.error(line, format!("{} is not a kind of closure: write {KINDS}", quoted(kind)));
    }
    if let (Ok(from), Ok(to), Ok(kind)) = (first, last, known) {
        reading.add(line, title, (from, to), kind);
    }
}

fn date(text: &str) -> Result<Date, String> {
    let strict = text.len() == 10 && text.is_ascii();
    let date = strict.then(|| Date::strptime("%Y-%m-%d", text).ok()).flatten();
    date.ok_or_else(|| format!("{} is not a date: write year-month-day, such as 2026-12-24", quoted(text)))
}
