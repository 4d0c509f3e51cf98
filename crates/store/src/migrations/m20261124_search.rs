//! Titles of items as they are looked for, in an index that holds all that looking needs.

use sea_orm::FromQueryResult;
use sea_orm_migration::{prelude::*, schema::text};
use tminus_domain::search::fold;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Rows that are read at once: their content is long.
const STRETCH: u64 = 500;

#[derive(FromQueryResult)]
struct Row {
    engagement_id: String,
    id: String,
    content: String,
    work: String,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("item").add_column(text("folded").default("")).take()).await?;
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        let mut last = (String::new(), String::new());
        loop {
            let rows = Row::find_by_statement(backend.build(&stretch(&last))).all(db).await?;
            let Some(row) = rows.last() else { break };
            last = (row.engagement_id.clone(), row.id.clone());
            for row in rows {
                let filled = Query::update()
                    .table("item")
                    .value("folded", folded(&row))
                    .and_where(Expr::col("engagement_id").eq(row.engagement_id))
                    .and_where(Expr::col("id").eq(row.id))
                    .take();
                db.execute(&filled).await?;
            }
        }
        let index = Index::create().name("item_folded").table("item").col("engagement_id").col("internal").col("folded").col("id").take();
        manager.create_index(index).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}

/// The rows after one, by their key.
fn stretch((engagement, id): &(String, String)) -> SelectStatement {
    let key = || Expr::tuple([Expr::col("engagement_id"), Expr::col("id")]);
    Query::select()
        .columns(["engagement_id", "id", "content", "work"])
        .from("item")
        .and_where(key().gt(Expr::tuple([Expr::value(engagement), Expr::value(id)])))
        .order_by("engagement_id", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(STRETCH)
        .take()
}

/// Nothing finds what is off the checklist.
fn folded(row: &Row) -> String {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    if read(&row.work)["removed"] == true { String::new() } else { fold(read(&row.content)["title"].as_str().unwrap_or_default()) }
}
