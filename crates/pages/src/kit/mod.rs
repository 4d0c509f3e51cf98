//! Kits: the list, one of them, two compared, and a new one taken in.

mod compare;
mod import;
mod list;
mod show;

use tminus_domain::rights::Right;

use crate::routes::{Needs, Table};

/// The largest kit that is taken, in bytes.
const MAX_UPLOAD: usize = 32 * 1024 * 1024;

pub(crate) fn routes(table: Table) -> Table {
    let read = Needs::Practice(Right::ReadKits);
    table
        .get("/kits", read, list::show)
        .get("/kits/diff", read, compare::show)
        .upload(("/kits", Needs::Practice(Right::ReadKits)), MAX_UPLOAD, import::take)
        .get("/kits/{kit}", read, show::show)
}
