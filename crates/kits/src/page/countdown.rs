//! T-minus schedules: `T - 20 days`.

use super::{
    cell::owners,
    checklist::other,
    kind::{Names, OWNERS},
    object::{Content, Countdown, Unit},
    rows::Row,
};
use crate::problem::{Problem, quote};

/// No offset is longer than this, in days.
const MAX_DAYS: i32 = tminus_domain::kit::due::MAX_DAYS;

/// What a due cell says.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Offset {
        offset: i32,
        unit: Unit,
        assumed: bool,
    },
    /// It speaks of T but cannot be read.
    Unreadable,
    /// It speaks of something else: `by end of Sprint 0`.
    Words,
}

pub(super) fn schedule(path: &str, header: &[String], rows: &[Row], problems: &mut Vec<Problem>) -> Content {
    let names = Names::of(header);
    let (task, owner, due) = (names.column(&["task", "activit", "action"]), names.column(OWNERS), names.column(&["due"]));
    let note = names.column(&["note", "comment", "remark", "description"]);
    let mut entries = Vec::new();
    for row in rows.iter().filter(|row| !row.is_blank()) {
        let due_raw = row.plain(due);
        let read = read_due(&due_raw);
        name_doubt(path, row.line, &due_raw, &read, problems);
        let (offset, unit) = match read {
            Due::Offset { offset, unit, .. } => (Some(offset), Some(unit)),
            _ => (None, None),
        };
        entries.push(Countdown {
            line: row.line,
            task: row.cell(task).flat(),
            owners: owners(row.raw(owner)),
            due_raw,
            offset,
            unit,
            note: row.cell(note).flat(),
            other: other(header, row, &[task, owner, due, note]),
        });
    }
    Content::TminusSchedule { anchor: "T", entries }
}

fn name_doubt(path: &str, line: u32, raw: &str, read: &Due, problems: &mut Vec<Problem>) {
    let shown = quote(raw);
    match read {
        Due::Unreadable => {
            let message = format!("the due date {shown} cannot be read as “T - 20 days”; it was kept as text, without a date");
            problems.push(Problem::warning(path, line, message));
        }
        Due::Offset { assumed: true, .. } => {
            problems.push(Problem::warning(path, line, format!("the due date {shown} has no unit; days were assumed")));
        }
        Due::Words => {
            problems.push(Problem::note(path, line, format!("the due date {shown} names no number of days; it was kept as text")));
        }
        Due::Nothing | Due::Offset { .. } => {}
    }
}

fn read_due(raw: &str) -> Due {
    let text = raw.trim();
    if text.is_empty() {
        return Due::Nothing;
    }
    let Some(rest) = text.strip_prefix(['T', 't']) else { return Due::Words };
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Due::Offset { offset: 0, unit: Unit::Day, assumed: false };
    }
    let minus = rest.strip_prefix(['-', '–', '−', '—']).map(|rest| (-1, rest));
    let Some((sign, rest)) = minus.or_else(|| rest.strip_prefix('+').map(|rest| (1, rest))) else {
        let word = rest.split_whitespace().next().unwrap_or_default();
        let spoken = text.chars().nth(1).is_some_and(char::is_whitespace) && ["minus", "plus", "less"].contains(&word);
        return if spoken || rest.starts_with(|c: char| c.is_ascii_digit()) { Due::Unreadable } else { Due::Words };
    };
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, unit) = rest.split_at(end);
    let Ok(count) = digits.parse::<i32>() else { return Due::Unreadable };
    let (unit, assumed) = match unit.trim().trim_end_matches('.').to_lowercase().as_str() {
        "day" | "days" | "d" | "calendar day" | "calendar days" => (Unit::Day, false),
        "" => (Unit::Day, true),
        "week" | "weeks" | "w" | "wk" | "wks" => (Unit::Week, false),
        "business day" | "business days" | "working day" | "working days" | "workdays" | "bd" => (Unit::BusinessDay, false),
        _ => return Due::Unreadable,
    };
    let days = if unit == Unit::Week { count.checked_mul(7) } else { Some(count) };
    if days.is_none_or(|days| days > MAX_DAYS) {
        return Due::Unreadable;
    }
    Due::Offset { offset: sign * count, unit, assumed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_with_every_dash_and_unit() {
        let days = |offset| Due::Offset { offset, unit: Unit::Day, assumed: false };
        for (raw, due) in [
            ("T - 20 days", days(-20)),
            ("T – 5 days", days(-5)),
            ("T − 1 day", days(-1)),
            ("T + 5 days", days(5)),
            ("T", days(0)),
            ("T-5", Due::Offset { offset: -5, unit: Unit::Day, assumed: true }),
            ("T - 2 weeks", Due::Offset { offset: -2, unit: Unit::Week, assumed: false }),
            ("T - 10 business days", Due::Offset { offset: -10, unit: Unit::BusinessDay, assumed: false }),
            ("", Due::Nothing),
            ("by end of Sprint 0", Due::Words),
            ("Tuesday", Due::Words),
            ("T - -5 days", Due::Unreadable),
            ("T - 1.5 days", Due::Unreadable),
            ("T - 99999999999999999999 days", Due::Unreadable),
            ("T minus five", Due::Unreadable),
        ] {
            assert_eq!(read_due(raw), due, "{raw}");
        }
    }
}
