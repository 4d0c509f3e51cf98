//! What an operator asks of a whole store: who administers it, whether it is sound, how much was written.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use tminus_domain::{
    ids::{EngagementId, ItemId},
    people::Person,
    record::chain::Head,
    rights::PracticeRole,
};

use crate::{Store, StoreError, checklist, engagement, people::person, record};

/// How long a database may take to answer the shortest of questions.
const ANSWER: Duration = Duration::from_secs(5);

/// What this process saved since it started.
#[derive(Debug, Default)]
pub struct Tally {
    changes: AtomicU64,
    entries: AtomicU64,
}

impl Tally {
    pub(crate) fn count(&self, entries: usize) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.entries.fetch_add(entries as u64, Ordering::Relaxed);
    }

    /// Changes saved.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Entries of the record that they left.
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }
}

impl Store {
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Who administers the practice, by name.
    pub async fn administrators(&self) -> Result<Vec<Person>, StoreError> {
        let rows = person::row::Entity::find()
            .filter(person::row::Column::Practice.eq(PracticeRole::Administrator.as_str()))
            .filter(person::row::Column::EndedAt.is_null())
            .order_by_asc(person::row::Column::Name)
            .all(&self.read)
            .await?;
        rows.into_iter().map(|row| person::account(row).map(|account| account.person)).collect()
    }

    /// The engagement that an item belongs to. Whether the asker may know of it is for an operation to say.
    pub async fn engagement_of_item(&self, item: &ItemId) -> Result<Option<EngagementId>, StoreError> {
        let found: Option<String> = checklist::item::row::Entity::find()
            .select_only()
            .column(checklist::item::row::Column::EngagementId)
            .filter(checklist::item::row::Column::Id.eq(item.as_str()))
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(found.map(EngagementId))
    }

    /// Every chain of the record with its head: one an engagement, and the practice's own.
    pub async fn chains(&self) -> Result<Vec<(String, Head)>, StoreError> {
        let engagements: Vec<(String, i64, String)> = engagement::row::Entity::find()
            .select_only()
            .columns([engagement::row::Column::Id, engagement::row::Column::HeadNumber, engagement::row::Column::HeadHash])
            .order_by_asc(engagement::row::Column::Id)
            .into_tuple()
            .all(&self.read)
            .await?;
        let practice = record::chain::Entity::find().all(&self.read).await?;
        let practice = practice.into_iter().map(|row| (row.id, row.head_number, row.head_hash));
        let head = |(chain, number, hash): (String, i64, String)| (chain, Head { number: u64::try_from(number).unwrap_or_default(), hash });
        Ok(engagements.into_iter().chain(practice).map(head).collect())
    }

    /// What a SQLite file says of itself when every page of it is read; empty where it is sound. Over `PostgreSQL` always empty.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        if !self.is_sqlite() {
            return Ok(Vec::new());
        }
        let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check(20)");
        let rows = self.read.query_all_raw(check).await?;
        let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Whether the database answers and can be written to. `Busy` where writing would have to wait longer than that.
    pub async fn takes_writes(&self, at_most: Duration) -> Result<(), StoreError> {
        let silent = || StoreError::Failed(sea_orm::DbErr::Custom("the database does not answer".to_owned()));
        tokio::time::timeout(ANSWER, self.read.execute_unprepared("SELECT 1")).await.map_err(|_| silent())??;
        tokio::time::timeout(at_most, self.try_to_write()).await.unwrap_or(Err(StoreError::Busy))
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let tx = crate::change::begin(&self.write).await?;
        if self.is_sqlite() {
            // Only what is committed reaches the disk, so that a full one shows: a number that nobody reads is written as it is.
            let kept = tx.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version")).await?;
            let kept = kept.map(|row| row.try_get_by_index::<i32>(0)).transpose()?.unwrap_or_default();
            tx.execute_unprepared(&format!("PRAGMA user_version = {kept}")).await?;
            return Ok(tx.commit().await?);
        }
        tx.execute_unprepared("INSERT INTO chain (id, head_number, head_hash) VALUES ('a try', 0, '')").await?;
        Ok(tx.rollback().await?)
    }

    /// Puts what is still in the write-ahead log into the database file and lets go of it, before the file is copied or moved.
    pub async fn close(self) -> Result<(), StoreError> {
        if self.is_sqlite() {
            self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        self.read.close().await?;
        Ok(self.write.close().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Opening;

    #[tokio::test]
    async fn a_database_that_takes_nothing_is_told_from_one_that_is_only_busy() -> Result<(), StoreError> {
        let file = std::env::temp_dir().join(format!("tminus-takes-writes-{}.db", std::process::id()));
        let store = Store::open(&Opening { database: format!("sqlite://{}", file.display()), files: None }).await?;
        let soon = Duration::from_millis(100);
        store.takes_writes(soon).await?;
        let long = crate::change::begin(&store.write).await?;
        assert!(matches!(store.takes_writes(soon).await, Err(StoreError::Busy)));
        long.rollback().await?;
        store.takes_writes(Duration::from_secs(5)).await?;
        store.write.execute_unprepared("PRAGMA query_only = ON").await?;
        assert!(matches!(store.takes_writes(soon).await, Err(StoreError::ReadOnly)));
        store.close().await?;
        let _ = std::fs::remove_file(file);
        Ok(())
    }
}
