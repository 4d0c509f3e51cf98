//! Backlogs and decision lists as CSV, the way Jira imports them.

mod cells;
mod columns;
mod export;
mod formula;
mod kit;
mod story;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use export::to_csv;
pub use formula::{guard_cell, unguard_cell};

use crate::{
    problem::{Problem, Severity, quote},
    text::{compare_key, norm1},
    totals::Totals,
};
use cells::Row;
use columns::Columns;

/// A backlog as a careful reader would note it down.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BacklogReading {
    pub file: String,
    pub columns: Vec<String>,
    pub rows: usize,
    pub epics: Vec<Epic>,
    pub stories_without_epic: Vec<Story>,
    pub decisions: Vec<Decision>,
}

/// What every row has.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Basics {
    pub line: u32,
    pub summary: String,
    pub component: String,
    pub labels: Vec<String>,
    pub status: String,
    pub assignee: String,
    /// Cells that have no place of their own: column and text.
    #[serde(skip)]
    pub others: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Epic {
    #[serde(flatten)]
    pub basics: Basics,
    pub name: String,
    pub description: String,
    pub stories: Vec<Story>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Story {
    #[serde(flatten)]
    pub basics: Basics,
    pub points: Option<f64>,
    pub epic_link: String,
    pub description: String,
    pub acceptance_criteria: Vec<String>,
    pub role: Option<String>,
    pub want: Option<String>,
    pub so_that: Option<String>,
    pub code: Option<String>,
    pub title: String,
    /// `Story`, `Sub-task`, `Task`…
    #[serde(skip)]
    pub kind: String,
    #[serde(skip)]
    pub id: String,
    #[serde(skip)]
    pub parts: Vec<Story>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Decision {
    #[serde(flatten)]
    pub basics: Basics,
    pub title: String,
    pub statement_example: String,
    pub description: String,
    pub placeholders: Vec<String>,
}

/// Reads a CSV text, or gives `None` where it is refused.
pub fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<BacklogReading> {
    let before = problems.len();
    let mut rows = cells::rows(file, text, problems)?.into_iter();
    let header = rows.next()?;
    let columns = columns::read(file, &header, problems)?;
    let mut reading = BacklogReading { file: file.to_owned(), columns: columns.names(), ..BacklogReading::default() };
    let mut taking = Taking { file, columns: &columns, stories: Vec::new(), known: BTreeSet::new(), problems };
    for row in rows {
        reading.rows += 1;
        taking.take(&row, &mut reading);
    }
    let stories = taking.stories;
    if problems[before..].iter().any(|problem| problem.severity == Severity::Error) {
        return None;
    }
    reading.nest(stories, problems);
    Some(reading)
}

/// Rows on their way into a reading.
struct Taking<'a> {
    file: &'a str,
    columns: &'a Columns,
    stories: Vec<Story>,
    /// What was there before: kind, epic and name.
    known: BTreeSet<(bool, String, String)>,
    problems: &'a mut Vec<Problem>,
}

impl Taking<'_> {
    fn warn(&mut self, line: u32, message: impl Into<String>) {
        self.problems.push(Problem::warning(self.file, line, message));
    }

    fn check_row(&mut self, row: &Row) {
        let (have, want) = (row.cells.len(), self.columns.len());
        if have != want {
            let rest = if have < want { "the missing ones were taken as empty" } else { "the others were kept apart" };
            self.warn(row.line, format!("the row has {have} cells where the header has {want}; {rest}"));
        }
        for cell in row.cells.iter().filter(|cell| formula::is_formula(&cell.text)) {
            let message = format!("a spreadsheet would run {} as a formula; it is kept as text, and exports guard it", quote(&cell.text));
            self.problems.push(Problem::warning(self.file, cell.line, message).at_column(cell.column));
        }
    }

    fn take(&mut self, row: &Row, reading: &mut BacklogReading) {
        self.check_row(row);
        let fields = columns::Fields::new(self.file, row, self.columns, self.problems);
        values::check_dates(self.file, &fields, self.problems);
        let kind = norm1(&fields.get("issue type"));
        let basics = fields.basics();
        if basics.summary.is_empty() {
            self.warn(row.line, "the row has no Summary; it was kept under its line");
        }
        let decision = basics.summary.contains("_DEC_") || kind.eq_ignore_ascii_case("decision");
        match kind.to_ascii_lowercase().as_str() {
            _ if decision => reading.decisions.push(story::decision(basics, &fields)),
            "epic" => self.epic(story::epic(basics, &fields), reading),
            known => {
                if !matches!(known, "story" | "task" | "bug" | "sub-task" | "subtask" | "spike" | "") {
                    self.warn(row.line, format!("the issue type {} is not known; the row was kept as a story", quote(&kind)));
                }
                self.story(basics, kind, &fields);
            }
        }
    }

    fn epic(&mut self, epic: Epic, reading: &mut BacklogReading) {
        let line = epic.basics.line;
        if epic.name != epic.basics.summary {
            self.problems.push(Problem::note(self.file, line, "the Epic Name differs from the Summary; stories link to either"));
        }
        if !self.known.insert((true, String::new(), compare_key(&epic.name))) {
            self.warn(line, format!("the epic {} is there twice; both were kept, stories go to the first", quote(&epic.name)));
        }
        reading.epics.push(epic);
    }

    fn story(&mut self, basics: Basics, kind: String, fields: &columns::Fields) {
        let story = story::story(self.file, basics, kind, fields, self.problems);
        if !self.known.insert((false, compare_key(&story.epic_link), compare_key(&story.basics.summary))) {
            self.warn(story.basics.line, format!("the story {} is there twice; both were kept", quote(&story.basics.summary)));
        }
        self.stories.push(story);
    }
}

impl BacklogReading {
    /// Puts stories under their epics, and sub-tasks under their stories.
    fn nest(&mut self, stories: Vec<Story>, problems: &mut Vec<Problem>) {
        let mut placed: Vec<Story> = Vec::new();
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        for story in stories {
            let sub = matches!(story.kind.to_ascii_lowercase().as_str(), "sub-task" | "subtask");
            let parent = story.basics.others.iter().find(|(column, _)| column == "Parent id").map(|(_, id)| id);
            if let Some(at) = parent.and_then(|parent| by_id.get(parent)).filter(|_| sub) {
                placed[*at].parts.push(story);
                continue;
            }
            if sub {
                let message = format!("the sub-task {} has no parent here; it was kept as a story", quote(&story.basics.summary));
                problems.push(Problem::warning(&self.file, story.basics.line, message));
            }
            if !story.id.is_empty() {
                by_id.entry(story.id.clone()).or_insert(placed.len());
            }
            placed.push(story);
        }
        let mut epics: BTreeMap<String, usize> = BTreeMap::new();
        for (at, epic) in self.epics.iter().enumerate() {
            epics.entry(compare_key(&epic.name)).or_insert(at);
        }
        for (at, epic) in self.epics.iter().enumerate() {
            epics.entry(compare_key(&epic.basics.summary)).or_insert(at);
        }
        for story in placed {
            let key = compare_key(&story.epic_link);
            if let Some(at) = epics.get(&key).filter(|_| !key.is_empty()) {
                self.epics[*at].stories.push(story);
                continue;
            }
            if !key.is_empty() {
                let message = format!("the Epic Link {} names no epic; the story was kept without one", quote(&story.epic_link));
                problems.push(Problem::warning(&self.file, story.basics.line, message));
            }
            self.stories_without_epic.push(story);
        }
    }

    fn stories(&self) -> impl Iterator<Item = &Story> {
        let top = self.epics.iter().flat_map(|epic| &epic.stories).chain(&self.stories_without_epic);
        top.flat_map(|story| std::iter::once(story).chain(&story.parts))
    }

    pub fn totals(&self) -> Totals {
        let points: f64 = self.stories().filter_map(|story| story.points).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "points are limited and not negative")]
        let points = points.floor() as u64;
        Totals {
            epics: self.epics.len() as u64,
            stories: self.stories().count() as u64,
            points,
            criteria: self.stories().map(|story| story.acceptance_criteria.len() as u64).sum(),
            decisions: self.decisions.len() as u64,
            ..Totals::default()
        }
    }
}
