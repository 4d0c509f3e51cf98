//! Taking back what one did.

use tminus_domain::{
    ids::EngagementId,
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
    let (number, items, grants) = match (change.take_back(&actor.person, number).await?, number) {
        (TakenBack::Entry { number, items, grants }, _) => (number, items, grants),
        (TakenBack::MovedOn, _) => return Err(Failure::Conflict(None)),
        (TakenBack::WorkedOn(item), _) => return Err(Failure::Conflict(change.item(&item).cloned())),
        (TakenBack::Nothing, Some(number)) => {
            return Err(Refusal::field("number", format!("entry {number} is not one of yours that can be taken back now")).into());
        }
        (TakenBack::Nothing, None) => return Err(Refusal::field("undo", "there is nothing of yours to take back here").into()),
    };
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

/// What the actor can still take back here, the newest first.
pub async fn list_undoable(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Undoable>, Failure> {
    let view = app.view(actor, engagement, Right::WorkItems).await?;
    Ok(app.store.undoable(&view, &actor.person).await?)
}
