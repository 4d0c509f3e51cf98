//! What an engagement has as a whole: added, closed, carried over by name.

use serde_json::json;
use tminus_domain::{
    access::holding::{Around, Ask, Holding, MAX_HOLDINGS, MAX_TITLE},
    checklist::item::Mark,
    engagement::{Engagement, Plan},
    ids::{EngagementId, HoldingId, PersonId},
    kit::{Side, access::ResourceKind},
    people::is_plain,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{App, Failure, Refusal};

/// A room, a list, or the like, that no kit names.
#[derive(Clone, Debug)]
pub struct AddHolding {
    pub title: String,
    pub kind: ResourceKind,
    /// Who closes it.
    pub side: Side,
    pub owner: Option<PersonId>,
    pub internal: bool,
}

/// What becomes of one, and the version of it that somebody looked at.
#[derive(Clone, Debug)]
pub struct MoveHolding {
    pub holding: HoldingId,
    pub ask: Ask,
    pub version: Option<u32>,
}

/// Adds something that has to be closed in the end.
pub async fn add_holding(app: &App, actor: &Actor, engagement: &EngagementId, input: AddHolding) -> Result<Holding, Failure> {
    let mut change = app.change(actor, engagement, Right::MoveAccess).await?;
    super::going_on(change.engagement())?;
    let title = input.title.trim().to_owned();
    if title.is_empty() || !is_plain(&title, MAX_TITLE) {
        return Err(Refusal::field("title", format!("say what it is, in 1 to {MAX_TITLE} characters")).into());
    }
    if input.internal && !change.scope().sees_internal() {
        return Err(Refusal::field("internal", "the delivery side says what is internal").into());
    }
    if input.internal && input.side != Side::Delivery {
        return Err(Refusal::field("side", "what is internal the delivery side closes").into());
    }
    let whole = change.engagement();
    if whole.plan.holdings.len() >= MAX_HOLDINGS {
        return Err(Refusal::field("title", format!("at most {MAX_HOLDINGS} are kept")).into());
    }
    may_own(whole, input.owner.as_ref(), input.internal)?;
    let holding = Holding {
        id: HoldingId(app.fresh_id()),
        title,
        kind: input.kind,
        side: input.side,
        owner: input.owner,
        internal: input.internal,
        by_hand: true,
        closed: None,
        carried: None,
        version: 1,
    };
    change.record(fact(FactKind::HoldingAdded, &holding).to(told(&holding)));
    put(&mut change, &holding.id, Some(holding.clone()));
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(holding)
}

/// Closes it, carries it over, or what else is asked. `None` comes back where it is left out.
pub async fn move_holding(app: &App, actor: &Actor, engagement: &EngagementId, input: MoveHolding) -> Result<Option<Holding>, Failure> {
    let right = if input.ask == Ask::LeaveOut { Right::EditPlan } else { Right::WorkItems };
    let mut change = app.change_access(actor, engagement, right).await?;
    let whole = change.engagement();
    let may = |right| app.permit(actor, whole, right).is_ok();
    let (gives, manages) = (|it: &Holding| whole.closes(it, &actor.person), may(Right::MoveAccess));
    let shown = |it: &Holding| (!it.internal || change.scope().sees_internal()) && (gives(it) || may(Right::ReadAccess));
    let before = whole.holdings().into_iter().find(|it| it.id == input.holding && shown(it)).ok_or(Failure::NotFound)?;
    if input.version.is_some_and(|version| version != before.version) {
        return Err(Failure::Conflict(None));
    }
    let today = app.today(&whole.plan.setup.zone);
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of: None };
    let shown = match &input.ask {
        Ask::Close { shown, .. } => whole.bears(shown.as_ref(), before.side),
        _ => false,
    };
    let around = Around { mark, side: change.scope().side(), gives: gives(&before), manages, shown, today };
    let (kind, why, owner) = match &input.ask {
        Ask::Close { note, .. } => (FactKind::HoldingClosed, Some(note.trim().to_owned()), None),
        Ask::Open { note } => (FactKind::HoldingChanged, Some(note.trim().to_owned()), None),
        Ask::Carry { owner, .. } | Ask::Give { owner: Some(owner) } => (FactKind::HoldingChanged, None, Some(owner.clone())),
        Ask::Give { owner: None } | Ask::LeaveOut => (FactKind::HoldingChanged, None, None),
    };
    may_own(whole, owner.as_ref(), before.internal)?;
    let after = before.clone().take(input.ask, &around)?;
    let to = after.as_ref().map_or_else(|| json!({ "left_out": true }), told);
    let mut fact = fact(kind, &before).from(told(&before)).to(to).why(why);
    if let Some(owner) = &owner {
        fact = fact.text("owner", whole.name(owner));
    }
    change.record(fact);
    put(&mut change, &before.id, after.clone());
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(after)
}

fn may_own(engagement: &Engagement, owner: Option<&PersonId>, internal: bool) -> Result<(), Failure> {
    let Some(owner) = owner else { return Ok(()) };
    let member = engagement.member(owner).ok_or_else(|| Refusal::field("owner", "name somebody who is on the engagement"))?;
    if internal && member.side() != Side::Delivery {
        return Err(Refusal::field("owner", "what is internal somebody of the delivery side sees to").into());
    }
    Ok(())
}

fn told(holding: &Holding) -> serde_json::Value {
    let Holding { kind, side, owner, closed, carried, .. } = holding;
    let until = carried.as_ref().map(|carried| carried.until);
    json!({ "kind": kind, "side": side, "person": owner, "closed": closed.is_some(), "until": until })
}

fn fact(kind: FactKind, holding: &Holding) -> Fact {
    Fact::new(kind, holding.id.as_str(), &holding.title).internal(holding.internal)
}

fn put(change: &mut Change, id: &HoldingId, holding: Option<Holding>) {
    let mut plan = Plan::clone(&change.engagement().plan);
    match plan.holdings.iter().position(|it| &it.id == id) {
        Some(place) => {
            plan.holdings.splice(place..=place, holding);
        }
        None => plan.holdings.extend(holding),
    }
    change.save_plan(plan);
}
