//! Which days are worked, and what follows from that for dates.

mod calendar;
mod dates;
mod explain;
mod fit;
mod holidays;
mod regions;
mod work_days;
mod year;

pub use calendar::{
    Closure, ClosureKind, MAX_CALENDAR_NAME, MAX_CALENDARS, MAX_CLOSURE_DAYS, MAX_CLOSURES, Region, Unusable, Weekdays, WorkCalendar,
};
pub use dates::{Anchor, Calendars, Clash, DayState, NoDate, Off, OffReason};
pub use explain::{Computed, Explanation, Moved, Skipped};
pub use fit::Fit;
pub use holidays::{HOLIDAY_SOURCE, Holiday, NotHeld, public_holidays};
pub use regions::{RegionName, region_name, region_of, regions};
pub use work_days::WorkDays;

#[cfg(test)]
mod tests;
