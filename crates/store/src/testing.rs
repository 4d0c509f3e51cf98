//! Databases of their own for tests.

use sea_orm::{ConnectionTrait, Database, Statement};
use sea_orm_migration::MigratorTrait;

use crate::{Opening, Store, StoreError, migrations::Migrator};

/// A new, empty database on the `PostgreSQL` server at `url`, which is `postgres://…/database`. One of the same name is dropped.
pub async fn postgres(url: &str, name: &str) -> Result<Opening, StoreError> {
    // PostgreSQL cuts longer names, and then two tests would share one.
    let digest = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let start: String = name.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
    let database = format!("test_{start}_{digest:x}").to_lowercase();
    let server = Database::connect(url).await?;
    server.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)")).await?;
    server.execute_unprepared(&format!("CREATE DATABASE \"{database}\"")).await?;
    server.close().await?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(Opening { database: format!("{server}/{database}"), files: None })
}

/// Brings an empty database to the form of the oldest release, and runs `sql` there.
pub async fn oldest(opening: &Opening, sql: &str) -> Result<(), StoreError> {
    let database = Database::connect(&opening.database).await?;
    Migrator::up(&database, Some(1)).await?;
    database.execute_unprepared(sql).await?;
    Ok(database.close().await?)
}

/// Every row of every table as text, with the name of its table.
pub async fn everything(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let backend = store.read.get_database_backend();
    let ask = |sql: String| async move { store.read.query_all_raw(Statement::from_string(backend, sql)).await };
    let tables = if store.is_sqlite() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    };
    let mut rows = Vec::new();
    for table in ask(tables.to_owned()).await? {
        let table: String = table.try_get_by_index(0)?;
        let whole = if store.is_sqlite() {
            let columns = ask(format!("SELECT name FROM pragma_table_info('{table}')")).await?;
            let columns = columns.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
            columns.iter().map(|column| format!("COALESCE(CAST(\"{column}\" AS TEXT), '')")).collect::<Vec<_>>().join(" || ' ' || ")
        } else {
            "t::text".to_owned()
        };
        for row in ask(format!("SELECT {whole} FROM \"{table}\" t")).await? {
            rows.push((table.clone(), row.try_get_by_index(0)?));
        }
    }
    Ok(rows)
}
