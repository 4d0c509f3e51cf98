//! Other addresses of a person: they are known by them, and written to at the one of their account.

use sea_orm_migration::{prelude::*, schema::string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let address =
            Table::create().table("address").col(string("email")).col(string("person_id")).primary_key(Index::create().col("email")).take();
        manager.create_table(address).await?;
        let by_person = Index::create().name("address_person").table("address").col("person_id").take();
        manager.create_index(by_person).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
