//! Taking back what one did.

use std::collections::BTreeMap;

use tminus_domain::{
    access::work::Refused,
    engagement::Engagement,
    ids::{EngagementId, PersonId, ResourceId},
    record::fact::FactKind,
    rights::{Actor, Right},
};
use tminus_store::{TakenBack, Undoable};

use super::status::fact;
use crate::{App, Failure, Refusal, access};

/// Takes back a change of items that the actor made, by the number of its entry, or their newest. The record keeps both.
/// If one of its items was worked on since, that is the conflict. The number is that of the entry taken back.
pub async fn undo(app: &App, actor: &Actor, engagement: &EngagementId, number: Option<u64>) -> Result<u64, Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let before = taken(change.engagement());
    let (number, items, grants) = match (change.take_back(&actor.person, number).await?, number) {
        (TakenBack::Entry { number, items, grants }, _) => (number, items, grants),
        (TakenBack::MovedOn, _) => return Err(Failure::Conflict(None)),
        (TakenBack::WorkedOn(item), _) => return Err(Failure::Conflict(change.item(&item).cloned())),
        (TakenBack::Nothing, Some(number)) => {
            return Err(Refusal::field("number", format!("entry {number} is not one of yours that can be taken back now")).into());
        }
        (TakenBack::Nothing, None) => return Err(Refusal::field("undo", "there is nothing of yours to take back here").into()),
    };
    can_have_back(change.engagement(), &before, &grants)?;
    for id in items {
        if let Some(item) = change.item(&id).cloned() {
            let state = (!item.removed).then(|| item.state().as_str());
            change.record(fact(FactKind::ChangeUndone, &item).from(number).to(state));
        }
    }
    access::told::untell(app, &change, &grants).await?;
    for (person, resource) in &grants {
        if let Some(grant) = change.engagement().grant(person, resource).cloned() {
            let fact = access::fact(change.engagement(), FactKind::ChangeUndone, &grant);
            change.record(fact.from(number).to(serde_json::json!({ "step": grant.step })));
        }
    }
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(number)
}

/// How many people have a licence, of each resource whose licences are counted.
fn taken(engagement: &Engagement) -> BTreeMap<ResourceId, u32> {
    let counted = engagement.plan.licences.keys();
    counted.filter_map(|id| Some((id.clone(), engagement.licences(id)?.taken))).collect()
}

/// Taking back gives nobody what they could not be given now: a licence where none is left, a user name that somebody else has.
fn can_have_back(engagement: &Engagement, before: &BTreeMap<ResourceId, u32>, grants: &[(PersonId, ResourceId)]) -> Result<(), Failure> {
    for (id, taken) in taken(engagement) {
        let over = engagement.plan.licences.get(&id).is_some_and(|of| taken > *of);
        if over && before.get(&id).is_none_or(|before| taken > *before) {
            return Err(Refusal::Grant(Refused::NoLicence).into());
        }
    }
    for (person, id) in grants {
        let Some((resource, grant)) = engagement.resource(id).zip(engagement.grant(person, id)) else { continue };
        if let Some(name) = engagement.has_of_others(resource, grant) {
            return Err(Refusal::field("undo", format!("“{name}” is each person’s own, and somebody else has this one by now")).into());
        }
    }
    Ok(())
}

/// What the actor can still take back here, the newest first.
pub async fn list_undoable(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Undoable>, Failure> {
    let view = app.view(actor, engagement, Right::WorkItems).await?;
    Ok(app.store.undoable(&view, &actor.person).await?)
}
