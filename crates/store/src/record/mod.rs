//! The record: written only together with what it tells of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{ExprTrait as _, OnConflict},
};
use tminus_domain::{
    record::{
        chain::{Entry, Happening, Head},
        fact::{Fact, FactKind},
    },
    rights::{Actor, PracticeScope, Scope},
};

use crate::{Changed, Store, StoreError, batch::Batch, from_text, to_text};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "record")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub chain: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub subject: String,
        pub fact: String,
        pub person_id: String,
        pub at: String,
        pub internal: bool,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub hash: String,
        #[sea_orm(column_type = "Text")]
        pub texts: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod chain {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "chain")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub head_number: i64,
        pub head_hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The chain of what concerns the practice and no engagement.
pub const PRACTICE: &str = "practice";

/// Which entries to read.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only entries before this number, newest first.
    pub before: Option<u64>,
    pub limit: u64,
    pub subject: Option<String>,
    pub fact: Option<String>,
    pub person: Option<String>,
    /// Who did it or to whom it was done.
    pub about: Option<String>,
    /// From and to these instants, both included.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Store {
    /// Entries of an engagement's record that the scope may see, newest first.
    pub async fn record(&self, scope: &Scope, wanted: &Wanted) -> Result<Vec<Entry>, StoreError> {
        let all = row::Entity::find().filter(row::Column::Chain.eq(scope.engagement().as_str()));
        let seen = if scope.sees_internal() { all } else { all.filter(row::Column::Internal.eq(false)) };
        self.wanted(seen, wanted).await
    }

    /// Entries of the practice's own record, newest first, and where it stands. The scope is that of somebody who may read all of it.
    pub async fn practice_record(&self, _: &PracticeScope, wanted: &Wanted) -> Result<(Vec<Entry>, Head), StoreError> {
        let all = row::Entity::find().filter(row::Column::Chain.eq(PRACTICE));
        // The head first: an entry that comes in between is there and not counted yet.
        let head = self.practice_head().await?;
        Ok((self.wanted(all, wanted).await?, head))
    }

    /// Where the practice's own record stands.
    pub async fn practice_head(&self) -> Result<Head, StoreError> {
        Ok(chain::Entity::find_by_id(PRACTICE).one(&self.read).await?.map_or_else(Head::default, head))
    }

    async fn wanted(&self, mut query: Select<row::Entity>, wanted: &Wanted) -> Result<Vec<Entry>, StoreError> {
        if let Some(before) = wanted.before {
            query = query.filter(row::Column::Number.lt(i64::try_from(before).unwrap_or(i64::MAX)));
        }
        if let Some(subject) = &wanted.subject {
            query = query.filter(row::Column::Subject.eq(subject));
        }
        if let Some(fact) = &wanted.fact {
            query = query.filter(row::Column::Fact.eq(fact));
        }
        if let Some(person) = &wanted.person {
            query = query.filter(row::Column::PersonId.eq(person));
        }
        if let Some(about) = &wanted.about {
            query = query.filter(row::Column::PersonId.eq(about).or(row::Column::Subject.eq(about)));
        }
        if let Some(from) = wanted.from {
            query = query.filter(row::Column::At.gte(from.to_string()));
        }
        if let Some(to) = wanted.to {
            query = query.filter(row::Column::At.lte(to.to_string()));
        }
        let rows = query.order_by_desc(row::Column::Number).limit(wanted.limit).all(&self.read).await?;
        rows.into_iter().map(entry).collect()
    }

    /// A stretch of a whole chain, oldest first, for an export by somebody who may read all of it.
    pub async fn stretch(&self, chain: &str, after: u64, limit: u64) -> Result<Vec<Entry>, StoreError> {
        let rows = row::Entity::find()
            .filter(row::Column::Chain.eq(chain))
            .filter(row::Column::Number.gt(i64::try_from(after).unwrap_or(i64::MAX)))
            .order_by_asc(row::Column::Number)
            .limit(limit)
            .all(&self.read)
            .await?;
        rows.into_iter().map(entry).collect()
    }

    /// Opens a change of the practice: people, kits, tokens.
    pub async fn writing(&self) -> Result<Writing, StoreError> {
        let tx = crate::change::begin(&self.write).await?;
        let row = chain::Entity::find_by_id(PRACTICE).lock_exclusive().one(&tx).await?;
        Ok(Writing { tx, head: row.map_or_else(Head::default, head), facts: Vec::new(), store: self.clone(), touched: Vec::new() })
    }
}

/// A change of the practice, with its facts: saved together or not at all.
pub struct Writing {
    tx: DatabaseTransaction,
    head: Head,
    facts: Vec<Fact>,
    store: Store,
    /// Engagements that show something else from now on.
    pub(crate) touched: Vec<Changed>,
}

impl Writing {
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        &self.tx
    }

    pub fn record(&mut self, fact: Fact) {
        debug_assert!(
            FactKind::OF_PRACTICE.contains(&fact.kind),
            "{} is not among what is looked for in the practice's record",
            fact.kind.as_str()
        );
        self.facts.push(fact);
    }

    pub async fn save(self, actor: &Actor, at: Timestamp, salt: &str) -> Result<(), StoreError> {
        self.save_as_last(actor, at, salt).await.map(drop)
    }

    /// Like [`Writing::save`], and gives where the record stands after it.
    pub async fn save_as_last(self, actor: &Actor, at: Timestamp, salt: &str) -> Result<Head, StoreError> {
        if self.facts.is_empty() {
            return Err(StoreError::Unrecorded);
        }
        let mut batch = Batch::new(&self.tx);
        let head = add_entries(&mut batch, &self.head, &Happening { chain: PRACTICE, actor, at, salt }, &self.facts)?;
        let number = i64::try_from(head.number).unwrap_or(i64::MAX);
        let row = chain::ActiveModel { id: Set(PRACTICE.to_owned()), head_number: Set(number), head_hash: Set(head.hash.clone()) };
        let again = OnConflict::column(chain::Column::Id).update_columns([chain::Column::HeadNumber, chain::Column::HeadHash]).to_owned();
        batch.add(&chain::Entity::insert(row).on_conflict(again));
        batch.run(&self.tx).await?;
        self.tx.commit().await?;
        self.store.tally.count(self.facts.len());
        for changed in self.touched {
            self.store.announce(changed).await;
        }
        Ok(head)
    }
}

/// Chains the facts after `head` and writes them; what comes back is the new head.
pub(crate) fn add_entries(batch: &mut Batch, head: &Head, happening: &Happening<'_>, facts: &[Fact]) -> Result<Head, StoreError> {
    let mut head = head.clone();
    for fact in facts {
        let entry = Entry::new(&head, happening, fact);
        head = entry.head();
        let row = row::ActiveModel {
            chain: Set(happening.chain.to_owned()),
            number: Set(i64::try_from(entry.number).unwrap_or(i64::MAX)),
            subject: Set(fact.subject.clone()),
            fact: Set(fact.kind.as_str().to_owned()),
            person_id: Set(happening.actor.person.0.clone()),
            at: Set(happening.at.to_string()),
            internal: Set(fact.internal),
            content: Set(entry.content),
            hash: Set(entry.hash),
            texts: Set(to_text("record", &entry.texts)?),
        };
        batch.add(&row::Entity::insert(row));
    }
    Ok(head)
}

fn head(row: chain::Model) -> Head {
    Head { number: u64::try_from(row.head_number).unwrap_or_default(), hash: row.head_hash }
}

pub(crate) fn entry(row: row::Model) -> Result<Entry, StoreError> {
    let texts: BTreeMap<_, _> = from_text("record", &row.texts)?;
    Ok(Entry { number: u64::try_from(row.number).unwrap_or_default(), content: row.content, hash: row.hash, texts })
}
