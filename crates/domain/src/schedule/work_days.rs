//! The worked days around a milestone, kept with an engagement so that a list can count down without any calendar.

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Calendars, NoDate};

/// Days before the milestone that are kept …
const BEFORE: i64 = 220;
/// … and in all, 64 to a word.
const WORDS: i64 = 6;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkDays {
    first: Date,
    /// One bit a day, from the lowest.
    worked: Vec<u64>,
}

impl WorkDays {
    pub fn around(calendars: &Calendars, milestone: Date) -> Result<Self, NoDate> {
        let first = milestone.saturating_sub(BEFORE.days());
        let mut worked = Vec::new();
        let mut day = first;
        'words: for _ in 0..WORDS {
            let mut word = 0;
            for bit in 0..64 {
                match calendars.is_working(day) {
                    Ok(is_working) => word |= u64::from(is_working) << bit,
                    // Beyond the last year whose holidays are known, nobody can count.
                    Err(_) if day > milestone => break 'words,
                    Err(no_date) => return Err(no_date),
                }
                day = day.saturating_add(1.day());
            }
            worked.push(word);
        }
        Ok(Self { first, worked })
    }

    fn is_worked(&self, date: Date) -> Option<bool> {
        let index = usize::try_from(self.first.until(date).ok()?.get_days()).ok()?;
        Some(self.worked.get(index / 64)? >> (index % 64) & 1 == 1)
    }

    /// As [`Calendars::business_days_between`]; `None` where either day is too far from the milestone.
    pub fn between(&self, from: Date, to: Date) -> Option<i32> {
        let (mut day, end, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        self.is_worked(day)?;
        self.is_worked(end)?;
        let mut count = 0;
        while day < end {
            let next = day.tomorrow().ok()?;
            count += i32::from(self.is_worked(if sign > 0 { day } else { next })?);
            day = next;
        }
        Some(sign * count)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{kit::Side, schedule::WorkCalendar};

    #[test]
    fn kept_days_count_as_the_calendars_do() {
        let region = |text: &str| text.parse().expect("a region");
        let calendars = Calendars::new(vec![
            WorkCalendar::new("Delivery", Side::Delivery).in_region(region("DE-BY")),
            WorkCalendar::new("Customer", Side::Customer).in_region(region("US")),
        ]);
        let calendars = calendars.expect("usable");
        let kickoff = date(2026, 1, 6);
        let kept = WorkDays::around(&calendars, kickoff).expect("in reach");
        let mut day = date(2025, 7, 1);
        while day < date(2026, 5, 1) {
            assert_eq!(kept.between(day, kickoff), calendars.business_days_between(day, kickoff).ok(), "{day}");
            day = day.tomorrow().expect("a day");
        }
        assert_eq!(kept.between(date(2020, 1, 1), kickoff), None);
    }
}
