//! To whom one turns when something is stuck, in order, on each side.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Member;
use crate::{engagement::Engagement, ids::PersonId, kit::Side, rights::Function};

/// No path has more rungs than this.
pub const MAX_RUNGS: usize = 6;

/// One step of a path: whoever has a function then, or somebody by name. Written `leads`, `manager`, `sponsor`, or a person's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Rung {
    /// Who leads the workstream.
    Leads,
    /// The engagement manager, or the customer's manager.
    Manager,
    Sponsor,
    Person(PersonId),
}

impl From<String> for Rung {
    fn from(text: String) -> Self {
        match text.as_str() {
            "leads" => Self::Leads,
            "manager" => Self::Manager,
            "sponsor" => Self::Sponsor,
            _ => Self::Person(PersonId(text)),
        }
    }
}

impl FromStr for Rung {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.to_owned().into())
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leads => "leads",
            Self::Manager => "manager",
            Self::Sponsor => "sponsor",
            Self::Person(person) => person.as_str(),
        })
    }
}

impl From<Rung> for String {
    fn from(rung: Rung) -> Self {
        rung.to_string()
    }
}

/// The path of a side for which nobody set another: the leads, the manager, and on the customer's side the sponsor.
pub fn usual(side: Side) -> Vec<Rung> {
    match side {
        Side::Delivery => vec![Rung::Leads, Rung::Manager],
        Side::Customer => vec![Rung::Leads, Rung::Manager, Rung::Sponsor],
        Side::Partner => vec![Rung::Leads],
    }
}

impl Engagement {
    /// The path of a side as it is set, or as usual.
    pub fn escalation(&self, side: Side) -> Vec<Rung> {
        self.plan.escalation.get(&side).cloned().unwrap_or_else(|| usual(side))
    }

    /// Who is on a rung, of those who are not gone.
    pub fn on_rung(&self, rung: &Rung, side: Side, today: Date) -> Vec<&Member> {
        let is = |member: &&Member| match rung {
            Rung::Leads => member.leads(),
            Rung::Manager => matches!(member.function, Function::EngagementManager | Function::CustomerManager),
            Rung::Sponsor => member.function == Function::ExecutiveSponsor,
            Rung::Person(person) => &member.person == person,
        };
        self.members.iter().filter(|member| member.side() == side && member.is_here(today)).filter(is).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rung_is_a_word_or_a_person() {
        for text in ["leads", "manager", "sponsor", "0198-ben"] {
            let rung: Rung = serde_json::from_str(&format!("{text:?}")).expect("reads");
            assert_eq!(serde_json::to_string(&rung).expect("writes"), format!("{text:?}"));
            assert_eq!(matches!(rung, Rung::Person(_)), text == "0198-ben");
        }
    }
}
