//! Templates as kits.

use std::collections::{BTreeMap, BTreeSet};

use tminus_domain::{
    ids::{RoleId, TaskId},
    kit::{self, Extra, Kit, Link, Renamed, Role, SCHEMA, Source, task::Task},
};

use super::{Module, Phase, Step, TemplateReading, Version, waits};
use crate::{
    problem::Problem,
    text::{decode_entities, norm1, safe_markdown, safe_text, short_title, slug},
    unique::Unique,
};

/// How much of a module's slug starts the ids of its tasks.
const MODULE_PART: usize = 40;

impl TemplateReading {
    /// One kit for each version, oldest first.
    pub fn into_kits(&self, problems: &mut Vec<Problem>) -> Vec<Kit> {
        let mut kits: Vec<Kit> = self.versions.iter().map(|version| self.kit(version, problems)).collect();
        let known: Vec<BTreeSet<TaskId>> = kits.iter().map(|kit| kit.tasks().map(|(_, task)| task.id.clone()).collect()).collect();
        for at in 1..kits.len() {
            kits[at].renamed = self.renamed(&kits[at], &known[at], &known[at - 1]);
        }
        kits
    }

    fn kit(&self, version: &Version, problems: &mut Vec<Problem>) -> Kit {
        let mut making = Making::default();
        let mut modules = Vec::new();
        for (phase, module) in version.modules() {
            modules.push(making.module(phase, module));
        }
        let edges = waits::edges(version, &making.places, &self.base, problems);
        for task in modules.iter_mut().flat_map(|module| &mut module.tasks) {
            waits::apply(task, &edges);
        }
        let title = norm1(&safe_text(&self.template));
        let id = slug(&self.template);
        Kit {
            schema: SCHEMA.to_owned(),
            id: if id.is_empty() { "template" } else { &id }.into(),
            title: if title.is_empty() { "Template".to_owned() } else { title },
            version: version.version.clone(),
            summary: safe_text(&version.description),
            source: vec![Source {
                title: self.template.clone(),
                path: [version.version.as_str(), &version.kit].join("/"),
                ..Source::default()
            }],
            roles: making.roles.into_values().collect(),
            phases: version
                .phases
                .iter()
                .filter(|phase| !phase.name.is_empty())
                .map(|phase| kit::Phase { title: safe_text(&phase.name), ..kit::Phase::default() })
                .collect(),
            modules,
            ..Kit::default()
        }
    }

    /// What the change log says of tasks that this version has and an earlier one had under another module.
    fn renamed(&self, kit: &Kit, now: &BTreeSet<TaskId>, before: &BTreeSet<TaskId>) -> Vec<Renamed> {
        let mut renamed = BTreeMap::new();
        for (module, task) in kit.tasks() {
            for change in &self.moves {
                let fits =
                    slug(&change.to) == slug(&module.title) && change.task.as_ref().is_none_or(|title| slug(title) == slug(&task.title));
                let from = TaskId(task_slug(&change.from, &task.title));
                if fits && before.contains(&from) && !now.contains(&from) && !before.contains(&task.id) {
                    renamed.entry(from).or_insert_with(|| task.id.clone());
                }
            }
        }
        renamed.into_iter().map(|(from, to)| Renamed { from, to }).collect()
    }
}

/// The id of a task: its module and its title.
fn task_slug(module: &str, title: &str) -> String {
    let mut module = slug(module);
    module.truncate(MODULE_PART);
    let title = slug(title);
    let joined = format!("{}-{}", module.trim_end_matches('-'), if title.is_empty() { "task" } else { &title });
    joined.trim_matches('-').to_owned()
}

/// Ids, roles and places while a kit is made.
#[derive(Default)]
struct Making {
    modules: Unique,
    tasks: Unique,
    roles: BTreeMap<RoleId, Role>,
    /// `Phase/Module#1.2` to the task's id.
    places: BTreeMap<String, TaskId>,
}

impl Making {
    fn module(&mut self, phase: &Phase, module: &Module) -> kit::Module {
        let wish = slug(&module.name);
        let wish = if wish.is_empty() { "module".to_owned() } else { wish };
        let wish = if self.modules.has(&wish) { format!("{wish}-{}", slug(&phase.name)) } else { wish };
        let mut made = kit::Module {
            id: self.modules.take(&wish).as_str().into(),
            title: safe_text(&module.name),
            phase: safe_text(&phase.name),
            description: markdown(&module.preamble),
            src: format!("{}#L{}", module.path, module.line),
            ..kit::Module::default()
        };
        if made.title.is_empty() {
            "Module".clone_into(&mut made.title);
        }
        for task in &module.tasks {
            let place = place(phase, module, task, None);
            let mut whole = self.task(module, task, place);
            whole.items =
                task.subtasks.iter().map(|subtask| self.task(module, subtask, self::place(phase, module, task, Some(subtask)))).collect();
            made.tasks.push(whole);
        }
        made
    }

    fn task(&mut self, module: &Module, step: &Step, place: String) -> Task {
        let id = TaskId(self.tasks.take(&task_slug(&module.name, &step.title)));
        self.places.insert(place, id.clone());
        let full = safe_text(&step.title);
        let mut description = markdown(&step.description);
        let title = short_title(&full).unwrap_or_else(|| full.clone());
        if title != full {
            description.insert_str(0, &format!("{full}\n\n"));
            description.truncate(description.trim_end().len());
        }
        let src = |line: u32| format!("{}#L{line}", module.path);
        Task {
            id,
            title: if title.is_empty() { format!("Task without a title at line {}", step.line) } else { title },
            description,
            src: src(step.line),
            owners: step.owners_raw.iter().map(|owner| self.role(owner)).collect(),
            needs: step.prerequisites.iter().filter(|it| !waits::is_certain(it)).map(|it| safe_text(&it.text)).collect(),
            accept: step.acceptance_criteria.iter().map(|it| criterion(it, src(it.line))).collect(),
            tools: step.tools.iter().flat_map(|tool| tool_links(&tool.text)).collect(),
            extra: continuation(module, step).into_iter().collect(),
            ..Task::default()
        }
    }

    fn role(&mut self, owner: &str) -> RoleId {
        let title = safe_text(owner);
        let id = slug(&title);
        let id = RoleId(if id.is_empty() { "role".to_owned() } else { id });
        self.roles.entry(id.clone()).or_insert_with(|| Role { id: id.clone(), title, ..Role::default() });
        id
    }
}

/// What a prerequisite calls a step.
pub(super) fn place(phase: &Phase, module: &Module, task: &Step, subtask: Option<&Step>) -> String {
    let shown = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let place = format!("{}/{}#{}", phase.name, module.name, shown(task.number));
    subtask.map_or_else(|| place.clone(), |subtask| format!("{place}.{}", shown(subtask.number)))
}

fn markdown(text: &str) -> String {
    safe_markdown(&decode_entities(text)).trim().to_owned()
}

fn criterion(criterion: &super::Criterion, src: String) -> kit::task::Criterion {
    let sub = criterion.children.iter().map(|child| safe_text(&child.text)).collect();
    kit::task::Criterion { text: safe_text(&criterion.text), sub, src }
}

/// A tool as text, or as the links that its line holds.
fn tool_links(text: &str) -> Vec<Link> {
    let safe = safe_text(text);
    let found = crate::text::links(&safe);
    if found.is_empty() || found.iter().map(|link| link.end - link.start).sum::<usize>() < safe.len() {
        return vec![Link { text: safe, ..Link::default() }];
    }
    found.iter().map(|link| Link { text: norm1(link.text), url: link.url.to_owned(), page: String::new() }).collect()
}

fn continuation(module: &Module, step: &Step) -> Option<Extra> {
    (!step.title_continuation.is_empty()).then(|| Extra {
        file: module.path.clone(),
        line: step.line + 1,
        text: safe_text(&step.title_continuation),
        kind: "the rest of the title".to_owned(),
    })
}
