//! What differs between two values of an entry, in the names that the engagement gives them. The practice has none to give.

use std::collections::BTreeMap;

use serde_json::Value;
use tminus_domain::engagement::Engagement;

/// Longer values are cut: the export has them whole.
const MAX_VALUE: usize = 160;

/// What was, and what is: only what differs.
pub(super) fn differing(from: &Value, to: &Value, engagement: Option<&Engagement>) -> (String, String) {
    let (before, after) = (parts(from, engagement), parts(to, engagement));
    let only = |one: &Parts, other: &Parts| {
        let told = one.iter().filter(|(path, value)| other.get(*path) != Some(value));
        cut(&told
            .map(|(path, value)| if path.is_empty() { value.clone() } else { format!("{path}: {value}") })
            .collect::<Vec<_>>()
            .join(", "))
    };
    (only(&before, &after), only(&after, &before))
}

type Parts = BTreeMap<String, String>;

/// Every value that is there, under the words that lead to it.
fn parts(value: &Value, engagement: Option<&Engagement>) -> Parts {
    let mut found = Parts::new();
    gather(value, (String::new(), ""), engagement, &mut found);
    found
}

fn gather(value: &Value, (path, key): (String, &str), engagement: Option<&Engagement>, found: &mut Parts) {
    let below = |name: &str| match path.as_str() {
        "" => name.to_owned(),
        path => format!("{path} {name}"),
    };
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let path = named(key, name, engagement).unwrap_or_else(|| below(&name.replace(['_', '-', '.'], " ")));
                // Whoever is assigned stands there by side.
                gather(value, (path, if key == "assigned" { key } else { name }), engagement, found);
            }
        }
        // Things of their own are told apart by what they are called.
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (index, one) in list.iter().enumerate() {
                let name = ["name", "title", "id"].iter().find_map(|name| one[*name].as_str());
                let name = name.map_or_else(|| (index + 1).to_string(), ToOwned::to_owned);
                gather(one, (below(&name), key), engagement, found);
            }
        }
        Value::Array(list) => {
            let all: Vec<_> = list.iter().map(|one| word(one, key, engagement)).collect();
            found.extend((!all.is_empty()).then(|| (path, all.join(", "))));
        }
        Value::Null => {}
        one => found.extend(Some(word(one, key, engagement)).filter(|word| !word.is_empty()).map(|word| (path, word))),
    }
}

fn word(value: &Value, key: &str, engagement: Option<&Engagement>) -> String {
    match value {
        Value::String(text) => named(key, text, engagement).unwrap_or_else(|| text.clone()),
        Value::Bool(yes) => if *yes { t!("record.yes") } else { t!("record.no") }.into(),
        other => other.to_string(),
    }
}

/// What an id below a key is called.
fn named(key: &str, id: &str, engagement: Option<&Engagement>) -> Option<String> {
    let engagement = engagement?;
    let plan = &engagement.plan;
    match key {
        "assigned" | "person" => engagement.names.get(&id.into()).cloned(),
        "owners" | "roles" => engagement.role(&id.into()).map(|role| role.title.clone()),
        "gates" => plan.gates.iter().find(|gate| gate.id.as_str() == id).map(|gate| gate.title.clone()),
        "milestones" => plan.milestones.iter().find(|milestone| milestone.id.as_str() == id).map(|milestone| milestone.title.clone()),
        "workstreams" => plan.setup.workstreams.iter().find(|it| it.id.as_str() == id).map(|it| it.title.clone()),
        _ => None,
    }
}

/// What a change of the plan did to the checklist, in numbers. `internal` is what of it the customer may not know.
pub(super) fn counts(diff: &Value, internal: &Value) -> String {
    let lists = [
        ("added", t!("record.plan.added")),
        ("left_out", t!("record.plan.left_out")),
        ("kept", t!("record.plan.kept")),
        ("returned", t!("record.plan.returned")),
        ("moved", t!("record.plan.moved")),
        ("stayed", t!("record.plan.stayed")),
        ("changed", t!("record.plan.changed")),
        ("milestones", t!("record.plan.milestones")),
        ("access", t!("record.plan.access")),
    ];
    let count = |list: &str| [diff, internal].iter().map(|diff| diff[list].as_array().map_or(0, Vec::len)).sum::<usize>();
    let told = lists.into_iter().filter(|(list, _)| count(list) > 0).map(|(list, words)| words.with("n", count(list)).to_string());
    told.collect::<Vec<_>>().join(", ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_VALUE { text.to_owned() } else { text.chars().take(MAX_VALUE).chain(['…']).collect() }
}
