//! Where an item stands, and in whose court it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ids::PersonId, kit::Side};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    ToDo,
    InProgress,
    WaitingDelivery,
    WaitingCustomer,
    WaitingThirdParty,
    Blocked,
    /// Done by one side, not yet accepted by the other.
    Submitted,
    Done,
    Waived,
    NotApplicable,
}

impl State {
    pub const ALL: [Self; 10] = [
        Self::ToDo,
        Self::InProgress,
        Self::WaitingDelivery,
        Self::WaitingCustomer,
        Self::WaitingThirdParty,
        Self::Blocked,
        Self::Submitted,
        Self::Done,
        Self::Waived,
        Self::NotApplicable,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToDo => "to_do",
            Self::InProgress => "in_progress",
            Self::WaitingDelivery => "waiting_delivery",
            Self::WaitingCustomer => "waiting_customer",
            Self::WaitingThirdParty => "waiting_third_party",
            Self::Blocked => "blocked",
            Self::Submitted => "submitted",
            Self::Done => "done",
            Self::Waived => "waived",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Nothing is left to do: done, waived or not applicable.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Waived | Self::NotApplicable)
    }

    /// A gate counts it as fulfilled.
    pub fn satisfies(self) -> bool {
        matches!(self, Self::Done | Self::Waived)
    }

    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Blocked | Self::Waived | Self::NotApplicable)
    }
}

impl std::str::FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or(())
    }
}

/// A state with who and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    pub since: Timestamp,
    #[serde(default)]
    pub by: Option<PersonId>,
    #[serde(default)]
    pub reason: Option<String>,
    /// Whom it waits for, where that is a third party.
    #[serde(default)]
    pub third_party: Option<String>,
}

impl Status {
    pub fn to_do(since: Timestamp) -> Self {
        Self { state: State::ToDo, since, by: None, reason: None, third_party: None }
    }
}

/// Who has to move next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Court {
    Delivery,
    Customer,
    Partner,
    ThirdParty,
}

impl Court {
    pub const ALL: [Self; 4] = [Self::Delivery, Self::Customer, Self::Partner, Self::ThirdParty];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::ThirdParty => "third_party",
        }
    }
}

impl From<Side> for Court {
    fn from(side: Side) -> Self {
        match side {
            Side::Delivery => Self::Delivery,
            Side::Customer => Self::Customer,
            Side::Partner => Self::Partner,
        }
    }
}

/// In whose court an item is, since when, and how long it lay where before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtClock {
    pub court: Court,
    pub since: Timestamp,
    /// Seconds spent in each court before `since`, by [`Court::ALL`].
    #[serde(default)]
    pub spent: [i64; 4],
}

impl CourtClock {
    pub fn start(court: Court, since: Timestamp) -> Self {
        Self { court, since, spent: [0; 4] }
    }

    /// The clock after the item went to `court`; the same court goes on counting.
    #[must_use]
    pub fn pass(mut self, court: Court, now: Timestamp) -> Self {
        if self.court != court {
            self.spent[self.court as usize] += now.duration_since(self.since).as_secs().max(0);
            self.court = court;
            self.since = now;
        }
        self
    }
}
