//! Engagements: the snapshot of one, and the list of all.

use std::{collections::BTreeMap, collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IsolationLevel, QueryFilter, QueryOrder,
    QuerySelect, Statement, TransactionOptions, TransactionTrait, sea_query::Query,
};
use tminus_domain::{
    access::Grant,
    checklist::item::Item,
    engagement::{Engagement, Plan, counts::Counts},
    ids::{EngagementId, PersonId, PortfolioId},
    kit::Side,
    people::Member,
    record::chain::Head,
    rights::{Function, Ground, PracticeScope, Scope},
};

use crate::{
    Store, StoreError, access, checklist, from_text,
    people::{member, person},
    portfolio,
};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "engagement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub title: String,
        pub customer: String,
        pub state: String,
        pub sort_key: String,
        pub revision: i64,
        pub head_number: i64,
        pub head_hash: String,
        #[sea_orm(column_type = "Text")]
        pub counts: String,
        pub portfolio_id: Option<String>,
        pub ended_at: Option<String>,
        /// Months, or `never`; without one as the practice does.
        pub erase_after: Option<String>,
        pub erased_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod plan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        #[sea_orm(column_type = "Text")]
        pub document: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A whole engagement that nobody may read yet: a scope turns it into a [`View`].
#[derive(Debug)]
pub struct Snapshot {
    whole: Arc<Engagement>,
    store: Store,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

/// What one scope may see of an engagement: without the right to read internal things, they are not in it.
#[derive(Clone, Debug)]
pub struct View {
    pub engagement: Arc<Engagement>,
    pub scope: Scope,
}

impl Snapshot {
    /// All that deciding on rights needs. `today` is the date in the engagement's zone.
    pub fn ground(&self, today: Date) -> Ground<'_> {
        self.whole.ground(today)
    }

    /// Where its days begin and end: an IANA time zone.
    pub fn zone(&self) -> &str {
        &self.whole.plan.setup.zone
    }

    pub fn open(self, scope: Scope) -> View {
        if scope.sees_internal() {
            return View { engagement: self.whole, scope };
        }
        let cache = &self.store.cache;
        let kept = cache.shared(&self.whole.id, self.whole.revision);
        let engagement = kept.unwrap_or_else(|| {
            let shared = Arc::new(without_internal(&self.whole));
            cache.keep_shared(shared.clone());
            shared
        });
        View { engagement, scope }
    }
}

/// The engagement as those see it who may not read internal things. Parts of something internal are internal too.
pub(crate) fn without_internal(whole: &Engagement) -> Engagement {
    let hidden_keys = whole.internal_keys();
    let mut items: Vec<_> = whole.items.iter().filter(|item| !hidden_keys.contains(item.key.as_str())).cloned().collect();
    let mut plan = Plan::clone(&whole.plan);
    // What was left out says how the delivery side works, and may name internal things.
    plan.left_out.clear();
    // How the delivery side is staffed is its own matter; of other sides, each reads its own.
    plan.seats.retain(|seat| seat.side != Side::Delivery);
    plan.responsibilities.retain(|row| !row.internal && !row.left_out);
    if let Some(report) = &mut plan.closing.report {
        let shown: BTreeSet<_> = items.iter().map(|item| &item.id).collect();
        report.keep_shared(|item| shown.contains(item));
    }
    let filled: BTreeSet<_> = items.iter().map(|item| &item.activity).collect();
    plan.activities.retain(|activity| filled.contains(&activity.id));
    for item in &mut items {
        if item.internal_comments > 0 {
            Arc::make_mut(item).internal_comments = 0;
        }
        if item.content.after.iter().any(|key| hidden_keys.contains(key.as_str())) {
            let content = &mut Arc::make_mut(item).content;
            Arc::make_mut(content).after.retain(|key| !hidden_keys.contains(key.as_str()));
        }
    }
    let internal: BTreeSet<_> = plan.resources.iter().filter(|resource| resource.internal).map(|resource| resource.id.clone()).collect();
    plan.resources.retain(|resource| !resource.internal);
    plan.by_hand.retain(|own| !own.resource.internal);
    for resource in plan.resources.iter_mut().chain(plan.by_hand.iter_mut().map(|own| &mut own.resource)) {
        resource.after.retain(|id| !internal.contains(id));
    }
    let named: BTreeSet<_> = plan.resources.iter().map(|resource| resource.id.clone()).collect();
    plan.licences.retain(|id, _| named.contains(id));
    plan.bookings.retain(|id, _| named.contains(id));
    plan.resource_versions.retain(|id, _| named.contains(id));
    plan.policies.retain(|policy| !internal.contains(&policy.refuses));
    for policy in &mut plan.policies {
        policy.instead.retain(|id| !internal.contains(id));
    }
    let internal_id = |id: &str| internal.iter().any(|it| it.as_str() == id);
    plan.holdings.retain(|holding| !holding.internal && !internal_id(holding.id.as_str()));
    for urgent in &mut plan.urgent {
        urgent.reason.clear();
    }
    // Of what is no resource any more nobody can say whether it was internal.
    let grants = whole.grants.iter().filter(|grant| named.contains(&grant.resource)).cloned().collect();
    // How the practice groups its engagements is its own.
    Engagement { plan: Arc::new(plan), items, grants, portfolio: None, ..whole.clone() }
}

/// One line of the list of engagements.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: EngagementId,
    pub title: String,
    pub customer: String,
    pub closed: bool,
    pub sort_key: String,
    pub counts: Counts,
    pub portfolio: Option<PortfolioId>,
}

impl Listed {
    fn of(row: row::Model) -> Result<Self, StoreError> {
        let counts = from_text("engagement", &row.counts)?;
        let closed = row.state != "open";
        let portfolio = row.portfolio_id.map(PortfolioId);
        Ok(Self { id: EngagementId(row.id), title: row.title, customer: row.customer, closed, sort_key: row.sort_key, counts, portfolio })
    }
}

/// Which engagements to list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The `sort_key` and id of the last line of the page before.
    pub after: Option<(String, EngagementId)>,
    pub limit: u64,
    pub closed: bool,
    /// Words in the title or the customer's name.
    pub text: Option<String>,
    /// Only engagements in it.
    pub portfolio: Option<PortfolioId>,
}

impl Store {
    /// The snapshot of an engagement as it stands now. One indexed read, if nothing changed since it was last read.
    pub async fn snapshot(&self, id: &EngagementId) -> Result<Option<Snapshot>, StoreError> {
        let Some(revision) = revision(&self.read, id, "", "").await? else { return Ok(None) };
        let whole = match self.cache.since(id, revision) {
            Some(whole) => whole,
            None => match self.read_whole(id).await? {
                Some(loaded) => {
                    let loaded = Arc::new(loaded);
                    self.cache.keep(&loaded);
                    loaded
                }
                None => return Ok(None),
            },
        };
        Ok(Some(Snapshot { whole, store: self.clone() }))
    }

    /// Reads an engagement in one transaction, so that nobody's change comes between its rows.
    async fn read_whole(&self, id: &EngagementId) -> Result<Option<Engagement>, StoreError> {
        let isolation_level = (!self.is_sqlite()).then_some(IsolationLevel::RepeatableRead);
        let tx = self.read.begin_with_options(TransactionOptions { isolation_level, ..Default::default() }).await?;
        let loaded = load(&tx, id).await?;
        tx.commit().await?;
        Ok(loaded)
    }

    /// One page of the list, in the order of kick-off dates. It costs what it shows, not what is stored.
    pub async fn engagements(&self, scope: &PracticeScope, page: &Page, today: Date) -> Result<Vec<Arc<Listed>>, StoreError> {
        let states: &[&str] = if page.closed { &["closed", "carried", "ended"] } else { &["open"] };
        let mut query = row::Entity::find().filter(row::Column::State.is_in(states.iter().copied()));
        if !scope.sees_all() {
            let mine = Query::select()
                .column(member::row::Column::EngagementId)
                .from(member::row::Entity)
                .and_where(member::row::Column::PersonId.eq(scope.person().as_str()))
                .cond_where(member::here(today))
                .take();
            let administered =
                scope.may_administer().then(|| row::Column::PortfolioId.in_subquery(portfolio::administered(scope.person())));
            query = query.filter(Condition::any().add(row::Column::Id.in_subquery(mine)).add_option(administered));
        }
        if let Some(portfolio) = &page.portfolio {
            query = query.filter(row::Column::PortfolioId.eq(portfolio.as_str()));
        }
        if let Some(within) = scope.within() {
            query = query.filter(row::Column::Id.eq(within.as_str()));
        }
        if let Some(text) = &page.text {
            for word in text.split_whitespace().take(8) {
                let like = format!("%{}%", word.to_lowercase().replace(['%', '_'], ""));
                let lower = |column: row::Column| sea_orm::sea_query::Func::lower(sea_orm::sea_query::Expr::col(column));
                let found = Condition::any()
                    .add(sea_orm::sea_query::SimpleExpr::from(lower(row::Column::Title)).like(&like))
                    .add(sea_orm::sea_query::SimpleExpr::from(lower(row::Column::Customer)).like(&like));
                query = query.filter(found);
            }
        }
        if let Some((key, id)) = &page.after {
            let later =
                Condition::any().add(row::Column::SortKey.gt(key)).add(row::Column::SortKey.eq(key).and(row::Column::Id.gt(id.as_str())));
            query = query.filter(later);
        }
        let lines: Vec<(String, i64)> = query
            .select_only()
            .columns([row::Column::Id, row::Column::Revision])
            .order_by_asc(row::Column::SortKey)
            .order_by_asc(row::Column::Id)
            .limit(page.limit)
            .into_tuple()
            .all(&self.read)
            .await?;
        let lines: Vec<_> = lines.into_iter().map(|(id, revision)| (EngagementId(id), revision)).collect();
        let mut listed = self.cache.listed(&lines);
        let unknown: Vec<_> = lines.iter().map(|(id, _)| id.as_str()).filter(|id| !listed.contains_key(*id)).collect();
        if !unknown.is_empty() {
            for row in row::Entity::find().filter(row::Column::Id.is_in(unknown)).all(&self.read).await? {
                let revision = row.revision;
                let line = Arc::new(Listed::of(row)?);
                self.cache.keep_listed(&line, revision);
                listed.insert(line.id.0.clone(), line);
            }
        }
        Ok(lines.iter().filter_map(|(id, _)| listed.remove(id.as_str())).collect())
    }

    /// Engagements that a person is a member of and on which there is something to do: those that have not ended, and those that ended with access
    /// carried over. The newest first; at most 500.
    pub async fn engagements_of(&self, person: &PersonId) -> Result<Vec<EngagementId>, StoreError> {
        let mine = Query::select()
            .column(member::row::Column::EngagementId)
            .from(member::row::Entity)
            .and_where(member::row::Column::PersonId.eq(person.as_str()))
            .take();
        let ids: Vec<String> = row::Entity::find()
            .select_only()
            .column(row::Column::Id)
            .filter(row::Column::State.ne("ended"))
            .filter(row::Column::Id.in_subquery(mine))
            .order_by_desc(row::Column::Id)
            .limit(500)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(EngagementId).collect())
    }
}

impl Store {
    /// Engagements on which there is something to do: those that have not ended, and those that ended with access carried over.
    pub async fn engagements_with_work(&self) -> Result<Vec<EngagementId>, StoreError> {
        let there = row::Entity::find().select_only().column(row::Column::Id).filter(row::Column::State.ne("ended"));
        let ids: Vec<String> = there.order_by_asc(row::Column::Id).into_tuple().all(&self.read).await?;
        Ok(ids.into_iter().map(EngagementId).collect())
    }

    /// Engagements of which some member has a last day, open or closed.
    pub async fn engagements_with_leavers(&self) -> Result<Vec<EngagementId>, StoreError> {
        let ids: Vec<String> = member::row::Entity::find()
            .select_only()
            .column(member::row::Column::EngagementId)
            .filter(member::row::Column::LastDay.is_not_null())
            .distinct()
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(EngagementId).collect())
    }

    /// Where people are members who were ended in the practice, on engagements that have not ended.
    pub async fn memberships_of_ended(&self) -> Result<Vec<(EngagementId, PersonId)>, StoreError> {
        let gone = person::row::Column::EndedAt.is_not_null();
        let ended = Query::select().column(person::row::Column::Id).from(person::row::Entity).and_where(gone).take();
        let open = Query::select().column(row::Column::Id).from(row::Entity).and_where(row::Column::EndedAt.is_null()).take();
        let rows: Vec<(String, String)> = member::row::Entity::find()
            .select_only()
            .columns([member::row::Column::EngagementId, member::row::Column::PersonId])
            .filter(member::row::Column::PersonId.in_subquery(ended))
            .filter(member::row::Column::EngagementId.in_subquery(open))
            .order_by_asc(member::row::Column::EngagementId)
            .order_by_asc(member::row::Column::PersonId)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(|(engagement, person)| (EngagementId(engagement), PersonId(person))).collect())
    }

    /// What a person may do on each of these engagements that they are a member of.
    pub async fn functions_of(&self, person: &PersonId, ids: &[EngagementId]) -> Result<BTreeMap<EngagementId, Function>, StoreError> {
        let rows = member::row::Entity::find()
            .filter(member::row::Column::PersonId.eq(person.as_str()))
            .filter(member::row::Column::EngagementId.is_in(ids.iter().map(EngagementId::as_str)))
            .all(&self.read)
            .await?;
        let function = |row: member::row::Model| {
            let member: Member = from_text("member", &row.document)?;
            Ok((EngagementId(row.engagement_id), member.function))
        };
        rows.into_iter().map(function).collect()
    }
}

/// The revision that an engagement stands at. A change puts `first` before the question on `SQLite`, and `lock` after it on `PostgreSQL`.
pub(crate) async fn revision(db: &impl ConnectionTrait, id: &EngagementId, first: &str, lock: &str) -> Result<Option<i64>, StoreError> {
    let backend = db.get_database_backend();
    let (first, mark, lock) = if backend == sea_orm::DbBackend::Sqlite { (first, "?", "") } else { ("", "$1", lock) };
    let sql = format!("{first}SELECT revision FROM engagement WHERE id = {mark}{lock}");
    let row = db.query_one_raw(Statement::from_sql_and_values(backend, sql, [id.as_str().into()])).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Reads all of an engagement. `db` is a transaction: the rows are of the same moment.
pub(crate) async fn load(db: &DatabaseTransaction, id: &EngagementId) -> Result<Option<Engagement>, StoreError> {
    let Some(row) = row::Entity::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    let Some(plan) = plan::Entity::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    let members = member::of_engagement(db, id).await?;
    let items = checklist::item::of_engagement(db, id).await?;
    let plan: Plan = from_text("plan", &plan.document)?;
    let grants = access::of_engagement(db, id).await?;
    let portfolio = match row.portfolio_id {
        Some(id) => portfolio::find(db, &PortfolioId(id)).await?.map(Arc::new),
        None => None,
    };
    let mut names = names(db, &plan, &members, (&items, &grants)).await?;
    if plan.closing.erased_at.is_some() {
        for name in names.values_mut() {
            tminus_domain::people::ERASED.clone_into(name);
        }
    }
    let number = u64::try_from(row.head_number).unwrap_or_default();
    Ok(Some(Engagement {
        id: id.clone(),
        plan: Arc::new(plan),
        members: Arc::new(members),
        portfolio,
        names: Arc::new(names),
        items,
        grants,
        revision: row.revision,
        head: Head { number, hash: row.head_hash },
    }))
}

async fn names(
    db: &impl ConnectionTrait,
    plan: &Plan,
    members: &[Member],
    (items, grants): (&[Arc<Item>], &[Arc<Grant>]),
) -> Result<BTreeMap<PersonId, String>, StoreError> {
    let mut people: BTreeSet<&PersonId> = members.iter().map(|member| &member.person).collect();
    people.insert(&plan.opened_by);
    for item in items {
        people.extend(item.status.by.iter());
        people.extend(item.person.iter());
        people.extend(item.assigned.values());
        people.extend(item.proofs.iter().map(|proof| &proof.by));
    }
    for grant in grants {
        people.insert(&grant.person);
        people.extend(&grant.by);
        people.extend(&grant.word_of);
        people.extend(grant.exception.iter().map(|exception| &exception.approver));
        people.extend(grant.carried.iter().map(|carried| &carried.owner));
    }
    crate::people::person::names(db, people).await
}
