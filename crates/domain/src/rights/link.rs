//! Links that open one engagement for one person who has no account, and the codes that prove whose they are.

use jiff::{SignedDuration, Timestamp};

use crate::ids::{EngagementId, LinkId, PersonId};

/// How long a link works where nobody says otherwise, and at most, in days.
pub const DAYS: u32 = 30;
pub const MAX_DAYS: u32 = 180;

/// How many links of one person to one engagement work at a time: of those that people made for them, and of those that came with letters that
/// Tminus itself writes. The oldest end when more are made.
pub const MAX_LIVE: usize = 3;
pub const MAX_WRITTEN: usize = 10;

/// How long after links were asked for at an address none are sent there for asking.
pub const ASK_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// How long somebody stays in after opening a link.
pub const VISIT: SignedDuration = SignedDuration::from_hours(12);

/// How long a code is good, and how often it may be typed wrong.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(15);
pub const CODE_TRIES: u32 = 5;
/// How long after a code another one is not sent.
pub const CODE_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// A link, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub engagement: EngagementId,
    /// Whom it was made for. Nobody else is meant, whoever holds it.
    pub person: PersonId,
    pub made_by: PersonId,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// When somebody last came in by it.
    pub used_at: Option<Timestamp>,
}

/// How long after its end somebody can ask for a new link by an old one.
pub const RENEWABLE: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Link {
    /// Whether its person may ask for a new one: it has expired, not long ago, and nobody revoked it.
    pub fn is_renewable(&self, now: Timestamp) -> bool {
        let ended = now.duration_since(self.expires_at);
        self.revoked_at.is_none() && !ended.is_negative() && ended <= RENEWABLE
    }

    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}
