//! Dates as people read them: `Tue 24 Nov`, `T−6`, and what is left in business days.

use std::{
    borrow::Borrow,
    fmt::{self, Display},
};

use jiff::civil::{Date, Time};

use crate::words::Words;

/// `Tue 24 Nov`.
pub fn day(date: impl Borrow<Date>) -> String {
    format!("{} {}", weekday(*date.borrow()), short_day(date))
}

/// `24 Nov`.
pub fn short_day(date: impl Borrow<Date>) -> String {
    let date = date.borrow();
    format!("{} {}", date.day(), month(*date))
}

/// `Tue 24 Nov 2026`, where the year is not plain from the page.
pub fn full_day(date: impl Borrow<Date>) -> String {
    format!("{} {}", day(date.borrow()), date.borrow().year())
}

/// `10:00`
pub(crate) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

pub(crate) fn month(date: Date) -> Words {
    const MONTHS: [Words; 12] = [
        t!("month.1"),
        t!("month.2"),
        t!("month.3"),
        t!("month.4"),
        t!("month.5"),
        t!("month.6"),
        t!("month.7"),
        t!("month.8"),
        t!("month.9"),
        t!("month.10"),
        t!("month.11"),
        t!("month.12"),
    ];
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

fn weekday(date: Date) -> Words {
    const DAYS: [Words; 7] =
        [t!("weekday.1"), t!("weekday.2"), t!("weekday.3"), t!("weekday.4"), t!("weekday.5"), t!("weekday.6"), t!("weekday.7")];
    DAYS[usize::from(date.weekday().to_monday_one_offset().unsigned_abs()) - 1]
}

/// Business days to (`T−6`) or since (`T+5`) a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// Positive before the milestone.
    pub days_left: i32,
}

impl Countdown {
    /// `T−` or `T+`: the grey half.
    pub fn sign(self) -> &'static str {
        if self.days_left >= 0 { "T−" } else { "T+" }
    }

    /// The other half.
    pub fn number(self) -> u32 {
        self.days_left.unsigned_abs()
    }
}

impl Display for Countdown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.sign(), self.number())
    }
}

/// When something is due and what that means today, in business days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// `Tue 24 Nov in 3 bd`
    Ahead {
        due: Date,
        left: u32,
    },
    /// `Thu 19 Nov today`
    Today {
        due: Date,
    },
    /// `Tue 17 Nov 2 bd late`
    Late {
        due: Date,
        by: u32,
    },
    /// `Wed 2 Dec start by Mon 23`
    StartBy {
        due: Date,
        start: Date,
    },
    /// `Tue 1 Dec needs 10 bd, 6 left`
    Unfeasible {
        due: Date,
        need: u32,
        left: u32,
    },
    /// `Mon 16 Nov done 17 Nov`, grey: when it was due, and when it was done or waived
    Done {
        due: Option<Date>,
        on: Date,
        waived: bool,
    },
    LeftOut,
    /// No date follows yet, with the rule: `kick-off − 10 bd, kick-off not set`.
    Unknown {
        rule: String,
    },
}

impl Due {
    /// The date that stands first.
    pub fn date(&self) -> Option<Date> {
        match *self {
            Self::Ahead { due, .. }
            | Self::Today { due }
            | Self::Late { due, .. }
            | Self::StartBy { due, .. }
            | Self::Unfeasible { due, .. } => Some(due),
            Self::Done { due, .. } => due,
            Self::LeftOut | Self::Unknown { .. } => None,
        }
    }

    /// The same as words, `Tue 24 Nov`.
    pub fn day(&self) -> Option<String> {
        self.date().map(day)
    }

    /// What stands after it.
    pub fn phrase(&self) -> String {
        let days = |words: Words, number: &u32| words.with("n", number).to_string();
        match self {
            Self::Ahead { left, .. } => days(t!("due.in"), left),
            Self::Today { .. } => t!("due.today").into(),
            Self::Late { by, .. } => days(t!("due.late"), by),
            Self::StartBy { start, .. } => t!("due.start_by").with("day", format_args!("{} {}", weekday(*start), start.day())).into(),
            Self::Unfeasible { need, left, .. } => t!("due.needs").with("need", need).with("left", left).into(),
            Self::Done { on, waived, .. } => if *waived { t!("due.waived") } else { t!("due.done") }.with("day", short_day(on)).into(),
            Self::LeftOut => t!("due.left_out").into(),
            Self::Unknown { rule } => rule.clone(),
        }
    }

    /// `data-k`, which sets the look.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ahead { .. } | Self::Unknown { .. } => "ahead",
            Self::Today { .. } => "today",
            Self::Late { .. } => "late",
            Self::StartBy { .. } => "start",
            Self::Unfeasible { .. } => "nofit",
            Self::Done { .. } | Self::LeftOut => "done",
        }
    }

    /// `data-st` and the icon, if it has to be seen.
    pub fn tone(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Late { .. } | Self::Unfeasible { .. } => Some(("late", "s-late")),
            Self::StartBy { .. } => Some(("soon", "s-start")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::when::{Countdown, Due, day, full_day};

    #[test]
    fn a_day_is_weekday_day_and_month() {
        assert_eq!(day(date(2026, 11, 24)), "Tue 24 Nov");
        assert_eq!(full_day(date(2027, 1, 3)), "Sun 3 Jan 2027");
    }

    #[test]
    fn a_countdown_counts_down_to_nought_and_then_up() {
        let shown = [6, 0, -5].map(|days_left| Countdown { days_left }.to_string());
        assert_eq!(shown, ["T−6", "T−0", "T+5"]);
    }

    #[test]
    fn each_due_says_what_is_left() {
        let due = date(2026, 12, 1);
        let said = |due: Due| due.phrase();
        assert_eq!(said(Due::Ahead { due, left: 3 }), "in 3 bd");
        assert_eq!(said(Due::Late { due, by: 2 }), "2 bd late");
        assert_eq!(said(Due::StartBy { due, start: date(2026, 11, 23) }), "start by Mon 23");
        assert_eq!(said(Due::Unfeasible { due, need: 10, left: 6 }), "needs 10 bd, 6 left");
        let done = Due::Done { due: Some(due), on: date(2026, 11, 17), waived: false };
        assert_eq!((done.day().as_deref(), said(done).as_str()), (Some("Tue 1 Dec"), "done 17 Nov"));
        assert_eq!(said(Due::Done { due: None, on: date(2026, 11, 17), waived: true }), "waived 17 Nov");
    }
}
