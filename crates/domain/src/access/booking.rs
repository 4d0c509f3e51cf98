//! When a room is there, and for how many: held against the days on which people meet.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::ending::ENGAGEMENT_END;
use crate::{
    engagement::Engagement,
    kit::{
        access::{Resource, ResourceKind},
        condition::Answer,
    },
    people::{Member, is_plain},
    schedule::Weekdays,
};

/// The longest reference, in characters, and the most seats.
pub const MAX_REFERENCE: usize = 120;
pub const MAX_SEATS: u32 = 10_000;

/// A room as it is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub days: Weekdays,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// For how many people it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// The number of the booking, or where it was made.
    #[serde(default)]
    pub reference: String,
}

/// Why a booking cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("only a room is booked")]
    NoRoom,
    #[error("it ends before it begins")]
    Order,
    #[error("give 1 to {MAX_SEATS} seats")]
    Seats,
    #[error("its reference stands in one line of at most {MAX_REFERENCE} characters")]
    Reference,
}

impl Unusable {
    /// The field that it is about.
    pub fn field(self) -> &'static str {
        match self {
            Self::NoRoom => "days",
            Self::Order => "until",
            Self::Seats => "seats",
            Self::Reference => "reference",
        }
    }
}

/// What is wrong with a booking, seen from the engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Both sides meet on these days, and the room is not there.
    Days(Weekdays),
    /// It ends before the engagement does.
    EndsEarly(Date),
    /// More people are on site on one of its days than it has seats.
    Seats { seats: u32, people: u32 },
}

impl Booking {
    pub fn check(&self, resource: &Resource) -> Result<(), Unusable> {
        let wrong = [
            (resource.kind != ResourceKind::Room, Unusable::NoRoom),
            (self.from.zip(self.until).is_some_and(|(from, until)| until < from), Unusable::Order),
            (self.seats.is_some_and(|seats| !(1..=MAX_SEATS).contains(&seats)), Unusable::Seats),
            (!self.reference.is_empty() && !is_plain(&self.reference, MAX_REFERENCE), Unusable::Reference),
        ];
        wrong.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, why)| Err(why))
    }
}

const WEEK: [Weekday; 7] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday];

impl Engagement {
    /// What is wrong with the booking of a room; nothing where nobody booked it yet.
    pub fn booking_faults(&self, resource: &Resource, today: Date) -> Vec<Fault> {
        let booked = self.plan.bookings.get(&resource.id).filter(|_| resource.kind == ResourceKind::Room);
        let Some(booking) = booked else { return Vec::new() };
        let missing = WEEK.into_iter().filter(|day| self.meets_on(resource, *day) && !booking.days.contains(*day));
        let days = Weekdays::new(missing).ok().map(Fault::Days);
        let end = self.milestone(ENGAGEMENT_END).filter(|end| booking.until.is_some_and(|until| until < *end));
        let people =
            WEEK.into_iter().filter(|day| booking.days.contains(*day)).map(|day| self.on_site_on(day, today)).max().unwrap_or_default();
        let seats = booking.seats.filter(|seats| *seats < people).map(|seats| Fault::Seats { seats, people });
        [days, end.map(Fault::EndsEarly), seats].into_iter().flatten().collect()
    }

    /// Whether the protocol says that the room has to be there on a day of the week.
    fn meets_on(&self, resource: &Resource, day: Weekday) -> bool {
        // A room that somebody added is there for the same days as those of the kits.
        let of_kits = || self.by_hand(&resource.id).and_then(|_| self.plan.resources.iter().find_map(|it| it.days.as_ref()));
        let answer = resource.days.as_ref().or_else(of_kits).and_then(|fact| self.plan.setup.answers.get(fact));
        let Some(Answer::Many(chosen)) = answer else { return false };
        Weekdays::try_from(chosen.iter().cloned().collect::<Vec<_>>()).is_ok_and(|days| days.contains(day))
    }

    /// How many people who have not left work on site on a day of the week.
    fn on_site_on(&self, day: Weekday, today: Date) -> u32 {
        let stays = |member: &Member| member.until.is_none_or(|until| until >= today);
        let works = |member: &&Member| member.onsite && stays(member) && member.days.is_none_or(|days| days.contains(day));
        u32::try_from(self.members.iter().filter(works).count()).unwrap_or(u32::MAX)
    }
}
