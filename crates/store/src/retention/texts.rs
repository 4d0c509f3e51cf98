//! Texts of the record: found by whom they name, and taken out of their entries.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr, Query},
};
use tminus_domain::{people::traces::Traces, record::chain::Entry};

use crate::{StoreError, record, to_text};

/// Entries that are read at once.
const STRETCH: u64 = 500;

/// Whether a column may hold something of somebody: their id, an address or a name of several words.
pub(super) fn naming(column: &'static str, traces: &Traces) -> Condition {
    let mut any = Condition::any().add(holding(column, traces.person.as_str()));
    for sought in traces.sought() {
        // As it stands in JSON. SQLite knows only the letters of English in both cases, so it is looked for as it is, too.
        let escaped = serde_json::Value::from(sought).to_string();
        let escaped = escaped.trim_matches('"');
        let lower = Func::lower(Expr::col(column)).like(like(&escaped.to_lowercase()));
        any = any.add(holding(column, escaped)).add(lower).add(holding(column, sought));
    }
    any
}

fn holding(column: &'static str, text: &str) -> sea_orm::sea_query::SimpleExpr {
    Expr::col(column).like(like(text))
}

fn like(text: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))).escape('\\')
}

/// Lets `erase` at the entries of a chain that the condition finds, and says how many it changed.
pub(super) async fn erase(
    tx: &DatabaseTransaction,
    chain: &str,
    which: Condition,
    erase: impl Fn(&mut Entry) -> bool,
) -> Result<u64, StoreError> {
    let (mut after, mut erased) = (0, 0);
    loop {
        let rows = record::row::Entity::find()
            .filter(record::row::Column::Chain.eq(chain))
            .filter(record::row::Column::Number.gt(after))
            .filter(which.clone())
            .order_by_asc(record::row::Column::Number)
            .limit(STRETCH)
            .all(tx)
            .await?;
        let Some(last) = rows.last() else { return Ok(erased) };
        after = last.number;
        for row in rows {
            let number = row.number;
            let mut entry = record::entry(row)?;
            if !erase(&mut entry) {
                continue;
            }
            erased += 1;
            let texts = Set(to_text("record", &entry.texts)?);
            record::row::Entity::update_many()
                .set(record::row::ActiveModel { texts, ..Default::default() })
                .filter(record::row::Column::Chain.eq(chain))
                .filter(record::row::Column::Number.eq(number))
                .exec(tx)
                .await?;
        }
    }
}

/// Removes rows for good. Says how many.
pub(super) async fn remove(tx: &DatabaseTransaction, table: &'static str, which: Condition) -> Result<u64, StoreError> {
    let query = Query::delete().from_table(table).cond_where(which).take();
    Ok(tx.execute(&query).await?.rows_affected())
}

/// Puts a text in the place of what stands in a column. Says in how many rows.
pub(super) async fn replace(
    tx: &DatabaseTransaction,
    (table, column): (&'static str, &'static str),
    text: Option<&str>,
    which: Condition,
) -> Result<u64, StoreError> {
    let query = Query::update().table(table).value(column, text.map(str::to_owned)).cond_where(which).take();
    Ok(tx.execute(&query).await?.rows_affected())
}

/// The column is this.
pub(super) fn is(column: &'static str, text: &str) -> Condition {
    Condition::all().add(Expr::col(column).eq(text))
}
