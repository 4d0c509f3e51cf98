//! An engagement described in a TOML file.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use serde::Deserialize;
use tminus_domain::{engagement::setup::Workstream, schedule::WorkCalendar};

use super::flags::{NamedMember, is_of_practice};
use crate::exit::Stop;

/// Everything that `engagement create` takes. Flags go before it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Described {
    /// Imported kits: id, id@version or hash.
    pub(super) kits: Vec<String>,
    pub(super) title: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) sow: Option<String>,
    pub(super) zone: Option<String>,
    /// `"2026-01-20"` by id.
    pub(super) milestones: BTreeMap<String, Date>,
    #[serde(rename = "calendar")]
    pub(super) calendars: Vec<WorkCalendar>,
    #[serde(rename = "workstream")]
    pub(super) workstreams: Vec<Workstream>,
    /// `true`, `3`, `"text"` or `["a", "b"]` by question.
    pub(super) answers: BTreeMap<String, toml::Value>,
    #[serde(rename = "person")]
    pub(super) people: Vec<NamedMember>,
}

pub(super) fn read(path: &Path) -> Result<Described, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| Stop::file("read", path, &error))?;
    let refused = |error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text.get(..span.start).unwrap_or_default().matches('\n').count());
        Stop::refused(format!("{}:{line}: {}; nothing was saved", path.display(), error.message()))
    };
    let described: Described = toml::from_str(&text).map_err(refused)?;
    if let Some(person) = described.people.iter().find(|person| is_of_practice(person.function)) {
        let why = format!("“{}” is no function on an engagement", person.function.as_str());
        return Err(Stop::refused(format!("{}: {}: {why}; nothing was saved", path.display(), person.email)));
    }
    Ok(described)
}

/// An answer as text, as a flag would give it.
pub(super) fn as_text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        toml::Value::Array(list) => list.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
