//! Sheets in memory, so that a page costs what changed and not what it shows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;
use tminus_app::store::View;
use tminus_domain::ids::EngagementId;

use super::{days::Days, sheet::Sheet};

/// How many sheets are kept. One has about a kilobyte for each item.
const MAX: usize = 96;

/// One checklist for one circle of readers.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    engagement: EngagementId,
    sees_internal: bool,
    works: bool,
}

#[derive(Default)]
pub(crate) struct Sheets {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    sheets: HashMap<Key, Entry>,
    turn: u64,
}

struct Entry {
    revision: i64,
    sheet: Arc<Sheet>,
    used: u64,
}

impl Sheets {
    /// The sheet of a view today. `works`: whoever looks may choose rows.
    pub(crate) fn of(&self, view: &View, today: Date, works: bool) -> Arc<Sheet> {
        let engagement = &view.engagement;
        let key = Key { engagement: engagement.id.clone(), sees_internal: view.scope.sees_internal(), works };
        let (calendars, zone) = (&engagement.plan.setup.calendars, engagement.plan.setup.zone.as_str());
        let days = match self.with(|kept| kept.find(&key)) {
            Some((revision, sheet)) if revision == engagement.revision && sheet.days.today == today => return sheet,
            Some((_, sheet)) if sheet.days.fits(calendars, zone, today) => sheet.days.clone(),
            _ => Arc::new(Days::of(calendars, zone, today)),
        };
        let sheet = Arc::new(Sheet::of(engagement, days, works));
        self.with(|kept| kept.keep(key, engagement.revision, sheet.clone()));
        sheet
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        // What is kept is whole whenever the lock is free, also after a panic.
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn find(&mut self, key: &Key) -> Option<(i64, Arc<Sheet>)> {
        self.turn += 1;
        let entry = self.sheets.get_mut(key)?;
        entry.used = self.turn;
        Some((entry.revision, entry.sheet.clone()))
    }

    fn keep(&mut self, key: Key, revision: i64, sheet: Arc<Sheet>) {
        self.turn += 1;
        self.sheets.insert(key, Entry { revision, sheet, used: self.turn });
        while self.sheets.len() > MAX {
            let Some(oldest) = self.sheets.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone()) else { return };
            self.sheets.remove(&oldest);
        }
    }
}
