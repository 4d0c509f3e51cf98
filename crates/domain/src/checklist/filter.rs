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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn fits(&self, item: &Item, engagement: &Engagement, who: &PersonId, today: Date) -> bool {
        let gate = |id: &GateId| engagement.plan.gates.iter().find(|gate| &gate.id == id).is_some_and(|it| gate::counts(it, item));
        let text = |text: &String| {
            let title = item.content.title.to_lowercase();
            text.to_lowercase().split_whitespace().all(|word| title.contains(word))
        };
        (!self.mine || engagement.is_of(item, who))
            && (!self.late || item.is_late(today))
            && (!self.start_now || item.should_start(today))
            && (!self.open || item.is_open())
            && self.waiting_on.is_none_or(|court| item.is_open() && item.court() == court)
            && self.activity.as_ref().is_none_or(|activity| &item.activity == activity)
            && self.owner.as_ref().is_none_or(|role| item.content.owners.contains(role))
            && self.person.as_ref().is_none_or(|person| engagement.is_of(item, person))
            && self.gate.as_ref().is_none_or(gate)
            && self.state.is_none_or(|state| item.state() == state)
            && self.text.as_ref().is_none_or(text)
    }
}
