//! Free text among what changed: sealed like every other text, so that it can be erased.

use serde_json::{Map, Value};

/// Where a sealed value stands, its digest stands in an object under this name.
const SEALED: &str = "sealed";

/// What people call things and write about them, by the names under which `from` and `to` hold it. States, dates and ids stay in the entry.
const FREE: [&str; 17] = [
    "title",
    "customer",
    "sow",
    "ticket",
    "details",
    "passkey",
    "answers",
    "calendar",
    "calendars",
    "diff",
    "site",
    "section",
    "text",
    "path",
    "each",
    "place",
    "reference",
];

/// The value with what is free in it replaced by digests, which `seal` makes of JSON.
pub(super) fn seal(value: &Value, seal: &mut dyn FnMut(&str) -> String) -> Value {
    match value {
        Value::Object(object) => {
            let mut kept = Map::new();
            for (name, value) in object {
                let value = if FREE.contains(&name.as_str()) && !is_empty(value) {
                    Value::Object(Map::from_iter([(SEALED.to_owned(), Value::String(seal(&value.to_string())))]))
                } else {
                    self::seal(value, seal)
                };
                kept.insert(name.clone(), value);
            }
            Value::Object(kept)
        }
        Value::Array(list) => Value::Array(list.iter().map(|value| self::seal(value, seal)).collect()),
        plain => plain.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The value as it was before it was sealed. What was erased is null.
pub(super) fn open<'a>(value: &Value, text: &impl Fn(&str) -> Option<&'a str>) -> Value {
    if let Some(digest) = sealed(value) {
        return text(digest).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    }
    match value {
        Value::Object(object) => Value::Object(object.iter().map(|(name, value)| (name.clone(), open(value, text))).collect()),
        Value::Array(list) => Value::Array(list.iter().map(|value| open(value, text)).collect()),
        plain => plain.clone(),
    }
}

/// Digests of everything that is sealed in it.
pub(super) fn digests(value: &Value) -> Vec<&str> {
    match (sealed(value), value) {
        (Some(digest), _) => vec![digest],
        (None, Value::Object(object)) => object.values().flat_map(digests).collect(),
        (None, Value::Array(list)) => list.iter().flat_map(digests).collect(),
        (None, _) => Vec::new(),
    }
}

fn sealed(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get(SEALED)?.as_str()
}
