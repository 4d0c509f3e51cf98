//! Access: resources, and each person's grant of each, from the first need to the confirmed end.

pub mod appointment;
pub mod booking;
pub mod by_hand;
pub mod ending;
pub mod holding;
pub mod licence;
pub mod linked;
pub mod membership;
pub mod need;
pub mod own;
pub mod policy;
pub mod turn;
pub mod work;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use appointment::Appointment;

use crate::{
    checklist::item::Mark,
    engagement::Engagement,
    ids::{PersonId, ResourceId},
    kit::{Side, access::Resource},
    schedule::Computed,
};

macro_rules! steps {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)?) => {
        /// How far access has come.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Step { $($(#[$doc])* $variant),* }

        impl Step {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::str::FromStr for Step {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or(())
            }
        }
    };
}

steps! {
    #[default]
    Needed = "needed",
    Requested = "requested",
    /// Allowed, and not made yet.
    Approved = "approved",
    /// Made; nobody has tried it yet.
    Granted = "granted",
    /// Somebody has shown that it works.
    Verified = "verified",
    /// It was given, and whoever tried it could not use it: whoever gives it repairs it.
    Broken = "broken",
    Suspended = "suspended",
    RevokeRequested = "revoke_requested",
    Revoked = "revoked",
    /// Somebody who can know has said that it is gone.
    RevocationConfirmed = "revocation_confirmed",
    Rejected = "rejected",
    /// Not needed after all.
    Withdrawn = "withdrawn",
    /// The person goes without.
    Waived = "waived",
}

impl Step {
    /// The person can use it, or could until somebody confirms otherwise.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Granted | Self::Verified | Self::Broken | Self::Suspended | Self::RevokeRequested | Self::Revoked)
    }

    /// Asked for, and not there yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Needed | Self::Requested | Self::Approved | Self::Granted | Self::Broken | Self::Suspended | Self::Rejected)
    }

    /// It counts as there: shown to work, or gone without by decision.
    pub fn satisfies(self) -> bool {
        matches!(self, Self::Verified | Self::Waived)
    }

    /// On its way out or gone.
    pub fn is_ending(self) -> bool {
        matches!(self, Self::RevokeRequested | Self::Revoked | Self::RevocationConfirmed)
    }

    /// Steps that can follow. What was said by mistake can be said right again.
    pub fn next(self) -> &'static [Self] {
        use Step::{
            Approved, Broken, Granted, Needed, Rejected, Requested, RevocationConfirmed, RevokeRequested, Revoked, Suspended, Verified,
            Waived, Withdrawn,
        };
        match self {
            Needed => &[Requested, Granted, Verified, Withdrawn, Waived],
            Requested => &[Approved, Granted, Verified, Rejected, Needed, Withdrawn, Waived],
            Approved => &[Granted, Verified, Rejected, Requested, Withdrawn, Waived],
            Granted => &[Verified, Broken, Suspended, RevokeRequested, Revoked, Requested],
            Verified => &[Broken, Granted, Suspended, RevokeRequested, Revoked],
            Broken => &[Verified, Granted, Suspended, RevokeRequested, Revoked],
            Suspended => &[Granted, Verified, RevokeRequested, Revoked],
            RevokeRequested => &[Revoked, RevocationConfirmed, Granted],
            Revoked => &[RevocationConfirmed, RevokeRequested],
            RevocationConfirmed => &[RevokeRequested, Needed],
            Rejected => &[Requested, Needed, Withdrawn, Waived],
            Withdrawn | Waived => &[Needed, Requested],
        }
    }
}

/// How it was shown that access works, or that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The person used it.
    Person,
    /// Somebody who gives it looked.
    Administrator,
    /// What was written down or linked shows it.
    Evidence,
    /// Tminus asked the tool.
    Probe,
    /// It was tried, and refused.
    Refused,
    /// Somebody of the side that gives it said so.
    Word,
}

/// How somebody knows that what another side gives is gone. Nobody confirms that alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// It was tried, and refused: a sign-in, a door, a letter to a list.
    Refused,
    /// This person of the side that gives it said so.
    Word(PersonId),
}

impl From<&str> for Shown {
    /// `refused`, or the id of a person.
    fn from(text: &str) -> Self {
        if text == "refused" { Self::Refused } else { Self::Word(text.into()) }
    }
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Administrator => "administrator",
            Self::Evidence => "evidence",
            Self::Probe => "probe",
            Self::Refused => "refused",
            Self::Word => "word",
        }
    }
}

/// One person's access to one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    pub person: PersonId,
    pub resource: ResourceId,
    pub step: Step,
    pub since: Timestamp,
    #[serde(default)]
    pub by: Option<PersonId>,
    /// Why it was refused, suspended or is not needed; what shows that it works.
    #[serde(default)]
    pub note: String,
    /// The number of the request where it was made: `SEC-2291`.
    #[serde(default)]
    pub ticket: String,
    /// What the kit asks to keep of it besides, by what it is called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// When and where they get it in person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    #[serde(default)]
    pub how: Option<How>,
    /// Whose word it was that it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word_of: Option<PersonId>,
    /// The last day on which it works, where it has one.
    #[serde(default)]
    pub until: Option<Date>,
    /// Whether the person needs it: by the kit's table, or because somebody said so.
    pub wanted: bool,
    /// Somebody said so, and the table does not.
    #[serde(default)]
    pub by_hand: bool,
    /// Why: the row of the table in words.
    #[serde(default)]
    pub because: String,
    #[serde(default)]
    pub due: Option<Computed>,
    #[serde(default)]
    pub start_by: Option<Date>,
    #[serde(default)]
    pub exception: Option<Exception>,
    #[serde(default)]
    pub carried: Option<Carried>,
    /// Counts the changes of this grant. A move names the version it saw.
    pub version: u32,
}

/// Leave to do what a policy forbids, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub policy: crate::ids::PolicyId,
    pub approver: PersonId,
    pub until: Date,
    pub reason: String,
    pub mark: Mark,
}

/// Access that outlives the engagement: somebody answers for it until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub owner: PersonId,
    pub until: Date,
    pub mark: Mark,
}

/// How long before its end access is pointed out.
pub const ENDS_SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many business days what was given may wait for somebody to try it.
const UNTRIED: i32 = 2;

impl Grant {
    /// A grant of what somebody needs from now on.
    pub fn needed(person: PersonId, resource: ResourceId, now: Timestamp) -> Self {
        Self {
            person,
            resource,
            step: Step::Needed,
            since: now,
            by: None,
            note: String::new(),
            ticket: String::new(),
            details: BTreeMap::new(),
            appointment: None,
            how: None,
            word_of: None,
            until: None,
            wanted: true,
            by_hand: false,
            because: String::new(),
            due: None,
            start_by: None,
            exception: None,
            carried: None,
            version: 1,
        }
    }

    /// Whether somebody answers for it after the engagement: then it is also theirs to see to its end.
    pub fn is_answered_by(&self, person: &PersonId) -> bool {
        self.carried.as_ref().is_some_and(|carried| &carried.owner == person)
    }

    pub fn due_on(&self) -> Option<Date> {
        self.due.as_ref().and_then(Computed::date)
    }

    /// Its last day has passed, and nobody has taken it away.
    pub fn has_lapsed(&self, today: Date) -> bool {
        matches!(self.step, Step::Granted | Step::Verified | Step::Broken | Step::Suspended)
            && self.until.is_some_and(|until| until < today)
    }

    /// It works, and not for long.
    pub fn ends_soon(&self, today: Date) -> bool {
        let works = matches!(self.step, Step::Granted | Step::Verified);
        let soon = today.checked_add(ENDS_SOON).unwrap_or(Date::MAX);
        works && self.until.is_some_and(|until| (today..=soon).contains(&until))
    }

    /// Wanted, not there, and its day has passed.
    pub fn is_late(&self, today: Date) -> bool {
        self.wanted && self.step.is_open() && self.due_on().is_some_and(|due| due < today)
    }

    /// It is still possible to be there in time only with luck: nobody asked by the day on which it had to be asked for, or it was given and nobody
    /// has tried it for some days.
    /// `stands_for` is how many business days it stands at its step.
    pub fn is_short(&self, today: Date, stands_for: Option<i32>) -> bool {
        let late_request = self.step == Step::Needed && self.start_by.is_some_and(|start| start < today);
        let untried = self.step == Step::Granted && stands_for.is_some_and(|days| days > UNTRIED);
        self.wanted && (late_request || untried)
    }

    pub fn is_there(&self, today: Date) -> bool {
        self.step.satisfies() && !self.has_lapsed(today)
    }

    /// What was excepted from a policy and is no longer, on a day.
    pub fn exception_ended(&self, today: Date) -> bool {
        self.step.is_live() && self.exception.as_ref().is_some_and(|exception| exception.until < today)
    }
}

/// People who have all the access that they need, of those who need any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    pub people: u32,
    pub of: u32,
}

impl Engagement {
    pub fn grant(&self, person: &PersonId, resource: &ResourceId) -> Option<&std::sync::Arc<Grant>> {
        self.grants.iter().find(|grant| &grant.person == person && &grant.resource == resource)
    }

    pub fn resource(&self, id: &ResourceId) -> Option<&Resource> {
        self.plan.resources.iter().find(|resource| &resource.id == id)
    }

    /// The side that gives a resource: that of its first role.
    pub fn giving_side(&self, resource: &Resource) -> Side {
        resource.owners.first().and_then(|role| self.role(role)).map_or(Side::Customer, |role| role.side)
    }

    /// Whether something shows that what a side gives is gone: it was tried and refused, or a member of that side said so.
    pub fn bears(&self, shown: Option<&Shown>, giving: Side) -> bool {
        match shown {
            Some(Shown::Refused) => true,
            Some(Shown::Word(person)) => self.member(person).is_some_and(|member| member.side() == giving),
            None => false,
        }
    }

    /// Whether a member gives a resource: they hold one of its roles, and not as everybody does.
    pub fn gives(&self, resource: &Resource, person: &PersonId) -> bool {
        let Some(member) = self.member(person) else { return false };
        resource.owners.iter().any(|role| member.roles.contains(role))
    }

    /// Until which day somebody needs what they need: their last day here, else that of the engagement.
    pub fn needed_until(&self, person: &PersonId) -> Option<Date> {
        let own = self.member(person).and_then(|member| member.until);
        own.into_iter().chain(self.milestone(ending::ENGAGEMENT_END)).min()
    }

    /// The day until which a grant is needed, where it ends before that: a badge, a check, a licence that runs out on the way.
    pub fn ends_early(&self, grant: &Grant) -> Option<Date> {
        let live = grant.wanted && (grant.step.is_open() || grant.step == Step::Verified);
        self.needed_until(&grant.person).filter(|needed| live && grant.until.is_some_and(|until| until < *needed))
    }

    /// Resources before this one that the same person needs and cannot use yet.
    pub fn access_before<'a>(&'a self, resource: &'a Resource, person: &'a PersonId, today: Date) -> impl Iterator<Item = &'a Resource> {
        let missing = move |id: &&ResourceId| {
            let grant = self.grant(person, id);
            grant.is_some_and(|grant| grant.wanted && !grant.is_there(today) && grant.step != Step::Withdrawn)
        };
        resource.after.iter().filter(missing).filter_map(|id| self.resource(id))
    }

    /// How many people have all that they need.
    pub fn access_ready(&self, today: Date) -> Ready {
        let mut ready = Ready::default();
        for member in self.members.iter().filter(|member| member.is_here(today)) {
            let mut wanted = self.grants.iter().filter(|grant| grant.wanted && grant.person == member.person).peekable();
            if wanted.peek().is_some() {
                ready.of += 1;
                ready.people += u32::from(wanted.all(|grant| grant.is_there(today)));
            }
        }
        ready
    }

    /// Grants that have to end: no longer needed, their person gone, lapsed, no longer excepted, or all of them once the engagement ends.
    pub fn to_revoke(&self, today: Date, all: bool) -> impl Iterator<Item = &std::sync::Arc<Grant>> {
        self.grants.iter().filter(move |grant| {
            let gone = self.member(&grant.person).is_none_or(|member| !member.is_here(today));
            let ends = all || gone || !grant.wanted || grant.step.is_ending() || grant.has_lapsed(today) || grant.exception_ended(today);
            let revoked = self.resource(&grant.resource).is_none_or(|resource| resource.kind.is_revoked());
            revoked && ends && grant.step.is_live()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asked_for_or_tried_in_time_is_short() {
        let today: Date = "2026-01-12".parse().unwrap();
        let at = |step, start: Option<&str>| Grant {
            step,
            start_by: start.map(|it| it.parse().unwrap()),
            ..Grant::needed("dee".into(), "vpn".into(), Timestamp::UNIX_EPOCH)
        };
        assert!(at(Step::Needed, Some("2026-01-11")).is_short(today, Some(0)));
        assert!(!at(Step::Needed, Some("2026-01-12")).is_short(today, Some(9)) && !at(Step::Needed, None).is_short(today, Some(9)));
        assert!(!at(Step::Requested, Some("2026-01-11")).is_short(today, Some(9)), "it was asked for");
        assert!(at(Step::Granted, None).is_short(today, Some(3)) && !at(Step::Granted, None).is_short(today, Some(2)));
        assert!(!Grant { wanted: false, ..at(Step::Granted, None) }.is_short(today, Some(3)));
    }
}
