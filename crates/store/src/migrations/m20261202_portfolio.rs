//! Portfolios: sets of engagements with administrators of their own.

use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let portfolio =
            Table::create().table("portfolio").col(string("id").primary_key()).col(string("title")).col(string("folded")).take();
        let administrator = Table::create()
            .table("portfolio_administrator")
            .col(string("portfolio_id"))
            .col(string("person_id"))
            .primary_key(Index::create().col("portfolio_id").col("person_id"))
            .take();
        manager.create_table(portfolio).await?;
        manager.create_table(administrator).await?;
        manager.alter_table(Table::alter().table("engagement").add_column(string_null("portfolio_id")).take()).await?;
        let indexes = [
            Index::create().name("portfolio_folded").table("portfolio").col("folded").unique().take(),
            Index::create().name("portfolio_administrator_person").table("portfolio_administrator").col("person_id").take(),
            Index::create().name("engagement_portfolio").table("engagement").col("portfolio_id").col("sort_key").col("id").take(),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
