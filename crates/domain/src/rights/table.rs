//! The table of rights: one row a function, one column a right.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::kit::Side;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$note])* $variant),* }

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
        /// Keeps Tminus running, and reads no engagement.
        Operator = "operator",
        None = "none",
    }
}

words! {
    /// What a person may do on one engagement. What they own there is said by their roles.
    Function {
        PracticeAdministrator = "practice_administrator",
        PortfolioAdministrator = "portfolio_administrator",
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
    /// What somebody shows at the door. It never gives more than its person has, and most give less.
    PassKind {
        /// Signed in.
        Session = "session",
        /// An e-mailed link, for one engagement.
        Link = "link",
        /// The same, after typing a code that was sent to the person's address.
        LinkWithCode = "link_with_code",
        /// Somebody looks at what another person sees.
        View = "view",
        ReadingKey = "reading_key",
        WorkingKey = "working_key",
        /// A directory of the company that says who works here.
        ProvisioningKey = "provisioning_key",
        Key = "key",
        Agent = "agent",
    }
}

words! {
    /// One thing that somebody may do.
    Right {
        ReadEngagement = "read_engagement",
        ReadInternal = "read_internal",
        ReadRecord = "read_record",
        ReadFiles = "read_files",
        AttachFiles = "attach_files",
        WorkItems = "work_items",
        AcceptItems = "accept_items",
        WaiveItems = "waive_items",
        EditChecklist = "edit_checklist",
        EditPlan = "edit_plan",
        /// Everybody's access, and not only one's own and what one gives.
        ReadAccess = "read_access",
        MoveAccess = "move_access",
        EditMembers = "edit_members",
        InvitePeople = "invite_people",
        NameColleague = "name_colleague",
        CloseSprint = "close_sprint",
        EndEngagement = "end_engagement",
        ReadKits = "read_kits",
        CreateEngagement = "create_engagement",
        ImportKit = "import_kit",
        ReadPeople = "read_people",
        EditPeople = "edit_people",
        /// Making portfolios, and naming who administers them.
        EditPortfolios = "edit_portfolios",
        /// What letters say, with what they open until they are sent.
        ReadLetters = "read_letters",
        /// Who signed in, whose access was given or ended, which keys were made.
        ReadPracticeRecord = "read_practice_record",
        ReadAllEngagements = "read_all_engagements",
        Operate = "operate",
    }
}

impl Right {
    /// Whether it changes nothing.
    pub fn reads(self) -> bool {
        use Right::{
            ReadAccess, ReadAllEngagements, ReadEngagement, ReadFiles, ReadInternal, ReadKits, ReadPeople, ReadPracticeRecord, ReadRecord,
        };
        [ReadEngagement, ReadInternal, ReadRecord, ReadFiles, ReadAccess, ReadKits, ReadPeople, ReadAllEngagements, ReadPracticeRecord]
            .contains(&self)
    }
}

impl Right {
    /// Whether it is left once an engagement has ended: what reads, and what sees access and the engagement to their end.
    pub fn outlives_the_end(self) -> bool {
        self.reads() || matches!(self, Self::MoveAccess | Self::EndEngagement)
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
        !matches!(self, Self::PracticeAdministrator | Self::PortfolioAdministrator | Self::PracticeLead)
    }

    pub fn may(self, right: Right) -> bool {
        use Right::{
            AcceptItems, AttachFiles, CloseSprint, EditChecklist, EditMembers, EditPlan, EndEngagement, InvitePeople, MoveAccess,
            NameColleague, ReadAccess, ReadEngagement, ReadFiles, ReadInternal, ReadRecord, WaiveItems, WorkItems,
        };
        let rights: &[Right] = match self {
            Self::PracticeAdministrator | Self::PortfolioAdministrator | Self::EngagementManager => &[
                ReadEngagement,
                ReadInternal,
                ReadRecord,
                ReadFiles,
                AttachFiles,
                WorkItems,
                AcceptItems,
                WaiveItems,
                EditChecklist,
                EditPlan,
                ReadAccess,
                MoveAccess,
                EditMembers,
                InvitePeople,
                CloseSprint,
                EndEngagement,
            ],
            Self::PracticeLead => &[ReadEngagement, ReadInternal, ReadRecord, ReadFiles, ReadAccess],
            Self::WorkstreamLead => &[
                ReadEngagement,
                ReadInternal,
                ReadRecord,
                ReadFiles,
                AttachFiles,
                WorkItems,
                AcceptItems,
                EditChecklist,
                ReadAccess,
                MoveAccess,
                InvitePeople,
            ],
            Self::DeliveryMember => &[ReadEngagement, ReadInternal, ReadRecord, ReadFiles, AttachFiles, WorkItems, AcceptItems, ReadAccess],
            Self::PartnerMember => &[ReadEngagement, ReadFiles, AttachFiles, WorkItems],
            Self::CustomerManager => &[
                ReadEngagement,
                ReadRecord,
                ReadFiles,
                AttachFiles,
                WorkItems,
                AcceptItems,
                WaiveItems,
                ReadAccess,
                MoveAccess,
                NameColleague,
                CloseSprint,
            ],
            Self::CustomerMember => &[ReadEngagement, ReadFiles, AttachFiles, WorkItems, AcceptItems, NameColleague],
            Self::ExecutiveSponsor => &[ReadEngagement, ReadFiles, AcceptItems, WaiveItems, NameColleague],
        };
        rights.contains(&right)
    }
}

impl PassKind {
    /// What makers of keys choose from, by the word they choose with.
    pub const SCOPES: [(&str, Self); 4] =
        [("read", Self::ReadingKey), ("work", Self::WorkingKey), ("people", Self::ProvisioningKey), ("all", Self::Key)];

    /// The scope of a key. `None` for what is no key.
    pub fn scope(self) -> Option<&'static str> {
        Self::SCOPES.iter().find(|(_, kind)| *kind == self).map(|(word, _)| *word)
    }

    pub fn of_scope(word: &str) -> Option<Self> {
        Self::SCOPES.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// The most that anybody may do with it.
    pub fn may(self, right: Right) -> bool {
        use Right::{
            AcceptItems, AttachFiles, CloseSprint, EditPeople, EditPortfolios, EndEngagement, ImportKit, MoveAccess, NameColleague,
            Operate, ReadAccess, ReadEngagement, ReadFiles, ReadLetters, ReadPeople, ReadPracticeRecord, ReadRecord, WaiveItems, WorkItems,
        };
        let reads = right.reads();
        let works = [AttachFiles, WorkItems, AcceptItems, MoveAccess].contains(&right);
        match self {
            Self::Session | Self::Key => true,
            Self::View => [ReadEngagement, ReadRecord, ReadFiles, ReadAccess].contains(&right),
            Self::ReadingKey => reads,
            Self::WorkingKey => reads || works,
            Self::ProvisioningKey => [ReadPeople, EditPeople].contains(&right),
            // Whoever speaks to an agent may not know what it does: what cannot be taken back is left to people.
            Self::Agent => ![CloseSprint, EndEngagement, EditPeople, EditPortfolios, ReadLetters, ReadPracticeRecord, ImportKit, Operate]
                .contains(&right),
            Self::Link => [ReadEngagement, ReadRecord, ReadAccess, MoveAccess, WorkItems, AcceptItems, NameColleague].contains(&right),
            Self::LinkWithCode => Self::Link.may(right) || [ReadFiles, AttachFiles, WaiveItems, CloseSprint].contains(&right),
        }
    }
}

impl PracticeRole {
    /// Whether somebody who has it may be named as administrator of a portfolio.
    pub fn may_administer(self) -> bool {
        matches!(self, Self::Administrator | Self::Lead | Self::Member)
    }

    pub fn may(self, right: Right) -> bool {
        use Right::{
            CreateEngagement, EditPeople, EditPortfolios, ImportKit, Operate, ReadAllEngagements, ReadKits, ReadLetters, ReadPeople,
            ReadPracticeRecord,
        };
        let rights: &[Right] = match self {
            Self::Administrator => &[
                ReadKits,
                CreateEngagement,
                ImportKit,
                ReadPeople,
                EditPeople,
                EditPortfolios,
                ReadLetters,
                ReadPracticeRecord,
                ReadAllEngagements,
                Operate,
            ],
            Self::Lead => &[ReadKits, CreateEngagement, ReadPeople, ReadAllEngagements],
            Self::Member => &[ReadKits, CreateEngagement, ReadPeople],
            Self::Operator => &[Operate],
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
    for pass in PassKind::ALL {
        row(&format!("at most by: {}", pass.as_str()), &|right| pass.may(right));
    }
    row("at most after: end_engagement", &Right::outlives_the_end);
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
