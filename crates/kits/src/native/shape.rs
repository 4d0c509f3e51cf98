//! Whether what was read has the shape of the types, all mistakes at once. The JSON Schema of the types says what the shape is.

use std::{str::FromStr, sync::LazyLock};

use serde_json::Value;
use tminus_domain::kit::{
    Kit,
    condition::Condition,
    due::{DueRule, LeadTime},
    each::Each,
};

use super::tree::{Content, Node, Place};
use crate::problem::{Problem, quote};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Kit).to_value());

/// The JSON Schema of the native format, for editors.
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// Names everything in a kit that has not the shape of the types.
pub(super) fn check(kit: &Node, problems: &mut Vec<Problem>) {
    check_node(kit, &SCHEMA, "kit", problems);
}

fn resolve(schema: &Value) -> &Value {
    match schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
        Some(name) => &SCHEMA["$defs"][name],
        None => schema,
    }
}

fn check_node(node: &Node, schema: &Value, field: &str, problems: &mut Vec<Problem>) {
    let schema = resolve(schema);
    // An option is “this or null”; TOML has no null, so what is there is checked against the other.
    if let Some(choices) = schema["anyOf"].as_array() {
        if let Some(choice) = choices.iter().find(|choice| choice["type"] != "null") {
            check_node(node, choice, field, problems);
        }
        return;
    }
    if let Some(words) = words(schema) {
        return check_word(node, &words, field, problems);
    }
    let kinds = kinds(schema);
    match &node.content {
        Content::Table(_) if kinds.contains(&"object") => check_table(node, schema, problems),
        Content::List(list) if kinds.contains(&"array") => {
            for entry in list {
                check_node(entry, &schema["items"], field, problems);
            }
        }
        Content::Plain(Value::String(text)) if kinds.contains(&"string") => check_text(text, &node.place, schema, problems),
        Content::Plain(Value::Bool(_)) if kinds.contains(&"boolean") => {}
        Content::Plain(Value::Number(number)) if kinds.contains(&"number") || (kinds.contains(&"integer") && number.is_i64()) => {
            let least = schema["minimum"].as_f64().unwrap_or(f64::MIN);
            if number.as_f64().is_some_and(|number| number < least) {
                problems.push(node.place.error(format!("“{field}” is {number}; it has to be at least {least}")));
            }
        }
        content => {
            let message = format!(
                "“{field}” is {}; {} was expected",
                kind_of(content),
                kinds.iter().map(|kind| name_of(kind)).collect::<Vec<_>>().join(" or ")
            );
            problems.push(node.place.error(message));
        }
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => Vec::new(),
    }
}

fn name_of(kind: &str) -> &'static str {
    match kind {
        "object" => "a table",
        "array" => "a list",
        "string" => "a text in quotes",
        "boolean" => "true or false",
        "integer" => "a whole number",
        _ => "a number",
    }
}

fn kind_of(content: &Content) -> &'static str {
    match content {
        Content::Plain(Value::String(_)) => "a text",
        Content::Plain(Value::Bool(_)) => "true or false",
        Content::Plain(_) => "a number",
        Content::Moment(_) => "a date, time or number that no field takes",
        Content::List(_) => "a list",
        Content::Table(_) => "a table",
    }
}

/// The words of an enumeration, which the schema writes as `enum` or as one `const` after another.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().filter_map(Value::as_str).collect());
    }
    let choices = schema["oneOf"].as_array()?;
    let words = choices.iter().flat_map(|choice| match (&choice["const"], &choice["enum"]) {
        (Value::String(word), _) => vec![word.as_str()],
        (_, Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    });
    Some(words.collect())
}

fn check_word(node: &Node, words: &[&str], field: &str, problems: &mut Vec<Problem>) {
    let found = node.as_text();
    // The types know the delivery side by its older name too, which no schema can say.
    let known = |word: &str| words.contains(&word) || word == "provider" && words.contains(&"delivery");
    if found.is_some_and(known) {
        return;
    }
    let guess =
        found.and_then(|found| nearest(found, words.iter().copied())).map(|guess| format!("; did you mean “{guess}”?")).unwrap_or_default();
    let found = found.map_or_else(|| kind_of(&node.content).to_owned(), quote);
    problems.push(node.place.error(format!("“{field}” is {found}; it can be {}{guess}", words.join(", "))));
}

fn check_table(node: &Node, schema: &Value, problems: &mut Vec<Problem>) {
    let Content::Table(fields) = &node.content else { return };
    let Some(known) = schema["properties"].as_object() else {
        for (key, (_, value)) in fields {
            check_node(value, &schema["additionalProperties"], key, problems);
        }
        return;
    };
    for (key, (place, value)) in fields {
        match known.get(key) {
            Some(schema) => check_node(value, schema, key, problems),
            None => problems.push(unknown(key, place, known.keys().map(String::as_str))),
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for missing in required.filter(|key| !fields.contains_key(*key)) {
        problems.push(node.place.error(format!("“{missing}” is missing")));
    }
}

fn unknown<'a>(key: &str, place: &Place, known: impl Iterator<Item = &'a str>) -> Problem {
    let guess = nearest(key, known).map(|guess| format!("; did you mean “{guess}”?")).unwrap_or_default();
    place.error(format!("unknown field {}{guess}", quote(key)))
}

fn check_text(text: &str, place: &Place, schema: &Value, problems: &mut Vec<Problem>) {
    fn refusal<T: FromStr<Err: ToString>>(text: &str) -> Option<String> {
        text.parse::<T>().err().map(|error| error.to_string())
    }
    let refused = match schema["format"].as_str() {
        Some("due") => refusal::<DueRule>(text),
        Some("lead") => refusal::<LeadTime>(text),
        Some("condition") => refusal::<Condition>(text),
        Some("each") => refusal::<Each>(text),
        _ => None,
    };
    problems.extend(refused.map(|message| place.error(message)));
}

/// The known word that was most likely meant, if one is near enough.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).collect();
    let allowed = (word.len() / 3).clamp(1, 3);
    known.map(|it| (distance(&word, it), it)).filter(|(distance, _)| *distance <= allowed).min().map(|(_, it)| it)
}

/// How many letters have to be put in, taken out, replaced, or swapped with their neighbour.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
