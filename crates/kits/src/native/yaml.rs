//! YAML is not read. What is said of it names the line that would matter most to its author.

use crate::problem::{Problem, quote};

/// The refusal of a YAML file: one error, at the first line that no reader could take as it is.
pub(super) fn refuse(file: &str, text: &str) -> Vec<Problem> {
    let advice = "YAML is not read: write the kit in TOML, as kit.toml (docs/kit-format.md shows how). Nothing was imported";
    let mut problems = Vec::new();
    let mut keys = std::collections::BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim_start();
        let why = if value.starts_with('*') || value.starts_with("[*") || value.contains(",*") {
            Some("an alias".to_owned())
        } else if value.starts_with('!') {
            Some("a tag".to_owned())
        } else if key == "schema" && value.trim() != tminus_domain::kit::SCHEMA {
            Some(format!("schema {}, which is not known (known is {}),", quote(value.trim()), tminus_domain::kit::SCHEMA))
        } else if !key.starts_with([' ', '-']) && !keys.insert(key.to_owned()) {
            Some(format!("{} for the second time", quote(key)))
        } else {
            field(key).map(|guess| format!("the unknown field {}{guess}", quote(key.trim_start_matches([' ', '-']))))
        };
        if let Some(why) = why {
            problems.push(Problem::error(file, number, format!("{why} stands here; {advice}")));
            if problems.len() == crate::limits::MAX_NAMED_LINES {
                break;
            }
        }
    }
    if problems.is_empty() {
        problems.push(Problem::error(file, 1, advice));
    }
    problems
}

/// What a key of a kit was probably meant to be, where it is not one.
fn field(key: &str) -> Option<String> {
    let schema = super::schema();
    let name = key.trim_start_matches([' ', '-']);
    let fields = |of: &'static serde_json::Value| of["properties"].as_object().into_iter().flat_map(|it| it.keys()).map(String::as_str);
    let known: Vec<&str> =
        fields(schema).chain(schema["$defs"].as_object().into_iter().flat_map(|defs| defs.values()).flat_map(fields)).collect();
    let plural = name.strip_suffix('s').is_some_and(|one| known.contains(&one));
    if known.contains(&name) || plural {
        return None;
    }
    super::shape::nearest(name, known.into_iter()).map(|guess| format!("; did you mean “{guess}”?"))
}
