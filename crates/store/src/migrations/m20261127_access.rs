//! Who has access to what.

use sea_orm_migration::{
    prelude::*,
    schema::{string, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let access = Table::create()
            .table("access")
            .col(string("engagement_id"))
            .col(string("person_id"))
            .col(string("resource_id"))
            .col(string("step"))
            .col(text("document"))
            .primary_key(Index::create().col("engagement_id").col("person_id").col("resource_id"))
            .take();
        manager.create_table(access).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
