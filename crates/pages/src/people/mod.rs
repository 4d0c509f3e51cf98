//! People: the register of an engagement, the practice's people, and one's own settings.

mod erase;
mod holidays;
mod link;
mod practice;
mod register;
mod settings;
mod table;

pub(crate) use register::function_words;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    erase::routes(settings::routes(practice::routes(link::routes(table::routes(register::routes(table))))))
}
