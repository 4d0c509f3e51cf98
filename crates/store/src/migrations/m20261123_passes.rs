//! What people come in by: links for one engagement, sessions that began with one, keys that may do less than their person.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, string_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let link = Table::create()
            .table("link")
            .col(string("id").primary_key())
            .col(string("hash"))
            .col(string("engagement_id"))
            .col(string("person_id"))
            .col(string("made_by"))
            .col(string("made_at"))
            .col(string("expires_at"))
            .col(string_null("revoked_at"))
            .col(string_null("used_at"))
            .take();
        manager.create_table(link).await?;
        manager.create_index(Index::create().name("link_hash").table("link").col("hash").unique().take()).await?;
        manager.create_index(Index::create().name("link_person").table("link").col("engagement_id").col("person_id").take()).await?;
        // One at a time: SQLite adds one column a statement.
        for column in ["link_id", "proved_at", "view_engagement_id", "view_person_id"] {
            manager.alter_table(Table::alter().table("session").add_column(string_null(column)).take()).await?;
        }
        manager.alter_table(Table::alter().table("token").add_column(string("scope").default("key")).take()).await?;
        manager.alter_table(Table::alter().table("token").add_column(string_null("engagement_id")).take()).await?;
        let code = Table::create()
            .table("code")
            .col(string("session_hash").primary_key())
            .col(string("hash"))
            .col(string("sent_at"))
            .col(integer("tries"))
            .take();
        manager.create_table(code).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
