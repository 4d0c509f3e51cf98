//! Backlogs and decision lists as CSV, the way Jira imports them.

mod cells;
mod columns;
mod export;
mod formula;
mod kit;
mod story;
mod values;

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
pub struct Common {
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
    pub common: Common,
    pub name: String,
    pub description: String,
    pub stories: Vec<Story>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Story {
    #[serde(flatten)]
    pub common: Common,
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
    pub common: Common,
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
    let mut stories = Vec::new();
    for row in rows {
        reading.rows += 1;
        check_width(file, &row, &columns, problems);
        take(file, &row, &columns, &mut reading, &mut stories, problems);
    }
    if problems[before..].iter().any(|problem| problem.severity == Severity::Error) {
        return None;
    }
    reading.nest(stories, problems);
    Some(reading)
}

fn check_width(file: &str, row: &Row, columns: &Columns, problems: &mut Vec<Problem>) {
    let (have, want) = (row.cells.len(), columns.len());
    if have < want {
        let message = format!("the row has {have} cells where the header has {want}; the missing ones were taken as empty");
        problems.push(Problem::warning(file, row.line, message));
    } else if have > want {
        let message = format!("the row has {have} cells where the header has {want}; the others were kept apart");
        problems.push(Problem::warning(file, row.line, message));
    }
    for cell in &row.cells {
        if formula::is_formula(&cell.text) {
            let message = format!("a spreadsheet would run {} as a formula; it is kept as text, and exports guard it", quote(&cell.text));
            problems.push(Problem::warning(file, cell.line, message).at_column(cell.column));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one row needs its file, its columns, and where its parts go")]
fn take(file: &str, row: &Row, columns: &Columns, reading: &mut BacklogReading, stories: &mut Vec<Story>, problems: &mut Vec<Problem>) {
    let fields = columns::Fields::new(file, row, columns, problems);
    values::check_dates(file, &fields, problems);
    let kind = norm1(&fields.get("issue type"));
    let common = fields.common();
    if common.summary.is_empty() {
        problems.push(Problem::warning(file, row.line, "the row has no Summary; it was kept under its line"));
    }
    let decision = common.summary.contains("_DEC_") || kind.eq_ignore_ascii_case("decision");
    match kind.to_ascii_lowercase().as_str() {
        _ if decision => reading.decisions.push(story::decision(common, &fields)),
        "epic" => {
            let epic = story::epic(common, &fields);
            if compare_key(&epic.name) != compare_key(&epic.common.summary) || epic.name != epic.common.summary {
                problems.push(Problem::note(file, row.line, "the Epic Name differs from the Summary; stories link to either"));
            }
            if reading.epics.iter().any(|other| compare_key(&other.name) == compare_key(&epic.name)) {
                let message = format!("the epic {} is there twice; both were kept, stories go to the first", quote(&epic.name));
                problems.push(Problem::warning(file, row.line, message));
            }
            reading.epics.push(epic);
        }
        known => {
            if !matches!(known, "story" | "task" | "bug" | "sub-task" | "subtask" | "spike" | "") {
                let message = format!("the issue type {} is not known; the row was kept as a story", quote(&kind));
                problems.push(Problem::warning(file, row.line, message));
            }
            let story = story::story(file, common, kind, &fields, problems);
            let key = (compare_key(&story.common.summary), compare_key(&story.epic_link));
            if stories.iter().any(|other: &Story| (compare_key(&other.common.summary), compare_key(&other.epic_link)) == key) {
                let message = format!("the story {} is there twice; both were kept", quote(&story.common.summary));
                problems.push(Problem::warning(file, row.line, message));
            }
            stories.push(story);
        }
    }
}

impl BacklogReading {
    /// Puts stories under their epics, and sub-tasks under their stories.
    fn nest(&mut self, stories: Vec<Story>, problems: &mut Vec<Problem>) {
        let mut placed: Vec<Story> = Vec::new();
        for story in stories {
            let sub = matches!(story.kind.to_ascii_lowercase().as_str(), "sub-task" | "subtask");
            let parent = story.common.others.iter().find(|(column, _)| column == "Parent id").map(|(_, id)| id.clone());
            let whole = parent.and_then(|parent| placed.iter_mut().find(|whole| !whole.id.is_empty() && whole.id == parent));
            match whole {
                Some(whole) if sub => whole.parts.push(story),
                _ => {
                    if sub {
                        let message = format!("the sub-task {} has no parent here; it was kept as a story", quote(&story.common.summary));
                        problems.push(Problem::warning(&self.file, story.common.line, message));
                    }
                    placed.push(story);
                }
            }
        }
        for story in placed {
            let key = compare_key(&story.epic_link);
            let at = self.epics.iter().position(|epic| compare_key(&epic.name) == key);
            let at = at.or_else(|| self.epics.iter().position(|epic| compare_key(&epic.common.summary) == key));
            if let Some(at) = at.filter(|_| !key.is_empty()) {
                self.epics[at].stories.push(story);
            } else {
                if !key.is_empty() {
                    let message = format!("the Epic Link {} names no epic; the story was kept without one", quote(&story.epic_link));
                    problems.push(Problem::warning(&self.file, story.common.line, message));
                }
                self.stories_without_epic.push(story);
            }
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
