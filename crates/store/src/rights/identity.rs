//! Who somebody is at a provider of identities.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tminus_domain::ids::PersonId;

use super::session;
use crate::{Store, StoreError, people::person::Account, record::Writing};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub provider: String,
        /// Who it is there, for ever.
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub person_id: String,
        pub since: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// Whom a provider means. `None` if it never said who that is.
    pub async fn person_at(&self, provider: &str, subject: &str) -> Result<Option<PersonId>, StoreError> {
        let known = row::Entity::find_by_id((provider.to_owned(), subject.to_owned())).one(&self.read).await?;
        Ok(known.map(|row| PersonId(row.person_id)))
    }

    /// What a provider calls these people; who is not there was never named by it.
    pub async fn subjects_at(&self, provider: &str, people: &[&PersonId]) -> Result<BTreeMap<PersonId, String>, StoreError> {
        let theirs = row::Entity::find().filter(row::Column::Provider.eq(provider));
        let rows = theirs.filter(row::Column::PersonId.is_in(people.iter().map(|id| id.as_str()))).all(&self.read).await?;
        Ok(rows.into_iter().map(|row| (PersonId(row.person_id), row.subject)).collect())
    }
}

impl Writing {
    /// What a provider calls somebody.
    pub async fn subject_at(&self, provider: &str, person: &PersonId) -> Result<Option<String>, StoreError> {
        let theirs = row::Entity::find().filter(row::Column::Provider.eq(provider)).filter(row::Column::PersonId.eq(person.as_str()));
        Ok(theirs.one(self.db()).await?.map(|row| row.subject))
    }

    /// A provider calls somebody nothing any more.
    pub async fn end_identity(&self, provider: &str, person: &PersonId) -> Result<(), StoreError> {
        let theirs = row::Entity::delete_many().filter(row::Column::Provider.eq(provider));
        theirs.filter(row::Column::PersonId.eq(person.as_str())).exec(self.db()).await?;
        Ok(())
    }

    /// Whom a provider means. `None` if it never said who that is.
    pub async fn account_at(&self, provider: &str, subject: &str) -> Result<Option<Account>, StoreError> {
        match row::Entity::find_by_id((provider.to_owned(), subject.to_owned())).one(self.db()).await? {
            None => Ok(None),
            Some(known) => self.account(&PersonId(known.person_id)).await,
        }
    }

    pub async fn add_identity(&self, provider: &str, subject: &str, person: &PersonId, since: Timestamp) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            provider: Set(provider.to_owned()),
            subject: Set(subject.to_owned()),
            person_id: Set(person.0.clone()),
            since: Set(since.to_string()),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Ends the sessions of a person that began with a provider: the one that it names, or all. Says how many.
    pub async fn end_sessions_at(&self, provider: &str, session: Option<&str>, person: &PersonId) -> Result<u64, StoreError> {
        let mut theirs = session::row::Entity::delete_many()
            .filter(session::row::Column::Provider.eq(provider))
            .filter(session::row::Column::PersonId.eq(person.as_str()));
        if let Some(session) = session {
            theirs = theirs.filter(session::row::Column::ProviderSession.eq(session));
        }
        Ok(theirs.exec(self.db()).await?.rows_affected)
    }
}
