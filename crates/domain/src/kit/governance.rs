//! What a kit brings for meetings, decisions and reports.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Extra, Link, Side, condition::Condition, due::DueRule, share::DaysAWeek};
use crate::ids::{GateId, RoleId};

/// The questions of one interview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub workstream: String,
    #[serde(default)]
    pub participants: Vec<String>,
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub src: String,
    #[serde(default)]
    pub extra: Vec<Extra>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub text: String,
    /// The heading or category it stands under.
    #[serde(default)]
    pub group: String,
    /// Answers to choose from; empty for free text.
    #[serde(default)]
    pub options: Vec<String>,
    /// Several options may be chosen.
    #[serde(default)]
    pub many: bool,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub src: String,
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agenda {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub minutes: u32,
    #[serde(default, rename = "line")]
    pub lines: Vec<AgendaLine>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgendaLine {
    pub topic: String,
    #[serde(default)]
    pub minutes: u32,
    /// Day, start and length as the source writes them.
    #[serde(default)]
    pub when: String,
    #[serde(default)]
    pub presenter: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub src: String,
}

/// A recurring meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceremony {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub audience: String,
    /// `every day`, `every Tue`, `once a sprint`.
    #[serde(default)]
    pub cadence: String,
    /// Local to the customer: `09:00-09:15`.
    #[serde(default)]
    pub time: String,
    #[serde(default)]
    pub minutes: u32,
    #[serde(default)]
    pub owner: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    #[serde(default)]
    pub src: String,
}

/// A row of the communication plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Communication {
    pub title: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub audience: String,
    #[serde(default)]
    pub frequency: String,
    /// Day and time as written: `Tue PM`.
    #[serde(default)]
    pub at: String,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub src: String,
}

/// A decision to take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub id: String,
    pub title: String,
    /// The decision once taken, with `{placeholders}` or `<placeholders>`.
    #[serde(default)]
    pub statement: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default)]
    pub approver: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DueRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateId>,
    #[serde(default)]
    pub component: String,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    pub id: String,
    pub text: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub mitigation: String,
    #[serde(default)]
    pub owner: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    #[serde(default)]
    pub src: String,
}

/// A row of the responsibility matrix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responsibility {
    /// The heading it stands under.
    #[serde(default)]
    pub section: String,
    pub text: String,
    /// By column of the source or by role: `X`, or letters of R, A, C, I.
    #[serde(default)]
    pub marks: BTreeMap<String, String>,
    /// Only the delivery side reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    #[serde(default)]
    pub src: String,
}

/// A seat of the stakeholder register that the kit asks to fill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stakeholder {
    #[serde(default)]
    pub workstream: String,
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    #[serde(default)]
    pub note: String,
    /// How many days a week it takes: `5`, `3-5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_a_week: Option<DaysAWeek>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workshop {
    pub title: String,
    #[serde(default)]
    pub audience: String,
    /// As written: `2 to 4 hours`.
    #[serde(default)]
    pub time: String,
    #[serde(default)]
    pub section: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SprintGoals {
    pub sprint: String,
    #[serde(default)]
    pub workstream: String,
    #[serde(default)]
    pub goals: Vec<String>,
    #[serde(default)]
    pub accomplishments: Vec<String>,
    #[serde(default)]
    pub src: String,
}

/// A time grid as the source shows it, not interpreted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub rows: Vec<Vec<String>>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub rows: Vec<Vec<String>>,
    #[serde(default)]
    pub src: String,
}

/// What story points mean in this kit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub points: String,
    #[serde(default)]
    pub meaning: String,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationLevel {
    pub level: String,
    #[serde(default)]
    pub delivery: String,
    #[serde(default)]
    pub customer: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub src: String,
}
