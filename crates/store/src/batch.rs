//! Statements that go to the database together.

use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement, Values};

use crate::StoreError;

/// Writes of one transaction whose answers nobody needs. SQLite takes them as one: each way to its thread and back costs more than the write.
pub(crate) struct Batch {
    backend: DbBackend,
    statements: Vec<Statement>,
}

impl Batch {
    pub(crate) fn new(db: &impl ConnectionTrait) -> Self {
        Self { backend: db.get_database_backend(), statements: Vec::new() }
    }

    pub(crate) fn add(&mut self, query: &impl QueryTrait) {
        self.statements.push(query.build(self.backend));
    }

    pub(crate) fn add_text(&mut self, sql: &str) {
        self.statements.push(Statement::from_string(self.backend, sql));
    }

    pub(crate) async fn run(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        if self.backend == DbBackend::Sqlite {
            return together(db, self.statements).await;
        }
        for statement in self.statements {
            db.execute_raw(statement).await?;
        }
        Ok(())
    }
}

/// SQLite limits how many values one statement may have, not how many a batch has; this keeps a batch's text short enough to be worth keeping prepared.
const AT_ONCE: usize = 16;

async fn together(db: &impl ConnectionTrait, statements: Vec<Statement>) -> Result<(), StoreError> {
    let mut left = statements.into_iter().peekable();
    while left.peek().is_some() {
        let (mut sql, mut values) = (String::new(), Vec::new());
        for statement in left.by_ref().take(AT_ONCE) {
            sql += &statement.sql;
            sql.push(';');
            values.extend(statement.values.into_iter().flat_map(|values| values.0));
        }
        db.execute_raw(Statement { sql, values: Some(Values(values)), db_backend: DbBackend::Sqlite }).await?;
    }
    Ok(())
}
