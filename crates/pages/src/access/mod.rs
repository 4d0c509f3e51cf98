//! Access: people down, resources across, and a cell that one can open.

mod act;
mod grid;
mod panel;
pub(crate) mod revoke;
pub(crate) mod waiting;
mod whole;

use tminus_domain::{
    access::{Grant, Step},
    rights::Right,
};

use crate::{
    mark::Mark,
    routes::{Needs, Table},
};

pub(crate) fn routes(table: Table) -> Table {
    let read = Needs::Engagement(Right::ReadEngagement);
    let work = Needs::Engagement(Right::WorkItems);
    let manage = Needs::Engagement(Right::MoveAccess);
    table
        .get("/engagements/{engagement}/access", read, grid::show)
        .get("/engagements/{engagement}/access.csv", read, grid::csv)
        .get("/engagements/{engagement}/access/revoke", read, revoke::show)
        .post("/engagements/{engagement}/access", work, act::one)
        .post("/engagements/{engagement}/access/many", work, act::many)
        .post("/engagements/{engagement}/access/except", manage, act::except)
        .post("/engagements/{engagement}/access/carry", manage, act::carry)
        .post("/engagements/{engagement}/access/at-once", manage, whole::at_once)
        .post("/engagements/{engagement}/access/holdings", manage, whole::add)
        .post("/engagements/{engagement}/access/holdings/{holding}", work, whole::go)
        .post("/engagements/{engagement}/access/links/{link}", Needs::Engagement(Right::InvitePeople), whole::end_link)
        .post("/engagements/{engagement}/access/keys/{key}", Needs::Engagement(Right::EditMembers), whole::end_key)
        .post("/engagements/{engagement}/end", Needs::Engagement(Right::EndEngagement), revoke::end)
        .post("/engagements/{engagement}/reopen", Needs::Engagement(Right::EndEngagement), revoke::reopen)
}

pub(crate) const fn step_mark(step: Step) -> Mark {
    match step {
        Step::Needed => Mark::NEEDED,
        Step::Requested => Mark::REQUESTED,
        Step::Approved => Mark::APPROVED,
        Step::Granted => Mark::GRANTED,
        Step::Verified => Mark::VERIFIED,
        Step::Suspended => Mark::SUSPENDED,
        Step::RevokeRequested => Mark::REVOKE_REQUESTED,
        Step::Revoked => Mark::REVOKED,
        Step::RevocationConfirmed => Mark::REVOCATION_CONFIRMED,
        Step::Rejected => Mark::REJECTED,
        Step::Withdrawn => Mark::NOT_NEEDED,
        Step::Waived => Mark::WAIVED,
    }
}

/// How a grant is drawn on a day.
pub(crate) fn mark(grant: &Grant, today: jiff::civil::Date) -> Mark {
    if grant.has_lapsed(today) { Mark::EXPIRED } else { step_mark(grant.step) }
}
