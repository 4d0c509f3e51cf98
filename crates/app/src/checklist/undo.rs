//! Taking back the last thing one did.

use tminus_domain::{
    ids::EngagementId,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use crate::{App, Failure, Refusal};

/// Takes back the actor's last change of items. The record keeps both. The number is that of the entry taken back.
pub async fn undo(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<u64, Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let undone = change.undo_last(&actor.person).await?;
    let number = undone.ok_or_else(|| Refusal::field("undo", "there is nothing of yours to take back here"))?;
    change.record(Fact::new(FactKind::ChangeUndone, engagement.as_str(), format!("entry {number}")).from(number));
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(number)
}
