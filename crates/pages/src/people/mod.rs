//! People: the register of an engagement, the practice's people, and one's own settings.

mod address;
mod browser;
mod erase;
mod holidays;
mod link;
mod practice;
mod register;
mod responsibility;
mod seats;
mod settings;

mod table;

pub(crate) use register::{DAYS, function_words};
pub(crate) use seats::{PathShown, paths};
pub(crate) use settings::hours;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    let table = responsibility::routes(seats::routes(register::routes(table)));
    erase::routes(settings::routes(practice::routes(link::routes(table::routes(table)))))
}
