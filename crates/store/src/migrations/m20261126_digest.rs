//! When each person was last told what is theirs, and at what time of their day they want to be.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, string_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let digest = Table::create()
            .table("digest")
            .col(string("person_id"))
            // Empty where one letter tells of all engagements.
            .col(string("engagement_id"))
            .col(string("looked_on"))
            .col(string_null("told_on"))
            .col(string_null("told_at"))
            .primary_key(Index::create().col("person_id").col("engagement_id"))
            .take();
        manager.create_table(digest).await?;
        // Minutes after midnight; -1 is never.
        let column = integer("digest_minute").default(480).take();
        manager.alter_table(Table::alter().table("person").add_column(column).take()).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
