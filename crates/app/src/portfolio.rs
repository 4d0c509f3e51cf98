//! Operations on portfolios: sets of engagements with administrators of their own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tminus_domain::{
    ids::{EngagementId, PersonId, PortfolioId},
    kit::Side,
    portfolio::Portfolio,
    record::fact::{Fact, FactKind},
    rights::{Actor, PracticeRole, Right, practice_scope},
};
use tminus_store::{StoreError, portfolio::Listed, record::Writing};

use crate::{App, Failure, Refusal, people::edition};

/// The portfolios that the actor may see: those that they administer, or all of them for those who read all engagements.
pub async fn list_portfolios(app: &App, actor: &Actor) -> Result<Vec<Portfolio>, Failure> {
    let scope = practice_scope(actor);
    if scope.within().is_some() || !(scope.sees_all() || scope.may_administer()) {
        return Err(Failure::Forbidden);
    }
    Ok(app.store.portfolios(&scope).await?)
}

/// The same with how many engagements are in them.
pub async fn count_portfolios(app: &App, actor: &Actor) -> Result<Vec<Listed>, Failure> {
    let portfolios = list_portfolios(app, actor).await?;
    Ok(app.store.counted(portfolios).await?)
}

/// One of them.
pub async fn show_portfolio(app: &App, actor: &Actor, id: &PortfolioId) -> Result<Listed, Failure> {
    let mut portfolios = list_portfolios(app, actor).await?;
    portfolios.retain(|portfolio| &portfolio.id == id);
    app.store.counted(portfolios).await?.pop().ok_or(Failure::NotFound)
}

/// What those are called who administer the portfolios that the actor may see.
pub async fn name_administrators(app: &App, actor: &Actor) -> Result<BTreeMap<PersonId, String>, Failure> {
    let portfolios = list_portfolios(app, actor).await?;
    Ok(app.store.portfolio_administrators(&portfolios).await?)
}

/// A portfolio as somebody wants it to be.
#[derive(Clone, Debug, Default)]
pub struct SavePortfolio {
    pub title: String,
    pub administrators: Vec<PersonId>,
    /// The [`edition`] that was looked at. Without it, it takes the place of whatever is there.
    pub seen: Option<String>,
}

/// Adds a portfolio.
pub async fn add_portfolio(app: &App, actor: &Actor, input: SavePortfolio) -> Result<Portfolio, Failure> {
    App::practice(actor, Right::EditPortfolios)?;
    let SavePortfolio { title, administrators, .. } = input;
    let portfolio = checked(Portfolio { id: PortfolioId(app.fresh_id()), title, administrators })?;
    let mut writing = app.store.writing().await?;
    may_be_administered(&writing, &portfolio.administrators).await?;
    save(&mut writing, &portfolio).await?;
    let names = names_of(&writing, &portfolio).await?;
    writing.record(fact(FactKind::PortfolioAdded, &portfolio).to(told(&portfolio)).text("administrators", names));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(portfolio)
}

/// Changes the title of a portfolio, or who administers it. It holds for all its engagements at once.
pub async fn change_portfolio(app: &App, actor: &Actor, id: &PortfolioId, input: SavePortfolio) -> Result<Portfolio, Failure> {
    App::practice(actor, Right::EditPortfolios)?;
    let SavePortfolio { title, administrators, seen } = input;
    let portfolio = checked(Portfolio { id: id.clone(), title, administrators })?;
    let mut writing = app.store.writing().await?;
    let before = writing.portfolio(id).await?.ok_or(Failure::NotFound)?;
    if seen.is_some_and(|seen| seen != edition(&before)) {
        return Err(Failure::Conflict(None));
    }
    if portfolio == before {
        return Ok(portfolio);
    }
    let new: Vec<_> = portfolio.administrators.iter().filter(|person| !before.administrators.contains(person)).cloned().collect();
    may_be_administered(&writing, &new).await?;
    save(&mut writing, &portfolio).await?;
    let names = names_of(&writing, &portfolio).await?;
    let changed = fact(FactKind::PortfolioChanged, &portfolio).from(told(&before)).to(told(&portfolio));
    writing.record(changed.text("title before", &before.title).text("administrators", names));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(portfolio)
}

/// Removes a portfolio that has no engagements any more.
pub async fn remove_portfolio(app: &App, actor: &Actor, id: &PortfolioId) -> Result<(), Failure> {
    App::practice(actor, Right::EditPortfolios)?;
    let mut writing = app.store.writing().await?;
    let before = writing.portfolio(id).await?.ok_or(Failure::NotFound)?;
    if !writing.remove_portfolio(id).await? {
        return Err(Refusal::field("portfolio", "it has engagements: put them elsewhere first").into());
    }
    writing.record(fact(FactKind::PortfolioRemoved, &before).from(told(&before)));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// The person behind an address, who is to administer a portfolio.
pub async fn administrator_by_email(app: &App, actor: &Actor, email: &str) -> Result<PersonId, Failure> {
    App::practice(actor, Right::EditPortfolios)?;
    let account = app.store.account_by_email(email).await?.filter(|account| !account.ended);
    let unknown = || Refusal::field("administrators", format!("nobody here has the address “{email}”"));
    Ok(account.ok_or_else(unknown)?.person.id)
}

/// Puts an engagement into a portfolio, or takes it out of all. Whoever does it edits the engagement, and administers both portfolios or the practice.
pub async fn set_portfolio(app: &App, actor: &Actor, engagement: &EngagementId, to: Option<&PortfolioId>) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    // As it stands now: what is kept with the engagement says who may open it.
    let to = match to {
        Some(to) => Some(change.portfolio(to).await?.filter(|to| may_fill(actor, to)).ok_or_else(not_yours)?),
        None => None,
    };
    let from = change.engagement().portfolio.as_deref().cloned();
    if from.as_ref().map(|from| &from.id) == to.as_ref().map(|to| &to.id) {
        return Ok(());
    }
    if from.as_ref().is_some_and(|from| !may_fill(actor, from)) {
        return Err(Failure::Forbidden);
    }
    let title = change.engagement().plan.setup.title.clone();
    let id = |portfolio: &Option<Portfolio>| portfolio.as_ref().map(|it| Value::from(it.id.0.as_str()));
    let mut fact = Fact::new(FactKind::PortfolioSet, engagement.as_str(), title).from(id(&from)).to(id(&to)).internal(true);
    for (name, portfolio) in [("title before", &from), ("title after", &to)] {
        fact = portfolio.iter().fold(fact, |fact, portfolio| fact.text(name, &portfolio.title));
    }
    change.save_portfolio(to);
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// A portfolio that the actor may put engagements into.
pub(crate) async fn to_fill(app: &App, actor: &Actor, id: &PortfolioId) -> Result<Portfolio, Failure> {
    let portfolio = app.store.portfolio(id).await?.filter(|portfolio| may_fill(actor, portfolio));
    Ok(portfolio.ok_or_else(not_yours)?)
}

fn not_yours() -> Refusal {
    Refusal::field("portfolio", "that is no portfolio that you administer")
}

/// The portfolios that the actor may put engagements into, by title.
pub async fn list_to_fill(app: &App, actor: &Actor) -> Result<Vec<Portfolio>, Failure> {
    let listed = match list_portfolios(app, actor).await {
        Err(Failure::Forbidden) => Vec::new(),
        listed => listed?,
    };
    Ok(listed.into_iter().filter(|portfolio| may_fill(actor, portfolio)).collect())
}

/// Whether somebody may put engagements into a portfolio and take them out.
pub fn may_fill(actor: &Actor, portfolio: &Portfolio) -> bool {
    let administers = actor.practice.may_administer() && portfolio.administrators.contains(&actor.person);
    actor.may(Right::EditPortfolios) || administers && actor.pass.within.is_none() && actor.pass.kind.may(Right::EditPlan)
}

/// Whoever may administer no portfolio any more leaves those that they administer.
pub(crate) async fn leave_portfolios(writing: &mut Writing, person: &PersonId) -> Result<(), Failure> {
    for id in writing.leave_portfolios(person).await? {
        let Some(portfolio) = writing.portfolio(&id).await? else { continue };
        let left = json!({ "left": person });
        let names = names_of(writing, &portfolio).await?;
        writing.record(fact(FactKind::PortfolioChanged, &portfolio).to(left).text("administrators", names));
    }
    Ok(())
}

async fn save(writing: &mut Writing, portfolio: &Portfolio) -> Result<(), Failure> {
    match writing.save_portfolio(portfolio).await {
        Err(StoreError::Conflict) => Err(Refusal::field("title", "another portfolio has this title").into()),
        saved => Ok(saved?),
    }
}

fn checked(portfolio: Portfolio) -> Result<Portfolio, Failure> {
    let field = |refused: tminus_domain::portfolio::Refused| match refused {
        tminus_domain::portfolio::Refused::Title => Refusal::field("title", refused.to_string()),
        tminus_domain::portfolio::Refused::Administrators => Refusal::field("administrators", refused.to_string()),
    };
    Ok(portfolio.checked().map_err(field)?)
}

async fn may_be_administered(writing: &Writing, people: &[PersonId]) -> Result<(), Failure> {
    for id in people {
        let account = writing.account(id).await?.filter(|account| !account.ended);
        let person = account.ok_or_else(|| Refusal::field("administrators", format!("there is no person “{id}”")))?.person;
        let role = person.practice;
        if person.side != Side::Delivery || !role.may_administer() {
            let what = if role == PracticeRole::Operator { "an operator reads no engagement" } else { "not on the delivery side" };
            return Err(Refusal::field("administrators", format!("{} cannot administer a portfolio: {what}", person.name)).into());
        }
    }
    Ok(())
}

/// What those are called who administer it, for the record.
async fn names_of(writing: &Writing, portfolio: &Portfolio) -> Result<String, Failure> {
    let mut names = Vec::new();
    for id in &portfolio.administrators {
        names.extend(writing.account(id).await?.map(|account| account.person.name));
    }
    Ok(names.join(", "))
}

fn fact(kind: FactKind, portfolio: &Portfolio) -> Fact {
    Fact::new(kind, portfolio.id.as_str(), &portfolio.title).internal(true)
}

fn told(portfolio: &Portfolio) -> Value {
    json!({ "administrators": portfolio.administrators })
}
