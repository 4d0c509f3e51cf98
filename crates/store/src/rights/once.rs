//! Keys of requests that are done once, with what they were answered.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use tminus_domain::ids::PersonId;

use crate::{Store, StoreError};

pub(super) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub digest: String,
        pub at: String,
        pub status: i32,
        #[sea_orm(column_type = "Text")]
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a request with an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Digest of the request, so that a key is not used for another one.
    pub digest: String,
    pub status: u16,
    pub body: String,
}

impl Store {
    /// What a request with this key was answered before.
    pub async fn answered(&self, person: &PersonId, key: &str) -> Result<Option<Answered>, StoreError> {
        let row = row::Entity::find_by_id((person.0.clone(), key.to_owned())).one(&self.read).await?;
        Ok(row.map(|row| Answered { digest: row.digest, status: u16::try_from(row.status).unwrap_or(500), body: row.body }))
    }

    /// Takes a key for a request before it is done; its answer has status 0 until [`Store::keep_answer`]. False if it is taken already.
    pub async fn take_key(&self, person: &PersonId, key: &str, digest: &str, now: Timestamp) -> Result<bool, StoreError> {
        let row = row::ActiveModel {
            person_id: Set(person.0.clone()),
            key: Set(key.to_owned()),
            digest: Set(digest.to_owned()),
            at: Set(now.to_string()),
            status: Set(0),
            body: Set(String::new()),
        };
        match row::Entity::insert(row).exec_without_returning(&self.write).await.map_err(StoreError::from) {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives a key back whose request was not done.
    pub async fn release_key(&self, person: &PersonId, key: &str) -> Result<(), StoreError> {
        row::Entity::delete_by_id((person.0.clone(), key.to_owned())).exec(&self.write).await?;
        Ok(())
    }

    pub async fn keep_answer(&self, person: &PersonId, key: &str, answered: Answered, now: Timestamp) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            person_id: Set(person.0.clone()),
            key: Set(key.to_owned()),
            digest: Set(answered.digest),
            at: Set(now.to_string()),
            status: Set(i32::from(answered.status)),
            body: Set(answered.body),
        };
        let key = OnConflict::columns([row::Column::PersonId, row::Column::Key])
            .update_columns([row::Column::Status, row::Column::Body])
            .to_owned();
        row::Entity::insert(row).on_conflict(key).exec_without_returning(&self.write).await?;
        Ok(())
    }
}
