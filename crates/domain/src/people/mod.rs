//! People: once in the practice, and as members of engagements.

pub mod escalation;
pub mod part;
pub mod responsibility;
pub mod seat;
pub mod traces;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PersonId, RoleId, WorkstreamId},
    kit::{Role, Side},
    rights::{Function, PracticeRole},
    schedule::Weekdays,
};
use part::Part;

/// What stands in the place of the name of somebody whose personal data was erased.
pub const ERASED: &str = "Erased person";

/// A person as the practice knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub side: Side,
    /// An IANA time zone.
    pub zone: String,
    pub practice: PracticeRole,
}

/// A person on an engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub person: PersonId,
    /// What they may do.
    pub function: Function,
    /// What they own.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    #[serde(default)]
    pub workstreams: Vec<WorkstreamId>,
    /// Their part in workstreams of theirs, where it is not the one that follows from their function.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<WorkstreamId, Part>,
    /// Where they work: `Columbus, building 2`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// The name of the engagement's calendar that they follow. `None` follows those of their side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// On which days of the week they work on this engagement. `None`: on all that their calendar works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Weekdays>,
    /// Whether they belong to the delivery side's account team.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub account_team: bool,
    /// Whether they work at the customer's site.
    #[serde(default)]
    pub onsite: bool,
    /// On whose device they work. `None` as the protocol says for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    #[serde(default)]
    pub from: Option<Date>,
    #[serde(default)]
    pub until: Option<Date>,
}

/// Whose device somebody works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    Customer,
    Delivery,
    Own,
}

impl Device {
    pub const ALL: [Self; 3] = [Self::Customer, Self::Delivery, Self::Own];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Delivery => "delivery",
            Self::Own => "own",
        }
    }
}

impl std::str::FromStr for Device {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|device| device.as_str() == text).ok_or(())
    }
}

impl Member {
    /// Somebody of whom nothing is known but what they may do.
    pub fn new(person: PersonId, function: Function) -> Self {
        Self {
            person,
            function,
            roles: Vec::new(),
            workstreams: Vec::new(),
            parts: BTreeMap::new(),
            site: String::new(),
            calendar: None,
            days: None,
            account_team: false,
            onsite: false,
            device: None,
            from: None,
            until: None,
        }
    }

    /// Whether they are still here on a day, or come later.
    pub fn is_here(&self, today: Date) -> bool {
        self.until.is_none_or(|until| until >= today)
    }

    pub fn side(&self) -> Side {
        self.function.side()
    }
}

/// The role of an engagement's kits that means what a function is, for those functions that one person has: kits call it by these ids.
pub fn role_of(function: Function, roles: &[Role]) -> Option<&Role> {
    let ids: &[&str] = match function {
        Function::EngagementManager => &["engagement-manager"],
        Function::CustomerManager => &["customer-project-manager", "customer-manager"],
        Function::ExecutiveSponsor => &["executive-sponsor"],
        _ => &[],
    };
    ids.iter().find_map(|id| roles.iter().find(|role| role.id.as_str() == *id && role.side == function.side() && !role.everyone))
}

/// The role that a member's function means, where nobody has it yet. `None` too where several have that function: then somebody has to choose.
pub fn role_to_give<'a>(member: &Member, members: &[Member], roles: &'a [Role]) -> Option<&'a Role> {
    let role = role_of(member.function, roles)?;
    let others = || members.iter().filter(|other| other.person != member.person);
    let held = member.roles.contains(&role.id) || others().any(|other| other.roles.contains(&role.id));
    (!held && others().all(|other| other.function != member.function)).then_some(role)
}

/// Why a person's details were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("give a name of 1 to 120 characters, all of them visible")]
    Name,
    #[error("“{0}” is not an e-mail address: write it in plain letters, digits and signs")]
    Email(String),
    #[error("“{0}” is not a time zone: give one such as “Europe/Berlin”")]
    Zone(String),
    #[error("only people of the delivery side have a role in the practice")]
    Practice,
    #[error("a password has at least {MIN_PASSWORD} characters")]
    Password,
}

impl Refused {
    /// The detail that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email(_) => "email",
            Self::Zone(_) => "zone",
            Self::Practice => "practice",
            Self::Password => "password",
        }
    }
}

/// The shortest password that is accepted, in characters.
pub const MIN_PASSWORD: usize = 12;

impl Person {
    /// The person with outer blanks removed, if every field is usable.
    pub fn checked(mut self) -> Result<Self, Refused> {
        self.name = self.name.trim().to_owned();
        self.email = address(&self.email)?;
        if self.name.is_empty()
            || self.name.chars().count() > 120
            || self.name.chars().any(is_unseen)
            || !self.name.chars().any(char::is_alphanumeric)
        {
            return Err(Refused::Name);
        }
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            return Err(Refused::Zone(self.zone));
        }
        if self.side != Side::Delivery && self.practice != PracticeRole::None {
            return Err(Refused::Practice);
        }
        Ok(self)
    }

    /// At most two letters that stand for the person.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// An e-mail address as it is kept: without outer blanks, in small letters.
pub fn address(text: &str) -> Result<String, Refused> {
    let email = text.trim().to_lowercase();
    let usable = email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.starts_with('.'));
    if !usable || email.len() > 254 || email.contains(|c: char| !c.is_ascii_graphic() || "<>,;".contains(c)) {
        return Err(Refused::Email(email));
    }
    Ok(email)
}

/// The longest site, in characters.
pub const MAX_SITE: usize = 120;

/// Whether a text of one line can be shown as it is.
pub fn is_plain(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(is_unseen)
}

/// Characters that cannot be seen or that turn the text around them. Joiners stay: some scripts need them.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    words.next().into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, email: &str, zone: &str) -> Person {
        Person {
            id: "p".into(),
            name: name.into(),
            email: email.into(),
            side: Side::Delivery,
            zone: zone.into(),
            practice: PracticeRole::Member,
        }
    }

    #[test]
    fn unusable_details_are_refused_by_name() {
        assert_eq!(person(" ", "a@b.c", "UTC").checked(), Err(Refused::Name));
        let customer = Person { side: Side::Customer, ..person("Eve", "eve@b.c", "UTC") };
        assert_eq!(customer.checked(), Err(Refused::Practice));
        for name in ["\u{202E}", "Ann\u{202E}eeL", "Ann\u{200B}", "..."] {
            assert_eq!(person(name, "a@b.c", "UTC").checked(), Err(Refused::Name), "{name:?}");
        }
        let look_alikes = ["ann@example.com\u{200B}", "ＡＮＮ@example.com"];
        for email in ["ann", "ann@", "@host.com", "a b@host.com", "ann@host", "a@b.c,d@e.f"].into_iter().chain(look_alikes) {
            assert!(matches!(person("Ann", email, "UTC").checked(), Err(Refused::Email(_))), "{email}");
        }
        assert_eq!(person("Ann", "a@b.c", "Mars/Base").checked(), Err(Refused::Zone("Mars/Base".into())));
        assert_eq!(person(" Ann ", "Ann@B.Com ", "UTC").checked().map(|it| (it.name, it.email)), Ok(("Ann".into(), "ann@b.com".into())));
        assert_eq!(initials("Ann Marie Lee"), "AL");
    }
}
