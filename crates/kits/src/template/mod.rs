//! AWS migration templates: trees of `tasks.md` files whose order stands in a Readme.

mod changes;
mod criteria;
mod kit;
mod order;
mod prerequisites;
mod readme;
mod signs;
mod tasks;
mod tree;
mod waits;

use serde::Serialize;

use crate::{files::Files, problem::Problem, totals::Totals};

/// One template with all its versions, as a careful reader would note it down.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TemplateReading {
    pub template: String,
    pub readmes: Vec<String>,
    pub other_files: Vec<String>,
    pub versions: Vec<Version>,
    /// What moved between versions, from the template's own change log.
    #[serde(skip)]
    pub moves: Vec<Move>,
    /// Where the template's folder lies in what was opened, with a `/` at its end.
    #[serde(skip)]
    pub base: String,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Version {
    pub version: String,
    pub kit: String,
    /// The Readme that gives the order, or `fallback`.
    pub order_source: String,
    pub title: Option<String>,
    pub description: String,
    pub phases: Vec<Phase>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Phase {
    pub index: usize,
    pub number: Option<u32>,
    pub name: String,
    pub modules: Vec<Module>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Module {
    pub index: usize,
    /// Inside the template's folder.
    pub path: String,
    pub name: String,
    pub name_raw: String,
    pub line: u32,
    pub encoding: &'static str,
    pub eol: &'static str,
    /// Text before the first task.
    pub preamble: String,
    #[serde(skip)]
    pub preamble_line: u32,
    /// The name of the module's folder.
    #[serde(skip)]
    pub folder: String,
    pub tasks: Vec<Step>,
}

/// A task or a subtask.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    pub number: Option<u64>,
    pub title: String,
    pub title_raw: String,
    pub line: u32,
    /// Text between the heading and the first section: the rest of a broken title.
    pub title_continuation: String,
    pub description: String,
    pub description_line: Option<u32>,
    pub owners_raw: Vec<String>,
    pub prerequisites: Vec<Prerequisite>,
    pub links: Vec<LinkRead>,
    pub tools: Vec<Tool>,
    pub acceptance_criteria: Vec<Criterion>,
    pub ac_sections: u64,
    pub tool_sections: u64,
    pub subtasks: Vec<Step>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Prerequisite {
    pub line: u32,
    pub text: String,
    /// Glued into a sentence instead of standing on its own lines.
    pub inline: bool,
    pub refs: Vec<Reference>,
}

/// The title of a task of the same version that a prerequisite names.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reference {
    pub title: String,
    /// `Phase/Module#1.2`
    pub candidates: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkRead {
    pub text: String,
    pub url: String,
    /// Without punctuation that is no part of it.
    pub url_clean: String,
    pub image: bool,
    pub trailing_punct: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Tool {
    pub line: u32,
    pub text: String,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Criterion {
    pub line: u32,
    pub marker: String,
    pub text: String,
    pub children: Vec<SubCriterion>,
    /// The section it stands in, counted from 1.
    pub section: u64,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct SubCriterion {
    pub line: u32,
    pub marker: String,
    pub text: String,
}

/// A task that stands in another module, or a module under another name, since an earlier version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The task; `None` where the whole module was renamed.
    pub task: Option<String>,
    pub from: String,
    pub to: String,
}

/// Every template among the files, in the order of their names.
pub fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<TemplateReading> {
    tree::read(files, problems)
}

/// Whether a Markdown text is a module of a template, whatever its name.
pub fn is_module(text: &str) -> bool {
    text.lines().take(200).any(tasks::is_heading)
}

impl Version {
    pub fn modules(&self) -> impl Iterator<Item = (&Phase, &Module)> {
        self.phases.iter().flat_map(|phase| phase.modules.iter().map(move |module| (phase, module)))
    }

    pub fn totals(&self) -> Totals {
        let count = |n: usize| n as u64;
        let mut totals = Totals { phases: count(self.phases.len()), modules: count(self.modules().count()), ..Totals::default() };
        for (_, module) in self.modules() {
            totals.tasks += count(module.tasks.len());
            for task in &module.tasks {
                totals.subtasks += count(task.subtasks.len());
                for step in std::iter::once(task).chain(&task.subtasks) {
                    totals += step.totals();
                }
            }
        }
        totals
    }
}

impl Step {
    fn totals(&self) -> Totals {
        Totals {
            criteria_sections: self.ac_sections,
            criteria: self.acceptance_criteria.len() as u64,
            subcriteria: self.acceptance_criteria.iter().map(|criterion| criterion.children.len() as u64).sum(),
            tools: self.tools.len() as u64,
            owners: self.owners_raw.len() as u64,
            ..Totals::default()
        }
    }
}
