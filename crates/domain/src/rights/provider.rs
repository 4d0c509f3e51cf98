//! What a practice believes a provider of identities, and whom it lets in on its word.

use crate::{kit::Side, rights::PracticeRole};

/// What an operator says of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Stands in addresses and in the record: lower-case letters, digits and hyphens.
    pub id: String,
    /// As people call it.
    pub title: String,
    /// Whose people it speaks for.
    pub side: Side,
    /// The zone of somebody new of whom it does not say one: an IANA time zone.
    pub zone: String,
    /// The mail domains that it speaks for; `*` for all.
    pub domains: Vec<String>,
    /// Whether somebody who is not here yet is added when they first come.
    pub adds: bool,
    /// Whether an address counts of which it does not say that it was checked.
    pub unchecked: bool,
    /// Groups there that make administrators and leads of the practice here. `None` leaves everybody's role as it is here.
    pub roles: Option<Roles>,
    /// How long a session lasts that begins there, in hours.
    pub hours: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    pub administrators: Vec<String>,
    pub leads: Vec<String>,
}

/// Why a provider's word is not enough.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("{0} does not say your e-mail address; ask whoever looks after it")]
    NoAddress(String),
    #[error("{title} does not say that {email} is yours; confirm the address there first")]
    Unchecked { title: String, email: String },
    #[error("{title} does not speak for addresses such as {email}; sign in another way")]
    OtherDomain { title: String, email: String },
    #[error("{title} is not for people of the {} side; sign in another way", .side.as_str())]
    OtherSide { title: String, side: Side },
    #[error("nobody here has the address {0}; ask an administrator of Tminus to add you")]
    NotHere(String),
    #[error("your access here has ended; ask an administrator of Tminus if that is wrong")]
    Ended,
    #[error("{title} calls you “{name}”, and that is no name that can be kept here; have it put right there")]
    Unusable { title: String, name: String },
}

impl Trust {
    /// The address of somebody of whom the provider says it, where its word on it counts.
    pub fn address(&self, email: Option<&str>, checked: Option<bool>) -> Result<String, Distrust> {
        let title = || self.title.clone();
        let email = email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
        let email = email.ok_or_else(|| Distrust::NoAddress(title()))?;
        if !self.speaks_for(&email) {
            return Err(Distrust::OtherDomain { title: title(), email });
        }
        if checked == Some(true) || (checked.is_none() && self.unchecked) {
            Ok(email)
        } else {
            Err(Distrust::Unchecked { title: title(), email })
        }
    }

    /// Whether an address is of a domain that it may speak for.
    pub fn speaks_for(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.iter().any(|it| it == "*" || it.eq_ignore_ascii_case(domain))
    }

    /// The role in the practice of somebody in these groups; `None` leaves it as it is.
    pub fn role(&self, groups: &[String]) -> Option<PracticeRole> {
        let roles = self.roles.as_ref().filter(|_| self.side == Side::Delivery)?;
        let among = |names: &[String]| names.iter().any(|name| groups.contains(name));
        Some(match () {
            () if among(&roles.administrators) => PracticeRole::Administrator,
            () if among(&roles.leads) => PracticeRole::Lead,
            () => PracticeRole::Member,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust() -> Trust {
        Trust {
            id: "acme".to_owned(),
            title: "Acme".to_owned(),
            side: Side::Delivery,
            zone: "UTC".to_owned(),
            domains: vec!["acme.example".to_owned()],
            adds: true,
            unchecked: false,
            roles: Some(Roles { administrators: vec!["admins".to_owned()], leads: vec!["leads".to_owned()] }),
            hours: 24,
        }
    }

    #[test]
    fn an_address_counts_only_where_the_provider_speaks_for_it_and_checked_it() {
        let acme = trust();
        assert_eq!(acme.address(Some(" Ann@ACME.example "), Some(true)), Ok("ann@acme.example".to_owned()));
        for (email, checked) in [(None, Some(true)), (Some("ann@acme.example"), None), (Some("ann@acme.example"), Some(false))] {
            assert!(acme.address(email, checked).is_err(), "{email:?} {checked:?}");
        }
        for foreign in
            ["ann@evil.example", "ann@acme.example@evil.example", "ann@sub.acme.example", "acme.example", "ann@acme.example.evil.example"]
        {
            assert!(matches!(acme.address(Some(foreign), Some(true)), Err(Distrust::OtherDomain { .. })), "{foreign}");
        }
        let lax = Trust { unchecked: true, domains: vec!["*".to_owned()], ..acme };
        assert!(lax.address(Some("ann@any.example"), None).is_ok());
        assert!(lax.address(Some("ann@any.example"), Some(false)).is_err(), "what it denies never counts");
    }

    #[test]
    fn groups_give_the_highest_role_and_none_takes_it_away() {
        let groups = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(trust().role(&groups(&["leads", "admins"])), Some(PracticeRole::Administrator));
        assert_eq!(trust().role(&groups(&["leads"])), Some(PracticeRole::Lead));
        assert_eq!(trust().role(&groups(&["other"])), Some(PracticeRole::Member));
        assert_eq!(Trust { roles: None, ..trust() }.role(&groups(&["admins"])), None);
        assert_eq!(Trust { side: Side::Customer, ..trust() }.role(&groups(&["admins"])), None);
    }
}
