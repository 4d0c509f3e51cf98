//! Sessions and tokens: what says who is asking. Only digests of secrets are kept.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use tminus_domain::{
    checklist::filter::SavedFilter,
    ids::{PersonId, TokenId},
    people::Person,
};

use crate::{Store, StoreError, change::undo, from_text, record::Writing};

mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub person_id: String,
        pub started_at: String,
        pub expires_at: String,
        pub agent: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub hash: String,
        pub person_id: String,
        pub title: String,
        pub created_at: String,
        pub expires_at: Option<String>,
        pub revoked_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod failure {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_failure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub email: String,
        pub count: i32,
        pub last_at: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod request_key {
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

/// A key of the API, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub person: PersonId,
    pub title: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked: bool,
}

/// What a request with an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Digest of the request, so that a key is not used for another one.
    pub digest: String,
    pub status: u16,
    pub body: String,
}

const PERSON: &str = "p.id, p.name, p.email, p.side, p.zone, p.practice, p.filters";

/// Who asks, with what every page of theirs needs.
#[derive(Clone, Debug)]
pub struct Holder {
    pub person: Person,
    pub filters: Vec<SavedFilter>,
}

impl Store {
    /// Who holds a session that has not expired. One indexed read.
    pub async fn holder_of_session(&self, hash: &str, now: Timestamp) -> Result<Option<Holder>, StoreError> {
        let from = "session s JOIN person p ON p.id = s.person_id";
        self.holder(&format!("SELECT {PERSON} FROM {from} WHERE s.hash = ? AND s.expires_at > ? AND p.ended_at IS NULL"), hash, now).await
    }

    /// Who holds a token that is neither revoked nor expired.
    pub async fn holder_of_token(&self, hash: &str, now: Timestamp) -> Result<Option<Holder>, StoreError> {
        let from = "token t JOIN person p ON p.id = t.person_id";
        let live = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?) AND p.ended_at IS NULL";
        self.holder(&format!("SELECT {PERSON} FROM {from} WHERE t.hash = ? AND {live}"), hash, now).await
    }

    async fn holder(&self, sql: &str, hash: &str, now: Timestamp) -> Result<Option<Holder>, StoreError> {
        let backend = self.read.get_database_backend();
        let sql = if backend == sea_orm::DbBackend::Sqlite { sql.to_owned() } else { sql.replacen('?', "$1", 1).replacen('?', "$2", 1) };
        let values = [hash.into(), now.to_string().into()];
        let Some(row) = self.read.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await? else { return Ok(None) };
        let text = |index: usize| row.try_get_by_index::<String>(index);
        let unreadable = |why: &str| StoreError::Unreadable { table: "person", why: why.to_owned() };
        let person = Person {
            id: PersonId(text(0)?),
            name: text(1)?,
            email: text(2)?,
            side: text(3)?.parse().map_err(|()| unreadable("side"))?,
            zone: text(4)?,
            practice: text(5)?.parse().map_err(|()| unreadable("practice"))?,
        };
        Ok(Some(Holder { person, filters: from_text("person", &text(6)?)? }))
    }

    pub async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        session::Entity::delete_by_id(hash).exec(&self.write).await?;
        Ok(())
    }

    /// Refused sign-ins for an address since the last one that went well, and when the last was.
    pub async fn sign_in_failures(&self, email: &str) -> Result<Option<(u32, Timestamp)>, StoreError> {
        let row = failure::Entity::find_by_id(email).one(&self.read).await?;
        Ok(row.and_then(|row| Some((u32::try_from(row.count).ok()?, row.last_at.parse().ok()?))))
    }

    /// Counts one more refused sign-in for an address, and says how many there are now. No two at the same moment get the same count.
    pub async fn note_sign_in_failure(&self, email: &str, now: Timestamp) -> Result<u32, StoreError> {
        let backend = self.write.get_database_backend();
        let (first, second) = if backend == sea_orm::DbBackend::Sqlite { ("?", "?") } else { ("$1", "$2") };
        let sql = format!(
            "INSERT INTO sign_in_failure (email, count, last_at) VALUES ({first}, 1, {second}) \
             ON CONFLICT (email) DO UPDATE SET count = sign_in_failure.count + 1, last_at = excluded.last_at RETURNING count"
        );
        let row = self.write.query_one_raw(Statement::from_sql_and_values(backend, sql, [email.into(), now.to_string().into()])).await?;
        let count = row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?.unwrap_or(i32::MAX);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Takes one refused sign-in back that was none.
    pub async fn take_back_sign_in_failure(&self, email: &str) -> Result<(), StoreError> {
        let less = Expr::col(failure::Column::Count).sub(1);
        let counted = failure::Entity::update_many().col_expr(failure::Column::Count, less);
        counted.filter(failure::Column::Email.eq(email)).filter(failure::Column::Count.gt(0)).exec(&self.write).await?;
        Ok(())
    }

    pub async fn forget_sign_in_failures(&self, email: &str) -> Result<(), StoreError> {
        failure::Entity::delete_by_id(email).exec(&self.write).await?;
        Ok(())
    }

    pub async fn tokens(&self, person: &PersonId) -> Result<Vec<Token>, StoreError> {
        let rows = token::Entity::find()
            .filter(token::Column::PersonId.eq(person.as_str()))
            .order_by_desc(token::Column::CreatedAt)
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// What a request with this key was answered before.
    pub async fn answered(&self, person: &PersonId, key: &str) -> Result<Option<Answered>, StoreError> {
        let row = request_key::Entity::find_by_id((person.0.clone(), key.to_owned())).one(&self.read).await?;
        Ok(row.map(|row| Answered { digest: row.digest, status: u16::try_from(row.status).unwrap_or(500), body: row.body }))
    }

    /// Takes a key for a request before it is done; its answer has status 0 until [`Store::keep_answer`]. False if it is taken already.
    pub async fn take_key(&self, person: &PersonId, key: &str, digest: &str, now: Timestamp) -> Result<bool, StoreError> {
        let row = request_key::ActiveModel {
            person_id: Set(person.0.clone()),
            key: Set(key.to_owned()),
            digest: Set(digest.to_owned()),
            at: Set(now.to_string()),
            status: Set(0),
            body: Set(String::new()),
        };
        match request_key::Entity::insert(row).exec_without_returning(&self.write).await.map_err(StoreError::from) {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives a key back whose request was not done.
    pub async fn release_key(&self, person: &PersonId, key: &str) -> Result<(), StoreError> {
        request_key::Entity::delete_by_id((person.0.clone(), key.to_owned())).exec(&self.write).await?;
        Ok(())
    }

    pub async fn keep_answer(&self, person: &PersonId, key: &str, answered: Answered, now: Timestamp) -> Result<(), StoreError> {
        let row = request_key::ActiveModel {
            person_id: Set(person.0.clone()),
            key: Set(key.to_owned()),
            digest: Set(answered.digest),
            at: Set(now.to_string()),
            status: Set(i32::from(answered.status)),
            body: Set(answered.body),
        };
        let key = OnConflict::columns([request_key::Column::PersonId, request_key::Column::Key])
            .update_columns([request_key::Column::Status, request_key::Column::Body])
            .to_owned();
        request_key::Entity::insert(row).on_conflict(key).exec_without_returning(&self.write).await?;
        Ok(())
    }

    /// Drops what is no longer of use: expired sessions, and answers, ways back and refused sign-ins kept for a day.
    pub async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now.to_string())).exec(&self.write).await?;
        let day_ago = now.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(now);
        request_key::Entity::delete_many().filter(request_key::Column::At.lt(day_ago.to_string())).exec(&self.write).await?;
        failure::Entity::delete_many().filter(failure::Column::LastAt.lt(day_ago.to_string())).exec(&self.write).await?;
        undo::Entity::delete_many().filter(undo::Column::At.lt(day_ago.to_string())).exec(&self.write).await?;
        Ok(())
    }
}

impl Writing {
    pub async fn start_session(&self, hash: String, person: &PersonId, started: Timestamp, expires: Timestamp) -> Result<(), StoreError> {
        let row = session::ActiveModel {
            hash: Set(hash),
            person_id: Set(person.0.clone()),
            started_at: Set(started.to_string()),
            expires_at: Set(expires.to_string()),
            agent: Set(String::new()),
        };
        session::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    pub async fn end_sessions(&self, person: &PersonId) -> Result<(), StoreError> {
        session::Entity::delete_many().filter(session::Column::PersonId.eq(person.as_str())).exec(self.db()).await?;
        Ok(())
    }

    /// Revokes every key of a person that still opens something.
    pub async fn revoke_tokens(&self, person: &PersonId, at: Timestamp) -> Result<(), StoreError> {
        token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(token::Column::PersonId.eq(person.as_str()))
            .filter(token::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(())
    }

    pub async fn add_token(&self, token: &Token, hash: String) -> Result<(), StoreError> {
        let row = token::ActiveModel {
            id: Set(token.id.0.clone()),
            hash: Set(hash),
            person_id: Set(token.person.0.clone()),
            title: Set(token.title.clone()),
            created_at: Set(token.created_at.to_string()),
            expires_at: Set(token.expires_at.map(|at| at.to_string())),
            revoked_at: Set(None),
        };
        token::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Revokes a token of this person. False if there is none.
    pub async fn revoke_token(&self, person: &PersonId, id: &TokenId, at: Timestamp) -> Result<bool, StoreError> {
        let revoked = token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(token::Column::Id.eq(id.as_str()))
            .filter(token::Column::PersonId.eq(person.as_str()))
            .filter(token::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(revoked.rows_affected == 1)
    }
}

fn known(row: token::Model) -> Option<Token> {
    Some(Token {
        id: TokenId(row.id),
        person: PersonId(row.person_id),
        title: row.title,
        created_at: row.created_at.parse().ok()?,
        expires_at: row.expires_at.and_then(|at| at.parse().ok()),
        revoked: row.revoked_at.is_some(),
    })
}
