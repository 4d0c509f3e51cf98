//! One transaction on one engagement, by one actor.

pub(crate) mod undo;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tminus_domain::{
    access::Grant,
    checklist::item::Item,
    engagement::{Engagement, Plan, counts::Counts},
    ids::{EngagementId, ItemId, PersonId, ResourceId},
    people::{ERASED, Member},
    portfolio::Portfolio,
    record::{chain::Happening, fact::Fact},
    rights::{Actor, Ground, Scope},
};

use crate::{
    Changed, Store, StoreError, access,
    batch::Batch,
    checklist::{self, item::Besides},
    engagement::{plan, row},
    people, record, to_text,
    turn::Tx,
};

pub use undo::{TakenBack, Undoable};

/// Begins a transaction that will write. On SQLite it takes the write lock at once, so that what it reads stays true.
pub(crate) async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
    let mode = Some(SqliteTransactionMode::Immediate);
    Ok(db.begin_with_options(TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() }).await?)
}

/// An engagement held for a change, before anybody decided who may make it.
pub struct Locked {
    tx: Tx,
    before: Arc<Engagement>,
    store: Store,
}

/// A change in the making: what is saved is what was recorded.
pub struct Change {
    tx: Tx,
    store: Store,
    scope: Scope,
    before: Arc<Engagement>,
    after: Engagement,
    touched: BTreeMap<ItemId, Touch>,
    granted: BTreeSet<(PersonId, ResourceId)>,
    plan_changed: bool,
    members_changed: bool,
    facts: Vec<Fact>,
    undoable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Added,
    Work,
    Content,
}

impl Store {
    /// Holds an engagement for a change. Others wait, in the order they came.
    pub async fn lock(&self, id: &EngagementId) -> Result<Option<Locked>, StoreError> {
        let (tx, revision) = self.turn(id).await?;
        let Some(revision) = revision else { return Ok(None) };
        let before = match tx.unsaved(id, revision).or_else(|| self.cache.whole(id, revision)) {
            Some(kept) => kept,
            None => match crate::engagement::load(tx.db(), id).await? {
                Some(loaded) => Arc::new(loaded),
                None => return Ok(None),
            },
        };
        Ok(Some(Locked { tx, before, store: self.clone() }))
    }

    /// Adds a new engagement with its items and members, and the first entries of its record.
    pub async fn add_engagement(&self, engagement: Engagement, happening: Opened<'_>) -> Result<(), StoreError> {
        let tx = begin(&self.write).await?;
        let Opened { actor, at, salt, facts } = happening;
        let id = engagement.id.clone();
        let mut batch = Batch::new(&tx);
        let head = record::add_entries(&mut batch, &engagement.head, &Happening { chain: id.as_str(), actor, at, salt }, &facts)?;
        let engagement = Engagement { head, ..engagement };
        batch.add(&row::Entity::insert(active(&engagement)?));
        batch.add(&plan::Entity::insert(active_plan(&engagement)?));
        access::save(&mut batch, &id, &engagement.grants)?;
        batch.run(&tx).await?;
        people::member::save(&tx, &id, &engagement.members).await?;
        checklist::item::add(&tx, &id, &engagement.items).await?;
        tx.commit().await?;
        self.tally.count(facts.len());
        self.announce(Changed { engagement: id.0, revision: engagement.revision }).await;
        Ok(())
    }
}

/// Who opens an engagement, and what the record says of it.
pub struct Opened<'a> {
    pub actor: &'a Actor,
    pub at: Timestamp,
    pub salt: &'a str,
    pub facts: Vec<Fact>,
}

impl Locked {
    /// All that deciding on rights needs. `today` is the date in the engagement's zone.
    pub fn ground(&self, today: Date) -> Ground<'_> {
        self.before.ground(today)
    }

    pub fn zone(&self) -> &str {
        &self.before.plan.setup.zone
    }

    pub fn enter(self, scope: Scope) -> Change {
        let after = Engagement::clone(&self.before);
        Change {
            tx: self.tx,
            store: self.store,
            scope,
            before: self.before,
            after,
            touched: BTreeMap::new(),
            granted: BTreeSet::new(),
            plan_changed: false,
            members_changed: false,
            facts: Vec::new(),
            undoable: false,
        }
    }
}

impl Change {
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        self.tx.db()
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The engagement as the change leaves it so far. Whole: what the actor may see of it is for the operation to ask.
    pub fn engagement(&self) -> &Engagement {
        &self.after
    }

    /// An item that the actor may see.
    pub fn item(&self, id: &ItemId) -> Option<&Arc<Item>> {
        self.after.item(id).filter(|item| self.scope.sees_internal() || !self.after.hides(item))
    }

    pub fn save_item(&mut self, item: Item) {
        let Some(place) = self.after.items.iter().position(|it| it.id == item.id) else { return };
        let touch = if self.after.items[place].content == item.content { Touch::Work } else { Touch::Content };
        let touched = self.touched.entry(item.id.clone()).or_insert(touch);
        if *touched == Touch::Work {
            *touched = touch;
        }
        let moved = self.after.items[place].position != item.position;
        self.after.items[place] = Arc::new(item);
        if moved {
            self.after.sort();
        }
    }

    pub fn add_item(&mut self, item: Item) {
        self.touched.insert(item.id.clone(), Touch::Added);
        self.after.items.push(Arc::new(item));
        self.after.sort();
    }

    /// Access that the actor may see.
    pub fn grant(&self, person: &PersonId, resource: &ResourceId) -> Option<&Arc<Grant>> {
        let shown = self.scope.sees_internal() || self.after.resource(resource).is_some_and(|resource| !resource.internal);
        self.after.grant(person, resource).filter(|_| shown)
    }

    pub fn save_grant(&mut self, grant: Grant) {
        let key = (grant.person.clone(), grant.resource.clone());
        if let Some(there) = self.after.grants.iter_mut().find(|it| it.person == key.0 && it.resource == key.1) {
            *there = Arc::new(grant);
        } else {
            self.after.grants.push(Arc::new(grant));
            self.after.grants.sort_by(|a, b| (&a.person, &a.resource).cmp(&(&b.person, &b.resource)));
        }
        self.granted.insert(key);
    }

    pub fn save_plan(&mut self, plan: Plan) {
        self.plan_changed = true;
        self.after.plan = Arc::new(plan);
    }

    pub fn save_members(&mut self, members: Vec<Member>) {
        self.members_changed = true;
        self.after.members = Arc::new(members);
    }

    pub fn save_portfolio(&mut self, portfolio: Option<Portfolio>) {
        self.after.portfolio = portfolio.map(Arc::new);
    }

    /// Says that a person is mentioned from now on, so that pages know their name.
    pub fn name(&mut self, person: &PersonId, name: &str) {
        if self.after.names.get(person).map(String::as_str) != Some(name) {
            Arc::make_mut(&mut self.after.names).insert(person.clone(), name.to_owned());
        }
    }

    /// Nobody is called by their name here any more.
    pub(crate) fn forget_names(&mut self) {
        for name in Arc::make_mut(&mut self.after.names).values_mut() {
            ERASED.clone_into(name);
        }
    }

    pub fn record(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// The change of items can be undone by who made it.
    pub fn can_be_undone(&mut self) {
        self.undoable = true;
    }

    /// Rows and facts: together or not at all. The new revision comes back with the number of the last entry.
    pub async fn save(mut self, actor: &Actor, at: Timestamp, salt: &str) -> Result<Arc<Engagement>, StoreError> {
        if self.facts.is_empty() {
            return Err(StoreError::Unrecorded);
        }
        let id = self.after.id.clone();
        // What is known already is as the database has it; the actor may have asked under an earlier name.
        if !self.after.names.contains_key(&actor.person) && !self.after.is_erased() {
            self.name(&actor.person, &actor.name);
        }
        // What happens to a part of something internal is internal, whatever the part says of itself.
        for fact in &mut self.facts {
            let hidden = |item: &Arc<Item>| self.after.hides(item) || self.before.item(&item.id).is_some_and(|it| self.before.hides(it));
            fact.internal |= self.after.item(&ItemId(fact.subject.clone())).is_some_and(hidden);
        }
        let granted: Vec<_> = self.granted.iter().filter_map(|(person, resource)| self.after.grant(person, resource)).cloned().collect();
        let mut batch = Batch::new(self.tx.db());
        let mut added = Vec::new();
        for (item, touch) in &self.touched {
            let Some(item) = self.after.item(item) else { continue };
            match touch {
                Touch::Added => added.push(item.clone()),
                Touch::Content => checklist::item::save(&mut batch, &id, item, Besides::Content)?,
                Touch::Work => {
                    let came_or_went = self.before.item(&item.id).is_some_and(|before| before.removed != item.removed);
                    checklist::item::save(&mut batch, &id, item, if came_or_went { Besides::Findable } else { Besides::Nothing })?;
                }
            }
        }
        access::save(&mut batch, &id, &granted)?;
        checklist::item::add(self.tx.db(), &id, &added).await?;
        if self.members_changed {
            people::member::save(self.tx.db(), &id, &self.after.members).await?;
        }
        let happening = Happening { chain: id.as_str(), actor, at, salt };
        self.after.head = record::add_entries(&mut batch, &self.before.head, &happening, &self.facts)?;
        self.after.revision = self.before.revision + 1;
        let row = row::ActiveModel { id: NotSet, ..active(&self.after)? };
        batch.add(&row::Entity::update_many().set(row).filter(row::Column::Id.eq(id.as_str())));
        if self.plan_changed {
            let plan = plan::ActiveModel { engagement_id: NotSet, ..active_plan(&self.after)? };
            batch.add(&plan::Entity::update_many().set(plan).filter(plan::Column::EngagementId.eq(id.as_str())));
        }
        if self.undoable {
            self.keep_undo(&mut batch, &actor.person, at)?;
        }
        let after = Arc::new(self.after);
        self.tx.save(&self.store, batch, after.clone(), self.facts.len()).await?;
        Ok(after)
    }
}

fn active(engagement: &Engagement) -> Result<row::ActiveModel, StoreError> {
    let plan = &engagement.plan;
    let kickoff = engagement.milestone("kickoff").map_or_else(|| "9999-12-31".to_owned(), |date| date.to_string());
    Ok(row::ActiveModel {
        id: Set(engagement.id.0.clone()),
        title: Set(plan.setup.title.clone()),
        customer: Set(plan.setup.customer.clone()),
        state: Set(state(engagement).to_owned()),
        sort_key: Set(kickoff),
        revision: Set(engagement.revision),
        head_number: Set(i64::try_from(engagement.head.number).unwrap_or(i64::MAX)),
        head_hash: Set(engagement.head.hash.clone()),
        counts: Set(to_text("engagement", &Counts::of(engagement))?),
        portfolio_id: Set(engagement.portfolio.as_ref().map(|portfolio| portfolio.id.0.clone())),
        ended_at: Set(plan.closing.ended.as_ref().map(|ended| ended.mark.at.to_string())),
        erase_after: Set(plan.closing.keep.map(|keep| keep.to_string())),
        erased_at: Set(plan.closing.erased_at.map(|at| at.to_string())),
    })
}

/// Closed is Sprint 0: what follows it is still told and worked on. Ended is all of it; carried is the end with something left that people are told of.
fn state(engagement: &Engagement) -> &'static str {
    let closing = &engagement.plan.closing;
    match (&closing.ended, closing.closed_at) {
        (Some(_), _) if !engagement.is_erased() && engagement.has_left() => "carried",
        (Some(_), _) => "ended",
        (None, Some(_)) => "closed",
        (None, None) => "open",
    }
}

fn active_plan(engagement: &Engagement) -> Result<plan::ActiveModel, StoreError> {
    Ok(plan::ActiveModel { engagement_id: Set(engagement.id.0.clone()), document: Set(to_text("plan", &*engagement.plan)?) })
}
