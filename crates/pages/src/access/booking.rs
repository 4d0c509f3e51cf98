//! When a room is there, and for how many.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure,
    access::resource::{Seen, book_room},
};
use tminus_domain::{
    access::booking::{Booking, Fault},
    ids::{EngagementId, ResourceId},
    kit::access::{Resource, ResourceKind},
    schedule::Weekdays,
};

use super::resource::{ResourcePage, answer, at};
use crate::{
    caller::Caller,
    fields::{Fields, refused},
    people::DAYS,
    when,
    words::Words,
};

impl ResourcePage<'_> {
    pub(super) fn is_room(&self) -> bool {
        self.resource.is_some_and(|resource| resource.kind == ResourceKind::Room)
    }

    fn kept(&self) -> Option<&Booking> {
        self.access.engagement.plan.bookings.get(&self.resource?.id)
    }

    /// The days of the week, and whether it is booked on each.
    pub(super) fn days(&self) -> Vec<(&'static str, Words, bool)> {
        let kept: Vec<String> = self.kept().map(|booking| booking.days.into()).unwrap_or_default();
        let sent = || self.tried.sent.all("day").map(str::to_owned).collect();
        let chosen = if self.tried.act == "booking" { sent() } else { kept };
        DAYS.map(|(day, words)| (day, words, chosen.iter().any(|it| it == day))).into()
    }

    /// What a field of the form holds.
    pub(super) fn booked(&self, field: &str) -> String {
        if self.tried.act == "booking" {
            return self.tried.sent.get(field).to_owned();
        }
        let Some(booking) = self.kept() else { return String::new() };
        match field {
            "from" => booking.from.map(|day| day.to_string()),
            "until" => booking.until.map(|day| day.to_string()),
            "seats" => booking.seats.map(|seats| seats.to_string()),
            _ => Some(booking.reference.clone()),
        }
        .unwrap_or_default()
    }

    /// `Tue–Thu, until 27 Mar, 12 seats, R-4711`
    pub(super) fn booking(&self, resource: &Resource) -> Option<String> {
        let booking = self.access.engagement.plan.bookings.get(&resource.id)?;
        let parts = [
            Some(booking.days.to_string()),
            booking.from.map(|day| t!("booking.since").with("day", when::short_day(day)).to_string()),
            booking.until.map(|day| t!("record.until").with("day", when::short_day(day)).to_string()),
            booking.seats.map(|seats| {
                t!("booking.for.one").or_many(t!("booking.for.many"), usize::try_from(seats).unwrap_or(usize::MAX)).to_string()
            }),
            Some(booking.reference.clone()).filter(|reference| !reference.is_empty()),
        ];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    pub(super) fn faults(&self, resource: &Resource) -> Vec<String> {
        let faults = self.access.engagement.booking_faults(resource, self.access.today);
        faults.iter().map(told).collect()
    }
}

/// What is wrong with a booking, as a sentence.
pub(super) fn told(fault: &Fault) -> String {
    match fault {
        Fault::Days(days) => t!("booking.fault_days").with("days", days).to_string(),
        Fault::EndsEarly(end) => t!("booking.fault_end").with("day", when::short_day(*end)).to_string(),
        Fault::Seats { seats, people } => t!("booking.fault_seats").with("seats", seats).with("people", people).to_string(),
    }
}

pub(super) async fn book(caller: Caller, Path((id, resource)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, resource) = (EngagementId(id), ResourceId(resource));
    let done = async {
        let seen = Seen { resource: resource.clone(), version: fields.version()? };
        book_room(caller.app(), &caller.actor, &engagement, (seen, booking(&fields)?)).await?;
        Ok((at(&engagement, &resource), t!("booking.done").text().to_owned()))
    };
    let done = done.await;
    answer(caller, (engagement, Some(resource)), ("booking", fields), done).await
}

/// Without a day there is no booking.
fn booking(fields: &Fields) -> Result<Option<Booking>, Failure> {
    fields.only(&["version", "day", "from", "until", "seats", "reference"])?;
    let (from, until, seats, reference) =
        (fields.date("from")?, fields.date("until")?, fields.parsed("seats")?, fields.text("reference").trim().to_owned());
    if !fields.has("day") {
        let empty = from.is_none() && until.is_none() && seats.is_none() && reference.is_empty();
        return if empty { Ok(None) } else { Err(refused("days", t!("booking.no_days"))) };
    }
    let days = Weekdays::try_from(fields.all("day").map(str::to_owned).collect::<Vec<_>>());
    let days = days.map_err(|unusable| refused("days", unusable.to_string()))?;
    Ok(Some(Booking { days, from, until, seats, reference }))
}
