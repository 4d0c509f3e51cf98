//! What a page holds, in the terms of its own format.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{cell::Item, line::Version};

/// A checklist, plan, schedule or other construct of a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Object {
    /// Where it begins.
    pub line: u32,
    #[serde(rename = "side")]
    pub version: Version,
    /// The headings it stands under, outermost first.
    pub heading: Vec<String>,
    /// A row above the true header of its table.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub above: String,
    #[serde(flatten)]
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    Checklist {
        activities: Vec<Activity>,
    },
    SimpleChecklist {
        items: Vec<Check>,
    },
    FreeformChecklist {
        title: String,
        items: Vec<FreeItem>,
    },
    ActivityPlan {
        group_column: String,
        groups: Vec<String>,
        activities: Vec<Planned>,
    },
    TminusSchedule {
        anchor: &'static str,
        entries: Vec<Countdown>,
    },
    Responsibility(Matrix),
    Raci(Matrix),
    CommunicationPlan {
        entries: Vec<Exchange>,
    },
    ScheduleGrid(GridReading),
    SprintGoals {
        columns: Vec<GoalColumn>,
    },
    Workshops {
        sessions: Vec<Session>,
    },
    QuestionBank {
        intro: Vec<String>,
        workstreams: Vec<Interview>,
    },
    QuestionTable {
        questions: Vec<Asked>,
    },
    QuestionForm {
        questions: Vec<FormQuestion>,
    },
    KitHome {
        sections: BTreeMap<&'static str, HomeSection>,
    },
    Agenda(Columns),
    ActivityList(Columns),
    EstimationScale(Columns),
    Stakeholders(Columns),
    Escalation(Columns),
    Governance(Columns),
    DefinitionList(Columns),
    /// A table of no known kind.
    Table(Columns),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageLink {
    pub text: String,
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activity {
    pub line: u32,
    pub number: String,
    pub status: String,
    pub title: String,
    pub lead: String,
    pub items: Vec<Item>,
    pub notes: Vec<String>,
    pub owners: Vec<String>,
    pub links: Vec<PageLink>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub line: u32,
    pub number: String,
    pub area: String,
    pub text: String,
    pub subitems: Vec<Item>,
    /// Columns that have no meaning here, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
    /// Its links to the web.
    #[serde(skip)]
    pub web: Vec<PageLink>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FreeItem {
    pub line: u32,
    pub group: String,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Item>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    pub line: u32,
    pub group: String,
    pub objective: String,
    pub lead: String,
    pub items: Vec<Item>,
    pub notes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objective_items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance_criteria: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workshop: Option<String>,
    pub links: Vec<String>,
    pub owners: Vec<String>,
    pub prerequisite_of: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
    /// Its links to the web.
    #[serde(skip)]
    pub web: Vec<PageLink>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Countdown {
    pub line: u32,
    pub task: String,
    pub owners: Vec<String>,
    /// As written.
    pub due_raw: String,
    /// From T, negative before it; `None` where it cannot be read.
    pub offset: Option<i32>,
    pub unit: Option<Unit>,
    pub note: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Day,
    BusinessDay,
    Week,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    pub parties: Vec<String>,
    pub sections: Vec<String>,
    pub entries: Vec<Assigned>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assigned {
    pub line: u32,
    pub section: String,
    pub task: String,
    /// By party.
    pub assigned: BTreeMap<String, Marks>,
    pub note: String,
}

/// What a party's cell says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Marks {
    /// `X`
    Tick(String),
    /// `R`, `A`, `C`, `I`
    Letters(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    pub line: u32,
    pub name: String,
    pub purpose: String,
    pub audience: Vec<String>,
    pub frequency_raw: String,
    /// `weekly`
    pub cadence: String,
    /// `Tue PM`
    pub when: String,
    pub date_time: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GridReading {
    pub columns: Vec<String>,
    /// Rows whose cells stand under unknown columns.
    pub ambiguous_rows: usize,
    pub slots: Vec<Slot>,
    /// The rows as they stand.
    #[serde(skip)]
    pub rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    pub line: u32,
    pub time: String,
    pub short_row: bool,
    pub events: Vec<Event>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `None` where the row is short.
    pub column: Option<String>,
    pub text: String,
    /// `14:00`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GoalColumn {
    pub line: u32,
    /// `goals` or `accomplishments`.
    pub column: &'static str,
    pub sprint: Option<u32>,
    pub workstreams: Vec<Goals>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Goals {
    pub workstream: String,
    pub goals: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    pub line: u32,
    pub session: String,
    pub session_items: Vec<Item>,
    pub audience: Vec<String>,
    pub participants: Vec<Participant>,
    pub durations: Vec<String>,
    pub links: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_items: Option<Vec<Item>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
    /// Its links to the web.
    #[serde(skip)]
    pub web: Vec<PageLink>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participant {
    pub org: String,
    pub role: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Interview {
    pub line: u32,
    pub workstream: String,
    pub participants: Vec<String>,
    pub questions: Vec<Numbered>,
    /// Pages that stand in place of questions.
    pub references: Vec<String>,
    /// The headings of its parts.
    #[serde(skip)]
    pub headings: Vec<(u32, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbered {
    pub line: u32,
    pub number: Option<u32>,
    pub text: String,
    pub children: Vec<Numbered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub line: u32,
    pub number: String,
    pub category: String,
    pub text: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FormQuestion {
    pub line: u32,
    pub text: String,
    pub hint: String,
    pub options: Vec<String>,
    pub number: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HomeSection {
    pub line: u32,
    pub text: Vec<String>,
    pub items: Vec<HomeItem>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HomeItem {
    pub line: u32,
    pub text: String,
    pub children: Vec<HomeItem>,
}

/// Rows by column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Columns {
    pub columns: Vec<String>,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub line: u32,
    /// By column name in small letters.
    #[serde(flatten)]
    pub cells: BTreeMap<String, Value>,
    /// Notes glued behind a cell's text, and cells of columns whose name another has too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub glued_notes: Vec<String>,
    /// Its links to the web.
    #[serde(skip)]
    pub web: Vec<PageLink>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    Text(String),
    List { text: String, items: Vec<Item> },
}

impl Value {
    /// Its text and items in one line.
    pub fn flat(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List { text, items } => {
                let mut parts = vec![text.clone()];
                super::cell::flatten(items, &mut parts);
                parts.retain(|part| !part.is_empty());
                parts.join("; ")
            }
        }
    }
}
