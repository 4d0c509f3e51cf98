//! Files that people attach: the bytes in an object store, the rest in the database.

use bytes::Bytes;
use jiff::Timestamp;
use object_store::{ObjectStoreExt as _, path::Path};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tminus_domain::{
    ids::{FileId, ItemId, PersonId},
    rights::Scope,
};

use crate::{Change, Store, StoreError};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub engagement_id: String,
        pub item_id: String,
        pub person_id: String,
        pub at: String,
        pub internal: bool,
        pub name: String,
        pub media_type: String,
        pub bytes: i64,
        pub sha256: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: FileId,
    pub item: ItemId,
    pub by: PersonId,
    pub at: Timestamp,
    pub internal: bool,
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Store {
    /// Keeps the bytes of a file. They are found only once a change names the file.
    pub async fn keep_bytes(&self, id: &FileId, bytes: Bytes) -> Result<(), StoreError> {
        self.files.put(&place(id), bytes.into()).await?;
        Ok(())
    }

    /// Lets go of the bytes of a file that no change named in the end. Where one did after all, they stay.
    pub async fn let_go_of_bytes(&self, id: &FileId) -> Result<(), StoreError> {
        if row::Entity::find_by_id(id.as_str()).one(&self.read).await?.is_none() {
            self.files.delete(&place(id)).await?;
        }
        Ok(())
    }

    /// A file that the scope may see, with its bytes.
    pub async fn file(&self, scope: &Scope, id: &FileId) -> Result<Option<(File, Bytes)>, StoreError> {
        let mut files = row::Entity::find_by_id(id.as_str()).filter(row::Column::EngagementId.eq(scope.engagement().as_str()));
        if !scope.sees_internal() {
            files = files.filter(row::Column::Internal.eq(false));
        }
        let Some(row) = files.one(&self.read).await? else { return Ok(None) };
        let bytes = self.files.get(&place(id)).await?.bytes().await?;
        Ok(Some((file(row)?, bytes)))
    }
}

impl Change {
    pub async fn add_file(&self, file: &File) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            id: Set(file.id.0.clone()),
            engagement_id: Set(self.scope().engagement().0.clone()),
            item_id: Set(file.item.0.clone()),
            person_id: Set(file.by.0.clone()),
            at: Set(file.at.to_string()),
            internal: Set(file.internal),
            name: Set(file.name.clone()),
            media_type: Set(file.media_type.clone()),
            bytes: Set(i64::try_from(file.bytes).unwrap_or(i64::MAX)),
            sha256: Set(file.sha256.clone()),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }
}

pub(crate) fn place(id: &FileId) -> Path {
    Path::from(id.as_str())
}

fn file(row: row::Model) -> Result<File, StoreError> {
    let at = row.at.parse().map_err(|error: jiff::Error| StoreError::Unreadable { table: "file", why: error.to_string() })?;
    Ok(File {
        id: FileId(row.id),
        item: ItemId(row.item_id),
        by: PersonId(row.person_id),
        at,
        internal: row.internal,
        name: row.name,
        media_type: row.media_type,
        bytes: u64::try_from(row.bytes).unwrap_or_default(),
        sha256: row.sha256,
    })
}
