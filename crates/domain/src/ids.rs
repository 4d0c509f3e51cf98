//! Names of things. Each kind of id is a type of its own, so that none is mistaken for another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

ids! {
    /// A delivery kit, the same in all its versions: `mobilize-onboarding`.
    KitId
    /// One imported version of a kit: the hash of its content, as hex.
    KitHash
    /// A role that owns items, named by the kit: `engagement-manager`.
    RoleId
    /// A point in time that dates count from: `kickoff`, `sprint-0.end`.
    MilestoneId
    /// A question of the protocol, and the fact that its answer states: `onsite`.
    FactId
    GateId
    /// A module of a kit; in an engagement, an activity.
    ModuleId
    /// A task of a kit, stable across versions: `badge-appointment`. Items keep it as their key.
    TaskId
    /// A thing one needs access to, named by the kit: `network-account`.
    ResourceId
    /// A rule on what is not allowed: `no-vpn-on-delivery-devices`.
    PolicyId
    EngagementId
    /// What the engagement has as a whole, like a room: its resource's id, or one of its own.
    HoldingId
    ItemId
    PersonId
    PortfolioId
    WorkstreamId
    /// A seat of the register: `security.workstream-lead.customer`.
    SeatId
    /// A row of the responsibility matrix.
    RowId
    CommentId
    FileId
    TokenId
    LinkId
    LetterId
}
