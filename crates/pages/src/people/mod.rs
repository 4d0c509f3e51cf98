//! People: the register of an engagement, the practice's people, and one's own settings.

mod holidays;
mod practice;
mod register;
mod settings;

pub(crate) use register::function_words;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    settings::routes(practice::routes(register::routes(table)))
}
