//! What a task is multiplied over: `person where side = delivery and onsite = yes`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Side, condition::text_form};
use crate::people::Device;

/// One item for each person or workstream that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Each {
    pub over: Over,
    /// All must fit.
    pub filters: Vec<Filter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Person,
    Workstream,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    Side(Side),
    /// The id of a role that the person has.
    Role(String),
    /// Whether the person works at the customer's site.
    Onsite(bool),
    /// On whose device the person works.
    Device(Device),
    /// The id of a workstream that the person works in, or that it is.
    Workstream(String),
    /// The site at which the person works, as the register has it, in capitals or not.
    Site(String),
    /// All but those whom a filter names: `device != customer`.
    Not(Box<Filter>),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not “person where side = delivery and onsite = yes” or “workstream”; one can ask for side, role, onsite, device, site and workstream, with = or !="
)]
pub struct Unreadable(String);

impl FromStr for Each {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let unreadable = || Unreadable(text.chars().take(200).collect());
        let (over, filters) = text.split_once(" where ").map_or((text, ""), |(over, filters)| (over, filters));
        let over = match over.trim() {
            "person" => Over::Person,
            "workstream" => Over::Workstream,
            _ => return Err(unreadable()),
        };
        let filters = filters.split(" and ").map(str::trim).filter(|it| !it.is_empty());
        let filters: Vec<_> = filters.map(|it| filter(it).ok_or_else(unreadable)).collect::<Result<_, _>>()?;
        if filters.is_empty() && text.contains("where") {
            return Err(unreadable());
        }
        Ok(Self { over, filters })
    }
}

fn filter(text: &str) -> Option<Filter> {
    if let Some((field, value)) = text.split_once("!=").filter(|(_, value)| !value.contains('=')) {
        return Some(Filter::Not(Box::new(filter(&format!("{field}={value}"))?)));
    }
    let (field, value) = text.split_once('=')?;
    let value = value.trim_start_matches('=').trim().trim_matches('"');
    Some(match (field.trim(), value) {
        ("side" | "role.side", "provider") => Filter::Side(Side::Delivery),
        ("side" | "role.side", side) => Filter::Side(side.parse().ok()?),
        ("role", role) if !role.is_empty() => Filter::Role(role.to_owned()),
        ("workstream", workstream) if !workstream.is_empty() => Filter::Workstream(workstream.to_owned()),
        ("device", device) => Filter::Device(device.parse().ok()?),
        ("site", site) if !site.is_empty() => Filter::Site(site.to_owned()),
        ("onsite", "yes" | "true") => Filter::Onsite(true),
        ("onsite", "no" | "false") => Filter::Onsite(false),
        _ => return None,
    })
}

impl Each {
    /// For people to read: `each person of the delivery side who works on site`.
    pub fn in_words(&self) -> String {
        let over = match self.over {
            Over::Person => "each person",
            Over::Workstream => "each workstream",
        };
        [over.to_owned()].into_iter().chain(self.filters.iter().map(Filter::in_words)).collect::<Vec<_>>().join(" ")
    }
}

impl Filter {
    /// The role that it asks for, or asks not to have.
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Role(role) => Some(role),
            Self::Not(filter) => filter.role(),
            _ => None,
        }
    }

    /// The workstream that it asks for, or asks not to be in.
    pub fn workstream(&self) -> Option<&str> {
        match self {
            Self::Workstream(workstream) => Some(workstream),
            Self::Not(filter) => filter.workstream(),
            _ => None,
        }
    }

    /// For people to read, after `each person`.
    fn in_words(&self) -> String {
        match self {
            Self::Side(Side::Delivery) => "of the delivery side".to_owned(),
            Self::Side(Side::Customer) => "of the customer".to_owned(),
            Self::Side(Side::Partner) => "of the partner".to_owned(),
            Self::Role(role) => format!("with the role {}", role.replace('-', " ")),
            Self::Workstream(workstream) => format!("of the workstream {}", workstream.replace('-', " ")),
            Self::Site(site) => format!("at the site {site}"),
            Self::Device(Device::Customer) => "with a device of the customer".to_owned(),
            Self::Device(Device::Delivery) => "with a device of the delivery side".to_owned(),
            Self::Device(Device::Own) => "with a device of their own".to_owned(),
            Self::Onsite(true) => "who works on site".to_owned(),
            Self::Onsite(false) => "who works remotely".to_owned(),
            Self::Not(filter) => format!("but not {}", filter.in_words()),
        }
    }

    /// The field and the value that it asks for.
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Side(side) => ("side", side.as_str()),
            Self::Role(role) => ("role", role),
            Self::Workstream(workstream) => ("workstream", workstream),
            Self::Site(site) => ("site", site),
            Self::Device(device) => ("device", device.as_str()),
            Self::Onsite(onsite) => ("onsite", if *onsite { "yes" } else { "no" }),
            Self::Not(filter) => filter.parts(),
        }
    }

    fn is_not(&self) -> bool {
        matches!(self, Self::Not(_))
    }
}

impl fmt::Display for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.over {
            Over::Person => "person",
            Over::Workstream => "workstream",
        })?;
        for (index, filter) in self.filters.iter().enumerate() {
            f.write_str(if index == 0 { " where " } else { " and " })?;
            let (field, value) = filter.parts();
            write!(f, "{field} {} {value}", if filter.is_not() { "!=" } else { "=" })?;
        }
        Ok(())
    }
}

text_form!(Each, "each", "person where side = delivery and onsite = yes, or workstream");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_each_reads_back_as_it_is_written() {
        for text in [
            "person",
            "workstream",
            "person where side = delivery and onsite = yes",
            "person where role = workstream-lead",
            "person where device = own",
            "person where side != customer and device != own",
            "person where site = Berlin North",
        ] {
            assert_eq!(text.parse::<Each>().expect(text).to_string(), text);
        }
        assert_eq!("person where role.side = provider".parse::<Each>().expect("alias").to_string(), "person where side = delivery");
    }

    #[test]
    fn an_each_is_said_in_words() {
        let each: Each = "person where side = delivery and onsite = yes".parse().expect("an each");
        assert_eq!(each.in_words(), "each person of the delivery side who works on site");
        assert_eq!("workstream".parse::<Each>().expect("an each").in_words(), "each workstream");
        let each: Each = "person where site = Berlin and device != customer".parse().expect("an each");
        assert_eq!(each.in_words(), "each person at the site Berlin but not with a device of the customer");
    }

    #[test]
    fn an_unknown_filter_is_refused_by_name() {
        for text in [
            "people",
            "person where",
            "person where colour = red",
            "person where side = nobody",
            "person where device != red",
            "person where site != a != b",
            "person where device ! = own",
            "",
        ] {
            assert!(text.parse::<Each>().is_err(), "{text}");
        }
    }
}
