//! Letters: what is mailed to one person, from the change that asked for it until a mail server took it.

pub mod reminder;

use std::fmt;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use self::reminder::Reminder;
use crate::{
    access::Step,
    ids::{EngagementId, LetterId, PersonId},
    rights::link::CODE_LIFE,
};

/// How long letters are kept after they were sent or given up.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The first wait after a letter did not go out. Each further one is twice as long, up to [`LONGEST_WAIT`].
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// How long what was said of a day is worth reading.
const DIGEST_LIFE: SignedDuration = SignedDuration::from_hours(16);

/// How long it is tried to send a letter that does not grow stale.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// One letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Also the name that mail servers know it by: whoever gets it twice can see that it is one.
    pub id: LetterId,
    pub person: PersonId,
    pub engagement: Option<EngagementId>,
    /// Name and address as of when it was written.
    pub name: String,
    pub address: String,
    pub message: Message,
    pub written_at: Timestamp,
}

/// What a letter says. The words are found when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// A link that opens an engagement.
    Link {
        engagement: String,
        customer: String,
        from: String,
        secret: Secret,
        until: Timestamp,
        /// The last day of it where its reader is.
        #[serde(default)]
        day: Option<Date>,
    },
    /// A code that proves whose a link is.
    Code { engagement: String, code: Secret },
    /// What is somebody's to do, once a day at most.
    Digest { parts: Vec<DigestPart> },
    /// What somebody else did with the reader's access, all of one change.
    Access {
        engagement: String,
        customer: String,
        from: String,
        lines: Vec<AccessLine>,
        /// Of a link, for those who have no account.
        #[serde(default)]
        secret: Option<Secret>,
    },
    /// Somebody's access ends at once: what the reader has to see to.
    AtOnce {
        engagement: String,
        customer: String,
        from: String,
        whose: String,
        why: String,
        lines: Vec<String>,
        /// Of a link, for those who have no account.
        #[serde(default)]
        secret: Option<Secret>,
    },
    /// Somebody wrote down that the reader allows an exception from a policy.
    Excepted {
        engagement: String,
        customer: String,
        from: String,
        whose: String,
        resource: String,
        until: Date,
        why: String,
        /// Of a link, for those who have no account.
        #[serde(default)]
        secret: Option<Secret>,
    },
    /// What the reader signs in with changed. Whoever did not do it learns of it.
    Security { change: SecurityChange, at: Timestamp, by: Option<String> },
}

/// What changed of how somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SecurityChange {
    PasskeyAdded {
        title: String,
    },
    PasskeyRemoved {
        title: String,
    },
    AllPasskeysRemoved,
    PasswordChanged,
    AddressChanged,
    /// Other addresses, by which they are known as well.
    AddressesChanged,
    SecondFactorSet,
    SecondFactorEnded,
}

/// One move of a person's access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLine {
    pub resource: String,
    pub step: Step,
    pub note: String,
}

/// What a digest tells of one engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestPart {
    pub engagement: EngagementId,
    pub title: String,
    pub customer: String,
    pub reminders: Vec<Reminder>,
    /// Of a link, for those who have no account.
    pub secret: Option<Secret>,
}

/// What opens something: written to the letter, never to a log.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is sent when its time comes; what kept it so far, if it was tried.
    Waiting {
        due_at: Timestamp,
        tries: u32,
        why: Option<String>,
    },
    Sent {
        at: Timestamp,
    },
    /// It will not be tried again.
    GivenUp {
        at: Timestamp,
        why: String,
    },
}

/// Why a letter is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAgain {
    #[error("it went out already")]
    Sent,
    #[error("what it opened is forgotten: make a new link, or have a new code asked for")]
    Forgotten,
    #[error("what it says is of no use any more")]
    Stale,
}

impl Message {
    /// Whether it has what opens something, or had it.
    pub fn opens(&self) -> bool {
        match self {
            Self::Link { .. } | Self::Code { .. } => true,
            Self::Digest { parts } => parts.iter().any(|part| part.secret.is_some()),
            Self::Access { secret, .. } | Self::AtOnce { secret, .. } | Self::Excepted { secret, .. } => secret.is_some(),
            Self::Security { .. } => false,
        }
    }

    /// The word that is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Link { .. } => "link",
            Self::Code { .. } => "code",
            Self::Digest { .. } => "digest",
            Self::Access { .. } => "access",
            Self::Security { .. } => "security",
            Self::AtOnce { .. } => "at_once",
            Self::Excepted { .. } => "excepted",
        }
    }

    /// When it says nothing of use any more.
    fn stale_at(&self, written_at: Timestamp) -> Timestamp {
        let after = |life| written_at.checked_add(life).unwrap_or(Timestamp::MAX);
        match self {
            Self::Link { until, .. } => after(PATIENCE).min(*until),
            Self::Code { .. } => after(CODE_LIFE),
            Self::Digest { .. } => after(DIGEST_LIFE),
            Self::Access { .. } | Self::Security { .. } | Self::AtOnce { .. } | Self::Excepted { .. } => after(PATIENCE),
        }
    }

    /// What is kept once it is sent: what opens something is for its reader alone.
    #[must_use]
    pub fn without_secret(mut self) -> Self {
        match &mut self {
            Self::Link { secret, .. } | Self::Code { code: secret, .. } => *secret = Secret::default(),
            Self::Access { secret, .. } | Self::AtOnce { secret, .. } | Self::Excepted { secret, .. } => {
                *secret = secret.as_ref().map(|_| Secret::default());
            }
            Self::Security { .. } => {}
            Self::Digest { parts } => {
                for secret in parts.iter_mut().filter_map(|part| part.secret.as_mut()) {
                    *secret = Secret::default();
                }
            }
        }
        self
    }
}

impl Letter {
    /// Whether it would say nothing of use any more.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now >= self.message.stale_at(self.written_at)
    }

    /// Whether it may be tried once more at once: what waits, and what was given up as long as nothing of it is missing.
    pub fn may_go_again(&self, fate: &Fate, now: Timestamp) -> Result<(), NotAgain> {
        match fate {
            Fate::Sent { .. } => Err(NotAgain::Sent),
            _ if self.is_stale(now) => Err(NotAgain::Stale),
            Fate::GivenUp { .. } if self.message.opens() => Err(NotAgain::Forgotten),
            Fate::GivenUp { .. } | Fate::Waiting { .. } => Ok(()),
        }
    }

    /// When to try again after the given number of tries that failed; `None` where it would come too late.
    pub fn next_try(&self, tries: u32, now: Timestamp) -> Option<Timestamp> {
        let wait = FIRST_WAIT.checked_mul(1 << tries.saturating_sub(1).min(16)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
        now.checked_add(wait).ok().filter(|next| *next < self.message.stale_at(self.written_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(message: Message) -> Letter {
        Letter {
            id: "l".into(),
            person: "bob".into(),
            engagement: Some("e".into()),
            name: "Bob".to_owned(),
            address: "bob@northwind.example".to_owned(),
            message,
            written_at: at("2026-11-23T08:00:00Z"),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn link(until: &str) -> Message {
        let text = String::new;
        Message::Link {
            engagement: text(),
            customer: text(),
            from: text(),
            secret: Secret("s3cr3t".to_owned()),
            until: at(until),
            day: None,
        }
    }

    #[test]
    fn the_waits_double_up_to_half_an_hour_and_a_server_that_is_down_for_a_day_loses_nothing() {
        let (letter, mut now) = (letter(link("2027-01-01T00:00:00Z")), at("2026-11-23T08:00:00Z"));
        let mut waits = Vec::new();
        for tries in 1..=60 {
            let next = letter.next_try(tries, now).unwrap();
            waits.push((next - now).total(jiff::Unit::Second).unwrap());
            now = next;
        }
        assert_eq!(waits[..8], [30., 60., 120., 240., 480., 960., 1800., 1800.]);
        assert!(now > at("2026-11-24T08:00:00Z"));
    }

    #[test]
    fn what_would_come_too_late_is_given_up() {
        let code = letter(Message::Code { engagement: String::new(), code: Secret("123456".to_owned()) });
        assert!(code.next_try(1, at("2026-11-23T08:14:00Z")).is_some());
        assert_eq!(code.next_try(1, at("2026-11-23T08:14:31Z")), None);
        assert_eq!(letter(link("2026-11-23T09:00:00Z")).next_try(1, at("2026-11-23T09:00:00Z")), None);
        assert_eq!(letter(link("2027-01-01T00:00:00Z")).next_try(1, at("2026-11-28T08:00:00Z")), None);
    }

    #[test]
    fn a_secret_is_not_in_what_is_logged_nor_in_what_is_kept_after_sending() {
        let letter = letter(link("2027-01-01T00:00:00Z"));
        assert!(!format!("{letter:?}").contains("s3cr3t"));
        let kept = serde_json::to_string(&letter.message.without_secret()).unwrap();
        assert!(!kept.contains("s3cr3t") && kept.contains(r#""kind":"link""#), "{kept}");
    }
}
