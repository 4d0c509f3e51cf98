//! Changing the plan mid-way: an answer, an anchor, a calendar, a newer kit version. One diff to look at, then one change.

use std::{collections::BTreeMap, sync::Arc};

use tminus_domain::{
    engagement::{
        Engagement, PinnedKit, Plan,
        retailor::{Diff, Making, Retailored},
        setup::Setup,
        tailor::{Tailored, tailor},
    },
    ids::{EngagementId, ItemId, KitHash, TaskId},
    kit::Kit,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{App, Failure, Refusal, engagement::open};

/// A new setup, and the kits if they change too.
#[derive(Clone, Debug)]
pub struct ChangePlan {
    pub setup: Setup,
    /// `None` keeps the pinned versions.
    pub kits: Option<Vec<KitHash>>,
    pub reason: String,
    /// The revision of the engagement that the diff was looked at under. Another one by now is a conflict.
    pub revision: Option<i64>,
}

/// What a change of the plan would do. Nothing is saved.
pub async fn preview_plan(app: &App, actor: &Actor, engagement: &EngagementId, input: &ChangePlan) -> Result<Diff, Failure> {
    let view = app.view(actor, engagement, Right::EditPlan).await?;
    Ok(again(app, &view.engagement, input).await?.1.diff)
}

/// Changes the plan: one change, one entry of the record.
pub async fn change_plan(app: &App, actor: &Actor, engagement: &EngagementId, input: ChangePlan) -> Result<Diff, Failure> {
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    if input.revision.is_some_and(|revision| revision != change.engagement().revision) {
        return Err(Failure::Conflict(None));
    }
    if input.reason.trim().is_empty() {
        return Err(Refusal::field("reason", "say why the plan changes").into());
    }
    let before = change.engagement().plan.clone();
    let (tailored, retailored, kits) = again_with_kits(app, change.engagement(), &input).await?;
    let diff = retailored.diff.clone();
    put(&mut change, tailored, retailored, Some((input.setup, kits)));
    let after = change.engagement().plan.clone();
    let fact = Fact::new(FactKind::PlanChanged, engagement.as_str(), &after.setup.title)
        .from(summary(&before))
        .to(serde_json::json!({ "plan": summary(&after), "diff": diff }))
        .why(Some(input.reason));
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(diff)
}

/// Items for each person follow the members, within a change of members.
pub(crate) async fn follow_members(app: &App, _: &Actor, change: &mut Change) -> Result<(), Failure> {
    let setup = change.engagement().plan.setup.clone();
    let input = ChangePlan { setup, kits: None, reason: String::new(), revision: None };
    let (tailored, retailored) = again(app, change.engagement(), &input).await?;
    put(change, tailored, retailored, None);
    Ok(())
}

fn summary(plan: &Plan) -> serde_json::Value {
    let setup = &plan.setup;
    let kits: Vec<_> = plan.kits.iter().map(|kit| format!("{} {}", kit.id, kit.version)).collect();
    serde_json::json!({ "milestones": setup.milestones, "answers": setup.answers, "calendars": setup.calendars, "kits": kits, "workstreams": setup.workstreams })
}

async fn again(app: &App, engagement: &Engagement, input: &ChangePlan) -> Result<(Tailored, Retailored), Failure> {
    let (tailored, retailored, _) = again_with_kits(app, engagement, input).await?;
    Ok((tailored, retailored))
}

async fn again_with_kits(app: &App, engagement: &Engagement, input: &ChangePlan) -> Result<(Tailored, Retailored, Vec<PinnedKit>), Failure> {
    let pinned: Vec<_> = engagement.plan.kits.iter().map(|kit| kit.hash.clone()).collect();
    let kits = open::kits(app, input.kits.as_ref().unwrap_or(&pinned)).await?;
    let refs: Vec<&Kit> = kits.iter().map(|(_, kit)| &**kit).collect();
    let today = app.today(&input.setup.zone);
    let tailored = tailor(&refs, &input.setup, &engagement.members, today).map_err(Refusal::Setup)?;
    let renamed: BTreeMap<TaskId, TaskId> = refs.iter().flat_map(|kit| &kit.renamed).map(|it| (it.from.clone(), it.to.clone())).collect();
    let retailored = Making { kits: &refs, now: app.now(), id: &mut || ItemId(app.fresh_id()) }.again(engagement, &tailored, &renamed);
    Ok((tailored, retailored, kits.into_iter().map(|(pinned, _)| pinned).collect()))
}

fn put(change: &mut Change, tailored: Tailored, retailored: Retailored, setup: Option<(Setup, Vec<PinnedKit>)>) {
    let before = Plan::clone(&change.engagement().plan);
    let (setup, kits) = setup.unwrap_or((before.setup, before.kits));
    // An activity that only work done keeps alive stays on the list, after the kit's own.
    let mut activities = tailored.activities;
    let kept = before.activities.into_iter().filter(|old| !activities.iter().any(|new| new.id == old.id));
    let used: Vec<_> = change.engagement().items.iter().map(|item| item.activity.clone()).collect();
    let kept: Vec<_> = kept.filter(|activity| used.contains(&activity.id)).collect();
    activities.extend(kept);
    change.save_plan(Plan {
        setup,
        kits,
        roles: tailored.roles,
        facts: tailored.facts,
        gates: tailored.gates,
        milestones: tailored.milestones,
        activities,
        left_out: tailored.left_out,
        ..Plan { opened_at: before.opened_at, opened_by: before.opened_by, closing: before.closing, ..Plan::clone(&change.engagement().plan) }
    });
    for item in retailored.items {
        change.save_item(item);
    }
    for item in retailored.added {
        change.add_item(item);
    }
}

/// The kits that an engagement keeps to, for pages that show them.
pub async fn pinned_kits(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Arc<Kit>>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let hashes: Vec<_> = view.engagement.plan.kits.iter().map(|kit| kit.hash.clone()).collect();
    Ok(open::kits(app, &hashes).await?.into_iter().map(|(_, kit)| kit).collect())
}
