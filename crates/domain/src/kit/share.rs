//! How many days of a week a seat asks for.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days a week, from and to, written `5` or `3-5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DaysAWeek {
    pub least: u8,
    pub most: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no number of days a week: write 5, or 3-5")]
pub struct NoDays(String);

impl FromStr for DaysAWeek {
    type Err = NoDays;

    fn from_str(text: &str) -> Result<Self, NoDays> {
        let refused = || NoDays(text.chars().take(40).collect());
        let day = |part: &str| part.trim().parse::<u8>().ok().filter(|days| (1..=7).contains(days)).ok_or_else(refused);
        let (least, most) = text.split_once(['-', '–']).unwrap_or((text, text));
        let (least, most) = (day(least)?, day(most)?);
        if least > most { Err(refused()) } else { Ok(Self { least, most }) }
    }
}

impl fmt::Display for DaysAWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most { write!(f, "{}", self.least) } else { write!(f, "{}-{}", self.least, self.most) }
    }
}

impl TryFrom<String> for DaysAWeek {
    type Error = NoDays;

    fn try_from(text: String) -> Result<Self, NoDays> {
        text.parse()
    }
}

impl From<DaysAWeek> for String {
    fn from(days: DaysAWeek) -> Self {
        days.to_string()
    }
}

impl JsonSchema for DaysAWeek {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DaysAWeek".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[1-7](-[1-7])?$", "description": "How many days a week: 5, or 3-5." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_a_week_are_a_number_or_a_span() {
        for (text, written) in
            [("5", Some("5")), ("3-5", Some("3-5")), (" 2 – 2 ", Some("2")), ("0", None), ("5-3", None), ("8", None), ("often", None)]
        {
            assert_eq!(text.parse::<DaysAWeek>().ok().map(|days| days.to_string()).as_deref(), written, "{text}");
        }
    }
}
