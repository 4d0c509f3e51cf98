//! Dates that explain themselves.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Anchor, Calendars, Clash, NoDate, Off};
use crate::kit::due::{DayUnit, DueRule};

/// What a rule comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Computed {
    Known {
        #[schemars(with = "String")]
        date: Date,
        why: Explanation,
    },
    /// The milestone has no date yet, so this has none. `anchor` is its title.
    Unknown { rule: DueRule, anchor: String },
}

/// Why a date is what it is. [`Display`](fmt::Display) makes a sentence of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    pub rule: DueRule,
    /// The milestone's title.
    pub anchor: String,
    #[schemars(with = "String")]
    pub anchor_date: Date,
    /// The calendars it was counted in: `Delivery (Germany, Bayern)`.
    pub calendars: Vec<String>,
    /// Why the milestone itself is not on a working day, if it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchor_off: Vec<Off>,
    /// Holidays and closures that were passed over. Weekends are not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What the date falls into, though people work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<Clash>,
}

/// Days that were passed over, first and last included, weekends within them too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    #[schemars(with = "String")]
    pub from: Date,
    #[schemars(with = "String")]
    pub to: Date,
    pub calendar: String,
    pub title: String,
}

/// From the day that the count of calendar days led to, to the working day that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    #[schemars(with = "String")]
    pub from: Date,
    #[schemars(with = "String")]
    pub to: Date,
    pub off: Vec<Off>,
}

impl Calendars {
    /// The date that a rule comes to. “Before” goes to the earlier working day, “after” to the later;
    /// the milestone's own day stays, and is named if it is not worked.
    pub fn compute(&self, rule: &DueRule, anchor: &Anchor) -> Result<Computed, NoDate> {
        let Some(anchor_date) = anchor.date else {
            return Ok(Computed::Unknown { rule: rule.clone(), anchor: anchor.title.clone() });
        };
        let (date, moved) = self.land(rule, anchor_date)?;
        // A count of calendar days passes over nothing; only its move to a working day does.
        let passed_from = moved.as_ref().map_or(anchor_date, |moved| moved.from);
        let counts = rule.unit == DayUnit::Business || moved.is_some();
        let why = Explanation {
            rule: rule.clone(),
            anchor: anchor.title.clone(),
            anchor_date,
            calendars: self.labels().to_vec(),
            anchor_off: self.off_on(anchor_date)?,
            skipped: if counts { self.skipped(passed_from, date)? } else { Vec::new() },
            moved,
            clashes: self.clashes(date),
        };
        Ok(Computed::Known { date, why })
    }

    fn land(&self, rule: &DueRule, anchor: Date) -> Result<(Date, Option<Moved>), NoDate> {
        let count = rule.offset.unsigned_abs();
        match (rule.unit, rule.offset.signum()) {
            (_, 0) => return Ok((anchor, None)),
            (DayUnit::Business, -1) => return Ok((self.before(anchor, count)?, None)),
            (DayUnit::Business, _) => return Ok((self.after(anchor, count)?, None)),
            (DayUnit::Calendar, _) => {}
        }
        let span = jiff::Span::new().try_days(rule.offset).and_then(|span| anchor.checked_add(span));
        let from = span.map_err(|_| NoDate::OutOfReach { year: anchor.year() })?;
        let to = if rule.offset < 0 { self.before(from, 0)? } else { self.after(from, 0)? };
        Ok((to, if from == to { None } else { Some(Moved { from, to, off: self.off_on(from)? }) }))
    }

    fn off_on(&self, date: Date) -> Result<Vec<Off>, NoDate> {
        if self.is_working(date)? { Ok(Vec::new()) } else { Ok(self.working(date)?.off) }
    }

    /// What is off strictly between two days, days in a row as one.
    fn skipped(&self, a: Date, b: Date) -> Result<Vec<Skipped>, NoDate> {
        let (Ok(from), Ok(to)) = (a.min(b).tomorrow(), a.max(b).yesterday()) else {
            return Ok(Vec::new());
        };
        let mut list: Vec<Skipped> = Vec::new();
        for off in self.off_within(from, to)? {
            let calendar = self.name(off);
            let run = list.iter_mut().rev().find(|run| run.calendar == calendar && run.title == *off.title);
            match run {
                Some(run) if self.only_weekend_between(run.to, off.date) => run.to = off.date,
                _ => list.push(Skipped { from: off.date, to: off.date, calendar: calendar.to_owned(), title: off.title.to_string() }),
            }
        }
        Ok(list)
    }

    fn only_weekend_between(&self, earlier: Date, later: Date) -> bool {
        let mut day = earlier;
        while let Ok(next) = day.tomorrow() {
            if next >= later {
                return true;
            }
            if self.list().iter().all(|calendar| calendar.working_days.contains(next.weekday())) {
                return false;
            }
            day = next;
        }
        false
    }
}

impl Computed {
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Known { date, .. } => Some(*date),
            Self::Unknown { .. } => None,
        }
    }
}

impl fmt::Display for Computed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { why, .. } => why.fmt(f),
            Self::Unknown { rule, anchor } => write!(f, "{} {anchor}, {anchor} not set", span(rule)),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, anchor, anchor_date, .. } = self;
        write!(f, "{} {anchor} on {}, counted in {}", span(rule), long(*anchor_date), joined(&self.calendars))?;
        if !self.anchor_off.is_empty() {
            write!(f, "; {} is no working day: {}", anchor_date.strftime("%a %-d %b"), reasons(&self.anchor_off))?;
        }
        if let Some(Moved { from, to, off }) = &self.moved {
            write!(f, "; moved from {} to {}: {}", self.short(*from), self.short(*to), reasons(off))?;
        }
        if !self.skipped.is_empty() {
            write!(f, "; skipped {}", self.passed())?;
        }
        for Clash { calendar, title, from, to, .. } in &self.clashes {
            write!(f, "; falls into {title} ({calendar}, {})", self.range(*from, *to))?;
        }
        Ok(())
    }
}

impl Explanation {
    fn passed(&self) -> String {
        let mut groups: Vec<(&Skipped, Vec<&str>)> = Vec::new();
        for skipped in &self.skipped {
            let same = |(first, _): &&mut (&Skipped, Vec<&str>)| {
                (first.from, first.to, &first.title) == (skipped.from, skipped.to, &skipped.title)
            };
            match groups.iter_mut().find(same) {
                Some((_, calendars)) => calendars.push(&skipped.calendar),
                None => groups.push((skipped, vec![&skipped.calendar])),
            }
        }
        let groups = groups
            .iter()
            .map(|(first, calendars)| format!("{} {} ({})", self.range(first.from, first.to), first.title, calendars.join(", ")));
        groups.collect::<Vec<_>>().join(", ")
    }

    fn range(&self, from: Date, to: Date) -> String {
        if from == to { self.short(from) } else { format!("{}–{}", self.short(from), self.short(to)) }
    }

    /// Without the year, if it is the milestone's.
    fn short(&self, date: Date) -> String {
        if date.year() == self.anchor_date.year() { date.strftime("%a %-d %b").to_string() } else { long(date) }
    }
}

fn span(rule: &DueRule) -> String {
    let unit = match rule.unit {
        DayUnit::Business => "business day",
        DayUnit::Calendar => "calendar day",
    };
    let plural = if rule.offset.abs() == 1 { "" } else { "s" };
    match rule.offset {
        0 => "the day of".to_owned(),
        count if count < 0 => format!("{} {unit}{plural} before", count.unsigned_abs()),
        count => format!("{count} {unit}{plural} after"),
    }
}

fn long(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

fn joined(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} and {end}", most.join(", ")),
    }
}

/// `Epiphany (Delivery), weekend (Delivery, Customer)`.
fn reasons(list: &[Off]) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for off in list {
        match groups.iter_mut().find(|(title, _)| *title == off.title) {
            Some((_, calendars)) => calendars.push(&off.calendar),
            None => groups.push((&off.title, vec![&off.calendar])),
        }
    }
    groups.iter().map(|(title, calendars)| format!("{title} ({})", calendars.join(", "))).collect::<Vec<_>>().join(", ")
}
