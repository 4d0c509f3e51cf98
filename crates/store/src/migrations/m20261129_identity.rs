//! Who somebody is at a provider of identities, and with which one a session began.

use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let identity = Table::create()
            .table("identity")
            .col(string("provider"))
            .col(string("subject"))
            .col(string("person_id"))
            .col(string("since"))
            .primary_key(Index::create().col("provider").col("subject"))
            .take();
        manager.create_table(identity).await?;
        for column in ["provider", "provider_session"] {
            manager.alter_table(Table::alter().table("session").add_column(string_null(column)).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
