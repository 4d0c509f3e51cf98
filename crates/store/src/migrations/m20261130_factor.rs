//! A second factor by app, and sign-ins that wait for its code.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, string_null, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let factor = Table::create()
            .table("second_factor")
            .col(string("person_id").primary_key())
            .col(string("secret"))
            .col(string("offered_at"))
            .col(string_null("since"))
            .col(big_integer("last_step").default(0))
            .col(text("spare"))
            .take();
        manager.create_table(factor).await?;
        let half = Table::create()
            .table("half_sign_in")
            .col(string("hash").primary_key())
            .col(string("person_id"))
            .col(string("expires_at"))
            .take();
        manager.create_table(half).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
