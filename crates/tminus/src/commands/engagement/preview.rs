//! The checklist that would follow: what is in, what is out and why, every date with its explanation.

use std::sync::Arc;

use serde_json::{Value, json};
use tminus_domain::{
    engagement::tailor::{Dated, Tailored},
    kit::{
        Kit,
        task::{WayOut, WayOutKind},
    },
    schedule::{Computed, Fit},
};

use crate::{
    exit::Stop,
    print::{Out, bold, faint, plain, red},
};

pub(super) fn tell(tailored: &Tailored, kits: &[Arc<Kit>], out: Out) -> Result<(), Stop> {
    if out.json {
        return out.json(&value(tailored));
    }
    out.line(bold("Milestones"))?;
    for milestone in &tailored.milestones {
        let why = if milestone.given { "given".to_owned() } else { milestone.when.to_string() };
        out.line(format!("  {}  {} {}", day(Some(&milestone.when)), plain(&milestone.title), faint(format!("({why})"))))?;
    }
    for activity in &tailored.activities {
        out.line(bold(format!("\n{}", plain(&activity.title))))?;
        for dated in tailored.items.iter().filter(|dated| dated.draft.activity == activity.id) {
            item(tailored, dated, out)?;
        }
    }
    if !tailored.left_out.is_empty() {
        out.line(bold("\nLeft out"))?;
    }
    for left in &tailored.left_out {
        out.line(format!("  {} {}", plain(&left.title), faint(format!("({})", plain(&left.because)))))?;
    }
    let asked = |id| kits.iter().find_map(|kit| kit.fact(id)).map_or(id.to_string(), |fact| format!("{id}: {}", plain(&fact.ask)));
    if !tailored.open.is_empty() {
        out.line(bold("\nAnswers that would still change something"))?;
    }
    tailored.open.iter().try_for_each(|id| out.line(format!("  {}", asked(id))))?;
    let infeasible = tailored.items.iter().filter(|dated| dated.is_infeasible()).count();
    let red_ones = if infeasible > 0 { red(format!("{infeasible} cannot be made in time")) } else { "all can be made in time".to_owned() };
    out.line(format!("\n{} items, {} left out; {red_ones}. Nothing was saved.", tailored.items.len(), tailored.left_out.len()))
}

fn item(tailored: &Tailored, dated: &Dated, out: Out) -> Result<(), Stop> {
    let content = &dated.draft.content;
    let indent = if dated.draft.parent.is_some() { "    " } else { "  " };
    let because = if content.because.is_empty() { String::new() } else { format!(" [{}]", plain(&content.because)) };
    let why = dated.due.as_ref().map(|due| faint(format!(" ({due})"))).unwrap_or_default();
    let line = format!("{indent}{}  {}{because}", day(dated.due.as_ref()), plain(&content.title));
    let undecided = if content.undecided.is_empty() { String::new() } else { faint(" (not decided yet)") };
    if !dated.is_infeasible() {
        return out.line(format!("{line}{undecided}{why}"));
    }
    out.line(format!("{}{why}", red(line)))?;
    out.line(red(format!("{indent}  {}", shortfall(dated))))?;
    for way in ways_out(tailored, dated) {
        out.line(format!("{indent}  → {}", plain(&way)))?;
    }
    Ok(())
}

fn day(due: Option<&Computed>) -> String {
    due.and_then(Computed::date).map_or_else(|| "no date yet   ".to_owned(), |date| date.strftime("%a %d %b %Y").to_string())
}

fn shortfall(dated: &Dated) -> String {
    match dated.fit {
        Some(Fit::Impossible { needs, left }) => format!("it takes {needs} business days; {left} are left"),
        Some(Fit::Past { late }) => format!("it was due {late} business days ago"),
        _ => String::new(),
    }
}

/// The kit's ways out, or the ones that always are.
fn ways_out(tailored: &Tailored, dated: &Dated) -> Vec<String> {
    let word = |kind| match kind {
        WayOutKind::MoveAnchor => "move the date",
        WayOutKind::Expedite => "expedite",
        WayOutKind::WorkAround => "work around",
        WayOutKind::Waive => "waive",
    };
    let offered: Vec<_> = dated.draft.content.ways_out.iter().map(|WayOut { kind, text, .. }| format!("{}: {text}", word(*kind))).collect();
    if !offered.is_empty() {
        return offered;
    }
    let anchor = dated.draft.content.due.as_ref().and_then(|rule| tailored.milestones.iter().find(|it| it.id == rule.anchor));
    let anchor = anchor.map_or("the milestone", |milestone| milestone.title.as_str());
    vec![format!("move {anchor}, expedite it, work around it, or waive it with a reason")]
}

fn value(tailored: &Tailored) -> Value {
    let item = |dated: &Dated| {
        let draft = &dated.draft;
        json!({
            "key": draft.key, "activity": draft.activity, "parent": draft.parent, "title": draft.content.title, "owners": draft.content.owners,
            "because": draft.content.because, "undecided": draft.content.undecided, "due": dated.due.as_ref().and_then(Computed::date),
            "due_because": dated.due.as_ref().map(ToString::to_string), "start_by": dated.start_by, "fit": dated.fit,
            "infeasible": dated.is_infeasible(), "ways_out": if dated.is_infeasible() { ways_out(tailored, dated) } else { Vec::new() },
        })
    };
    let milestone = |it: &tminus_domain::engagement::PlannedMilestone| json!({ "id": it.id, "title": it.title, "date": it.when.date(), "given": it.given, "because": it.when.to_string() });
    json!({
        "milestones": tailored.milestones.iter().map(milestone).collect::<Vec<_>>(),
        "activities": tailored.activities.iter().map(|it| json!({ "id": it.id, "title": it.title })).collect::<Vec<_>>(),
        "items": tailored.items.iter().map(item).collect::<Vec<_>>(),
        "left_out": tailored.left_out,
        "open": tailored.open,
    })
}
