//! Which file holds which part of a kit.

use std::rc::Rc;

use super::node::{Key, Node, Value};
use crate::problem::Problem;

/// Lists of a kit: the field, the word that a file uses for one entry, and the file that a written kit has them in.
pub(super) const LISTS: [(&str, &str, &str); 20] = [
    ("roles", "role", "roles.toml"),
    ("milestones", "milestone", "milestones.toml"),
    ("facts", "fact", "protocol.toml"),
    ("gates", "gate", "gates.toml"),
    ("banks", "bank", "banks.toml"),
    ("agendas", "agenda", "agendas.toml"),
    ("ceremonies", "ceremony", "ceremonies.toml"),
    ("communications", "communication", "communications.toml"),
    ("decisions", "decision", "decisions.toml"),
    ("risks", "risk", "risks.toml"),
    ("responsibilities", "responsibility", "raci.toml"),
    ("stakeholders", "stakeholder", "stakeholders.toml"),
    ("workshops", "workshop", "workshops.toml"),
    ("sprint_goals", "sprint_goal", "sprint-goals.toml"),
    ("grids", "grid", "grids.toml"),
    ("scales", "scale", "scales.toml"),
    ("escalation", "level", "escalation.toml"),
    ("tables", "table", "tables.toml"),
    ("renamed", "rename", "renamed.toml"),
    ("modules", "module", "modules.toml"),
];

/// The parts of a kit as they are gathered from its files.
#[derive(Default)]
pub(super) struct Layout {
    entries: Vec<(Key, Node)>,
    lists: Vec<(&'static str, Vec<Node>)>,
    first: Option<Rc<str>>,
}

impl Layout {
    /// Takes in one TOML file; `inside` is its path in the kit's folder.
    pub(super) fn toml(&mut self, path: &str, inside: &str, node: Node, problems: &mut Vec<Problem>) {
        if self.first.is_none() || inside == "kit.toml" {
            self.first = Some(node.file.clone());
        }
        let Value::Table(mut entries) = node.value.clone() else { return };
        let tasks = entries.iter().position(|(key, _)| key.name == "task").map(|at| entries.remove(at));
        let single = entries
            .iter()
            .position(|(key, node)| key.name == "module" && matches!(node.value, Value::Table(_)))
            .map(|at| entries.remove(at));
        if tasks.is_some() || single.is_some() {
            let module = match single {
                Some((_, module)) => module,
                None => tasks_alone(&node, &entries),
            };
            self.add("modules", with_tasks(module, tasks));
        }
        for (key, value) in entries {
            let list = LISTS.iter().find(|(field, word, _)| key.name == *field || key.name == *word);
            match (list, value.value) {
                (Some((field, _, _)), Value::List(nodes)) => nodes.into_iter().for_each(|node| self.add(field, node)),
                (Some((field, word, _)), Value::Table(entries)) if key.name == *word => {
                    let node = Node { file: value.file, line: value.line, column: value.column, value: Value::Table(entries) };
                    self.add(field, node);
                }
                (_, other) => {
                    if self.entries.iter().any(|(known, _)| known.name == key.name) {
                        problems.push(key.error(path, format!("“{}” stands in two files of the kit", key.name)));
                    }
                    let node = Node { file: value.file, line: value.line, column: value.column, value: other };
                    self.entries.push((key, node));
                }
            }
        }
    }

    pub(super) fn page(&mut self, page: Node) {
        self.add("pages", page);
    }

    fn add(&mut self, field: &'static str, node: Node) {
        match self.lists.iter_mut().find(|(name, _)| *name == field) {
            Some((_, nodes)) => nodes.push(node),
            None => self.lists.push((field, vec![node])),
        }
    }

    /// The whole kit as one table.
    pub(super) fn kit(self) -> Node {
        let file = self.first.unwrap_or_else(|| "kit.toml".into());
        let mut kit = Node::table(&file, self.entries);
        let lists: Vec<(Key, Node)> = self
            .lists
            .into_iter()
            .map(|(field, nodes)| {
                let (line, column) = nodes.first().map_or((1, 1), |node| (node.line, node.column));
                let list = Node { file: file.clone(), line, column, value: Value::List(nodes) };
                (Key { name: field.to_owned(), line, column }, list)
            })
            .collect();
        if let Value::Table(entries) = &mut kit.value {
            entries.extend(lists);
        }
        kit
    }
}

/// The module that tasks without a module form: it has the kit's name.
fn tasks_alone(file: &Node, entries: &[(Key, Node)]) -> Node {
    let said = |name: &str| entries.iter().find(|(key, _)| key.name == name).and_then(|(_, node)| node.text()).map(str::to_owned);
    let title = said("title").unwrap_or_else(|| "Tasks".to_owned());
    let id = said("id").unwrap_or_else(|| crate::text::slug(&title));
    let entry = |name: &str, text: String| (Key { name: name.to_owned(), line: 1, column: 1 }, file.beside(Value::Text(text)));
    file.beside(Value::Table(vec![entry("id", if id.is_empty() { "tasks".to_owned() } else { id }), entry("title", title)]))
}

fn with_tasks(mut module: Node, tasks: Option<(Key, Node)>) -> Node {
    if let Value::Table(entries) = &mut module.value {
        entries.extend(tasks);
    }
    module
}
