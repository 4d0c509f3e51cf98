//! When people were last told what is theirs. Nobody is told twice on a day, however many nodes there are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Func, OnConflict, Query},
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    mail::Letter,
    people::Person,
};

use crate::{Change, Store, StoreError, engagement, mail, people::member, people::person};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "digest")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
        /// Empty where one letter tells of all engagements.
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        pub looked_on: String,
        pub told_on: Option<String>,
        pub told_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody on an engagement that has not ended, or ended with access carried over, who wants to be told.
#[derive(Clone, Debug)]
pub struct Reader {
    pub person: Person,
    /// Whether they have a way in of their own. Others come by link.
    pub signs_in: bool,
    /// Minutes after midnight where they are.
    pub minute: i32,
}

/// When somebody was last looked after, and up to when they were told all there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub on: Option<Date>,
    pub told: Option<(Date, Timestamp)>,
}

/// Whom and what a digest is about: all engagements of somebody, or one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct About {
    pub person: PersonId,
    pub engagement: Option<EngagementId>,
}

/// What happens to somebody's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// It is off: what there is since then is told another day.
    Off(Date, (Date, Timestamp)),
    /// They are not invited.
    Uninvited(Date),
    /// All there was is told.
    Told(Date, Timestamp),
}

impl Store {
    /// Everybody who may be told something: members of engagements on which there is something to do, who want it.
    pub async fn digest_readers(&self) -> Result<Vec<Reader>, StoreError> {
        let open = Query::select()
            .column(engagement::row::Column::Id)
            .from(engagement::row::Entity)
            .and_where(engagement::row::Column::State.ne("ended"))
            .take();
        let members = Query::select()
            .column(member::row::Column::PersonId)
            .from(member::row::Entity)
            .and_where(member::row::Column::EngagementId.in_subquery(open))
            .take();
        let told = person::row::Entity::find()
            .filter(person::row::Column::EndedAt.is_null())
            .filter(person::row::Column::DigestMinute.gte(0))
            .filter(person::row::Column::Id.in_subquery(members));
        let own = told.clone().filter(person::signs_in()).select_only().column(person::row::Column::Id);
        let (rows, own) = (told.all(&self.read).await?, own.into_tuple::<String>().all(&self.read).await?);
        let own: BTreeSet<_> = own.into_iter().collect();
        let reader = |row: person::row::Model| {
            let (minute, signs_in) = (row.digest_minute, own.contains(&row.id));
            Ok(Reader { signs_in, person: person::account(row)?.person, minute })
        };
        rows.into_iter().map(reader).collect()
    }

    /// When each was last looked after.
    pub async fn digests(&self) -> Result<BTreeMap<About, Looked>, StoreError> {
        let rows = row::Entity::find().all(&self.read).await?;
        let read = |row: row::Model| {
            let engagement = Some(row.engagement_id).filter(|id| !id.is_empty()).map(EngagementId);
            let told = row.told_on.zip(row.told_at).and_then(|(on, at)| Some((on.parse().ok()?, at.parse().ok()?)));
            (About { person: PersonId(row.person_id), engagement }, Looked { on: row.looked_on.parse().ok(), told })
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Notes what becomes of somebody's day, and queues what they are told. False, and nothing is done, if the day was looked after already.
    pub async fn look_after(&self, about: &About, day: Day, letter: Option<&Letter>) -> Result<bool, StoreError> {
        let tx = crate::change::begin(&self.write).await?;
        if !claim(&tx, about, day).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        if let Some(letter) = letter {
            mail::queue(&tx, letter).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// At what minute of their day somebody is told what is theirs; `None` is never.
    pub async fn digest_minute(&self, person: &PersonId) -> Result<Option<i32>, StoreError> {
        let row = person::row::Entity::find_by_id(person.as_str()).one(&self.read).await?;
        Ok(row.map(|row| row.digest_minute).filter(|minute| *minute >= 0))
    }

    pub async fn set_digest_minute(&self, person: &PersonId, minute: Option<i32>) -> Result<(), StoreError> {
        person::row::Entity::update_many()
            .col_expr(person::row::Column::DigestMinute, Expr::value(minute.unwrap_or(-1)))
            .filter(person::row::Column::Id.eq(person.as_str()))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}

impl Change {
    /// Like [`Store::look_after`], as a part of this change.
    pub async fn look_after(&self, person: &PersonId, day: Day) -> Result<bool, StoreError> {
        let about = About { person: person.clone(), engagement: Some(self.scope().engagement().clone()) };
        claim(self.db(), &about, day).await
    }
}

async fn claim(tx: &DatabaseTransaction, about: &About, day: Day) -> Result<bool, StoreError> {
    let engagement = about.engagement.as_ref().map_or("", EngagementId::as_str);
    let first = row::ActiveModel {
        person_id: Set(about.person.0.clone()),
        engagement_id: Set(engagement.to_owned()),
        looked_on: Set(String::new()),
        told_on: Set(None),
        told_at: Set(None),
    };
    let there = OnConflict::columns([row::Column::PersonId, row::Column::EngagementId]).do_nothing().to_owned();
    row::Entity::insert(first).on_conflict(there).exec_without_returning(tx).await?;
    let (Day::Off(on, _) | Day::Uninvited(on) | Day::Told(on, _)) = day;
    let mut update = row::Entity::update_many().col_expr(row::Column::LookedOn, Expr::value(on.to_string()));
    // On a day off, what was told stays; where nothing was yet, the letter to come begins where this one would have.
    let kept = |column: row::Column, value: String| Func::coalesce([Expr::col(column), Expr::value(value)]).into();
    update = match day {
        Day::Uninvited(_) => update,
        Day::Told(on, at) => {
            update.col_expr(row::Column::ToldOn, Expr::value(on.to_string())).col_expr(row::Column::ToldAt, Expr::value(at.to_string()))
        }
        Day::Off(_, (on, at)) => update
            .col_expr(row::Column::ToldOn, kept(row::Column::ToldOn, on.to_string()))
            .col_expr(row::Column::ToldAt, kept(row::Column::ToldAt, at.to_string())),
    };
    let claimed = update
        .filter(row::Column::PersonId.eq(about.person.as_str()))
        .filter(row::Column::EngagementId.eq(engagement))
        .filter(row::Column::LookedOn.lt(on.to_string()))
        .exec(tx)
        .await?;
    Ok(claimed.rows_affected == 1)
}
