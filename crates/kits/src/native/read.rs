//! Reading a kit in the native format.

use std::collections::BTreeMap;

use tminus_domain::kit::{Kit, SCHEMA};

use super::{
    refer, shape,
    tree::{self, Node, Place},
    yaml,
};
use crate::{
    files::{Files, ending},
    problem::{Problem, Severity, quote},
    text::slug,
};

/// Whether the files are a native kit, or are meant to be one.
pub fn is_native(files: &Files) -> bool {
    let alone = |path: &String| files.texts.len() == 1 && matches!(ending(path).as_str(), "toml" | "yaml" | "yml");
    files.texts.keys().any(|path| path == "kit.toml" || path.ends_with("/kit.toml") || alone(path))
}

/// Every native kit in the files. A kit with any error is not among them; all its mistakes are in `problems`.
pub fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Kit> {
    for (path, bytes) in files.texts.iter().filter(|(path, _)| matches!(ending(path).as_str(), "yaml" | "yml")) {
        problems.extend(yaml::refuse(path, &String::from_utf8_lossy(bytes)));
    }
    let folders: Vec<&str> = files
        .texts
        .keys()
        .filter_map(|path| path.strip_suffix("kit.toml"))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .collect();
    let mut kits = Vec::new();
    for folder in &folders {
        let inside = files.texts.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(folder)?, path.as_str(), bytes.as_slice())));
        let deeper = |path: &str| folders.iter().any(|other| other.len() > folder.len() && path.starts_with(other));
        let inside: Vec<_> = inside.filter(|(_, path, _)| !deeper(path)).collect();
        kits.extend(read_kit(&inside, problems));
    }
    if folders.is_empty() {
        for (path, bytes) in files.texts.iter().filter(|(path, _)| ending(path) == "toml") {
            kits.extend(read_kit(&[("kit.toml", path, bytes)], problems));
        }
    }
    kits
}

/// Reads the files of one kit: their path in the kit, their path in what was opened, and their bytes.
fn read_kit(files: &[(&str, &str, &[u8])], problems: &mut Vec<Problem>) -> Option<Kit> {
    let mut mine = Vec::new();
    let mut root = Node::table(Place { file: files.first().map(|it| it.1.to_owned()).unwrap_or_default(), line: 1, column: 0 });
    let ordered = files.iter().filter(|(path, ..)| *path == "kit.toml").chain(files.iter().filter(|(path, ..)| *path != "kit.toml"));
    for (path, full, bytes) in ordered {
        let Ok(text) = std::str::from_utf8(bytes) else {
            mine.push(Problem::error(full, line_of_bad_utf8(bytes), "this is not UTF-8; save the file as UTF-8"));
            continue;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match ending(path).as_str() {
            "toml" => {
                let node = tree::parse(full, text, &mut mine);
                if *path == "kit.toml" && !is_supported(&node, full, &mut mine) {
                    break;
                }
                merge(&mut root, path, node, &mut mine);
            }
            "md" | "markdown" => root.append("page", vec![page(path, full, text)]),
            _ => mine.push(Problem::warning(full, 0, "this file is no part of a native kit; it was left out")),
        }
    }
    if !has_errors(&mine) {
        complete(&mut root);
    }
    let unreadable = has_errors(&mine);
    if !unreadable {
        shape::check(&root, &mut mine);
        refer::check(&root, &mut mine);
    }
    let kit = if has_errors(&mine) { None } else { kit(root, &mut mine) };
    problems.append(&mut mine);
    kit
}

fn kit(root: Node, problems: &mut Vec<Problem>) -> Option<Kit> {
    let place = root.place.clone();
    match serde_json::from_value(root.into_value()) {
        Ok(kit) => Some(kit),
        Err(error) => {
            problems.push(place.error(error.to_string()));
            None
        }
    }
}

fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

fn line_of_bad_utf8(bytes: &[u8]) -> u32 {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    crate::text::decode::line_of(bytes, valid)
}

fn is_supported(node: &Node, file: &str, problems: &mut Vec<Problem>) -> bool {
    match node.get("schema").map(|schema| (schema, schema.as_text())) {
        Some((_, Some(SCHEMA))) => true,
        Some((schema, found)) => {
            let found = found.map_or_else(|| "not a text".to_owned(), quote);
            problems.push(schema.place.error(format!("the schema is {found}; this release reads “{SCHEMA}”. Nothing was imported")));
            false
        }
        None if has_errors(problems) => false,
        None => {
            problems.push(Problem::error(file, 1, format!("a native kit begins with schema = “{SCHEMA}”. Nothing was imported")));
            false
        }
    }
}

/// Puts what a file says where it belongs in the kit.
fn merge(root: &mut Node, path: &str, mut node: Node, problems: &mut Vec<Problem>) {
    if path.starts_with("modules/") {
        let Some(mut module) = node.take("module") else {
            problems.push(node.place.error("a file of modules/ begins with [module]"));
            return;
        };
        if let Some(tasks) = node.take("task") {
            module.put("task", tasks);
        }
        root.append("module", vec![module]);
    }
    let tree::Content::Table(fields) = node.content else { return };
    for (key, (place, value)) in fields {
        match value.content {
            tree::Content::List(list) if root.get(&key).is_some() || LISTS.contains(&key.as_str()) => root.append(&key, list),
            content => {
                if root.get(&key).is_some() {
                    problems.push(place.error(format!("“{key}” is given already")));
                }
                root.put(&key, Node { place, content });
            }
        }
    }
}

/// Fields of a kit that several files may add to.
const LISTS: [&str; 15] = [
    "role",
    "milestone",
    "fact",
    "gate",
    "resource",
    "need",
    "policy",
    "bank",
    "agenda",
    "ceremony",
    "communication",
    "decision",
    "risk",
    "responsibility",
    "stakeholder",
];

fn page(path: &str, full: &str, text: &str) -> Node {
    let stem = path.strip_prefix("pages/").unwrap_or(path);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let (title, body) = match text.strip_prefix("# ").map(|rest| rest.split_once('\n').unwrap_or((rest, ""))) {
        Some((title, body)) => (title.trim().to_owned(), body.trim_start_matches('\n')),
        None => (stem.to_owned(), text),
    };
    let place = Place { file: full.to_owned(), line: 1, column: 0 };
    let mut page = Node::table(place.clone());
    page.put("id", Node::text(place.clone(), stem));
    page.put("title", Node::text(place.clone(), title));
    page.put("text", Node::text(place, body.trim_end()));
    page
}

/// Fills in what may be left out: ids that follow from titles, and the one module of a kit in one file.
fn complete(root: &mut Node) {
    let place = root.place.clone();
    let title = root.get("title").and_then(Node::as_text).unwrap_or_default().to_owned();
    if root.get("id").is_none() {
        root.put("id", Node::text(place.clone(), slug(&title)));
    }
    if let Some(tasks) = root.take("task") {
        let mut module = Node::table(tasks.place.clone());
        module.put("id", Node::text(place.clone(), slug(&title)));
        module.put("title", Node::text(place, title));
        module.put("task", tasks);
        root.append("module", vec![module]);
    }
    let mut seen = BTreeMap::new();
    if let tree::Content::Table(fields) = &mut root.content
        && let Some((_, modules)) = fields.get_mut("module")
        && let tree::Content::List(modules) = &mut modules.content
    {
        for module in modules {
            name_tasks(module, "task", &mut seen);
        }
    }
}

fn name_tasks(node: &mut Node, list: &str, seen: &mut BTreeMap<String, u32>) {
    let tree::Content::Table(fields) = &mut node.content else { return };
    let Some((_, tasks)) = fields.get_mut(list) else { return };
    let tree::Content::List(tasks) = &mut tasks.content else { return };
    for task in tasks {
        if let Some(id) = task.get("id").and_then(Node::as_text) {
            seen.entry(id.to_owned()).or_insert(1);
        } else {
            let Some(name) = task.get("title").and_then(Node::as_text).map(slug) else { continue };
            let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            let id = if *count == 1 { name } else { format!("{name}-{count}") };
            task.put("id", Node::text(task.place.clone(), id));
        }
        name_tasks(task, "item", seen);
    }
}
