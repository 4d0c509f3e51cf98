//! Gates: computed from items, never stored as a tick. Readiness is not completion.

use jiff::civil::Date;

use super::Engagement;
use crate::{
    checklist::{item::Item, status::State},
    ids::ItemId,
    kit::{Gate, Hardness},
};

/// A gate as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct GateState {
    pub gate: Gate,
    pub due: Option<Date>,
    /// Items that count.
    pub total: u32,
    /// Done or waived.
    pub satisfied: u32,
    /// What turns it green, in the order of the checklist.
    pub open: Vec<ItemId>,
    /// What counts only because somebody waived it.
    pub waived: Vec<ItemId>,
    pub late: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Green,
    Open,
    Late,
    /// No item counts: somebody has to confirm by name that nothing is needed.
    Empty,
}

impl GateState {
    pub fn of(gate: &Gate, engagement: &Engagement, today: Date, sees: impl Fn(&Item) -> bool) -> Self {
        let due = engagement.milestone(gate.milestone.as_str());
        let mut state = Self { gate: gate.clone(), due, total: 0, satisfied: 0, open: Vec::new(), waived: Vec::new(), late: 0 };
        for item in engagement.listed().filter(|item| item.applies() && counts(gate, item) && sees(item)) {
            state.total += 1;
            match item.state() {
                State::Done => state.satisfied += 1,
                State::Waived => {
                    state.satisfied += 1;
                    state.waived.push(item.id.clone());
                }
                _ => {
                    state.late += u32::from(item.is_late(today));
                    state.open.push(item.id.clone());
                }
            }
        }
        state
    }

    pub fn verdict(&self, today: Date) -> Verdict {
        if self.total == 0 {
            Verdict::Empty
        } else if self.open.is_empty() {
            Verdict::Green
        } else if self.due.is_some_and(|due| due < today) {
            Verdict::Late
        } else {
            Verdict::Open
        }
    }

    /// Open, and something of it is late or cannot be made in time any more.
    pub fn is_at_risk(&self, today: Date, is_short: impl Fn(&ItemId) -> bool) -> bool {
        self.verdict(today) == Verdict::Open && (self.late > 0 || self.open.iter().any(is_short))
    }

    pub fn is_hard(&self) -> bool {
        self.gate.hardness == Hardness::Hard
    }
}

/// Whether an item counts for a gate. What was added by hand belongs to no kit and counts for all that take in everything.
pub fn counts(gate: &Gate, item: &Item) -> bool {
    let of_its_kit = gate.kit.is_empty() || item.kit.as_ref().is_none_or(|kit| *kit == gate.kit);
    (gate.everything && of_its_kit) || item.content.gates.contains(&gate.id)
}

/// Two numbers that are not the same: what the gates need, and everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items of the gates before the last, done or waived.
    pub ready: u32,
    pub ready_of: u32,
    /// All items, done or waived.
    pub complete: u32,
    pub complete_of: u32,
}

impl Progress {
    pub fn of(engagement: &Engagement, sees: impl Fn(&Item) -> bool) -> Self {
        let narrow: Vec<_> = engagement.plan.gates.iter().filter(|gate| !gate.everything).collect();
        let mut progress = Self::default();
        for item in engagement.listed().filter(|item| item.applies() && sees(item)) {
            let satisfied = u32::from(item.state().satisfies());
            progress.complete_of += 1;
            progress.complete += satisfied;
            if narrow.is_empty() || narrow.iter().any(|gate| counts(gate, item)) {
                progress.ready_of += 1;
                progress.ready += satisfied;
            }
        }
        progress
    }

    /// In whole percent, rounded down, so that 100 means all. Nothing to do is not 100.
    pub fn readiness(self) -> u32 {
        percent(self.ready, self.ready_of)
    }

    pub fn completion(self) -> u32 {
        percent(self.complete, self.complete_of)
    }
}

fn percent(part: u32, whole: u32) -> u32 {
    (part * 100).checked_div(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(total: u32, open: u32) -> GateState {
        let open = (0..open).map(|it| ItemId(it.to_string())).collect();
        GateState {
            gate: Gate::default(),
            due: Some("2026-01-20".parse().expect("a date")),
            total,
            satisfied: 0,
            open,
            waived: Vec::new(),
            late: 0,
        }
    }

    #[test]
    fn an_empty_gate_is_not_green() {
        let before: Date = "2026-01-19".parse().expect("a date");
        let after: Date = "2026-01-21".parse().expect("a date");
        assert_eq!(state(0, 0).verdict(before), Verdict::Empty);
        assert_eq!(state(3, 0).verdict(after), Verdict::Green);
        assert_eq!(state(3, 1).verdict(before), Verdict::Open);
        assert_eq!(state(3, 1).verdict(after), Verdict::Late);
    }

    #[test]
    fn a_hundred_percent_means_all_and_nothing_is_not_all() {
        let progress = |complete, complete_of| Progress { complete, complete_of, ..Progress::default() }.completion();
        assert_eq!((progress(199, 200), progress(200, 200), progress(0, 0)), (99, 100, 0));
    }
}
