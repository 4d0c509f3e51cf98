//! Events that come again.

use jiff::civil::Date;
use rrule::RRuleSet;

/// Repeating events are taken from this year …
pub(super) const FIRST_YEAR: i16 = 2024;
/// … to this one: the years that public holidays are held for.
pub(super) const LAST_YEAR: i16 = 2035;
/// No rule is longer, in characters.
const MAX_RULE: usize = 300;
/// No event comes again more often.
const MAX_COUNT: u32 = 5_000;
/// A daily event from 1970 to the last year comes so often.
const MAX_DAYS: u16 = 25_000;
const TOO_OFTEN: [&str; 3] = ["BYHOUR", "BYMINUTE", "BYSECOND"];

/// The first days of a repeating event, in the years that are taken.
pub(super) fn days(first: Date, rule: &str, except: &[Date]) -> Result<Vec<Date>, String> {
    let rule = bounded(first, rule)?;
    let text = format!("DTSTART:{}T000000Z\nRRULE:{rule}", first.strftime("%Y%m%d"));
    let set: RRuleSet = text.parse().map_err(|error: rrule::RRuleError| error.to_string())?;
    let mut days = Vec::new();
    for instant in set.all(MAX_DAYS).dates {
        let day: Date = instant.format("%Y-%m-%d").to_string().parse().map_err(|_| "it leaves the calendar".to_owned())?;
        if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) && !except.contains(&day) {
            days.push(day);
        }
    }
    Ok(days)
}

/// The rule with an end that is never later than the last year taken.
fn bounded(first: Date, rule: &str) -> Result<String, String> {
    if rule.chars().count() > MAX_RULE {
        return Err(format!("the rule is longer than {MAX_RULE} characters"));
    }
    if !(1970..=LAST_YEAR).contains(&first.year()) {
        return Err(format!("it starts in {}: repeating events start from 1970 to {LAST_YEAR}", first.year()));
    }
    let last = Date::constant(LAST_YEAR, 12, 31);
    let (mut until, mut counted) = (last, false);
    let mut parts = Vec::new();
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(|| format!("“{part}” has no “=”"))?;
        let name = name.to_ascii_uppercase();
        match name.as_str() {
            "FREQ" if !["YEARLY", "MONTHLY", "WEEKLY", "DAILY"].contains(&value.to_ascii_uppercase().as_str()) => {
                return Err("it comes more often than daily".to_owned());
            }
            name if TOO_OFTEN.contains(&name) => return Err(format!("{name} is for parts of a day")),
            "UNTIL" => {
                let day = value.get(..8).and_then(|day| Date::strptime("%Y%m%d", day).ok());
                until = until.min(day.ok_or_else(|| format!("“{value}” is not a date"))?);
                continue;
            }
            "COUNT" => {
                counted = true;
                if value.parse().map_or(true, |count: u32| count > MAX_COUNT) {
                    return Err(format!("“{part}” is not a count up to {MAX_COUNT}"));
                }
            }
            _ => {}
        }
        parts.push(format!("{name}={value}"));
    }
    if counted && until < last {
        return Err("it has both COUNT and UNTIL".to_owned());
    }
    if !counted {
        parts.push(format!("UNTIL={}T235959Z", until.strftime("%Y%m%d")));
    }
    Ok(parts.join(";"))
}
