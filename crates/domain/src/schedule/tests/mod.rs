//! Delivery in Munich or Berlin, customer in the USA or Israel.

mod calendars;
mod dates;
mod explained;
mod laws;
mod public;

use jiff::civil::{Date, Weekday};

use super::*;
use crate::kit::{Side, due::LeadTime};

fn day(text: &str) -> Date {
    text.parse().expect(text)
}

fn region(code: &str) -> Region {
    code.parse().expect(code)
}

fn delivery(code: &str) -> WorkCalendar {
    WorkCalendar::new("Delivery", Side::Delivery).in_region(region(code))
}

fn customer(code: &str) -> WorkCalendar {
    WorkCalendar::new("Customer", Side::Customer).in_region(region(code))
}

/// A customer that works Sunday to Thursday and keeps no public holidays.
fn sunday_to_thursday() -> WorkCalendar {
    let week = [Weekday::Sunday, Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday];
    WorkCalendar { working_days: Weekdays::new(week).expect("five days"), ..WorkCalendar::new("Customer", Side::Customer) }
}

fn closure(from: &str, to: &str, title: &str, kind: ClosureKind) -> Closure {
    Closure { from: day(from), to: day(to), title: title.to_owned(), kind }
}

fn both(one: WorkCalendar, other: WorkCalendar) -> Calendars {
    Calendars::new(vec![one, other]).expect("usable")
}

fn munich_and_usa() -> Calendars {
    both(delivery("DE-BY"), customer("US"))
}

fn kickoff(date: &str) -> Anchor {
    Anchor { id: "kickoff".into(), title: "kick-off".to_owned(), date: Some(day(date)) }
}

fn lead(days: u16) -> LeadTime {
    LeadTime { days }
}

fn computed(calendars: &Calendars, rule: &str, anchor: &Anchor) -> (Date, String) {
    let computed = calendars.compute(&rule.parse().expect(rule), anchor).expect(rule);
    (computed.date().expect("known"), computed.to_string())
}
