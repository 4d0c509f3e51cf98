//! Working the checklist.

pub mod arrange;
pub mod comment;
pub mod copy;
pub mod evidence;
pub mod hand_over;
pub mod many;
mod media;
pub mod saved;
pub mod status;
pub mod table;
pub mod together;
pub mod undo;

use std::sync::Arc;

use tminus_domain::{
    access::linked::INSIDE,
    checklist::item::Item,
    engagement::Engagement,
    ids::{EngagementId, ItemId},
    kit::Side,
    people::Member,
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{App, Failure};

/// What a change of items left, with the number by which it is taken back.
#[derive(Clone, Debug)]
pub struct Done<T> {
    what: T,
    /// `None` if nothing changed.
    pub undo: Option<u64>,
}

impl<T> Done<T> {
    /// Saves a change that can be taken back.
    pub(crate) async fn save(app: &App, actor: &Actor, mut change: Change, what: T) -> Result<Self, Failure> {
        change.can_be_undone();
        let after = change.save(actor, app.now(), &app.salt()).await?;
        Ok(Self { what, undo: Some(after.head.number) })
    }

    pub fn into_inner(self) -> T {
        self.what
    }
}

impl<T> std::ops::Deref for Done<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.what
    }
}

/// An item, and the version of it that somebody looked at. `None` takes whatever is there.
#[derive(Clone, Debug)]
pub struct Seen {
    pub item: ItemId,
    pub version: Option<u32>,
}

impl From<&ItemId> for Seen {
    fn from(item: &ItemId) -> Self {
        Self { item: item.clone(), version: None }
    }
}

/// The item to work on, if the actor may see it and looked at its present version.
pub(crate) fn item_of(change: &Change, id: &ItemId, version: Option<u32>) -> Result<Arc<Item>, Failure> {
    let item = change.item(id).cloned().ok_or(Failure::NotFound)?;
    if version.is_some_and(|version| version != item.version) {
        return Err(Failure::Conflict(Some(item)));
    }
    Ok(item)
}

/// Refuses, before any bytes are kept, whoever could not attach them.
async fn may_attach(app: &App, actor: &Actor, engagement: &EngagementId, seen: &Seen) -> Result<(), Failure> {
    let view = app.view(actor, engagement, Right::AttachFiles).await?;
    let item = view.engagement.item(&seen.item).ok_or(Failure::NotFound)?;
    if seen.version.is_some_and(|version| version != item.version) {
        return Err(Failure::Conflict(Some(item.clone())));
    }
    works_on(app, &view.engagement, view.scope.side(), (item, actor))
}

/// Members of the customer and of partners work on their own side's items only.
pub(crate) fn may_work_on(app: &App, change: &Change, item: &Item, actor: &Actor) -> Result<(), Failure> {
    works_on(app, change.engagement(), change.scope().side(), (item, actor))
}

fn works_on(app: &App, engagement: &Engagement, side: Side, (item, actor): (&Item, &Actor)) -> Result<(), Failure> {
    let today = app.today(&engagement.plan.setup.zone);
    let theirs = side == Side::Delivery
        || engagement.is_of(item, &actor.person, today)
        || engagement.owners(item, today).iter().any(|owner| owner.side == side);
    if theirs { Ok(()) } else { Err(Failure::Forbidden) }
}

/// A member of the engagement who may be named on an item.
pub(crate) fn member<'a>(change: &'a Change, person: &tminus_domain::ids::PersonId) -> Result<&'a Member, Failure> {
    change.engagement().member(person).ok_or(Failure::NotFound)
}

/// An item's title, for a refusal: without the words of what the actor may not read.
pub(crate) fn title(change: &Change, id: &ItemId) -> String {
    change.item(id).map_or_else(|| INSIDE.to_owned(), |item| item.content.title.clone())
}
