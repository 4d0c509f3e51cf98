//! Counting in several calendars at once: a day is worked if every one of them works.

use std::sync::OnceLock;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ClosureKind, MAX_CALENDARS, NotHeld, Unusable, WorkCalendar,
    year::{DayOff, Year},
};
use crate::ids::MilestoneId;

/// Dates are counted from 1 January of this year …
const FIRST_YEAR: i16 = 2000;
/// … to 31 December of this one.
const LAST_YEAR: i16 = 2099;

/// The calendars that a date counts in. Cheap to ask; keep it while the calendars do not change.
#[derive(Clone, Debug)]
pub struct Calendars {
    list: Vec<WorkCalendar>,
    labels: Vec<String>,
    /// Made when first asked for.
    years: Box<[OnceLock<Box<Year>>]>,
}

/// A milestone as dates need it. Without a date, what counts from it has none either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Anchor {
    pub id: MilestoneId,
    /// As it stands in the middle of a sentence: `kick-off`.
    pub title: String,
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
}

/// What a day is. Clashes do not keep it from being worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayState {
    /// Why it is not worked; empty if it is.
    pub off: Vec<Off>,
    pub clashes: Vec<Clash>,
}

/// Why one calendar does not work on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Off {
    pub calendar: String,
    pub reason: OffReason,
    /// Name of the holiday or closure; `weekend` for a weekday that is never worked.
    pub title: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    Weekend,
    Holiday,
    Closure,
}

/// A freeze, quarter end or absence that a date falls into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clash {
    pub calendar: String,
    pub title: String,
    pub kind: ClosureKind,
    #[schemars(with = "String")]
    pub from: Date,
    #[schemars(with = "String")]
    pub to: Date,
}

/// Why there is no date. Never a reason to take another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDate {
    #[error(transparent)]
    NotHeld(#[from] NotHeld),
    #[error("{year} is out of reach: dates are counted from {FIRST_YEAR} to {LAST_YEAR}")]
    OutOfReach { year: i16 },
}

impl Calendars {
    /// Takes the calendars of both sides, and of a person if it matters.
    pub fn new(calendars: Vec<WorkCalendar>) -> Result<Self, Unusable> {
        if calendars.is_empty() {
            return Err(Unusable::NoCalendar);
        }
        // One more than people give: a person's own calendar comes on top.
        if calendars.len() > MAX_CALENDARS + 1 {
            return Err(Unusable::TooManyCalendars(calendars.len()));
        }
        calendars.iter().try_for_each(WorkCalendar::check)?;
        let labels = calendars.iter().map(WorkCalendar::label).collect();
        let years = (FIRST_YEAR..=LAST_YEAR).map(|_| OnceLock::new()).collect();
        Ok(Self { list: calendars, labels, years })
    }

    /// These and one more, such as a person's.
    pub fn with(&self, calendar: WorkCalendar) -> Result<Self, Unusable> {
        Self::new(self.list.iter().cloned().chain([calendar]).collect())
    }

    pub fn list(&self) -> &[WorkCalendar] {
        &self.list
    }

    /// The calendars as an explanation names them: `Delivery (Germany, Bayern)`.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    pub fn is_working(&self, date: Date) -> Result<bool, NoDate> {
        Ok(self.year(date.year())?.is_worked(date))
    }

    /// What a day is, with the reasons of each calendar.
    pub fn working(&self, date: Date) -> Result<DayState, NoDate> {
        let year = self.year(date.year())?;
        let weekend = self.list.iter().filter(|calendar| !calendar.working_days.contains(date.weekday()));
        let weekend =
            weekend.map(|calendar| Off { calendar: calendar.name.clone(), reason: OffReason::Weekend, title: "weekend".to_owned() });
        let named = year.off_within(date, date).iter().map(|off| Off {
            calendar: self.name(off).to_owned(),
            reason: off.reason,
            title: off.title.to_string(),
        });
        Ok(DayState { off: weekend.chain(named).collect(), clashes: self.clashes(date) })
    }

    /// The `count`th working day before a date; with 0 the date itself, or the last working day before it.
    pub fn before(&self, date: Date, count: u32) -> Result<Date, NoDate> {
        self.step(date, count, |date| date.yesterday().ok())
    }

    /// The `count`th working day after a date; with 0 the date itself, or the first working day after it.
    pub fn after(&self, date: Date, count: u32) -> Result<Date, NoDate> {
        self.step(date, count, |date| date.tomorrow().ok())
    }

    /// Working days from `from` up to `to`: those left, `to` not counted; or, negative, those gone by since `to`.
    ///
    /// So `before(to, n)` is always `n` days from `to`, and `after(to, n)` always `-n`.
    pub fn business_days_between(&self, from: Date, to: Date) -> Result<i32, NoDate> {
        let (mut day, end, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut count = 0;
        while day < end {
            if sign > 0 {
                count += i32::from(self.is_working(day)?);
                day = next(day)?;
            } else {
                day = next(day)?;
                count -= i32::from(self.is_working(day)?);
            }
        }
        Ok(count)
    }

    /// Freezes, quarter ends and absences on a day.
    pub fn clashes(&self, date: Date) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for calendar in &self.list {
            let on = calendar.closures.iter().filter(|closure| !closure.kind.stops_work() && closure.from <= date && date <= closure.to);
            clashes.extend(on.map(|closure| Clash {
                calendar: calendar.name.clone(),
                title: closure.title.clone(),
                kind: closure.kind,
                from: closure.from,
                to: closure.to,
            }));
        }
        clashes
    }

    fn step(&self, mut date: Date, mut count: u32, next: fn(Date) -> Option<Date>) -> Result<Date, NoDate> {
        if count == 0 && self.is_working(date)? {
            return Ok(date);
        }
        count = count.max(1);
        while count > 0 {
            date = next(date).ok_or(NoDate::OutOfReach { year: date.year() })?;
            count -= u32::from(self.is_working(date)?);
        }
        Ok(date)
    }

    /// What is off on these days, both included, by day.
    pub(super) fn off_within(&self, from: Date, to: Date) -> Result<Vec<&DayOff>, NoDate> {
        let mut all = Vec::new();
        if from <= to {
            for year in from.year()..=to.year() {
                all.extend(self.year(year)?.off_within(from, to));
            }
        }
        Ok(all)
    }

    pub(super) fn name(&self, off: &DayOff) -> &str {
        self.list.get(off.calendar).map_or("", |calendar| &calendar.name)
    }

    fn year(&self, year: i16) -> Result<&Year, NoDate> {
        let out_of_reach = || NoDate::OutOfReach { year };
        let at = usize::try_from(year - FIRST_YEAR).map_err(|_| out_of_reach())?;
        let cell = self.years.get(at).ok_or_else(out_of_reach)?;
        if let Some(known) = cell.get() {
            return Ok(known);
        }
        let made = Box::new(Year::of(&self.list, year)?);
        Ok(cell.get_or_init(|| made))
    }
}

impl DayState {
    pub fn is_working(&self) -> bool {
        self.off.is_empty()
    }
}

fn next(date: Date) -> Result<Date, NoDate> {
    date.tomorrow().map_err(|_| NoDate::OutOfReach { year: date.year() })
}
