//! Closures from a calendar file (iCalendar, RFC 5545).

use icalendar::parser::{Component, Property, read_calendar, unfold};
use jiff::{
    Span, Timestamp, Zoned,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use tminus_domain::schedule::ClosureKind;

use super::{
    closures::{Reading, quoted, text},
    repeat, scan,
};

/// Reads every event as a closure. An event of a category such as `Freeze` is of that kind, any other of the kind given.
///
/// A day counts as closed if the event touches it. Times in UTC are read in `zone`, others as written.
pub fn read_closures_ics(bytes: &[u8], kind: ClosureKind, zone: &TimeZone) -> Reading {
    let text = match text(bytes) {
        Ok(text) => text,
        Err(refused) => return refused,
    };
    let lines = match scan::events(text) {
        Ok(lines) => lines,
        Err((line, message)) => return Reading::refused(line, message),
    };
    let plain = unfold(&text.lines().filter(|line| !line.trim().is_empty()).flat_map(|line| [line, "\r\n"]).collect::<String>());
    let Ok(calendar) = read_calendar(&plain) else {
        return Reading::refused(0, "the file is no calendar file that can be read: export it again as iCalendar");
    };
    let events: Vec<_> = calendar.components.iter().filter(|part| part.name.as_str().eq_ignore_ascii_case("VEVENT")).collect();
    if events.len() != lines.len() {
        let message = format!("{} events begin, but {} can be read: export the file again as iCalendar", lines.len(), events.len());
        return Reading::refused(0, message);
    }
    let mut reading = Reading::default();
    for (event, line) in events.into_iter().zip(lines) {
        take(event, line, (kind, zone), &mut reading);
        if reading.is_hopeless() {
            break;
        }
    }
    reading.finish()
}

fn take(event: &Component<'_>, line: u64, (kind, zone): (ClosureKind, &TimeZone), reading: &mut Reading) {
    let title = property(event, "SUMMARY").map(|summary| summary.val.clone().unescape_text().as_str().to_owned()).unwrap_or_default();
    let uid = property(event, "UID").map_or_else(String::new, |uid| format!(" (UID {})", quoted(uid.val.as_str())));
    let named = format!("{}{uid}", quoted(&title));
    if property(event, "STATUS").is_some_and(|status| status.val.as_str().eq_ignore_ascii_case("CANCELLED")) {
        return reading.note(line, format!("{named} is cancelled and left out"));
    }
    if let Some(odd) = ["RECURRENCE-ID", "RDATE", "EXRULE"].into_iter().find(|name| property(event, name).is_some()) {
        return reading.error(line, format!("{named} has {odd}, which is not read: write its days as events of their own"));
    }
    let span = match span(event, zone) {
        Ok(span) => span,
        Err(reason) => return reading.error(line, format!("{named}: {reason}")),
    };
    if span.partial {
        reading.note(line, format!("{named} has times: the days {} to {} are taken whole", span.from, span.to));
    }
    let kind = categories(event).find_map(|category| category.parse().ok()).unwrap_or(kind);
    let Some(rule) = property(event, "RRULE") else {
        return reading.add(line, &title, (span.from, span.to), kind);
    };
    let days = exceptions(event, zone).and_then(|except| repeat::days(span.from, rule.val.as_str(), &except));
    match days {
        Err(reason) => reading.error(line, format!("{named} repeats by {}, which cannot be followed: {reason}", quoted(rule.val.as_str()))),
        Ok(days) => {
            let taken = format!("{named} repeats: {} times from {} to {}", days.len(), repeat::FIRST_YEAR, repeat::LAST_YEAR);
            reading.note(line, taken);
            for from in days {
                let to = from.checked_add(span.from.until(span.to).unwrap_or_default()).unwrap_or(from);
                reading.add(line, &title, (from, to), kind);
            }
        }
    }
}

struct Days {
    from: Date,
    to: Date,
    /// It has times, and does not fill its days.
    partial: bool,
}

fn span(event: &Component<'_>, zone: &TimeZone) -> Result<Days, String> {
    let start = property(event, "DTSTART").ok_or("it has no start: DTSTART is missing")?;
    let start_at = moment(start.val.as_str(), zone)?;
    let whole_days = start.val.as_str().trim().len() == 8;
    let end_at = match (property(event, "DTEND"), property(event, "DURATION")) {
        (Some(end), _) => moment(end.val.as_str(), zone)?,
        (None, Some(length)) => {
            let length = length.val.as_str().trim();
            let span: Span = length.parse().map_err(|_| format!("{} is not a duration", quoted(length)))?;
            start_at.checked_add(span).map_err(|_| format!("{} is too long", quoted(length)))?
        }
        (None, None) if whole_days => start_at.checked_add(Span::new().days(1)).map_err(|_| "it leaves the calendar".to_owned())?,
        (None, None) => start_at,
    };
    if end_at < start_at {
        return Err(format!("it ends on {end_at}, before it starts on {start_at}"));
    }
    // An end is the first moment after the event, so midnight does not touch the day that it begins.
    let ends_before_its_day = end_at > start_at && end_at.time() == Time::midnight();
    let to = if ends_before_its_day { end_at.date().yesterday().unwrap_or(end_at.date()) } else { end_at.date() };
    let partial = start_at.time() != Time::midnight() || end_at.time() != Time::midnight();
    Ok(Days { from: start_at.date(), to, partial })
}

/// `20261224`, `20261224T180000` or, in UTC, `20261224T170000Z`.
fn moment(text: &str, zone: &TimeZone) -> Result<DateTime, String> {
    let text = text.trim();
    let digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|byte| byte.is_ascii_digit()));
    let strict = digits(0..8) && (text.len() == 8 || digits(9..15));
    let read = match text.len() {
        _ if !strict => None,
        8 => Date::strptime("%Y%m%d", text).ok().map(|date| date.to_datetime(Time::midnight())),
        15 => DateTime::strptime("%Y%m%dT%H%M%S", text).ok(),
        16 => text.strip_suffix('Z').and_then(|utc| in_zone(utc, zone)),
        _ => None,
    };
    read.ok_or_else(|| format!("{} is not a date or time such as 20261224 or 20261224T180000", quoted(text)))
}

fn in_zone(utc: &str, zone: &TimeZone) -> Option<DateTime> {
    let instant: Timestamp = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Zoned::new(instant, zone.clone()).datetime())
}

fn exceptions(event: &Component<'_>, zone: &TimeZone) -> Result<Vec<Date>, String> {
    let lists = event.properties.iter().filter(|property| property.name.as_str().eq_ignore_ascii_case("EXDATE"));
    lists.flat_map(|list| list.val.as_str().split(',')).map(|day| moment(day, zone).map(DateTime::date)).collect()
}

fn categories<'a>(event: &'a Component<'_>) -> impl Iterator<Item = &'a str> {
    let lists = event.properties.iter().filter(|property| property.name.as_str().eq_ignore_ascii_case("CATEGORIES"));
    lists.flat_map(|list| list.val.as_str().split(','))
}

fn property<'a>(event: &'a Component<'_>, name: &str) -> Option<&'a Property<'a>> {
    event.properties.iter().find(|property| property.name.as_str().eq_ignore_ascii_case(name))
}
