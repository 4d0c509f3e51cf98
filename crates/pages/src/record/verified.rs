//! A whole chain, checked entry by entry on the server.

use tminus_app::{
    Failure,
    record::{export_practice_record, export_record},
};
use tminus_domain::{
    ids::EngagementId,
    record::chain::{Broken, Verifier},
};

use crate::{
    caller::Caller,
    draw::{self, Chain, Drawing},
};

/// What checking the whole chain found.
pub(super) struct Verified {
    pub(super) entries: usize,
    pub(super) erased: u64,
    pub(super) head: String,
    /// The first thing that is wrong.
    pub(super) broken: String,
    pub(super) drawing: Drawing,
}

impl Verified {
    /// Reads the record of an engagement, or else of the practice, stretch after stretch.
    pub(super) async fn of(caller: &Caller, engagement: Option<&EngagementId>) -> Result<Self, Failure> {
        let mut verifier = Verifier::default();
        let mut broken = String::new();
        let head = loop {
            let after = verifier.head().number;
            let (entries, head) = match engagement {
                Some(engagement) => export_record(caller.app(), &caller.actor, engagement, after).await?,
                None => export_practice_record(caller.app(), &caller.actor, after).await?,
            };
            if let Err(wrong) = entries.iter().try_for_each(|entry| verifier.check(entry)) {
                broken = wrong.to_string();
                break head;
            }
            // What came in meanwhile is behind the head: it is looked at again.
            if verifier.head().number == head.number || entries.is_empty() {
                break head;
            }
        };
        let at = verifier.head().number;
        // Entries at the end that the head knows of and the record has not.
        if broken.is_empty() && verifier.head() != &head {
            broken = Broken::Link { number: at + 1 }.to_string();
        }
        let broken_at = (!broken.is_empty()).then_some(at + 1);
        let drawing = draw::chain(Chain { entries: head.number.max(1), broken_at });
        let entries = usize::try_from(at).unwrap_or(usize::MAX);
        Ok(Self { entries, erased: verifier.erased(), head: head.hash, broken, drawing })
    }
}
