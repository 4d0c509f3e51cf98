//! What people need access to, who needs what, and what is not allowed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    condition::Condition,
    due::{DueRule, LeadTime},
    each::Each,
};
use crate::ids::{FactId, PolicyId, ResourceId, RoleId, TaskId};

/// A thing one needs access to: a site, an account, a device, a room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// A slug, unique in the kit and the same in all its versions.
    pub id: ResourceId,
    pub title: String,
    #[serde(default)]
    pub kind: ResourceKind,
    /// Which one: `Columbus`, `AD`. Stands below the title.
    #[serde(default)]
    pub note: String,
    /// Roles that give and take it, first the one who does it.
    #[serde(default)]
    pub owners: Vec<RoleId>,
    /// Only where this holds: `tools_host != none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// By when it must work: `T-2bd @ kickoff`. For somebody who joins later it counts from their arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DueRule>,
    /// How long it takes from the request, in business days: `10bd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<LeadTime>,
    /// Resources that must work for the same person before this one can be given.
    #[serde(default)]
    pub after: Vec<ResourceId>,
    /// Tasks, one for each person, that say the same: a person's item and their grant move together. Of what nobody needs by name, like a room,
    /// the task that gets it for everybody: once it is done, the room has to be closed in the end.
    #[serde(default)]
    pub tasks: Vec<TaskId>,
    /// What is kept of each person's access besides, by what it is called: `Asset tag`, `User name`, `Licence`. Never what opens something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// Those of the details that are each person's own, like a user name: what two people would share is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<String>,
    /// What people bring to the appointment at which they get it: `Two forms of identification`. Badges and devices have one without it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bring: Vec<String>,
    /// Of a room, the question whose answer names the days of the week on which it has to be there: `contact_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<FactId>,
    /// Only the delivery side sees it.
    #[serde(default)]
    pub internal: bool,
    /// The document and line it came from.
    #[serde(default)]
    pub src: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A clearance that has to be there before access is given.
    Check,
    Account,
    /// Handed back at the end.
    Device,
    Workspace,
    Vpn,
    /// Handed back at the end.
    Badge,
    Room,
    Jira,
    Confluence,
    /// A discovery tool.
    Discovery,
    Chat,
    /// A mailing list.
    List,
    Cloud,
    #[default]
    Other,
}

impl ResourceKind {
    pub const ALL: &'static [Self] = &[
        Self::Check,
        Self::Account,
        Self::Device,
        Self::Workspace,
        Self::Vpn,
        Self::Badge,
        Self::Room,
        Self::Jira,
        Self::Confluence,
        Self::Discovery,
        Self::Chat,
        Self::List,
        Self::Cloud,
        Self::Other,
    ];

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Account => "account",
            Self::Device => "device",
            Self::Workspace => "workspace",
            Self::Vpn => "vpn",
            Self::Badge => "badge",
            Self::Room => "room",
            Self::Jira => "jira",
            Self::Confluence => "confluence",
            Self::Discovery => "discovery",
            Self::Chat => "chat",
            Self::List => "list",
            Self::Cloud => "cloud",
            Self::Other => "other",
        }
    }

    /// Whether it is an object that has to be handed back.
    pub fn is_handed_back(self) -> bool {
        matches!(self, Self::Device | Self::Badge)
    }

    /// Whether it is there as long as nobody closes it, whoever still uses it.
    pub fn outlives_people(self) -> bool {
        matches!(self, Self::Room | Self::Chat | Self::List | Self::Cloud)
    }

    /// How many business days after the last day it has to be gone.
    pub fn days_to_end(self) -> u32 {
        match self {
            Self::Device | Self::Badge => 5,
            Self::Room | Self::Chat | Self::List => 10,
            _ => 0,
        }
    }

    /// Whether there is something to take away at the end. Of a clearance there is not.
    pub fn is_revoked(self) -> bool {
        self != Self::Check
    }
}

impl std::str::FromStr for ResourceKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or(())
    }
}

/// Who needs a resource: one row of the table. Several rows for one resource add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    pub resource: ResourceId,
    /// `person where side = delivery and onsite = yes`.
    pub each: Each,
    /// Only where this holds: `background_checks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    #[serde(default)]
    pub src: String,
}

/// What is not allowed, whoever asks for it: `a customer VPN on a device of the delivery side`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub id: PolicyId,
    /// As a sentence: `A customer VPN is not allowed on a device of the delivery side.`
    pub title: String,
    /// The resource that is refused.
    pub refuses: ResourceId,
    /// To whom: `person where device = delivery`.
    pub each: Each,
    /// Only with this of what is kept of their access: `{ name = "Licence", is = "guest" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<DetailIs>,
    /// Only where this holds: `recording_allowed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Resources that are allowed in its place.
    #[serde(default)]
    pub instead: Vec<ResourceId>,
    /// Other ways that are allowed, in words.
    #[serde(default)]
    pub ways: Vec<String>,
    /// The role that can allow an exception, with an end date. Without one there is no exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_by: Option<RoleId>,
    #[serde(default)]
    pub src: String,
}

/// What a detail of somebody's access says, in capitals or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailIs {
    pub name: String,
    pub is: String,
}

impl DetailIs {
    pub fn holds(&self, details: &BTreeMap<String, String>) -> bool {
        details.get(&self.name).is_some_and(|text| text.trim().to_lowercase() == self.is.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceKind;

    #[test]
    fn what_is_handed_back_has_five_business_days_after_the_last_day_what_is_exported_ten_and_the_rest_none() {
        for kind in ResourceKind::ALL {
            let days = match kind.as_str() {
                "device" | "badge" => 5,
                "room" | "chat" | "list" => 10,
                _ => 0,
            };
            assert_eq!(kind.days_to_end(), days, "{}", kind.as_str());
            assert_eq!(kind.is_handed_back(), days == 5, "{}", kind.as_str());
        }
    }
}
