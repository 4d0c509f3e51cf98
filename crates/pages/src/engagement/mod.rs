//! Pages of one engagement as a whole.

pub(crate) mod closing;
pub(crate) mod desk;

use crate::routes::Table;

pub(crate) fn routes(table: Table) -> Table {
    closing::routes(table)
}
