//! People: the register of an engagement.

mod register;

pub(crate) use register::function_words;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    register::routes(table)
}
