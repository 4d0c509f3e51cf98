//! The record: everything that happened, and the proof that nothing of it was changed.

mod differing;
mod export;
mod list;
mod practice;
pub(crate) mod told;
mod verified;

use tminus_domain::rights::Right;

use crate::routes::{Needs, Table};

pub(crate) fn routes(table: Table) -> Table {
    let (read, practice) = (Needs::Engagement(Right::ReadRecord), Needs::Practice(Right::ReadPracticeRecord));
    table
        .get("/settings/record", practice, practice::show)
        .post("/settings/record/verify", practice, practice::verify)
        .post("/settings/record/export.jsonl", practice, practice::json_lines)
        .post("/settings/record/export.csv", practice, practice::csv)
        .get("/engagements/{engagement}/record", read, list::show)
        .post("/engagements/{engagement}/record/verify", read, list::verify)
        .post("/engagements/{engagement}/record/export.jsonl", read, export::json_lines)
        .post("/engagements/{engagement}/record/export.csv", read, export::csv)
}
