//! Changing the plan mid-way: an answer, an anchor, a calendar, a newer kit version. One diff to look at, then one change.

use std::{collections::BTreeMap, sync::Arc};

use tminus_domain::{
    access::{Step, need},
    engagement::{
        Engagement, PinnedKit, Plan,
        retailor::{Diff, Making, Retailored},
        setup::Setup,
        tailor::{Tailored, tailor},
    },
    ids::{EngagementId, ItemId, KitHash, ResourceId, TaskId},
    kit::{Kit, access::Resource},
    people::{responsibility, seat},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{App, Failure, Refusal, access, engagement::open};

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

/// The text of a plan change's entry that says what it does to internal items. Only the delivery side reads it.
pub const INTERNAL_DIFF: &str = "internal_diff";

/// What a change of the plan would do. Nothing is saved.
pub async fn preview_plan(app: &App, actor: &Actor, engagement: &EngagementId, input: &ChangePlan) -> Result<Diff, Failure> {
    let view = app.view(actor, engagement, Right::EditPlan).await?;
    let kits = kits_for(app, &view.engagement, input.kits.as_ref()).await?;
    Ok(again(app, &view.engagement, &kits, &input.setup)?.1.diff)
}

/// Changes the plan: one change, one entry of the record.
pub async fn change_plan(app: &App, actor: &Actor, engagement: &EngagementId, input: ChangePlan) -> Result<Diff, Failure> {
    // Kits are read before the engagement is held: reading them may take a connection of its own.
    let view = app.view(actor, engagement, Right::EditPlan).await?;
    let kits = kits_for(app, &view.engagement, input.kits.as_ref()).await?;
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    if input.kits.is_none() && change.engagement().plan.kits != view.engagement.plan.kits {
        return Err(Failure::Conflict(None));
    }
    if input.revision.is_some_and(|revision| revision != change.engagement().revision) {
        return Err(Failure::Conflict(None));
    }
    if input.reason.trim().is_empty() {
        return Err(Refusal::field("reason", "say why the plan changes").into());
    }
    let before = change.engagement().plan.clone();
    let (tailored, retailored) = again(app, change.engagement(), &kits, &input.setup)?;
    let diff = retailored.diff.clone();
    let pinned = kits.into_iter().map(|(pinned, _)| pinned).collect();
    put(app, &mut change, tailored, retailored, Some((input.setup, pinned)));
    let after = change.engagement().plan.clone();
    let (shared, internal) = diff.clone().split(&change.engagement().internal_keys());
    let mut fact = Fact::new(FactKind::PlanChanged, engagement.as_str(), &after.setup.title)
        .from(summary(&before))
        .to(serde_json::json!({ "plan": summary(&after), "diff": shared }))
        .why(Some(input.reason));
    if !internal.is_empty() {
        fact = fact.text(INTERNAL_DIFF, serde_json::to_string(&internal).unwrap_or_default());
    }
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(diff)
}

/// The kits that an engagement keeps to, with their content; read before the engagement is held for a change of members.
pub(crate) async fn kits_of(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Kits, Failure> {
    let view = app.view(actor, engagement, Right::EditMembers).await?;
    kits_for(app, &view.engagement, None).await
}

/// Items and access follow the members and the resources, within a change of those.
pub(crate) fn follow(app: &App, change: &mut Change, kits: &Kits) -> Result<(), Failure> {
    let pinned = kits.iter().map(|(pinned, _)| &pinned.hash);
    if !change.engagement().plan.kits.iter().map(|kit| &kit.hash).eq(pinned) {
        return Err(Failure::Conflict(None));
    }
    let setup = change.engagement().plan.setup.clone();
    let (tailored, retailored) = again(app, change.engagement(), kits, &setup)?;
    put(app, change, tailored, retailored, None);
    Ok(())
}

pub(crate) type Kits = Vec<(PinnedKit, Arc<Kit>)>;

pub(crate) async fn kits_for(app: &App, engagement: &Engagement, chosen: Option<&Vec<KitHash>>) -> Result<Kits, Failure> {
    let pinned: Vec<_> = engagement.plan.kits.iter().map(|kit| kit.hash.clone()).collect();
    match chosen {
        Some(chosen) => open::chosen_kits(app, chosen).await,
        None => open::kits(app, &pinned).await,
    }
}

fn summary(plan: &Plan) -> serde_json::Value {
    let setup = &plan.setup;
    let kits: Vec<_> = plan.kits.iter().map(|kit| format!("{} {}", kit.id, kit.version)).collect();
    serde_json::json!({ "title": setup.title, "customer": setup.customer, "sow": setup.sow, "zone": setup.zone, "milestones": setup.milestones, "answers": setup.answers, "calendars": setup.calendars, "kits": kits, "workstreams": setup.workstreams })
}

fn again(app: &App, engagement: &Engagement, kits: &Kits, setup: &Setup) -> Result<(Tailored, Retailored), Failure> {
    let refs: Vec<&Kit> = kits.iter().map(|(_, kit)| &**kit).collect();
    let tailored = tailor(&refs, &engagement.plan.by_hand, setup, &engagement.members, app.today(&setup.zone)).map_err(Refusal::Setup)?;
    let renamed: BTreeMap<TaskId, TaskId> = refs.iter().flat_map(|kit| &kit.renamed).map(|it| (it.from.clone(), it.to.clone())).collect();
    let mut retailored = Making { kits: &refs, now: app.now(), id: &mut || ItemId(app.fresh_id()) }.again(engagement, &tailored, &renamed);
    retailored.diff.names = engagement.plan.setup.renamed(setup);
    let grants = need::follow(engagement, &tailored, app.now(), app.today(&setup.zone));
    retailored.diff.access = need::turned(engagement, &tailored, &grants);
    Ok((tailored, retailored))
}

fn put(app: &App, change: &mut Change, tailored: Tailored, retailored: Retailored, setup: Option<(Setup, Vec<PinnedKit>)>) {
    let today = app.today(&change.engagement().plan.setup.zone);
    let grants = need::follow(change.engagement(), &tailored, app.now(), today);
    let before = Plan::clone(&change.engagement().plan);
    let (setup, kits) = setup.unwrap_or((before.setup, before.kits));
    // An activity that only work done keeps alive stays on the list, after the kit's own.
    let mut activities = tailored.activities;
    let kept = before.activities.into_iter().filter(|old| !activities.iter().any(|new| new.id == old.id));
    let used: Vec<_> = change.engagement().items.iter().map(|item| item.activity.clone()).collect();
    let kept: Vec<_> = kept.filter(|activity| used.contains(&activity.id)).collect();
    activities.extend(kept);
    let resources = keep_used(before.resources, tailored.access.resources, change.engagement());
    let there = |id: &ResourceId| resources.iter().any(|resource| &resource.id == id);
    change.save_plan(Plan {
        // What was taken away and nobody has, or had, is gone for good.
        by_hand: before.by_hand.into_iter().filter(|own| !own.removed || there(&own.resource.id)).collect(),
        licences: before.licences.into_iter().filter(|(id, _)| there(id)).collect(),
        bookings: before.bookings.into_iter().filter(|(id, _)| there(id)).collect(),
        resource_versions: before.resource_versions.into_iter().filter(|(id, _)| there(id)).collect(),
        setup,
        kits,
        roles: tailored.roles,
        facts: tailored.facts,
        gates: tailored.gates,
        milestones: tailored.milestones,
        activities,
        left_out: tailored.left_out,
        work_days: tailored.work_days,
        resources,
        policies: tailored.access.policies,
        urgent: change.engagement().still_urgent(),
        seats: seat::follow(&before.seats, tailored.seats),
        responsibilities: responsibility::follow(&before.responsibilities, tailored.responsibilities),
        ..Plan {
            opened_at: before.opened_at,
            opened_by: before.opened_by,
            closing: before.closing,
            ..Plan::clone(&change.engagement().plan)
        }
    });
    for item in retailored.items {
        change.save_item(item);
    }
    for item in retailored.added {
        change.add_item(item);
    }
    for grant in grants {
        access::follow(change, grant);
    }
}

/// The resources of the plan, and those of before that somebody asked for, or has, or had.
fn keep_used(before: Vec<Resource>, mut now: Vec<Resource>, engagement: &Engagement) -> Vec<Resource> {
    let used = |resource: &Resource| {
        engagement.grants.iter().any(|grant| grant.resource == resource.id && !matches!(grant.step, Step::Needed | Step::Withdrawn))
    };
    let kept: Vec<_> = before.into_iter().filter(|old| used(old) && !now.iter().any(|new| new.id == old.id)).collect();
    now.extend(kept);
    now
}

/// The kits that an engagement keeps to. They are whole, with what is internal in them.
pub async fn pinned_kits(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Arc<Kit>>, Failure> {
    let view = app.view(actor, engagement, Right::ReadInternal).await?;
    let hashes: Vec<_> = view.engagement.plan.kits.iter().map(|kit| kit.hash.clone()).collect();
    Ok(open::kits(app, &hashes).await?.into_iter().map(|(_, kit)| kit).collect())
}
