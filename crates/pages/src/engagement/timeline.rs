//! The countdown strip of one engagement: its milestones, free days, freezes and items on one calendar.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use tminus_domain::{checklist::item::Item, schedule::Calendars};

use super::desk::Desk;
use crate::{
    checklist::sheet::mark,
    draw::{Drawing, Milestone, Span, Square, Strip, strip},
    mark::Mark,
    when::{Countdown, full_day},
};

/// More days than this would stand too close.
const MOST: i32 = 75;
const FEWEST: i32 = 28;
/// What the strip names before all others.
const FIRST: [&str; 2] = ["kickoff", "sprint-0.end"];

pub(super) fn timeline(desk: &Desk) -> Option<Drawing> {
    let engagement = desk.engagement();
    let kickoff = engagement.milestone("kickoff")?;
    let (from, days) = range(desk);
    let days = u16::try_from(days).ok()?;
    let calendars = Calendars::new(engagement.plan.setup.calendars.clone()).ok()?;
    let dates = || (0..days).filter_map(move |index| from.checked_add(i64::from(index).days()).ok());
    let off = |date: Date| {
        let state = calendars.working(date).ok().filter(|state| !state.off.is_empty())?;
        let names = state.off.iter().filter(|off| off.title != "weekend").map(|off| format!("{} ({})", off.title, off.calendar));
        Some((date, names.collect::<Vec<_>>().join(", ")))
    };
    let count = |date: Date| desk.sheet.days.between(date, kickoff).map(|days_left| Countdown { days_left });
    let milestones = engagement.plan.milestones.iter().filter_map(|it| Some((it, it.when.date()?)));
    let freezes = calendars.list().iter().flat_map(|calendar| &calendar.closures).filter(|closure| !closure.kind.stops_work());
    Some(strip(&Strip {
        from,
        days,
        today: desk.today,
        free: dates().filter_map(off).collect(),
        milestones: milestones
            .map(|(it, date)| Milestone { name: it.title.clone(), date, countdown: count(date), first: FIRST.contains(&it.id.as_str()) })
            .collect(),
        freezes: freezes.map(|closure| Span { name: closure.title.clone(), from: closure.from, to: closure.to }).collect(),
        items: desk.sheet.rows.iter().filter_map(|row| square(desk, &row.item, &row.number)).collect(),
        ticks: dates().filter(|date| date.weekday() == Weekday::Monday).filter_map(|date| Some((date, count(date)?))).collect(),
    }))
}

/// The first day and how many: from the first milestone or due date to the last, with today in it.
fn range(desk: &Desk) -> (Date, i32) {
    let engagement = desk.engagement();
    let milestones = engagement.plan.milestones.iter().filter_map(|it| it.when.date());
    let dues = desk.sheet.rows.iter().filter_map(|row| row.item.due_on());
    let dates: Vec<Date> = milestones.chain(dues).chain([desk.today]).collect();
    let first = dates.iter().min().map_or(desk.today, |date| date.saturating_sub(2.days()));
    let last = dates.iter().max().map_or(desk.today, |date| date.saturating_add(3.days()));
    let span = first.until(last).map_or(FEWEST, |span| span.get_days() + 1);
    if span <= MOST {
        return (first, span.max(FEWEST));
    }
    let kickoff = engagement.milestone("kickoff").unwrap_or(desk.today);
    // Too long: today near the left, unless the kick-off would fall out on the right.
    let from = desk.today.saturating_sub(20.days()).max(first);
    let from = if from.until(kickoff).is_ok_and(|span| span.get_days() > MOST - 10) {
        kickoff.saturating_sub(60.days()).min(desk.today.saturating_sub(3.days()))
    } else {
        from
    };
    (from, MOST)
}

fn square(desk: &Desk, item: &Item, number: &str) -> Option<Square> {
    let zone = || TimeZone::get(&desk.engagement().plan.setup.zone).unwrap_or(TimeZone::UTC);
    let done = item.done.as_ref().map(|mark| mark.at.to_zoned(zone()).date());
    item.applies().then_some(())?;
    let mark = mark(item.state());
    Some(Square { on: done.or_else(|| item.due_on())?, tone: mark.tone, title: format!("{number} {}: {}", item.content.title, mark.word) })
}

/// Every milestone that has a date, and whether its day is over.
pub(super) fn milestones(desk: &Desk) -> Vec<(Mark, &str, String)> {
    let plan = &desk.engagement().plan;
    let known = plan.milestones.iter().filter_map(|it| Some((it.title.as_str(), it.when.date()?)));
    let of = |(title, date): (_, Date)| {
        let mark = match date {
            date if date < desk.today => Mark::DONE,
            date if date == desk.today => Mark::IN_PROGRESS,
            _ => Mark::TO_DO,
        };
        (mark, title, full_day(date))
    };
    known.map(of).collect()
}
