//! Which tasks wait for which. What would close a circle is not made, and named.

use std::collections::BTreeMap;

use tminus_domain::{ids::TaskId, kit::task::Task};

use super::{Prerequisite, Step, Version, kit::place};
use crate::problem::Problem;

/// Whether a prerequisite names one task and no doubt.
pub(super) fn is_certain(prerequisite: &Prerequisite) -> bool {
    !prerequisite.inline && prerequisite.refs.iter().all(|it| it.candidates.len() == 1) && !prerequisite.refs.is_empty()
}

/// A step in the graph.
struct Node<'a> {
    id: &'a TaskId,
    title: &'a str,
    file: &'a str,
    parent: Option<usize>,
    parts: Vec<usize>,
    /// Whom it waits for, and the line that says so.
    waits: Vec<(usize, u32)>,
}

/// The tasks that each task waits for.
pub(super) fn edges(
    version: &Version,
    places: &BTreeMap<String, TaskId>,
    base: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<TaskId, Vec<TaskId>> {
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut wishes: Vec<(usize, &Prerequisite)> = Vec::new();
    let mut at: BTreeMap<&TaskId, usize> = BTreeMap::new();
    for (phase, module) in version.modules() {
        for task in &module.tasks {
            let parent = nodes.len();
            let steps = std::iter::once((task, None)).chain(task.subtasks.iter().map(|subtask| (subtask, Some(subtask))));
            for (step, subtask) in steps {
                let Some(id) = places.get(&place(phase, module, task, subtask)) else { continue };
                let index = nodes.len();
                let parent = subtask.and(Some(parent));
                if let Some(parent) = parent.and_then(|parent| nodes.get_mut(parent)) {
                    parent.parts.push(index);
                }
                nodes.push(Node { id, title: &step.title, file: &module.path, parent, parts: Vec::new(), waits: Vec::new() });
                at.entry(id).or_insert(index);
                wishes.extend(certain(step).map(|wish| (index, wish)));
            }
        }
    }
    for (from, wish) in wishes {
        for target in wish.refs.iter().filter_map(|it| places.get(&it.candidates[0])).filter_map(|id| at.get(id)) {
            match path(&nodes, *target, from) {
                Some(path) => problems.push(circle(&nodes, base, &path, (from, wish.line))),
                None => nodes[from].waits.push((*target, wish.line)),
            }
        }
    }
    let ids = |node: &Node<'_>| node.waits.iter().map(|(target, _)| nodes[*target].id.clone()).collect();
    nodes.iter().filter(|node| !node.waits.is_empty()).map(|node| (node.id.clone(), ids(node))).collect()
}

fn certain(step: &Step) -> impl Iterator<Item = &Prerequisite> {
    step.prerequisites.iter().filter(|it| is_certain(it))
}

/// Puts the edges into a task and its parts.
pub(super) fn apply(task: &mut Task, edges: &BTreeMap<TaskId, Vec<TaskId>>) {
    if let Some(targets) = edges.get(&task.id) {
        task.after.clone_from(targets);
        task.after.dedup();
    }
    task.items.iter_mut().for_each(|part| apply(part, edges));
}

/// How `from` leads to `to` or to a part of it, with the line of each step; a task waits for its parts, and a part for what its task waits for.
fn path(nodes: &[Node<'_>], from: usize, to: usize) -> Option<Vec<(usize, u32)>> {
    let mut seen = vec![false; nodes.len()];
    let mut came: BTreeMap<usize, (usize, u32)> = BTreeMap::new();
    let mut open = vec![from];
    seen[from] = true;
    while let Some(node) = open.pop() {
        if node == to || nodes[node].parent == Some(to) {
            let mut path = Vec::new();
            let mut node = node;
            while let Some((before, line)) = came.get(&node) {
                path.push((*before, *line));
                node = *before;
            }
            path.reverse();
            return Some(path);
        }
        let inherited = nodes[node].parent.map(|parent| nodes[parent].waits.as_slice()).unwrap_or_default();
        let parts = nodes[node].parts.iter().map(|part| (*part, 0));
        for (next, line) in nodes[node].waits.iter().chain(inherited).copied().chain(parts) {
            if !std::mem::replace(&mut seen[next], true) {
                came.insert(next, (node, line));
                open.push(next);
            }
        }
    }
    None
}

/// The warning about a circle that `last` would close.
fn circle(nodes: &[Node<'_>], base: &str, path: &[(usize, u32)], last: (usize, u32)) -> Problem {
    let mut steps: Vec<(usize, u32)> = std::iter::once(last).chain(path.iter().copied()).collect();
    let first = (0..steps.len()).filter(|at| steps[*at].1 > 0).min_by_key(|at| steps[*at].1).unwrap_or(0);
    steps.rotate_left(first);
    let titles: Vec<&str> = steps.iter().chain(steps.first()).map(|(node, _)| nodes[*node].title).collect();
    let mut lines: Vec<u32> = steps.iter().map(|(_, line)| *line).filter(|line| *line > 0).collect();
    lines.sort_unstable();
    let lines = lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let message = format!(
        "the tasks wait for each other: {} (lines {lines}); the prerequisite of line {} was not made a dependency",
        titles.join(" -> "),
        last.1
    );
    Problem::warning(&format!("{base}{}", nodes[steps[0].0].file), steps[0].1, message)
}
