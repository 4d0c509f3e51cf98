//! The orderly end of access: whoever leaves, what outlives the engagement, and what has to be taken away the same day.

use jiff::{ToSpan as _, civil::Date};
use tminus_domain::{
    access::{Grant, Step, work::Ask},
    checklist::item::Mark,
    engagement::Engagement,
    ids::{EngagementId, PersonId, ResourceId},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right, authorize},
};

use tminus_store::Change;

use super::{MoveAccess, ending::end_ways_in, fact, follow, grant_of, with_code};
use crate::{App, Failure, Refusal, checklist::Done, engagement::plan, mail::job, people::member::told};

/// Access that goes on after the engagement.
#[derive(Clone, Debug)]
pub struct CarryOver {
    pub person: PersonId,
    pub resource: ResourceId,
    /// A member who answers for it.
    pub owner: PersonId,
    pub until: Date,
    pub version: Option<u32>,
}

/// Carries access over the end of the engagement: by name, and with a new last day.
pub async fn carry_over(app: &App, actor: &Actor, engagement: &EngagementId, input: CarryOver) -> Result<Done<Grant>, Failure> {
    let mut change = with_code(app, actor, engagement).await?;
    let CarryOver { person, resource, owner, until, version } = input;
    let grant = grant_of(app, &change, actor, &MoveAccess { person, resource, ask: Ask::default(), version })?;
    let whole = change.engagement();
    if whole.member(&owner).is_none() {
        return Err(Refusal::field("owner", "name somebody who is on the engagement").into());
    }
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of: None };
    let carried = grant.carry(owner.clone(), until, mark, app.today(&whole.plan.setup.zone))?;
    let to = serde_json::json!({ "until": until, "owner": owner });
    change.record(fact(whole, FactKind::GrantCarriedOver, &carried).to(to).text("owner", whole.name(&owner)));
    change.save_grant(carried.clone());
    Done::save(app, actor, change, carried).await
}

/// Whoever was ended in the practice leaves every engagement that has not ended: yesterday was their last day there, and what they have is to be
/// revoked at once. Says on how many engagements.
pub async fn leave_of_ended(app: &App) -> Result<usize, Failure> {
    let job = job();
    for (id, person) in app.store.memberships_of_ended().await? {
        let mut change = match app.change(&job, &id, Right::EditMembers).await {
            Err(Failure::NotFound | Failure::Refused(_)) => continue,
            change => change?,
        };
        let today = app.today(&change.engagement().plan.setup.zone);
        let mut members = change.engagement().members.to_vec();
        let Some(member) = members.iter_mut().find(|member| member.person == person && member.is_here(today)) else { continue };
        let before = told(member);
        let last = today.saturating_sub(1.day());
        (member.from, member.until) = (member.from.filter(|from| *from <= last), Some(last));
        let fact = Fact::new(FactKind::MemberChanged, person.as_str(), change.engagement().name(&person));
        change.record(fact.from(before).to(told(member)));
        change.save_members(members);
        change.save(&job, app.now(), &app.salt()).await?;
    }
    revoke_of_leavers(app).await
}

/// Begins to take away the access of everybody whose last day has passed, and says for how many engagements.
pub async fn revoke_of_leavers(app: &App) -> Result<usize, Failure> {
    let job = job();
    let mut count = 0;
    for id in app.store.engagements_with_leavers().await? {
        let Some(snapshot) = app.store.snapshot(&id).await? else { continue };
        let gone = |engagement: &Engagement| {
            let today = app.today(&engagement.plan.setup.zone);
            let here = |person: &PersonId| engagement.member(person).is_some_and(|member| member.is_here(today));
            engagement.grants.iter().any(|grant| grant.wanted && !here(&grant.person) && !outlives(engagement, grant, today))
        };
        let scope = authorize(&job, snapshot.ground(app.today(snapshot.zone())), Right::EditMembers)?;
        let view = snapshot.open(scope);
        if view.engagement.is_erased() || !gone(&view.engagement) {
            continue;
        }
        let kits = plan::kits_of(app, &job, &id).await?;
        let mut change = app.change(&job, &id, Right::MoveAccess).await?;
        if !gone(change.engagement()) {
            continue;
        }
        let today = app.today(&change.engagement().plan.setup.zone);
        let left: Vec<_> = change.engagement().members.iter().filter(|member| !member.is_here(today)).cloned().collect();
        for member in &left {
            end_ways_in(&mut change, Some(&member.person), app.now()).await?;
            let name = change.engagement().name(&member.person).to_owned();
            change.record(Fact::new(FactKind::MemberLeft, member.person.as_str(), name).to(serde_json::json!({ "until": member.until })));
        }
        if change.engagement().has_ended() {
            revoke_after_the_end(app, &mut change, today);
        } else {
            plan::follow(app, &mut change, &kits)?;
        }
        change.save(&job, app.now(), &app.salt()).await?;
        count += 1;
    }
    Ok(count)
}

/// What was carried over the end outlives its person's last day.
fn outlives(engagement: &Engagement, grant: &Grant, today: Date) -> bool {
    engagement.has_ended() && grant.carried.as_ref().is_some_and(|carried| carried.until >= today)
}

/// After the end nothing is tailored any more: whoever left loses what they have, and no more.
fn revoke_after_the_end(app: &App, change: &mut Change, today: Date) {
    let whole = change.engagement().clone();
    let gone = |grant: &&std::sync::Arc<Grant>| whole.member(&grant.person).is_none_or(|member| !member.is_here(today));
    for grant in whole.grants.iter().filter(gone).filter(|grant| grant.wanted && !outlives(&whole, grant, today)) {
        let live = matches!(grant.step, Step::Granted | Step::Verified | Step::Broken | Step::Suspended);
        let (step, since) = if live { (Step::RevokeRequested, app.now()) } else { (grant.step, grant.since) };
        follow(change, Grant { step, since, wanted: false, version: grant.version + 1, ..Grant::clone(grant) });
    }
}
