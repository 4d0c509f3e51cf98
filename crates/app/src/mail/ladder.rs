//! At which steps an engagement reminds people.

use tminus_domain::{
    engagement::Plan,
    ids::EngagementId,
    mail::reminder::Ladder,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use crate::{App, Failure, Refusal};

/// The steps of an engagement.
pub async fn show_ladder(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Ladder, Failure> {
    Ok(app.view(actor, engagement, Right::EditPlan).await?.engagement.plan.ladder.clone())
}

/// Sets the steps of an engagement.
pub async fn set_ladder(app: &App, actor: &Actor, engagement: &EngagementId, ladder: Ladder) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    ladder.check().map_err(|(field, why)| Refusal::field(field, why))?;
    let plan = Plan::clone(&change.engagement().plan);
    if plan.ladder == ladder {
        return Ok(());
    }
    let told = |ladder: &Ladder| serde_json::to_value(ladder).unwrap_or_default();
    let fact = Fact::new(FactKind::RemindersSet, engagement.as_str(), &plan.setup.title).from(told(&plan.ladder)).to(told(&ladder));
    change.record(fact);
    change.save_plan(Plan { ladder, ..plan });
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}
