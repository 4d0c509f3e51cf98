//! The header of a backlog, and the cells of a row by column.

use std::collections::BTreeMap;

use super::{Basics, cells::Row, formula::unguard_cell};
use crate::{
    problem::{Problem, quote},
    text::{compare_key, norm1},
};

/// Columns that a backlog may have. The first must be there.
const KNOWN: [&str; 22] = [
    "Summary",
    "Issue Type",
    "Description",
    "Epic Link",
    "Label",
    "Components",
    "Component",
    "Epic Name",
    "Estimate",
    "Story Points",
    "Labels",
    "Assignee",
    "Status",
    "Issue id",
    "Parent id",
    "Due Date",
    "Start Date",
    "Priority",
    "Reporter",
    "Sprint",
    "Fix Version",
    "Created",
];

/// How many of [`KNOWN`] must be there, and how many are missed where a header is refused.
const REQUIRED: usize = 2;
const EXPECTED: usize = 4;

/// Columns that go into a kit's fields; what others hold is kept apart.
const PLACED: [&str; 10] =
    ["summary", "issue type", "description", "epic link", "components", "component", "epic name", "story points", "labels", "status"];

pub(super) struct Columns {
    names: Vec<String>,
    keys: Vec<String>,
}

impl Columns {
    pub(super) fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}

/// Reads the header; `None` where columns are missing or doubled.
pub(super) fn read(file: &str, header: &Row, problems: &mut Vec<Problem>) -> Option<Columns> {
    let names: Vec<String> = header.cells.iter().map(|cell| norm1(&cell.text)).collect();
    let keys: Vec<String> = names.iter().map(|name| compare_key(name)).collect();
    let known = |key: &str| KNOWN.iter().any(|known| compare_key(known) == key);
    let missing = |count: usize| KNOWN[..count].iter().filter(|name| !keys.contains(&compare_key(name))).copied().collect::<Vec<_>>();
    let twice: Vec<&str> =
        (0..keys.len()).filter(|at| !keys[*at].is_empty() && keys[..*at].contains(&keys[*at])).map(|at| names[at].as_str()).collect();
    let twice: Vec<&str> = twice.into_iter().filter(|name| !matches!(compare_key(name).as_str(), "labels" | "components")).collect();
    let unknown: Vec<&str> = names.iter().zip(&keys).filter(|(_, key)| !known(key)).map(|(name, _)| name.as_str()).collect();
    let list = |names: &[&str]| names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    if !twice.is_empty() || !missing(REQUIRED).is_empty() {
        let mut message = String::from("this header cannot be used");
        for (what, names) in [("columns given twice", twice), ("columns missing", missing(EXPECTED)), ("columns not known", unknown)] {
            if !names.is_empty() {
                message = format!("{message}; {what}: {}", list(&names));
            }
        }
        problems.push(Problem::error(file, header.line, message + ". Nothing was imported"));
        return None;
    }
    if !unknown.is_empty() {
        problems.push(Problem::warning(file, header.line, format!("columns not known: {}; their text is kept apart", list(&unknown))));
    }
    Some(Columns { names, keys })
}

/// The cells of one row by column, trimmed.
pub(super) struct Fields {
    pub(super) line: u32,
    values: BTreeMap<String, String>,
    others: Vec<(String, String)>,
}

impl Fields {
    pub(super) fn new(file: &str, row: &Row, columns: &Columns, problems: &mut Vec<Problem>) -> Self {
        let mut fields = Self { line: row.line, values: BTreeMap::new(), others: Vec::new() };
        for (at, cell) in row.cells.iter().enumerate() {
            let raw = unguard_cell(&cell.text);
            let text = raw.trim();
            let (name, key) = columns
                .names
                .get(at)
                .zip(columns.keys.get(at))
                .map_or(("beyond the header", ""), |(name, key)| (name.as_str(), key.as_str()));
            if text.len() != raw.len() && !text.is_empty() && key != "description" {
                problems.push(Problem::note(file, row.line, format!("stray blanks in the column {}", quote(name))));
            }
            if text.is_empty() {
                continue;
            }
            if PLACED.contains(&key) {
                let value = fields.values.entry(key.to_owned()).or_default();
                let glue = if value.is_empty() { "" } else { " " };
                *value = format!("{value}{glue}{text}");
            } else {
                fields.others.push((name.to_owned(), text.to_owned()));
            }
        }
        fields
    }

    pub(super) fn get(&self, key: &str) -> String {
        self.values.get(key).cloned().unwrap_or_default()
    }

    pub(super) fn other(&self, name: &str) -> Option<&str> {
        self.others.iter().find(|(column, _)| compare_key(column) == compare_key(name)).map(|(_, text)| text.as_str())
    }

    pub(super) fn others(&self) -> &[(String, String)] {
        &self.others
    }

    pub(super) fn basics(&self) -> Basics {
        let component = self.get("components");
        Basics {
            line: self.line,
            summary: norm1(&self.get("summary")),
            component: norm1(&if component.is_empty() { self.get("component") } else { component }),
            labels: self.get("labels").split([' ', ',', ';']).filter(|label| !label.is_empty()).map(norm1).collect(),
            status: norm1(&self.get("status")),
            assignee: norm1(self.other("assignee").unwrap_or("")),
            others: self.others.clone(),
        }
    }
}
