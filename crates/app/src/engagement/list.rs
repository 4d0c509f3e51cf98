//! Listing engagements, and one person's items across them.

use std::sync::Arc;

use jiff::civil::Date;
use tminus_domain::{
    access::turn::Waiting,
    checklist::{item::Item, status::State},
    engagement::{Engagement, counts::Counts},
    ids::{EngagementId, PortfolioId},
    rights::{Actor, Right, Scope, authorize, permit},
    schedule::Calendars,
};
use tminus_store::{
    View,
    engagement::{Listed, Page},
};

use crate::{App, Failure, portfolio::list_portfolios};

/// A page of the engagements that the actor may see, by kick-off date.
pub async fn list_engagements(app: &App, actor: &Actor, page: &Page) -> Result<Vec<Arc<Listed>>, Failure> {
    let scope = tminus_domain::rights::practice_scope(actor);
    let page = Page { limit: page.limit.clamp(1, 200), ..page.clone() };
    if page.portfolio.is_some() && !sees_portfolio(app, actor, page.portfolio.as_ref()).await? {
        return Ok(Vec::new());
    }
    let mut listed = app.store.engagements(&scope, &page, app.today(&actor.zone)).await?;
    if scope.sees_all() {
        return Ok(listed);
    }
    let ids: Vec<_> = listed.iter().map(|line| line.id.clone()).collect();
    let reads_internal = actor.pass.kind.may(Right::ReadInternal);
    let functions = app.store.functions_of(&actor.person, &ids).await?;
    let administered = if scope.may_administer() { app.store.portfolios(&scope).await? } else { Vec::new() };
    let administers = |line: &Listed| administered.iter().any(|it| Some(&it.id) == line.portfolio.as_ref());
    let mut gone = Vec::new();
    for line in &mut listed {
        let whole = functions.get(&line.id).is_some_and(|function| function.may(Right::ReadInternal)) || administers(line);
        if reads_internal && whole {
            continue;
        }
        // What is kept counts everything, also what is internal: for these readers it is counted from what they see.
        match show_engagement(app, actor, &line.id).await {
            Ok(view) => {
                let line = Arc::make_mut(line);
                line.counts = Counts::of(&view.engagement);
                line.portfolio = view.engagement.portfolio.as_ref().map(|portfolio| portfolio.id.clone());
            }
            // Their last day was over in the engagement's zone before it is in theirs.
            Err(Failure::NotFound) => gone.push(line.id.clone()),
            Err(failure) => return Err(failure),
        }
    }
    listed.retain(|line| !gone.contains(&line.id));
    Ok(listed)
}

async fn sees_portfolio(app: &App, actor: &Actor, id: Option<&PortfolioId>) -> Result<bool, Failure> {
    match list_portfolios(app, actor).await {
        Err(Failure::Forbidden) => Ok(false),
        listed => Ok(listed?.iter().any(|portfolio| Some(&portfolio.id) == id)),
    }
}

/// One engagement as the actor may see it.
pub async fn show_engagement(app: &App, actor: &Actor, id: &EngagementId) -> Result<View, Failure> {
    app.view(actor, id, Right::ReadEngagement).await
}

/// One person's open items of an engagement.
pub struct Mine {
    pub engagement: Arc<Engagement>,
    pub scope: Scope,
    pub today: Date,
    /// Open items that the person owns or that are about them.
    pub items: Vec<Arc<Item>>,
    /// Items that the other side submitted and that the person may accept.
    pub to_accept: Vec<Arc<Item>>,
    /// Items on which another side wrote last, and waits for an answer.
    pub written: Vec<Arc<Item>>,
    /// Access that waits for the person, and by when.
    pub access: Vec<(Waiting, Option<Date>)>,
}

/// Access of an engagement that waits for the actor, and by when. What an item of theirs says already is not among it.
pub fn waiting_for(engagement: &Engagement, actor: &Actor, today: Date) -> Vec<(Waiting, Option<Date>)> {
    let member = engagement.member(&actor.person).filter(|member| member.is_here(today));
    let calendars = Calendars::new(engagement.plan.setup.calendars.clone()).ok();
    member.zip(calendars).map(|(member, calendars)| engagement.waiting_for(member, &calendars, today)).unwrap_or_default()
}

/// The actor's own open items across all engagements they are on, the most urgent first.
pub async fn list_my_items(app: &App, actor: &Actor) -> Result<Vec<Mine>, Failure> {
    let mut mine = Vec::new();
    for id in app.store.engagements_of(&actor.person).await? {
        let Some(snapshot) = app.store.snapshot(&id).await? else { continue };
        let today = app.today(snapshot.zone());
        let Ok(scope) = authorize(actor, snapshot.ground(today), Right::ReadEngagement) else { continue };
        let accepts = permit(actor, snapshot.ground(today), Right::AcceptItems).is_ok();
        let engagement = snapshot.open(scope.clone()).engagement;
        let over = engagement.has_ended();
        let awaits = |item: &Item| {
            let submitted_by = item.submitted.as_ref().map(|mark| &mark.by);
            item.state() == State::Submitted
                && accepts
                && item.content.accepted_by == Some(scope.side())
                && submitted_by != Some(&actor.person)
        };
        let to_accept: Vec<_> = engagement.listed().filter(|item| !over && awaits(item)).cloned().collect();
        let asked = |item: &Item| engagement.plan.closing.asks_for(&item.id);
        let own = |item: &Item| !over && item.is_open() && !awaits(item) && asked(item) && engagement.is_of(item, &actor.person, today);
        let mut items: Vec<_> = engagement.listed().filter(|item| own(item)).cloned().collect();
        items.sort_by_key(|item| item.due_on().unwrap_or(Date::MAX));
        let access = waiting_for(&engagement, actor, today);
        let member = engagement.member(&actor.person).filter(|member| member.is_here(today));
        let written = member.map(|member| engagement.words_for(member, (today, app.now())).map(|(item, _)| item.clone()).collect());
        let written = written.unwrap_or_default();
        mine.push(Mine { engagement, scope, today, items, to_accept, written, access });
    }
    mine.sort_by_key(|mine| mine.items.first().and_then(|item| item.due_on()).unwrap_or(Date::MAX));
    Ok(mine)
}
