//! A member's last day in a column of its own, so that lists leave out what is over for somebody.

use sea_orm_migration::{prelude::*, schema::string_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("member").add_column(string_null("last_day")).take()).await?;
        let until = match manager.get_database_backend() {
            sea_orm::DbBackend::Sqlite => "json_extract(document, '$.until')",
            _ => "CAST(document AS json) ->> 'until'",
        };
        manager.get_connection().execute_unprepared(&format!("UPDATE member SET last_day = {until}")).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
