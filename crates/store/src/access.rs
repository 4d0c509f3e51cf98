//! Grants: each person's access to each resource of an engagement.

use std::sync::Arc;

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict};
use tminus_domain::{access::Grant, ids::EngagementId};

use crate::{StoreError, batch::Batch, from_text, to_text};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub resource_id: String,
        pub step: String,
        #[sea_orm(column_type = "Text")]
        pub document: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The grants of an engagement, by person and resource.
pub(crate) async fn of_engagement(db: &impl ConnectionTrait, id: &EngagementId) -> Result<Vec<Arc<Grant>>, StoreError> {
    let rows = row::Entity::find()
        .filter(row::Column::EngagementId.eq(id.as_str()))
        .order_by_asc(row::Column::PersonId)
        .order_by_asc(row::Column::ResourceId)
        .all(db)
        .await?;
    rows.iter().map(|row| from_text("access", &row.document).map(Arc::new)).collect()
}

/// Rows of one statement: databases limit how many values one may carry.
const ROWS_AT_ONCE: usize = 500;

/// Adds grants, or puts them in place of what is there.
pub(crate) fn save(batch: &mut Batch, engagement: &EngagementId, grants: &[Arc<Grant>]) -> Result<(), StoreError> {
    for some in grants.chunks(ROWS_AT_ONCE) {
        let active = |grant: &Arc<Grant>| {
            Ok::<_, StoreError>(row::ActiveModel {
                engagement_id: Set(engagement.0.clone()),
                person_id: Set(grant.person.0.clone()),
                resource_id: Set(grant.resource.0.clone()),
                step: Set(grant.step.as_str().to_owned()),
                document: Set(to_text("access", &**grant)?),
            })
        };
        let rows: Vec<_> = some.iter().map(active).collect::<Result<_, _>>()?;
        let keys = [row::Column::EngagementId, row::Column::PersonId, row::Column::ResourceId];
        let replace = OnConflict::columns(keys).update_columns([row::Column::Step, row::Column::Document]).to_owned();
        batch.add(&row::Entity::insert_many(rows).on_conflict(replace));
    }
    Ok(())
}
