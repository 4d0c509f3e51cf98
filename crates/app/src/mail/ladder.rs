//! At which steps an engagement reminds people.

use jiff::civil::Date;
use tminus_domain::{
    engagement::Plan,
    ids::{EngagementId, PersonId},
    kit::Side,
    mail::reminder::{Ladder, Reminder, ahead},
    people::escalation::Rung,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
    schedule::Calendars,
};

use super::digest::seen;
use crate::{App, Failure, Refusal};

/// What an executive sponsor will be told in the next two weeks if nothing happens until then.
pub struct Ahead {
    pub person: PersonId,
    pub name: String,
    /// By day, the first day first.
    pub days: Vec<(Date, Vec<Reminder>)>,
}

/// The steps of an engagement.
pub async fn show_ladder(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Ladder, Failure> {
    Ok(app.view(actor, engagement, Right::EditPlan).await?.engagement.plan.ladder.clone())
}

/// What each executive sponsor of an engagement will be told, as they may see it. Whoever sets the steps looks at it before it is sent.
pub async fn show_ahead(app: &App, actor: &Actor, id: &EngagementId) -> Result<Vec<Ahead>, Failure> {
    let view = app.view(actor, id, Right::EditPlan).await?;
    let today = app.today(&view.engagement.plan.setup.zone);
    let mut sponsors = Vec::new();
    for sponsor in view.engagement.on_rung(&Rung::Sponsor, Side::Customer, today) {
        let Some(account) = app.store.account(&sponsor.person).await? else { continue };
        let Some(it) = seen(app, &account.person, id).await? else { continue };
        let calendars = Calendars::new(it.engagement.plan.setup.calendars.clone())?;
        let days = ahead(&it.engagement, &it.member, &calendars, (today, app.now()));
        sponsors.push(Ahead { person: account.person.id, name: account.person.name, days });
    }
    Ok(sponsors)
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
