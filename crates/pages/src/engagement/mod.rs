//! Pages of one engagement as a whole, of all of them, and of one person's items across them.

mod ask;
pub(crate) mod closing;
mod countdown;
pub(crate) mod desk;
pub(crate) mod doing;
mod form;
pub(crate) mod list;
mod mine;
mod new;
mod plan;
mod preview;
pub(crate) mod retention;
mod search;
mod shift;
mod timeline;
mod yours;

use axum::response::Redirect;
use tminus_app::engagement::closures::MAX_BYTES;
use tminus_domain::rights::Right;

use crate::routes::{Needs, Table};

pub(crate) fn routes(table: Table) -> Table {
    let (plans, creates) = (Needs::Engagement(Right::EditPlan), Needs::Practice(Right::CreateEngagement));
    // Closures of two calendars come as files, and once more as the text that they were before.
    let bytes = 4 * MAX_BYTES;
    let table = table
        .get("/", Needs::SignedIn, mine::show)
        .get("/mine", Needs::Nobody, async || Redirect::permanent("/"))
        .get("/search", Needs::SignedIn, search::show)
        .get("/engagements", Needs::SignedIn, list::show)
        .get("/engagements/new", creates, new::show)
        .upload(("/engagements/new/preview", creates), bytes, new::again)
        .upload(("/engagements", creates), bytes, new::open)
        .get("/engagements/{engagement}", Needs::Engagement(Right::ReadEngagement), countdown::show)
        .get("/engagements/{engagement}/countdown", Needs::Engagement(Right::ReadEngagement), countdown::show)
        .get("/engagements/{engagement}/plan", plans, plan::show)
        .upload(("/engagements/{engagement}/plan/preview", plans), bytes, plan::preview)
        .upload(("/engagements/{engagement}/plan", plans), bytes, plan::apply);
    retention::routes(yours::routes(closing::routes(table)))
}
