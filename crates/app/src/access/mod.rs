//! Operations on access: who has what, moving it, and its orderly end.

pub mod at_once;
pub mod csv;
pub mod ending;
pub mod holding;
pub mod leaving;
pub(crate) mod linked;
pub mod membership;
pub mod probe;
pub mod resource;
pub(crate) mod told;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tminus_domain::{
    access::{
        Exception, Grant, Step,
        licence::Licences,
        linked::INSIDE,
        work::{Around, Ask, Hand, Refused},
    },
    checklist::item::Mark,
    engagement::{Engagement, closing},
    ids::{EngagementId, PersonId, ResourceId},
    kit::{Side, access::Resource},
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right},
};
use tminus_store::Change;

use crate::{App, Failure, Refusal, checklist::Done, failure::HeldAccess};

/// The most grants that one change moves.
pub const MAX_MOVES: usize = 1_000;

/// Access as one actor may see it.
#[derive(Clone, Debug)]
pub struct Access {
    /// With the grants that the actor may see, and no others.
    pub engagement: Engagement,
    pub today: Date,
    /// The actor sees everybody's access, and not only their own and what they give.
    pub whole: bool,
    /// The actor may move everybody's access.
    pub manages: bool,
    /// The actor may do something here: whoever looks through other eyes may not.
    pub acts: bool,
    pub actor: PersonId,
}

impl Access {
    /// How the licences of a resource stand, for those who see all access to it.
    pub fn licences(&self, resource: &Resource) -> Option<Licences> {
        let sees = self.whole || self.engagement.gives(resource, &self.actor);
        self.engagement.licences(&resource.id).filter(|_| sees)
    }

    /// Steps that the actor can take with a grant now. What they would be refused for another reason is among them: the refusal says why.
    pub fn next(&self, grant: &Grant) -> Vec<Step> {
        let Some(resource) = self.engagement.resource(&grant.resource).filter(|_| self.acts) else { return Vec::new() };
        let mine = grant.person == self.actor;
        let gives = self.engagement.gives(resource, &self.actor) || grant.is_answered_by(&self.actor);
        let may = |to: Step| match to {
            Step::Needed | Step::Requested | Step::RevokeRequested | Step::Verified | Step::Broken => mine || gives || self.manages,
            Step::Granted if grant.step == Step::Verified => mine || gives || self.manages,
            Step::Withdrawn | Step::Waived => self.manages,
            _ => gives || self.manages,
        };
        // After the end nothing is given any more.
        let over = self.engagement.has_ended();
        grant.step.next().iter().copied().filter(|to| may(*to) && (!over || to.is_ending())).collect()
    }
}

/// All access of an engagement that the actor may see: everybody's, or their own and what they give.
pub async fn list_access(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Access, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let whole = &view.engagement;
    let may = |right| app.permit(actor, whole, right).is_ok();
    let mut seen = Engagement::clone(whole);
    let all = may(Right::ReadAccess);
    if !all {
        let shown = |grant: &Grant| {
            let gives = |resource: &Resource| whole.gives(resource, &actor.person);
            grant.person == actor.person || grant.is_answered_by(&actor.person) || whole.resource(&grant.resource).is_some_and(gives)
        };
        seen.grants.retain(|grant| shown(grant));
        let used: BTreeSet<_> = seen.grants.iter().map(|grant| grant.resource.clone()).collect();
        std::sync::Arc::make_mut(&mut seen.plan).resources.retain(|resource| used.contains(&resource.id));
    }
    // What nobody ever had of a resource that is gone is nothing to see.
    seen.grants.retain(|grant| whole.resource(&grant.resource).is_some());
    let today = app.today(&whole.plan.setup.zone);
    let (manages, acts) = (may(Right::MoveAccess), may(Right::WorkItems));
    Ok(Access { today, whole: all, manages, acts, actor: actor.person.clone(), engagement: seen })
}

/// One grant, and the version of it that somebody looked at. `None` takes whatever is there.
#[derive(Clone, Debug)]
pub struct MoveAccess {
    pub person: PersonId,
    pub resource: ResourceId,
    pub ask: Ask,
    pub version: Option<u32>,
}

/// Moves access in one change, with an entry of the record for each grant and a letter for each person. All of them or none.
pub async fn move_access(app: &App, actor: &Actor, engagement: &EngagementId, inputs: Vec<MoveAccess>) -> Result<Done<usize>, Failure> {
    if inputs.is_empty() || inputs.len() > MAX_MOVES {
        return Err(Refusal::field("grants", format!("choose 1 to {MAX_MOVES}")).into());
    }
    let named: BTreeSet<_> = inputs.iter().map(|input| (&input.person, &input.resource)).collect();
    if named.len() < inputs.len() {
        return Err(Refusal::field("grants", "one of them is named twice").into());
    }
    // Names and addresses are read before the engagement is held: reading them may take a connection of its own.
    let people = told::readers(app, actor, engagement, inputs.iter().map(|input| &input.person)).await?;
    let mut change = app.change_access(actor, engagement, right_of(&inputs)).await?;
    let (inputs, count) = (in_order(change.engagement(), inputs), people.len());
    let (mut moved, mut held, mut shared) = (Vec::with_capacity(count), Vec::new(), Vec::new());
    for input in inputs {
        let (person, resource) = (input.person.clone(), input.resource.clone());
        match move_one(app, actor, &mut change, &input) {
            Ok(grant) => moved.extend(grant),
            Err(Failure::Refused(refusal)) => {
                let at = (input.person.clone(), input.resource.clone());
                shared.extend(shared_refused(app, change.engagement(), (at, &input.ask), &refusal));
                held.push(HeldAccess::of(change.engagement(), (person, resource), refusal.to_string()));
            }
            Err(Failure::Conflict(_)) => {
                let why = "somebody else moved it since you looked".to_owned();
                held.push(HeldAccess::of(change.engagement(), (person, resource), why));
            }
            Err(failure) => return Err(failure),
        }
    }
    if !held.is_empty() {
        drop(change);
        record(app, actor, engagement, shared).await?;
        return Err(Refusal::Access(held).into());
    }
    if moved.is_empty() {
        return Err(Refusal::field("to", "nothing changes: it stands so already").into());
    }
    told::tell(app, actor, &mut change, &moved, &people).await?;
    Done::save(app, actor, change, moved.len()).await
}

/// That somebody was to share what is each person's own: the refusal itself is worth an entry.
fn shared_refused(app: &App, engagement: &Engagement, (at, ask): ((PersonId, ResourceId), &Ask), refusal: &Refusal) -> Option<Fact> {
    let Refusal::Grant(Refused::Shared(name)) = refusal else { return None };
    let kept = engagement.grant(&at.0, &at.1).map(|grant| Grant::clone(grant));
    let grant = kept.unwrap_or_else(|| Grant::needed(at.0, at.1, app.now()));
    let text = ask.details.get(name).or_else(|| grant.details.get(name))?;
    Some(fact(engagement, FactKind::SharedRefused, &grant).text("refused", format!("{name}: {}", text.trim())))
}

/// Saves entries of the record alone, where nothing else is saved.
async fn record(app: &App, actor: &Actor, engagement: &EngagementId, facts: Vec<Fact>) -> Result<(), Failure> {
    if facts.is_empty() {
        return Ok(());
    }
    let mut change = app.change_access(actor, engagement, Right::WorkItems).await?;
    for fact in facts {
        change.record(fact);
    }
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// What moves ask for. Their own access and what they give is for everybody who works.
fn right_of(inputs: &[MoveAccess]) -> Right {
    if inputs.iter().any(|input| input.ask.to == Some(Step::Waived)) { Right::WaiveItems } else { Right::WorkItems }
}

/// What comes first, before what waits for it.
fn in_order(engagement: &Engagement, mut inputs: Vec<MoveAccess>) -> Vec<MoveAccess> {
    let resources = &engagement.plan.resources;
    // How many stand before each, in the longest chain: no chain is longer than there are resources.
    let mut depths: BTreeMap<&ResourceId, usize> = BTreeMap::new();
    for _ in resources {
        let mut moved = false;
        for resource in resources {
            let before = resource.after.iter().filter_map(|id| depths.get(id)).max();
            let depth = before.map_or(0, |before| before + 1);
            moved |= depths.insert(&resource.id, depth) != Some(depth);
        }
        if !moved {
            break;
        }
    }
    inputs.sort_by_key(|input| depths.get(&input.resource).copied().unwrap_or_default());
    inputs
}

/// `None` where it stands so already.
fn move_one(app: &App, actor: &Actor, change: &mut Change, input: &MoveAccess) -> Result<Option<Grant>, Failure> {
    let grant = grant_of(app, change, actor, input)?;
    if change.grant(&input.person, &input.resource).is_some() && grant.is_as(&input.ask) {
        return Ok(None);
    }
    let hand = hand(app, change, actor, &grant)?;
    let moved = take(app, actor, change, (grant, hand), &input.ask)?;
    linked::follow_grant(app, actor, change, &moved)?;
    Ok(Some(moved))
}

/// For what weighs more than a move of access: a waiver of a rule, or access that outlives the engagement. A forwarded link alone does neither.
async fn with_code(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Change, Failure> {
    let change = app.change(actor, engagement, Right::MoveAccess).await?;
    if actor.pass.kind == PassKind::Link { Err(Failure::NeedsCode) } else { Ok(change) }
}

/// After the end nothing new comes.
fn going_on(engagement: &Engagement) -> Result<(), Failure> {
    if engagement.has_ended() { Err(closing::Refused::Over.into()) } else { Ok(()) }
}

/// A grant that the actor may see and has looked at. Somebody who manages access gives a person what the table does not.
fn grant_of(app: &App, change: &Change, actor: &Actor, input: &MoveAccess) -> Result<Grant, Failure> {
    let engagement = change.engagement();
    let found = change.grant(&input.person, &input.resource).filter(|grant| sees(app, engagement, actor, grant));
    match found {
        Some(grant) if input.version.is_some_and(|version| version != grant.version) => Err(Failure::Conflict(None)),
        Some(grant) => Ok(Grant::clone(grant)),
        // Whoever manages access may say that somebody needs what the table does not give them.
        None if engagement.grant(&input.person, &input.resource).is_none()
            && app.permit(actor, engagement, Right::MoveAccess).is_ok()
            && engagement.member(&input.person).is_some()
            && engagement.resource(&input.resource).is_some_and(|it| !it.internal || change.scope().sees_internal()) =>
        {
            Ok(Grant { by_hand: true, ..Grant::needed(input.person.clone(), input.resource.clone(), app.now()) })
        }
        None => Err(Failure::NotFound),
    }
}

fn sees(app: &App, engagement: &Engagement, actor: &Actor, grant: &Grant) -> bool {
    app.permit(actor, engagement, Right::ReadAccess).is_ok()
        || grant.person == actor.person
        || grant.is_answered_by(&actor.person)
        || engagement.resource(&grant.resource).is_some_and(|resource| engagement.gives(resource, &actor.person))
}

pub(crate) fn hand(app: &App, change: &Change, actor: &Actor, grant: &Grant) -> Result<Hand, Failure> {
    let engagement = change.engagement();
    let standing = app.permit(actor, engagement, Right::ReadEngagement)?;
    Ok(Hand {
        mine: grant.person == actor.person,
        gives: grant.is_answered_by(&actor.person)
            || engagement.resource(&grant.resource).is_some_and(|resource| engagement.gives(resource, &actor.person)),
        manages: standing.may(Right::MoveAccess),
        side: standing.function.side(),
    })
}

/// Takes a step within a change, and records it.
pub(crate) fn take(app: &App, actor: &Actor, change: &mut Change, (grant, hand): (Grant, Hand), ask: &Ask) -> Result<Grant, Failure> {
    let engagement = change.engagement();
    if engagement.has_ended() && !ask.to.is_some_and(Step::is_ending) {
        return Err(closing::Refused::Over.into());
    }
    let today = app.today(&engagement.plan.setup.zone);
    let resource = engagement.resource(&grant.resource).ok_or(Failure::NotFound)?;
    let details = grant.details.iter().chain(&ask.details).map(|(name, text)| (name.clone(), text.clone())).collect();
    let forbidden = engagement.forbidden_with((&grant.resource, &details), &grant.person, today).map(|policy| {
        let instead =
            policy.instead.iter().filter_map(|id| engagement.resource(id)).filter(|it| shows(change, it)).map(|it| it.title.clone());
        (policy, instead.chain(policy.ways.iter().cloned()).collect())
    });
    let around = Around {
        by: &actor.person,
        hand,
        now: app.now(),
        today,
        giving_side: engagement.giving_side(resource),
        details: &resource.details,
        before: engagement.access_before(resource, &grant.person, today).map(|it| title(change, it)).collect(),
        booked: match &ask.appointment {
            Some(Some(booked)) => engagement.books(resource, &grant.person, booked, today),
            _ => Ok(()),
        },
        shared: engagement.shares(resource, &grant, ask).map(str::to_owned),
        full: engagement.licences(&grant.resource).is_some_and(|licences| licences.left() == 0),
        shown: engagement.bears(ask.shown.as_ref(), engagement.giving_side(resource)),
        forbidden,
    };
    let moved = grant.clone().take(ask, &around)?;
    let fact = fact(engagement, FactKind::GrantMoved, &moved);
    let told = |grant: &Grant| {
        let Grant { step, ticket, details, appointment, until, how, word_of, .. } = grant;
        serde_json::json!({
            "step": step, "ticket": ticket, "details": details, "appointment": appointment, "until": until, "how": how, "word_of": word_of,
        })
    };
    let why = Some(moved.note.clone()).filter(|_| ask.note.is_some());
    change.record(fact.from(told(&grant)).to(told(&moved)).why(why));
    change.save_grant(moved.clone());
    Ok(moved)
}

fn shows(change: &Change, resource: &Resource) -> bool {
    !resource.internal || change.scope().sees_internal()
}

/// What a resource is called to the actor: what is internal has no name for others.
fn title(change: &Change, resource: &Resource) -> String {
    if shows(change, resource) { resource.title.clone() } else { INSIDE.to_owned() }
}

/// A fact about access. Its subject is person and resource; what is internal stays internal in the record.
pub(crate) fn fact(engagement: &Engagement, kind: FactKind, grant: &Grant) -> Fact {
    let resource = engagement.resource(&grant.resource);
    let title = resource.map_or(grant.resource.as_str(), |resource| &resource.title);
    Fact::new(kind, format!("{}/{}", grant.person, grant.resource), title)
        .text("person", engagement.name(&grant.person))
        .internal(resource.is_none_or(|resource| resource.internal))
}

/// Saves a grant that the table or the people changed. Only what ends something is told: what is needed says the plan.
pub(crate) fn follow(change: &mut Change, grant: Grant) {
    let before = change.engagement().grant(&grant.person, &grant.resource).map(|before| before.step);
    if let Some(before) = before.filter(|before| *before != grant.step && *before != Step::Needed) {
        let fact = fact(change.engagement(), FactKind::GrantMoved, &grant);
        change.record(fact.from(serde_json::json!({ "step": before })).to(serde_json::json!({ "step": grant.step })));
    }
    change.save_grant(grant);
}

/// Leave for one person to do what a policy forbids, until a day.
#[derive(Clone, Debug)]
pub struct ExceptAccess {
    pub person: PersonId,
    pub resource: ResourceId,
    /// Who allows it: a member who holds the role that the policy names.
    pub approver: PersonId,
    pub until: Date,
    pub reason: String,
    pub version: Option<u32>,
}

/// Writes an exception from a policy down.
pub async fn except_access(app: &App, actor: &Actor, engagement: &EngagementId, input: ExceptAccess) -> Result<Done<Grant>, Failure> {
    let readers = told::readers(app, actor, engagement, [&input.approver].into_iter()).await?;
    let mut change = with_code(app, actor, engagement).await?;
    going_on(change.engagement())?;
    let ExceptAccess { person, resource, approver, until, reason, version } = input;
    let asked = MoveAccess { person, resource, ask: Ask::default(), version };
    let grant = grant_of(app, &change, actor, &asked)?;
    let whole = change.engagement();
    let today = app.today(&whole.plan.setup.zone);
    let policy = whole.to_except(&grant.resource, &grant.person, today);
    if approver == grant.person {
        return Err(Refusal::field("approver", "nobody allows an exception for themselves").into());
    }
    let named = whole.member(&approver).ok_or_else(|| Refusal::field("approver", "name somebody who is on the engagement"))?;
    if let Some(role) = policy.and_then(|policy| policy.exception_by.as_ref())
        && !named.roles.contains(role)
    {
        let role = whole.role(role).map_or(role.as_str(), |role| &role.title);
        return Err(Refusal::field("approver", format!("{} does not hold the role “{role}”", whole.name(&approver))).into());
    }
    let inside = named.side() == Side::Delivery || whole.resource(&grant.resource).is_some_and(|it| !it.internal);
    if !inside {
        return Err(Refusal::field("approver", "what is internal is allowed by somebody of the delivery side").into());
    }
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of: (approver != actor.person).then(|| approver.clone()) };
    let exception = Exception {
        policy: policy.map(|policy| policy.id.clone()).unwrap_or_default(),
        approver: approver.clone(),
        until,
        reason: reason.trim().to_owned(),
        mark,
    };
    let excepted = grant.except(policy, exception, today)?;
    let to = serde_json::json!({ "until": until, "approver": approver });
    let fact = fact(whole, FactKind::GrantExcepted, &excepted).to(to).why(Some(reason)).text("approver", whole.name(&approver));
    change.record(fact);
    change.save_grant(excepted.clone());
    told::tell_approver(app, actor, &mut change, &excepted, readers.values()).await?;
    Done::save(app, actor, change, excepted).await
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(Refusal::Grant(refused))
    }
}
