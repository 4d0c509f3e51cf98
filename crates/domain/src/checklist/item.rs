//! One thing to do on an engagement.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    status::{Court, CourtClock, State, Status},
    word::Word,
};
use crate::{
    ids::{FactId, FileId, GateId, ItemId, KitId, ModuleId, PersonId, RoleId, TaskId, WorkstreamId},
    kit::{
        Link, Side,
        due::{DueRule, LeadTime},
        task::{Criterion, EvidenceKind, EvidenceRule, WayOut},
    },
    schedule::Computed,
};

/// What a kit, or a person by hand, says of an item: everything but the work done on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub src: String,
    #[serde(default)]
    pub owners: Vec<RoleId>,
    #[serde(default)]
    pub due: Option<DueRule>,
    #[serde(default)]
    pub lead: Option<LeadTime>,
    #[serde(default)]
    pub lead_proposed: bool,
    /// Keys of items that must be closed before this one starts.
    #[serde(default)]
    pub after: Vec<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub gates: BTreeSet<GateId>,
    #[serde(default)]
    pub evidence: Vec<EvidenceRule>,
    #[serde(default)]
    pub accepted_by: Option<Side>,
    #[serde(default)]
    pub internal: bool,
    #[serde(default)]
    pub ways_out: Vec<WayOut>,
    #[serde(default)]
    pub accept: Vec<Criterion>,
    #[serde(default)]
    pub tools: Vec<Link>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub notes: Vec<String>,
    /// Why it is in: `on site: yes`. Empty where the kit always has it.
    #[serde(default)]
    pub because: String,
    /// Facts that nobody answered yet and that decide whether it applies.
    #[serde(default)]
    pub undecided: Vec<FactId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: ItemId,
    /// Stable across kit versions: the task's id, with the person or workstream it was expanded for.
    pub key: String,
    /// Empty for an item that was added by hand.
    #[serde(default)]
    pub kit: Option<KitId>,
    #[serde(default)]
    pub task: TaskId,
    pub activity: ModuleId,
    #[serde(default)]
    pub parent: Option<ItemId>,
    /// Order in the whole checklist.
    pub position: u32,
    /// Kept apart from the work done on it: it is long and seldom changes.
    #[serde(skip)]
    pub content: Arc<Content>,
    #[serde(default)]
    pub person: Option<PersonId>,
    #[serde(default)]
    pub workstream: Option<WorkstreamId>,
    /// People who own it in place of those that the roles resolve to, by side.
    #[serde(default)]
    pub assigned: BTreeMap<Side, PersonId>,
    pub status: Status,
    pub clock: CourtClock,
    /// The due date and how it came about. `None` where no rule gives one.
    #[serde(default)]
    pub due: Option<Computed>,
    #[serde(default)]
    pub start_by: Option<Date>,
    /// When its date was last moved. The first one it gets is no move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Timestamp>,
    /// A date set by hand: no anchor, calendar or kit version moves it.
    #[serde(default)]
    pub pinned: bool,
    /// Fields of `content` that were edited by hand and that no kit version overwrites.
    #[serde(default)]
    pub edited: BTreeSet<String>,
    #[serde(default)]
    pub proofs: Vec<Proof>,
    #[serde(default)]
    pub submitted: Option<Mark>,
    #[serde(default)]
    pub accepted: Option<Mark>,
    #[serde(default)]
    pub done: Option<Mark>,
    #[serde(default)]
    pub way_out: Option<ChosenWayOut>,
    #[serde(default)]
    pub comments: u32,
    /// The last comment that everybody here may read: whose turn it is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
    /// Comments that only the delivery side may read. Nobody else gets this number.
    #[serde(default)]
    pub internal_comments: u32,
    /// Not applicable because the protocol left it out, and not because a person said so.
    #[serde(default)]
    pub tailored_out: bool,
    /// Taken off the checklist; kept for the record.
    #[serde(default)]
    pub removed: bool,
    /// Counts the changes of this item. An edit names the version it saw.
    pub version: u32,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub by: PersonId,
    pub at: Timestamp,
    /// For whom, where it is written down on somebody's behalf.
    #[serde(default)]
    pub on_behalf_of: Option<PersonId>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub id: String,
    pub kind: EvidenceKind,
    /// The link, the note, or the fact's value; a file's name.
    pub text: String,
    #[serde(default)]
    pub file: Option<FileId>,
    #[serde(default)]
    pub fact: Option<FactId>,
    pub by: PersonId,
    pub at: Timestamp,
    /// Withdrawn evidence no longer counts; it stays visible.
    #[serde(default)]
    pub withdrawn: bool,
}

/// What was decided where a lead time no longer fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenWayOut {
    pub way: WayOut,
    pub reason: String,
    pub mark: Mark,
}

impl Item {
    /// How many comments whoever has this item may read.
    pub fn all_comments(&self) -> u32 {
        self.comments.saturating_add(self.internal_comments)
    }

    /// An item on which nothing was done yet, for its maker to place.
    pub fn to_do(id: ItemId, content: Arc<Content>, court: Court, now: Timestamp) -> Self {
        Self {
            id,
            key: String::new(),
            kit: None,
            task: TaskId::default(),
            activity: ModuleId::default(),
            parent: None,
            position: 0,
            content,
            person: None,
            workstream: None,
            assigned: BTreeMap::new(),
            status: Status::to_do(now),
            clock: CourtClock::start(court, now),
            due: None,
            start_by: None,
            moved: None,
            pinned: false,
            edited: BTreeSet::new(),
            proofs: Vec::new(),
            submitted: None,
            accepted: None,
            done: None,
            way_out: None,
            comments: 0,
            word: None,
            internal_comments: 0,
            tailored_out: false,
            removed: false,
            version: 1,
        }
    }

    /// The item, knowing that its date was moved, if it was.
    #[must_use]
    pub fn moved_from(mut self, from: Option<Date>, at: Timestamp) -> Self {
        if from.is_some() && from != self.due_on() {
            self.moved = Some(at);
        }
        self
    }

    pub fn due_on(&self) -> Option<Date> {
        match &self.due {
            Some(Computed::Known { date, .. }) => Some(*date),
            _ => None,
        }
    }

    pub fn state(&self) -> State {
        self.status.state
    }

    /// Open, with a due date before today.
    pub fn is_late(&self, today: Date) -> bool {
        self.is_open() && self.due_on().is_some_and(|due| due < today)
    }

    /// Still to do and not begun, though it should have been by now.
    pub fn should_start(&self, today: Date) -> bool {
        self.state() == State::ToDo && self.start_by.is_some_and(|start| start <= today)
    }

    /// Business days it still takes and those that are left, where the one is more than the other and nobody chose a way out.
    /// `to` counts business days from today to a date, negative since then; `day` is the day of an instant where the engagement is at home.
    pub fn short(&self, to: impl Fn(Date) -> Option<i32>, day: impl Fn(Timestamp) -> Date) -> Option<(u32, u32)> {
        let (due, lead) = (self.due_on()?, i32::from(self.lead()?.days));
        let decided = self.way_out.as_ref().is_some_and(|chosen| chosen.way.lead.is_none());
        if !self.is_open() || decided || self.state() == State::Submitted {
            return None;
        }
        let begun = if self.state() == State::ToDo { 0 } else { -to(day(self.status.since))? };
        let need = (lead - begun).max(0);
        let left = to(due)?.max(0);
        (need > left).then_some((need.unsigned_abs(), left.unsigned_abs()))
    }

    pub fn is_open(&self) -> bool {
        !self.removed && !self.state().is_closed()
    }

    /// Counts in the denominators: neither removed nor not applicable.
    pub fn applies(&self) -> bool {
        !self.removed && self.state() != State::NotApplicable
    }

    pub fn court(&self) -> Court {
        self.clock.court
    }

    /// Evidence that the kit asks for and that is not there yet.
    pub fn missing_evidence(&self) -> Vec<&EvidenceRule> {
        self.content.evidence.iter().filter(|rule| !rule.optional && !self.proofs.iter().any(|proof| proof.fits(rule))).collect()
    }

    /// Days from the start-by date that a kit's lead time asks for, or the faster way that was chosen.
    pub fn lead(&self) -> Option<LeadTime> {
        self.way_out.as_ref().and_then(|chosen| chosen.way.lead).or(self.content.lead)
    }
}

impl Proof {
    pub fn fits(&self, rule: &EvidenceRule) -> bool {
        !self.withdrawn && self.kind == rule.kind && (rule.fact.is_none() || self.fact == rule.fact)
    }
}
