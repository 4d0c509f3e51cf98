//! How long an engagement that has ended keeps personal data, and the day on which it is erased.

use std::{fmt, str::FromStr};

use jiff::{Span, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Engagement, Plan};
use crate::rights::Right;

/// No period is longer than this, in months.
pub const MAX_MONTHS: u16 = 240;

/// How long personal data is kept after the end of an engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    Months(u16),
    /// It is not erased by itself.
    Always,
}

impl Default for Keep {
    fn default() -> Self {
        Self::Months(24)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => write!(f, "{months}"),
            Self::Always => f.write_str("never"),
        }
    }
}

/// Why a period was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give 1 to {MAX_MONTHS} months, or “never”")]
pub struct Unusable;

impl FromStr for Keep {
    type Err = Unusable;

    /// `24`, or `never`: after how many months it is erased.
    fn from_str(text: &str) -> Result<Self, Unusable> {
        match text.trim() {
            "never" => Ok(Self::Always),
            number => number.parse().ok().filter(|months| (1..=MAX_MONTHS).contains(months)).map(Self::Months).ok_or(Unusable),
        }
    }
}

/// What becomes of the personal data of an engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// It has not ended yet: nothing is counted.
    Open,
    /// It has ended, and keeps everything.
    Never,
    /// From this day on.
    On(Date),
    /// The day has come, and this many people still have access that somebody answers for: it waits for its end.
    Waits(usize),
    /// It was erased on this day.
    Done(Date),
}

impl Plan {
    /// The day from which on personal data is erased, if it ever is.
    pub fn erased_on(&self, usual: Keep) -> Option<Date> {
        let ended = self.closing.ended.as_ref()?;
        let Keep::Months(months) = self.closing.keep.unwrap_or(usual) else { return None };
        let zone = TimeZone::get(&self.setup.zone).unwrap_or(TimeZone::UTC);
        ended.mark.at.to_zoned(zone).date().checked_add(Span::new().months(months)).ok()
    }
}

impl Engagement {
    /// What becomes of its personal data, as of a day where it is at home.
    pub fn erasure(&self, usual: Keep, today: Date) -> Erasure {
        let closing = &self.plan.closing;
        if let Some(at) = closing.erased_at {
            let zone = TimeZone::get(&self.plan.setup.zone).unwrap_or(TimeZone::UTC);
            return Erasure::Done(at.to_zoned(zone).date());
        }
        if closing.ended.is_none() {
            return Erasure::Open;
        }
        let Some(on) = self.plan.erased_on(usual) else { return Erasure::Never };
        let live = self.with_live_access(today);
        if on <= today && live > 0 { Erasure::Waits(live) } else { Erasure::On(on) }
    }

    /// How many people have access that nobody confirmed gone.
    fn with_live_access(&self, today: Date) -> usize {
        let people: std::collections::BTreeSet<_> = self.to_revoke(today, true).map(|grant| &grant.person).collect();
        people.len()
    }

    pub fn is_erased(&self) -> bool {
        self.plan.closing.erased_at.is_some()
    }

    pub fn has_ended(&self) -> bool {
        self.plan.closing.ended.is_some()
    }

    /// Whether anybody may use a right here at this stage. Where personal data was erased nothing changes any more; after the end little does.
    pub fn allows(&self, right: Right) -> bool {
        right.reads() || (!self.is_erased() && (!self.has_ended() || right.outlives_the_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_months_or_never() {
        for (text, keep) in [("24", Ok(Keep::Months(24))), (" never ", Ok(Keep::Always)), ("0", Err(Unusable)), ("241", Err(Unusable))] {
            assert_eq!(text.parse::<Keep>(), keep, "{text}");
        }
        for text in ["", "-1", "two", "1.5"] {
            assert_eq!(text.parse::<Keep>(), Err(Unusable), "{text}");
        }
        assert_eq!([Keep::Months(3), Keep::Always].map(|keep| keep.to_string()), ["3", "never"]);
    }
}
