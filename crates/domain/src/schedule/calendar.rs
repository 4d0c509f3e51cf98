//! A calendar: the working week of one side, its public holidays and its own closures.

use std::{fmt, iter, str::FromStr};

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kit::Side;

/// No calendar has more closures than this.
pub const MAX_CLOSURES: usize = 2_000;
/// The longest closure, in days.
pub const MAX_CLOSURE_DAYS: i32 = 366;
/// No engagement counts in more calendars than this.
pub const MAX_CALENDARS: usize = 20;
/// The longest name of a calendar or of a closure, in characters.
pub const MAX_CALENDAR_NAME: usize = 200;

/// When one side works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkCalendar {
    /// What people call it: `Delivery`.
    pub name: String,
    pub side: Side,
    #[serde(default)]
    pub working_days: Weekdays,
    /// Whose public holidays are off. Without a region there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closures: Vec<Closure>,
    /// Where it came from: `closures from plant-munich.ics, 3 March 2026`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// The days of a week that are worked, at least one. Written `["mon", "tue"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Weekdays(u8);

/// Where public holidays are looked up, written `DE`, `DE-BY` or `DE-BY-A`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region {
    /// Two letters, ISO 3166-1: `DE`.
    pub country: String,
    /// ISO 3166-2 without the country: `BY`; a part of it after a further hyphen: `BY-A`.
    pub subdivision: Option<String>,
}

/// Days that one side set aside itself, first and last included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    #[schemars(with = "String")]
    pub from: Date,
    #[schemars(with = "String")]
    pub to: Date,
    pub title: String,
    pub kind: ClosureKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosureKind {
    /// A holiday that the public holidays do not have.
    Holiday,
    /// Nobody works: a company holiday, a plant shutdown.
    Closure,
    /// People work, systems must not change.
    Freeze,
    /// People work, but have no time.
    QuarterEnd,
    /// One person is away.
    Absence,
}

/// Why a calendar cannot be counted with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("there is no calendar to count in: give at least one")]
    NoCalendar,
    #[error("a calendar has no name: name it, so that dates can say which one they used")]
    NoName,
    #[error("no day of the week is worked: choose at least one")]
    NoWorkingDay,
    #[error("“{0}” is not a day of the week: write mon, tue, wed, thu, fri, sat or sun")]
    Weekday(String),
    #[error("“{0}” is not a region: write a country such as “DE” or a part of it such as “DE-BY”")]
    Region(String),
    #[error("calendar “{calendar}”: no public holidays are known for region “{region}”: choose a region of the list, or none")]
    UnknownRegion { calendar: String, region: Region },
    #[error("calendar “{calendar}”: “{title}” ends on {to}, before it starts on {from}")]
    Backwards { calendar: String, title: String, from: Date, to: Date },
    #[error("calendar “{calendar}”: “{title}” lasts from {from} to {to}: at most {MAX_CLOSURE_DAYS} days are one closure")]
    TooLong { calendar: String, title: String, from: Date, to: Date },
    #[error("{0} calendars: at most {MAX_CALENDARS} are counted in")]
    TooManyCalendars(usize),
    #[error("a name of a calendar or a closure has at most {MAX_CALENDAR_NAME} characters: “{0}…” is longer")]
    LongName(String),
    #[error("calendar “{calendar}” has {count} closures: at most {MAX_CLOSURES} are kept")]
    TooMany { calendar: String, count: usize },
}

const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "mon", "Mon"),
    (Weekday::Tuesday, "tue", "Tue"),
    (Weekday::Wednesday, "wed", "Wed"),
    (Weekday::Thursday, "thu", "Thu"),
    (Weekday::Friday, "fri", "Fri"),
    (Weekday::Saturday, "sat", "Sat"),
    (Weekday::Sunday, "sun", "Sun"),
];

impl WorkCalendar {
    /// A calendar that works Monday to Friday and has no holidays yet.
    pub fn new(name: impl Into<String>, side: Side) -> Self {
        Self { name: name.into(), side, working_days: Weekdays::default(), region: None, closures: Vec::new(), source: String::new() }
    }

    #[must_use]
    pub fn in_region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Says what makes it unusable, the first thing found.
    pub fn check(&self) -> Result<(), Unusable> {
        if self.name.trim().is_empty() {
            return Err(Unusable::NoName);
        }
        let names = iter::once(&self.name).chain([&self.source]).chain(self.closures.iter().map(|closure| &closure.title));
        if let Some(name) = names.into_iter().find(|name| name.chars().count() > MAX_CALENDAR_NAME) {
            return Err(Unusable::LongName(name.chars().take(40).collect()));
        }
        let calendar = || self.name.clone();
        if let Some(region) = &self.region
            && super::region_name(region).is_none()
        {
            return Err(Unusable::UnknownRegion { calendar: calendar(), region: region.clone() });
        }
        if self.closures.len() > MAX_CLOSURES {
            return Err(Unusable::TooMany { calendar: calendar(), count: self.closures.len() });
        }
        for Closure { from, to, title, .. } in &self.closures {
            if to < from {
                return Err(Unusable::Backwards { calendar: calendar(), title: title.clone(), from: *from, to: *to });
            }
            if (*to - *from).get_days() >= MAX_CLOSURE_DAYS {
                return Err(Unusable::TooLong { calendar: calendar(), title: title.clone(), from: *from, to: *to });
            }
        }
        Ok(())
    }

    /// Its name with what it counts by: `Delivery (Germany, Bayern)`, `Customer (Israel; Sun–Thu)`.
    pub fn label(&self) -> String {
        let region = self.region.as_ref().map(region_name);
        let week = (self.working_days != Weekdays::default()).then(|| self.working_days.to_string());
        match (region, week) {
            (None, None) => self.name.clone(),
            (Some(detail), None) | (None, Some(detail)) => format!("{} ({detail})", self.name),
            (Some(region), Some(week)) => format!("{} ({region}; {week})", self.name),
        }
    }
}

fn region_name(region: &Region) -> String {
    super::region_name(region).map_or_else(|| region.to_string(), |name| name.to_string())
}

impl ClosureKind {
    /// Whether nobody works then. Otherwise the days count, and a date among them is named as a clash.
    pub fn stops_work(self) -> bool {
        matches!(self, Self::Holiday | Self::Closure)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Closure => "closure",
            Self::Freeze => "freeze",
            Self::QuarterEnd => "quarter_end",
            Self::Absence => "absence",
        }
    }
}

impl FromStr for ClosureKind {
    type Err = ();

    /// Reads `quarter_end`, `Quarter end` and `quarter-end` alike.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim().to_lowercase().replace([' ', '-'], "_");
        let kinds = [Self::Holiday, Self::Closure, Self::Freeze, Self::QuarterEnd, Self::Absence];
        kinds.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

impl Weekdays {
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Result<Self, Unusable> {
        let bits = days.into_iter().fold(0, |bits, day| bits | 1 << day.to_monday_zero_offset());
        if bits == 0 { Err(Unusable::NoWorkingDay) } else { Ok(Self(bits)) }
    }

    pub fn contains(self, day: Weekday) -> bool {
        self.0 >> day.to_monday_zero_offset() & 1 == 1
    }

    /// How many days a week that is.
    pub fn count(self) -> u8 {
        u8::try_from(self.0.count_ones()).unwrap_or(7)
    }

    fn names(self, pick: fn(&(Weekday, &'static str, &'static str)) -> &'static str) -> Vec<&'static str> {
        WEEK.iter().filter(|day| self.contains(day.0)).map(pick).collect()
    }
}

impl Default for Weekdays {
    /// Monday to Friday.
    fn default() -> Self {
        Self(0b001_1111)
    }
}

impl fmt::Display for Weekdays {
    /// `Mon–Fri`, `Sun–Thu`, or the days one by one where they do not follow each other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.count_ones() as usize;
        let first = (0..7).find(|&day| days < 7 && !self.contains(WEEK[(day + 6) % 7].0) && self.contains(WEEK[day].0));
        match first {
            Some(first) if days > 2 && (0..days).all(|day| self.contains(WEEK[(first + day) % 7].0)) => {
                write!(f, "{}–{}", WEEK[first].2, WEEK[(first + days - 1) % 7].2)
            }
            None => f.write_str("every day"),
            Some(_) => f.write_str(&self.names(|day| day.2).join(", ")),
        }
    }
}

impl TryFrom<Vec<String>> for Weekdays {
    type Error = Unusable;

    fn try_from(names: Vec<String>) -> Result<Self, Unusable> {
        let days = names.iter().map(|name| {
            let name = name.trim().to_lowercase();
            WEEK.iter().find(|day| day.1 == name).map(|day| day.0).ok_or(Unusable::Weekday(name))
        });
        Self::new(days.collect::<Result<Vec<_>, _>>()?)
    }
}

impl FromStr for Weekdays {
    type Err = Unusable;

    /// Reads `tue,wed,thu`, `Tue|Thu`, `Tue-Thu` and `Tue to Thu`.
    fn from_str(text: &str) -> Result<Self, Unusable> {
        let text = text.to_lowercase().replace(" to ", "-").replace('–', "-");
        let day = |name: &str| {
            let name: String = name.trim().chars().take(40).collect();
            WEEK.iter().position(|day| day.1 == name).ok_or(Unusable::Weekday(name))
        };
        let mut days = Vec::new();
        for part in text.split([',', '|', ';']).filter(|part| !part.trim().is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (day(first)?, day(last)?);
            days.extend((0..=(last + 7 - first) % 7).map(|step| WEEK[(first + step) % 7].0));
        }
        Self::new(days)
    }
}

impl From<Weekdays> for Vec<String> {
    fn from(days: Weekdays) -> Self {
        days.names(|day| day.1).into_iter().map(str::to_owned).collect()
    }
}

impl JsonSchema for Weekdays {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Weekdays".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let days = WEEK.map(|day| day.1);
        schemars::json_schema!({
            "type": "array", "minItems": 1, "items": { "enum": days },
            "description": "The days of a week that are worked."
        })
    }
}

impl FromStr for Region {
    type Err = Unusable;

    fn from_str(text: &str) -> Result<Self, Unusable> {
        let refused = || Unusable::Region(text.chars().take(40).collect());
        let (country, subdivision) = match text.trim().split_once('-') {
            Some((country, subdivision)) => (country, Some(subdivision)),
            None => (text.trim(), None),
        };
        let part = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric());
        let readable = country.len() == 2
            && country.chars().all(|letter| letter.is_ascii_alphabetic())
            && subdivision.is_none_or(|parts| parts.len() <= 30 && parts.split('-').all(part));
        if !readable {
            return Err(refused());
        }
        Ok(Self { country: country.to_ascii_uppercase(), subdivision: subdivision.map(str::to_owned) })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subdivision {
            Some(subdivision) => write!(f, "{}-{subdivision}", self.country),
            None => f.write_str(&self.country),
        }
    }
}

impl TryFrom<String> for Region {
    type Error = Unusable;

    fn try_from(text: String) -> Result<Self, Unusable> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

impl JsonSchema for Region {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Region".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "Where public holidays are looked up: DE, DE-BY or DE-BY-A." })
    }
}
