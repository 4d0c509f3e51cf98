//! Passkeys, and the questions to them that wait for an answer.

use sea_orm_migration::{
    prelude::*,
    schema::{blob, small_integer, string, string_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let passkey = Table::create()
            .table("passkey")
            .col(string("id").primary_key())
            .col(string("person_id"))
            .col(string("title"))
            .col(blob("credential"))
            .col(small_integer("transports"))
            .col(blob("fixed"))
            .col(blob("counted"))
            .col(string("since"))
            .col(string_null("used_at"))
            .take();
        manager.create_table(passkey).await?;
        let known = Index::create().name("passkey_credential").table("passkey").col("credential").unique().take();
        manager.create_index(known).await?;
        let of = Index::create().name("passkey_person").table("passkey").col("person_id").take();
        manager.create_index(of).await?;
        let asked = Table::create()
            .table("passkey_question")
            .col(string("challenge").primary_key())
            .col(string_null("person_id"))
            .col(blob("state"))
            .col(string("expires_at"))
            .take();
        manager.create_table(asked).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
