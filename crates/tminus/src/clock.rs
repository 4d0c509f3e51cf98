//! The only clock and the only chance in Tminus. Everything else takes them as parameters.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use tminus_app::Surroundings;

#[expect(clippy::disallowed_methods, reason = "this is the clock that others take as a parameter")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// 16 bytes that nobody can guess. Without them there is no secret: the program ends.
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        eprintln!("The system gives no random numbers, and without them no secret is safe: {error}");
        std::process::abort();
    }
    bytes
}

pub(crate) fn surroundings() -> Surroundings {
    Surroundings { now: Arc::new(now), random: Arc::new(random) }
}

/// A clock that is set, for the past of the sample practice.
#[derive(Clone)]
pub(crate) struct SetClock(Arc<AtomicI64>);

impl SetClock {
    pub(crate) fn at(instant: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(instant.as_second())))
    }

    /// Never back: the record is in order of time.
    pub(crate) fn advance_to(&self, instant: Timestamp) {
        self.0.fetch_max(instant.as_second(), Ordering::Relaxed);
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        let clock = self.0.clone();
        let now = move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH);
        Surroundings { now: Arc::new(now), random: Arc::new(random) }
    }
}

/// A password that is easy to copy and hard to guess: 20 letters and digits in groups, 100 bits.
pub(crate) fn fresh_password() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letters = random().into_iter().chain(random()).take(20).map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    letters.enumerate().fold(String::new(), |mut text, (index, letter)| {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(letter);
        text
    })
}
