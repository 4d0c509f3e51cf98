//! Copying an item by hand.

use std::sync::Arc;

use tminus_domain::{
    checklist::item::Item,
    engagement::Engagement,
    ids::{EngagementId, ItemId},
    record::fact::FactKind,
    rights::{Actor, Right},
};
use tminus_store::Change;

use super::{Done, Seen, arrange::last_position, item_of, status::fact};
use crate::{App, Failure};

/// Copies an item with its parts, right after it. The copies are as new: no evidence, nothing done.
pub async fn copy_item(app: &App, actor: &Actor, engagement: &EngagementId, seen: impl Into<Seen>) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let Seen { item, version } = seen.into();
    let item = item_of(&change, &item, version)?;
    let mut position = room_after(&mut change, &item);
    let copy = copy(app, &mut change, (&item, item.parent.clone()), &mut position);
    change.record(fact(FactKind::ItemAdded, &copy).from(item.id.as_str()));
    Done::save(app, actor, change, copy).await
}

/// Makes room right after an item with its parts for as many again, before the next one beside it. What has to give way is moved on,
/// which is no new version of it. What comes back is the last position before the room.
fn room_after(change: &mut Change, item: &Item) -> u32 {
    fn size(whole: &Engagement, id: &ItemId) -> u32 {
        1 + whole.parts(id).map(|part| size(whole, &part.id)).sum::<u32>()
    }
    let whole = change.engagement();
    let beside = |it: &&Arc<Item>| it.activity == item.activity && it.parent == item.parent;
    let next = whole.listed().filter(beside).skip_while(|it| it.id != item.id).nth(1).map(|it| it.position);
    let last = last_position(whole, &item.id);
    // Moving puts items before the parts of those beside them: then the parts do not say where the next one stands.
    let before = if next.is_none_or(|next| last < next) { last } else { item.position };
    let wanted = size(whole, &item.id);
    let after: Vec<_> = whole.items.iter().filter(|it| it.activity == item.activity && it.position > before).cloned().collect();
    if after.iter().any(|it| it.position <= before.saturating_add(wanted)) {
        for it in after {
            change.save_item(Item { position: it.position.saturating_add(wanted), ..Item::clone(&it) });
        }
    }
    before
}

fn copy(app: &App, change: &mut Change, (item, parent): (&Item, Option<ItemId>), position: &mut u32) -> Item {
    let id = ItemId(app.fresh_id());
    *position = position.saturating_add(1);
    let court = change.engagement().owner_side(item).into();
    let Item { content, task, activity, person, workstream, assigned, due, start_by, pinned, edited, .. } = item.clone();
    let (key, position_of_copy) = (format!("by-hand-{id}"), *position);
    let as_new = Item::to_do(id.clone(), content, court, app.now());
    let copy = Item {
        key,
        parent,
        position: position_of_copy,
        task,
        activity,
        person,
        workstream,
        assigned,
        due,
        start_by,
        pinned,
        edited,
        ..as_new
    };
    change.add_item(copy.clone());
    let parts: Vec<_> = change.engagement().parts(&item.id).cloned().collect();
    for part in parts {
        self::copy(app, change, (&part, Some(id.clone())), position);
    }
    copy
}
