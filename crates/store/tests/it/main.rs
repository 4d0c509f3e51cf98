//! What any database that Tminus runs on must do. Each test runs on both.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod ending;
mod engagement;
mod mail;
mod migrations;
mod passkey;
mod people;
mod world;

/// Writes each test twice: on SQLite, and on `PostgreSQL`.
/// `PostgreSQL` is left out only on request (`TMINUS_TEST_POSTGRES=off`), never by accident.
macro_rules! on_each_database {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident: &Store) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn check($store: &Store) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                let store = crate::world::sqlite(folder.path()).await;
                check(&store).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(store) = crate::world::postgres(stringify!($name)).await {
                    check(&store).await;
                }
            }
        }
    )*};
}
pub(crate) use on_each_database;
