//! Passkeys, and the questions to them that wait for an answer.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use tminus_domain::ids::PersonId;

use crate::{Store, StoreError, record::Writing};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkey")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub person_id: String,
        pub title: String,
        /// What the authenticator calls it.
        pub credential: Vec<u8>,
        pub transports: i16,
        pub fixed: Vec<u8>,
        pub counted: Vec<u8>,
        pub since: String,
        pub used_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod question {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkey_question")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub challenge: String,
        /// Whose passkey is to be added. `None`: whoever has one signs in.
        pub person_id: Option<String>,
        pub state: Vec<u8>,
        pub expires_at: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One passkey of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: String,
    pub person: PersonId,
    /// What its person calls it.
    pub title: String,
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// How a browser reaches the authenticator, as a set of bits.
    pub transports: u8,
    /// The public key and what else stays as it was when it was added.
    pub fixed: Vec<u8>,
    /// The counter and what else each use may change.
    pub counted: Vec<u8>,
    pub since: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A question that an authenticator is to answer, once.
pub struct Question {
    /// In hexadecimal digits.
    pub challenge: String,
    /// Whose passkey is to be added. `None`: whoever has one signs in.
    pub person: Option<PersonId>,
    pub state: Vec<u8>,
    pub expires_at: Timestamp,
}

impl Store {
    /// A person's passkeys, oldest first.
    pub async fn passkeys(&self, person: &PersonId) -> Result<Vec<Passkey>, StoreError> {
        list(&self.read, person).await
    }

    /// The passkey that an authenticator calls so.
    pub async fn passkey_called(&self, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
        called(&self.read, credential).await
    }

    pub async fn ask_passkey(&self, question: Question) -> Result<(), StoreError> {
        let row = question::ActiveModel {
            challenge: Set(question.challenge),
            person_id: Set(question.person.map(|person| person.0)),
            state: Set(question.state),
            expires_at: Set(question.expires_at.to_string()),
        };
        question::Entity::insert(row).exec_without_returning(&self.write).await?;
        Ok(())
    }

    /// Takes a question away, and gives what is needed to check its answer. `None` if it was never asked, answered already or too long ago.
    pub async fn take_passkey_question(
        &self,
        challenge: &str,
        person: Option<&PersonId>,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(row) = question::Entity::find_by_id(challenge).one(&self.write).await? else { return Ok(None) };
        if row.person_id.as_deref() != person.map(PersonId::as_str) {
            return Ok(None);
        }
        let taken = question::Entity::delete_by_id(challenge).exec(&self.write).await?.rows_affected == 1;
        Ok((taken && row.expires_at > now.to_string()).then_some(row.state))
    }
}

impl Writing {
    /// A person's passkeys as they stand in this change, oldest first.
    pub async fn passkeys(&self, person: &PersonId) -> Result<Vec<Passkey>, StoreError> {
        list(self.db(), person).await
    }

    /// The passkey that an authenticator calls so, as it stands in this change.
    pub async fn passkey_called(&self, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
        called(self.db(), credential).await
    }

    pub async fn add_passkey(&self, passkey: &Passkey) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(passkey.id.clone()),
            person_id: Set(passkey.person.0.clone()),
            title: Set(passkey.title.clone()),
            credential: Set(passkey.credential.clone()),
            transports: Set(passkey.transports.into()),
            fixed: Set(passkey.fixed.clone()),
            counted: Set(passkey.counted.clone()),
            since: Set(passkey.since.to_string()),
            used_at: Set(None),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Keeps what a use of it changed.
    pub async fn use_passkey(&self, id: &str, counted: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
        let used = row::Entity::update_many()
            .col_expr(row::Column::Counted, Expr::value(counted))
            .col_expr(row::Column::UsedAt, Expr::value(now.to_string()));
        used.filter(row::Column::Id.eq(id)).exec(self.db()).await?;
        Ok(())
    }

    /// Takes one passkey of a person away, and says what it was called. `None` if it is not theirs.
    pub async fn end_passkey(&self, person: &PersonId, id: &str) -> Result<Option<String>, StoreError> {
        let theirs = row::Entity::find_by_id(id).filter(row::Column::PersonId.eq(person.as_str()));
        let Some(found) = theirs.one(self.db()).await? else { return Ok(None) };
        row::Entity::delete_by_id(id).exec(self.db()).await?;
        Ok(Some(found.title))
    }

    /// Takes all passkeys of a person away. Says how many.
    pub async fn end_passkeys(&self, person: &PersonId) -> Result<u64, StoreError> {
        Ok(row::Entity::delete_many().filter(row::Column::PersonId.eq(person.as_str())).exec(self.db()).await?.rows_affected)
    }
}

async fn list(db: &impl ConnectionTrait, person: &PersonId) -> Result<Vec<Passkey>, StoreError> {
    let theirs = row::Entity::find().filter(row::Column::PersonId.eq(person.as_str())).order_by_asc(row::Column::Since);
    theirs.order_by_asc(row::Column::Id).all(db).await?.into_iter().map(passkey).collect()
}

async fn called(db: &impl ConnectionTrait, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
    row::Entity::find().filter(row::Column::Credential.eq(credential)).one(db).await?.map(passkey).transpose()
}

fn passkey(row: row::Model) -> Result<Passkey, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { table: "passkey", why };
    let at = |text: &str| text.parse().map_err(|error: jiff::Error| unreadable(error.to_string()));
    Ok(Passkey {
        since: at(&row.since)?,
        used_at: row.used_at.as_deref().map(at).transpose()?,
        transports: row.transports.try_into().map_err(|_| unreadable("its transports".to_owned()))?,
        id: row.id,
        person: PersonId(row.person_id),
        title: row.title,
        credential: row.credential,
        fixed: row.fixed,
        counted: row.counted,
    })
}
