mod csv;
mod hostile;
mod ics;

use jiff::tz::TimeZone;
use tminus_domain::schedule::ClosureKind;

use super::*;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

/// A calendar file around events.
fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Northwind//Plant//EN\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:1@northwind.example\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n")
}

fn read(text: &str) -> Reading {
    read_closures_ics(text.as_bytes(), ClosureKind::Closure, &berlin())
}

/// Each closure in one line.
fn told(reading: &Reading) -> Vec<String> {
    assert!(!reading.is_refused(), "{:?}", reading.problems);
    reading.closures.iter().map(|one| format!("{} {} {} {}", one.from, one.to, one.title, one.kind.as_str())).collect()
}

/// Each error with its line; nothing may be taken then.
fn errors(reading: &Reading) -> Vec<String> {
    assert!(reading.is_refused() && reading.closures.is_empty(), "{reading:?}");
    reading.problems.iter().filter(|problem| problem.severity == Severity::Error).map(ToString::to_string).collect()
}
