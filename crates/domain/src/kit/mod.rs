//! A delivery kit: the versioned template of an engagement.
//!
//! These types are the native format. The JSON Schema that editors use is made from them, so their doc comments are its help texts.

pub mod access;
pub mod condition;
pub mod due;
pub mod each;
pub mod governance;
pub mod letters;
pub mod share;
pub mod task;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{FactId, GateId, KitId, MilestoneId, ModuleId, RoleId, TaskId};
use access::{Need, Policy, Resource};
use condition::Condition;
use governance::{
    Agenda, Bank, Ceremony, Communication, Decision, EscalationLevel, Grid, Responsibility, Risk, Scale, SprintGoals, Stakeholder, Table,
    Workshop,
};
use task::Task;

/// The version of the native format that this release reads and writes.
pub const SCHEMA: &str = "kit/1";

/// A whole kit, as `kit.toml` and the files beside it say it. Lists are written one entry at a time, as `[[role]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// The version of this format: `kit/1`.
    pub schema: String,
    /// A slug that stays the same in all versions of the kit.
    #[serde(default)]
    pub id: KitId,
    pub title: String,
    /// The kit's own version: `1.2.0`, `v1.0`.
    #[serde(default)]
    pub version: String,
    /// What the kit is for, in a sentence or two.
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub licence: String,
    /// Where its content came from.
    #[serde(default)]
    pub source: Vec<Source>,
    /// Who owns things, on each side.
    #[serde(default, rename = "role")]
    pub roles: Vec<Role>,
    /// What dates count from.
    #[serde(default, rename = "milestone")]
    pub milestones: Vec<Milestone>,
    /// The protocol: questions about how this customer works, and facts that follow from their answers.
    #[serde(default, rename = "fact")]
    pub facts: Vec<Fact>,
    /// What must be done by which milestone.
    #[serde(default, rename = "gate")]
    pub gates: Vec<Gate>,
    /// Phases in their order, where the kit has phases.
    #[serde(default, rename = "phase")]
    pub phases: Vec<Phase>,
    /// Modules in their order. In the native format each is a file of `modules/`.
    #[serde(default, rename = "module")]
    pub modules: Vec<Module>,
    /// What people need access to.
    #[serde(default, rename = "resource", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// Who needs which resource.
    #[serde(default, rename = "need", skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What is not allowed.
    #[serde(default, rename = "policy", skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    #[serde(default, rename = "bank")]
    pub banks: Vec<Bank>,
    #[serde(default, rename = "agenda")]
    pub agendas: Vec<Agenda>,
    #[serde(default, rename = "ceremony")]
    pub ceremonies: Vec<Ceremony>,
    #[serde(default, rename = "communication")]
    pub communications: Vec<Communication>,
    #[serde(default, rename = "decision")]
    pub decisions: Vec<Decision>,
    #[serde(default, rename = "risk")]
    pub risks: Vec<Risk>,
    #[serde(default, rename = "responsibility")]
    pub responsibilities: Vec<Responsibility>,
    #[serde(default, rename = "stakeholder")]
    pub stakeholders: Vec<Stakeholder>,
    #[serde(default, rename = "workshop")]
    pub workshops: Vec<Workshop>,
    #[serde(default, rename = "sprint")]
    pub sprint_goals: Vec<SprintGoals>,
    /// Week and day grids as the source shows them.
    #[serde(default, rename = "grid")]
    pub grids: Vec<Grid>,
    #[serde(default, rename = "scale")]
    pub scales: Vec<Scale>,
    #[serde(default, rename = "level")]
    pub escalation: Vec<EscalationLevel>,
    /// Tables that map onto nothing more exact.
    #[serde(default, rename = "table")]
    pub tables: Vec<Table>,
    /// Long texts, in Markdown. In the native format each is a file of `pages/`.
    #[serde(default, rename = "page")]
    pub pages: Vec<Page>,
    /// Ids that changed since an earlier version, so that engagements can follow.
    #[serde(default)]
    pub renamed: Vec<Renamed>,
    /// Text of the source that maps onto nothing, kept with its line.
    #[serde(default)]
    pub extra: Vec<Extra>,
}

/// Where a kit's content came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub repo: String,
    #[serde(default)]
    pub commit: String,
    #[serde(default)]
    pub path: String,
    #[serde(default)]
    pub sha256: String,
    #[serde(default)]
    pub licence: String,
    /// What was changed against the source.
    #[serde(default)]
    pub changes: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The organisation that delivers.
    #[default]
    #[serde(alias = "provider")]
    Delivery,
    Customer,
    Partner,
}

impl Side {
    pub const ALL: [Self; 3] = [Self::Delivery, Self::Customer, Self::Partner];

    /// The word that is stored and sent: `delivery`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Customer => "customer",
            Self::Partner => "partner",
        }
    }
}

impl std::str::FromStr for Side {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|side| side.as_str() == text).ok_or(())
    }
}

/// Somebody who owns things, by function and not by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub id: RoleId,
    pub title: String,
    #[serde(default)]
    pub side: Side,
    /// Other names that documents use for the same role.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What the role does in the engagement.
    #[serde(default)]
    pub note: String,
    /// Everybody on the role's side holds it, without being named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    pub id: MilestoneId,
    pub title: String,
    #[serde(default)]
    pub note: String,
    /// Where the milestone falls if nobody gives it a date: `T-5bd @ kickoff`. Without it, it stays unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<due::DueRule>,
}

/// A question of the protocol, or a fact that follows from other answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub id: FactId,
    #[serde(rename = "type", default)]
    pub kind: FactKind,
    /// The question as it is asked. Empty where the fact follows from others.
    #[serde(default)]
    pub ask: String,
    /// What the answer changes.
    #[serde(default)]
    pub help: String,
    #[serde(default)]
    pub options: Vec<FactOption>,
    /// The fact is true if this holds; then it is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Condition>,
    /// Asked only if this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// The heading it is asked under.
    #[serde(default)]
    pub group: String,
    /// The document and line that the question came from.
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    #[default]
    Bool,
    /// One of `options`.
    Choice,
    /// Any number of `options`.
    Many,
    /// A whole number, 0 or more.
    Number,
    Text,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactOption {
    pub id: String,
    pub title: String,
}

/// A set of items that must be done by a milestone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    pub id: GateId,
    pub title: String,
    pub milestone: MilestoneId,
    #[serde(default)]
    pub hardness: Hardness,
    /// The gate takes in every item of its kit, not only those that name it.
    #[serde(default)]
    pub everything: bool,
    /// The kit that it came with, filled in when an engagement is tailored from it.
    #[serde(default, skip_serializing_if = "KitId::is_empty")]
    #[schemars(skip)]
    pub kit: KitId,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    /// Says what is late; nothing depends on it.
    Warn,
    /// Going on without it is a decision that is recorded.
    #[default]
    Soft,
    /// What it closes cannot be closed without it.
    Hard,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub title: String,
    #[serde(default)]
    pub note: String,
}

/// A group of tasks; in an engagement, one activity of the checklist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Module {
    pub id: ModuleId,
    pub title: String,
    /// The title of the phase it belongs to, where the kit has phases.
    #[serde(default)]
    pub phase: String,
    #[serde(default)]
    pub workstream: String,
    #[serde(default)]
    pub description: String,
    /// Who owns its tasks where they name nobody.
    #[serde(default)]
    pub owners: Vec<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    #[serde(default)]
    pub src: String,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub extra: Vec<Extra>,
    /// In the native format these stand beside `module`, as `[[task]]`.
    #[serde(default, rename = "task")]
    pub tasks: Vec<Task>,
}

/// A link. Only http, https and mailto survive; `page` names a page of the same kit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub page: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub id: String,
    pub title: String,
    /// CommonMark without raw HTML.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    pub from: TaskId,
    pub to: TaskId,
}

/// Text of the source that maps onto nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extra {
    #[serde(default)]
    pub file: String,
    /// Counted from 1.
    #[serde(default)]
    pub line: u32,
    pub text: String,
    /// What it was found as.
    #[serde(default)]
    pub kind: String,
}

impl Kit {
    /// Every task of the kit with its module, parents before their parts.
    pub fn tasks(&self) -> impl Iterator<Item = (&Module, &Task)> {
        self.modules.iter().flat_map(|module| module.tasks.iter().flat_map(move |task| task.with_parts().map(move |part| (module, part))))
    }

    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks().map(|(_, task)| task).find(|task| &task.id == id)
    }

    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| &role.id == id)
    }

    pub fn fact(&self, id: &FactId) -> Option<&Fact> {
        self.facts.iter().find(|fact| &fact.id == id)
    }
}
