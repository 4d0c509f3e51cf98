//! Tailoring again, mid-way: what would change, as one diff, and the engagement after it.
//! Work that was done is never dropped; dates set by hand stay.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Engagement, expand::side_of, tailor::Dated, tailor::Tailored};
use crate::{
    access::need::Turned,
    checklist::{
        item::{Content, Item},
        status::{State, Status},
    },
    ids::{ItemId, TaskId},
    kit::{Kit, Side},
    people::Member,
    schedule::Computed,
};

/// What tailoring again would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    pub added: Vec<Line>,
    /// No longer needed, and nobody had begun.
    pub left_out: Vec<Line>,
    /// No longer needed, but work was done: it stays.
    pub kept: Vec<Line>,
    /// Needed again.
    pub returned: Vec<Line>,
    pub moved: Vec<MovedDate>,
    /// Dates that stay though their rule leads elsewhere now.
    pub stayed: Vec<Line>,
    pub changed: Vec<Changed>,
    pub milestones: Vec<MovedDate>,
    /// What the engagement is called, whose it is and where it is at home.
    #[serde(default)]
    pub names: Vec<Renamed>,
    /// What becomes of people's access.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<Turned>,
}

/// A word of the setup that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// `title`, `customer`, `sow` or `zone`.
    pub field: String,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub key: String,
    pub title: String,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MovedDate {
    pub key: String,
    pub title: String,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub key: String,
    pub title: String,
    /// Names of the fields.
    pub fields: Vec<String>,
}

impl Diff {
    /// The diff without the items of these keys and without internal access, and what of it is about them.
    pub fn split(self, hidden: &BTreeSet<&str>) -> (Self, Self) {
        macro_rules! split {
            ($($list:ident),*) => {{
                $(let (inside, outside): (Vec<_>, Vec<_>) = self.$list.into_iter().partition(|line| hidden.contains(line.key.as_str()));
                let $list = (outside, inside);)*
                let (inside, outside) = self.access.into_iter().partition(|it| it.internal);
                let shared = Self { $($list: $list.0,)* milestones: self.milestones, names: self.names, access: outside };
                (shared, Self { $($list: $list.1,)* access: inside, ..Self::default() })
            }};
        }
        split!(added, left_out, kept, returned, moved, stayed, changed)
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Items after tailoring again: those that changed, those that are new, and the diff to look at first.
#[derive(Clone, Debug)]
pub struct Retailored {
    pub items: Vec<Item>,
    pub added: Vec<Item>,
    pub diff: Diff,
}

/// What making new items needs from outside.
pub struct Making<'a> {
    pub kits: &'a [&'a Kit],
    pub now: Timestamp,
    /// A fresh id each time.
    pub id: &'a mut dyn FnMut() -> ItemId,
}

impl Making<'_> {
    /// The items of a new engagement.
    pub fn items(&mut self, tailored: &Tailored) -> Vec<Arc<Item>> {
        let mut ids: BTreeMap<&str, ItemId> = BTreeMap::new();
        let mut items = Vec::with_capacity(tailored.items.len());
        for (position, dated) in tailored.items.iter().enumerate() {
            let item = self.item(dated, position, |key| ids.get(key).cloned());
            ids.insert(&dated.draft.key, item.id.clone());
            items.push(Arc::new(item));
        }
        items
    }

    fn item(&mut self, dated: &Dated, position: usize, parent: impl Fn(&str) -> Option<ItemId>) -> Item {
        let draft = &dated.draft;
        let side = draft.content.owners.first().and_then(|role| side_of(self.kits, role)).unwrap_or(Side::Delivery);
        Item {
            key: draft.key.clone(),
            kit: Some(draft.kit.clone()),
            task: draft.task.clone(),
            activity: draft.activity.clone(),
            parent: draft.parent.as_deref().and_then(parent),
            position: position_of(position),
            person: draft.person.clone(),
            workstream: draft.workstream.clone(),
            due: dated.due.clone(),
            start_by: dated.start_by,
            ..Item::to_do((self.id)(), Arc::new(draft.content.clone()), side.into(), self.now)
        }
    }

    /// What tailoring again makes of an engagement.
    pub fn again(&mut self, engagement: &Engagement, tailored: &Tailored, renamed: &BTreeMap<TaskId, TaskId>) -> Retailored {
        let mut result = Retailored {
            items: Vec::new(),
            added: Vec::new(),
            diff: Diff { milestones: moved_milestones(engagement, tailored), ..Diff::default() },
        };
        let mut left: BTreeMap<String, &Arc<Item>> =
            engagement.items.iter().filter(|item| item.kit.is_some()).map(|item| (renamed_key(item, renamed), item)).collect();
        let mut ids: BTreeMap<&str, ItemId> = left
            .iter()
            .filter_map(|(key, item)| Some((tailored.items.iter().find(|it| &it.draft.key == key)?.draft.key.as_str(), item.id.clone())))
            .collect();
        // The order is the team's once it is opened: what is there stays in its place, what is new comes after what it follows.
        let mut place = 0;
        for dated in &tailored.items {
            let key = dated.draft.key.as_str();
            if let Some(item) = left.remove(key) {
                place = item.position;
                let parent = dated.draft.parent.as_deref().and_then(|key| ids.get(key).cloned());
                self.follow(item, (dated, parent), (tailored, &engagement.members), &mut result);
            } else {
                place += 1;
                let item = Item { position: place, ..self.item(dated, 0, |key| ids.get(key).cloned()) };
                ids.insert(key, item.id.clone());
                result.diff.added.push(Line {
                    key: item.key.clone(),
                    title: item.content.title.clone(),
                    why: item.content.because.clone(),
                });
                result.added.push(item);
            }
        }
        for item in left.into_values().filter(|item| !item.removed && !item.tailored_out) {
            self.leave_out(item, tailored, &mut result);
        }
        result
    }

    fn follow(
        &self,
        item: &Item,
        (dated, parent): (&Dated, Option<ItemId>),
        (tailored, members): (&Tailored, &[Member]),
        result: &mut Retailored,
    ) {
        let mut next = item.clone();
        let line = |why: &str| Line { key: dated.draft.key.clone(), title: item.content.title.clone(), why: why.to_owned() };
        next.key.clone_from(&dated.draft.key);
        next.task = dated.draft.task.clone();
        next.activity = dated.draft.activity.clone();
        next.parent = parent;
        if item.tailored_out {
            next.tailored_out = false;
            next.status = Status::to_do(self.now);
            result.diff.returned.push(line(&dated.draft.content.because));
        }
        let closed = item.state().is_closed() && !item.tailored_out;
        if !closed {
            let fields = take_over(&mut next, &dated.draft.content);
            if fields.iter().any(|field| field != "because" && field != "undecided" && field != "after") {
                result.diff.changed.push(Changed { key: next.key.clone(), title: item.content.title.clone(), fields });
            }
        }
        let own = if next.edited.contains("due") { tailored.due(&next, members) } else { dated.due.clone() };
        let (from, to) = (item.due_on(), own.as_ref().and_then(Computed::date));
        if item.pinned || closed {
            if from != to && !item.removed {
                result.diff.stayed.push(line(if item.pinned { "date set by hand" } else { "closed" }));
            }
        } else {
            if from != to && !item.removed {
                let why = own.as_ref().map(ToString::to_string).unwrap_or_default();
                result.diff.moved.push(MovedDate { key: next.key.clone(), title: item.content.title.clone(), from, to, why });
            }
            next.due = own;
            next = next.moved_from(from, self.now);
            // A way out, or somebody's own lead time, stands above the kit's.
            next.start_by = to.zip(next.lead()).and_then(|(due, lead)| tailored.calendars.start_by(due, lead).ok());
        }
        if next != *item {
            next.version += 1;
            result.items.push(next);
        }
    }

    fn leave_out(&self, item: &Item, tailored: &Tailored, result: &mut Retailored) {
        let because = tailored
            .left_out
            .iter()
            .find(|it| it.key == item.key || it.key == item.task.0)
            .map_or("the kit no longer has it", |it| &it.because);
        let line = Line { key: item.key.clone(), title: item.content.title.clone(), why: because.to_owned() };
        let untouched = item.state() == State::ToDo && item.proofs.is_empty() && item.all_comments() == 0 && item.way_out.is_none();
        if !untouched {
            result.diff.kept.push(line);
            return;
        }
        let status = Status { state: State::NotApplicable, since: self.now, by: None, reason: Some(because.to_owned()), third_party: None };
        result.items.push(Item { status, tailored_out: true, version: item.version + 1, ..item.clone() });
        result.diff.left_out.push(line);
    }
}

/// Room between two items, for items that people put there by hand.
pub const POSITION_STEP: u32 = 1_000;

fn position_of(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX).saturating_mul(POSITION_STEP)
}

fn renamed_key(item: &Item, renamed: &BTreeMap<TaskId, TaskId>) -> String {
    match renamed.get(&item.task) {
        Some(to) => item.key.replacen(item.task.as_str(), to.as_str(), 1),
        None => item.key.clone(),
    }
}

/// Takes over what the kit says now, but for fields that somebody edited by hand. What changed comes back by name.
fn take_over(item: &mut Item, new: &Content) -> Vec<String> {
    let old = &*item.content;
    let mut next = old.clone();
    let mut fields = Vec::new();
    macro_rules! fields {
        ($($field:ident),*) => {$(
            if old.$field != new.$field && !item.edited.contains(stringify!($field)) {
                next.$field = new.$field.clone();
                fields.push(stringify!($field).to_owned());
            }
        )*};
    }
    fields!(
        title,
        description,
        src,
        owners,
        due,
        lead,
        lead_proposed,
        after,
        needs,
        gates,
        evidence,
        accepted_by,
        internal,
        ways_out,
        accept,
        tools,
        links,
        notes,
        because,
        undecided
    );
    if !fields.is_empty() {
        item.content = Arc::new(next);
    }
    fields
}

fn moved_milestones(engagement: &Engagement, tailored: &Tailored) -> Vec<MovedDate> {
    let moved = tailored.milestones.iter().filter_map(|milestone| {
        let from = engagement.plan.milestones.iter().find(|it| it.id == milestone.id).and_then(|it| it.when.date());
        let to = milestone.when.date();
        (from != to).then(|| MovedDate {
            key: milestone.id.0.clone(),
            title: milestone.title.clone(),
            from,
            to,
            why: milestone.when.to_string(),
        })
    });
    moved.collect()
}
