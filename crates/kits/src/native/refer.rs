//! Whether everything that a kit refers to is there, and whether its tasks can be done in some order.

use std::collections::BTreeMap;

use tminus_domain::{
    engagement::{setup::MILESTONES, tailor::MEMBER_START},
    kit::{
        condition::Condition,
        due::DueRule,
        each::{Each, Over},
        task::MAX_DEPTH,
    },
};

use super::{
    shape::nearest,
    tree::{Node, Place},
};
use crate::{
    circle::Waiting,
    limits::{MAX_DEPENDENCIES, MAX_TASKS},
    problem::{Problem, quote},
};

/// What can be referred to, with where it stands.
struct Known<'a> {
    roles: BTreeMap<&'a str, &'a Place>,
    milestones: BTreeMap<&'a str, &'a Place>,
    facts: BTreeMap<&'a str, &'a Place>,
    gates: BTreeMap<&'a str, &'a Place>,
    tasks: BTreeMap<&'a str, &'a Place>,
    resources: BTreeMap<&'a str, &'a Place>,
}

/// Names everything in a kit that refers to something that is not there, ids used twice, and tasks that wait for themselves.
pub(super) fn check(kit: &Node, problems: &mut Vec<Problem>) {
    let tasks = tasks(kit);
    let mut known = Known {
        roles: ids(kit.entries("role"), problems),
        milestones: ids(kit.entries("milestone"), problems),
        facts: ids(kit.entries("fact"), problems),
        gates: ids(kit.entries("gate"), problems),
        tasks: ids(tasks.iter().copied(), problems),
        resources: ids(kit.entries("resource"), problems),
    };
    ids(kit.entries("module"), problems);
    for list in ["policy", "bank", "agenda", "ceremony", "decision", "risk", "page"] {
        ids(kit.entries(list), problems);
    }
    let anywhere = &kit.place;
    for id in MILESTONES.iter().map(|(id, _)| *id).chain([MEMBER_START]) {
        known.milestones.entry(id).or_insert(anywhere);
    }
    for task in &tasks {
        check_task(task, &known, problems);
    }
    check_access(kit, &known, problems);
    check_rest(kit, &known, problems);
    check_cycles(kit, problems);
    check_chains(kit, problems);
}

fn tasks(kit: &Node) -> Vec<&Node> {
    let mut tasks: Vec<&Node> = kit.entries("module").iter().flat_map(|module| module.entries("task")).collect();
    let mut next = 0;
    while let Some(task) = tasks.get(next) {
        let items = task.entries("item");
        tasks.extend(items);
        next += 1;
    }
    tasks
}

fn ids<'a>(entries: impl IntoIterator<Item = &'a Node>, problems: &mut Vec<Problem>) -> BTreeMap<&'a str, &'a Place> {
    let mut known: BTreeMap<&str, &Place> = BTreeMap::new();
    for entry in entries {
        let Some(id) = entry.get("id") else { continue };
        let Some(text) = id.as_text() else { continue };
        if let Some(first) = known.get(text) {
            problems.push(id.place.error(format!("the id {} is there already, in {} line {}", quote(text), first.file, first.line)));
        } else {
            known.insert(text, &id.place);
        }
    }
    known
}

fn check_task(task: &Node, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let own = task.get("id").and_then(Node::as_text);
    for after in task.entries("after") {
        match after.as_text() {
            Some(id) if Some(id) == own => problems.push(after.place.error(format!("{} waits for itself", quote(id)))),
            Some(_) => refer(after, &known.tasks, "task", problems),
            None => {}
        }
    }
    task.entries("owners").iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
    task.entries("gates").iter().for_each(|gate| refer(gate, &known.gates, "gate", problems));
    check_due(task.get("due"), known, problems);
    check_condition(task.get("when"), known, problems);
    check_each(task.get("each"), known, problems);
    if let Some(raci) = task.get("raci") {
        for letter in ["R", "A", "C", "I"] {
            raci.entries(letter).iter().for_each(|role| refer(role, &known.roles, "role", problems));
        }
    }
}

fn check_each(each: Option<&Node>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let Some(each) = each else { return };
    let filters = each.as_text().and_then(|text| text.parse::<Each>().ok()).map(|it| it.filters).unwrap_or_default();
    for filter in filters {
        if let Some(role) = filter.role()
            && !known.roles.contains_key(role)
        {
            problems.push(each.place.error(missing(role, "role", &known.roles)));
        }
    }
}

fn check_access(kit: &Node, known: &Known<'_>, problems: &mut Vec<Problem>) {
    for resource in kit.entries("resource") {
        resource.entries("owners").iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
        resource.entries("after").iter().for_each(|after| refer(after, &known.resources, "resource", problems));
        resource.entries("tasks").iter().for_each(|task| refer(task, &known.tasks, "task", problems));
        check_due(resource.get("due"), known, problems);
        check_condition(resource.get("when"), known, problems);
    }
    for need in kit.entries("need") {
        need.get("resource").into_iter().for_each(|it| refer(it, &known.resources, "resource", problems));
        check_person(need.get("each"), known, problems);
        check_condition(need.get("when"), known, problems);
    }
    for policy in kit.entries("policy") {
        policy.get("refuses").into_iter().for_each(|it| refer(it, &known.resources, "resource", problems));
        policy.entries("instead").iter().for_each(|it| refer(it, &known.resources, "resource", problems));
        policy.get("exception_by").into_iter().for_each(|it| refer(it, &known.roles, "role", problems));
        check_person(policy.get("each"), known, problems);
    }
}

/// Access is for people: a grant for each workstream would be nobody's.
fn check_person(each: Option<&Node>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    check_each(each, known, problems);
    if let Some(each) = each
        && each.as_text().and_then(|text| text.parse::<Each>().ok()).is_some_and(|each| each.over == Over::Workstream)
    {
        problems.push(each.place.error("access is for people: write “person where workstream = …”"));
    }
}

/// Names resources that wait for each other.
fn check_chains(kit: &Node, problems: &mut Vec<Problem>) {
    let resources: Vec<&Node> = kit.entries("resource").iter().collect();
    let title = |node: &usize| resources[*node].get("id").and_then(Node::as_text).unwrap_or_default();
    let mut graph = Waiting::default();
    let nodes: Vec<usize> = resources.iter().map(|_| graph.node(None)).collect();
    for (from, resource) in resources.iter().enumerate() {
        for after in resource.entries("after") {
            let Some(to) = resources.iter().position(|it| it.get("id").and_then(Node::as_text) == after.as_text()) else { continue };
            if let Err(circle) = graph.wait(nodes[from], nodes[to], after.place.line) {
                problems.push(after.place.error(format!("these resources wait for each other: {}", circle.shown(|node| title(&node)))));
            }
        }
    }
}

fn check_rest(kit: &Node, known: &Known<'_>, problems: &mut Vec<Problem>) {
    for module in kit.entries("module") {
        module.entries("owners").iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
        check_condition(module.get("when"), known, problems);
    }
    for gate in kit.entries("gate") {
        gate.get("milestone").into_iter().for_each(|milestone| refer(milestone, &known.milestones, "milestone", problems));
    }
    for milestone in kit.entries("milestone") {
        check_due(milestone.get("follows"), known, problems);
    }
    for fact in kit.entries("fact") {
        check_condition(fact.get("from"), known, problems);
        check_condition(fact.get("when"), known, problems);
        ids(fact.entries("options"), problems);
    }
    for ceremony in kit.entries("ceremony") {
        ceremony.get("owner").into_iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
        check_condition(ceremony.get("when"), known, problems);
    }
    for decision in kit.entries("decision") {
        decision.get("approver").into_iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
        decision.get("gate").into_iter().for_each(|gate| refer(gate, &known.gates, "gate", problems));
        check_due(decision.get("due"), known, problems);
    }
    for risk in kit.entries("risk") {
        risk.get("owner").into_iter().for_each(|owner| refer(owner, &known.roles, "role", problems));
        check_condition(risk.get("when"), known, problems);
    }
    for renamed in kit.entries("renamed") {
        renamed.get("to").into_iter().for_each(|to| refer(to, &known.tasks, "task", problems));
    }
}

fn refer(node: &Node, known: &BTreeMap<&str, &Place>, what: &str, problems: &mut Vec<Problem>) {
    if let Some(id) = node.as_text()
        && !known.contains_key(id)
    {
        problems.push(node.place.error(missing(id, what, known)));
    }
}

fn missing(id: &str, what: &str, known: &BTreeMap<&str, &Place>) -> String {
    let guess = nearest(id, known.keys().copied()).map(|guess| format!("; did you mean “{guess}”?")).unwrap_or_default();
    format!("there is no {what} {}{guess}", quote(id))
}

fn check_due(due: Option<&Node>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let Some(due) = due else { return };
    if let Some(Ok(rule)) = due.as_text().map(str::parse::<DueRule>)
        && !known.milestones.contains_key(rule.anchor.as_str())
    {
        problems.push(due.place.error(missing(rule.anchor.as_str(), "milestone", &known.milestones)));
    }
}

fn check_condition(when: Option<&Node>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let Some(when) = when else { return };
    let Some(Ok(condition)) = when.as_text().map(str::parse::<Condition>) else { return };
    for fact in condition.facts().into_iter().filter(|fact| !known.facts.contains_key(fact.as_str())) {
        problems.push(when.place.error(missing(fact.as_str(), "fact", &known.facts)));
    }
}

/// Names tasks that wait for each other, and those that are nested too deep.
fn check_cycles(kit: &Node, problems: &mut Vec<Problem>) {
    let mut waiting = Waiting::default();
    let mut found: Vec<(&str, &Node)> = Vec::new();
    let mut open: Vec<(&Node, Option<usize>, usize)> =
        kit.entries("module").iter().rev().flat_map(|module| module.entries("task").iter().rev()).map(|task| (task, None, 1)).collect();
    while let Some((task, whole, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            problems.push(task.place.error(format!("items are nested deeper than {MAX_DEPTH}, the limit")));
            continue;
        }
        let node = waiting.node(whole);
        found.push((task.get("id").and_then(Node::as_text).unwrap_or_default(), task));
        open.extend(task.entries("item").iter().rev().map(|part| (part, Some(node), depth + 1)));
    }
    if found.len() > MAX_TASKS {
        problems.push(kit.place.error(format!("the kit has {} tasks; {MAX_TASKS} is the limit", found.len())));
        return;
    }
    let waits: usize = found.iter().map(|(_, task)| task.entries("after").len()).sum();
    if waits > MAX_DEPENDENCIES {
        problems.push(kit.place.error(format!("tasks wait for others {waits} times; {MAX_DEPENDENCIES} is the limit")));
        return;
    }
    let nodes: BTreeMap<&str, usize> = found.iter().enumerate().rev().map(|(node, (id, _))| (*id, node)).collect();
    for (from, (id, task)) in found.iter().enumerate() {
        for after in task.entries("after") {
            let Some(to) = after.as_text().filter(|to| to != id).and_then(|to| nodes.get(to)) else { continue };
            if let Err(circle) = waiting.wait(from, *to, after.place.line) {
                let (first, line) = circle.first();
                let message = format!("tasks wait for each other: {}", circle.shown(|node| found[node].0));
                problems.push(Problem::error(&found[first].1.place.file, line, message));
            }
        }
    }
}
