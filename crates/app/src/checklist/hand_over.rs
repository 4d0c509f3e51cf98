//! Handing an item over: whoever it lies with names somebody else of their side.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tminus_domain::{
    checklist::item::Item,
    engagement::Engagement,
    ids::{EngagementId, ItemId, PersonId},
    kit::Side,
    record::fact::FactKind,
    rights::{Actor, Right},
};

use super::{Done, item_of, may_work_on, member, status::fact};
use crate::{App, Failure, Refusal};

pub struct HandOver {
    pub item: ItemId,
    pub to: PersonId,
    /// Why, or what the other one should know.
    pub note: String,
    pub version: Option<u32>,
}

/// Names somebody of the actor's own side as who does an item, in place of whom it lies with there. They find it among theirs.
pub async fn hand_over(app: &App, actor: &Actor, engagement: &EngagementId, input: HandOver) -> Result<Done<Item>, Failure> {
    let HandOver { item, to, note, version } = input;
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let item = item_of(&change, &item, version)?;
    may_work_on(app, &change, &item, actor)?;
    let (whole, side) = (change.engagement(), change.scope().side());
    if !item.is_open() {
        return Err(Refusal::field("to", "it is closed already: there is nothing left to hand over").into());
    }
    if member(&change, &to)?.side() != side {
        return Err(Refusal::field("to", "hand it to somebody of your own side").into());
    }
    let with: BTreeSet<_> = with(whole, &item, side, app.today(&whole.plan.setup.zone));
    if with.contains(&to) {
        return Err(Refusal::field("to", format!("it lies with {} already", whole.name(&to))).into());
    }
    let mut handed = Item::clone(&item);
    handed.assigned.insert(side, to.clone());
    handed.version += 1;
    let from: Vec<_> = with.iter().map(PersonId::as_str).collect();
    let mut fact = fact(FactKind::ItemHandedOver, &handed).from(from).to(to.as_str());
    if !note.trim().is_empty() {
        fact = fact.text("note", note.trim());
    }
    change.record(fact);
    change.save_item(handed.clone());
    Done::save(app, actor, change, handed).await
}

/// Whom an item lies with on a side, on a day.
pub fn with(engagement: &Engagement, item: &Item, side: Side, today: Date) -> BTreeSet<PersonId> {
    let owners = engagement.owners(item, today);
    owners.iter().filter(|owner| owner.side == side).filter_map(|owner| owner.person.cloned()).collect()
}
