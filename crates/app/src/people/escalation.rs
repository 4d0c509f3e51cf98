//! To whom one turns on each side when something is stuck.

use tminus_domain::{
    engagement::Plan,
    ids::{EngagementId, PersonId},
    kit::Side,
    people::{
        Person,
        escalation::{MAX_RUNGS, Rung, usual},
    },
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use super::edition;
use crate::{App, Failure, Refusal};

/// One step, with who is there and how to reach them.
#[derive(Clone, Debug)]
pub struct Step {
    pub rung: Rung,
    pub people: Vec<Person>,
}

/// The path of one side.
#[derive(Clone, Debug)]
pub struct Path {
    pub side: Side,
    pub steps: Vec<Step>,
    pub edition: String,
}

/// A path as somebody wants it. An empty one is the usual one.
#[derive(Clone, Debug)]
pub struct SetEscalation {
    pub side: Side,
    pub rungs: Vec<Rung>,
    pub seen: Option<String>,
}

/// The paths of the sides that have people here. Everybody on the engagement sees them all: they are for when something is stuck.
pub async fn list_escalation(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Path>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let whole = &view.engagement;
    let ids: Vec<_> = whole.members.iter().map(|member| member.person.clone()).collect();
    let people = app.store.people_of(&view.scope, &ids).await?;
    let today = app.today(&whole.plan.setup.zone);
    let known = |id: &PersonId| people.get(id).cloned();
    let sides =
        [Side::Customer, Side::Delivery, Side::Partner].into_iter().filter(|side| whole.members.iter().any(|it| it.side() == *side));
    let path = |side: Side| {
        let rungs = whole.escalation(side);
        let edition = edition(&rungs);
        let step =
            |rung: Rung| Step { people: whole.on_rung(&rung, side, today).into_iter().filter_map(|it| known(&it.person)).collect(), rung };
        Path { side, steps: rungs.into_iter().map(step).collect(), edition }
    };
    Ok(sides.map(path).collect())
}

/// Sets the path of a side.
pub async fn set_escalation(app: &App, actor: &Actor, engagement: &EngagementId, input: SetEscalation) -> Result<(), Failure> {
    let SetEscalation { side, rungs, seen } = input;
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let whole = change.engagement();
    let before = whole.escalation(side);
    if seen.is_some_and(|seen| seen != edition(&before)) {
        return Err(Failure::Conflict(None));
    }
    if rungs.len() > MAX_RUNGS {
        return Err(Refusal::field("rungs", format!("a path has at most {MAX_RUNGS} steps")).into());
    }
    for (place, rung) in rungs.iter().enumerate() {
        if rungs[..place].contains(rung) {
            return Err(Refusal::field("rungs", "each step is there once").into());
        }
        if let Rung::Person(person) = rung
            && whole.member(person).is_none_or(|member| member.side() != side)
        {
            return Err(Refusal::field("rungs", "choose somebody of that side").into());
        }
    }
    let mut plan = Plan::clone(&whole.plan);
    if rungs.is_empty() || rungs == usual(side) {
        plan.escalation.remove(&side);
    } else {
        plan.escalation.insert(side, rungs);
    }
    if plan.escalation == whole.plan.escalation {
        return Ok(());
    }
    let named = |rung: &Rung| if let Rung::Person(person) = rung { whole.name(person).to_owned() } else { rung.to_string() };
    let told = |rungs: &[Rung]| serde_json::json!({ "side": side.as_str(), "path": rungs.iter().map(named).collect::<Vec<_>>() });
    let after = plan.escalation.get(&side).cloned().unwrap_or_else(|| usual(side));
    let fact = Fact::new(FactKind::EscalationSet, engagement.as_str(), &whole.plan.setup.title).from(told(&before)).to(told(&after));
    change.record(fact);
    change.save_plan(plan);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}
