//! Names in a native kit: each given once, each that is used known, and no task waiting for itself.

use std::collections::BTreeMap;

use tminus_domain::kit::{condition::Condition, due::DueRule, task::MAX_DEPTH};

use super::{node::Node, walk::hint};
use crate::{
    circle::Waiting,
    limits::MAX_TASKS,
    problem::{Problem, quote},
};

/// Everything that the kit names, by kind.
#[derive(Default)]
struct Known<'k> {
    roles: Names<'k>,
    milestones: Names<'k>,
    facts: Names<'k>,
    gates: Names<'k>,
    modules: Names<'k>,
    tasks: Names<'k>,
    /// The graph's node of each task.
    nodes: BTreeMap<&'k str, usize>,
    titles: Vec<(&'k str, &'k str)>,
    waiting: Waiting,
}

type Names<'k> = BTreeMap<&'k str, (&'k str, u32)>;

pub(super) fn check(kit: &Node, problems: &mut Vec<Problem>) {
    let mut known = Known::default();
    for (list, names) in [
        ("roles", &mut known.roles),
        ("milestones", &mut known.milestones),
        ("facts", &mut known.facts),
        ("gates", &mut known.gates),
        ("modules", &mut known.modules),
        ("pages", &mut known.pages),
    ] {
        kit.list(list).iter().for_each(|node| declare(list, node, names, problems));
    }
    for list in ["banks", "pages", "agendas", "ceremonies", "decisions", "risks"] {
        let mut names = Names::new();
        kit.list(list).iter().for_each(|node| declare(list, node, &mut names, problems));
    }
    let before = problems.len();
    for module in kit.list("modules") {
        module.list("task").iter().for_each(|task| known.task(task, None, 1, problems));
    }
    if known.titles.len() > MAX_TASKS {
        problems.push(kit.error(format!("the kit has {} tasks; {MAX_TASKS} is the limit", known.titles.len())));
        return;
    }
    let deep = problems.len() > before && problems[before..].iter().any(|problem| problem.message.contains("nested deeper"));
    for module in kit.list("modules") {
        known.words(module, problems);
        if !deep {
            module.list("task").iter().for_each(|task| known.references(task, problems));
        }
    }
    known.other_references(kit, problems);
}

fn declare<'k>(kind: &str, node: &'k Node, names: &mut Names<'k>, problems: &mut Vec<Problem>) {
    let Some(id) = node.get("id") else { return };
    let Some(name) = id.text().filter(|name| !name.is_empty()) else { return };
    if name.contains(char::is_whitespace) {
        problems.push(id.error(format!("the id {} has blanks in it", quote(name))));
    }
    if let Some((file, line)) = names.get(name) {
        problems.push(id.error(format!("the id {} is given twice in {kind}; the first is at {file}:{line}", quote(name))));
    } else {
        names.insert(name, (&node.file, id.line));
    }
}

impl<'k> Known<'k> {
    fn task(&mut self, task: &'k Node, whole: Option<usize>, depth: usize, problems: &mut Vec<Problem>) {
        if depth > MAX_DEPTH {
            problems.push(task.error(format!("items are nested deeper than {MAX_DEPTH}, the limit")));
            return;
        }
        declare("tasks", task, &mut self.tasks, problems);
        let node = self.waiting.node(whole);
        let id = task.get("id").and_then(Node::text).unwrap_or("");
        self.titles.push((if id.is_empty() { "?" } else { id }, &task.file));
        if !id.is_empty() {
            self.nodes.entry(id).or_insert(node);
        }
        for part in task.list("item") {
            self.task(part, Some(node), depth + 1, problems);
        }
    }

    fn references(&mut self, task: &'k Node, problems: &mut Vec<Problem>) {
        self.words(task, problems);
        let id = task.get("id").and_then(Node::text).unwrap_or("");
        for after in task.list("after") {
            let Some(name) = after.text() else { continue };
            let Some(to) = self.nodes.get(name).copied() else {
                let hint = hint(name, self.tasks.keys().copied());
                problems.push(after.error(format!("there is no task {}{hint}", quote(name))));
                continue;
            };
            if name == id {
                problems.push(after.error(format!("the task {} waits for itself", quote(name))));
                continue;
            }
            let Some(from) = self.nodes.get(id).copied() else { continue };
            if let Err(circle) = self.waiting.wait(from, to, after.line) {
                let (node, line) = circle.first();
                let way = circle.shown(|node| self.titles[node].0);
                problems.push(Problem::error(self.titles[node].1, line, format!("the tasks wait for each other: {way}")));
            }
        }
        for part in task.list("item") {
            self.references(part, problems);
        }
    }

    /// Roles, gates, milestones and facts that a module or task names.
    fn words(&self, node: &Node, problems: &mut Vec<Problem>) {
        each(node.list("owners"), "role", &self.roles, problems);
        each(node.list("gates"), "gate", &self.gates, problems);
        for (_, roles) in node.get("raci").map(Node::entries).unwrap_or_default() {
            if let super::node::Value::List(roles) = &roles.value {
                each(roles, "role", &self.roles, problems);
            }
        }
        self.due(node.get("due"), problems);
        self.condition(node.get("when"), problems);
        for evidence in node.list("evidence") {
            one(evidence.get("fact"), "fact", &self.facts, problems);
        }
    }

    fn due(&self, due: Option<&Node>, problems: &mut Vec<Problem>) {
        let Some(due) = due else { return };
        let Some(rule) = due.text().and_then(|text| text.parse::<DueRule>().ok()) else { return };
        unknown(due, "milestone", rule.anchor.as_str(), &self.milestones, problems);
    }

    fn condition(&self, when: Option<&Node>, problems: &mut Vec<Problem>) {
        let Some(when) = when else { return };
        let Some(condition) = when.text().and_then(|text| text.parse::<Condition>().ok()) else { return };
        for fact in condition.facts() {
            unknown(when, "fact", fact.as_str(), &self.facts, problems);
        }
    }

    fn other_references(&self, kit: &Node, problems: &mut Vec<Problem>) {
        for gate in kit.list("gates") {
            one(gate.get("milestone"), "milestone", &self.milestones, problems);
        }
        for milestone in kit.list("milestones") {
            self.due(milestone.get("follows"), problems);
        }
        for fact in kit.list("facts") {
            self.condition(fact.get("from"), problems);
            self.condition(fact.get("when"), problems);
        }
        for node in kit.list("ceremonies").iter().chain(kit.list("risks")) {
            one(node.get("owner"), "role", &self.roles, problems);
            self.condition(node.get("when"), problems);
        }
        for decision in kit.list("decisions") {
            one(decision.get("approver"), "role", &self.roles, problems);
            one(decision.get("gate"), "gate", &self.gates, problems);
            self.due(decision.get("due"), problems);
        }
        for renamed in kit.list("renamed") {
            one(renamed.get("to"), "task", &self.tasks, problems);
        }
    }
}

fn each(nodes: &[Node], kind: &str, names: &Names<'_>, problems: &mut Vec<Problem>) {
    nodes.iter().for_each(|node| one(Some(node), kind, names, problems));
}

fn one(node: Option<&Node>, kind: &str, names: &Names<'_>, problems: &mut Vec<Problem>) {
    if let Some((node, name)) = node.and_then(|node| node.text().map(|name| (node, name))) {
        unknown(node, kind, name, names, problems);
    }
}

fn unknown(node: &Node, kind: &str, name: &str, names: &Names<'_>, problems: &mut Vec<Problem>) {
    if !names.contains_key(name) {
        let hint = hint(name, names.keys().copied());
        problems.push(node.error(format!("there is no {kind} {}{hint}", quote(name))));
    }
}
