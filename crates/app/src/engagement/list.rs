//! Listing engagements, and one person's items across them.

use std::sync::Arc;

use jiff::civil::Date;
use tminus_domain::{
    checklist::item::Item,
    engagement::Engagement,
    ids::EngagementId,
    rights::{Actor, Right, authorize},
};
use tminus_store::{
    View,
    engagement::{Listed, Page},
};

use crate::{App, Failure};

/// A page of the engagements that the actor may see, by kick-off date.
pub async fn list_engagements(app: &App, actor: &Actor, page: &Page) -> Result<Vec<Listed>, Failure> {
    let scope = tminus_domain::rights::practice_scope(actor);
    Ok(app.store.engagements(&scope, &Page { limit: page.limit.clamp(1, 200), ..page.clone() }).await?)
}

/// One engagement as the actor may see it.
pub async fn show_engagement(app: &App, actor: &Actor, id: &EngagementId) -> Result<View, Failure> {
    app.view(actor, id, Right::ReadEngagement).await
}

/// One person's open items of an engagement.
pub struct Mine {
    pub engagement: Arc<Engagement>,
    pub today: Date,
    pub items: Vec<Arc<Item>>,
}

/// The actor's own open items across all engagements they are on, the most urgent first.
pub async fn list_my_items(app: &App, actor: &Actor) -> Result<Vec<Mine>, Failure> {
    let mut mine = Vec::new();
    for id in app.store.engagements_of(&actor.person).await? {
        let Some(snapshot) = app.store.snapshot(&id).await? else { continue };
        let Ok(scope) = authorize(actor, &id, snapshot.members(), Right::ReadEngagement) else { continue };
        let engagement = snapshot.open(scope).engagement;
        if engagement.plan.closing.closed_at.is_some() {
            continue;
        }
        let mut items: Vec<_> =
            engagement.listed().filter(|item| item.is_open() && engagement.is_of(item, &actor.person)).cloned().collect();
        items.sort_by_key(|item| item.due_on().unwrap_or(Date::MAX));
        let today = app.today(&engagement.plan.setup.zone);
        mine.push(Mine { engagement, today, items });
    }
    mine.sort_by_key(|mine| mine.items.first().and_then(|item| item.due_on()).unwrap_or(Date::MAX));
    Ok(mine)
}
