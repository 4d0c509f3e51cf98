//! Access: people down, resources across, and a cell that one can open.

mod act;
mod booking;
pub(crate) mod describe;
mod grid;
mod membership;
mod panel;
pub(crate) mod resource;
pub(crate) mod revoke;
pub(crate) mod waiting;
mod whole;

use tminus_app::spreadsheet::MAX_TABLE;
use tminus_domain::{
    access::{Grant, Step},
    kit::Side,
    rights::Right,
};

use crate::{
    engagement::desk::Desk,
    mark::Mark,
    routes::{Needs, Table},
};

pub(crate) fn routes(table: Table) -> Table {
    let read = Needs::Engagement(Right::ReadEngagement);
    let work = Needs::Engagement(Right::WorkItems);
    let manage = Needs::Engagement(Right::MoveAccess);
    let plan = Needs::Engagement(Right::EditPlan);
    let members = "/engagements/{engagement}/access/resources/{resource}/members";
    table
        .get(members, manage, membership::show)
        .upload((members, manage), MAX_TABLE, membership::compare)
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
        .get("/engagements/{engagement}/access/resources", plan, resource::new)
        .post("/engagements/{engagement}/access/resources", plan, resource::add)
        .get("/engagements/{engagement}/access/resources/{resource}", read, resource::show)
        .post("/engagements/{engagement}/access/resources/{resource}", plan, resource::change)
        .post("/engagements/{engagement}/access/resources/{resource}/remove", plan, resource::remove)
        .post("/engagements/{engagement}/access/resources/{resource}/licences", manage, resource::count)
        .post("/engagements/{engagement}/access/resources/{resource}/booking", manage, booking::book)
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
        Step::Broken => Mark::BROKEN,
        Step::Suspended => Mark::SUSPENDED,
        Step::RevokeRequested => Mark::REVOKE_REQUESTED,
        Step::Revoked => Mark::REVOKED,
        Step::RevocationConfirmed => Mark::REVOCATION_CONFIRMED,
        Step::Rejected => Mark::REJECTED,
        Step::Withdrawn => Mark::NOT_NEEDED,
        Step::Waived => Mark::WAIVED,
    }
}

/// How somebody may know that what a side gives is gone; nothing for that side itself, which knows.
pub(crate) fn known_by(desk: &Desk, giving: Side) -> Vec<(String, String)> {
    if desk.view.scope.side() == giving {
        return Vec::new();
    }
    let engagement = desk.engagement();
    let theirs = engagement.members.iter().filter(|member| member.side() == giving);
    let word = |name: &str| t!("access.known_word").with("name", name).to_string();
    let words = theirs.map(|member| (member.person.to_string(), word(engagement.name(&member.person))));
    std::iter::once(("refused".to_owned(), t!("access.known_refused").to_string())).chain(words).collect()
}

/// How a grant is drawn on a day.
pub(crate) fn mark(grant: &Grant, today: jiff::civil::Date) -> Mark {
    if grant.has_lapsed(today) { Mark::EXPIRED } else { step_mark(grant.step) }
}
