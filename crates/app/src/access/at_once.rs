//! Somebody's access ends at once: all of it, today, and those who have to see to it are told.

use std::collections::{BTreeMap, BTreeSet};

use tminus_domain::{
    access::{Grant, Step, ending::Urgent},
    checklist::{item::Mark, work::MAX_TEXT},
    engagement::{Engagement, Plan},
    ids::{EngagementId, PersonId},
    kit::Side,
    mail::Message,
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, PassKind, Right},
};
use tminus_store::Change;

use super::{ending::end_ways_in, follow};
use crate::{
    App, Failure, Refusal,
    engagement::plan,
    mail::{
        letter,
        way::{self, Reader, Way, way},
    },
};

/// Whose access ends at once, and why. The delivery side alone reads why.
#[derive(Clone, Debug)]
pub struct EndAtOnce {
    pub person: PersonId,
    pub reason: String,
}

/// Asks for the end of all that somebody has, today, and tells the engagement managers and whoever takes access away.
/// Somebody who may edit members ends their links and keys with it, and takes them off the engagement. Says how much has to be taken away.
pub async fn end_at_once(app: &App, actor: &Actor, engagement: &EngagementId, input: EndAtOnce) -> Result<usize, Failure> {
    let view = app.view(actor, engagement, Right::MoveAccess).await?;
    let EndAtOnce { person, reason } = input;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT {
        return Err(Refusal::field("reason", format!("say why, in 1 to {MAX_TEXT} characters")).into());
    }
    if person == actor.person {
        return Err(Refusal::field("person", "somebody else ends your own access").into());
    }
    // It weighs more than one move of access: a forwarded link alone does not do it.
    if actor.pass.kind == PassKind::Link {
        return Err(Failure::NeedsCode);
    }
    let manages = app.permit(actor, &view.engagement, Right::EditMembers).is_ok();
    if !manages && view.engagement.member(&person).is_some_and(|it| it.function == Function::EngagementManager) {
        return Err(Failure::Forbidden);
    }
    let takes_off = manages && view.engagement.member(&person).is_some() && !view.engagement.has_ended();
    let kits = if takes_off { Some(plan::kits_of(app, actor, engagement).await?) } else { None };
    let people = readers(app, &view, (&actor.person, &person)).await?;
    let mut change = app.change(actor, engagement, Right::MoveAccess).await?;
    let whole = change.engagement();
    if takes_off {
        app.permit(actor, whole, Right::EditMembers)?;
    }
    if whole.member(&person).is_none() && theirs(&change, &person, view_day(app, whole)).is_empty() {
        return Err(Failure::NotFound);
    }
    let (now, name, today) = (app.now(), whole.name(&person).to_owned(), view_day(app, whole));
    let mut next = Plan::clone(&whole.plan);
    next.urgent.retain(|it| it.person != person);
    let mark = Mark { by: actor.person.clone(), at: now, on_behalf_of: None };
    next.urgent.push(Urgent { person: person.clone(), on: today, reason: reason.clone(), mark });
    change.save_plan(next);
    end_grants(app, actor, &mut change, &person);
    if manages {
        end_ways_in(&mut change, Some(&person), now).await?;
    }
    if let Some(kits) = kits {
        let members: Vec<_> = change.engagement().members.iter().filter(|member| member.person != person).cloned().collect();
        change.save_members(members);
        change.record(Fact::new(FactKind::MemberLeft, person.as_str(), &name));
        plan::follow(app, &mut change, &kits)?;
    }
    change.record(Fact::new(FactKind::AccessEndedAtOnce, person.as_str(), &name).why(Some(reason.clone())).internal(true));
    let left: Vec<_> = change.engagement().to_revoke(today, true).filter(|grant| grant.person == person).cloned().collect();
    for reader in people.values() {
        tell(app, actor, &mut change, reader, (&name, &reason, &left)).await?;
    }
    let seen = theirs(&change, &person, today).len();
    change.save(actor, now, &app.salt()).await?;
    Ok(seen)
}

/// What has to end of somebody's, as far as the actor may know of it.
fn theirs(change: &Change, person: &PersonId, today: jiff::civil::Date) -> Vec<std::sync::Arc<Grant>> {
    let whole = change.engagement();
    let shown = |grant: &Grant| change.scope().sees_internal() || whole.resource(&grant.resource).is_some_and(|it| !it.internal);
    whole.to_revoke(today, true).filter(|grant| &grant.person == person && shown(grant)).cloned().collect()
}

fn view_day(app: &App, engagement: &Engagement) -> jiff::civil::Date {
    app.today(&engagement.plan.setup.zone)
}

/// What works is to be taken away; what was under way is not needed any more.
fn end_grants(app: &App, actor: &Actor, change: &mut Change, person: &PersonId) {
    let theirs: Vec<_> = change.engagement().grants.iter().filter(|grant| &grant.person == person).cloned().collect();
    for grant in theirs {
        let step = match grant.step {
            Step::Granted | Step::Verified | Step::Broken | Step::Suspended => Step::RevokeRequested,
            Step::Needed | Step::Requested | Step::Approved | Step::Rejected => Step::Withdrawn,
            _ => continue,
        };
        let by = Some(actor.person.clone());
        let next =
            Grant { step, by, since: app.now(), note: String::new(), version: grant.version + 1, carried: None, ..Grant::clone(&grant) };
        follow(change, next);
    }
}

/// Who has to see to it: the engagement managers, and whoever gives what the person has. Not who asks, and not whom it is about.
async fn readers(
    app: &App,
    view: &tminus_store::View,
    (actor, person): (&PersonId, &PersonId),
) -> Result<BTreeMap<PersonId, Reader>, Failure> {
    let whole = &view.engagement;
    let has = whole.grants.iter().filter(|grant| &grant.person == person && grant.step.is_live());
    let resources: Vec<_> = has.filter_map(|grant| whole.resource(&grant.resource)).collect();
    let sees_to = |id: &PersonId, function: Function| {
        function == Function::EngagementManager || resources.iter().any(|resource| whole.gives(resource, id))
    };
    let today = app.today(&whole.plan.setup.zone);
    let members = whole.members.iter().filter(|it| it.is_here(today) && sees_to(&it.person, it.function));
    let ids: BTreeSet<_> = members.map(|it| it.person.clone()).filter(|id| id != actor && id != person).collect();
    way::readers(app, view, &ids.into_iter().collect::<Vec<_>>()).await
}

async fn tell(
    app: &App,
    actor: &Actor,
    change: &mut Change,
    reader: &Reader,
    (name, reason, left): (&str, &str, &[std::sync::Arc<Grant>]),
) -> Result<(), Failure> {
    let whole = change.engagement();
    let id = &reader.person.id;
    let Some(member) = whole.member(id) else { return Ok(()) };
    let inside = member.side() == Side::Delivery;
    let manages = member.function == Function::EngagementManager;
    let shown = left.iter().filter_map(|grant| whole.resource(&grant.resource));
    let shown = shown.filter(|it| (inside || !it.internal) && (manages || whole.gives(it, id)));
    let lines: Vec<_> = shown.map(|it| it.title.clone()).collect();
    if lines.is_empty() && !manages {
        return Ok(());
    }
    let Way::Open(secret) = way(app, change, reader).await? else { return Ok(()) };
    let whole = change.engagement();
    let setup = &whole.plan.setup;
    let message = Message::AtOnce {
        engagement: setup.title.clone(),
        customer: setup.customer.clone(),
        from: actor.name.clone(),
        whose: name.to_owned(),
        why: if inside { reason.to_owned() } else { String::new() },
        lines,
        secret,
    };
    Ok(change.queue(&letter(app, &reader.person, Some(&whole.id), message)).await?)
}
