//! Where things are kept: one set of queries for both databases.

#![expect(unreachable_pub, reason = "entities are public for the macros that make them")]

mod access;
mod batch;
mod cache;
pub mod change;
pub mod checklist;
pub mod digest;
pub mod engagement;
pub mod files;
pub mod kit;
pub mod mail;
mod migrations;
mod open;
pub mod operate;
pub mod people;
pub mod portfolio;
pub mod record;
pub mod retention;
pub mod rights;
pub mod search;
#[cfg(feature = "testing")]
pub mod testing;
mod turn;

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::broadcast;

pub use change::{Change, Locked, TakenBack, Undoable};
pub use engagement::{Snapshot, View};
pub use open::Opening;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed it first, or it is there already.
    #[error("somebody else changed it first")]
    Conflict,
    /// The disk is full.
    #[error("the disk is full: nothing was saved")]
    Full,
    /// The disk did not take or give what was asked of it.
    #[error("the disk failed: nothing was saved")]
    Disk,
    /// The database cannot be written to.
    #[error("the database is read-only: nothing was saved")]
    ReadOnly,
    /// Another program holds the database.
    #[error("another program is using the database: nothing was saved")]
    Busy,
    /// A change that would leave nothing in the record. It was not saved.
    #[error("a change without an entry of the record is not saved")]
    Unrecorded,
    #[error("the database failed")]
    Failed(#[source] DbErr),
    /// Something kept there cannot be read; it was not changed.
    #[error("something kept in {table} cannot be read: {why}")]
    Unreadable { table: &'static str, why: String },
    #[error("the file store failed")]
    Files(#[from] object_store::Error),
}

impl StoreError {
    /// The same for somebody else whom it concerns.
    fn again(&self) -> Self {
        match self {
            Self::Conflict => Self::Conflict,
            Self::Full => Self::Full,
            Self::Disk => Self::Disk,
            Self::ReadOnly => Self::ReadOnly,
            Self::Busy => Self::Busy,
            Self::Unrecorded => Self::Unrecorded,
            other => Self::Failed(DbErr::Custom(other.to_string())),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let text = error.to_string().to_lowercase();
        match () {
            () if text.contains("database or disk is full") || text.contains("no space left") => Self::Full,
            () if text.contains("disk i/o error") => Self::Disk,
            () if text.contains("readonly database") || text.contains("read-only") => Self::ReadOnly,
            () if text.contains("database is locked") || text.contains("database table is locked") => Self::Busy,
            () if text.contains("unique constraint") => Self::Conflict,
            () => Self::Failed(error),
        }
    }
}

/// A database with its files. Cloning it is cheap.
#[derive(Clone)]
pub struct Store {
    /// For reading. On SQLite it never writes.
    read: DatabaseConnection,
    /// For writing. On SQLite one connection, handed out in the order of asking.
    write: DatabaseConnection,
    files: Arc<dyn object_store::ObjectStore>,
    cache: Arc<cache::Cache>,
    changed: broadcast::Sender<Changed>,
    tally: Arc<operate::Tally>,
    turns: turn::Turns,
    overwriting: Arc<tokio::sync::Mutex<()>>,
}

/// Said to everybody who looks at an engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub engagement: String,
    pub revision: i64,
}

impl Store {
    /// Changes from now on, on this node and, over `PostgreSQL`, on all others.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changed.subscribe()
    }
}

/// A document of the domain as it is kept: JSON.
fn to_text<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable { table, why: error.to_string() })
}

fn from_text<T: serde::de::DeserializeOwned>(table: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { table, why: error.to_string() })
}
