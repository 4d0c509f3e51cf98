//! By when access has to be gone: the last day, some days more for what is sent back or exported first, and at once where that is needed.

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Grant, Step, holding::Holding};
use crate::{checklist::item::Mark, engagement::Engagement, ids::PersonId, kit::access::ResourceKind, schedule::Calendars};

/// The milestone that the end of access counts from.
pub const ENGAGEMENT_END: &str = "engagement.end";

/// That somebody's access ends at once, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    pub person: PersonId,
    pub on: Date,
    /// For the delivery side alone.
    #[serde(default)]
    pub reason: String,
    pub mark: Mark,
}

impl Engagement {
    /// That a grant ends at once.
    pub fn urgent(&self, grant: &Grant) -> Option<&Urgent> {
        self.plan.urgent.iter().find(|it| it.person == grant.person && grant.step.is_ending())
    }

    /// Those whose access ended at once, without the ones of whom nothing is left to end.
    pub fn still_urgent(&self) -> Vec<Urgent> {
        let left =
            |it: &&Urgent| self.grants.iter().any(|grant| grant.person == it.person && grant.step.is_ending() && grant.step.is_live());
        self.plan.urgent.iter().filter(left).cloned().collect()
    }

    /// By when a grant has to be gone. `None` where no day is known: then it is now.
    pub fn grant_ends_on(&self, grant: &Grant, calendars: &Calendars, today: Date) -> Option<Date> {
        if let Some(urgent) = self.urgent(grant) {
            return Some(urgent.on);
        }
        if let Some(carried) = &grant.carried {
            return Some(carried.until);
        }
        let kind = self.resource(&grant.resource).map_or(ResourceKind::Other, |it| it.kind);
        let member = self.member(&grant.person);
        let lapsed = grant.until.filter(|until| *until < today);
        let asked = grant.step.is_ending() || member.is_none();
        let on_record = || Some(grant.since.to_zoned(TimeZone::get(&self.plan.setup.zone).unwrap_or(TimeZone::UTC)).date());
        let last = member.and_then(|member| member.until).or(lapsed);
        let last = last.or_else(|| if asked { on_record() } else { self.milestone(ENGAGEMENT_END) })?;
        calendars.after(last, kind.days_to_end()).ok().map(|day| if kind.days_to_end() == 0 { last } else { day })
    }

    /// By when what the engagement has as a whole has to be closed. `None` while its end is not known.
    pub fn holding_ends_on(&self, holding: &Holding, calendars: &Calendars) -> Option<Date> {
        if let Some(carried) = &holding.carried {
            return Some(carried.until);
        }
        let end = self.milestone(ENGAGEMENT_END)?;
        let days = if holding.kind == ResourceKind::Other { ResourceKind::Room.days_to_end() } else { holding.kind.days_to_end() };
        if days == 0 { Some(end) } else { calendars.after(end, days).ok() }
    }

    /// What has to end, in the order in which to do it: at once first, then by its day. `all` is the end of the engagement; a person is all of theirs.
    pub fn ending(&self, calendars: &Calendars, (today, all, person): (Date, bool, Option<&PersonId>)) -> Vec<(Option<Date>, &Grant)> {
        let of = |grant: &&std::sync::Arc<Grant>| person.is_none_or(|person| &grant.person == person);
        let grants = self.to_revoke(today, all || person.is_some()).filter(of);
        let mut lines: Vec<_> = grants.map(|grant| (self.grant_ends_on(grant, calendars, today), &**grant)).collect();
        // What was revoked and only waits for a word comes after what still works.
        lines.sort_by_key(|(due, grant)| {
            let days = self.resource(&grant.resource).map_or(0, |it| it.kind.days_to_end());
            (self.urgent(grant).is_none(), grant.step == Step::Revoked, due.unwrap_or(today), days, grant.person.clone())
        });
        lines
    }
}
