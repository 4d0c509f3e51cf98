//! Which tasks wait for which. What would close a circle is not made, and named.

use std::collections::BTreeMap;

use tminus_domain::{ids::TaskId, kit::task::Task};

use super::{Prerequisite, Step, Version, kit::place};
use crate::{circle::Waiting, limits::MAX_DEPENDENCIES, problem::Problem};

/// Whether a prerequisite names one task and no doubt.
pub(super) fn is_certain(prerequisite: &Prerequisite) -> bool {
    !prerequisite.inline && prerequisite.refs.iter().all(|it| it.candidates.len() == 1) && !prerequisite.refs.is_empty()
}

/// What a message says of a step.
struct Named<'a> {
    id: &'a TaskId,
    title: &'a str,
    file: &'a str,
}

/// The tasks that each task waits for.
pub(super) fn edges(
    version: &Version,
    places: &BTreeMap<String, TaskId>,
    base: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<TaskId, Vec<TaskId>> {
    let mut graph = Waiting::default();
    let mut names: Vec<Named<'_>> = Vec::new();
    let mut wishes: Vec<(usize, &Prerequisite)> = Vec::new();
    let mut at: BTreeMap<&TaskId, usize> = BTreeMap::new();
    for (phase, module) in version.modules() {
        for task in &module.tasks {
            let mut whole = None;
            let steps = std::iter::once((task, None)).chain(task.subtasks.iter().map(|subtask| (subtask, Some(subtask))));
            for (step, subtask) in steps {
                let Some(id) = places.get(&place(phase, module, task, subtask)) else { continue };
                let index = graph.node(subtask.and(whole));
                whole = whole.or(Some(index));
                names.push(Named { id, title: &step.title, file: &module.path });
                at.entry(id).or_insert(index);
                wishes.extend(certain(step).map(|wish| (index, wish)));
            }
        }
    }
    let mut edges: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
    if wishes.len() > MAX_DEPENDENCIES {
        let message =
            format!("{} prerequisites name tasks; {MAX_DEPENDENCIES} is the limit, and the others are not made dependencies", wishes.len());
        problems.push(Problem::warning(&format!("{base}{}", version.version), 0, message));
        wishes.truncate(MAX_DEPENDENCIES);
    }
    for (from, wish) in wishes {
        for target in wish.refs.iter().filter_map(|it| places.get(&it.candidates[0])).filter_map(|id| at.get(id)) {
            match graph.wait(from, *target, wish.line) {
                Ok(()) => edges.entry(names[from].id.clone()).or_default().push(names[*target].id.clone()),
                Err(circle) => {
                    let (first, line) = circle.first();
                    let way = circle.shown(|node| names[node].title);
                    let message =
                        format!("the tasks wait for each other: {way}; the prerequisite of line {} was not made a dependency", wish.line);
                    problems.push(Problem::warning(&format!("{base}{}", names[first].file), line, message));
                }
            }
        }
    }
    edges
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
