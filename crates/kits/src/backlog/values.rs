//! Points and dates of a row: read if they are sure, named if they are not.

use super::columns::Fields;
use crate::{
    limits::MAX_POINTS,
    problem::{Problem, quote},
};

/// Story points; none where the cell is empty or cannot be trusted.
pub(super) fn points(file: &str, fields: &Fields, problems: &mut Vec<Problem>) -> Option<f64> {
    let cell = fields.get("story points");
    let text = cell.trim();
    if text.is_empty() {
        return None;
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let points = text.parse::<f64>().ok().filter(|points| plain && points.is_finite() && *points <= MAX_POINTS);
    if points.is_none() {
        let message = format!("{} are no story points (a number from 0 to {MAX_POINTS}); the story has none", quote(text));
        problems.push(Problem::warning(file, fields.line, message));
    }
    points
}

/// Names dates that do not exist or that can be read in two ways. A kit has no dates of its own; they are kept as text.
pub(super) fn check_dates(file: &str, fields: &Fields, problems: &mut Vec<Problem>) {
    for (column, text) in fields.others().iter().filter(|(column, _)| column.to_ascii_lowercase().contains("date")) {
        if let Some(doubt) = doubt(text) {
            problems.push(Problem::warning(file, fields.line, format!("{column}: {} {doubt}; it is kept as text only", quote(text))));
        }
    }
}

fn doubt(text: &str) -> Option<&'static str> {
    const NONE: Option<&str> = Some("is no date that exists");
    let (date, time) = text.split_once(['T', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let parts: Vec<Option<u32>> = date.split(['-', '/', '.']).map(|part| part.parse().ok()).collect();
    let [Some(first), Some(second), Some(third)] = parts[..] else { return NONE };
    let exists = if date.contains('-') {
        date.split('-').next().is_some_and(|year| year.len() == 4) && is_date(first, second, third)
    } else {
        match (is_date(third, second, first), is_date(third, first, second)) {
            (true, true) if first != second => return Some("can be read as two dates"),
            (either, or) => either || or,
        }
    };
    match time {
        _ if !exists => NONE,
        Some(_) => Some("has a time without a time zone, which may not exist on the day when clocks change"),
        None => None,
    }
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=9999).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_do_not_exist_or_are_doubtful_are_named() {
        for text in ["2026-02-30", "2026-13-01", "0000-00-00", "99999-01-01", "31/04/2026", "03/04/2026", "2026-03-29T02:30:00", "soon"] {
            assert!(doubt(text).is_some(), "{text}");
        }
        for text in ["2024-02-29", "2026-01-06", "13/04/2026", "05/05/2026"] {
            assert_eq!(doubt(text), None, "{text}");
        }
    }
}
