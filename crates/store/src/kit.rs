//! Imported kits: every version beside the others, none ever changed.

use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tminus_domain::{
    ids::{KitHash, KitId, PersonId},
    kit::Kit,
};

use crate::{Store, StoreError, from_text, record::Writing, to_text};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "kit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub kit_id: String,
        pub version: String,
        pub title: String,
        pub format: String,
        pub imported_at: String,
        pub imported_by: String,
        #[sea_orm(column_type = "Text")]
        pub totals: String,
        #[sea_orm(column_type = "Text")]
        pub problems: String,
        #[sea_orm(column_type = "Text")]
        pub document: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An imported version of a kit, without its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub hash: KitHash,
    pub id: KitId,
    pub version: String,
    pub title: String,
    /// What it was read from: `aws-template`, `native`, …
    pub format: String,
    pub at: Timestamp,
    pub by: PersonId,
    /// Totals and problems as the reading gave them, JSON.
    pub totals: serde_json::Value,
    pub problems: serde_json::Value,
}

type Line = (String, String, String, String, String, String, String, String, String);

impl Store {
    /// Every imported version, the newest import of each kit first.
    pub async fn kits(&self) -> Result<Vec<Imported>, StoreError> {
        let rows: Vec<Line> =
            lines().order_by_asc(row::Column::Title).order_by_desc(row::Column::ImportedAt).into_tuple().all(&self.read).await?;
        rows.into_iter().map(imported).collect()
    }

    /// One version by its hash. Kits are readable for everybody who may read engagements or kits; the operation decides.
    pub async fn kit(&self, hash: &KitHash) -> Result<Option<(Imported, Arc<Kit>)>, StoreError> {
        let Some(line) = lines().filter(row::Column::Hash.eq(hash.as_str())).into_tuple().one(&self.read).await? else { return Ok(None) };
        if let Some(kit) = self.cache.kit(hash) {
            return Ok(Some((imported(line)?, kit)));
        }
        let Some(row) = row::Entity::find_by_id(hash.as_str()).one(&self.read).await? else { return Ok(None) };
        let kit: Arc<Kit> = Arc::new(from_text("kit", &row.document)?);
        self.cache.keep_kit(hash.clone(), kit.clone());
        Ok(Some((imported(line)?, kit)))
    }
}

fn lines() -> Select<row::Entity> {
    row::Entity::find()
        .select_only()
        .columns([row::Column::Hash, row::Column::KitId, row::Column::Version, row::Column::Title, row::Column::Format])
        .columns([row::Column::ImportedAt, row::Column::ImportedBy, row::Column::Totals, row::Column::Problems])
}

impl Writing {
    /// Keeps a version. False if the same content is there already; then nothing changes.
    pub async fn add_kit(&self, imported: &Imported, kit: &Kit) -> Result<bool, StoreError> {
        if row::Entity::find_by_id(imported.hash.as_str())
            .select_only()
            .column(row::Column::Hash)
            .into_tuple::<String>()
            .one(self.db())
            .await?
            .is_some()
        {
            return Ok(false);
        }
        let row = row::ActiveModel {
            hash: Set(imported.hash.0.clone()),
            kit_id: Set(imported.id.0.clone()),
            version: Set(imported.version.clone()),
            title: Set(imported.title.clone()),
            format: Set(imported.format.clone()),
            imported_at: Set(imported.at.to_string()),
            imported_by: Set(imported.by.0.clone()),
            totals: Set(imported.totals.to_string()),
            problems: Set(imported.problems.to_string()),
            document: Set(to_text("kit", kit)?),
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(true)
    }
}

fn imported((hash, id, version, title, format, at, by, totals, problems): Line) -> Result<Imported, StoreError> {
    let at = at.parse().map_err(|error: jiff::Error| StoreError::Unreadable { table: "kit", why: error.to_string() })?;
    let (totals, problems) = (from_text("kit", &totals)?, from_text("kit", &problems)?);
    Ok(Imported { hash: KitHash(hash), id: KitId(id), version, title, format, at, by: PersonId(by), totals, problems })
}
