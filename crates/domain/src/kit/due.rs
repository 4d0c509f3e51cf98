//! When something is due, relative to a milestone: `T-10bd @ kickoff`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::MilestoneId;

/// A date that counts from a milestone.
///
/// Written `T-10bd @ kickoff`, `T+2d @ sprint-0.end` or `T @ kickoff`; `bd` are business days, `d` calendar days.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DueRule {
    pub anchor: MilestoneId,
    /// Days from the milestone, negative before it.
    pub offset: i32,
    pub unit: DayUnit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    Business,
    Calendar,
}

/// How long something takes, in business days, written `15bd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LeadTime {
    pub days: u16,
}

/// No offset and no lead time is longer than this, in days.
pub const MAX_DAYS: i32 = 1_000;

/// Why a rule could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("“{0}” is not a due date: write “T-10bd @ kickoff”, with “bd” for business days or “d” for calendar days")]
    Due(String),
    #[error("“{0}” is not a lead time: write “15bd”")]
    Lead(String),
    #[error("“{0}” is more than {MAX_DAYS} days")]
    TooFar(String),
}

impl FromStr for DueRule {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let unreadable = || Unreadable::Due(quoted(text));
        let (span, anchor) = text.split_once('@').ok_or_else(unreadable)?;
        let anchor = anchor.trim();
        if anchor.is_empty() || anchor.contains(char::is_whitespace) {
            return Err(unreadable());
        }
        let span = span.trim().strip_prefix('T').ok_or_else(unreadable)?.replace('−', "-");
        let span = span.replace(' ', "");
        if span.is_empty() {
            return Ok(Self { anchor: anchor.into(), offset: 0, unit: DayUnit::Business });
        }
        let (count, unit) = if let Some(count) = span.strip_suffix("bd") {
            (count, DayUnit::Business)
        } else {
            (span.strip_suffix('d').ok_or_else(unreadable)?, DayUnit::Calendar)
        };
        if !count.starts_with(['+', '-']) {
            return Err(unreadable());
        }
        let offset: i32 = count.parse().map_err(|_| unreadable())?;
        if offset.unsigned_abs() > MAX_DAYS.unsigned_abs() {
            return Err(Unreadable::TooFar(quoted(text)));
        }
        Ok(Self { anchor: anchor.into(), offset, unit })
    }
}

impl fmt::Display for DueRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            DayUnit::Business => "bd",
            DayUnit::Calendar => "d",
        };
        match self.offset {
            0 => write!(f, "T @ {}", self.anchor),
            offset => write!(f, "T{offset:+}{unit} @ {}", self.anchor),
        }
    }
}

impl FromStr for LeadTime {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let unreadable = || Unreadable::Lead(quoted(text));
        let days: u16 = text.trim().strip_suffix("bd").ok_or_else(unreadable)?.trim().parse().map_err(|_| unreadable())?;
        if i32::from(days) > MAX_DAYS {
            return Err(Unreadable::TooFar(quoted(text)));
        }
        Ok(Self { days })
    }
}

impl fmt::Display for LeadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}bd", self.days)
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(200).collect()
}

super::condition::text_form!(DueRule, "due", "T-10bd @ kickoff: business days (bd) or calendar days (d) from a milestone");
super::condition::text_form!(LeadTime, "lead", "15bd: business days");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_is_written() {
        for text in ["T-10bd @ kickoff", "T+2d @ sprint-0.end", "T @ kickoff"] {
            assert_eq!(text.parse::<DueRule>().expect(text).to_string(), text);
        }
        assert_eq!("T - 20 d @ party".parse::<DueRule>().expect("spaces").to_string(), "T-20d @ party");
        assert_eq!("15bd".parse::<LeadTime>().expect("lead").days, 15);
    }

    #[test]
    fn what_is_not_a_rule_is_refused_by_name() {
        for text in ["T-20 fortnights before kickof", "", "T-5bd", "T-5bd @", "T5bd @ kickoff", "-5bd @ kickoff", "T-99999d @ kickoff"] {
            let refusal = text.parse::<DueRule>().expect_err(text).to_string();
            assert!(refusal.contains(text), "{refusal}");
        }
        assert!("15d".parse::<LeadTime>().is_err());
    }
}
