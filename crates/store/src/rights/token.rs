//! Keys of the API. Only digests of secrets are kept.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};
use tminus_domain::{
    ids::{EngagementId, PersonId, TokenId},
    rights::{Pass, Scope},
};

use crate::{Change, Store, StoreError, record::Writing};

mod row {
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
        pub scope: String,
        pub engagement_id: Option<String>,
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
    /// The most that it may do.
    pub pass: Pass,
}

impl Store {
    pub async fn tokens(&self, person: &PersonId) -> Result<Vec<Token>, StoreError> {
        let rows = row::Entity::find()
            .filter(row::Column::PersonId.eq(person.as_str()))
            .order_by_desc(row::Column::CreatedAt)
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// The keys that open this engagement and no other, and still work, newest first.
    pub async fn tokens_within(&self, scope: &Scope, now: Timestamp) -> Result<Vec<Token>, StoreError> {
        live_within(&self.read, scope.engagement(), now).await
    }
}

async fn live_within(db: &impl ConnectionTrait, engagement: &EngagementId, now: Timestamp) -> Result<Vec<Token>, StoreError> {
    let rows = row::Entity::find()
        .filter(row::Column::EngagementId.eq(engagement.as_str()))
        .filter(row::Column::RevokedAt.is_null())
        .filter(row::Column::ExpiresAt.is_null().or(row::Column::ExpiresAt.gt(now.to_string())))
        .order_by_desc(row::Column::CreatedAt)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(known).collect())
}

impl Change {
    /// Like [`Store::tokens_within`], as this change sees them.
    pub async fn live_tokens(&self, now: Timestamp) -> Result<Vec<Token>, StoreError> {
        live_within(self.db(), self.scope().engagement(), now).await
    }

    /// Ends a key that opens this engagement and no other. False if there is none that works.
    pub async fn revoke_token(&self, id: &TokenId, at: Timestamp) -> Result<bool, StoreError> {
        let revoked = row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(revoked.rows_affected == 1)
    }
}

impl Writing {
    /// Revokes every key of a person that still opens something.
    pub async fn revoke_tokens(&self, person: &PersonId, at: Timestamp) -> Result<(), StoreError> {
        row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(row::Column::PersonId.eq(person.as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(())
    }

    pub async fn add_token(&self, token: &Token, hash: String) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(token.id.0.clone()),
            hash: Set(hash),
            person_id: Set(token.person.0.clone()),
            title: Set(token.title.clone()),
            created_at: Set(token.created_at.to_string()),
            expires_at: Set(token.expires_at.map(|at| at.to_string())),
            revoked_at: Set(None),
            scope: Set(token.pass.kind.as_str().to_owned()),
            engagement_id: Set(token.pass.within.as_ref().map(|engagement| engagement.0.clone())),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Revokes a token of this person. False if there is none.
    pub async fn revoke_token(&self, person: &PersonId, id: &TokenId, at: Timestamp) -> Result<bool, StoreError> {
        let revoked = row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::PersonId.eq(person.as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(revoked.rows_affected == 1)
    }
}

fn known(row: row::Model) -> Option<Token> {
    Some(Token {
        id: TokenId(row.id),
        person: PersonId(row.person_id),
        title: row.title,
        created_at: row.created_at.parse().ok()?,
        expires_at: row.expires_at.and_then(|at| at.parse().ok()),
        revoked: row.revoked_at.is_some(),
        pass: Pass { kind: row.scope.parse().ok()?, within: row.engagement_id.map(EngagementId) },
    })
}
