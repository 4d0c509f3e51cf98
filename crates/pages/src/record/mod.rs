//! The record: everything that happened, and the proof that nothing of it was changed.

mod differing;
mod export;
mod list;
pub(crate) mod told;

use tminus_domain::rights::Right;

use crate::routes::{Needs, Table};

pub(crate) fn routes(table: Table) -> Table {
    let read = Needs::Engagement(Right::ReadRecord);
    table
        .get("/engagements/{engagement}/record", read, list::show)
        .post("/engagements/{engagement}/record/verify", read, list::verify)
        .post("/engagements/{engagement}/record/export.jsonl", read, export::json_lines)
        .post("/engagements/{engagement}/record/export.csv", read, export::csv)
}
