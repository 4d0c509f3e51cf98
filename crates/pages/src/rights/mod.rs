//! Signing in and out.

mod sign_in;

use crate::routes::{Needs, Table};

pub(crate) fn routes(table: Table) -> Table {
    table.get("/sign-in", Needs::Nobody, sign_in::show).post("/sign-in", Needs::Nobody, sign_in::begin).post(
        "/sign-out",
        Needs::Nobody,
        sign_in::end,
    )
}
