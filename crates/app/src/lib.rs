//! Every operation a person or a program can do: authorise, load, decide, save, record.

pub mod access;
pub mod checklist;
pub mod engagement;
mod failure;
pub mod kit;
pub mod mail;
pub mod people;
pub mod portfolio;
pub mod record;
pub mod rights;
pub mod spreadsheet;
#[cfg(any(test, feature = "testing"))]
pub mod world;

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tminus_connect::{probe::Probe, scanner::Scanner};
use tminus_domain::{
    engagement::{Engagement, retention::Keep},
    ids::EngagementId,
    rights::{Actor, Denied, PracticeScope, Right, Standing, authorize, authorize_practice, permit},
};
use tminus_store::{Change, Store, View};

pub use failure::{Failure, Held, HeldAccess, Refusal};
pub use tminus_kits as kits;
pub use tminus_store as store;

/// Time and chance come in from outside, so that tests can set them.
#[derive(Clone)]
pub struct Surroundings {
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// 16 random bytes, fresh at each call.
    pub random: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
}

#[derive(Clone)]
pub struct App {
    pub store: Store,
    surroundings: Surroundings,
    providers: Arc<[rights::provider::Provider]>,
    scanner: Option<Arc<Scanner>>,
    probe: Option<Arc<Probe>>,
    keep: Keep,
}

impl App {
    pub fn new(store: Store, surroundings: Surroundings) -> Self {
        Self { store, surroundings, providers: Arc::default(), scanner: None, probe: None, keep: Keep::default() }
    }

    /// Lets people in also on the word of providers of identities.
    #[must_use]
    pub fn with_providers(self, providers: Vec<rights::provider::Provider>) -> Self {
        Self { providers: providers.into(), ..self }
    }

    /// Lets a program look for malware in every file before it is kept.
    #[must_use]
    pub fn with_scanner(self, scanner: Option<Scanner>) -> Self {
        Self { scanner: scanner.map(Arc::new), ..self }
    }

    /// Lets a program ask the tools themselves whether they let somebody in.
    #[must_use]
    pub fn with_probe(self, probe: Option<Probe>) -> Self {
        Self { probe: probe.map(Arc::new), ..self }
    }

    /// How long engagements that ended keep personal data, where they do not say so themselves.
    #[must_use]
    pub fn with_keep(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    pub fn keep(&self) -> Keep {
        self.keep
    }

    pub fn now(&self) -> Timestamp {
        (self.surroundings.now)()
    }

    /// The date in a time zone; UTC where the zone is not known.
    pub fn today(&self, zone: &str) -> Date {
        self.now().to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)).date()
    }

    /// What an actor may see of an engagement, if they have the right.
    pub async fn view(&self, actor: &Actor, engagement: &EngagementId, right: Right) -> Result<View, Failure> {
        let snapshot = self.store.snapshot(engagement).await?.ok_or(Failure::NotFound)?;
        let scope = authorize(actor, snapshot.ground(self.today(snapshot.zone())), right)?;
        Ok(snapshot.open(scope))
    }

    /// Whether somebody has a right on an engagement today.
    pub(crate) fn permit(&self, actor: &Actor, engagement: &Engagement, right: Right) -> Result<Standing, Denied> {
        permit(actor, engagement.ground(self.today(&engagement.plan.setup.zone)), right)
    }

    pub(crate) async fn change(&self, actor: &Actor, engagement: &EngagementId, right: Right) -> Result<Change, Failure> {
        self.change_at(actor, engagement, right, right).await
    }

    /// Like [`App::change`] for whoever works, also after the end: access, and what the engagement has as a whole, is seen to its end.
    pub(crate) async fn change_access(&self, actor: &Actor, engagement: &EngagementId, right: Right) -> Result<Change, Failure> {
        self.change_at(actor, engagement, right, Right::MoveAccess).await
    }

    /// Holds an engagement for an actor who has the right, at a stage that still allows what is done by `outlives`.
    async fn change_at(&self, actor: &Actor, engagement: &EngagementId, right: Right, outlives: Right) -> Result<Change, Failure> {
        let locked = self.store.lock(engagement).await?.ok_or(Failure::NotFound)?;
        let scope = authorize(actor, locked.ground(self.today(locked.zone())), right)?;
        let change = locked.enter(scope);
        engagement::retention::still_changes(change.engagement(), outlives)?;
        Ok(change)
    }

    pub(crate) fn practice(actor: &Actor, right: Right) -> Result<PracticeScope, Failure> {
        Ok(authorize_practice(actor, right)?)
    }

    /// A fresh id: 26 letters and digits, in the order of time within a second.
    pub(crate) fn fresh_id(&self) -> String {
        let mut bytes = (self.surroundings.random)();
        let seconds = u32::try_from(self.now().as_second()).unwrap_or_default();
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        base32(&bytes)
    }

    /// A secret that cannot be guessed: 52 letters and digits.
    pub(crate) fn secret(&self) -> String {
        base32(&(self.surroundings.random)()) + &base32(&(self.surroundings.random)())
    }

    /// Six digits that cannot be guessed in a few tries.
    pub(crate) fn code(&self) -> String {
        format!("{:06}", u128::from_be_bytes((self.surroundings.random)()) % 1_000_000)
    }

    /// What keeps short texts of the record from being guessed by their digest.
    pub(crate) fn salt(&self) -> String {
        base32(&(self.surroundings.random)())
    }
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

pub(crate) fn sha256_hex(text: &[u8]) -> String {
    use sha2::Digest;
    tminus_domain::record::chain::hex(&sha2::Sha256::digest(text))
}
