//! Which items of a checklist somebody wants to look at.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    item::Item,
    status::{Court, State},
};
use crate::{
    engagement::{Engagement, gate},
    ids::{GateId, ModuleId, PersonId, RoleId},
};

/// All that is given must fit. Nothing given shows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Not begun, and should be by now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub start_now: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_on: Option<Court>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<ModuleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<RoleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Words in the title, any letter case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A filter that a person keeps under a name, for whatever engagement they look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SavedFilter {
    pub name: String,
    pub filter: Filter,
}

/// The most filters that a person can keep.
pub const MAX_SAVED: usize = 30;

/// Why a filter was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSaved {
    #[error("give the filter a name of 1 to 60 characters")]
    Name,
    #[error("choose what to filter by first: this shows everything")]
    Everything,
    #[error("you keep {MAX_SAVED} filters already: forget one first")]
    TooMany,
}

/// Keeps a filter among others, by name; one of the same name, in any letter case, gives way.
pub fn keep(saved: &mut Vec<SavedFilter>, name: &str, filter: Filter) -> Result<(), NotSaved> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(NotSaved::Name);
    }
    if filter.is_empty() {
        return Err(NotSaved::Everything);
    }
    forget(saved, name);
    if saved.len() >= MAX_SAVED {
        return Err(NotSaved::TooMany);
    }
    saved.push(SavedFilter { name: name.to_owned(), filter });
    saved.sort_by_key(|saved| saved.name.to_lowercase());
    Ok(())
}

/// False if there is none of this name.
pub fn forget(saved: &mut Vec<SavedFilter>, name: &str) -> bool {
    let before = saved.len();
    saved.retain(|saved| saved.name.to_lowercase() != name.trim().to_lowercase());
    saved.len() < before
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the engagement has the activity, role, member and gate that this asks for.
    pub fn applies_to(&self, engagement: &Engagement) -> bool {
        let plan = &engagement.plan;
        self.activity.as_ref().is_none_or(|id| plan.activities.iter().any(|it| &it.id == id))
            && self.owner.as_ref().is_none_or(|id| engagement.role(id).is_some())
            && self.person.as_ref().is_none_or(|id| engagement.member(id).is_some())
            && self.gate.as_ref().is_none_or(|id| plan.gates.iter().any(|it| &it.id == id))
    }

    pub fn fits(&self, item: &Item, engagement: &Engagement, who: &PersonId, today: Date) -> bool {
        let gate = |id: &GateId| engagement.plan.gates.iter().find(|gate| &gate.id == id).is_some_and(|it| gate::counts(it, item));
        let text = |text: &String| {
            let title = item.content.title.to_lowercase();
            text.to_lowercase().split_whitespace().all(|word| title.contains(word))
        };
        (!self.mine || engagement.is_of(item, who, today))
            && (!self.late || item.is_late(today))
            && (!self.start_now || item.should_start(today))
            && (!self.open || item.is_open())
            && self.waiting_on.is_none_or(|court| item.is_open() && item.court() == court)
            && self.activity.as_ref().is_none_or(|activity| &item.activity == activity)
            && self.owner.as_ref().is_none_or(|role| item.content.owners.contains(role))
            && self.person.as_ref().is_none_or(|person| engagement.is_of(item, person, today))
            && self.gate.as_ref().is_none_or(gate)
            && self.state.is_none_or(|state| item.state() == state)
            && self.text.as_ref().is_none_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, MAX_SAVED, NotSaved, forget, keep};

    fn late() -> Filter {
        Filter { late: true, ..Filter::default() }
    }

    #[test]
    fn a_filter_is_kept_once_under_its_name() {
        let mut saved = Vec::new();
        keep(&mut saved, " Late ", late()).expect("kept");
        keep(&mut saved, "At the customer", Filter { text: Some("badge".to_owned()), ..late() }).expect("kept");
        keep(&mut saved, "LATE", Filter { mine: true, ..late() }).expect("kept");
        let names: Vec<_> = saved.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["At the customer", "LATE"]);
        assert!(saved[1].filter.mine);
        assert!(forget(&mut saved, "late") && !forget(&mut saved, "late"));
    }

    #[test]
    fn what_cannot_be_kept_leaves_the_others() {
        let mut saved = Vec::new();
        assert_eq!(keep(&mut saved, " ", late()), Err(NotSaved::Name));
        assert_eq!(keep(&mut saved, "x", Filter::default()), Err(NotSaved::Everything));
        for number in 0..MAX_SAVED {
            keep(&mut saved, &number.to_string(), late()).expect("kept");
        }
        assert_eq!(keep(&mut saved, "one more", late()), Err(NotSaved::TooMany));
        keep(&mut saved, "7", Filter { open: true, ..late() }).expect("in place of the other");
        assert_eq!(saved.len(), MAX_SAVED);
    }
}
