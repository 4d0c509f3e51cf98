//! When engagements ended, how long they keep personal data, and what of it was erased; persons who were erased.

use sea_orm_migration::{prelude::*, schema::string_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("engagement", "ended_at"),
            // Months, or `never`; without one as the practice does.
            ("engagement", "erase_after"),
            ("engagement", "erased_at"),
            ("person", "erase_begun_at"),
            ("person", "erased_at"),
        ];
        // One at a time: SQLite adds one column a statement.
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(string_null(column)).take()).await?;
        }
        let ended = match manager.get_database_backend() {
            sea_orm::DbBackend::Sqlite => "json_extract(document, '$.closing.ended.mark.at')",
            _ => "CAST(document AS json) #>> '{closing,ended,mark,at}'",
        };
        let fill = format!("UPDATE engagement SET ended_at = (SELECT {ended} FROM plan WHERE plan.engagement_id = engagement.id)");
        manager.get_connection().execute_unprepared(&fill).await?;
        // What has ended was closed before: nobody has anything to do there any more.
        manager.get_connection().execute_unprepared("UPDATE engagement SET state = 'ended' WHERE ended_at IS NOT NULL").await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
