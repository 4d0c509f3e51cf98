//! What people say about items.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use tminus_domain::{
    ids::{CommentId, ItemId, PersonId},
    rights::Scope,
};

use crate::{Change, Store, StoreError};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub engagement_id: String,
        pub item_id: String,
        pub person_id: String,
        pub at: String,
        pub internal: bool,
        #[sea_orm(column_type = "Text")]
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub id: CommentId,
    pub item: ItemId,
    pub by: PersonId,
    pub at: Timestamp,
    pub internal: bool,
    /// As it was typed; it is shown as text.
    pub body: String,
}

fn visible(scope: &Scope) -> Select<row::Entity> {
    let comments = row::Entity::find().filter(row::Column::EngagementId.eq(scope.engagement().as_str()));
    if scope.sees_internal() { comments } else { comments.filter(row::Column::Internal.eq(false)) }
}

impl Store {
    /// What was said about an item, oldest first.
    pub async fn comments(&self, scope: &Scope, item: &ItemId) -> Result<Vec<Comment>, StoreError> {
        let rows = visible(scope).filter(row::Column::ItemId.eq(item.as_str())).order_by_asc(row::Column::At).all(&self.read).await?;
        rows.into_iter().map(comment).collect()
    }
}

impl Change {
    /// What somebody said of an item since then, as far as the scope may read it.
    pub async fn said_since(&self, item: &ItemId, by: &PersonId, since: Timestamp) -> Result<Vec<Comment>, StoreError> {
        let said = visible(self.scope()).filter(row::Column::ItemId.eq(item.as_str())).filter(row::Column::PersonId.eq(by.as_str()));
        let rows = said.filter(row::Column::At.gte(since.to_string())).all(self.db()).await?;
        rows.into_iter().map(comment).collect()
    }

    pub async fn add_comment(&self, comment: &Comment) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(comment.id.0.clone()),
            engagement_id: Set(self.scope().engagement().0.clone()),
            item_id: Set(comment.item.0.clone()),
            person_id: Set(comment.by.0.clone()),
            at: Set(comment.at.to_string()),
            internal: Set(comment.internal),
            body: Set(comment.body.clone()),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }
}

fn comment(row: row::Model) -> Result<Comment, StoreError> {
    let at = row.at.parse().map_err(|error: jiff::Error| StoreError::Unreadable { table: "comment", why: error.to_string() })?;
    let (id, item, by) = (CommentId(row.id), ItemId(row.item_id), PersonId(row.person_id));
    Ok(Comment { id, item, by, at, internal: row.internal, body: row.body })
}
