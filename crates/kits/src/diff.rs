//! What one version of a kit has that another has not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use tminus_domain::{
    ids::TaskId,
    kit::{Kit, Module, task::Task},
};

/// The difference between two versions, task by task.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KitDiff {
    pub added: Vec<Line>,
    pub removed: Vec<Line>,
    /// The same task under a new id, as the new version says.
    pub renamed: Vec<(Line, Line)>,
    pub moved: Vec<Moved>,
    pub changed: Vec<Changed>,
    /// What changed besides tasks: roles, milestones, questions, gates and the rest, by list and id.
    pub others: Vec<Other>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub id: TaskId,
    pub title: String,
    pub module: String,
}

/// A task that stands in another module now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    pub id: TaskId,
    pub title: String,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    pub id: TaskId,
    pub title: String,
    pub fields: Vec<Field>,
}

/// A field before and after; `null` where it was not there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    pub name: String,
    pub before: Value,
    pub after: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Other {
    /// `role`, `gate`, `fact`, …
    pub list: String,
    pub id: String,
    pub fields: Vec<Field>,
}

impl KitDiff {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two versions of a kit.
pub fn diff(old: &Kit, new: &Kit) -> KitDiff {
    let renamed: BTreeMap<&TaskId, &TaskId> = new.renamed.iter().map(|it| (&it.from, &it.to)).collect();
    let before: BTreeMap<&TaskId, (&Module, &Task)> = old.tasks().map(|(module, task)| (&task.id, (module, task))).collect();
    let after: BTreeMap<&TaskId, (&Module, &Task)> = new.tasks().map(|(module, task)| (&task.id, (module, task))).collect();
    let mut result = KitDiff::default();
    let mut followed = BTreeSet::new();
    for (_, task) in old.tasks() {
        let (module, _) = before[&task.id];
        let id = if after.contains_key(&task.id) { &task.id } else { renamed.get(&task.id).copied().unwrap_or(&task.id) };
        let Some((new_module, new_task)) = after.get(id) else {
            result.removed.push(line(module, task));
            continue;
        };
        followed.insert(id);
        if id != &task.id {
            result.renamed.push((line(module, task), line(new_module, new_task)));
        }
        if module.id != new_module.id {
            let (from, to) = (module.title.clone(), new_module.title.clone());
            result.moved.push(Moved { id: id.clone(), title: new_task.title.clone(), from, to });
        }
        let fields = fields(&own(task), &own(new_task));
        if !fields.is_empty() {
            result.changed.push(Changed { id: id.clone(), title: new_task.title.clone(), fields });
        }
    }
    result.added = new.tasks().filter(|(_, task)| !followed.contains(&task.id)).map(|(module, task)| line(module, task)).collect();
    result.others = others(old, new);
    result
}

fn line(module: &Module, task: &Task) -> Line {
    Line { id: task.id.clone(), title: task.title.clone(), module: module.title.clone() }
}

/// What a task says itself: without its parts, which are compared on their own, and without where it stands in its source.
fn own(task: &Task) -> Value {
    let mut value =
        serde_json::to_value(Task { items: Vec::new(), src: String::new(), id: TaskId::default(), ..task.clone() }).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("item");
    }
    value
}

fn fields(before: &Value, after: &Value) -> Vec<Field> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        let field = Field { name: String::new(), before: before.clone(), after: after.clone() };
        return if before == after { Vec::new() } else { vec![field] };
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |of: &serde_json::Map<String, Value>, name: &str| of.get(name).cloned().unwrap_or_default();
    let both = names.into_iter().map(|name| Field { name: name.clone(), before: value(before, name), after: value(after, name) });
    both.filter(|field| field.before != field.after).collect()
}

fn others(old: &Kit, new: &Kit) -> Vec<Other> {
    let (before, after) = (lists(old), lists(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let compare = |key: &(String, String)| {
        let value = |of: &BTreeMap<(String, String), Value>| of.get(key).cloned().unwrap_or_default();
        let fields = fields(&value(&before), &value(&after));
        (!fields.is_empty()).then(|| Other { list: key.0.clone(), id: key.1.clone(), fields })
    };
    keys.into_iter().filter_map(compare).collect()
}

/// Every entry of every list but modules, by list and id; entries without an id by their place.
fn lists(kit: &Kit) -> BTreeMap<(String, String), Value> {
    let mut found = BTreeMap::new();
    let Ok(Value::Object(root)) = serde_json::to_value(kit) else { return found };
    for (list, value) in root {
        match value {
            Value::Array(entries) if !matches!(list.as_str(), "module" | "renamed" | "extra" | "source") => {
                for (index, entry) in entries.into_iter().enumerate() {
                    let id = ["id", "title", "text"].iter().find_map(|key| entry[key].as_str()).filter(|id| !id.is_empty());
                    let id = id.map_or_else(|| format!("#{}", index + 1), |id| id.chars().take(120).collect());
                    found.insert((list.clone(), id), entry);
                }
            }
            Value::String(text) if !matches!(list.as_str(), "version" | "schema" | "id") => {
                found.insert(("kit".to_owned(), list), Value::String(text));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use tminus_domain::kit::Renamed;

    use super::*;

    fn kit(tasks: &[(&str, &str, &str)]) -> Kit {
        let mut kit = Kit::default();
        for (module, id, title) in tasks {
            let task = Task { id: (*id).into(), title: (*title).to_owned(), ..Task::default() };
            match kit.modules.iter_mut().find(|it| it.id.as_str() == *module) {
                Some(found) => found.tasks.push(task),
                None => {
                    kit.modules.push(Module { id: (*module).into(), title: (*module).to_owned(), tasks: vec![task], ..Module::default() });
                }
            }
        }
        kit
    }

    #[test]
    fn a_kit_does_not_differ_from_itself() {
        let kit = kit(&[("a", "one", "One")]);
        assert!(diff(&kit, &kit).is_empty());
    }

    #[test]
    fn tasks_are_followed_through_renames_and_moves() {
        let old = kit(&[("a", "one", "One"), ("a", "two", "Two"), ("b", "three", "Three")]);
        let mut new = kit(&[("a", "first", "One"), ("b", "two", "Two, better"), ("b", "four", "Four")]);
        new.renamed.push(Renamed { from: "one".into(), to: "first".into() });
        let diff = diff(&old, &new);
        assert_eq!(diff.renamed[0].1.id, "first".into());
        assert_eq!((diff.moved[0].from.as_str(), diff.moved[0].to.as_str()), ("a", "b"));
        assert_eq!(diff.changed[0].fields[0].name, "title");
        assert_eq!(diff.added[0].id, "four".into());
        assert_eq!(diff.removed[0].id, "three".into());
    }
}
