//! Moving many items at once: all of them or none.

use std::collections::BTreeSet;

use tminus_domain::{
    checklist::item::Item,
    engagement::Engagement,
    ids::{EngagementId, ItemId},
    rights::{Actor, Right},
};

use super::{
    Done,
    status::{SetStatus, move_item},
};
use crate::{App, Failure, Refusal, failure::Held};

/// The most items that one change moves.
pub const MAX_BULK: usize = 500;

/// Moves many items in one change. If some cannot be moved, none is, and each of those is told with its reason.
pub async fn set_status_of_many(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    inputs: Vec<SetStatus>,
) -> Result<Done<Vec<Item>>, Failure> {
    if inputs.is_empty() || inputs.len() > MAX_BULK {
        return Err(Refusal::field("items", format!("choose 1 to {MAX_BULK} items")).into());
    }
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let inputs = in_order(change.engagement(), inputs, |input| &input.item);
    let count = inputs.len();
    let (mut moved, mut failed) = (Vec::with_capacity(count), Vec::new());
    for input in inputs {
        let item = change.item(&input.item).cloned().ok_or(Failure::NotFound)?;
        match move_item(app, actor, &mut change, input) {
            Ok(item) => moved.push(item),
            Err(failure @ (Failure::Refused(_) | Failure::Forbidden | Failure::Conflict(_))) => {
                failed.push((item.id.clone(), item.content.title.clone(), failure));
            }
            Err(failure) => return Err(failure),
        }
    }
    if failed.is_empty() { Done::save(app, actor, change, moved).await } else { Err(together(failed, count)) }
}

/// What nobody may do, and the one item that somebody else changed, are said as of one item; all else by a list.
fn together(mut failed: Vec<(ItemId, String, Failure)>, of: usize) -> Failure {
    let forbidden = failed.len() == of && failed.iter().all(|(.., failure)| matches!(failure, Failure::Forbidden));
    let conflict = matches!(&failed[..], [(.., Failure::Conflict(_))]);
    if (forbidden || conflict)
        && let Some((.., failure)) = failed.pop()
    {
        return failure;
    }
    let held = |(item, title, failure): (ItemId, String, Failure)| Ok(Held { item, title, why: why(failure)? });
    match failed.into_iter().map(held).collect() {
        Ok(held) => Refusal::Items(held).into(),
        Err(failure) => failure,
    }
}

/// Why one item of many was not changed, in words; what concerns more than the item comes back.
pub(super) fn why(failure: Failure) -> Result<String, Failure> {
    match failure {
        Failure::Refused(refusal) => Ok(refusal.to_string()),
        Failure::Forbidden => Ok("it is not yours to change".to_owned()),
        Failure::NeedsCode => Ok("it asks for a code that is sent by mail: do it on its own page".to_owned()),
        Failure::Conflict(_) => Ok("somebody else changed it since you looked".to_owned()),
        failure => Err(failure),
    }
}

/// What comes first, before what waits for it: the parts of an item, and those it comes after. Else in the order of asking.
pub(super) fn in_order<T>(engagement: &Engagement, mut inputs: Vec<T>, item: impl Fn(&T) -> &ItemId) -> Vec<T> {
    let asked: BTreeSet<ItemId> = inputs.iter().map(|input| item(input).clone()).collect();
    let (mut order, mut seen) = (Vec::with_capacity(inputs.len()), BTreeSet::new());
    for input in &inputs {
        visit(engagement, item(input), &asked, (&mut order, &mut seen));
    }
    inputs.sort_by_cached_key(|input| order.iter().position(|known| known == item(input)));
    inputs
}

fn visit(engagement: &Engagement, id: &ItemId, asked: &BTreeSet<ItemId>, (order, seen): (&mut Vec<ItemId>, &mut BTreeSet<ItemId>)) {
    // A circle is walked once, and refused where it is closed.
    if !seen.insert(id.clone()) {
        return;
    }
    if let Some(item) = engagement.item(id) {
        let first = engagement.open_before(item).chain(engagement.parts(id)).map(|it| it.id.clone());
        for before in first.filter(|before| asked.contains(before)).collect::<Vec<_>>() {
            visit(engagement, &before, asked, (order, seen));
        }
    }
    order.push(id.clone());
}
