//! Backlogs as kits: an epic is a module, a story a task, a decision a decision.

use tminus_domain::kit::{
    self, Extra, Kit, Module, SCHEMA, Source,
    task::{Criterion, JiraTarget, Target, Task},
};

use super::{BacklogReading, Basics, Decision, Story};
use crate::{
    text::{safe_markdown, safe_text, short_title, slug},
    unique::Unique,
};

/// The module of stories that belong to no epic.
pub(super) const NO_EPIC: &str = "No epic";

struct Making<'a> {
    file: &'a str,
    tasks: Unique,
    modules: Unique,
}

impl BacklogReading {
    pub fn into_kit(self) -> Kit {
        let name = self.file.rsplit('/').next().unwrap_or(&self.file);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut making = Making { file: name, tasks: Unique::default(), modules: Unique::default() };
        let mut modules = Vec::new();
        for epic in &self.epics {
            let description = if epic.description == epic.basics.summary { "" } else { &epic.description };
            let mut module = making.module(&epic.name, &epic.basics, &epic.stories);
            module.description = safe_markdown(description);
            if epic.basics.summary != epic.name {
                module.extra.push(making.extra(epic.basics.line, "Summary", &epic.basics.summary));
            }
            modules.push(module);
        }
        if !self.stories_without_epic.is_empty() {
            modules.push(making.module(NO_EPIC, &Basics::default(), &self.stories_without_epic));
        }
        let id = slug(stem);
        Kit {
            schema: SCHEMA.to_owned(),
            id: if id.is_empty() { "backlog" } else { &id }.into(),
            title: safe_text(stem),
            source: vec![Source { title: name.to_owned(), path: name.to_owned(), ..Source::default() }],
            modules,
            decisions: self.decisions.iter().map(|decision| making.decision(decision)).collect(),
            ..Kit::default()
        }
    }
}

fn or<'t>(wish: &'t str, otherwise: &'t str) -> &'t str {
    if wish.is_empty() { otherwise } else { wish }
}

impl Making<'_> {
    fn extra(&self, line: u32, kind: &str, text: &str) -> Extra {
        Extra { file: self.file.to_owned(), line, kind: kind.to_owned(), text: safe_markdown(text) }
    }

    fn others(&self, basics: &Basics) -> Vec<Extra> {
        basics.others.iter().map(|(column, text)| self.extra(basics.line, column, text)).collect()
    }

    fn src(&self, line: u32) -> String {
        if line == 0 { String::new() } else { format!("{}#L{line}", self.file) }
    }

    fn module(&mut self, name: &str, basics: &Basics, stories: &[Story]) -> Module {
        let title = safe_text(name);
        Module {
            id: self.modules.take(or(&slug(name), "epic")).as_str().into(),
            title: if title.is_empty() { format!("Epic at line {}", basics.line) } else { title },
            src: self.src(basics.line),
            extra: self.others(basics),
            tasks: stories.iter().map(|story| self.task(story)).collect(),
            ..Module::default()
        }
    }

    fn task(&mut self, story: &Story) -> Task {
        let full = safe_text(&story.basics.summary);
        let title = short_title(&full).unwrap_or_else(|| full.clone());
        let mut description = safe_markdown(&story.description);
        if title != full {
            description.insert_str(0, &format!("{full}\n\n"));
            description.truncate(description.trim_end().len());
        }
        let src = self.src(story.basics.line);
        let jira = JiraTarget {
            kind: story.kind.clone(),
            epic: safe_text(&story.epic_link),
            points: story.points,
            labels: story.basics.labels.iter().map(|label| safe_text(label)).collect(),
            component: safe_text(&story.basics.component),
            status: safe_text(&story.basics.status),
        };
        Task {
            id: self.tasks.take(or(&slug(&story.basics.summary), "story")).as_str().into(),
            title: if title.is_empty() { format!("Story at line {}", story.basics.line) } else { title },
            description,
            accept: story
                .acceptance_criteria
                .iter()
                .map(|text| Criterion { text: safe_text(text), src: src.clone(), ..Criterion::default() })
                .collect(),
            src,
            // A story that says nothing to Jira has no target: an empty table would not be written, and so not read again.
            target: (jira != JiraTarget::default()).then_some(Target { jira: Some(jira), confluence: None }),
            extra: self.others(&story.basics),
            items: story.parts.iter().map(|part| self.task(part)).collect(),
            ..Task::default()
        }
    }

    fn decision(&mut self, decision: &Decision) -> kit::governance::Decision {
        kit::governance::Decision {
            id: self.modules.take(or(&slug(&decision.title), "decision")),
            title: safe_text(&decision.title),
            statement: safe_text(&decision.statement_example),
            description: safe_markdown(&decision.description),
            component: safe_text(&decision.basics.component),
            labels: decision.basics.labels.clone(),
            src: self.src(decision.basics.line),
            ..kit::governance::Decision::default()
        }
    }
}
