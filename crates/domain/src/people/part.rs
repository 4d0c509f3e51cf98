//! Whose lead, stand-in or member somebody is in a workstream, and who is away.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Member;
use crate::{
    engagement::Engagement,
    ids::{PersonId, WorkstreamId},
    kit::Side,
    rights::Function,
    schedule::{Closure, ClosureKind, WorkCalendar},
};

/// What somebody is in a workstream. The first is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Lead,
    /// Stands in for the lead.
    Alternate,
    Member,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Lead, Self::Alternate, Self::Member];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Alternate => "alternate",
            Self::Member => "member",
        }
    }
}

impl std::str::FromStr for Part {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|part| part.as_str() == text).ok_or(())
    }
}

impl Member {
    /// What they are in a workstream; `None` where it is not theirs.
    pub fn part(&self, workstream: &WorkstreamId) -> Option<Part> {
        let theirs = self.workstreams.contains(workstream);
        theirs.then(|| self.parts.get(workstream).copied().unwrap_or_else(|| self.usual_part()))
    }

    /// Whether they lead a workstream, or all that they are in by their function.
    pub fn leads(&self) -> bool {
        self.function == Function::WorkstreamLead || self.workstreams.iter().any(|it| self.part(it) == Some(Part::Lead))
    }

    /// What somebody with their function is in each of their workstreams, unless it is said otherwise.
    pub fn usual_part(&self) -> Part {
        if self.function == Function::WorkstreamLead { Part::Lead } else { Part::Member }
    }

    /// Takes a part in a workstream, which becomes theirs.
    pub fn take(&mut self, workstream: WorkstreamId, part: Part) {
        if part == self.usual_part() {
            self.parts.remove(&workstream);
        } else {
            self.parts.insert(workstream.clone(), part);
        }
        if !self.workstreams.contains(&workstream) {
            self.workstreams.push(workstream);
        }
    }

    /// The calendars that they follow: the one named, else those of their side, else all that there are.
    pub fn calendars<'a>(&self, all: &'a [WorkCalendar]) -> Vec<&'a WorkCalendar> {
        if let Some(own) = self.own_calendar(all) {
            return vec![own];
        }
        let side: Vec<_> = all.iter().filter(|calendar| calendar.side == self.side()).collect();
        if side.is_empty() { all.iter().collect() } else { side }
    }

    /// The calendar that they are said to follow, if it is there.
    pub fn own_calendar<'a>(&self, all: &'a [WorkCalendar]) -> Option<&'a WorkCalendar> {
        all.iter().find(|calendar| Some(&calendar.name) == self.calendar.as_ref())
    }

    /// What a date that is only about them is counted over: the others' calendars, and for their side the one that they follow.
    pub fn counted_over(&self, all: &[WorkCalendar]) -> Option<Vec<WorkCalendar>> {
        let own = self.own_calendar(all)?;
        Some(all.iter().filter(|it| it.side != self.side() && it.name != own.name).chain([own]).cloned().collect())
    }

    /// How many days a week they work on this engagement.
    pub fn days_a_week(&self, all: &[WorkCalendar]) -> u8 {
        let of_calendar = || self.calendars(all).iter().map(|calendar| calendar.working_days.count()).min().unwrap_or(5);
        self.days.map_or_else(of_calendar, crate::schedule::Weekdays::count)
    }

    /// Whether a day of the week is one of those that they give to this engagement.
    pub fn gives(&self, day: Date) -> bool {
        self.days.is_none_or(|days| days.contains(day.weekday()))
    }

    /// Whether somebody has to stand in for them on a day: they are gone, not here yet, or absent.
    pub fn is_away(&self, all: &[WorkCalendar], day: Date) -> bool {
        !self.is_here(day) || self.from.is_some_and(|from| from > day) || self.is_absent(all, day)
    }

    /// Whether the calendar that they follow says that they are absent on a day.
    pub fn is_absent(&self, all: &[WorkCalendar], day: Date) -> bool {
        let covers = |it: &Closure| it.kind == ClosureKind::Absence && it.from <= day && day <= it.to;
        self.own_calendar(all).is_some_and(|calendar| calendar.closures.iter().any(covers))
    }
}

impl Engagement {
    /// Who has a part in a workstream on one side, of those who are not gone.
    pub fn having<'a>(&'a self, (part, workstream): (Part, &'a WorkstreamId), side: Side, today: Date) -> impl Iterator<Item = &'a Member> {
        self.members.iter().filter(move |it| it.side() == side && it.part(workstream) == Some(part) && it.is_here(today))
    }

    /// Where two people of one side think that they lead a workstream.
    pub fn doubled_leads(&self, today: Date) -> Vec<(&WorkstreamId, Side, Vec<&PersonId>)> {
        let mut doubled = Vec::new();
        for workstream in self.plan.setup.workstreams.iter().map(|it| &it.id) {
            for side in [Side::Customer, Side::Delivery, Side::Partner] {
                let leads: Vec<_> = self.having((Part::Lead, workstream), side, today).map(|it| &it.person).collect();
                if leads.len() > 1 {
                    doubled.push((workstream, side, leads));
                }
            }
        }
        doubled
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_part_follows_from_the_function_until_it_is_said() {
        let mut dee = Member::new("dee".into(), Function::WorkstreamLead);
        assert_eq!(dee.part(&"security".into()), None);
        dee.take("security".into(), Part::Lead);
        dee.take("operations".into(), Part::Alternate);
        assert!(!dee.parts.contains_key(&"security".into()), "what follows anyway is not said");
        assert_eq!(dee.part(&"security".into()), Some(Part::Lead));
        assert_eq!(dee.part(&"operations".into()), Some(Part::Alternate));
        dee.function = Function::DeliveryMember;
        assert_eq!(dee.part(&"security".into()), Some(Part::Member));
        assert_eq!(dee.part(&"operations".into()), Some(Part::Alternate), "what was said stays");
    }

    #[test]
    fn a_member_of_before_reads_as_they_were() {
        let old = r#"{"person":"dee","function":"workstream_lead","roles":["workstream-lead"],"workstreams":["security"],"onsite":true}"#;
        let dee: Member = serde_json::from_str(old).expect("reads");
        assert_eq!((dee.part(&"security".into()), dee.site.as_str(), dee.days, &dee.calendar), (Some(Part::Lead), "", None, &None));
        let written = serde_json::to_value(&dee).expect("writes");
        assert!(["parts", "site", "calendar", "days", "account_team"].iter().all(|new| written.get(new).is_none()), "{written}");
    }

    #[test]
    fn the_own_calendar_takes_the_place_of_those_of_the_side() {
        let mut away = WorkCalendar::new("Ben", Side::Customer);
        let (from, to) = (date(2026, 3, 2), date(2026, 3, 6));
        away.closures.push(Closure { from, to, title: "Leave".into(), kind: ClosureKind::Absence });
        let all = [WorkCalendar::new("Delivery", Side::Delivery), WorkCalendar::new("Customer", Side::Customer), away];
        let mut ben = Member::new("ben".into(), Function::CustomerMember);
        let names = |ben: &Member| ben.counted_over(&all).map(|all| all.into_iter().map(|it| it.name).collect::<Vec<_>>());
        assert_eq!((names(&ben), ben.is_away(&all, from)), (None, false));
        ben.calendar = Some("Ben".to_owned());
        assert_eq!(names(&ben), Some(vec!["Delivery".to_owned(), "Ben".to_owned()]));
        assert_eq!([from, to, date(2026, 3, 7)].map(|day| ben.is_away(&all, day)), [true, true, false]);
        ben.calendar = Some("Gone".to_owned());
        assert_eq!(ben.calendars(&all).len(), 2, "a calendar that is there no more is none");
        ben.from = Some(date(2026, 3, 9));
        assert!(ben.is_away(&all, date(2026, 3, 8)) && !ben.is_away(&all, date(2026, 3, 9)));
    }
}
