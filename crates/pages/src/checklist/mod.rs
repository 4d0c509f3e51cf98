//! The checklist: its page, its items, its forms, and what changes while somebody looks.

pub(crate) mod act;
mod beside;
pub(crate) mod days;
mod edit;
mod events;
pub(crate) mod files;
mod forms;
mod list;
mod many;
pub(crate) mod panel;
pub(crate) mod sheet;
mod sheets;
mod table;
mod tried;
mod wanted;

pub(crate) use panel::way_title;
pub(crate) use sheet::Sheet;
pub(crate) use sheets::Sheets;

use tminus_domain::rights::Right;

use crate::{
    routes::{Needs, Table},
    words::Words,
};

pub(crate) fn routes(table: Table) -> Table {
    let of = Needs::Engagement;
    let item = "/engagements/{engagement}/items/{item}";
    table::routes(table)
        .get("/engagements/{engagement}/checklist", of(Right::ReadEngagement), list::show)
        .get("/engagements/{engagement}/events", of(Right::ReadEngagement), events::events)
        .get("/engagements/{engagement}/files/{file}", of(Right::ReadFiles), files::download)
        .get("/engagements/{engagement}/items/new", of(Right::EditChecklist), edit::new)
        .post("/engagements/{engagement}/items", of(Right::EditChecklist), edit::add)
        .post("/engagements/{engagement}/items/status", of(Right::WorkItems), many::status_of_many)
        .post("/engagements/{engagement}/filters", of(Right::ReadEngagement), list::keep)
        .post("/engagements/{engagement}/filters/forget", of(Right::ReadEngagement), list::forget)
        .post("/engagements/{engagement}/undo", of(Right::WorkItems), act::take_back)
        .get(item, of(Right::ReadEngagement), panel::show)
        .post(item, of(Right::EditChecklist), edit::edit)
        .post("/engagements/{engagement}/items/{item}/status", of(Right::WorkItems), act::status)
        .post("/engagements/{engagement}/items/{item}/evidence", of(Right::WorkItems), act::evidence)
        .post("/engagements/{engagement}/items/{item}/evidence/withdraw", of(Right::WorkItems), act::withdraw)
        .upload(("/engagements/{engagement}/items/{item}/files", of(Right::AttachFiles)), files::MAX_FILE, files::attach)
        .post("/engagements/{engagement}/items/{item}/accept", of(Right::AcceptItems), act::accept)
        .post("/engagements/{engagement}/items/{item}/way-out", of(Right::EditChecklist), act::way_out)
        .post("/engagements/{engagement}/items/{item}/comments", of(Right::WorkItems), act::comment)
        .post("/engagements/{engagement}/items/{item}/assign", of(Right::EditChecklist), edit::assign)
        .post("/engagements/{engagement}/items/{item}/copy", of(Right::EditChecklist), act::copy)
        .post("/engagements/{engagement}/items/{item}/move", of(Right::EditChecklist), act::shift)
        .post("/engagements/{engagement}/items/{item}/remove", of(Right::EditChecklist), act::remove)
}

/// Links of a kit lead to the web or to mail, never to a script.
pub(crate) fn leads_out(url: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

pub(crate) fn assign_words(side: &str) -> Words {
    match side {
        "delivery" => t!("panel.assign_delivery"),
        "customer" => t!("panel.assign_customer"),
        _ => t!("panel.assign_partner"),
    }
}
