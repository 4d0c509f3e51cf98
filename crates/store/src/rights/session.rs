//! Sessions: what says who is asking. Only digests of secrets are kept.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, Statement, sea_query::Expr,
};
use tminus_domain::{
    checklist::filter::SavedFilter,
    ids::{EngagementId, LinkId, PersonId},
    people::Person,
    rights::{Pass, PassKind},
};

use crate::{Change, Store, StoreError, from_text, record::Writing};

pub(super) mod row {
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
        /// The link that it began with.
        pub link_id: Option<String>,
        /// When a code that was sent to them was typed.
        pub proved_at: Option<String>,
        /// What they look at through another person's eyes.
        pub view_engagement_id: Option<String>,
        pub view_person_id: Option<String>,
        /// The provider of identities that it began with, and what the visit is called there.
        pub provider: Option<String>,
        pub provider_session: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

const PERSON: &str = "p.id, p.name, p.email, p.side, p.zone, p.practice, p.filters";

/// Who asks, with what every page of theirs needs.
#[derive(Clone, Debug)]
pub struct Holder {
    pub person: Person,
    pub filters: Vec<SavedFilter>,
    pub pass: Pass,
    /// Whose eyes they look through, and on which engagement.
    pub view: Option<(EngagementId, PersonId)>,
}

/// A session as its person may see it. `id` names it and opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    /// What the browser said of itself.
    pub agent: String,
    pub by_link: bool,
}

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub hash: String,
    pub person: PersonId,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub agent: String,
    pub link: Option<LinkId>,
    /// The provider of identities that it begins with, and what the visit is called there.
    pub provider: Option<(String, Option<String>)>,
}

/// How much of a digest names a session: enough to tell them apart, far too little to find it.
const NAME: usize = 16;

impl Store {
    /// Who holds a session that has not expired. One indexed read.
    pub async fn holder_of_session(&self, hash: &str, now: Timestamp) -> Result<Option<Holder>, StoreError> {
        let more = "l.engagement_id, s.link_id, s.proved_at, s.view_engagement_id, s.view_person_id";
        let from = "session s JOIN person p ON p.id = s.person_id LEFT JOIN link l ON l.id = s.link_id";
        let live = "s.hash = ? AND s.expires_at > ? AND p.ended_at IS NULL AND l.revoked_at IS NULL";
        let Some(row) = self.holder(&format!("SELECT {PERSON}, {more} FROM {from} WHERE {live}"), hash, now).await? else {
            return Ok(None);
        };
        let text = |index: usize| row.try_get_by_index::<Option<String>>(index);
        let kind = match (text(8)?, text(9)?) {
            (None, _) => PassKind::Session,
            (Some(_), None) => PassKind::Link,
            (Some(_), Some(_)) => PassKind::LinkWithCode,
        };
        let pass = Pass { kind, within: text(7)?.map(EngagementId) };
        let view = text(10)?.map(EngagementId).zip(text(11)?.map(PersonId));
        holder(&row, pass, view).map(Some)
    }

    /// Who holds a token that is neither revoked nor expired.
    pub async fn holder_of_token(&self, hash: &str, now: Timestamp) -> Result<Option<Holder>, StoreError> {
        let from = "token t JOIN person p ON p.id = t.person_id";
        let live = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?) AND p.ended_at IS NULL";
        let sql = format!("SELECT {PERSON}, t.scope, t.engagement_id FROM {from} WHERE t.hash = ? AND {live}");
        let Some(row) = self.holder(&sql, hash, now).await? else { return Ok(None) };
        let kind = row.try_get_by_index::<String>(7)?.parse().map_err(|()| unreadable("scope"))?;
        let pass = Pass { kind, within: row.try_get_by_index::<Option<String>>(8)?.map(EngagementId) };
        holder(&row, pass, None).map(Some)
    }

    async fn holder(&self, sql: &str, hash: &str, now: Timestamp) -> Result<Option<QueryResult>, StoreError> {
        let backend = self.read.get_database_backend();
        let sql = if backend == sea_orm::DbBackend::Sqlite { sql.to_owned() } else { sql.replacen('?', "$1", 1).replacen('?', "$2", 1) };
        let values = [hash.into(), now.to_string().into()];
        Ok(self.read.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?)
    }

    /// Ends a session, and says with which provider of identities it began.
    pub async fn end_session(&self, hash: &str) -> Result<Option<String>, StoreError> {
        end(&self.write, hash).await
    }

    /// When a session of a person began.
    pub async fn session_began(&self, person: &PersonId, hash: &str) -> Result<Option<Timestamp>, StoreError> {
        let theirs = row::Entity::find_by_id(hash).filter(row::Column::PersonId.eq(person.as_str()));
        Ok(theirs.one(&self.read).await?.and_then(|row| row.started_at.parse().ok()))
    }

    /// A person's sessions that have not expired, newest first.
    pub async fn sessions(&self, person: &PersonId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let live = row::Entity::find().filter(row::Column::PersonId.eq(person.as_str())).filter(row::Column::ExpiresAt.gt(now.to_string()));
        let rows = live.order_by_desc(row::Column::StartedAt).all(&self.read).await?;
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// Looks through somebody's eyes from now on, or no longer.
    pub async fn set_view(&self, hash: &str, view: Option<(&EngagementId, &PersonId)>) -> Result<(), StoreError> {
        let (engagement, person) = view.map(|(engagement, person)| (engagement.0.clone(), person.0.clone())).unzip();
        row::Entity::update_many()
            .col_expr(row::Column::ViewEngagementId, Expr::value(engagement))
            .col_expr(row::Column::ViewPersonId, Expr::value(person))
            .filter(row::Column::Hash.eq(hash))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}

impl Writing {
    pub async fn start_session(&self, new: NewSession) -> Result<(), StoreError> {
        row::Entity::insert(begun(new)).exec_without_returning(self.db()).await?;
        Ok(())
    }

    pub async fn end_sessions(&self, person: &PersonId) -> Result<(), StoreError> {
        row::Entity::delete_many().filter(row::Column::PersonId.eq(person.as_str())).exec(self.db()).await?;
        Ok(())
    }

    /// Ends a session, and says with which provider of identities it began.
    pub async fn end_session(&self, hash: &str) -> Result<Option<String>, StoreError> {
        end(self.db(), hash).await
    }

    /// Ends one session of a person, by its name. False if there is none.
    pub async fn end_session_of(&self, person: &PersonId, id: &str) -> Result<bool, StoreError> {
        if id.len() != NAME {
            return Ok(false);
        }
        let named = row::Entity::delete_many().filter(row::Column::PersonId.eq(person.as_str())).filter(row::Column::Hash.starts_with(id));
        Ok(named.exec(self.db()).await?.rows_affected > 0)
    }
}

impl Change {
    /// Begins the visit of somebody who opened a link to this engagement.
    pub async fn start_session(&self, new: NewSession) -> Result<(), StoreError> {
        row::Entity::insert(begun(new)).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Remembers that whoever holds the session typed a code that was sent to its person.
    pub async fn prove_session(&self, hash: &str, at: Timestamp) -> Result<(), StoreError> {
        let proved = row::Entity::update_many().col_expr(row::Column::ProvedAt, Expr::value(at.to_string()));
        proved.filter(row::Column::Hash.eq(hash)).exec(self.db()).await?;
        Ok(())
    }
}

fn begun(new: NewSession) -> row::ActiveModel {
    let (provider, provider_session) = new.provider.unzip();
    row::ActiveModel {
        hash: Set(new.hash),
        person_id: Set(new.person.0),
        started_at: Set(new.started_at.to_string()),
        expires_at: Set(new.expires_at.to_string()),
        agent: Set(new.agent),
        link_id: Set(new.link.map(|link| link.0)),
        proved_at: Set(None),
        view_engagement_id: Set(None),
        view_person_id: Set(None),
        provider: Set(provider),
        provider_session: Set(provider_session.flatten()),
    }
}

fn holder(row: &QueryResult, pass: Pass, view: Option<(EngagementId, PersonId)>) -> Result<Holder, StoreError> {
    let text = |index: usize| row.try_get_by_index::<String>(index);
    let person = Person {
        id: PersonId(text(0)?),
        name: text(1)?,
        email: text(2)?,
        side: text(3)?.parse().map_err(|()| unreadable("side"))?,
        zone: text(4)?,
        practice: text(5)?.parse().map_err(|()| unreadable("practice"))?,
    };
    Ok(Holder { person, filters: from_text("person", &text(6)?)?, pass, view })
}

fn unreadable(why: &str) -> StoreError {
    StoreError::Unreadable { table: "person", why: why.to_owned() }
}

fn known(row: row::Model) -> Option<Session> {
    Some(Session {
        id: row.hash.get(..NAME)?.to_owned(),
        started_at: row.started_at.parse().ok()?,
        expires_at: row.expires_at.parse().ok()?,
        agent: row.agent,
        by_link: row.link_id.is_some(),
    })
}

async fn end(db: &impl ConnectionTrait, hash: &str) -> Result<Option<String>, StoreError> {
    let session = row::Entity::find_by_id(hash).one(db).await?;
    row::Entity::delete_by_id(hash).exec(db).await?;
    Ok(session.and_then(|session| session.provider))
}
