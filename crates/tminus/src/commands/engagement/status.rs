//! Where an engagement stands.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use tminus_app::App;
use tminus_domain::{
    engagement::{
        Engagement,
        gate::{GateState, Progress, Verdict},
    },
    ids::ItemId,
    rights::Actor,
    schedule::Calendars,
};

use crate::{
    commands::reference,
    exit::Stop,
    print::{Out, bold, count, plain, red},
};

pub(super) async fn status(app: &App, actor: &Actor, name: &str, out: Out) -> Result<(), Stop> {
    let view = reference::engagement(app, actor, name).await?;
    let engagement = &*view.engagement;
    let today = app.today(&engagement.plan.setup.zone);
    let gates: Vec<_> = engagement.plan.gates.iter().map(|gate| GateState::of(gate, engagement, today, |_| true)).collect();
    let short = short(engagement, today);
    if out.json {
        return out.json(&value(engagement, &gates, &short, today));
    }
    let setup = &engagement.plan.setup;
    let countdown = t_minus(engagement, today).map(|days| format!(", {}", in_words(days))).unwrap_or_default();
    out.line(bold(format!("{} for {}{countdown}", plain(&setup.title), plain(&setup.customer))))?;
    let progress = Progress::of(engagement, |_| true);
    out.line(format!("  ready     {} % ({} of {} that gates wait for)", progress.readiness(), progress.ready, progress.ready_of))?;
    out.line(format!("  complete  {} % ({} of {})", progress.completion(), progress.complete, progress.complete_of))?;
    for gate in &gates {
        let due = gate.due.map(|date| format!(" by {date}")).unwrap_or_default();
        let waived = if gate.waived.is_empty() { String::new() } else { format!(", {} waived", gate.waived.len()) };
        let line = format!(
            "  gate      {}{due}: {} ({} of {}{waived})",
            plain(&gate.gate.title),
            word(gate, &short, today),
            gate.satisfied,
            gate.total
        );
        if gate.verdict(today) == Verdict::Late { out.line(red(line))? } else { out.line(line)? }
    }
    let late: Vec<_> = engagement.listed().filter(|item| item.is_late(today)).collect();
    let starting = engagement.listed().filter(|item| item.should_start(today)).count();
    let cannot = if short.is_empty() { String::new() } else { format!("{} cannot be made in time, ", count(short.len(), "item")) };
    out.line(format!("  {cannot}{} late, {starting} to start now", late.len()))?;
    for item in short.iter().filter_map(|id| engagement.item(id)) {
        let due = item.due_on().map(|date| date.to_string()).unwrap_or_default();
        out.line(red(format!("    {due}  {} ({}) cannot be made in time", plain(&item.content.title), item.key)))?;
    }
    for item in late {
        let due = item.due_on().map(|date| date.to_string()).unwrap_or_default();
        out.line(red(format!("    {due}  {} ({})", plain(&item.content.title), item.key)))?;
    }
    Ok(())
}

/// Business days to kick-off in all calendars.
fn t_minus(engagement: &Engagement, today: Date) -> Option<i32> {
    let calendars = Calendars::new(engagement.plan.setup.calendars.clone()).ok()?;
    calendars.t_minus(today, engagement.milestone("kickoff")?).ok()
}

fn in_words(days: i32) -> String {
    match days {
        0 => "kick-off today".to_owned(),
        days if days > 0 => format!("T−{days} to kick-off"),
        days => format!("T+{} since kick-off", -days),
    }
}

/// Items whose lead time no longer fits, and nobody chose a way out yet.
fn short(engagement: &Engagement, today: Date) -> Vec<ItemId> {
    let zone = TimeZone::get(&engagement.plan.setup.zone).unwrap_or(TimeZone::UTC);
    let Ok(calendars) = Calendars::new(engagement.plan.setup.calendars.clone()) else { return Vec::new() };
    let to = |date| calendars.t_minus(today, date).ok();
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let short = engagement.listed().filter(|item| engagement.short(item, to, day).is_some());
    short.map(|item| item.id.clone()).collect()
}

fn word(gate: &GateState, short: &[ItemId], today: Date) -> &'static str {
    match gate.verdict(today) {
        Verdict::Open if gate.is_at_risk(today, |id| short.contains(id)) => "at risk",
        Verdict::Green => "green",
        Verdict::Open => "open",
        Verdict::Late => "late",
        Verdict::Empty => "empty, so not green",
    }
}

fn value(engagement: &Engagement, gates: &[GateState], short: &[ItemId], today: Date) -> Value {
    let progress = Progress::of(engagement, |_| true);
    let gate = |it: &GateState| {
        json!({
            "id": it.gate.id, "title": it.gate.title, "milestone": it.gate.milestone, "due": it.due, "total": it.total, "satisfied": it.satisfied,
            "verdict": word(it, short, today).split(',').next(), "hard": it.is_hard(), "open": it.open, "waived": it.waived, "late": it.late,
        })
    };
    let late: Vec<_> = engagement.listed().filter(|item| item.is_late(today)).map(|item| &item.id).collect();
    let starting: Vec<_> = engagement.listed().filter(|item| item.should_start(today)).map(|item| &item.id).collect();
    json!({
        "id": engagement.id, "title": engagement.plan.setup.title, "customer": engagement.plan.setup.customer, "today": today,
        "kickoff": engagement.milestone("kickoff"), "t_minus": t_minus(engagement, today), "readiness": progress.readiness(),
        "completion": progress.completion(), "ready": progress.ready, "ready_of": progress.ready_of, "complete": progress.complete,
        "complete_of": progress.complete_of, "gates": gates.iter().map(gate).collect::<Vec<_>>(), "late": late, "cannot_be_made": short, "start_now": starting,
        "closed_at": engagement.plan.closing.closed_at,
    })
}
