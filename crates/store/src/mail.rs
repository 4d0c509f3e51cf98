//! Letters: queued with the change that asks for them, leased to whoever sends them, kept for a while afterwards.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};
use tminus_domain::{
    ids::{EngagementId, LetterId, PersonId},
    mail::{Fate, KEPT, Letter, Message},
};

use crate::{Change, Store, StoreError, from_text, record::Writing, to_text};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "letter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub person_id: String,
        pub engagement_id: Option<String>,
        pub name: String,
        pub address: String,
        pub message: String,
        pub written_at: String,
        pub due_at: String,
        pub tries: i32,
        pub lease_until: Option<String>,
        pub sent_at: Option<String>,
        pub given_up_at: Option<String>,
        pub why: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A letter with what became of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub letter: Letter,
    pub fate: Fate,
}

impl Change {
    /// Queues a letter: it goes out if, and only if, this change is saved.
    pub async fn queue(&self, letter: &Letter) -> Result<(), StoreError> {
        queue(self.db(), letter).await
    }

    /// Like [`Change::queue`], for a letter that waits until `due`.
    pub async fn queue_for(&self, letter: &Letter, due: Timestamp) -> Result<(), StoreError> {
        queue_for(self.db(), letter, due).await
    }

    /// Takes a letter of a kind back that waits for somebody on this engagement until later, to be written anew; with the time that it waits for.
    pub async fn unqueue(&self, person: &PersonId, kind: &str, now: Timestamp) -> Result<Option<(Letter, Timestamp)>, StoreError> {
        let waiting = row::Entity::find()
            .filter(row::Column::PersonId.eq(person.as_str()))
            .filter(row::Column::EngagementId.eq(self.scope().engagement().as_str()))
            .filter(row::Column::SentAt.is_null())
            .filter(row::Column::GivenUpAt.is_null())
            .filter(row::Column::Tries.eq(0))
            .filter(row::Column::LeaseUntil.is_null())
            .filter(row::Column::DueAt.gt(now.to_string()));
        for row in waiting.order_by_desc(row::Column::Id).all(self.db()).await? {
            let (id, due) = (row.id.clone(), row.due_at.parse().unwrap_or(now));
            let letter = kept(row)?.letter;
            if letter.message.kind() != kind {
                continue;
            }
            let taken = row::Entity::delete_many().filter(row::Column::Id.eq(id)).filter(row::Column::LeaseUntil.is_null());
            // A node whose clock is ahead may be sending it.
            if taken.exec(self.db()).await?.rows_affected == 1 {
                return Ok(Some((letter, due)));
            }
        }
        Ok(None)
    }
}

impl Writing {
    /// Queues a letter: it goes out if, and only if, this is saved.
    pub async fn queue(&self, letter: &Letter) -> Result<(), StoreError> {
        queue(self.db(), letter).await
    }

    /// A letter, held until this is saved.
    pub async fn letter(&self, id: &LetterId) -> Result<Option<Kept>, StoreError> {
        row::Entity::find_by_id(id.as_str()).lock_exclusive().one(self.db()).await?.map(kept).transpose()
    }

    /// Has a letter tried once more, as if it had never been tried.
    pub async fn letter_again(&self, id: &LetterId, now: Timestamp) -> Result<(), StoreError> {
        row::Entity::update_many()
            .col_expr(row::Column::DueAt, Expr::value(now.to_string()))
            .col_expr(row::Column::Tries, Expr::value(0))
            .col_expr(row::Column::GivenUpAt, Expr::value(Option::<String>::None))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::SentAt.is_null())
            .exec(self.db())
            .await?;
        Ok(())
    }
}

pub(crate) async fn queue(tx: &DatabaseTransaction, letter: &Letter) -> Result<(), StoreError> {
    queue_for(tx, letter, letter.written_at).await
}

async fn queue_for(tx: &DatabaseTransaction, letter: &Letter, due: Timestamp) -> Result<(), StoreError> {
    let row = row::ActiveModel {
        id: Set(letter.id.0.clone()),
        person_id: Set(letter.person.0.clone()),
        engagement_id: Set(letter.engagement.as_ref().map(|id| id.0.clone())),
        name: Set(letter.name.clone()),
        address: Set(letter.address.clone()),
        message: Set(to_text("letter", &letter.message)?),
        written_at: Set(letter.written_at.to_string()),
        due_at: Set(due.to_string()),
        tries: Set(0),
        lease_until: Set(None),
        sent_at: Set(None),
        given_up_at: Set(None),
        why: Set(None),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

impl Store {
    /// Takes letters that are due, oldest first, for as long as the lease runs: meanwhile nobody else gets them, on any node.
    pub async fn lease_letters(&self, now: Timestamp, until: Timestamp, most: u64) -> Result<Vec<(Letter, u32)>, StoreError> {
        let free = || {
            Condition::all()
                .add(row::Column::SentAt.is_null())
                .add(row::Column::GivenUpAt.is_null())
                .add(row::Column::LeaseUntil.is_null().or(row::Column::LeaseUntil.lte(now.to_string())))
        };
        let due = row::Entity::find().filter(free()).filter(row::Column::DueAt.lte(now.to_string()));
        let due = due.order_by_asc(row::Column::DueAt).order_by_asc(row::Column::Id).limit(most).all(&self.read).await?;
        let mut leased = Vec::new();
        for row in due {
            let taken = row::Entity::update_many()
                .col_expr(row::Column::LeaseUntil, Expr::value(until.to_string()))
                .filter(row::Column::Id.eq(row.id.as_str()))
                .filter(free())
                .exec(&self.write)
                .await?;
            if taken.rows_affected == 1 {
                let tries = u32::try_from(row.tries).unwrap_or(u32::MAX);
                leased.push((letter(row)?, tries));
            }
        }
        Ok(leased)
    }

    /// A mail server took it. What it opened is forgotten here.
    pub async fn letter_sent(&self, letter: &Letter, at: Timestamp) -> Result<(), StoreError> {
        let sent = ended(letter)?.col_expr(row::Column::SentAt, Expr::value(at.to_string()));
        sent.exec(&self.write).await?;
        Ok(())
    }

    /// It did not go out, and is tried again.
    pub async fn letter_put_off(&self, id: &LetterId, due_at: Timestamp, why: &str) -> Result<(), StoreError> {
        row::Entity::update_many()
            .col_expr(row::Column::DueAt, Expr::value(due_at.to_string()))
            .col_expr(row::Column::Tries, Expr::col(row::Column::Tries).add(1))
            .col_expr(row::Column::LeaseUntil, Expr::value(Option::<String>::None))
            .col_expr(row::Column::Why, Expr::value(why))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::SentAt.is_null())
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// It is not tried any more.
    pub async fn letter_given_up(&self, letter: &Letter, at: Timestamp, why: &str) -> Result<(), StoreError> {
        let ended = ended(letter)?.col_expr(row::Column::GivenUpAt, Expr::value(at.to_string()));
        ended.col_expr(row::Column::Why, Expr::value(why)).exec(&self.write).await?;
        Ok(())
    }

    /// Letters of the whole practice, newest first, from after the given one on.
    pub async fn letters(&self, after: Option<&LetterId>, most: u64) -> Result<Vec<Kept>, StoreError> {
        let mut rows = row::Entity::find();
        if let Some(after) = after {
            let Some(after) = row::Entity::find_by_id(after.as_str()).one(&self.read).await? else { return Ok(Vec::new()) };
            let same = row::Column::WrittenAt.eq(after.written_at.as_str()).and(row::Column::Id.lt(after.id));
            rows = rows.filter(row::Column::WrittenAt.lt(after.written_at).or(same));
        }
        let rows = rows.order_by_desc(row::Column::WrittenAt).order_by_desc(row::Column::Id).limit(most).all(&self.read).await?;
        rows.into_iter().map(kept).collect()
    }

    pub async fn letter(&self, id: &LetterId) -> Result<Option<Kept>, StoreError> {
        row::Entity::find_by_id(id.as_str()).one(&self.read).await?.map(kept).transpose()
    }

    /// Of these people, those whose newest letter was given up, with the reason.
    pub async fn unreached(&self, people: &[PersonId]) -> Result<Vec<(PersonId, String)>, StoreError> {
        let theirs = row::Entity::find().filter(row::Column::PersonId.is_in(people.iter().map(PersonId::as_str)));
        let ended = theirs.filter(row::Column::SentAt.is_not_null().or(row::Column::GivenUpAt.is_not_null()));
        let rows = ended.order_by_desc(row::Column::WrittenAt).order_by_desc(row::Column::Id).limit(1_000).all(&self.read).await?;
        let mut seen = std::collections::HashSet::new();
        let newest = rows.into_iter().filter(|row| seen.insert(row.person_id.clone()) && row.given_up_at.is_some());
        Ok(newest.map(|row| (PersonId(row.person_id), row.why.unwrap_or_default())).collect())
    }

    /// Drops letters that are old.
    pub(crate) async fn sweep_letters(&self, now: Timestamp) -> Result<(), StoreError> {
        let old = now.checked_sub(KEPT).unwrap_or(now).to_string();
        let ended = row::Column::SentAt.lt(old.as_str()).or(row::Column::GivenUpAt.lt(old.as_str()));
        // What waited that long is stale: nobody set a mail server.
        row::Entity::delete_many().filter(ended.or(row::Column::WrittenAt.lt(old))).exec(&self.write).await?;
        Ok(())
    }
}

fn ended(letter: &Letter) -> Result<sea_orm::UpdateMany<row::Entity>, StoreError> {
    let message = to_text("letter", &letter.message.clone().without_secret())?;
    let ended = row::Entity::update_many()
        .col_expr(row::Column::Message, Expr::value(message))
        .col_expr(row::Column::Tries, Expr::col(row::Column::Tries).add(1))
        .col_expr(row::Column::LeaseUntil, Expr::value(Option::<String>::None));
    Ok(ended.filter(row::Column::Id.eq(letter.id.as_str())).filter(row::Column::SentAt.is_null()))
}

fn kept(row: row::Model) -> Result<Kept, StoreError> {
    let fate = match (&row.sent_at, &row.given_up_at) {
        (Some(sent), _) => Fate::Sent { at: at(sent)? },
        (None, Some(ended)) => Fate::GivenUp { at: at(ended)?, why: row.why.clone().unwrap_or_default() },
        (None, None) => {
            Fate::Waiting { due_at: at(&row.due_at)?, tries: u32::try_from(row.tries).unwrap_or_default(), why: row.why.clone() }
        }
    };
    Ok(Kept { letter: letter(row)?, fate })
}

fn letter(row: row::Model) -> Result<Letter, StoreError> {
    let message: Message = from_text("letter", &row.message)?;
    Ok(Letter {
        written_at: at(&row.written_at)?,
        id: LetterId(row.id),
        person: PersonId(row.person_id),
        engagement: row.engagement_id.map(EngagementId),
        name: row.name,
        address: row.address,
        message,
    })
}

fn at(text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|error: jiff::Error| unreadable(&error))
}

fn unreadable(error: &jiff::Error) -> StoreError {
    StoreError::Unreadable { table: "letter", why: error.to_string() }
}
