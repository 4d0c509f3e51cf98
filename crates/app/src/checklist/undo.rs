//! Taking back what one did.

use tminus_domain::{
    ids::EngagementId,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::TakenBack;

use crate::{App, Failure, Refusal};

/// Takes back a change of items that the actor made, by the number of its entry, or their newest. The record keeps both.
/// If one of its items was worked on since, that is the conflict. The number is that of the entry taken back.
pub async fn undo(app: &App, actor: &Actor, engagement: &EngagementId, number: Option<u64>) -> Result<u64, Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let number = match (change.take_back(&actor.person, number).await?, number) {
        (TakenBack::Entry(number), _) => number,
        (TakenBack::WorkedOn(item), _) => return Err(Failure::Conflict(change.item(&item).cloned())),
        (TakenBack::Nothing, Some(number)) => {
            return Err(Refusal::field("number", format!("entry {number} is not one of yours that can be taken back now")).into());
        }
        (TakenBack::Nothing, None) => return Err(Refusal::field("undo", "there is nothing of yours to take back here").into()),
    };
    change.record(Fact::new(FactKind::ChangeUndone, engagement.as_str(), format!("entry {number}")).from(number));
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(number)
}
