//! Numbers that lists show, kept with the engagement so that no list has to count.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Engagement, gate::GateState, gate::Progress};
use crate::{
    checklist::status::{Court, State},
    schedule::WorkDays,
};

/// Kept, not counted: written with every change, read by the list of engagements.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub ready: u32,
    pub ready_of: u32,
    pub complete: u32,
    pub complete_of: u32,
    pub blocked: u32,
    /// Somebody worked on something.
    #[serde(default)]
    pub begun: bool,
    /// Open items by whose court they are in, as [`Court::ALL`].
    pub courts: [u32; 4],
    /// Open items by due date: how many are late follows from the day one looks.
    pub dues: BTreeMap<Date, u32>,
    /// Items not begun by start-by date.
    pub starts: BTreeMap<Date, u32>,
    pub gates: Vec<GateCount>,
    pub milestones: BTreeMap<String, Date>,
    #[serde(default)]
    pub work_days: Option<WorkDays>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateCount {
    pub title: String,
    pub due: Option<Date>,
    pub total: u32,
    pub satisfied: u32,
}

impl Counts {
    pub fn of(engagement: &Engagement) -> Self {
        let progress = Progress::of(engagement, |_| true);
        let mut counts = Self {
            ready: progress.ready,
            ready_of: progress.ready_of,
            complete: progress.complete,
            complete_of: progress.complete_of,
            ..Self::default()
        };
        counts.begun = engagement.listed().any(|item| item.applies() && item.state() != State::ToDo);
        for item in engagement.listed().filter(|item| item.is_open()) {
            counts.courts[Court::ALL.iter().position(|it| *it == item.court()).unwrap_or(0)] += 1;
            counts.blocked += u32::from(item.state() == State::Blocked);
            if let Some(due) = item.due_on() {
                *counts.dues.entry(due).or_default() += 1;
            }
            if let (State::ToDo, Some(start)) = (item.state(), item.start_by) {
                *counts.starts.entry(start).or_default() += 1;
            }
        }
        let gate = |gate| {
            let state = GateState::of(gate, engagement, Date::MIN, |_| true);
            GateCount { title: gate.title.clone(), due: state.due, total: state.total, satisfied: state.satisfied }
        };
        counts.gates = engagement.plan.gates.iter().map(gate).collect();
        let known = engagement.plan.milestones.iter().filter_map(|it| Some((it.id.0.clone(), it.when.date()?)));
        counts.milestones = known.collect();
        counts.work_days.clone_from(&engagement.plan.work_days);
        counts
    }

    pub fn late(&self, today: Date) -> u32 {
        self.dues.range(..today).map(|(_, count)| count).sum()
    }

    /// Business days to the kick-off in the calendars of both sides, where it has a date that is not too far.
    pub fn to_kickoff(&self, today: Date) -> Option<i32> {
        self.work_days.as_ref()?.between(today, *self.milestones.get("kickoff")?)
    }

    /// Items that should be begun by now.
    pub fn to_start(&self, today: Date) -> u32 {
        self.starts.range(..=today).map(|(_, count)| count).sum()
    }
}
