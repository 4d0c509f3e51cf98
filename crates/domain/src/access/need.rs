//! Who needs what, by the kits' table, and what follows where that changes.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Grant, Step, by_hand::ByHand};
use crate::{
    engagement::{
        Engagement,
        expand::fits,
        setup::Setup,
        tailor::{Anchors, Tailored},
    },
    ids::{PersonId, ResourceId},
    kit::{
        Kit,
        access::{Policy, Resource},
        condition::{Condition, Verdict},
    },
    people::Member,
    schedule::{Calendars, Computed, NoDate},
};

/// That a person needs a resource, and by when.
#[derive(Clone, Debug, PartialEq)]
pub struct Needed {
    pub person: PersonId,
    pub resource: ResourceId,
    pub because: String,
    pub due: Option<Computed>,
    pub start_by: Option<Date>,
}

/// What the kits' tables say for these people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub resources: Vec<Resource>,
    pub policies: Vec<Policy>,
    pub needed: Vec<Needed>,
}

/// Resources, policies and needs of kits under a setup, and those added by hand. What hangs on a question that nobody answered is not needed yet.
pub(crate) fn table(
    kits: &[&Kit],
    by_hand: &[ByHand],
    setup: &Setup,
    members: &[Member],
    (anchors, calendars, today): (&Anchors<'_>, &Calendars, Date),
) -> Result<Table, NoDate> {
    let answers = setup.facts(kits);
    let holds = |when: Option<&Condition>| when.is_none_or(|when| when.check(&answers) == Verdict::Holds);
    let mut table = Table::default();
    for kit in kits {
        for resource in kit.resources.iter().filter(|it| holds(it.when.as_ref())) {
            if !table.resources.iter().any(|it| it.id == resource.id) {
                table.resources.push(resource.clone());
            }
        }
        let new = |policy: &&Policy| holds(policy.when.as_ref()) && !table.policies.iter().any(|it| it.id == policy.id);
        let policies: Vec<_> = kit.policies.iter().filter(new).cloned().collect();
        table.policies.extend(policies);
    }
    table.resources.extend(by_hand.iter().filter(|own| !own.removed).map(|own| own.resource.clone()));
    let own: Vec<_> = by_hand.iter().filter_map(ByHand::need).collect();
    for resource in &table.resources {
        let rows = kits.iter().flat_map(|kit| &kit.needs).chain(&own);
        let rows: Vec<_> = rows.filter(|need| need.resource == resource.id && holds(need.when.as_ref())).collect();
        for member in members.iter().filter(|member| member.is_here(today)) {
            let Some(row) = rows.iter().find(|row| fits(&row.each, member, &answers)) else { continue };
            // A way that a policy closes to somebody is not what they need.
            let closed = |policy: &Policy| policy.detail.is_none() && policy.refuses == resource.id && fits(&policy.each, member, &answers);
            if table.policies.iter().any(closed) {
                continue;
            }
            // The date is about one person: their own calendar counts, not that of their side.
            let own = member.counted_over(&setup.calendars).and_then(|own| Calendars::new(own).ok());
            let calendars = own.as_ref().unwrap_or(calendars);
            let rule = resource.due.as_ref();
            let due = rule.map(|rule| calendars.compute(rule, &anchors.anchor(&rule.anchor, Some(&member.person)))).transpose()?;
            let timed = due.as_ref().and_then(Computed::date).zip(resource.lead);
            let start_by = timed.map(|(due, lead)| calendars.start_by(due, lead)).transpose()?;
            let because = row.each.in_words();
            table.needed.push(Needed { person: member.person.clone(), resource: resource.id.clone(), because, due, start_by });
        }
    }
    Ok(table)
}

/// Grants as they are after the table or the people changed: those that changed and those that are new.
/// What was begun is never dropped; whoever is gone keeps nothing.
pub fn follow(engagement: &Engagement, tailored: &Tailored, now: Timestamp, today: Date) -> Vec<Grant> {
    let needed: BTreeMap<_, _> = tailored.access.needed.iter().map(|it| ((&it.person, &it.resource), it)).collect();
    let mut changed = Vec::new();
    for grant in &engagement.grants {
        let here = engagement.member(&grant.person).is_some_and(|member| member.is_here(today));
        // Whom somebody chose for what is taken away does not need it any more.
        let gone = engagement.by_hand(&grant.resource).is_some_and(|own| own.removed);
        let next = follow_one(grant, needed.get(&(&grant.person, &grant.resource)).copied(), (here, gone), now);
        if next != **grant {
            changed.push(Grant { version: grant.version + 1, ..next });
        }
    }
    for need in &tailored.access.needed {
        if engagement.grant(&need.person, &need.resource).is_none() {
            changed.push(new(need, now));
        }
    }
    changed
}

/// What becomes of somebody's access where the plan changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turned {
    pub person: PersonId,
    pub resource: ResourceId,
    /// What it is access to.
    pub title: String,
    pub becomes: Becomes,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Why they need it, or how its date is counted.
    pub why: String,
    /// Only the delivery side sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It is needed from now on.
    Needed,
    /// It was asked for at most, and is not needed any more.
    Withdrawn,
    /// It is there, and has to be taken away.
    ToRevoke,
    /// Its date moves.
    Moved,
}

impl Becomes {
    pub const ALL: &'static [Self] = &[Self::Needed, Self::Withdrawn, Self::ToRevoke, Self::Moved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Withdrawn => "withdrawn",
            Self::ToRevoke => "to_revoke",
            Self::Moved => "moved",
        }
    }

    fn of(before: Option<&Grant>, after: &Grant) -> Option<Self> {
        let Some(before) = before else { return Some(Self::Needed) };
        let turns = |step| after.step == step && before.step != step;
        match () {
            () if turns(Step::Needed) => Some(Self::Needed),
            () if turns(Step::Withdrawn) => Some(Self::Withdrawn),
            () if turns(Step::RevokeRequested) || (before.wanted && !after.wanted && after.step.is_live()) => Some(Self::ToRevoke),
            () if after.wanted && before.due_on() != after.due_on() => Some(Self::Moved),
            () => None,
        }
    }
}

/// What of [`follow`] people want to know before it is done.
pub fn turned(engagement: &Engagement, tailored: &Tailored, grants: &[Grant]) -> Vec<Turned> {
    let now = |id: &ResourceId| tailored.access.resources.iter().find(|it| &it.id == id).or_else(|| engagement.resource(id));
    let of = |after: &Grant| {
        let before = engagement.grant(&after.person, &after.resource).map(|grant| &**grant);
        let becomes = Becomes::of(before, after)?;
        let resource = now(&after.resource);
        let due = after.due.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(Turned {
            person: after.person.clone(),
            resource: after.resource.clone(),
            title: resource.map_or_else(|| after.resource.to_string(), |it| it.title.clone()),
            becomes,
            from: before.and_then(Grant::due_on).filter(|_| becomes == Becomes::Moved),
            to: after.due_on().filter(|_| matches!(becomes, Becomes::Needed | Becomes::Moved)),
            why: if becomes == Becomes::Moved { due } else { after.because.clone() },
            // What is internal by either plan stays so.
            internal: resource.is_none_or(|it| it.internal) || engagement.resource(&after.resource).is_some_and(|it| it.internal),
        })
    };
    grants.iter().filter_map(of).collect()
}

/// The grants of a new engagement.
pub fn first(tailored: &Tailored, now: Timestamp) -> Vec<Arc<Grant>> {
    tailored.access.needed.iter().map(|need| Arc::new(new(need, now))).collect()
}

fn new(need: &Needed, now: Timestamp) -> Grant {
    Grant {
        because: need.because.clone(),
        due: need.due.clone(),
        start_by: need.start_by,
        ..Grant::needed(need.person.clone(), need.resource.clone(), now)
    }
}

fn follow_one(grant: &Grant, need: Option<&Needed>, (here, gone): (bool, bool), now: Timestamp) -> Grant {
    let mut next = grant.clone();
    let mut go = |step| {
        next.step = step;
        next.since = now;
        next.by = None;
        next.note = String::new();
        (next.how, next.word_of) = (None, None);
    };
    let by_hand = grant.by_hand && here && !gone && grant.step != Step::Withdrawn;
    match (need, grant.step) {
        (None, _) if by_hand => {}
        // It is needed again: what the table took away comes back, what a person decided stays.
        (Some(_), Step::Withdrawn | Step::RevocationConfirmed) if !grant.wanted => go(Step::Needed),
        (None, Step::Needed | Step::Requested | Step::Approved | Step::Rejected) if grant.wanted || !here => go(Step::Withdrawn),
        (None, Step::Granted | Step::Verified | Step::Broken | Step::Suspended) if !here => go(Step::RevokeRequested),
        _ => {}
    }
    next.wanted = need.is_some() || by_hand;
    if let Some(need) = need {
        next.because.clone_from(&need.because);
        if next.step.is_open() {
            next.due.clone_from(&need.due);
            next.start_by = need.start_by;
        }
    }
    next
}
