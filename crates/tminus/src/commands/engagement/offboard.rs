//! Adding the off-boarding kit: what it would do first, then one change.

use jiff::civil::Date;
use serde_json::json;
use tminus_app::{
    App,
    engagement::{
        offboarding::offboarding_kit,
        plan::{ChangePlan, change_plan, preview_plan},
    },
};
use tminus_domain::{access::ending::ENGAGEMENT_END, engagement::retailor::Diff, rights::Actor};
use tminus_store::View;

use crate::{
    exit::Stop,
    print::{Out, bold, plain},
};

pub(super) async fn offboard(
    app: &App,
    actor: &Actor,
    view: &View,
    (end, reason): (Option<Date>, Option<String>),
    out: Out,
) -> Result<(), Stop> {
    let engagement = &view.engagement;
    let Some(kit) = offboarding_kit(app, actor, &engagement.id).await? else {
        return Err(Stop::not_found(
            "there is nothing to add: the engagement has the kit, the practice does not, or it is not yours to plan",
        ));
    };
    let mut setup = engagement.plan.setup.clone();
    if let Some(end) = end {
        setup.milestones.insert(ENGAGEMENT_END.into(), end);
    }
    let dated = setup.milestones.contains_key(&ENGAGEMENT_END.into());
    let kits = engagement.plan.kits.iter().map(|kit| kit.hash.clone()).chain([kit]).collect();
    let change = ChangePlan { setup, kits: Some(kits), reason: reason.clone().unwrap_or_default(), revision: Some(engagement.revision) };
    let saved = reason.is_some();
    let diff = match reason {
        Some(_) => change_plan(app, actor, &engagement.id, change).await?,
        None => preview_plan(app, actor, &engagement.id, &change).await?,
    };
    tell(view, &diff, (saved, dated), out)
}

fn tell(view: &View, diff: &Diff, (saved, dated): (bool, bool), out: Out) -> Result<(), Stop> {
    if out.json {
        return out.json(&json!({ "saved": saved, "dated": dated, "diff": diff }));
    }
    let engagement = &view.engagement;
    for line in &diff.added {
        out.line(format!("+ {}", plain(&line.title)))?;
    }
    for line in &diff.milestones {
        let day = line.to.map_or_else(|| "no date yet".to_owned(), |date| date.to_string());
        out.line(format!("→ {} {day}", plain(&line.title)))?;
    }
    for it in &diff.access {
        let day = it.to.map(|date| format!(", {date}")).unwrap_or_default();
        out.line(format!("{} {}, {}{day}", it.becomes.as_str().replace('_', " "), plain(&it.title), plain(engagement.name(&it.person))))?;
    }
    if !dated {
        out.line(bold("The engagement's end has no date: give it with --end"))?;
    }
    let word = if saved { "added" } else { "would be added; nothing was saved. Add them with --reason" };
    out.line(format!("{} items {word}.", diff.added.len()))
}
