//! Writing a kit in the native format: a folder of TOML files and Markdown pages.

use std::collections::BTreeMap;

use serde_json::Value;
use tminus_domain::kit::Kit;

use crate::files::Files;

/// Lists that get a file of their own, by field and file.
const FILES: [(&str, &str); 17] = [
    ("gate", "gates.toml"),
    ("resource", "resources.toml"),
    ("need", "needs.toml"),
    ("policy", "policies.toml"),
    ("agenda", "agendas.toml"),
    ("ceremony", "ceremonies.toml"),
    ("communication", "communications.toml"),
    ("decision", "decisions.toml"),
    ("risk", "risks.toml"),
    ("responsibility", "raci.toml"),
    ("stakeholder", "stakeholders.toml"),
    ("workshop", "workshops.toml"),
    ("sprint", "sprints.toml"),
    ("grid", "grids.toml"),
    ("scale", "scales.toml"),
    ("level", "escalation.toml"),
    ("table", "tables.toml"),
];

/// The files of a kit. Reading them gives the same kit.
pub fn write(kit: &Kit) -> Files {
    let mut texts = BTreeMap::new();
    let Value::Object(mut root) = without_empty(serde_json::to_value(kit).unwrap_or_default()) else { return Files::default() };
    let list = |root: &mut serde_json::Map<String, Value>, key: &str| match root.remove(key) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    for (index, module) in list(&mut root, "module").into_iter().enumerate() {
        let Value::Object(mut module) = module else { continue };
        let name = file_name(index, &module, "module");
        let mut file = toml::Table::new();
        let tasks = module.remove("task");
        file.insert("module".to_owned(), to_toml(Value::Object(module)));
        if let Some(tasks) = tasks {
            file.insert("task".to_owned(), to_toml(tasks));
        }
        texts.insert(format!("modules/{name}"), print(&file));
    }
    for (index, bank) in list(&mut root, "bank").into_iter().enumerate() {
        let name = bank.as_object().map(|bank| file_name(index, bank, "bank")).unwrap_or_default();
        texts.insert(format!("banks/{name}"), print(&one("bank", Value::Array(vec![bank]))));
    }
    for (key, file) in FILES {
        if let Some(list) = root.remove(key) {
            texts.insert(file.to_owned(), print(&one(key, list)));
        }
    }
    // A page with a source line, or an id that is no file name, is written as TOML, so that nothing of it is lost.
    let mut as_toml = Vec::new();
    for page in list(&mut root, "page") {
        let text = |key: &str| page[key].as_str().unwrap_or_default();
        let (id, title, body) = (text("id"), text("title"), text("text"));
        let safe = !id.is_empty()
            && id.len() < 100
            && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
            && page.get("src").is_none();
        let plain = safe
            && body.trim_end() == body
            && !body.starts_with('\n')
            && title.trim() == title
            && !title.contains(['\n', '\r'])
            && !body.contains('\r');
        if plain {
            texts.insert(format!("pages/{id}.md"), format!("# {title}\n\n{body}\n").into_bytes());
        } else {
            as_toml.push(page);
        }
    }
    if !as_toml.is_empty() {
        texts.insert("pages.toml".to_owned(), print(&one("page", Value::Array(as_toml))));
    }
    let root = match to_toml(Value::Object(root)) {
        toml::Value::Table(root) => root,
        _ => toml::Table::new(),
    };
    texts.insert("kit.toml".to_owned(), print(&root));
    Files::from_texts(kit.id.as_str(), texts)
}

fn one(key: &str, value: Value) -> toml::Table {
    let mut table = toml::Table::new();
    table.insert(key.to_owned(), to_toml(value));
    table
}

/// `010-delivery-tools.toml`: files are read in the order of their names.
fn file_name(index: usize, entry: &serde_json::Map<String, Value>, kind: &str) -> String {
    let id = entry.get("id").and_then(Value::as_str).unwrap_or(kind);
    let id: String = crate::text::slug(id).chars().take(80).collect();
    format!("{:05}-{}.toml", (index + 1) * 10, if id.is_empty() { kind } else { &id })
}

fn print(table: &toml::Table) -> Vec<u8> {
    toml::to_string_pretty(table).unwrap_or_default().into_bytes()
}

fn to_toml(value: Value) -> toml::Value {
    match value {
        Value::Null => toml::Value::String(String::new()),
        Value::Bool(yes) => toml::Value::Boolean(yes),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => toml::Value::Integer(whole),
            None => toml::Value::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => toml::Value::String(text),
        Value::Array(list) => toml::Value::Array(list.into_iter().map(to_toml).collect()),
        Value::Object(fields) => toml::Value::Table(fields.into_iter().map(|(key, value)| (key, to_toml(value))).collect()),
    }
}

/// Without what says nothing: empty texts and lists, and truth values that are false, which reading fills in again.
/// Entries of lists stay, whatever they are.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let says = |key: &str, value: &Value| match value {
                Value::Null | Value::Bool(false) => false,
                Value::String(text) => !text.is_empty() || REQUIRED.contains(&key),
                Value::Array(list) => !list.is_empty(),
                Value::Object(fields) => !fields.is_empty(),
                Value::Number(number) => number.as_f64() != Some(0.0) || key == "points",
                Value::Bool(true) => true,
            };
            let kept = fields.into_iter().map(|(key, value)| (key, without_empty(value))).filter(|(key, value)| says(key, value));
            Value::Object(kept.collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(without_empty).collect()),
        other => other,
    }
}

/// Fields that stay though they are empty: without them an entry is not one.
const REQUIRED: [&str; 12] = ["id", "title", "text", "topic", "role", "sprint", "points", "level", "milestone", "kind", "from", "to"];
