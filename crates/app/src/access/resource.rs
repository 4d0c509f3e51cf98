//! Resources that no kit names, and the licences of all: added, changed, taken away, counted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tminus_domain::{
    access::{
        booking::Booking,
        by_hand::{ByHand, MAX_RESOURCES},
        licence::MAX_LICENCES,
    },
    engagement::{Engagement, Plan},
    ids::{EngagementId, ResourceId, RoleId},
    kit::{
        access::{Resource, ResourceKind},
        due::{DueRule, LeadTime},
        each::Each,
    },
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use super::going_on;
use crate::{App, Failure, Refusal, engagement::plan};

/// A resource as somebody of the engagement describes it.
#[derive(Clone, Debug, Default)]
pub struct Described {
    pub title: String,
    pub kind: ResourceKind,
    /// Which one.
    pub note: String,
    /// Roles that give and take it, first the one who does it.
    pub owners: Vec<RoleId>,
    /// Who needs it. Without it people are chosen one by one.
    pub each: Option<Each>,
    pub due: Option<DueRule>,
    pub lead: Option<LeadTime>,
    /// Resources that must work for the same person first.
    pub after: Vec<ResourceId>,
    /// What is kept of each person's access besides.
    pub details: Vec<String>,
    pub internal: bool,
}

/// Adds a resource: whoever needs it has it on their list from now on.
pub async fn add_resource(app: &App, actor: &Actor, engagement: &EngagementId, input: Described) -> Result<ResourceId, Failure> {
    let id = ResourceId(app.fresh_id());
    let whole = (id.clone(), None);
    replan(app, actor, engagement, |engagement| {
        if engagement.plan.by_hand.len() >= MAX_RESOURCES {
            return Err(Refusal::field("title", format!("at most {MAX_RESOURCES} are kept")).into());
        }
        Ok((FactKind::ResourceAdded, described(whole, input)))
    })
    .await?;
    Ok(id)
}

/// A resource, and the version of it that the actor looked at. `None` takes whatever is there.
#[derive(Clone, Debug)]
pub struct Seen {
    pub resource: ResourceId,
    pub version: Option<u32>,
}

impl Seen {
    /// As somebody added it; refused where a kit names it.
    fn by_hand(&self, engagement: &Engagement) -> Result<ByHand, Failure> {
        engagement.resource(&self.resource).ok_or(Failure::NotFound)?;
        let named = || Refusal::field("resource", "a kit names it: a newer version of the kit changes it");
        let own = engagement.by_hand(&self.resource).filter(|own| !own.removed).ok_or_else(named)?;
        self.still_so(engagement)?;
        Ok(own.clone())
    }

    fn still_so(&self, engagement: &Engagement) -> Result<(), Failure> {
        let now = engagement.resource_version(&self.resource);
        if self.version.is_some_and(|version| version != now) { Err(Failure::Conflict(None)) } else { Ok(()) }
    }
}

/// Changes what somebody added. Whoever needs it by then has it on their list, whoever does not has it no more.
pub async fn change_resource(app: &App, actor: &Actor, engagement: &EngagementId, (seen, input): (Seen, Described)) -> Result<(), Failure> {
    replan(app, actor, engagement, |engagement| {
        let before = seen.by_hand(engagement)?;
        Ok((FactKind::ResourceChanged, described((before.resource.id, Some(before.version)), input)))
    })
    .await
}

/// Takes away what somebody added. What was asked for is withdrawn; what works has to end, and stays in the grid until it does.
pub async fn remove_resource(app: &App, actor: &Actor, engagement: &EngagementId, seen: Seen) -> Result<(), Failure> {
    replan(app, actor, engagement, |engagement| {
        let before = seen.by_hand(engagement)?;
        Ok((FactKind::ResourceRemoved, ByHand { removed: true, version: before.version + 1, ..before }))
    })
    .await
}

fn described((id, before): (ResourceId, Option<u32>), input: Described) -> ByHand {
    let Described { title, kind, note, owners, each, due, lead, after, details, internal } = input;
    let (title, note) = (title.trim().to_owned(), note.trim().to_owned());
    let (owners, after) = (once(owners), once(after));
    let details = details.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let resource = Resource { id, title, kind, note, owners, due, lead, after, details, internal, ..Resource::default() };
    ByHand { resource, each, removed: false, version: before.map_or(1, |before| before + 1) }
}

/// Each of them once, in their order.
fn once<T: Ord + Clone>(all: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

/// One resource takes its new form, and who needs what follows.
async fn replan(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    make: impl FnOnce(&Engagement) -> Result<(FactKind, ByHand), Failure>,
) -> Result<(), Failure> {
    // Kits are read before the engagement is held: reading them may take a connection of its own.
    let view = app.view(actor, engagement, Right::EditPlan).await?;
    let kits = plan::kits_for(app, &view.engagement, None).await?;
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    going_on(change.engagement())?;
    let (kind, after) = make(change.engagement())?;
    if !after.removed {
        after.check(change.engagement()).map_err(|unusable| Refusal::field(unusable.field(), unusable.to_string()))?;
    }
    let before = change.engagement().by_hand(&after.resource.id).cloned();
    let fact = fact(change.engagement(), kind, before.as_ref(), &after);
    change.record(fact);
    put(&mut change, after);
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// What people typed stands in the texts: those can be erased.
fn fact(engagement: &Engagement, kind: FactKind, before: Option<&ByHand>, after: &ByHand) -> Fact {
    let Resource { id, title, note, details, .. } = &after.resource;
    // Whoever could read it before may know that it is internal now; whoever could not still may not.
    let internal = [before, Some(after)].into_iter().flatten().any(|own| own.resource.internal);
    let mut fact = Fact::new(kind, id.as_str(), title).internal(internal);
    if after.removed {
        return fact;
    }
    if let Some(before) = before {
        fact = fact.from(told(engagement, before, internal));
        if before.resource.title != *title {
            fact = fact.text("earlier_title", &before.resource.title);
        }
    }
    let was = |told: fn(&ByHand) -> String| before.map(told).unwrap_or_default();
    if *note != was(|own| own.resource.note.clone()) {
        fact = fact.text("note", note);
    }
    if details.join(", ") != was(|own| own.resource.details.join(", ")) {
        fact = fact.text("kept_of_it", details.join(", "));
    }
    fact.to(told(engagement, after, internal))
}

/// Where others read it too, what is internal is not among what comes first.
fn told(engagement: &Engagement, own: &ByHand, inside: bool) -> Value {
    let Resource { kind, owners, due, lead, after, internal, .. } = &own.resource;
    let shown = |id: &&ResourceId| inside || engagement.resource(id).is_some_and(|it| !it.internal);
    let after: Vec<_> = after.iter().filter(shown).collect();
    json!({ "kind": kind, "owners": owners, "each": own.each, "due": due, "lead": lead, "after": after, "internal": internal })
}

fn put(change: &mut Change, own: ByHand) {
    let mut plan = Plan::clone(&change.engagement().plan);
    let id = own.resource.id.clone();
    if own.removed {
        for other in plan.by_hand.iter_mut().map(|it| &mut it.resource) {
            other.after.retain(|before| *before != id);
        }
    }
    match plan.by_hand.iter_mut().find(|it| it.resource.id == id) {
        Some(there) => *there = own,
        None => plan.by_hand.push(own),
    }
    change.save_plan(plan);
}

/// A resource as the actor may know of it.
pub(super) fn known(change: &Change, id: &ResourceId) -> Result<Resource, Failure> {
    let shown = |resource: &&Resource| !resource.internal || change.scope().sees_internal();
    change.engagement().resource(id).filter(shown).cloned().ok_or(Failure::NotFound)
}

/// Says how many people can have a resource at once; `None` is as many as want to.
pub async fn count_licences(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (seen, count): (Seen, Option<u32>),
) -> Result<(), Failure> {
    revise(app, actor, engagement, seen, |plan, resource| {
        if count.is_some_and(|count| count > MAX_LICENCES) {
            return Err(Refusal::field("licences", format!("at most {MAX_LICENCES}")).into());
        }
        let before = match count {
            Some(count) => plan.licences.insert(resource.id.clone(), count),
            None => plan.licences.remove(&resource.id),
        };
        let fact = Fact::new(FactKind::LicencesCounted, resource.id.as_str(), &resource.title);
        Ok(Some(fact.from(json!({ "licences": before })).to(json!({ "licences": count }))).filter(|_| before != count))
    })
    .await
}

/// Says when a room is there, and for how many; `None` takes the booking away.
pub async fn book_room(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (seen, booking): (Seen, Option<Booking>),
) -> Result<(), Failure> {
    revise(app, actor, engagement, seen, |plan, resource| {
        if let Some(booking) = &booking {
            booking.check(resource).map_err(|unusable| Refusal::field(unusable.field(), unusable.to_string()))?;
        }
        let before = plan.bookings.remove(&resource.id);
        plan.bookings.extend(booking.clone().map(|booking| (resource.id.clone(), booking)));
        let fact = Fact::new(FactKind::RoomBooked, resource.id.as_str(), &resource.title);
        Ok(Some(fact.from(json!(before)).to(json!(booking))).filter(|_| before != booking))
    })
    .await
}

/// Sets what people alone say of a resource: its licences, its booking. Nothing happens where `set` finds nothing new.
async fn revise(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    seen: Seen,
    set: impl FnOnce(&mut Plan, &Resource) -> Result<Option<Fact>, Failure>,
) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::MoveAccess).await?;
    going_on(change.engagement())?;
    let resource = known(&change, &seen.resource)?;
    seen.still_so(change.engagement())?;
    let mut plan = Plan::clone(&change.engagement().plan);
    let Some(fact) = set(&mut plan, &resource)? else { return Ok(()) };
    *plan.resource_versions.entry(seen.resource).or_default() += 1;
    change.record(fact.internal(resource.internal));
    change.save_plan(plan);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}
