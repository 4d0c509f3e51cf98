//! Opening a database: SQLite in a file or in memory, or `PostgreSQL`.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
    sqlx::{
        postgres::PgListener,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::broadcast;

use crate::{Changed, Store, StoreError, cache::Cache, migrations::Migrator, turn::Turns};

/// Nodes tell each other on this channel what changed.
const CHANNEL: &str = "tminus_changed";

/// How to open a store.
#[derive(Clone, Debug)]
pub struct Opening {
    /// `sqlite:///path/to/file`, `sqlite::memory:` or `postgres://…`.
    pub database: String,
    /// The folder that files are kept in. `None` keeps them in memory.
    pub files: Option<std::path::PathBuf>,
}

impl Opening {
    /// A store in memory, gone with the process.
    pub fn in_memory() -> Self {
        Self { database: "sqlite::memory:".to_owned(), files: None }
    }
}

impl Store {
    /// Opens the database and brings it to the form that this release needs.
    pub async fn open(opening: &Opening) -> Result<Self, StoreError> {
        let in_memory = opening.database.contains(":memory:");
        let write = connect(&opening.database, 1).await?;
        let sqlite = write.get_database_backend() == DbBackend::Sqlite;
        Migrator::up(&write, None).await?;
        let (read, write) = match (sqlite, in_memory) {
            (true, true) => (write.clone(), write),
            (true, false) => (connect(&opening.database, 4).await?, write),
            (false, _) => {
                let pool = connect(&opening.database, 16).await?;
                (pool.clone(), pool)
            }
        };
        let (changed, _) = broadcast::channel(1_024);
        if !sqlite {
            listen(&opening.database, changed.clone()).await?;
        }
        let files: Arc<dyn object_store::ObjectStore> = match &opening.files {
            Some(folder) => Arc::new(object_store::local::LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true)),
            None => Arc::new(object_store::memory::InMemory::new()),
        };
        Ok(Self {
            read,
            write,
            files,
            cache: Arc::new(Cache::default()),
            changed,
            tally: Arc::default(),
            turns: Turns::default(),
            overwriting: Arc::default(),
        })
    }

    /// Writes a consistent copy of a SQLite database to a new file, while it is in use.
    pub async fn copy_to(&self, file: &str) -> Result<(), StoreError> {
        let quoted = file.replace('\'', "''");
        self.write.execute_unprepared(&format!("VACUUM INTO '{quoted}'")).await?;
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }

    /// Tells all nodes. On SQLite there is only this one.
    pub(crate) async fn announce(&self, changed: Changed) {
        if self.is_sqlite() {
            // Nobody listening is no failure.
            let _ = self.changed.send(changed);
            return;
        }
        let text = format!("{} {}", changed.revision, changed.engagement);
        let notify =
            sea_orm::Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", [CHANNEL.into(), text.into()]);
        if let Err(error) = self.write.execute_raw(notify).await {
            tracing::warn!(%error, "other nodes could not be told of a change; their pages catch up at the next request");
        }
    }
}

async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).min_connections(1).sqlx_logging(false).acquire_timeout(Duration::from_secs(30));
    options.test_before_acquire(false);
    if url.starts_with("sqlite") {
        options.idle_timeout(None).max_lifetime(None);
        options.map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
        });
    }
    Ok(Database::connect(options).await?)
}

/// Passes on what other nodes announce, for as long as anybody may look.
async fn listen(url: &str, changed: broadcast::Sender<Changed>) -> Result<(), StoreError> {
    let failed = |error: sea_orm::sqlx::Error| StoreError::Failed(sea_orm::DbErr::Custom(error.to_string()));
    let mut listener = PgListener::connect(url).await.map_err(failed)?;
    listener.listen(CHANNEL).await.map_err(failed)?;
    tokio::spawn(async move {
        loop {
            let told = match listener.recv().await {
                Ok(told) => told,
                Err(error) => {
                    // It listens again by itself once the server is back.
                    tracing::warn!(%error, "changes of other nodes cannot be heard; trying again");
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    continue;
                }
            };
            if let Some((revision, engagement)) = told.payload().split_once(' ')
                && let Ok(revision) = revision.parse()
            {
                let _ = changed.send(Changed { engagement: engagement.to_owned(), revision });
            }
        }
    });
    Ok(())
}
