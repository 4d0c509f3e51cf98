//! Personal data: whose time is over, and taking it out of every table. What stays are states, dates and ids.

mod engagement;
mod person;
mod texts;

use std::collections::BTreeSet;

use jiff::Timestamp;
use object_store::ObjectStoreExt as _;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement},
};
use tminus_domain::{
    access::Step,
    engagement::retention::Keep,
    ids::{EngagementId, FileId, PersonId},
    kit::Side,
    people::traces::Traces,
    rights::PracticeRole,
};

use crate::{
    Store, StoreError, access,
    engagement::row as engagements,
    files,
    people::{member, person::row as people},
    record,
};

/// An engagement that has ended and still has all its personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: EngagementId,
    pub ended_at: Timestamp,
    /// `None`: as the practice does.
    pub keep: Option<Keep>,
}

/// Access of a person that may still be in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub engagement: EngagementId,
    pub resource: String,
    pub step: String,
}

impl Store {
    /// Does work of which SQLite overwrites what it deletes, instead of leaving it in the file until the place is needed. It costs writes, so
    /// that other work is spared it. One such work at a time: the end of one would take it from the other.
    pub async fn overwriting<T>(&self, work: impl Future<Output = T>) -> Result<T, StoreError> {
        if !self.is_sqlite() {
            return Ok(work.await);
        }
        let _alone = self.overwriting.lock().await;
        self.write.execute_unprepared("PRAGMA secure_delete = ON").await?;
        let done = work.await;
        self.write.execute_unprepared("PRAGMA secure_delete = OFF").await?;
        Ok(done)
    }

    /// Engagements that have ended and were not erased.
    pub async fn kept_engagements(&self) -> Result<Vec<Kept>, StoreError> {
        let rows: Vec<(String, Option<String>, Option<String>)> = engagements::Entity::find()
            .select_only()
            .columns([engagements::Column::Id, engagements::Column::EndedAt, engagements::Column::EraseAfter])
            .filter(engagements::Column::EndedAt.is_not_null())
            .filter(engagements::Column::ErasedAt.is_null())
            .order_by_asc(engagements::Column::Id)
            .into_tuple()
            .all(&self.read)
            .await?;
        let kept = |(id, ended, keep): (String, Option<String>, Option<String>)| {
            let keep = keep.and_then(|keep| keep.parse().ok());
            Some(Kept { id: EngagementId(id), ended_at: ended?.parse().ok()?, keep })
        };
        Ok(rows.into_iter().filter_map(kept).collect())
    }

    /// Files of engagements that were erased: their bytes are still there, or were when somebody last looked.
    pub async fn files_of_erased(&self) -> Result<Vec<FileId>, StoreError> {
        let erased = erased_engagements();
        let ids: Vec<String> = files::row::Entity::find()
            .select_only()
            .column(files::row::Column::Id)
            .filter(files::row::Column::EngagementId.in_subquery(erased))
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(FileId).collect())
    }

    /// Deletes the bytes of a file, and then what is known of it. Bytes that are gone already are no failure.
    pub async fn erase_file(&self, id: &FileId) -> Result<(), StoreError> {
        match self.files.delete(&files::place(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        files::row::Entity::delete_by_id(id.as_str()).exec(&self.write).await?;
        Ok(())
    }

    /// People whose erasing was begun and not brought to its end.
    pub async fn half_erased(&self) -> Result<Vec<PersonId>, StoreError> {
        let begun = people::Entity::find().filter(people::Column::EraseBegunAt.is_not_null());
        let ids: Vec<String> =
            begun.filter(people::Column::ErasedAt.is_null()).select_only().column(people::Column::Id).into_tuple().all(&self.read).await?;
        Ok(ids.into_iter().map(PersonId).collect())
    }

    /// People of whom nothing is left but engagements that were erased, and who do not work here.
    pub async fn people_of_erased_alone(&self) -> Result<Vec<PersonId>, StoreError> {
        use member::row::Column as Member;
        use people::Column as Person;
        use record::row::Column as Entry;
        // Looking through the record takes long; most practices have erased nothing yet.
        if crate::engagement::row::Entity::find()
            .filter(crate::engagement::row::Column::ErasedAt.is_not_null())
            .limit(1)
            .one(&self.read)
            .await?
            .is_none()
        {
            return Ok(Vec::new());
        }
        let members = |erased: bool| {
            let of = if erased {
                Member::EngagementId.in_subquery(erased_engagements())
            } else {
                Member::EngagementId.not_in_subquery(erased_engagements())
            };
            Query::select().column(Member::PersonId).from(member::row::Entity).and_where(of).take()
        };
        let recorded = |column: Entry, erased: bool| {
            let of =
                if erased { Entry::Chain.in_subquery(erased_engagements()) } else { Entry::Chain.not_in_subquery(erased_engagements()) };
            let engagements = Entry::Chain.ne(record::PRACTICE);
            Query::select().column(column).from(record::row::Entity).and_where(of).and_where(engagements).take()
        };
        let with = |erased| {
            Condition::any()
                .add(Person::Id.in_subquery(members(erased)))
                .add(Person::Id.in_subquery(recorded(Entry::PersonId, erased)))
                .add(Person::Id.in_subquery(recorded(Entry::Subject, erased)))
        };
        let gone = Condition::any().add(Person::EndedAt.is_not_null()).add(Person::Side.ne(Side::Delivery.as_str()));
        let ids: Vec<String> = people::Entity::find()
            .select_only()
            .column(Person::Id)
            .filter(Person::ErasedAt.is_null())
            .filter(Person::Practice.ne(PracticeRole::Administrator.as_str()).or(Person::EndedAt.is_not_null()))
            .filter(gone)
            .filter(with(true))
            .filter(with(false).not())
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(PersonId).collect())
    }

    /// Access that somebody has, or had not long ago, and that nobody confirmed gone.
    pub async fn live_access(&self, person: &PersonId) -> Result<Vec<Live>, StoreError> {
        live_access(&self.read, person).await
    }

    /// What somebody was ever called here.
    pub async fn traces(&self, id: &PersonId) -> Result<Option<Traces>, StoreError> {
        let Some(account) = self.account(id).await? else { return Ok(None) };
        let mut traces = Traces::of(&account.person);
        self.addresses(id).await?.iter().for_each(|address| traces.add(address));
        let about = record::row::Entity::find()
            .filter(record::row::Column::Chain.eq(record::PRACTICE))
            .filter(record::row::Column::Subject.eq(id.as_str()));
        for row in about.all(&self.read).await? {
            let Some(read) = record::entry(row)?.read() else { continue };
            let called = |what: &'static str| read.texts.iter().filter(move |(key, _)| key.starts_with(what)).map(|(_, text)| text);
            called("name ").for_each(|name| traces.add(name));
            // Other addresses stand there in one text.
            called("e-mail ").flat_map(|text| text.split(", ")).for_each(|address| traces.add(address));
            read.title.iter().for_each(|title| traces.add(title));
        }
        Ok(Some(traces))
    }

    /// Engagements that hold something of a person besides their id, or may.
    pub async fn engagements_naming(&self, traces: &Traces) -> Result<BTreeSet<EngagementId>, StoreError> {
        let columns = [
            ("record", "chain", &["content", "texts"][..]),
            ("item", "engagement_id", &["content", "work"]),
            ("comment", "engagement_id", &["person_id", "body"]),
            ("plan", "engagement_id", &["document"]),
            ("access", "engagement_id", &["person_id", "document"]),
            ("member", "engagement_id", &["person_id"]),
        ];
        let mut found = BTreeSet::new();
        for (table, key, columns) in columns {
            let any = columns.iter().fold(Condition::any(), |any, column| any.add(texts::naming(column, traces)));
            let ids = Query::select().distinct().column(key).from(table).cond_where(any).take();
            for row in self.read.query_all(&ids).await? {
                found.insert(EngagementId(row.try_get_by_index(0)?));
            }
        }
        found.remove(&EngagementId(record::PRACTICE.to_owned()));
        Ok(found)
    }
}

async fn live_access(db: &impl ConnectionTrait, person: &PersonId) -> Result<Vec<Live>, StoreError> {
    use access::row::Column;
    let steps = Step::ALL.iter().filter(|step| step.is_live()).map(|step| step.as_str());
    let rows: Vec<(String, String, String)> = access::row::Entity::find()
        .select_only()
        .columns([Column::EngagementId, Column::ResourceId, Column::Step])
        .filter(Column::PersonId.eq(person.as_str()))
        .filter(Column::Step.is_in(steps))
        .order_by_asc(Column::EngagementId)
        .order_by_asc(Column::ResourceId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(engagement, resource, step)| Live { engagement: EngagementId(engagement), resource, step }).collect())
}

fn erased_engagements() -> SelectStatement {
    let erased = Expr::col(engagements::Column::ErasedAt).is_not_null();
    Query::select().column(engagements::Column::Id).from(engagements::Entity).and_where(erased).take()
}
