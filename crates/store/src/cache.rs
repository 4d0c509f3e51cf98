//! Snapshots in memory, each under its revision. Whoever reads one asks the database for the revision first.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, KitHash},
    kit::Kit,
};

use crate::engagement::Listed;

/// How many items are kept in memory in all. Beyond it, what was not looked at for longest goes.
const MAX_ITEMS: usize = 60_000;

#[derive(Default)]
pub(crate) struct Cache {
    kept: Mutex<Kept>,
    /// A version of a kit never changes, so it is kept under its hash alone.
    kits: Mutex<HashMap<KitHash, Arc<Kit>>>,
    /// Lines of the list, each with the revision it was read at.
    listed: Mutex<HashMap<EngagementId, (i64, Arc<Listed>)>>,
}

/// How many kits are kept in memory.
const MAX_KITS: usize = 32;
/// How many lines of the list are kept in memory.
const MAX_LISTED: usize = 4_000;

#[derive(Default)]
struct Kept {
    engagements: HashMap<EngagementId, Entry>,
    /// What is being committed.
    coming: HashMap<EngagementId, Arc<Engagement>>,
    items: usize,
    turn: u64,
}

#[derive(Clone)]
struct Entry {
    whole: Arc<Engagement>,
    /// Without anything internal, made when first asked for.
    shared: Option<Arc<Engagement>>,
    used: u64,
    kept: Instant,
}

/// How long a snapshot may be ahead of a revision that somebody read: they read it just before the change was there.
/// Not longer, for a database may also be set back.
const AHEAD: Duration = Duration::from_secs(2);

impl Cache {
    /// The snapshot for somebody who read this revision: of it, or of one that came since.
    pub(crate) fn since(&self, id: &EngagementId, revision: i64) -> Option<Arc<Engagement>> {
        self.with(|kept| {
            if let Some(coming) = kept.coming.get(id).filter(|coming| coming.revision == revision) {
                return Some(coming.clone());
            }
            let newer = |entry: &&Entry| entry.whole.revision > revision && entry.kept.elapsed() < AHEAD;
            let newer = kept.engagements.get(id).filter(newer).map(|entry| entry.whole.clone());
            newer.or_else(|| kept.at(id, revision).map(|entry| entry.whole.clone()))
        })
    }

    /// Says what a commit is about to bring: whoever reads its revision before [`Cache::keep`] finds it here.
    pub(crate) fn expect(&self, engagement: &Arc<Engagement>) {
        self.with(|kept| drop(kept.coming.insert(engagement.id.clone(), engagement.clone())));
    }

    /// The commit failed: nothing came.
    pub(crate) fn forget(&self, id: &EngagementId) {
        self.with(|kept| drop(kept.coming.remove(id)));
    }

    pub(crate) fn whole(&self, id: &EngagementId, revision: i64) -> Option<Arc<Engagement>> {
        self.with(|kept| kept.at(id, revision).map(|entry| entry.whole.clone()))
    }

    pub(crate) fn shared(&self, id: &EngagementId, revision: i64) -> Option<Arc<Engagement>> {
        self.with(|kept| kept.at(id, revision).and_then(|entry| entry.shared.clone()))
    }

    pub(crate) fn keep_shared(&self, engagement: Arc<Engagement>) {
        self.with(|kept| {
            let revision = engagement.revision;
            if let Some(entry) = kept.at(&engagement.id.clone(), revision) {
                entry.shared = Some(engagement);
            }
        });
    }

    /// Keeps a snapshot, unless a later one is kept already.
    pub(crate) fn keep(&self, engagement: &Arc<Engagement>) {
        self.with(|kept| {
            if kept.coming.get(&engagement.id).is_some_and(|coming| coming.revision <= engagement.revision) {
                kept.coming.remove(&engagement.id);
            }
            if kept.engagements.get(&engagement.id).is_some_and(|entry| entry.whole.revision >= engagement.revision) {
                return;
            }
            kept.turn += 1;
            kept.items += engagement.items.len();
            let entry = Entry { whole: engagement.clone(), shared: None, used: kept.turn, kept: Instant::now() };
            if let Some(old) = kept.engagements.insert(engagement.id.clone(), entry) {
                kept.items -= old.whole.items.len();
            }
            kept.shrink();
        });
    }

    pub(crate) fn kit(&self, hash: &KitHash) -> Option<Arc<Kit>> {
        self.kits.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    pub(crate) fn keep_kit(&self, hash: KitHash, kit: Arc<Kit>) {
        let mut kits = self.kits.lock().unwrap_or_else(PoisonError::into_inner);
        if kits.len() >= MAX_KITS {
            kits.clear();
        }
        kits.insert(hash, kit);
    }

    /// Those of the lines that are known at their revisions, by id.
    pub(crate) fn listed(&self, lines: &[(EngagementId, i64)]) -> HashMap<String, Arc<Listed>> {
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |(id, revision): &(EngagementId, i64)| {
            let (at, line) = listed.get(id)?;
            (at == revision).then(|| (id.0.clone(), line.clone()))
        };
        lines.iter().filter_map(known).collect()
    }

    pub(crate) fn keep_listed(&self, line: &Arc<Listed>, revision: i64) {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if listed.len() >= MAX_LISTED && !listed.contains_key(&line.id) {
            listed.clear();
        }
        listed.insert(line.id.clone(), (revision, line.clone()));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        // A panic while holding the lock leaves whole entries: what is kept stays usable.
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn at(&mut self, id: &EngagementId, revision: i64) -> Option<&mut Entry> {
        self.turn += 1;
        let turn = self.turn;
        let entry = self.engagements.get_mut(id).filter(|entry| entry.whole.revision == revision)?;
        entry.used = turn;
        Some(entry)
    }

    fn shrink(&mut self) {
        while self.items > MAX_ITEMS && self.engagements.len() > 1 {
            let Some(oldest) = self.engagements.iter().min_by_key(|(_, entry)| entry.used).map(|(id, _)| id.clone()) else { return };
            if let Some(gone) = self.engagements.remove(&oldest) {
                self.items -= gone.whole.items.len();
            }
        }
    }
}
