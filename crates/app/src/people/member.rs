//! Operations on the members of an engagement. Who comes or goes changes the checklist: per-person items follow.

use tminus_domain::{
    engagement::setup::Setup,
    ids::{EngagementId, PersonId},
    kit::{Role, Side},
    people::{ERASED, MAX_SITE, Member, Person, is_plain},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::people::person::Account;

use super::{ABSENT, edition};
use crate::{App, Failure, Refusal, access::ending::end_ways_in, engagement::plan};

/// A member as somebody wants them to be, and what they saw before. Without that, it takes the place of whatever is there.
#[derive(Clone, Debug)]
pub struct SaveMember {
    pub member: Member,
    /// The [`edition`] of the member that was looked at, or [`ABSENT`].
    pub seen: Option<String>,
}

impl From<Member> for SaveMember {
    fn from(member: Member) -> Self {
        Self { member, seen: None }
    }
}

/// A member to take off, and the [`edition`] of them that somebody looked at.
#[derive(Clone, Debug)]
pub struct RemoveMember {
    pub person: PersonId,
    pub seen: Option<String>,
}

impl From<&PersonId> for RemoveMember {
    fn from(person: &PersonId) -> Self {
        Self { person: person.clone(), seen: None }
    }
}

/// Refused where somebody else changed the member since the actor looked.
pub(super) fn unchanged(members: &[Member], person: &PersonId, seen: Option<&str>) -> Result<(), Failure> {
    let now = members.iter().find(|it| &it.person == person).map_or_else(|| ABSENT.to_owned(), edition);
    if seen.is_some_and(|seen| seen != now) { Err(Failure::Conflict(None)) } else { Ok(()) }
}

/// What a member is, as the record says it.
pub(crate) fn told(member: &Member) -> serde_json::Value {
    let mut told = serde_json::to_value(member).unwrap_or_default();
    // The entry is about the person already.
    told.as_object_mut().map(|told| told.remove("person"));
    told
}

/// Nobody is called by their name where personal data was erased, also who is still here.
fn forget(person: &mut Person) {
    ERASED.clone_into(&mut person.name);
    person.email.clear();
    "UTC".clone_into(&mut person.zone);
}

/// The members with their details, in the order of the register.
pub async fn list_members(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<(Member, Person)>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let ids: Vec<_> = view.engagement.members.iter().map(|member| member.person.clone()).collect();
    let mut people = app.store.people_of(&view.scope, &ids).await?;
    if view.engagement.is_erased() {
        people.values_mut().for_each(forget);
    }
    Ok(view.engagement.members.iter().filter_map(|member| Some((member.clone(), people.remove(&member.person)?))).collect())
}

/// Members whose newest letter did not arrive, with what the mail server said. For those who invite people.
pub async fn list_unreached(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<(PersonId, String)>, Failure> {
    let view = app.view(actor, engagement, Right::InvitePeople).await?;
    let ids: Vec<_> = view.engagement.members.iter().map(|member| member.person.clone()).collect();
    Ok(app.store.unreached(&ids).await?)
}

/// No engagement has more members than this: items are expanded for each of them.
pub const MAX_MEMBERS: usize = 300;

pub(crate) fn not_too_many(count: usize) -> Result<(), Failure> {
    if count > MAX_MEMBERS {
        Err(Refusal::field("members", format!("at most {MAX_MEMBERS} people are on one engagement")).into())
    } else {
        Ok(())
    }
}

/// Whether people of one side can be members on another: partners' members may come from the delivery side.
pub(crate) fn may_stand_for(own: Side, side: Side) -> bool {
    own == side || (own == Side::Delivery && side == Side::Partner)
}

/// Whether a person can be this member: on their own side, or a partner's for the delivery side, and there before they leave.
pub(crate) fn may_be(member: &Member, person: &Person) -> Result<(), Failure> {
    if !member.function.is_of_members() {
        let word = member.function.as_str();
        return Err(Refusal::field("function", format!("“{word}” is not a function of members: it is given in the whole practice")).into());
    }
    let side = member.function.side();
    if !may_stand_for(person.side, side) {
        return Err(Refusal::field("function", format!("{} is on the {} side", person.name, person.side.as_str())).into());
    }
    if member.account_team && side != Side::Delivery {
        return Err(Refusal::field("account_team", "the account team is of the delivery side").into());
    }
    if !is_plain(&member.site, MAX_SITE) {
        return Err(Refusal::field("site", format!("a site is one line of at most {MAX_SITE} characters")).into());
    }
    if member.from.zip(member.until).is_some_and(|(from, until)| from > until) {
        return Err(Refusal::field("until", "they leave before they arrive").into());
    }
    Ok(())
}

/// Whether the engagement has the member's workstreams and roles.
pub(crate) fn known(member: &Member, setup: &Setup, roles: &[Role]) -> Result<(), Failure> {
    if let Some(unknown) = member.workstreams.iter().find(|id| !setup.workstreams.iter().any(|it| &it.id == *id)) {
        return Err(Refusal::field("workstreams", format!("“{unknown}” is not a workstream of this engagement")).into());
    }
    if let Some(unknown) = member.parts.keys().find(|id| !member.workstreams.contains(id)) {
        return Err(Refusal::field("parts", format!("“{unknown}” is not a workstream of theirs")).into());
    }
    if let Some(unknown) = member.calendar.as_ref().filter(|name| !setup.calendars.iter().any(|it| &it.name == *name)) {
        return Err(Refusal::field("calendar", format!("“{unknown}” is not a calendar of this engagement")).into());
    }
    if let Some(unknown) = member.roles.iter().find(|id| !roles.iter().any(|role| &role.id == *id)) {
        return Err(Refusal::field("roles", format!("“{unknown}” is not a role of this engagement's kits")).into());
    }
    Ok(())
}

/// Puts a person on an engagement, or changes what they are there. Items for each person follow at once.
pub async fn save_member(app: &App, actor: &Actor, engagement: &EngagementId, input: impl Into<SaveMember>) -> Result<(), Failure> {
    let SaveMember { member, seen } = input.into();
    // Who may not edit members learns nothing of the person either.
    app.view(actor, engagement, Right::EditMembers).await?;
    let Account { person, ended, .. } = app.store.account(&member.person).await?.ok_or(Failure::NotFound)?;
    may_be(&member, &person)?;
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let mut members = change.engagement().members.to_vec();
    unchanged(&members, &member.person, seen.as_deref())?;
    let plan = &change.engagement().plan;
    known(&member, &plan.setup, &plan.roles)?;
    let to = told(&member);
    let fact = match members.iter().position(|it| it.person == member.person) {
        Some(place) => {
            let before = std::mem::replace(&mut members[place], member);
            Fact::new(FactKind::MemberChanged, person.id.as_str(), &person.name).from(told(&before)).to(to)
        }
        // Whoever can no longer sign in comes to no engagement any more; where they are already, they stay until taken off.
        None if ended => return Err(Refusal::field("person", format!("{} has left the practice", person.name)).into()),
        None => {
            members.push(member);
            not_too_many(members.len())?;
            Fact::new(FactKind::MemberAdded, person.id.as_str(), &person.name).to(to)
        }
    };
    change.name(&person.id, &person.name);
    change.save_members(members);
    change.record(fact);
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// Takes a person off an engagement. Their untouched items are left out; begun ones stay.
pub async fn remove_member(app: &App, actor: &Actor, engagement: &EngagementId, input: impl Into<RemoveMember>) -> Result<(), Failure> {
    let RemoveMember { person, seen } = input.into();
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let mut members = change.engagement().members.to_vec();
    let count = members.len();
    members.retain(|member| member.person != person);
    if members.len() == count {
        return Err(Failure::NotFound);
    }
    unchanged(&change.engagement().members, &person, seen.as_deref())?;
    let name = change.engagement().name(&person).to_owned();
    end_ways_in(&mut change, Some(&person), app.now()).await?;
    change.save_members(members);
    change.record(Fact::new(FactKind::MemberLeft, person.as_str(), name));
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}
