//! Week and day grids with times.

use super::{
    kind::is_day,
    object::{Content, Event, GridReading, Slot},
    rows::Row,
};

pub(super) fn grid(header: &[String], rows: &[Row]) -> Content {
    let mut slots = Vec::new();
    let mut time = String::new();
    // Where the first column is a day already, nothing says the times but the cells.
    let has_times = header.first().is_some_and(|name| !is_day(name));
    for row in rows {
        let first = if has_times { row.plain(Some(0)) } else { String::new() };
        let timed = !first.is_empty() && (!row.unsure || is_time(&first));
        if timed {
            time.clone_from(&first);
        }
        let from = usize::from(has_times && (!row.unsure || timed || first.is_empty()));
        let afternoon = time.to_lowercase().contains("pm");
        let filled = (from..row.cells.len()).map(|column| (column, row.cell(Some(column)).flat())).filter(|(_, text)| !text.is_empty());
        let events = filled.map(|(column, text)| {
            let column = (!row.unsure).then(|| header[column].clone());
            event(column, text, afternoon)
        });
        slots.push(Slot { line: row.line, time: time.clone(), short_row: row.unsure, events: events.collect() });
    }
    Content::ScheduleGrid(GridReading {
        columns: header.to_vec(),
        ambiguous_rows: rows.iter().filter(|row| row.unsure).count(),
        slots,
        rows: rows.iter().map(|row| (0..row.cells.len()).map(|column| row.cell(Some(column)).flat()).collect()).collect(),
    })
}

fn is_time(text: &str) -> bool {
    clock(&text.chars().collect::<Vec<_>>(), 0).is_some() || text.to_lowercase().starts_with("day ")
}

fn event(column: Option<String>, text: String, afternoon: bool) -> Event {
    let chars: Vec<char> = text.chars().collect();
    let span =
        (0..chars.len()).filter(|&at| at == 0 || !chars[at - 1].is_alphanumeric()).find_map(|at| span(&chars, at).map(|span| (at, span)));
    let Some((from, (start, end, to))) = span else { return Event { column, text, ..Event::default() } };
    let bracketed = from > 0 && chars[from - 1] == '(' && chars.get(to) == Some(&')');
    let (from, to) = if bracketed { (from - 1, to + 1) } else { (from, to) };
    let around: String = chars[..from].iter().chain(&[' ']).chain(&chars[to..]).collect();
    let bare = around.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | ':' | ','));
    let title = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = day_time(start, afternoon);
    let mut end = day_time(end, afternoon);
    if end < start && end + 12 * 60 < 24 * 60 {
        end += 12 * 60;
    }
    Event { column, text, start: Some(shown(start)), end: Some(shown(end)), title: Some(title) }
}

#[derive(Clone, Copy)]
struct Clock {
    hour: u32,
    minute: u32,
    /// `true` after noon, if it says so itself.
    half: Option<bool>,
}

/// `09:00-09:15` or `0900-0915` at a place, and where it ends.
fn span(chars: &[char], at: usize) -> Option<(Clock, Clock, usize)> {
    let (start, next) = clock(chars, at)?;
    let dash = skip_blanks(chars, next);
    if !matches!(chars.get(dash), Some('-' | '–' | '—')) {
        return None;
    }
    let (end, next) = clock(chars, skip_blanks(chars, dash + 1))?;
    Some((start, end, next))
}

fn skip_blanks(chars: &[char], at: usize) -> usize {
    at + chars.iter().skip(at).take_while(|c| **c == ' ').count()
}

fn clock(chars: &[char], at: usize) -> Option<(Clock, usize)> {
    let digits = |from: usize| chars.iter().skip(from).take(5).take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, to: usize| chars[from..to].iter().collect::<String>().parse::<u32>().ok();
    let first = digits(at);
    let (hour, minute, mut next) = match first {
        1 | 2 if chars.get(at + first) == Some(&':') && digits(at + first + 1) == 2 => {
            (number(at, at + first)?, number(at + first + 1, at + first + 3)?, at + first + 3)
        }
        4 => (number(at, at + 2)?, number(at + 2, at + 4)?, at + 4),
        _ => return None,
    };
    if hour > 23 || minute > 59 {
        return None;
    }
    let after = skip_blanks(chars, next);
    let suffix: String = chars.iter().skip(after).take(2).collect::<String>().to_lowercase();
    let ends = !chars.get(after + 2).is_some_and(|c| c.is_alphanumeric());
    let half = match suffix.as_str() {
        "am" if ends => Some(false),
        "pm" if ends => Some(true),
        _ => None,
    };
    if half.is_some() {
        next = after + 2;
    }
    Some((Clock { hour, minute, half }, next))
}

/// Minutes since midnight; a time without its half of the day takes that of its row.
fn day_time(clock: Clock, afternoon: bool) -> u32 {
    let hour = match clock.half.unwrap_or(afternoon) {
        true if clock.hour < 12 => clock.hour + 12,
        false if clock.half.is_some() && clock.hour == 12 => 0,
        _ => clock.hour,
    };
    hour * 60 + clock.minute
}

fn shown(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_take_the_half_of_the_day_from_their_row() {
        for (text, afternoon, read) in [
            ("09:00-09:15 - Daily Standup", false, "09:00 09:15 Daily Standup"),
            ("2:00-02:30 - Status (weekly)", true, "14:00 14:30 Status (weekly)"),
            ("Planning (0230-0300)", true, "14:30 15:00 Planning"),
            ("11:30 AM – 1:00 PM Lunch", false, "11:30 13:00 Lunch"),
            ("12:30-01:00 Review", true, "12:30 13:00 Review"),
        ] {
            let event = event(None, text.to_owned(), afternoon);
            let shown = [event.start, event.end, event.title].map(Option::unwrap_or_default).join(" ");
            assert_eq!(shown, read, "{text}");
        }
        assert_eq!(event(None, "Room 1234-99999".to_owned(), false).start, None);
    }
}
