//! Which kind of table a header announces.

use super::{
    inline::plain,
    responsibility,
    table::{RawTable, is_blank},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableKind {
    Checklist,
    SimpleChecklist,
    ActivityPlan,
    ActivityList,
    TminusSchedule,
    Responsibility,
    Raci,
    CommunicationPlan,
    ScheduleGrid,
    SprintGoals,
    Workshops,
    Agenda,
    QuestionTable,
    QuestionForm,
    EstimationScale,
    Stakeholders,
    Escalation,
    Governance,
    DefinitionList,
}

impl TableKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Checklist => "checklist",
            Self::SimpleChecklist => "simple_checklist",
            Self::ActivityPlan => "activity_plan",
            Self::ActivityList => "activity_list",
            Self::TminusSchedule => "tminus_schedule",
            Self::Responsibility => "responsibility",
            Self::Raci => "raci",
            Self::CommunicationPlan => "communication_plan",
            Self::ScheduleGrid => "schedule_grid",
            Self::SprintGoals => "sprint_goals",
            Self::Workshops => "workshops",
            Self::Agenda => "agenda",
            Self::QuestionTable => "question_table",
            Self::QuestionForm => "question_form",
            Self::EstimationScale => "estimation_scale",
            Self::Stakeholders => "stakeholders",
            Self::Escalation => "escalation",
            Self::Governance => "governance",
            Self::DefinitionList => "definition_list",
        }
    }
}

/// Names of columns, compared without case.
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn of(header: &[String]) -> Self {
        Self(header.iter().map(|name| name.to_lowercase()).collect())
    }

    fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    fn begins(&self, starts: &[&str]) -> bool {
        self.column(starts).is_some()
    }

    /// The first column whose name begins with one of these.
    pub(super) fn column(&self, starts: &[&str]) -> Option<usize> {
        self.0.iter().position(|name| starts.iter().any(|start| name.starts_with(start)))
    }

    /// The first column whose name has one of these in it.
    pub(super) fn having(&self, words: &[&str]) -> Option<usize> {
        self.0.iter().position(|name| words.iter().any(|word| name.contains(word)))
    }

    fn first_begins(&self, starts: &[&str]) -> bool {
        starts.iter().any(|start| self.first().starts_with(start))
    }
}

pub(super) const STATES: &[&str] = &[
    "ready",
    "status",
    "state",
    "complete",
    "done",
    "in progress",
    "in-progress",
    "not started",
    "y/n",
    "yes/no",
    "yes",
    "checked",
    "n/a",
];
pub(super) const OWNERS: &[&str] = &["owner", "role", "team", "responsible", "assignee", "who"];
pub(super) const GROUPS: &[&str] = &["sprint", "phase", "epic", "stage", "iteration", "wave"];
const TOPICS: &[&str] = &["topic", "session", "agenda", "subject", "item", "activit", "discussion"];
const TIMES: &[&str] = &["start", "duration", "dur", "day", "time", "min"];

/// Takes a title row off the top of a table, if the row below it is a header that is known.
pub(super) fn lift_title(table: &mut RawTable) {
    let named = table.header.iter().filter(|cell| !is_blank(cell)).count();
    if table.header.len() < 2 || named > 1 || kind(table).is_some() {
        return;
    }
    let Some(first) = table.rows.first().filter(|row| row.cells.len() == table.header.len()) else { return };
    if first.cells.iter().filter(|cell| !is_blank(cell)).count() < 2 {
        return;
    }
    let below = RawTable { header: first.cells.clone(), rows: table.rows[1..].to_vec(), ..table.clone() };
    if named == 0 || kind(&below).is_some() {
        let title = plain(&table.header.join(" "));
        *table = RawTable { title, ..below };
    }
}

/// The kind of a table, from its header and, where that is not enough, from its cells.
pub(super) fn kind(table: &RawTable) -> Option<TableKind> {
    let header = table.names();
    let names = Names::of(&header);
    if let [only] = header.as_slice() {
        return single_column(only, &names);
    }
    let kind = match () {
        () if names.begins(&["goals", "accomplishments"]) && names.having(&["sprint"]).is_some() => TableKind::SprintGoals,
        () if names.begins(&["status"]) && names.begins(&["activit"]) && names.begins(&["owner"]) && !names.first_begins(GROUPS) => {
            TableKind::Checklist
        }
        () if is_grid(&header) => TableKind::ScheduleGrid,
        () if names.begins(&["task", "activit", "action"]) && names.begins(OWNERS) && names.begins(&["due"]) => TableKind::TminusSchedule,
        () => match responsibility::kind(table, &header) {
            Some(kind) => kind,
            None => of_names(&names)?,
        },
    };
    Some(kind)
}

fn of_names(names: &Names) -> Option<TableKind> {
    let people = &["audience", "participant", "attendee"];
    let kind = match () {
        () if names.0.iter().all(|name| name.starts_with("definition of")) => TableKind::DefinitionList,
        () if names.first().contains("governance") => TableKind::Governance,
        () if names.begins(&["frequency", "cadence"]) && names.begins(&["audience", "purpose", "participant", "attendee"]) => {
            TableKind::CommunicationPlan
        }
        () if names.0.iter().filter(|name| name.contains("level")).count() >= 2 || names.having(&["escalation"]).is_some() => {
            TableKind::Escalation
        }
        () if names.first_begins(&["story point", "points"]) => TableKind::EstimationScale,
        () if names.first_begins(&["workstream"]) && names.having(&["leads", "members", "lead"]).is_some() => TableKind::Stakeholders,
        () if names.begins(&["question"]) => TableKind::QuestionTable,
        () if names.first_begins(GROUPS) && names.begins(&["objective", "activit", "task", "deliverable"]) => TableKind::ActivityPlan,
        () if names.first_begins(&["session", "workshop", "meeting"]) && (names.begins(people) || names.begins(&["duration", "time"])) => {
            TableKind::Workshops
        }
        () if names.begins(TIMES) && names.begins(TOPICS) => TableKind::Agenda,
        () if names.first_begins(&["activit"]) && names.begins(&["detail", "guidance", "description"]) => TableKind::ActivityList,
        () if names.begins(STATES) && simple_text(names).is_some() => TableKind::SimpleChecklist,
        () => return None,
    };
    Some(kind)
}

/// The column that says what a simple checklist wants done.
pub(super) fn simple_text(names: &Names) -> Option<usize> {
    let exact = names.column(&["requirement", "prerequisite", "pre-requisite", "check", "to do", "to-do", "criteri"]);
    exact.or_else(|| names.having(&["task", "activit"])).or_else(|| names.0.iter().position(|name| name == "description" || name == "item"))
}

fn single_column(name: &str, names: &Names) -> Option<TableKind> {
    match () {
        () if names.begins(&["goals", "accomplishments"]) && name.to_lowercase().contains("sprint") => Some(TableKind::SprintGoals),
        () if question_number(name).is_some() => Some(TableKind::QuestionForm),
        () if names.first_begins(&["definition of"]) => Some(TableKind::DefinitionList),
        () => None,
    }
}

/// `1.2` or `1.2.3` at the start of a question, and the question.
pub(super) fn question_number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let number = number.trim_end_matches('.');
    let parts = number.split('.').count();
    let sound = number.split('.').all(|part| (1..=3).contains(&part.len()));
    (sound && parts >= 2 && rest.starts_with(' ')).then_some((number, rest.trim_start()))
}

fn is_grid(header: &[String]) -> bool {
    let days = header.iter().filter(|name| is_day(name)).count();
    days >= 2 && days * 2 > header.len() - 1
}

/// `Monday`, `Tue DD MMM YY`, `Thursday - Day 1`, `Day 2`
pub(super) fn is_day(name: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return false };
    let weekday = first.len() >= 3 && DAYS.iter().any(|day| day.starts_with(first) && (first.len() <= 4 || first == *day));
    weekday || first == "day" && words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}
