//! The plan in a table of its own: it is long and changes seldom, and its engagement's row is written with every change.

use sea_orm_migration::{
    prelude::*,
    schema::{string, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let plan = Table::create().table("plan").col(string("engagement_id").primary_key()).col(text("document")).take();
        manager.create_table(plan).await?;
        let db = manager.get_connection();
        db.execute_unprepared("INSERT INTO plan (engagement_id, document) SELECT id, plan FROM engagement").await?;
        db.execute_unprepared("ALTER TABLE engagement DROP COLUMN plan").await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}
