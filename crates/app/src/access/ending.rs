//! Everything that has to end: grants, what the engagement has as a whole, links, and keys that open nothing else.

use jiff::civil::Date;
use serde_json::json;
use tminus_domain::{
    access::{Grant, holding::Holding},
    ids::{EngagementId, PersonId, TokenId},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right, link::Link},
    schedule::Calendars,
};
use tminus_store::{Change, rights::Token};

use super::{Access, list_access};
use crate::{App, Failure, rights::link::end_link};

/// All that has to end, as one actor may see it.
pub struct Ending {
    pub access: Access,
    pub calendars: Calendars,
    pub holdings: Vec<Holding>,
    /// Those that still work. Empty for those who may not invite people.
    pub links: Vec<Link>,
    /// Those that still work and open nothing else. Empty for those who may not edit members.
    pub keys: Vec<Token>,
}

/// How much has to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub grants: usize,
    pub holdings: usize,
    pub links: usize,
    pub keys: usize,
}

impl Count {
    pub fn all(self) -> usize {
        self.grants + self.holdings + self.links + self.keys
    }
}

impl Ending {
    /// Grants in the order in which to end them, each with its day. `None` is now.
    pub fn grants(&self, all: bool, person: Option<&PersonId>) -> Vec<(Option<Date>, &Grant)> {
        self.access.engagement.ending(&self.calendars, (self.access.today, all, person))
    }

    /// By when what the engagement has as a whole has to be closed.
    pub fn due(&self, holding: &Holding) -> Option<Date> {
        self.access.engagement.holding_ends_on(holding, &self.calendars)
    }

    /// What has to end now: with all of it, at the end of the engagement.
    pub fn count(&self, all: bool) -> Count {
        let today = self.access.today;
        let grants = self.access.engagement.to_revoke(today, all).count();
        if !all {
            return Count { grants, ..Count::default() };
        }
        let holdings = self.holdings.iter().filter(|it| it.closed.is_none()).count();
        Count { grants, holdings, links: self.links.len(), keys: self.keys.len() }
    }

    /// Everybody who has something that has to end.
    pub fn people(&self) -> Vec<&PersonId> {
        let grants = self.access.engagement.to_revoke(self.access.today, true).map(|grant| &grant.person);
        let mut people: Vec<_> =
            grants.chain(self.links.iter().map(|link| &link.person)).chain(self.keys.iter().map(|key| &key.person)).collect();
        people.sort_by_key(|person| self.access.engagement.name(person));
        people.dedup();
        people
    }
}

/// All that has to end of an engagement, as far as the actor may see it.
pub async fn list_ending(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Ending, Failure> {
    let access = list_access(app, actor, engagement).await?;
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let whole = &view.engagement;
    let may = |right| app.permit(actor, whole, right).is_ok();
    let now = app.now();
    let mut holdings = whole.holdings();
    holdings.retain(|holding| access.whole || whole.closes(holding, &actor.person));
    let mut links = if may(Right::InvitePeople) { app.store.links(&view.scope).await? } else { Vec::new() };
    links.retain(|link| link.is_live(now));
    let keys = if may(Right::EditMembers) { app.store.tokens_within(&view.scope, now).await? } else { Vec::new() };
    Ok(Ending { calendars: Calendars::new(whole.plan.setup.calendars.clone())?, access, holdings, links, keys })
}

/// Ends a key that opens this engagement and nothing else, whoever made it.
pub async fn end_key(app: &App, actor: &Actor, engagement: &EngagementId, id: &TokenId) -> Result<(), Failure> {
    let mut change = app.change_access(actor, engagement, Right::EditMembers).await?;
    let now = app.now();
    let key = change.live_tokens(now).await?.into_iter().find(|key| &key.id == id).ok_or(Failure::NotFound)?;
    end_token(&mut change, &key, now).await?;
    change.save(actor, now, &app.salt()).await?;
    Ok(())
}

/// Ends the links of somebody and their keys that open nothing else, or everybody's, and says how many of each.
pub(crate) async fn end_ways_in(change: &mut Change, person: Option<&PersonId>, now: jiff::Timestamp) -> Result<(usize, usize), Failure> {
    let links = change.live_links(person, now).await?;
    for link in &links {
        end_link(change, link, now).await?;
    }
    change.forget_expired_links(person, now).await?;
    let mut keys = change.live_tokens(now).await?;
    keys.retain(|key| person.is_none_or(|person| &key.person == person));
    for key in &keys {
        end_token(change, key, now).await?;
    }
    Ok((links.len(), keys.len()))
}

async fn end_token(change: &mut Change, key: &Token, now: jiff::Timestamp) -> Result<(), Failure> {
    if change.revoke_token(&key.id, now).await? {
        let name = change.engagement().name(&key.person).to_owned();
        let fact = Fact::new(FactKind::TokenRevoked, key.id.as_str(), &key.title).to(json!({ "person": key.person }));
        change.record(fact.text("whose", name).internal(true));
    }
    Ok(())
}
