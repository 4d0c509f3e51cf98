//! Moving items: status and acceptance.

use tminus_domain::{
    checklist::{
        item::{Item, Mark},
        status::State,
        work::{Around, Move},
    },
    ids::{EngagementId, ItemId, PersonId},
    kit::Side,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use super::{Done, item_of, may_work_on, member, title};
use crate::{App, Failure, Refusal, access::linked::follow_item};

pub struct SetStatus {
    pub item: ItemId,
    pub to: State,
    pub reason: Option<String>,
    pub third_party: Option<String>,
    /// The version that the actor looked at. `None` takes whatever is there.
    pub version: Option<u32>,
}

/// Moves an item. Reasons, evidence, order and acceptance are asked for where the kit wants them.
pub async fn set_status(app: &App, actor: &Actor, engagement: &EngagementId, input: SetStatus) -> Result<Done<Item>, Failure> {
    let right = if drops(input.to) { Right::WaiveItems } else { Right::WorkItems };
    let mut change = app.change(actor, engagement, right).await?;
    let moved = move_item(app, actor, &mut change, input)?;
    Done::save(app, actor, change, moved).await
}

/// Whether a move takes an item out of what is to be done: a right of its own.
fn drops(to: State) -> bool {
    matches!(to, State::Waived | State::NotApplicable)
}

pub(super) fn move_item(app: &App, actor: &Actor, change: &mut Change, input: SetStatus) -> Result<Item, Failure> {
    let item = item_of(change, &input.item, input.version)?;
    may_work_on(app, change, &item, actor)?;
    let engagement = change.engagement();
    if drops(input.to) {
        app.permit(actor, engagement, Right::WaiveItems)?;
    }
    let around = Around {
        by: &actor.person,
        now: app.now(),
        open_before: engagement.open_before(&item).map(|it| title(change, &it.id)).collect(),
        open_parts: engagement.parts(&item.id).filter(|part| part.is_open()).map(|it| title(change, &it.id)).collect(),
        owner_side: engagement.owner_side(&item),
    };
    let from = item.state();
    let reason = input.reason.clone();
    let asked = Move { to: input.to, reason: input.reason, third_party: input.third_party.clone() };
    let moved = Item::clone(&item).move_to(asked, &around)?;
    let mut fact = fact(FactKind::ItemStatusChanged, &moved).from(from.as_str()).to(moved.state().as_str()).why(reason);
    if let Some(third_party) = input.third_party.filter(|it| !it.trim().is_empty()) {
        fact = fact.text("third_party", third_party);
    }
    change.record(fact);
    change.save_item(moved.clone());
    follow_item(app, actor, change, &moved)?;
    Ok(moved)
}

pub struct AcceptItem {
    pub item: ItemId,
    /// A member of the accepting side whose word is written down here; the evidence has to show it.
    pub on_behalf_of: Option<PersonId>,
    pub version: Option<u32>,
}

/// Accepts a submitted item for the side that it asks for.
pub async fn accept_item(app: &App, actor: &Actor, engagement: &EngagementId, input: AcceptItem) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::AcceptItems).await?;
    let accepted = accept(app, actor, &mut change, &input)?;
    Done::save(app, actor, change, accepted).await
}

pub(super) fn accept(app: &App, actor: &Actor, change: &mut Change, input: &AcceptItem) -> Result<Item, Failure> {
    let item = item_of(change, &input.item, input.version)?;
    let mut side = change.scope().side();
    if let Some(person) = &input.on_behalf_of {
        if side != Side::Delivery {
            let why = "the delivery side writes down what others accepted; whoever is on your side accepts it themselves";
            return Err(Refusal::field("on_behalf_of", why).into());
        }
        side = member(change, person)?.side();
        if item.content.accepted_by.is_some_and(|accepting| accepting != side) {
            return Err(tminus_domain::checklist::work::Refused::OtherSideAccepts(item.content.accepted_by.unwrap_or(side)).into());
        }
    }
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of: input.on_behalf_of.clone() };
    let accepted = Item::clone(&item).accept(side, mark)?;
    let to = serde_json::json!({ "side": side.as_str(), "on_behalf_of": input.on_behalf_of });
    change.record(fact(FactKind::ItemAccepted, &accepted).from("submitted").to(to));
    change.save_item(accepted.clone());
    Ok(accepted)
}

/// A fact about an item. What is internal stays internal in the record.
pub(crate) fn fact(kind: FactKind, item: &Item) -> Fact {
    Fact::new(kind, item.id.as_str(), &item.content.title).internal(item.content.internal)
}
