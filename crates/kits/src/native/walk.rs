//! Checks values against the schema of the types, and reports everything that is wrong.

use serde_json::{Map, Value as Json, json};
use tminus_domain::kit::{condition::Condition, due::DueRule, due::LeadTime, each::Each};

use super::{
    distance::closest,
    node::{Node, Value},
    schema::{follow, json_schema},
};
use crate::problem::{Problem, quote};

/// The kit as JSON. It can be read as a kit if there is no problem.
pub(super) fn check(kit: &Node, problems: &mut Vec<Problem>) -> Json {
    walk(kit, json_schema(), problems)
}

fn walk(node: &Node, schema: &'static Json, problems: &mut Vec<Problem>) -> Json {
    let schema = follow(schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        let real = choices.iter().find(|choice| choice["type"] != "null");
        return real.map_or(Json::Null, |real| walk(node, real, problems));
    }
    if let Some(words) = words(schema) {
        return choice(node, &words, problems);
    }
    match (kind(schema), &node.value) {
        ("object", Value::Table(_)) => table(node, schema, problems),
        ("array", Value::List(nodes)) => nodes.iter().map(|node| walk(node, &schema["items"], problems)).collect(),
        ("string", Value::Text(text)) => {
            written(node, text, schema["format"].as_str(), problems);
            json!(text)
        }
        ("boolean", Value::Truth(truth)) => json!(truth),
        ("integer", Value::Whole(number)) => {
            let (least, most) = (schema["minimum"].as_i64().unwrap_or(i64::MIN), schema["maximum"].as_i64().unwrap_or(i64::from(u32::MAX)));
            if *number < least || *number > most {
                problems.push(node.error(format!("{number} is not between {least} and {most}")));
            }
            json!(number)
        }
        #[expect(clippy::cast_precision_loss, reason = "points are small")]
        ("number", Value::Whole(number)) => json!(*number as f64),
        ("number", Value::Number(number)) if number.is_finite() => json!(number),
        (expected, _) => {
            problems.push(node.error(format!("{} is expected, {} was found", in_words(expected), node.kind())));
            Json::Null
        }
    }
}

/// The type that a schema asks for; null beside it is left out.
fn kind(schema: &Json) -> &str {
    match &schema["type"] {
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null").unwrap_or(""),
        kind => kind.as_str().unwrap_or(""),
    }
}

fn in_words(kind: &str) -> &'static str {
    match kind {
        "object" => "a table",
        "array" => "a list",
        "string" => "a text in quotation marks",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "something else",
    }
}

/// The words that a choice is made from.
fn words(schema: &'static Json) -> Option<Vec<&'static str>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().filter_map(Json::as_str).collect());
    }
    let choices = schema["oneOf"].as_array()?;
    let listed = choices.iter().flat_map(|choice| choice["enum"].as_array().into_iter().flatten()).filter_map(Json::as_str);
    Some(listed.chain(choices.iter().filter_map(|choice| choice["const"].as_str())).collect())
}

fn choice(node: &Node, words: &[&str], problems: &mut Vec<Problem>) -> Json {
    match node.text() {
        Some("provider") if words.contains(&"delivery") => json!("delivery"),
        Some(word) if words.contains(&word) => json!(word),
        Some(word) => {
            let hint = hint(word, words.iter().copied());
            problems.push(node.error(format!("{} is none of {}{hint}", quote(word), words.join(", "))));
            Json::Null
        }
        None => {
            problems.push(node.error(format!("one of {} is expected, {} was found", words.join(", "), node.kind())));
            Json::Null
        }
    }
}

/// `; did you mean “title”?`
pub(super) fn hint<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> String {
    closest(wrong, known).map(|name| format!("; did you mean “{name}”?")).unwrap_or_default()
}

fn table(node: &Node, schema: &'static Json, problems: &mut Vec<Problem>) -> Json {
    let mut out = Map::new();
    let Some(fields) = schema["properties"].as_object() else {
        for (key, value) in node.entries() {
            out.insert(key.name.clone(), walk(value, &schema["additionalProperties"], problems));
        }
        return Json::Object(out);
    };
    for (key, value) in node.entries() {
        if let Some(field) = fields.get(&key.name) {
            out.insert(key.name.clone(), walk(value, field, problems));
        } else {
            let hint = hint(&key.name, fields.keys().map(String::as_str));
            problems.push(key.error(&node.file, format!("unknown field {}{hint}", quote(&key.name))));
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        let given = node.get(name);
        if given.is_none_or(|value| value.text().is_some_and(|text| text.trim().is_empty() && name != "text")) {
            problems.push(node.error(format!("the field “{name}” is missing")));
        }
    }
    Json::Object(out)
}

/// Checks a text that has a form of its own.
fn written(node: &Node, text: &str, format: Option<&str>, problems: &mut Vec<Problem>) {
    let refusal = match format {
        Some("due") => text.parse::<DueRule>().err().map(|error| error.to_string()),
        Some("lead") => text.parse::<LeadTime>().err().map(|error| error.to_string()),
        Some("condition") => text.parse::<Condition>().err().map(|error| error.to_string()),
        Some("each") => text.parse::<Each>().err().map(|error| error.to_string()),
        _ => None,
    };
    if let Some(refusal) = refusal {
        problems.push(node.error(refusal));
    }
}
