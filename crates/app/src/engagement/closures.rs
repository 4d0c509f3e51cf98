//! Closures of a calendar, as somebody pasted or uploaded them.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
pub use tminus_documents::schedule::MAX_BYTES;
use tminus_documents::schedule::{Severity, read_closures_csv, read_closures_ics};
use tminus_domain::schedule::{Closure, ClosureKind};

/// What a text of closures was understood as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closures {
    /// By first day.
    pub closures: Vec<Closure>,
    /// How something was understood, with its line.
    pub notes: Vec<String>,
}

/// Reads an iCalendar file or a table `from,to,title,kind`; an empty text has none. Events of a calendar say no kind and may
/// have hours: they are of this `kind`, on their days in this `zone`.
/// Everything that is wrong with it comes back at once, each with its line; nothing is taken then.
pub fn read_closures(text: &str, kind: ClosureKind, zone: &str) -> Result<Closures, Vec<String>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(Closures::default());
    }
    let is_ics = text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR"));
    let reading = if is_ics {
        read_closures_ics(text.as_bytes(), kind, &TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    } else {
        read_closures_csv(text.as_bytes())
    };
    let (errors, notes): (Vec<_>, Vec<_>) = reading.problems.into_iter().partition(|problem| problem.severity == Severity::Error);
    if errors.is_empty() {
        return Ok(Closures { closures: reading.closures, notes: notes.iter().map(ToString::to_string).collect() });
    }
    Err(errors.iter().map(ToString::to_string).collect())
}

/// The same closures as a table, for a form that somebody goes on with.
pub fn write_closures(closures: &[Closure]) -> String {
    if closures.is_empty() {
        return String::new();
    }
    let mut text = String::from("from,to,title,kind\n");
    for Closure { from, to, title, kind } in closures {
        let title = if title.contains([',', '"', ';']) { format!("\"{}\"", title.replace('"', "\"\"")) } else { title.clone() };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{from},{to},{title},{}", kind.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Closures, Vec<String>> {
        read_closures(text, ClosureKind::Closure, "Europe/Berlin")
    }

    #[test]
    fn what_was_read_can_be_written_and_read_again() {
        let text = "from,to,title,kind\n2026-12-24,2027-01-01,\"Shutdown, \"\"Munich\"\"\",closure\n2026-03-30,2026-03-31,Quarter end,quarter_end\n";
        let found = read(text).expect("two closures").closures;
        assert_eq!(found.len(), 2);
        assert_eq!(read(&write_closures(&found)).expect("the same").closures, found);
        assert_eq!(read(" \n"), Ok(Closures::default()));
        assert_eq!(write_closures(&[]), "");
    }

    #[test]
    fn all_that_is_wrong_is_named_with_its_line() {
        let errors = read("from,to,title,kind\n2026-02-30,,Shutdown,closure\n2026-03-01,,,freeze").expect_err("two errors");
        assert!(errors[0].starts_with("line 2: ") && errors[0].contains("2026-02-30"), "{errors:?}");
        assert!(errors[1].starts_with("line 3: "), "{errors:?}");
    }

    #[test]
    fn an_icalendar_file_is_known_by_its_first_line() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261224\r\n\
                    DTEND;VALUE=DATE:20261226\r\nSUMMARY:Shutdown\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let found = read(text).expect("one closure").closures;
        assert_eq!(found[0].to.to_string(), "2026-12-25");
    }
}
