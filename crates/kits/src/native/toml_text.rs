//! Kits as TOML text: fields in an order that people expect, empty ones left out.

use serde_json::{Map, Value};

/// The order of fields; others follow by name.
const ORDER: &[&str] = &[
    "schema",
    "id",
    "title",
    "version",
    "type",
    "kind",
    "role",
    "level",
    "points",
    "sprint",
    "from",
    "to",
    "topic",
    "text",
    "summary",
    "licence",
    "phase",
    "section",
    "group",
    "workstream",
    "side",
    "aliases",
    "ask",
    "description",
    "src",
    "owners",
    "raci",
    "milestone",
    "due",
    "lead",
    "lead_proposed",
    "each",
    "when",
    "after",
    "needs",
    "gates",
    "evidence",
    "accepted_by",
    "internal",
    "ways_out",
    "accept",
    "sub",
    "tools",
    "links",
    "notes",
    "note",
    "target",
];

/// Lists whose entries are tables of their own, not written into one line.
const TABLES: [&str; 3] = ["item", "question", "line"];

/// Tables with names of the kit's own as keys, whose empty values count.
const MAPS: [&str; 2] = ["marks", "raci"];

/// Fields that must be there even where they are empty.
const KEPT: [&str; 6] = ["title", "text", "kind", "sprint", "role", "level"];

fn rank(name: &str) -> (usize, &str) {
    (ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len()), name)
}

/// The fields of a table that are written, in their order.
fn fields<'v>(table: &'v Map<String, Value>, is_map: bool) -> Vec<(&'v String, &'v Value)> {
    let mut fields: Vec<_> =
        table.iter().filter(|(name, value)| is_map || KEPT.contains(&name.as_str()) && value.is_string() || !is_empty(value)).collect();
    fields.sort_by_key(|(name, _)| rank(name));
    fields
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(table) => table.is_empty(),
    }
}

/// Writes a table under a header, as `[name]` or `[[name]]`, and what is in it; `header` is empty at the top of a file.
pub(super) fn table(out: &mut String, header: &str, path: &str, table: &Map<String, Value>) {
    if !header.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(header);
        out.push('\n');
    }
    let (inner, plain): (Vec<_>, Vec<_>) =
        fields(table, false).into_iter().partition(|(name, value)| TABLES.contains(&name.as_str()) && value.is_array());
    for (name, value) in plain {
        out.push_str(&key(name));
        out.push_str(" = ");
        write_value(out, value, MAPS.contains(&name.as_str()), true);
        out.push('\n');
    }
    for (name, value) in inner {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        for entry in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
            self::table(out, &format!("[[{path}]]"), &path, entry);
        }
    }
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { string(name) }
}

fn write_value(out: &mut String, value: &Value, is_map: bool, may_break: bool) {
    match value {
        Value::String(text) if may_break && text.contains('\n') => out.push_str(&long_string(text)),
        Value::String(text) => out.push_str(&string(text)),
        Value::Array(list) if may_break && list.iter().any(|entry| entry.is_object() || entry.is_array()) => {
            out.push_str("[\n");
            for entry in list {
                out.push_str("  ");
                write_value(out, entry, false, false);
                out.push_str(",\n");
            }
            out.push(']');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, entry) in list.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_value(out, entry, false, false);
            }
            out.push(']');
        }
        Value::Object(table) => {
            out.push('{');
            for (at, (name, value)) in fields(table, is_map).into_iter().enumerate() {
                out.push_str(if at == 0 { " " } else { ", " });
                out.push_str(&key(name));
                out.push_str(" = ");
                write_value(out, value, MAPS.contains(&name.as_str()), false);
            }
            out.push_str(" }");
        }
        Value::Null => out.push_str("\"\""),
        other => out.push_str(&other.to_string()),
    }
}

fn escape(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '"' => out.push_str("\\\""),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        c => out.push(c),
    }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c == '\n' {
            out.push_str("\\n");
        } else {
            escape(&mut out, c);
        }
    }
    out.push('"');
    out
}

fn long_string(text: &str) -> String {
    let mut out = String::from("\"\"\"\n");
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '"' => out.push('"'),
            c => escape(&mut out, c),
        }
    }
    let body = out.split_off(4).replace("\"\"\"", "\\\"\\\"\\\"");
    let body = body.strip_suffix('"').map_or_else(|| body.clone(), |start| format!("{start}\\\""));
    format!("{out}{body}\"\"\"")
}
