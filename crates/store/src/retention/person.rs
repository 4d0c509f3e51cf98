//! Taking a person out of the practice. Their id stays, with a word in the place of their name.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait as _, Query},
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    people::{ERASED, traces::Traces},
    rights::PracticeRole,
};

use super::{
    Live, live_access,
    texts::{self, is, naming, remove, replace},
};
use crate::{
    StoreError,
    engagement::row as engagements,
    people::{member::row as members, person::row},
    record::{PRACTICE, Writing},
};

impl Writing {
    /// Engagements that have not ended and that a person is a member of, with their titles.
    pub async fn memberships_not_ended(&self, id: &PersonId) -> Result<Vec<(EngagementId, String)>, StoreError> {
        let mine = Query::select()
            .column(members::Column::EngagementId)
            .from(members::Entity)
            .and_where(members::Column::PersonId.eq(id.as_str()))
            .take();
        let rows = engagements::Entity::find()
            .filter(engagements::Column::Id.in_subquery(mine))
            .filter(engagements::Column::EndedAt.is_null())
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (EngagementId(row.id), row.title)).collect())
    }

    /// From now on nobody takes this person back.
    pub async fn begin_erasing(&self, id: &PersonId, at: Timestamp) -> Result<(), StoreError> {
        let begun = row::Entity::update_many().col_expr(row::Column::EraseBegunAt, Expr::value(at.to_string()));
        begun.filter(row::Column::Id.eq(id.as_str())).filter(row::Column::EraseBegunAt.is_null()).exec(self.db()).await?;
        Ok(())
    }

    /// Access that somebody has, or had not long ago, and that nobody confirmed gone.
    pub async fn live_access(&self, id: &PersonId) -> Result<Vec<Live>, StoreError> {
        live_access(self.db(), id).await
    }

    /// Takes a person out of the practice: what they are called, how they come in, and what the practice's record says of them.
    pub async fn erase_person(&mut self, traces: &Traces, at: Timestamp) -> Result<(), StoreError> {
        let (tx, id) = (self.db(), traces.person.as_str());
        texts::erase(tx, PRACTICE, naming("content", traces).add(naming("texts", traces)), |entry| entry.erase_person(traces)).await?;
        let theirs = || is("person_id", id);
        let hashes = Query::select().column("hash").from("session").cond_where(theirs()).take();
        remove(tx, "code", Condition::all().add(Expr::col("session_hash").in_subquery(hashes))).await?;
        for table in [
            "session",
            "token",
            "link",
            "second_factor",
            "half_sign_in",
            "passkey",
            "passkey_question",
            "identity",
            "address",
            "digest",
            "request_key",
        ] {
            remove(tx, table, theirs()).await?;
        }
        replace(tx, ("session", "view_person_id"), None, is("view_person_id", id)).await?;
        remove(tx, "letter", naming("message", traces).add(naming("address", traces)).add(theirs())).await?;
        remove(tx, "request_key", naming("body", traces)).await?;
        remove(tx, "sign_in_failure", naming("email", traces)).await?;
        let erased = row::ActiveModel {
            name: Set(ERASED.to_owned()),
            email: Set(format!("erased {id}")),
            zone: Set("UTC".to_owned()),
            practice: Set(PracticeRole::None.as_str().to_owned()),
            password: Set(None),
            filters: Set("[]".to_owned()),
            digest_minute: Set(-1),
            ended_at: Set(Some(at.to_string())),
            erased_at: Set(Some(at.to_string())),
            ..Default::default()
        };
        row::Entity::update_many().set(erased).filter(row::Column::Id.eq(id)).exec(tx).await?;
        self.name_anew(&traces.person).await
    }
}
