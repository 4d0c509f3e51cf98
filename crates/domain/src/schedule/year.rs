//! One year as several calendars see it together.

use std::sync::Arc;

use jiff::civil::Date;

use super::{ClosureKind, NoDate, OffReason, WorkCalendar, public_holidays};

/// Which days are worked in every calendar, and what keeps people from it on the others.
#[derive(Clone, Debug)]
pub(super) struct Year {
    /// One bit for each day, 1 January first.
    worked: [u64; 6],
    /// By day. Weekends are not in it.
    pub(super) off: Vec<DayOff>,
}

#[derive(Clone, Debug)]
pub(super) struct DayOff {
    pub(super) date: Date,
    /// Which of the calendars.
    pub(super) calendar: usize,
    pub(super) title: Arc<str>,
    pub(super) reason: OffReason,
}

impl Year {
    pub(super) fn of(calendars: &[WorkCalendar], year: i16) -> Result<Self, NoDate> {
        let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else {
            return Err(NoDate::OutOfReach { year });
        };
        let mut this = Self { worked: [u64::MAX; 6], off: Vec::new() };
        for (at, calendar) in calendars.iter().enumerate() {
            let week = calendar.working_days;
            for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
                if !week.contains(day.weekday()) {
                    this.strike(day);
                }
            }
            if let Some(region) = &calendar.region {
                for holiday in public_holidays(region, year)? {
                    this.add(
                        calendar,
                        DayOff { date: holiday.date, calendar: at, title: holiday.title.into(), reason: OffReason::Holiday },
                    );
                }
            }
            for closure in calendar.closures.iter().filter(|closure| closure.kind.stops_work()) {
                let title: Arc<str> = closure.title.as_str().into();
                let reason = if closure.kind == ClosureKind::Holiday { OffReason::Holiday } else { OffReason::Closure };
                let (from, to) = (closure.from.max(first), closure.to.min(last));
                for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to) {
                    this.add(calendar, DayOff { date, calendar: at, title: title.clone(), reason });
                }
            }
        }
        this.off.sort_by_key(|off| off.date);
        Ok(this)
    }

    pub(super) fn is_worked(&self, date: Date) -> bool {
        let (word, bit) = place(date);
        self.worked.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// What is off on these days, both included, if they lie in this year.
    pub(super) fn off_within(&self, from: Date, to: Date) -> &[DayOff] {
        let start = self.off.partition_point(|off| off.date < from);
        let end = self.off.partition_point(|off| off.date <= to);
        self.off.get(start..end).unwrap_or_default()
    }

    fn add(&mut self, calendar: &WorkCalendar, off: DayOff) {
        self.strike(off.date);
        if calendar.working_days.contains(off.date.weekday()) {
            self.off.push(off);
        }
    }

    fn strike(&mut self, date: Date) {
        let (word, bit) = place(date);
        if let Some(word) = self.worked.get_mut(word) {
            *word &= !(1 << bit);
        }
    }
}

fn place(date: Date) -> (usize, u16) {
    let day = date.day_of_year().unsigned_abs() - 1;
    (usize::from(day / 64), day % 64)
}
