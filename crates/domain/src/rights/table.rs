//! The table of rights: one row a function, one column a right.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::kit::Side;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or(())
            }
        }
    };
}

words! {
    /// What a person may do in the whole practice.
    PracticeRole {
        Administrator = "administrator",
        Lead = "lead",
        Member = "member",
        None = "none",
    }
}

words! {
    /// What a person may do on one engagement. What they own there is said by their roles.
    Function {
        PracticeAdministrator = "practice_administrator",
        PracticeLead = "practice_lead",
        EngagementManager = "engagement_manager",
        WorkstreamLead = "workstream_lead",
        DeliveryMember = "delivery_member",
        PartnerMember = "partner_member",
        CustomerManager = "customer_manager",
        CustomerMember = "customer_member",
        ExecutiveSponsor = "executive_sponsor",
    }
}

words! {
    /// One thing that somebody may do.
    Right {
        ReadEngagement = "read_engagement",
        ReadInternal = "read_internal",
        ReadRecord = "read_record",
        WorkItems = "work_items",
        AcceptItems = "accept_items",
        WaiveItems = "waive_items",
        EditChecklist = "edit_checklist",
        EditPlan = "edit_plan",
        EditMembers = "edit_members",
        CloseSprint = "close_sprint",
        ReadKits = "read_kits",
        CreateEngagement = "create_engagement",
        ImportKit = "import_kit",
        ReadPeople = "read_people",
        EditPeople = "edit_people",
        ReadAllEngagements = "read_all_engagements",
        Operate = "operate",
    }
}

impl Function {
    pub fn side(self) -> Side {
        match self {
            Self::CustomerManager | Self::CustomerMember | Self::ExecutiveSponsor => Side::Customer,
            Self::PartnerMember => Side::Partner,
            _ => Side::Delivery,
        }
    }

    /// Whether members have it. The others follow from what a person is in the practice.
    pub fn is_of_members(self) -> bool {
        !matches!(self, Self::PracticeAdministrator | Self::PracticeLead)
    }

    pub fn may(self, right: Right) -> bool {
        use Right::{
            AcceptItems, CloseSprint, EditChecklist, EditMembers, EditPlan, ReadEngagement, ReadInternal, ReadRecord, WaiveItems, WorkItems,
        };
        let rights: &[Right] = match self {
            Self::PracticeAdministrator | Self::EngagementManager => &[
                ReadEngagement,
                ReadInternal,
                ReadRecord,
                WorkItems,
                AcceptItems,
                WaiveItems,
                EditChecklist,
                EditPlan,
                EditMembers,
                CloseSprint,
            ],
            Self::PracticeLead => &[ReadEngagement, ReadInternal, ReadRecord],
            Self::WorkstreamLead => &[ReadEngagement, ReadInternal, ReadRecord, WorkItems, AcceptItems, EditChecklist],
            Self::DeliveryMember => &[ReadEngagement, ReadInternal, ReadRecord, WorkItems, AcceptItems],
            Self::PartnerMember => &[ReadEngagement, WorkItems],
            Self::CustomerManager => &[ReadEngagement, ReadRecord, WorkItems, AcceptItems, WaiveItems, CloseSprint],
            Self::CustomerMember => &[ReadEngagement, WorkItems, AcceptItems],
            Self::ExecutiveSponsor => &[ReadEngagement, AcceptItems, WaiveItems],
        };
        rights.contains(&right)
    }
}

impl PracticeRole {
    pub fn may(self, right: Right) -> bool {
        use Right::{CreateEngagement, EditPeople, ImportKit, Operate, ReadAllEngagements, ReadKits, ReadPeople};
        let rights: &[Right] = match self {
            Self::Administrator => &[ReadKits, CreateEngagement, ImportKit, ReadPeople, EditPeople, ReadAllEngagements, Operate],
            Self::Lead => &[ReadKits, CreateEngagement, ReadPeople, ReadAllEngagements],
            Self::Member => &[ReadKits, CreateEngagement, ReadPeople],
            Self::None => &[],
        };
        rights.contains(&right)
    }
}

/// The whole policy as a table that a manager can read; `rights.txt` is this text.
pub fn as_text() -> String {
    let mut text = String::from("Who may do what. Made from the policy in crates/domain/src/rights; a test compares it.\n\n");
    let mut row = |name: &str, may: &dyn Fn(Right) -> bool| {
        let rights: Vec<_> = Right::ALL.iter().filter(|right| may(**right)).map(|right| right.as_str()).collect();
        let _ = writeln!(text, "{name:<32} {}", if rights.is_empty() { "-".to_owned() } else { rights.join(", ") });
    };
    for role in PracticeRole::ALL {
        row(&format!("practice: {}", role.as_str()), &|right| role.may(right));
    }
    for function in Function::ALL {
        row(&format!("engagement: {}", function.as_str()), &|right| function.may(right));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Run with `TMINUS_WRITE=1` after a deliberate change of the policy.
    #[test]
    fn the_committed_table_is_the_policy() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/rights.txt");
        if std::env::var_os("TMINUS_WRITE").is_some() {
            std::fs::write(path, as_text()).expect("rights.txt can be written");
        }
        let committed = std::fs::read_to_string(path).expect("rights.txt is committed");
        assert_eq!(committed, as_text(), "the policy changed: look at it, then run this test with TMINUS_WRITE=1");
    }

    #[test]
    fn nobody_outside_delivery_reads_internal() {
        for function in Function::ALL {
            assert_eq!(function.may(Right::ReadInternal), function.side() == Side::Delivery, "{function:?}");
        }
    }
}
