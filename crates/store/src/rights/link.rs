//! Links that open one engagement for one person, and the codes that prove whose they are. Only digests of secrets are kept.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use tminus_domain::{
    ids::{EngagementId, LinkId, PersonId},
    rights::{Scope, link::Link},
};

use super::session;
use crate::{Change, Store, StoreError, record::Writing};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub hash: String,
        pub engagement_id: String,
        pub person_id: String,
        pub made_by: String,
        pub made_at: String,
        pub expires_at: String,
        pub revoked_at: Option<String>,
        pub used_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub session_hash: String,
        pub hash: String,
        pub sent_at: String,
        pub tries: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A code that was sent, and how often it was typed wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub hash: String,
    pub sent_at: Timestamp,
    pub tries: u32,
}

impl Store {
    /// A link by the digest of its secret, also one that no longer works.
    pub async fn link(&self, hash: &str) -> Result<Option<Link>, StoreError> {
        row::Entity::find().filter(row::Column::Hash.eq(hash)).one(&self.read).await?.map(link).transpose()
    }

    /// The link that a session began with.
    pub async fn link_of_session(&self, hash: &str) -> Result<Option<Link>, StoreError> {
        let began = session::row::Entity::find_by_id(hash).one(&self.read).await?;
        let Some(id) = began.and_then(|session| session.link_id) else { return Ok(None) };
        row::Entity::find_by_id(id).one(&self.read).await?.map(link).transpose()
    }

    /// The links of an engagement, newest first.
    pub async fn links(&self, scope: &Scope) -> Result<Vec<Link>, StoreError> {
        let all = row::Entity::find().filter(row::Column::EngagementId.eq(scope.engagement().as_str()));
        let rows = all.order_by_desc(row::Column::MadeAt).order_by_desc(row::Column::Id).limit(1_000).all(&self.read).await?;
        rows.into_iter().map(link).collect()
    }

    /// Like [`Store::links`], of one person.
    pub async fn links_of(&self, scope: &Scope, person: &PersonId) -> Result<Vec<Link>, StoreError> {
        let theirs = row::Entity::find()
            .filter(row::Column::EngagementId.eq(scope.engagement().as_str()))
            .filter(row::Column::PersonId.eq(person.as_str()));
        let rows = theirs.order_by_desc(row::Column::MadeAt).order_by_desc(row::Column::Id).limit(1_000).all(&self.read).await?;
        rows.into_iter().map(link).collect()
    }

    pub async fn code(&self, session: &str) -> Result<Option<Code>, StoreError> {
        let row = code::Entity::find_by_id(session).one(&self.read).await?;
        Ok(row.and_then(|row| Some(Code { hash: row.hash, sent_at: row.sent_at.parse().ok()?, tries: u32::try_from(row.tries).ok()? })))
    }

    /// Counts one more try at the code of a session, and gives the code with that try in it. `None` once all tries are used up.
    /// No two at the same moment get the same count.
    pub async fn try_code(&self, session: &str, most: u32) -> Result<Option<Code>, StoreError> {
        let counted = code::Entity::update_many()
            .col_expr(code::Column::Tries, Expr::col(code::Column::Tries).add(1))
            .filter(code::Column::SessionHash.eq(session))
            .filter(code::Column::Tries.lt(most))
            .exec_with_returning(&self.write)
            .await?;
        let code = counted.into_iter().next();
        Ok(code.and_then(|row| Some(Code { hash: row.hash, sent_at: row.sent_at.parse().ok()?, tries: u32::try_from(row.tries).ok()? })))
    }
}

impl Change {
    pub async fn add_link(&self, link: &Link, hash: String) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(link.id.0.clone()),
            hash: Set(hash),
            engagement_id: Set(self.scope().engagement().0.clone()),
            person_id: Set(link.person.0.clone()),
            made_by: Set(link.made_by.0.clone()),
            made_at: Set(link.made_at.to_string()),
            expires_at: Set(link.expires_at.to_string()),
            revoked_at: Set(None),
            used_at: Set(None),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// The links of a person that still work, newest first; `None` is everybody's.
    pub async fn live_links(&self, person: Option<&PersonId>, now: Timestamp) -> Result<Vec<Link>, StoreError> {
        let live = row::Entity::find()
            .filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()))
            .apply_if(person, |found, person| found.filter(row::Column::PersonId.eq(person.as_str())))
            .filter(row::Column::RevokedAt.is_null())
            .filter(row::Column::ExpiresAt.gt(now.to_string()));
        live.order_by_desc(row::Column::MadeAt).order_by_desc(row::Column::Id).all(self.db()).await?.into_iter().map(link).collect()
    }

    /// Whether a link of this engagement still works, by the digest of its secret.
    pub async fn is_link_live(&self, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let found =
            row::Entity::find().filter(row::Column::Hash.eq(hash)).filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()));
        Ok(found.one(self.db()).await?.map(link).transpose()?.is_some_and(|link| link.is_live(now)))
    }

    /// Revokes a link of this engagement, and ends the visits that began with it. False if there is none that works.
    pub async fn revoke_link(&self, id: &LinkId, at: Timestamp) -> Result<bool, StoreError> {
        let revoked = row::Entity::update_many()
            .col_expr(row::Column::RevokedAt, Expr::value(at.to_string()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()))
            .filter(row::Column::RevokedAt.is_null())
            .exec(self.db())
            .await?;
        if revoked.rows_affected == 0 {
            return Ok(false);
        }
        session::row::Entity::delete_many().filter(session::row::Column::LinkId.eq(id.as_str())).exec(self.db()).await?;
        Ok(true)
    }

    /// Revokes the links of a person that have expired: nobody asks for a new one by them. `None` is everybody's.
    pub async fn forget_expired_links(&self, person: Option<&PersonId>, at: Timestamp) -> Result<(), StoreError> {
        let revoked = row::Entity::update_many().col_expr(row::Column::RevokedAt, Expr::value(at.to_string()));
        let revoked = revoked.filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()));
        let revoked = revoked.apply_if(person, |links, person| links.filter(row::Column::PersonId.eq(person.as_str())));
        let expired = row::Column::ExpiresAt.lte(at.to_string()).and(row::Column::RevokedAt.is_null());
        revoked.filter(expired).exec(self.db()).await?;
        Ok(())
    }

    pub async fn use_link(&self, id: &LinkId, at: Timestamp) -> Result<(), StoreError> {
        let used = row::Entity::update_many().col_expr(row::Column::UsedAt, Expr::value(at.to_string()));
        used.filter(row::Column::Id.eq(id.as_str())).exec(self.db()).await?;
        Ok(())
    }

    /// Keeps the code that was sent for a session. It takes the place of an older one.
    pub async fn keep_code(&self, session: &str, code: &Code) -> Result<(), StoreError> {
        let row = code::ActiveModel {
            session_hash: Set(session.to_owned()),
            hash: Set(code.hash.clone()),
            sent_at: Set(code.sent_at.to_string()),
            tries: Set(0),
        };
        let again = OnConflict::column(code::Column::SessionHash)
            .update_columns([code::Column::Hash, code::Column::SentAt, code::Column::Tries])
            .to_owned();
        code::Entity::insert(row).on_conflict(again).exec_without_returning(self.db()).await?;
        Ok(())
    }

    pub async fn forget_code(&self, session: &str) -> Result<(), StoreError> {
        code::Entity::delete_by_id(session).exec(self.db()).await?;
        Ok(())
    }
}

impl Writing {
    /// Revokes every link of a person that still works, on all engagements.
    pub async fn revoke_links(&self, person: &PersonId, at: Timestamp) -> Result<(), StoreError> {
        let revoked = row::Entity::update_many().col_expr(row::Column::RevokedAt, Expr::value(at.to_string()));
        revoked.filter(row::Column::PersonId.eq(person.as_str())).filter(row::Column::RevokedAt.is_null()).exec(self.db()).await?;
        Ok(())
    }
}

fn link(row: row::Model) -> Result<Link, StoreError> {
    let at = |text: &str| text.parse().map_err(|error: jiff::Error| StoreError::Unreadable { table: "link", why: error.to_string() });
    let maybe = |text: Option<String>| text.as_deref().map(at).transpose();
    Ok(Link {
        made_at: at(&row.made_at)?,
        expires_at: at(&row.expires_at)?,
        revoked_at: maybe(row.revoked_at)?,
        used_at: maybe(row.used_at)?,
        id: LinkId(row.id),
        engagement: EngagementId(row.engagement_id),
        person: PersonId(row.person_id),
        made_by: PersonId(row.made_by),
    })
}
