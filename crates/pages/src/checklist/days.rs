//! Business days from today, counted once and looked up from then on.

use std::fmt::Write as _;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use tminus_domain::{
    checklist::{item::Item, status::State},
    engagement::Engagement,
    kit::{
        Side,
        due::{DayUnit, DueRule},
    },
    schedule::{Calendars, Computed, OffReason, WorkCalendar},
};

use crate::when::Due;

/// How far back and ahead of today days are counted. Farther dates are shown without a distance.
const BACK: i64 = 500;
const AHEAD: i64 = 1_000;

/// Start-by dates are said this many business days ahead.
const SOON: i32 = 3;

/// The working days of one set of calendars around one day.
pub(crate) struct Days {
    pub(crate) today: Date,
    calendars: Vec<WorkCalendar>,
    zone: String,
    there: TimeZone,
    first: Date,
    /// How many days are worked from `first` up to each day, that day not counted.
    before: Vec<u16>,
}

impl Days {
    /// `zone` is where the engagement is at home.
    pub(crate) fn of(calendars: &[WorkCalendar], zone: &str, today: Date) -> Self {
        let first = today.saturating_sub(BACK.days());
        let mut before = Vec::new();
        if let Ok(counted) = Calendars::new(calendars.to_vec()) {
            let mut count = 0;
            let mut day = first;
            for _ in 0..BACK + AHEAD {
                before.push(count);
                let Ok(works) = counted.is_working(day) else { break };
                count += u16::from(works);
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
        let there = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Self { today, calendars: calendars.to_vec(), zone: zone.to_owned(), there, first, before }
    }

    pub(crate) fn fits(&self, calendars: &[WorkCalendar], zone: &str, today: Date) -> bool {
        self.today == today && self.zone == zone && self.calendars == calendars
    }

    /// The day that an instant falls on where the engagement is at home.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.there.clone()).date()
    }

    fn worked_before(&self, date: Date) -> Option<i32> {
        let index = self.first.until(date).ok()?.get_days();
        self.before.get(usize::try_from(index).ok()?).map(|count| i32::from(*count))
    }

    /// Business days from today to a date; negative since then. `None` where it is too far, or the calendars are unusable.
    pub(crate) fn to(&self, date: Date) -> Option<i32> {
        self.between(self.today, date)
    }

    pub(crate) fn between(&self, from: Date, to: Date) -> Option<i32> {
        if from <= to {
            return Some(self.worked_before(to)? - self.worked_before(from)?);
        }
        Some(self.worked_before(to.tomorrow().ok()?)? - self.worked_before(from.tomorrow().ok()?)?)
    }

    /// The day that is `count` business days after today.
    pub(crate) fn after(&self, count: i32) -> Option<Date> {
        let wanted = self.worked_before(self.today)? + count;
        let index = self.before.partition_point(|before| i32::from(*before) <= wanted).checked_sub(1)?;
        self.first.checked_add(i64::try_from(index).ok()?.days()).ok()
    }

    /// How an item's date is shown today, where it is [`Self::short`] or not.
    pub(crate) fn due(&self, item: &Item, short: Option<(u32, u32)>) -> Option<Due> {
        if item.state() == State::NotApplicable {
            return Some(Due::LeftOut);
        }
        if item.state().is_closed() {
            let at = item.done.as_ref().map_or(item.status.since, |mark| mark.at);
            return Some(Due::Done { due: item.due_on(), on: self.day(at), waived: item.state() == State::Waived });
        }
        let due = match item.due.as_ref()? {
            Computed::Known { date, .. } => *date,
            Computed::Unknown { rule, anchor } => return Some(Due::Unknown { rule: unknown(rule, anchor) }),
        };
        let left = self.to(due)?;
        Some(match short {
            _ if due < self.today => Due::Late { due, by: left.unsigned_abs() },
            Some((need, left)) => Due::Unfeasible { due, need, left },
            None if due == self.today => Due::Today { due },
            None => self.start(item).map_or(Due::Ahead { due, left: left.unsigned_abs() }, |start| Due::StartBy { due, start }),
        })
    }

    /// Those who do not work on a day: the side, the calendar's name, and the holiday or closure, empty on a weekend.
    pub(crate) fn off(&self, date: Date) -> Vec<(Side, String, String)> {
        let state = Calendars::new(self.calendars.clone()).ok().and_then(|calendars| calendars.working(date).ok());
        let off = state.map(|state| state.off).unwrap_or_default();
        let mut said: Vec<(Side, String, String)> = Vec::new();
        for calendar in &self.calendars {
            let Some(why) = off.iter().find(|off| off.calendar == calendar.name) else { continue };
            let title = if why.reason == OffReason::Weekend { String::new() } else { why.title.clone() };
            said.push((calendar.side, calendar.name.clone(), title));
        }
        said
    }

    fn start(&self, item: &Item) -> Option<Date> {
        let start = item.start_by.filter(|start| item.state() == State::ToDo && *start >= self.today)?;
        (self.to(start)? <= SOON).then_some(start)
    }

    pub(crate) fn short(&self, engagement: &Engagement, item: &Item) -> Option<(u32, u32)> {
        engagement.short(item, |date| self.to(date), |at| self.day(at))
    }
}

/// `Kick-off − 10 bd, Kick-off not set`.
fn unknown(rule: &DueRule, anchor: &str) -> String {
    let offset = offset(rule);
    let words = if offset.is_empty() { t!("due.unknown_day").with("anchor", anchor) } else { t!("due.unknown").with("anchor", anchor) };
    words.with("offset", offset).into()
}

/// `− 10 bd`
pub(crate) fn offset(rule: &DueRule) -> String {
    let mut text = String::new();
    if rule.offset != 0 {
        let unit = if rule.unit == DayUnit::Business { "bd" } else { "d" };
        let _ = write!(text, "{} {} {unit}", if rule.offset < 0 { '−' } else { '+' }, rule.offset.unsigned_abs());
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use tminus_domain::{
        kit::Side,
        schedule::{Calendars, WorkCalendar},
    };

    use crate::{checklist::days::Days, when::Due};

    fn calendars() -> Vec<WorkCalendar> {
        let region = |text: &str| text.parse().expect("a region");
        vec![
            WorkCalendar::new("Delivery", Side::Delivery).in_region(region("DE-BY")),
            WorkCalendar::new("Customer", Side::Customer).in_region(region("US")),
        ]
    }

    #[test]
    fn distances_are_those_of_the_calendars_themselves() {
        let today = date(2025, 12, 18);
        let (days, slow) = (Days::of(&calendars(), "UTC", today), Calendars::new(calendars()).expect("calendars"));
        let mut day: Date = date(2025, 6, 1);
        while day < date(2026, 9, 1) {
            assert_eq!(days.to(day), Some(slow.business_days_between(today, day).expect("in reach")), "{day}");
            day = day.tomorrow().expect("a day");
        }
    }

    #[test]
    fn a_count_of_days_ends_on_a_worked_day() {
        let days = Days::of(&calendars(), "UTC", date(2025, 12, 18));
        let slow = Calendars::new(calendars()).expect("calendars");
        for count in 1..60_u32 {
            let day = days.after(count.cast_signed()).expect("near");
            assert_eq!(slow.after(days.today, count), Ok(day), "{count}");
        }
    }

    #[test]
    fn a_date_out_of_reach_has_no_distance() {
        let days = Days::of(&calendars(), "UTC", date(2025, 12, 18));
        assert_eq!(days.to(date(2040, 1, 1)), None);
        assert_eq!(days.to(date(1999, 1, 1)), None);
    }

    #[test]
    fn what_is_done_or_begun_late_in_the_evening_is_so_on_the_day_of_the_engagement() {
        use tminus_domain::checklist::{
            item::{Content, Item},
            status::{Court, State},
        };
        let at = "2025-12-17T23:30:00Z".parse().expect("an instant");
        let days = |zone: &str| Days::of(&calendars(), zone, date(2025, 12, 18));
        let mut item = Item::to_do("item".into(), std::sync::Arc::new(Content::default()), Court::from(Side::Delivery), at);
        item.status.state = State::Done;
        let done = |zone: &str| days(zone).due(&item, None);
        assert!(matches!(done("UTC"), Some(Due::Done { on, .. }) if on == date(2025, 12, 17)));
        assert!(matches!(done("Asia/Tokyo"), Some(Due::Done { on, .. }) if on == date(2025, 12, 18)));
        assert!(!days("UTC").fits(&calendars(), "Asia/Tokyo", date(2025, 12, 18)), "another zone is another count");
    }
}
