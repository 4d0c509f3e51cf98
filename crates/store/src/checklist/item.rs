//! Items of a checklist: what the kit says in one column, the work done in another.

use std::sync::Arc;

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use tminus_domain::{checklist::item::Item, ids::EngagementId, search::fold};

use crate::{StoreError, batch::Batch, from_text, to_text};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub position: i32,
        pub state: String,
        pub internal: bool,
        pub version: i32,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        #[sea_orm(column_type = "Text")]
        pub work: String,
        /// The title as it is looked for; empty for what is off the checklist.
        #[sea_orm(column_type = "Text")]
        pub folded: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) async fn of_engagement(db: &impl ConnectionTrait, id: &EngagementId) -> Result<Vec<Arc<Item>>, StoreError> {
    let rows = row::Entity::find()
        .filter(row::Column::EngagementId.eq(id.as_str()))
        .order_by_asc(row::Column::Position)
        .order_by_asc(row::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(|row| item(&row.content, &row.work).map(Arc::new)).collect()
}

pub(crate) fn item(content: &str, work: &str) -> Result<Item, StoreError> {
    let mut item: Item = from_text("item", work)?;
    item.content = Arc::new(from_text("item", content)?);
    Ok(item)
}

/// Rows of one statement: databases limit how many values one may carry.
const ROWS_AT_ONCE: usize = 500;

pub(crate) async fn add(db: &impl ConnectionTrait, engagement: &EngagementId, items: &[Arc<Item>]) -> Result<(), StoreError> {
    for some in items.chunks(ROWS_AT_ONCE) {
        let rows: Vec<_> = some.iter().map(|item| active(engagement, item)).collect::<Result<_, _>>()?;
        row::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What of an item's row is written besides the work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Besides {
    Nothing,
    /// It went off the checklist or came back.
    Findable,
    Content,
}

/// Saves an item, its content only where that changed too.
pub(crate) fn save(batch: &mut Batch, engagement: &EngagementId, item: &Item, besides: Besides) -> Result<(), StoreError> {
    // The keys say which row, and are not set again.
    let mut active = row::ActiveModel { engagement_id: NotSet, id: NotSet, ..active(engagement, item)? };
    if besides != Besides::Content {
        active.content = NotSet;
        active.internal = NotSet;
    }
    if besides == Besides::Nothing {
        active.folded = NotSet;
    }
    let update = row::Entity::update_many()
        .set(active)
        .filter(row::Column::EngagementId.eq(engagement.as_str()))
        .filter(row::Column::Id.eq(item.id.as_str()));
    batch.add(&update);
    Ok(())
}

fn active(engagement: &EngagementId, item: &Item) -> Result<row::ActiveModel, StoreError> {
    Ok(row::ActiveModel {
        engagement_id: Set(engagement.0.clone()),
        id: Set(item.id.0.clone()),
        position: Set(i32::try_from(item.position).unwrap_or(i32::MAX)),
        state: Set(item.state().as_str().to_owned()),
        internal: Set(item.content.internal),
        version: Set(i32::try_from(item.version).unwrap_or(i32::MAX)),
        content: Set(to_text("item", &*item.content)?),
        work: Set(to_text("item", item)?),
        folded: Set(if item.removed { String::new() } else { fold(&item.content.title) }),
    })
}
