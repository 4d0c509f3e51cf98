//! Whose turn it is with a grant, and what they have to do.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{ENDS_SOON, Grant, Step, ending::ENGAGEMENT_END, work::Hand};
use crate::{
    engagement::Engagement,
    ids::{PersonId, ResourceId},
    kit::{Side, access::Resource},
    people::Member,
    rights::Function,
    schedule::Calendars,
};

/// What has to be done next about a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Request,
    Give,
    /// They have an appointment at which they get it.
    Attend,
    /// It is there: somebody has to say that it works.
    Try,
    /// Whoever tried it could not use it.
    Repair,
    /// It ends soon.
    Renew,
    /// It works, and should not any more.
    AskEnd,
    Revoke,
    /// It was taken away: somebody has to say that it is gone.
    Confirm,
}

/// A grant that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub turn: Turn,
    pub person: PersonId,
    pub resource: ResourceId,
}

impl Turn {
    pub const ALL: &'static [Self] =
        &[Self::Request, Self::Give, Self::Attend, Self::Try, Self::Repair, Self::Renew, Self::AskEnd, Self::Revoke, Self::Confirm];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Give => "give",
            Self::Attend => "attend",
            Self::Try => "try",
            Self::Repair => "repair",
            Self::Renew => "renew",
            Self::AskEnd => "ask_end",
            Self::Revoke => "revoke",
            Self::Confirm => "confirm",
        }
    }

    fn is_for(self, hand: Hand) -> bool {
        match self {
            Self::Request | Self::Attend | Self::Try => hand.mine,
            Self::Give | Self::Repair | Self::Revoke | Self::Confirm => hand.gives,
            Self::Renew => hand.mine || hand.gives,
            Self::AskEnd => hand.manages,
        }
    }
}

impl Engagement {
    /// What has to be done next about a grant. `None` where nothing has, or what comes before it is not there yet.
    pub fn turn(&self, grant: &Grant, today: Date) -> Option<Turn> {
        let resource = self.resource(&grant.resource)?;
        if self.has_ended() {
            return turn_after_the_end(grant, resource, today);
        }
        let here = self.member(&grant.person).is_some_and(|member| member.is_here(today));
        let ends = !here || !grant.wanted || grant.has_lapsed(today) || grant.exception_ended(today);
        let carried = grant.carried.as_ref().is_some_and(|carried| carried.until >= today);
        let reached = || {
            let before = self.access_before(resource, &grant.person, today).next().is_some();
            grant.wanted && !before && self.forbidden(&grant.resource, &grant.person, today).is_none()
        };
        match grant.step {
            Step::RevokeRequested => Some(Turn::Revoke),
            Step::Revoked => Some(Turn::Confirm),
            Step::Granted | Step::Verified | Step::Broken | Step::Suspended if ends && !carried => {
                resource.kind.is_revoked().then_some(Turn::AskEnd)
            }
            Step::Granted if reached() => Some(Turn::Try),
            Step::Broken => Some(Turn::Repair),
            Step::Granted | Step::Verified if self.leaves_early(&grant.person, today) && !carried => {
                resource.kind.is_revoked().then_some(Turn::AskEnd)
            }
            Step::Granted | Step::Verified if grant.ends_soon(today) => Some(Turn::Renew),
            Step::Needed | Step::Requested | Step::Approved if here && reached() && grant.coming(today).is_some() => Some(Turn::Attend),
            Step::Needed if here && reached() => Some(Turn::Request),
            Step::Requested | Step::Approved if here && reached() => Some(Turn::Give),
            _ => None,
        }
    }

    /// Whether somebody's last day is known, near, and before that of the engagement: their access begins to end then.
    fn leaves_early(&self, person: &PersonId, today: Date) -> bool {
        let Some(last) = self.member(person).and_then(|member| member.until) else { return false };
        let is_early = self.milestone(ENGAGEMENT_END).is_none_or(|end| last < end);
        is_early && last.checked_sub(ENDS_SOON).is_ok_and(|from| from <= today)
    }

    /// Whether it is a member's turn. Where nobody has the role that gives, the manager of its side looks after it.
    pub fn is_turn_of(&self, turn: Turn, grant: &Grant, member: &Member) -> bool {
        let Some(resource) = self.resource(&grant.resource) else { return false };
        let leads = match self.giving_side(resource) {
            Side::Customer => Function::CustomerManager,
            Side::Delivery | Side::Partner => Function::EngagementManager,
        };
        let nobody = self.giver(resource).is_none();
        // Who answers for what was carried over sees to its end.
        let answers = grant.is_answered_by(&member.person);
        let hand = Hand {
            mine: grant.person == member.person,
            gives: self.gives(resource, &member.person) || (nobody && member.function == leads),
            manages: member.function == Function::EngagementManager || answers,
            side: member.side(),
        };
        turn.is_for(hand) || (turn == Turn::Renew && answers)
    }

    /// Whether an open item says the same, to those who have to do with it.
    pub fn is_told_by_item(&self, turn: Turn, grant: &Grant, person: Option<&PersonId>, today: Date) -> bool {
        let same = matches!(turn, Turn::Request | Turn::Give | Turn::Try);
        let open = |item: &crate::checklist::item::Item| item.is_open() && person.is_none_or(|person| self.is_of(item, person, today));
        same && self.item_of(grant).is_some_and(|item| open(item))
    }

    /// By when it has to be done.
    pub fn turn_due(&self, turn: Turn, grant: &Grant, (calendars, today): (&Calendars, Date)) -> Option<Date> {
        match turn {
            Turn::Request => grant.start_by.or_else(|| grant.due_on()),
            Turn::Give | Turn::Try | Turn::Repair => grant.due_on(),
            Turn::Attend => grant.coming(today).map(|booked| booked.on),
            Turn::Renew => grant.until,
            Turn::AskEnd | Turn::Revoke | Turn::Confirm => self.grant_ends_on(grant, calendars, today),
        }
    }

    /// Since when it waits: it came to this step, and what is before it is there.
    pub fn turn_since(&self, grant: &Grant) -> Timestamp {
        let before = self.resource(&grant.resource).map(|resource: &Resource| resource.after.as_slice()).unwrap_or_default();
        let before = before.iter().filter_map(|id| self.grant(&grant.person, id)).filter(|grant| grant.wanted);
        before.map(|before| before.since).fold(grant.since, Timestamp::max)
    }

    /// The grants that wait for a member, the most urgent first, each with its day. What an item of theirs says already is not among them.
    pub fn waiting_for(&self, member: &Member, calendars: &Calendars, today: Date) -> Vec<(Waiting, Option<Date>)> {
        let mut waiting: Vec<_> = self
            .grants
            .iter()
            .filter_map(|grant| {
                let turn = self.turn(grant, today).filter(|turn| self.is_turn_of(*turn, grant, member))?;
                let told = self.is_told_by_item(turn, grant, Some(&member.person), today);
                let waits = Waiting { turn, person: grant.person.clone(), resource: grant.resource.clone() };
                (!told).then(|| (waits, self.turn_due(turn, grant, (calendars, today))))
            })
            .collect();
        waiting.sort_by_key(|(_, due)| due.unwrap_or(Date::MAX));
        waiting
    }
}

/// After the end nothing is given any more: what was carried over ends on its day.
fn turn_after_the_end(grant: &Grant, resource: &Resource, today: Date) -> Option<Turn> {
    let carried = grant.carried.as_ref().is_some_and(|carried| carried.until >= today);
    match grant.step {
        Step::RevokeRequested => Some(Turn::Revoke),
        Step::Revoked => Some(Turn::Confirm),
        Step::Granted | Step::Verified | Step::Broken | Step::Suspended if !carried => resource.kind.is_revoked().then_some(Turn::AskEnd),
        Step::Granted | Step::Verified if grant.ends_soon(today) => Some(Turn::Renew),
        _ => None,
    }
}
