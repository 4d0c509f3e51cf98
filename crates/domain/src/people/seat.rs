//! Seats: whom the kits ask for, in which workstream and for how many days, and who sits there.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Member, part::Part};
use crate::{
    engagement::{Engagement, setup::Setup},
    ids::{PersonId, RoleId, SeatId, WorkstreamId},
    kit::{Kit, Side, governance::Stakeholder, share::DaysAWeek},
    rights::Function,
};

/// One that the register asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub id: SeatId,
    /// As the kit calls it: `Audit and compliance`.
    pub role: String,
    pub side: Side,
    /// The workstream that it belongs to; `None` for the whole engagement.
    #[serde(default)]
    pub workstream: Option<WorkstreamId>,
    /// The heading it stands under in the kit: `Account team`.
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub note: String,
    /// What the statement of work asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_a_week: Option<DaysAWeek>,
    /// Whether somebody said how many days here, so that no kit says it any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub days_by_hand: bool,
    /// Who was named for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// What decides who sits in a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Whoever has this part in the workstream.
    Part(WorkstreamId, Part),
    /// Whoever has this function.
    Function(Function),
    /// Whoever has this role, in the workstream if the seat has one, unless somebody was named.
    Role(RoleId),
    /// Whoever is named.
    Name,
}

/// Somebody who gives fewer days than their seats ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall<'a> {
    pub member: &'a Member,
    pub gives: u8,
    /// By all their seats together.
    pub asked: DaysAWeek,
    pub seats: Vec<&'a Seat>,
}

/// The heading under which kits list the delivery side's account team.
const ACCOUNT_TEAM: &str = "accountteam";

/// Letters and digits of a name, to compare names by.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `Audit and compliance` becomes `audit-and-compliance`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-").chars().take(80).collect()
}

/// The seats of kits for an engagement's workstreams. A workstream that the engagement does not have asks for nobody.
pub fn seats(kits: &[&Kit], setup: &Setup) -> Vec<Seat> {
    let mut seats: Vec<Seat> = Vec::new();
    for kit in kits {
        for asked in &kit.stakeholders {
            let heading = bare(&asked.workstream);
            let of = |it: &&crate::engagement::setup::Workstream| bare(&it.title) == heading || bare(it.id.as_str()) == heading;
            let workstream = setup.workstreams.iter().find(of).map(|it| it.id.clone());
            // A heading with a lead of its own is a workstream; any other is for everybody.
            let is_workstream = |other: &Stakeholder| bare(&other.workstream) == heading && part_named(&other.role) == Some(Part::Lead);
            if workstream.is_none() && kit.stakeholders.iter().any(is_workstream) {
                continue;
            }
            let side = asked.side.unwrap_or(Side::Customer);
            let place = workstream.as_ref().map_or_else(|| slug(&asked.workstream), |id| id.0.clone());
            let id = SeatId(format!("{place}.{}.{}", slug(&asked.role), side.as_str()));
            if !seats.iter().any(|seat| seat.id == id) {
                seats.push(Seat {
                    id,
                    role: asked.role.clone(),
                    side,
                    workstream,
                    group: asked.workstream.clone(),
                    note: asked.note.clone(),
                    days_a_week: asked.days_a_week,
                    days_by_hand: false,
                    person: None,
                });
            }
        }
    }
    seats
}

/// Seats after the kits or the workstreams changed: who was named and what was said here stays, also where no kit asks for it any more.
pub fn follow(before: &[Seat], mut now: Vec<Seat>) -> Vec<Seat> {
    for old in before {
        match now.iter_mut().find(|seat| seat.id == old.id) {
            Some(seat) => {
                seat.person.clone_from(&old.person);
                if old.days_by_hand {
                    (seat.days_a_week, seat.days_by_hand) = (old.days_a_week, true);
                }
            }
            None if old.person.is_some() || old.days_by_hand => now.push(old.clone()),
            None => {}
        }
    }
    now
}

fn part_named(role: &str) -> Option<Part> {
    match bare(role).as_str() {
        "workstreamlead" | "customerworkstreamlead" | "lead" => Some(Part::Lead),
        "alternatelead" | "alternateworkstreamlead" | "alternate" | "namedalternate" => Some(Part::Alternate),
        _ => None,
    }
}

fn function_named(role: &str, side: Side) -> Option<Function> {
    let function = match bare(role).as_str() {
        "executivesponsor" | "customerexecutivesponsor" => Function::ExecutiveSponsor,
        "engagementmanager" => Function::EngagementManager,
        "customerprojectmanager" | "customermanager" => Function::CustomerManager,
        _ => return None,
    };
    (function.side() == side).then_some(function)
}

impl Seat {
    pub fn is_of_account_team(&self) -> bool {
        self.side == Side::Delivery && bare(&self.group) == ACCOUNT_TEAM
    }
}

impl Engagement {
    pub fn seat(&self, id: &SeatId) -> Option<&Seat> {
        self.plan.seats.iter().find(|seat| &seat.id == id)
    }

    /// What decides who sits in a seat.
    pub fn claim(&self, seat: &Seat) -> Claim {
        if let Some((part, workstream)) = part_named(&seat.role).zip(seat.workstream.as_ref()) {
            return Claim::Part(workstream.clone(), part);
        }
        if let Some(function) = function_named(&seat.role, seat.side) {
            return Claim::Function(function);
        }
        let called = |name: &String| bare(name) == bare(&seat.role);
        let role =
            self.plan.roles.iter().find(|it| it.side == seat.side && !it.everyone && (called(&it.title) || it.aliases.iter().any(called)));
        role.map_or(Claim::Name, |role| function_named(&role.title, role.side).map_or(Claim::Role(role.id.clone()), Claim::Function))
    }

    /// Who sits in a seat, of those who are not gone. Nobody: it is open.
    pub fn sitting<'a>(&'a self, seat: &'a Seat, today: Date) -> Vec<&'a Member> {
        let claim = self.claim(seat);
        let claims = |member: &&Member| {
            member.side() == seat.side
                && member.is_here(today)
                && match &claim {
                    Claim::Part(workstream, part) => member.part(workstream) == Some(*part),
                    Claim::Function(function) => member.function == *function,
                    Claim::Role(role) => {
                        member.roles.contains(role) && seat.workstream.as_ref().is_none_or(|it| member.workstreams.contains(it))
                    }
                    Claim::Name => false,
                }
        };
        let named = seat.person.as_ref().filter(|_| matches!(claim, Claim::Role(_) | Claim::Name));
        match named.and_then(|person| self.member(person)).filter(|member| member.is_here(today)) {
            Some(member) => vec![member],
            None => self.members.iter().filter(claims).collect(),
        }
    }

    pub fn open_seats(&self, today: Date) -> impl Iterator<Item = &Seat> {
        self.plan.seats.iter().filter(move |seat| self.sitting(seat, today).is_empty())
    }

    /// Who gives fewer days a week than all their seats together ask for.
    pub fn shortfalls(&self, today: Date) -> Vec<Shortfall<'_>> {
        let mut asked: BTreeMap<&PersonId, (&Member, DaysAWeek, Vec<&Seat>)> = BTreeMap::new();
        for seat in &self.plan.seats {
            let Some(days) = seat.days_a_week else { continue };
            for member in self.sitting(seat, today) {
                let (_, sum, seats) = asked.entry(&member.person).or_insert((member, DaysAWeek { least: 0, most: 0 }, Vec::new()));
                *sum = DaysAWeek { least: sum.least.saturating_add(days.least), most: sum.most.saturating_add(days.most) };
                seats.push(seat);
            }
        }
        let gives = |member: &Member| member.days_a_week(&self.plan.setup.calendars);
        let short = |(member, asked, seats): (_, DaysAWeek, _)| {
            let gives = gives(member);
            (gives < asked.least).then_some(Shortfall { member, gives, asked, seats })
        };
        asked.into_values().filter_map(short).collect()
    }

    /// The delivery side's account team: who is said to belong to it, and who sits in its seats.
    pub fn account_team(&self, today: Date) -> Vec<&Member> {
        let seated: Vec<_> = self.plan.seats.iter().filter(|it| it.is_of_account_team()).flat_map(|it| self.sitting(it, today)).collect();
        let belongs = |member: &&Member| member.account_team || seated.iter().any(|it| it.person == member.person);
        self.members.iter().filter(|member| member.side() == Side::Delivery && member.is_here(today)).filter(belongs).collect()
    }
}
