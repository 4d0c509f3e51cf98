//! Second factors by app, and sign-ins that wait for their code.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use tminus_domain::ids::PersonId;

use crate::{Store, StoreError, from_text, record::Writing, to_text};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "second_factor")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
        pub secret: String,
        pub offered_at: String,
        /// `None` until its person has shown that their app has it.
        pub since: Option<String>,
        /// Codes of this step of time, or an earlier one, were used.
        pub last_step: i64,
        /// Digests of the spare codes that are left, as JSON.
        #[sea_orm(column_type = "Text")]
        pub spare: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod half {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "half_sign_in")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub person_id: String,
        pub expires_at: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The second factor of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// What the app and we share, in base 32.
    pub secret: String,
    pub offered_at: Timestamp,
    /// `None` until its person has shown that their app has it.
    pub since: Option<Timestamp>,
    /// Codes of this step of time, or an earlier one, were used.
    pub last_step: u64,
    /// Digests of the spare codes that are left.
    pub spare: Vec<String>,
}

impl Store {
    /// A person's second factor, also one that waits to be confirmed.
    pub async fn factor(&self, person: &PersonId) -> Result<Option<Factor>, StoreError> {
        find(&self.read, person).await
    }

    /// Remembers that whoever holds the secret of this digest knows the person's password.
    pub async fn begin_half(&self, hash: String, person: &PersonId, expires_at: Timestamp) -> Result<(), StoreError> {
        let row = half::ActiveModel { hash: Set(hash), person_id: Set(person.0.clone()), expires_at: Set(expires_at.to_string()) };
        half::Entity::insert(row).exec_without_returning(&self.write).await?;
        Ok(())
    }

    /// Whose password was known to whoever holds the secret of this digest.
    pub async fn half(&self, hash: &str, now: Timestamp) -> Result<Option<PersonId>, StoreError> {
        let live = half::Entity::find_by_id(hash).filter(half::Column::ExpiresAt.gt(now.to_string()));
        Ok(live.one(&self.read).await?.map(|row| PersonId(row.person_id)))
    }
}

impl Writing {
    /// A person's second factor as it stands in this change.
    pub async fn factor(&self, person: &PersonId) -> Result<Option<Factor>, StoreError> {
        find(self.db(), person).await
    }

    pub async fn save_factor(&self, person: &PersonId, factor: &Factor) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            person_id: Set(person.0.clone()),
            secret: Set(factor.secret.clone()),
            offered_at: Set(factor.offered_at.to_string()),
            since: Set(factor.since.map(|at| at.to_string())),
            last_step: Set(i64::try_from(factor.last_step).unwrap_or(i64::MAX)),
            spare: Set(to_text("second_factor", &factor.spare)?),
        };
        let all = [row::Column::Secret, row::Column::OfferedAt, row::Column::Since, row::Column::LastStep, row::Column::Spare];
        let again = OnConflict::column(row::Column::PersonId).update_columns(all).to_owned();
        row::Entity::insert(row).on_conflict(again).exec_without_returning(self.db()).await?;
        Ok(())
    }

    pub async fn end_factor(&self, person: &PersonId) -> Result<(), StoreError> {
        row::Entity::delete_by_id(person.as_str()).exec(self.db()).await?;
        Ok(())
    }

    /// Ends a sign-in that waited. False if it was ended already: it begins one session only.
    pub async fn end_half(&self, hash: &str) -> Result<bool, StoreError> {
        Ok(half::Entity::delete_by_id(hash).exec(self.db()).await?.rows_affected == 1)
    }

    /// Ends all sign-ins of a person that wait.
    pub async fn end_halves(&self, person: &PersonId) -> Result<(), StoreError> {
        half::Entity::delete_many().filter(half::Column::PersonId.eq(person.as_str())).exec(self.db()).await?;
        Ok(())
    }
}

async fn find(db: &impl ConnectionTrait, person: &PersonId) -> Result<Option<Factor>, StoreError> {
    let Some(row) = row::Entity::find_by_id(person.as_str()).one(db).await? else { return Ok(None) };
    let at =
        |text: &str| text.parse().map_err(|error: jiff::Error| StoreError::Unreadable { table: "second_factor", why: error.to_string() });
    Ok(Some(Factor {
        secret: row.secret,
        offered_at: at(&row.offered_at)?,
        since: row.since.as_deref().map(at).transpose()?,
        last_step: u64::try_from(row.last_step).unwrap_or_default(),
        spare: from_text("second_factor", &row.spare)?,
    }))
}
