//! One thing to do, as a kit says it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Extra, Link, Side, condition::Condition, due::DueRule, due::LeadTime, each::Each};
use crate::ids::{FactId, GateId, RoleId, TaskId};

/// One thing to do; in an engagement, an item. Its parts are items in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// A slug, unique in the kit and the same in all its versions.
    #[serde(default)]
    pub id: TaskId,
    pub title: String,
    /// What it is and why, in Markdown.
    #[serde(default)]
    pub description: String,
    /// The document and line it came from: `Customer-Onboarding-Checklist.md#L22`.
    #[serde(default)]
    pub src: String,
    /// Roles that own it, first the one who does it. Empty: as the task or module above.
    #[serde(default)]
    pub owners: Vec<RoleId>,
    /// Roles by letter: R, A, C, I.
    #[serde(default)]
    pub raci: BTreeMap<String, Vec<RoleId>>,
    /// When it must be done: `T-10bd @ kickoff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DueRule>,
    /// How long it takes, in business days: `15bd`. It must be started that long before it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<LeadTime>,
    /// The lead time is a proposal of the kit, not something the customer or the practice's past said.
    #[serde(default)]
    pub lead_proposed: bool,
    /// One for each person or workstream: `person where side = delivery`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
    /// Needed only if this holds: `onsite and not small_org`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Tasks that must be done before this one can start.
    #[serde(default)]
    pub after: Vec<TaskId>,
    /// What must be there before, in words, where it names no task.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Gates that wait for it.
    #[serde(default)]
    pub gates: Vec<GateId>,
    /// What proves that it is done.
    #[serde(default)]
    pub evidence: Vec<EvidenceRule>,
    /// The side that must accept it before it counts as done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<Side>,
    /// Only the delivery side sees it.
    #[serde(default)]
    pub internal: bool,
    /// Ways out if it cannot be made in time.
    #[serde(default)]
    pub ways_out: Vec<WayOut>,
    /// Acceptance criteria.
    #[serde(default)]
    pub accept: Vec<Criterion>,
    #[serde(default)]
    pub tools: Vec<Link>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub notes: Vec<String>,
    /// Where it goes when a backlog is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    #[serde(default)]
    pub extra: Vec<Extra>,
    /// Its parts, at most [`MAX_DEPTH`] deep.
    #[serde(default, rename = "item")]
    pub items: Vec<Task>,
}

/// How deep tasks may nest: a task, its items, their items.
pub const MAX_DEPTH: usize = 16;

/// What has to be shown before a task counts as done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRule {
    pub kind: EvidenceKind,
    /// What is asked for: `the signed form`.
    #[serde(default)]
    pub ask: String,
    /// The fact that is stated, where `kind` is `fact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactId>,
    /// It may be left out.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    Link,
    File,
    #[default]
    Note,
    /// A named fact: a date, a reference, a count.
    Fact,
}

/// A way out where a lead time no longer fits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WayOut {
    pub kind: WayOutKind,
    /// What to do: `Ask for an escort for the first days`.
    pub text: String,
    /// How long it takes on this way, where it is only faster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<LeadTime>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayOutKind {
    MoveAnchor,
    Expedite,
    #[default]
    WorkAround,
    Waive,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub text: String,
    #[serde(default)]
    pub sub: Vec<String>,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jira: Option<JiraTarget>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confluence: Option<ConfluenceTarget>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JiraTarget {
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub epic: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub component: String,
    #[serde(default)]
    pub status: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfluenceTarget {
    pub page: String,
}

impl Task {
    /// The task and all its parts, parents first.
    pub fn with_parts(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.items.iter().flat_map(Self::with_parts)))
    }
}
