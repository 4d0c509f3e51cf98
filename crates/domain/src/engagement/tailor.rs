//! Tailoring: from kits, dates, calendars and answers to the dated checklist, each choice with its reason.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    Activity, LeftOut, PlannedMilestone,
    expand::{Draft, expand},
    setup::{MILESTONES, Refused, Setup},
};
use crate::{
    access::{
        by_hand::ByHand,
        need::{self, Table},
    },
    checklist::item::Item,
    ids::{FactId, GateId, KitId, MilestoneId, PersonId, RoleId},
    kit::{Fact, Gate, Hardness, Kit, Role, Side, due::DueRule},
    people::{
        Member,
        responsibility::{self, Row},
        seat::{self, Seat},
    },
    schedule::{Anchor, Calendars, Computed, Fit, NoDate, WorkDays},
};

/// What follows from a setup.
#[derive(Clone, Debug)]
pub struct Tailored {
    pub roles: Vec<Role>,
    pub facts: Vec<Fact>,
    pub gates: Vec<Gate>,
    pub milestones: Vec<PlannedMilestone>,
    pub activities: Vec<Activity>,
    pub items: Vec<Dated>,
    pub left_out: Vec<LeftOut>,
    /// What is left out only because nobody is named whom it is for, with the dates it would have.
    pub awaited: Vec<Dated>,
    /// Questions whose answers would still change something.
    pub open: Vec<FactId>,
    pub work_days: Option<WorkDays>,
    pub calendars: Calendars,
    pub access: Table,
    pub seats: Vec<Seat>,
    pub responsibilities: Vec<Row>,
}

impl Tailored {
    /// An item's date by its own rule, where somebody set that by hand. `None` where it has no rule, or its day cannot be counted.
    pub(super) fn due(&self, item: &Item, members: &[Member]) -> Option<Computed> {
        let anchors = Anchors { milestones: &self.milestones, members };
        let rule = item.content.due.as_ref()?;
        self.calendars.compute(rule, &anchors.anchor(&rule.anchor, item.person.as_ref())).ok()
    }
}

/// A drafted item with its date.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    pub draft: Draft,
    pub due: Option<Computed>,
    pub start_by: Option<Date>,
    /// Whether its lead time still fits, seen from today. `None` without a lead time or a date.
    pub fit: Option<Fit>,
}

impl Dated {
    pub fn is_infeasible(&self) -> bool {
        matches!(self.fit, Some(Fit::Impossible { .. } | Fit::Past { .. }))
    }
}

/// Tailors kits to a setup, with the resources that people added. All that is wrong with the setup is named at once.
pub fn tailor(kits: &[&Kit], by_hand: &[ByHand], setup: &Setup, members: &[Member], today: Date) -> Result<Tailored, Vec<Refused>> {
    let mut problems = setup.problems(kits);
    let refused = |problem: String| vec![Refused::Calendar { problem }];
    let calendars = match Calendars::new(setup.calendars.clone()) {
        Ok(calendars) => calendars,
        Err(unusable) => {
            problems.extend(refused(unusable.to_string()));
            return Err(problems);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let milestones = milestones(kits, setup, &calendars).map_err(|no_date| refused(no_date.to_string()))?;
    let anchors = Anchors { milestones: &milestones, members };
    let expanded = expand(kits, setup, members);
    let date = |draft| date(draft, &anchors, &calendars, today);
    let items = expanded.drafts.into_iter().map(date).collect::<Result<_, _>>().map_err(|no_date: NoDate| refused(no_date.to_string()))?;
    let awaited =
        expanded.awaited.into_iter().map(date).collect::<Result<_, _>>().map_err(|no_date: NoDate| refused(no_date.to_string()))?;
    let access = need::table(kits, by_hand, setup, members, (&anchors, &calendars, today))
        .map_err(|no_date: NoDate| refused(no_date.to_string()))?;
    let kickoff = milestones.iter().find(|it| it.id.as_str() == "kickoff").and_then(|it| it.when.date());
    let work_days = kickoff.map(|date| WorkDays::around(&calendars, date)).transpose().map_err(|no_date| refused(no_date.to_string()))?;
    Ok(Tailored {
        seats: seat::seats(kits, setup),
        responsibilities: responsibility::rows(kits),
        access,
        work_days,
        roles: roles(kits),
        facts: facts(kits),
        gates: gates(kits),
        milestones,
        activities: expanded.activities,
        items,
        left_out: expanded.left_out,
        awaited,
        calendars,
        open: expanded.open.into_iter().collect(),
    })
}

/// Every milestone with its date: given, or following from another, or unknown.
fn milestones(kits: &[&Kit], setup: &Setup, calendars: &Calendars) -> Result<Vec<PlannedMilestone>, NoDate> {
    let mut known: Vec<(MilestoneId, String, String, Option<DueRule>)> = Vec::new();
    for kit in kits {
        for milestone in &kit.milestones {
            if milestone.id.as_str() != MEMBER_START && !known.iter().any(|(id, ..)| id == &milestone.id) {
                known.push((milestone.id.clone(), milestone.title.clone(), milestone.note.clone(), milestone.follows.clone()));
            }
        }
    }
    for (id, title) in MILESTONES {
        if !known.iter().any(|(known, ..)| known.as_str() == id) {
            known.push((id.into(), title.to_owned(), String::new(), None));
        }
    }
    let mut dates: BTreeMap<MilestoneId, Computed> = BTreeMap::new();
    // Each round dates what follows from a milestone that is dated by now; a chain cannot be longer than the list.
    for _ in 0..known.len() {
        for (id, _, _, follows) in &known {
            if setup.milestones.contains_key(id) || dates.contains_key(id) {
                continue;
            }
            let Some(rule) = follows else { continue };
            let date = setup.milestones.get(&rule.anchor).copied().or_else(|| dates.get(&rule.anchor)?.date());
            if date.is_some() {
                let title = known.iter().find(|(known, ..)| known == &rule.anchor).map_or(rule.anchor.as_str(), |(_, title, ..)| title);
                dates.insert(id.clone(), calendars.compute(rule, &Anchor { id: rule.anchor.clone(), title: in_sentence(title), date })?);
            }
        }
    }
    let titles: BTreeMap<MilestoneId, String> = known.iter().map(|(id, title, ..)| (id.clone(), title.clone())).collect();
    let mut planned = Vec::with_capacity(known.len());
    for (id, title, note, follows) in known {
        let given = setup.milestones.get(&id).copied();
        let itself = DueRule { anchor: id.clone(), offset: 0, unit: crate::kit::due::DayUnit::Business };
        let when = match (given, dates.remove(&id)) {
            (Some(_), _) => calendars.compute(&itself, &Anchor { id: id.clone(), title: in_sentence(&title), date: given })?,
            (None, Some(computed)) => computed,
            (None, None) => {
                let rule = follows.unwrap_or(itself);
                let anchor = titles.get(&rule.anchor).map_or_else(|| rule.anchor.to_string(), |title| in_sentence(title));
                Computed::Unknown { rule, anchor }
            }
        };
        planned.push(PlannedMilestone { id, title, note, when, given: given.is_some() });
    }
    planned.sort_by_key(|milestone| milestone.when.date().unwrap_or(Date::MAX));
    Ok(planned)
}

/// The anchor of dates that count from a person's own arrival.
pub const MEMBER_START: &str = "member.start";

pub(crate) struct Anchors<'a> {
    pub(crate) milestones: &'a [PlannedMilestone],
    pub(crate) members: &'a [Member],
}

impl Anchors<'_> {
    /// What a date counts from: the milestone, or for somebody who joins later than it, their arrival.
    pub(crate) fn anchor(&self, id: &MilestoneId, person: Option<&PersonId>) -> Anchor {
        let member = self.members.iter().find(|member| Some(&member.person) == person);
        let arrival = member.and_then(|member| member.from);
        let milestone = self.milestones.iter().find(|milestone| &milestone.id == id);
        let date = milestone.and_then(|milestone| milestone.when.date());
        let joins_later = arrival.zip(date).is_some_and(|(arrival, date)| arrival > date);
        if id.as_str() == MEMBER_START || joins_later {
            return Anchor { id: id.clone(), title: "arrival".to_owned(), date: arrival };
        }
        let title = milestone.map_or_else(|| id.to_string(), |milestone| in_sentence(&milestone.title));
        Anchor { id: id.clone(), title, date }
    }
}

fn date(draft: Draft, anchors: &Anchors<'_>, calendars: &Calendars, today: Date) -> Result<Dated, NoDate> {
    let rule = draft.content.due.as_ref();
    let due = rule.map(|rule| calendars.compute(rule, &anchors.anchor(&rule.anchor, draft.person.as_ref()))).transpose()?;
    let on = due.as_ref().and_then(Computed::date);
    let timed = on.zip(draft.content.lead);
    let start_by = timed.map(|(due, lead)| calendars.start_by(due, lead)).transpose()?;
    let fit = timed.map(|(due, lead)| calendars.fit(today, due, lead)).transpose()?;
    Ok(Dated { draft, due, start_by, fit })
}

fn roles(kits: &[&Kit]) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for role in kits.iter().flat_map(|kit| &kit.roles) {
        if !roles.iter().any(|it| it.id == role.id) {
            roles.push(role.clone());
        }
    }
    roles
}

fn facts(kits: &[&Kit]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for fact in kits.iter().flat_map(|kit| &kit.facts) {
        if !facts.iter().any(|it| it.id == fact.id) {
            facts.push(fact.clone());
        }
    }
    facts
}

/// The kits' gates. Kits that bring none still have to be complete by the end of Sprint 0.
fn gates(kits: &[&Kit]) -> Vec<Gate> {
    let mut gates: Vec<Gate> = Vec::new();
    for kit in kits {
        for gate in &kit.gates {
            if !gates.iter().any(|it| it.id == gate.id) {
                gates.push(Gate { kit: kit.id.clone(), ..gate.clone() });
            }
        }
    }
    let last = |id: String, title: String, kit: KitId| Gate {
        id: GateId(id),
        title,
        kit,
        milestone: MilestoneId::from("sprint-0.end"),
        hardness: Hardness::Hard,
        everything: true,
        ..Gate::default()
    };
    let has_one = |kit: &Kit| gates.iter().any(|gate| gate.everything && gate.kit == kit.id);
    let without: Vec<&Kit> = kits.iter().copied().filter(|kit| !has_one(kit)).collect();
    if without.len() == kits.len() {
        gates.push(last("onboarding-complete".to_owned(), "Onboarding complete".to_owned(), KitId::default()));
    } else {
        let own = |kit: &Kit| last(format!("complete-{}", kit.id), format!("Complete: {}", kit.title), kit.id.clone());
        let more: Vec<_> = without.into_iter().map(own).collect();
        gates.extend(more);
    }
    gates
}

/// A title as it stands in the middle of a sentence: `Kick-off` becomes `kick-off`, `Sprint 0 ends` and `LRP` stay.
pub fn in_sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next();
    let keeps = title.starts_with("Sprint") || letters.clone().next().is_some_and(char::is_uppercase);
    match first {
        Some(first) if !keeps => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// A role's title and side, for showing owners before anybody fills it.
pub fn owner_titles<'a>(roles: &'a [Role], owners: &'a [RoleId]) -> impl Iterator<Item = (&'a str, Side)> {
    owners
        .iter()
        .map(|id| roles.iter().find(|role| &role.id == id).map_or((id.as_str(), Side::Delivery), |role| (role.title.as_str(), role.side)))
}
