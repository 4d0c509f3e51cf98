//! Changing the checklist itself: adding, editing, copying, moving and removing items by hand.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use tminus_domain::{
    checklist::{
        item::{Content, Item},
        work::MAX_DESCRIPTION,
    },
    engagement::{Engagement, retailor::POSITION_STEP, tailor::in_sentence},
    ids::{EngagementId, GateId, ItemId, MilestoneId, ModuleId, PersonId, RoleId},
    kit::{
        Side,
        due::{DayUnit, DueRule, LeadTime},
    },
    record::fact::FactKind,
    rights::{Actor, Right},
    schedule::{Anchor, Calendars, Computed},
};
use tminus_store::Change;

use super::{Done, Seen, item_of, member, status::fact};
use crate::{App, Failure, Refusal};

/// The longest title, in characters.
pub const MAX_TITLE: usize = 255;

#[derive(Clone, Debug, Default)]
pub struct AddItem {
    pub activity: ModuleId,
    pub parent: Option<ItemId>,
    pub title: String,
    pub description: String,
    pub owners: Vec<RoleId>,
    /// A date set by hand.
    pub due: Option<Date>,
    pub internal: bool,
}

/// Adds an item by hand, after the others of its activity or parent.
pub async fn add_item(app: &App, actor: &Actor, engagement: &EngagementId, input: AddItem) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let whole = change.engagement();
    if !whole.plan.activities.iter().any(|activity| activity.id == input.activity) {
        return Err(Refusal::field("activity", format!("“{}” is not an activity of this engagement", input.activity)).into());
    }
    if let Some(parent) = &input.parent {
        let parent = whole.item(parent).ok_or(Failure::NotFound)?;
        if parent.activity != input.activity {
            return Err(Refusal::field("parent", "it belongs to another activity").into());
        }
    }
    let content = Content {
        title: title(&input.title)?,
        description: description(input.description)?,
        owners: roles(whole, input.owners)?,
        internal: input.internal,
        ..Content::default()
    };
    let side = content.owners.first().and_then(|role| whole.role(role)).map_or(Side::Delivery, |role| role.side);
    let id = ItemId(app.fresh_id());
    let mut item = Item {
        key: format!("by-hand-{id}"),
        activity: input.activity.clone(),
        parent: input.parent.clone(),
        position: free_position(whole, &input.activity, input.parent.as_ref()),
        ..Item::to_do(id, Arc::new(content), side.into(), app.now())
    };
    if let Some(due) = input.due {
        pin(&mut item, Some(due), whole)?;
    }
    change.record(fact(FactKind::ItemAdded, &item).to(item.due_on().map(|due| due.to_string())));
    change.add_item(item.clone());
    Done::save(app, actor, change, item).await
}

/// What to change of an item. `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct EditItem {
    pub item: ItemId,
    pub version: Option<u32>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub owners: Option<Vec<RoleId>>,
    pub lead: Option<Option<LeadTime>>,
    pub gates: Option<Vec<GateId>>,
    pub internal: Option<bool>,
    pub due: Option<EditDue>,
    /// Who owns it on a side, in place of whom the role resolves to.
    pub assign: Option<(Side, Option<PersonId>)>,
}

#[derive(Clone, Debug)]
pub enum EditDue {
    /// A date set by hand; it stays whatever moves.
    Pin(Date),
    /// No date, set by hand.
    None,
    /// Back to what the rule says.
    Rule(Option<DueRule>),
}

/// Edits an item. What is edited by hand no kit version overwrites.
pub async fn edit_item(app: &App, actor: &Actor, engagement: &EngagementId, input: EditItem) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let (edited, differs) = edit_in(&mut change, input, app.now())?;
    if differs { Done::save(app, actor, change, edited).await } else { Ok(Done { what: edited, undo: None }) }
}

/// The item as edited, and whether anything of it differs.
pub(super) fn edit_in(change: &mut Change, input: EditItem, now: Timestamp) -> Result<(Item, bool), Failure> {
    let item = item_of(change, &input.item, input.version)?;
    let edited = edit(change, &item, input)?.moved_from(item.due_on(), now);
    if edited == *item {
        return Ok((edited, false));
    }
    let mut fact = fact(FactKind::ItemChanged, &edited).from(seen(&item)).to(seen(&edited));
    if edited.content.description != item.content.description {
        fact = fact.text("description", &edited.content.description);
    }
    if edited.content.title != item.content.title {
        fact = fact.text("earlier_title", &item.content.title);
    }
    // Whoever could read it before may know that it is internal now; whoever could not still may not.
    change.record(fact.internal(item.content.internal || edited.content.internal));
    change.save_item(edited.clone());
    Ok((edited, true))
}

fn seen(item: &Item) -> serde_json::Value {
    serde_json::json!({
        "due": item.due_on(), "pinned": item.pinned, "owners": item.content.owners, "lead": item.content.lead, "gates": item.content.gates,
        "internal": item.content.internal, "assigned": item.assigned,
    })
}

fn edit(change: &Change, before: &Item, input: EditItem) -> Result<Item, Failure> {
    let whole = change.engagement();
    let mut item = before.clone();
    let mut content = Content::clone(&before.content);
    let mut edited = Vec::new();
    if let Some(new) = input.title {
        content.title = title(&new)?;
        edited.push("title");
    }
    if let Some(new) = input.description {
        content.description = description(new)?;
        edited.push("description");
    }
    if let Some(new) = input.owners {
        content.owners = roles(whole, new)?;
        edited.push("owners");
    }
    if let Some(new) = input.lead {
        content.lead = new;
        content.lead_proposed = false;
        edited.extend(["lead", "lead_proposed"]);
    }
    if let Some(new) = input.gates {
        if let Some(unknown) = new.iter().find(|id| !whole.plan.gates.iter().any(|gate| &gate.id == *id)) {
            return Err(Refusal::field("gates", format!("“{unknown}” is not a gate of this engagement")).into());
        }
        content.gates = new.into_iter().collect();
        edited.push("gates");
    }
    if let Some(new) = input.internal {
        content.internal = new;
        edited.push("internal");
    }
    if let Some((side, person)) = input.assign {
        assign(change, &mut item, side, person)?;
    }
    if content != *item.content {
        item.content = Arc::new(content);
        item.edited.extend(edited.into_iter().map(str::to_owned));
    }
    match input.due {
        Some(EditDue::Pin(date)) => pin(&mut item, Some(date), whole)?,
        Some(EditDue::None) => pin(&mut item, None, whole)?,
        Some(EditDue::Rule(rule)) => follow_rule(&mut item, rule, whole)?,
        None => restart(&mut item, whole)?,
    }
    if item != *before {
        item.version += 1;
    }
    Ok(item)
}

fn assign(change: &Change, item: &mut Item, side: Side, person: Option<PersonId>) -> Result<(), Failure> {
    let Some(person) = person else {
        item.assigned.remove(&side);
        return Ok(());
    };
    if member(change, &person)?.side() != side {
        return Err(Refusal::field("person", "they are on another side").into());
    }
    item.assigned.insert(side, person);
    Ok(())
}

fn calendars(whole: &Engagement) -> Result<Calendars, Failure> {
    Ok(Calendars::new(whole.plan.setup.calendars.clone())?)
}

/// Sets a date by hand, or none.
pub(crate) fn pin(item: &mut Item, date: Option<Date>, whole: &Engagement) -> Result<(), Failure> {
    item.pinned = true;
    item.due = None;
    if let Some(date) = date {
        let rule = DueRule { anchor: MilestoneId::from("by-hand"), offset: 0, unit: DayUnit::Business };
        let anchor = Anchor { id: rule.anchor.clone(), title: "the date set by hand".to_owned(), date: Some(date) };
        item.due = Some(calendars(whole)?.compute(&rule, &anchor)?);
    }
    restart(item, whole)
}

fn follow_rule(item: &mut Item, rule: Option<DueRule>, whole: &Engagement) -> Result<(), Failure> {
    if let Some(rule) = rule {
        if !whole.plan.milestones.iter().any(|milestone| milestone.id == rule.anchor) {
            return Err(Refusal::field("due", format!("“{}” is not a milestone of this engagement", rule.anchor)).into());
        }
        Arc::make_mut(&mut item.content).due = Some(rule);
        item.edited.insert("due".to_owned());
    }
    item.pinned = false;
    item.due = match &item.content.due {
        None => None,
        Some(rule) => {
            let milestone = whole.plan.milestones.iter().find(|milestone| milestone.id == rule.anchor);
            let own = item.person.as_ref().and_then(|person| whole.member(person)).and_then(|member| member.from);
            let (title, date) = milestone.map_or(("arrival".to_owned(), own), |it| (in_sentence(&it.title), it.when.date()));
            Some(calendars(whole)?.compute(rule, &Anchor { id: rule.anchor.clone(), title, date })?)
        }
    };
    restart(item, whole)
}

/// The start-by date anew, from the due date and the lead time.
fn restart(item: &mut Item, whole: &Engagement) -> Result<(), Failure> {
    item.start_by = match item.due.as_ref().and_then(Computed::date).zip(item.lead()) {
        Some((due, lead)) => Some(calendars(whole)?.start_by(due, lead)?),
        None => None,
    };
    Ok(())
}

/// Puts an item before another one of the same activity and parent, or last.
pub async fn move_item(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    seen: impl Into<Seen>,
    before: Option<&ItemId>,
) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let Seen { item, version } = seen.into();
    let item = item_of(&change, &item, version)?;
    let siblings: Vec<_> = {
        let whole = change.engagement();
        whole.listed().filter(|it| it.activity == item.activity && it.parent == item.parent && it.id != item.id).cloned().collect()
    };
    let place = match before {
        None => siblings.len(),
        Some(before) => {
            siblings.iter().position(|it| &it.id == before).ok_or_else(|| Refusal::field("before", "it is not beside the other item"))?
        }
    };
    let was =
        change.engagement().listed().filter(|it| it.activity == item.activity && it.parent == item.parent).position(|it| it.id == item.id);
    let mut order = siblings;
    order.insert(place, item.clone());
    let first = order.iter().map(|it| it.position).min().unwrap_or(POSITION_STEP);
    for (index, it) in order.iter().enumerate() {
        let position = first.saturating_add(u32::try_from(index).unwrap_or_default());
        if it.position != position {
            change.save_item(Item { position, ..Item::clone(it) });
        }
    }
    change.record(fact(FactKind::ItemsMoved, &item).from(was).to(place));
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// Takes an item off the checklist. It stays in the record, and can be taken back.
pub async fn remove_item(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    seen: impl Into<Seen>,
    reason: Option<String>,
) -> Result<Done<()>, Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let Seen { item, version } = seen.into();
    let item = item_of(&change, &item, version)?;
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if reason.is_none() && item.kit.is_some() {
        return Err(Refusal::field("reason", "the kit has this item: say why it is taken off").into());
    }
    let mut off = vec![item.clone()];
    let mut next = 0;
    while let Some(parent) = off.get(next) {
        let parts: Vec<_> = change.engagement().parts(&parent.id).cloned().collect();
        off.extend(parts);
        next += 1;
    }
    for item in off {
        change.save_item(Item { removed: true, version: item.version + 1, ..Item::clone(&item) });
    }
    change.record(fact(FactKind::ItemRemoved, &item).from(item.state().as_str()).why(reason));
    Done::save(app, actor, change, ()).await
}

fn title(text: &str) -> Result<String, Failure> {
    let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() || title.chars().count() > MAX_TITLE || title.chars().any(char::is_control) {
        return Err(Refusal::field("title", format!("write 1 to {MAX_TITLE} characters")).into());
    }
    Ok(title)
}

fn description(text: String) -> Result<String, Failure> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Refusal::field("description", format!("write at most {MAX_DESCRIPTION} characters")).into());
    }
    Ok(text)
}

fn roles(whole: &Engagement, roles: Vec<RoleId>) -> Result<Vec<RoleId>, Failure> {
    match roles.iter().find(|id| whole.role(id).is_none()) {
        Some(unknown) => Err(Refusal::field("owners", format!("“{unknown}” is not a role of this engagement")).into()),
        None => Ok(roles),
    }
}

/// Adds something that Tminus found to do, for today, in the first activity, unless such an item is open. `key` says what such items are.
pub(crate) fn add_for_today(app: &App, change: &mut Change, key: &str, content: Content) -> Result<(), Failure> {
    let whole = change.engagement();
    let open = open_under(whole, key, content.internal).is_some();
    let Some(activity) = whole.plan.activities.first().filter(|_| !open) else { return Ok(()) };
    let id = ItemId(app.fresh_id());
    let mut item = Item {
        key: format!("{key}-{id}"),
        activity: activity.id.clone(),
        position: free_position(whole, &activity.id, None),
        ..Item::to_do(id, Arc::new(content), Side::Delivery.into(), app.now())
    };
    let today = app.today(&whole.plan.setup.zone);
    pin(&mut item, Some(today), whole)?;
    change.record(fact(FactKind::ItemAdded, &item).to(today.to_string()));
    change.add_item(item);
    Ok(())
}

/// An item under a key that nobody closed; one that somebody showed to others since is another one.
fn open_under<'a>(whole: &'a Engagement, key: &str, internal: bool) -> Option<&'a Arc<Item>> {
    whole.items.iter().find(|item| item.key.starts_with(key) && item.is_open() && item.content.internal == internal)
}

/// Puts what is so by now into the internal item under a key, if one is open; what somebody wrote there stays.
pub(crate) fn tell_anew(change: &mut Change, key: &str, description: &str) {
    let new = |open: &&Arc<Item>| open.content.description != description && !open.edited.contains("description");
    let Some(open) = open_under(change.engagement(), key, true).filter(new).cloned() else { return };
    let content = Content { description: description.to_owned(), ..Content::clone(&open.content) };
    let told = Item { content: Arc::new(content), version: open.version + 1, ..Item::clone(&open) };
    let fact = fact(FactKind::ItemChanged, &told).from(seen(&open)).to(seen(&told)).text("description", &told.content.description);
    change.record(fact.internal(told.content.internal));
    change.save_item(told);
}

/// After the last item of the parent with all its parts, or of the activity.
fn free_position(whole: &Engagement, activity: &ModuleId, parent: Option<&ItemId>) -> u32 {
    let after = match parent {
        Some(parent) => last_position(whole, parent),
        None => whole.items.iter().filter(|item| &item.activity == activity).map(|item| item.position).max().unwrap_or_default(),
    };
    after.saturating_add(1)
}

/// Where the last of an item's parts stands, or the item itself.
pub(super) fn last_position(whole: &Engagement, id: &ItemId) -> u32 {
    let own = whole.item(id).map_or(0, |item| item.position);
    whole.parts(id).map(|part| last_position(whole, &part.id)).fold(own, u32::max)
}
