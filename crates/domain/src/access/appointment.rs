//! When and where somebody gets it in person: a badge, a device, a check of who they are.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{Grant, Step, work::Refused};
use crate::{
    engagement::Engagement,
    ids::PersonId,
    kit::access::Resource,
    people::{Member, is_plain},
    schedule::{Calendars, WorkCalendar},
};

/// The longest place, in characters.
pub const MAX_PLACE: usize = 200;

/// A day, and a time on the clock of the engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    pub on: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// Where, with whom, what to wear: one line.
    #[serde(default)]
    pub place: String,
}

impl Appointment {
    /// `2026-01-12 10:00, Building 7`
    pub fn in_words(&self) -> String {
        let at = self.clock().map(|at| format!(" {at}")).unwrap_or_default();
        let place = Some(&self.place).filter(|place| !place.is_empty()).map(|place| format!(", {place}")).unwrap_or_default();
        format!("{}{at}{place}", self.on)
    }

    fn clock(&self) -> Option<String> {
        self.at.map(|at| format!("{:02}:{:02}", at.hour(), at.minute()))
    }
}

impl Resource {
    /// Whether people get it in person.
    pub fn is_got_in_person(&self) -> bool {
        self.kind.is_handed_back() || !self.bring.is_empty()
    }
}

impl Grant {
    /// The appointment that is still ahead, of what is not there yet.
    pub fn coming(&self, today: Date) -> Option<&Appointment> {
        let waits = matches!(self.step, Step::Needed | Step::Requested | Step::Approved);
        self.appointment.as_ref().filter(|it| waits && it.on >= today)
    }

    /// What somebody has to know of their appointment besides the day, after what it is for: `Site badge, 10:00, Building 7: two forms of identification`.
    pub fn attends(&self, what: &str, resource: Option<&Resource>) -> String {
        let booked = self.appointment.as_ref();
        let at = booked.and_then(Appointment::clock);
        let place = booked.map(|it| it.place.clone()).filter(|place| !place.is_empty());
        let told = [Some(what.to_owned()), at, place].into_iter().flatten().collect::<Vec<_>>().join(", ");
        match resource.map(|it| it.bring.join(", ")).filter(|bring| !bring.is_empty()) {
            Some(bring) => format!("{told}: {bring}"),
            None => told,
        }
    }
}

impl Engagement {
    /// Whether somebody can have an appointment there and then: nothing comes before it that is not there yet, they are on the engagement that day,
    /// and both the side that gives it and they themselves work.
    pub fn books(&self, resource: &Resource, person: &PersonId, booked: &Appointment, today: Date) -> Result<(), Refused> {
        if !resource.is_got_in_person() {
            return Err(Refused::NotInPerson);
        }
        if !booked.place.is_empty() && !is_plain(&booked.place, MAX_PLACE) {
            return Err(Refused::Place);
        }
        if booked.on < today {
            return Err(Refused::AppointmentPast);
        }
        let before: Vec<_> = self.access_before(resource, person, today).collect();
        if !before.is_empty() {
            // What is internal has no name for those of whom the appointment may be.
            let title =
                |it: &&Resource| if it.internal && !resource.internal { super::linked::INSIDE.to_owned() } else { it.title.clone() };
            return Err(Refused::Before(before.iter().map(title).collect()));
        }
        let here = |member: &&Member| (member.from.unwrap_or(Date::MIN)..=member.until.unwrap_or(Date::MAX)).contains(&booked.on);
        let member = self.member(person).filter(here).ok_or(Refused::NotHere)?;
        let (calendars, giving) = (&self.plan.setup.calendars, self.giving_side(resource));
        if is_closed(calendars.iter().filter(|calendar| calendar.side == giving), booked.on) {
            return Err(Refused::DayOff(booked.on));
        }
        let off = !member.gives(booked.on) || member.is_absent(calendars, booked.on) || is_closed(member.calendars(calendars), booked.on);
        if off { Err(Refused::OwnDayOff(booked.on)) } else { Ok(()) }
    }
}

/// Whether one of these calendars does not work on a day.
fn is_closed<'a>(calendars: impl IntoIterator<Item = &'a WorkCalendar>, day: Date) -> bool {
    let working = Calendars::new(calendars.into_iter().cloned().collect()).map(|all| all.is_working(day));
    working.is_ok_and(|working| working.is_ok_and(|works| !works))
}
