//! The countdown: where an engagement stands, in one sentence, one drawing and the shortest list of what holds it.

use std::borrow::Borrow;

use askama::Template;
use axum::{extract::Path, response::Response};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tminus_app::Failure;
use tminus_domain::{
    access::Ready,
    checklist::{
        item::Item,
        status::{Court, State},
    },
    engagement::gate::{GateState, Progress, Verdict},
    kit::{Hardness, task::WayOutKind},
    rights::Right,
};

use super::{
    desk::Desk,
    preview::{Line, line},
    shift::Shift,
    timeline::timeline,
};
use crate::{
    caller::{Caller, escaped},
    checklist::sheet::{OwnerFace, Row, faces, mark, tally, with},
    draw::{self, Drawing, Tally},
    mark::Mark,
    page::Page,
    shell::{Shell, Tab},
    when::{Countdown, Due, day, full_day},
    words::Words,
};

/// Lines of the lists; the rest is in the checklist.
const SHOWN: usize = 8;
/// Waived items that a gate names.
const WAIVED: usize = 3;

#[derive(Template)]
#[template(path = "engagement/countdown.html", blocks = ["inside"])]
struct CountdownPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    said: String,
    under: String,
    countdown: Option<(Countdown, String)>,
    ring: Drawing,
    progress: Progress,
    /// People who can work, for those who may see everybody's access.
    access: Option<Ready>,
    late: Readout,
    start: Readout,
    strip: Option<Drawing>,
    gates: Vec<GateCard<'a>>,
    holds: Option<Holds<'a>>,
    waiting: Vec<Waiting>,
    short: Vec<Short<'a>>,
    more_short: usize,
    /// What was to be done otherwise, and by whom it was decided.
    chosen: Vec<Chosen<'a>>,
    milestones: Vec<MilestoneLine>,
}

/// A number with what it means, and the items that it counts.
struct Readout {
    filter: &'static str,
    number: usize,
    under: String,
}

struct GateCard<'a> {
    title: &'a str,
    note: &'a str,
    countdown: Option<Countdown>,
    mark: Mark,
    hardness: Words,
    bar: Drawing,
    satisfied: u32,
    total: u32,
    by: String,
    open: Vec<&'a Row>,
    more: usize,
    /// What was waived, by whom and why, the first of it.
    waived: Vec<String>,
    more_waived: usize,
    /// All of it.
    waived_href: String,
    empty: bool,
}

/// What keeps the next gate from green.
struct Holds<'a> {
    gate: &'a str,
    lines: Vec<HoldLine<'a>>,
    more: usize,
}

struct HoldLine<'a> {
    row: &'a Row,
    mark: Mark,
    owners: Vec<OwnerFace>,
    with: Words,
    days: Option<u32>,
}

/// How much lies with whom, and since when.
struct Waiting {
    court: Court,
    name: String,
    count: usize,
    oldest: u32,
}

/// What cannot be made in time any more.
struct Short<'a> {
    row: &'a Row,
    title: String,
    due: String,
    drawing: Drawing,
    ways: Vec<&'a str>,
    shift: Option<Shift>,
}

/// A way out that somebody chose for an item that is still open.
struct Chosen<'a> {
    row: &'a Row,
    title: String,
    way: String,
}

struct MilestoneLine {
    line: Line,
    countdown: Option<Countdown>,
    given: bool,
}

impl Page for CountdownPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl CountdownPage<'_> {
    fn item(&self, row: &Row) -> String {
        format!("/engagements/{}/items/{}", self.desk.id(), row.item.id)
    }

    /// What the item is called, with the person or workstream that it is for.
    fn title(&self, row: &Row) -> String {
        titled(self.desk, &row.item)
    }

    /// Rows of four at most, six if there are six, and no hole at the end.
    fn width(&self, index: impl Borrow<usize>) -> &'static str {
        let index = *index.borrow();
        let count = self.gates.len();
        let fours = match count {
            6 => return "c2",
            count if count > 4 && count % 4 == 1 => count - 5,
            count => count - count % 4,
        };
        match (index < fours, count - fours, index.saturating_sub(fours)) {
            (true, ..) => "c3",
            (_, 1, _) => "c12",
            (_, 2, _) | (_, 5, 3..) => "c6",
            _ => "c4",
        }
    }

    fn apart(&self) -> usize {
        self.desk.sheet.rows.iter().filter(|row| !row.item.applies()).count()
    }

    fn plans(&self) -> bool {
        self.desk.may(Right::EditPlan)
    }
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = shown(&caller, &id).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, id: &str) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let edition = caller.asked.edition((desk.edition(caller), "countdown"));
    if caller.notice.is_none()
        && let Some(unchanged) = caller.asked.unchanged(&edition)
    {
        return Ok(unchanged);
    }
    let page = page(caller, &desk);
    Ok(if caller.notice.is_some() { caller.show(&page) } else { caller.asked.show_edition(&page, &edition) })
}

fn page<'a>(caller: &Caller, desk: &'a Desk) -> CountdownPage<'a> {
    let engagement = desk.engagement();
    let gates: Vec<_> = engagement.plan.gates.iter().map(|gate| GateState::of(gate, engagement, desk.today, |_| true)).collect();
    let mut short: Vec<_> = desk.sheet.rows.iter().filter_map(|row| Some((row, row.short?))).collect();
    // What can still be rescued comes first, then what lacks most.
    short.sort_by_key(|(row, (need, left))| (row.late, std::cmp::Reverse(need.saturating_sub(*left))));
    let countdown = next_milestone(desk);
    CountdownPage {
        shell: desk.shell(caller, Tab::Countdown),
        said: said(desk, &gates),
        under: countdown.as_ref().map_or_else(|| t!("countdown.no_kick_off").into(), |(_, under)| under.clone()),
        ring: draw::ring(ready(desk), 52, None),
        progress: Progress::of(engagement, |_| true),
        access: Some(engagement.access_ready(desk.today)).filter(|ready| ready.of > 0 && desk.may(Right::ReadAccess)),
        late: late(desk),
        start: start(desk),
        strip: timeline(desk),
        holds: holds(desk, &gates),
        gates: gates.iter().map(|gate| card(desk, gate)).collect(),
        waiting: waiting(desk),
        milestones: milestones(desk),
        countdown,
        more_short: short.len().saturating_sub(SHOWN),
        short: short.into_iter().take(SHOWN).filter_map(|(row, days)| shortfall(row, days, desk)).collect(),
        chosen: desk.sheet.rows.iter().filter_map(|row| chosen(row, desk)).take(SHOWN).collect(),
        desk,
    }
}

/// The milestone that the page counts down to: the kick-off, after it the end of Sprint 0.
pub(super) fn next_milestone(desk: &Desk) -> Option<(Countdown, String)> {
    let named = |id: &str| desk.engagement().plan.milestones.iter().find(|it| it.id.as_str() == id);
    let known = |id: &str| named(id).and_then(|it| Some((it.title.as_str(), it.when.date()?)));
    let kickoff = known("kickoff");
    let (title, date) = kickoff.filter(|(_, date)| *date >= desk.today).or_else(|| known("sprint-0.end")).or(kickoff)?;
    let days_left = desk.sheet.days.to(date)?;
    let words = match days_left {
        0 => t!("countdown.today").with("milestone", title),
        1.. => t!("countdown.ahead.one")
            .or_many(t!("countdown.ahead.many"), usize::try_from(days_left).unwrap_or_default())
            .with("milestone", title),
        _ => t!("countdown.past.one")
            .or_many(t!("countdown.past.many"), usize::try_from(days_left.unsigned_abs()).unwrap_or_default())
            .with("milestone", title),
    };
    Some((Countdown { days_left }, words.with("day", full_day(date)).to_string()))
}

/// The answer of the page.
fn said(desk: &Desk, gates: &[GateState]) -> String {
    let sheet = &desk.sheet;
    let closing = &desk.engagement().plan.closing;
    if let Some(at) = closing.closed_at {
        let zone = TimeZone::get(&desk.engagement().plan.setup.zone).unwrap_or(TimeZone::UTC);
        let closed = t!("countdown.closed").with("day", full_day(at.to_zoned(zone).date()));
        let since = desk.opened_since();
        let again = t!("countdown.reopened.one").or_many(t!("countdown.reopened.many"), since);
        return if since == 0 { closed.into() } else { format!("{closed} {again}") };
    }
    let worst = sheet.rows.iter().filter_map(|row| Some((row, row.short?)));
    let worst = worst.max_by_key(|(row, (need, left))| (!row.late, need.saturating_sub(*left)));
    let count = |one: Words, many: Words, n: usize| one.or_many(many, n);
    match worst {
        _ if sheet.rows.is_empty() => t!("countdown.empty").into(),
        Some((row, (need, left))) => count(t!("countdown.short.one"), t!("countdown.short.many"), sheet.short)
            .with("title", titled(desk, &row.item))
            .with("need", need)
            .with("left", left)
            .into(),
        None if sheet.late > 0 => count(t!("countdown.late.one"), t!("countdown.late.many"), sheet.late).into(),
        None if gates.iter().all(|gate| gate.verdict(desk.today) == Verdict::Green) => t!("countdown.ready").into(),
        None => {
            let start = sheet.rows.iter().filter(|row| row.start_now).count();
            if start > 0 {
                count(t!("countdown.start.one"), t!("countdown.start.many"), start).into()
            } else {
                t!("countdown.on_target").into()
            }
        }
    }
}

/// Items of the gates before the last, by state.
fn ready(desk: &Desk) -> Tally {
    let engagement = desk.engagement();
    let narrow: Vec<_> = engagement.plan.gates.iter().filter(|gate| !gate.everything).collect();
    let counted = desk.sheet.rows.iter().map(|row| &*row.item);
    tally(counted.filter(|item| narrow.is_empty() || narrow.iter().any(|gate| item.content.gates.contains(&gate.id))))
}

fn late(desk: &Desk) -> Readout {
    let oldest = desk.sheet.rows.iter().filter(|row| row.late).min_by_key(|row| row.item.due_on());
    let under = match oldest {
        Some(Row { due: Some(Due::Late { by, .. }), item, .. }) => {
            t!("countdown.oldest").with("n", by).with("with", with(item.court())).into()
        }
        _ => t!("countdown.none_late").into(),
    };
    Readout { filter: "late", number: desk.sheet.late, under }
}

fn start(desk: &Desk) -> Readout {
    let number = desk.sheet.rows.iter().filter(|row| row.start_now).count();
    Readout { filter: "start", number, under: if number > 0 { t!("countdown.or_miss") } else { t!("countdown.none_start") }.into() }
}

fn rows<'a>(desk: &'a Desk, ids: &[tminus_domain::ids::ItemId]) -> Vec<&'a Row> {
    let mut rows: Vec<_> = ids.iter().filter_map(|id| desk.sheet.row(id)).collect();
    let urgency = |row: &&Row| match row {
        Row { short: Some(_), late: false, .. } => 0,
        Row { late: true, .. } => 1,
        Row { start_now: true, .. } => 2,
        _ => 3,
    };
    rows.sort_by_key(|row| (urgency(row), row.item.due_on().unwrap_or(Date::MAX)));
    rows
}

fn card<'a>(desk: &'a Desk, state: &GateState) -> GateCard<'a> {
    let engagement = desk.engagement();
    let gate = engagement.plan.gates.iter().find(|gate| gate.id == state.gate.id);
    let verdict = state.verdict(desk.today);
    let open = rows(desk, &state.open);
    let waived = state.waived.iter().filter_map(|id| desk.sheet.row(id)).take(WAIVED).map(|row| {
        let by = row.item.status.by.as_ref().map_or("", |by| engagement.name(by));
        t!("countdown.waived")
            .with("title", titled(desk, &row.item))
            .with("name", by)
            .with("reason", row.item.status.reason.as_deref().unwrap_or_default())
            .into()
    });
    let counted = engagement.listed().filter(|item| state.gate.everything || item.content.gates.contains(&state.gate.id));
    GateCard {
        title: gate.map_or("", |gate| &gate.title),
        note: gate.map_or("", |gate| &gate.note),
        countdown: state.due.and_then(|due| desk.sheet.days.to(due)).map(|days_left| Countdown { days_left }),
        mark: match verdict {
            Verdict::Green => Mark::GATE_GREEN,
            Verdict::Late => Mark::GATE_LATE,
            Verdict::Empty => Mark::GATE_EMPTY,
            Verdict::Open if state.is_at_risk(desk.today, |id| open.iter().any(|row| row.item.id == *id && row.short.is_some())) => {
                Mark::AT_RISK
            }
            Verdict::Open => Mark::GATE_OPEN,
        },
        hardness: match state.gate.hardness {
            Hardness::Hard => t!("gate.hard"),
            Hardness::Soft => t!("gate.soft"),
            Hardness::Warn => t!("gate.warn"),
        },
        bar: draw::bar(tally(counted.map(|item| &**item))),
        satisfied: state.satisfied,
        total: state.total,
        by: state.due.map_or_else(|| t!("countdown.no_date").into(), day),
        more: open.len().saturating_sub(2),
        open: open.into_iter().take(2).collect(),
        waived: waived.collect(),
        more_waived: state.waived.len().saturating_sub(WAIVED),
        waived_href: format!("/engagements/{}/checklist?gate={}&state=waived", desk.id(), escaped(state.gate.id.as_str())),
        empty: verdict == Verdict::Empty,
    }
}

/// The shortest list to green: the open items of the next gate that is not green.
fn holds<'a>(desk: &'a Desk, gates: &[GateState]) -> Option<Holds<'a>> {
    let next = gates.iter().filter(|gate| !gate.open.is_empty()).min_by_key(|gate| (gate.due.unwrap_or(Date::MAX), gate.open.len()))?;
    let gate = desk.engagement().plan.gates.iter().find(|gate| gate.id == next.gate.id)?;
    let rows = rows(desk, &next.open);
    let lines = rows.iter().take(SHOWN).map(|row| HoldLine {
        row,
        mark: mark(row.item.state()),
        owners: faces(desk.engagement(), &row.item, desk.today),
        with: with(row.item.court()),
        days: since(desk, row.item.clock.since),
    });
    Some(Holds { gate: &gate.title, lines: lines.collect(), more: rows.len().saturating_sub(SHOWN) })
}

/// Business days since an instant.
fn since(desk: &Desk, at: Timestamp) -> Option<u32> {
    let zone = TimeZone::get(&desk.engagement().plan.setup.zone).unwrap_or(TimeZone::UTC);
    desk.sheet.days.between(at.to_zoned(zone).date(), desk.today).map(|days| days.max(0).unsigned_abs())
}

/// Work that lies with somebody: begun, waiting or due to be, by court.
fn waiting(desk: &Desk) -> Vec<Waiting> {
    let of = |court: Court| {
        let held = desk.sheet.rows.iter().filter(|row| row.item.is_open() && row.item.court() == court);
        let held: Vec<_> = held.filter(|row| row.item.state() != State::ToDo || row.late || row.start_now).collect();
        let oldest = held.iter().filter_map(|row| since(desk, row.item.clock.since)).max()?;
        let name = match court {
            Court::Customer => desk.engagement().plan.setup.customer.clone(),
            Court::Delivery => t!("countdown.waiting_delivery").into(),
            Court::Partner => t!("countdown.waiting_partner").into(),
            Court::ThirdParty => t!("countdown.waiting_third").into(),
        };
        Some(Waiting { court, name, count: held.len(), oldest })
    };
    let mut waiting: Vec<_> = Court::ALL.into_iter().filter_map(of).collect();
    waiting.sort_by_key(|line| std::cmp::Reverse(line.count));
    waiting
}

fn shortfall<'a>(row: &'a Row, (need, left): (u32, u32), desk: &Desk) -> Option<Short<'a>> {
    let fit = draw::Fit { name: String::new(), need, left, why: String::new() };
    let drawing = draw::fit_bar(&fit, need.max(20) + 6);
    let due = t!("preview.due").with("day", day(row.item.due_on()?)).into();
    Some(Short { row, title: titled(desk, &row.item), due, drawing, ways: kit_ways(&row.item), shift: desk.shift(&row.item) })
}

fn chosen<'a>(row: &'a Row, desk: &Desk) -> Option<Chosen<'a>> {
    let chosen = row.item.way_out.as_ref().filter(|_| row.item.is_open())?;
    let words = t!("countdown.chosen").with("way", &chosen.way.text).with("name", desk.engagement().name(&chosen.mark.by));
    Some(Chosen { row, title: titled(desk, &row.item), way: words.with("why", &chosen.reason).into() })
}

fn titled(desk: &Desk, item: &Item) -> String {
    let whom = desk.engagement().whom(item);
    if whom.is_empty() { item.content.title.clone() } else { format!("{}, {whom}", item.content.title) }
}

/// What the kit offers; moving the date is a link of its own.
fn kit_ways(item: &Item) -> Vec<&str> {
    item.content.ways_out.iter().filter(|way| way.kind != WayOutKind::MoveAnchor).map(|way| way.text.as_str()).collect()
}

fn milestones(desk: &Desk) -> Vec<MilestoneLine> {
    let line = |it: &tminus_domain::engagement::PlannedMilestone| MilestoneLine {
        countdown: it.when.date().and_then(|date| desk.sheet.days.to(date)).map(|days_left| Countdown { days_left }),
        given: it.given,
        line: line(it.title.clone(), &it.when),
    };
    desk.engagement().plan.milestones.iter().map(line).collect()
}
