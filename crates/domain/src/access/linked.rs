//! Items and grants that are one truth: a person's item of the task that a resource names, and their grants of it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::{Grant, Step};
use crate::{
    checklist::{item::Item, status::State},
    engagement::Engagement,
    kit::{Side, access::Resource},
};

/// What an internal resource is called to those who may not know of it.
pub const INSIDE: &str = "a step of the delivery side";

impl Engagement {
    /// The item that says the same as a grant.
    pub fn item_of(&self, grant: &Grant) -> Option<&Arc<Item>> {
        let tasks = &self.resource(&grant.resource)?.tasks;
        self.items.iter().find(|item| tasks.contains(&item.task) && item.person.as_ref() == Some(&grant.person) && !item.removed)
    }

    /// The grants that say the same as an item, with their resources.
    pub fn grants_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = (&'a Resource, &'a Arc<Grant>)> {
        let resources = self.plan.resources.iter().filter(|resource| resource.tasks.contains(&item.task));
        let person = item.person.as_ref();
        resources.filter_map(move |resource| Some((resource, self.grant(person?, &resource.id)?)))
    }

    /// Business days that an item still takes and those that are left, where the one is more than the other: see [`Item::short`]. Where all that it
    /// waited for is given, and only has to be tried, it takes none any more.
    pub fn short(&self, item: &Item, to: impl Fn(Date) -> Option<i32>, day: impl Fn(Timestamp) -> Date) -> Option<(u32, u32)> {
        let mut steps = self.grants_of(item).map(|(_, grant)| grant.step).filter(|step| *step != Step::Withdrawn).peekable();
        let is_given = steps.peek().is_some() && steps.all(|step| matches!(step, Step::Granted | Step::Verified | Step::Waived));
        item.short(to, day).filter(|_| !is_given)
    }

    /// The item as it waits for whoever gives what does not work.
    pub fn waits_for_giver(&self, mut item: Item, grant: &Grant, now: Timestamp) -> Item {
        let broken = grant.step == Step::Broken && item.state() == State::Blocked;
        if let Some(resource) = self.resource(&grant.resource).filter(|_| broken) {
            item.clock = item.clock.pass(self.giving_side(resource).into(), now);
        }
        item
    }

    /// What an item is, going by its grants: the least of them. `None` where it has none.
    pub fn state_by_grants(&self, item: &Item) -> Option<(State, Option<String>)> {
        let grants: Vec<_> = self.grants_of(item).collect();
        if grants.is_empty() {
            return None;
        }
        let any = |steps: &[Step]| grants.iter().find(|(_, grant)| steps.contains(&grant.step));
        let all = |steps: &[Step]| grants.iter().all(|(_, grant)| steps.contains(&grant.step));
        // What is internal has no words in an item that others read too.
        let hidden = |resource: &Resource| resource.internal && !self.hides(item);
        let titled = |resource: &Resource| if hidden(resource) { INSIDE.to_owned() } else { resource.title.clone() };
        let why = |(resource, grant): (&Resource, &Grant)| Some(grant.note.clone()).filter(|note| !note.is_empty() && !hidden(resource));
        if let Some((resource, grant)) = any(&[Step::Broken]) {
            let ticket = Some(&grant.ticket).filter(|ticket| !ticket.is_empty() && !hidden(resource)).map(|it| format!(" ({it})"));
            let note = why((resource, grant)).map(|note| format!(": {note}"));
            let said = format!("{} does not work{}{}", titled(resource), note.unwrap_or_default(), ticket.unwrap_or_default());
            return Some((State::Blocked, Some(said)));
        }
        if let Some((resource, grant)) = any(&[Step::Rejected, Step::Suspended]) {
            let reason = why((resource, grant)).unwrap_or_else(|| titled(resource));
            return Some((State::Blocked, Some(reason)));
        }
        if let Some((resource, grant)) = any(&[Step::Waived]).filter(|_| all(&[Step::Waived, Step::Withdrawn])) {
            return Some((State::Waived, why((resource, grant))));
        }
        if all(&[Step::Withdrawn]) {
            return Some((State::NotApplicable, why((grants[0].0, grants[0].1)).or_else(|| Some("nobody needs it any more".to_owned()))));
        }
        let waiting = |resource: &Resource| match self.giving_side(resource) {
            Side::Customer => State::WaitingCustomer,
            Side::Delivery => State::WaitingDelivery,
            // Whoever gives it is on neither side: the person looks after it.
            Side::Partner => State::InProgress,
        };
        Some(if all(&[Step::Needed, Step::Withdrawn]) {
            (State::ToDo, None)
        } else if let Some((resource, _)) = any(&[Step::Requested, Step::Approved]) {
            (waiting(resource), None)
        } else if any(&[Step::Needed, Step::Granted]).is_some() {
            (State::InProgress, None)
        } else {
            (State::Done, None)
        })
    }
}

/// The step that a grant takes when somebody moves its item by hand. `None` leaves it.
pub fn step_for(state: State, step: Step) -> Option<Step> {
    let open = step.is_open() && !matches!(step, Step::Granted | Step::Broken | Step::Suspended);
    match state {
        State::Done | State::Submitted => (step.is_open()).then_some(Step::Verified),
        State::WaitingCustomer | State::WaitingDelivery | State::WaitingThirdParty => (step == Step::Needed).then_some(Step::Requested),
        State::Waived => open.then_some(Step::Waived),
        State::NotApplicable => open.then_some(Step::Withdrawn),
        State::ToDo | State::InProgress => match step {
            Step::Verified => Some(Step::Granted),
            Step::Waived | Step::Withdrawn => Some(Step::Needed),
            _ => None,
        },
        State::Blocked => None,
    }
}
