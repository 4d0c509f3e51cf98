//! Letters that wait for a mail server, and what became of them.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, string_null, text, text_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let letter = Table::create()
            .table("letter")
            .col(string("id").primary_key())
            .col(string("person_id"))
            .col(string_null("engagement_id"))
            .col(string("name"))
            .col(string("address"))
            .col(text("message"))
            .col(string("written_at"))
            .col(string("due_at"))
            .col(integer("tries").default(0))
            .col(string_null("lease_until"))
            .col(string_null("sent_at"))
            .col(string_null("given_up_at"))
            .col(text_null("why"))
            .take();
        manager.create_table(letter).await?;
        let due = Index::create().name("letter_due").table("letter").col("sent_at").col("given_up_at").col("due_at").take();
        manager.create_index(due).await?;
        manager.create_index(Index::create().name("letter_written").table("letter").col("written_at").take()).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
