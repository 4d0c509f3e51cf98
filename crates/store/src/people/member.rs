//! Members of an engagement.

use jiff::civil::Date;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tminus_domain::{ids::EngagementId, people::Member};

use crate::{StoreError, from_text, to_text};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
        pub position: i32,
        #[sea_orm(column_type = "Text")]
        pub document: String,
        /// After this day nothing here is theirs any more.
        pub last_day: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows of those who are here on a day, or come later.
pub(crate) fn here(today: Date) -> Condition {
    Condition::any().add(row::Column::LastDay.is_null()).add(row::Column::LastDay.gte(today.to_string()))
}

pub(crate) async fn of_engagement(db: &impl ConnectionTrait, id: &EngagementId) -> Result<Vec<Member>, StoreError> {
    let rows = row::Entity::find().filter(row::Column::EngagementId.eq(id.as_str())).order_by_asc(row::Column::Position).all(db).await?;
    rows.iter().map(|row| from_text("member", &row.document)).collect()
}

/// Makes the members of an engagement exactly these.
pub(crate) async fn save(db: &impl ConnectionTrait, id: &EngagementId, members: &[Member]) -> Result<(), StoreError> {
    row::Entity::delete_many().filter(row::Column::EngagementId.eq(id.as_str())).exec(db).await?;
    let mut rows = Vec::with_capacity(members.len());
    for (position, member) in members.iter().enumerate() {
        rows.push(row::ActiveModel {
            engagement_id: Set(id.0.clone()),
            person_id: Set(member.person.0.clone()),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            document: Set(to_text("member", member)?),
            last_day: Set(member.until.map(|day| day.to_string())),
        });
    }
    if !rows.is_empty() {
        row::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}
