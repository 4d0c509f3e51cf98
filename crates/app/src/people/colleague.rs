//! A colleague whom somebody of the customer names, so that a link is not passed on but given to whoever needs it.

use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::Side,
    people::{Member, Person},
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, PracticeRole, Right, link::DAYS},
};

use tminus_store::people::person::Account;

use super::{member::not_too_many, person::is_free};
use crate::{
    App, Failure, Refusal,
    engagement::{plan, retention::still_changes},
    rights::link,
};

pub struct NameColleague {
    pub name: String,
    pub email: String,
}

/// Who was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub person: PersonId,
    pub name: String,
    /// What becomes of their way in.
    pub way_in: WayIn,
}

/// How a colleague who was named comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// They were on the engagement already.
    There,
    /// A link is mailed to them.
    Mailed,
    /// Nobody of their company is known: whoever may invite makes them a link.
    Waits,
}

/// Puts a colleague on the engagement, on the actor's own side. Whoever names them never sees their link: it is mailed to them where
/// somebody of that side has an address of the same company already; anybody else waits until whoever may invite makes them one.
pub async fn name_colleague(app: &App, actor: &Actor, engagement: &EngagementId, input: NameColleague) -> Result<Named, Failure> {
    let view = app.view(actor, engagement, Right::NameColleague).await?;
    let named = Person {
        id: PersonId(app.fresh_id()),
        name: input.name,
        email: input.email,
        side: Side::Customer,
        zone: actor.zone.clone(),
        practice: PracticeRole::None,
    }
    .checked()?;
    let account = app.store.account_by_email(&named.email).await?;
    if let Some(account) = &account {
        let member = view.engagement.member(&account.person.id);
        if let Some(member) = member.filter(|member| member.side() == Side::Customer) {
            return Ok(Named { person: member.person.clone(), name: account.person.name.clone(), way_in: WayIn::There });
        }
        // Of who is with the practice and who has left it, customers learn nothing here.
        if member.is_some() || !may_be_brought(account, Side::Customer) {
            return Err(Refusal::field("email", "this address cannot be added here: ask whoever leads the engagement").into());
        }
    }
    // Refused before anybody is added to the practice.
    still_changes(&view.engagement, Right::NameColleague)?;
    not_too_many(view.engagement.members.len() + 1)?;
    let kits = plan::kits_for(app, &view.engagement, None).await?;
    let ids: Vec<_> = view.engagement.members.iter().filter(|it| it.side() == Side::Customer).map(|it| it.person.clone()).collect();
    let beside = app.store.people_of(&view.scope, &ids).await?;
    let person = match account {
        Some(account) => account.person,
        None => add(app, actor, named).await?,
    };
    // The letter goes to the address of their account, whichever one was named.
    let known = beside.values().any(|member| domain(member) == domain(&person));
    let mut change = app.change(actor, engagement, Right::NameColleague).await?;
    let mut members = change.engagement().members.to_vec();
    if members.iter().any(|member| member.person == person.id) {
        return Ok(Named { person: person.id, name: person.name, way_in: WayIn::There });
    }
    members.push(Member::new(person.id.clone(), Function::CustomerMember));
    not_too_many(members.len())?;
    change.name(&person.id, &person.name);
    change.save_members(members);
    change.record(Fact::new(FactKind::ColleagueNamed, person.id.as_str(), &person.name));
    if known {
        link::add_mailed_link(app, actor, &mut change, (&person, DAYS)).await?;
    }
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(Named { person: person.id, name: person.name, way_in: if known { WayIn::Mailed } else { WayIn::Waits } })
}

/// Somebody new of another side, as whoever looks after the members of an engagement names them.
pub struct BringPerson {
    pub name: String,
    pub email: String,
    pub side: Side,
    /// An IANA time zone.
    pub zone: String,
}

/// The person of an address of the customer or of a partner, for an engagement; added to the practice where nobody has it yet. Who works for the
/// practice, and who left it, is an administrator's to look after.
pub async fn bring_person(app: &App, actor: &Actor, engagement: &EngagementId, input: BringPerson) -> Result<PersonId, Failure> {
    let view = app.view(actor, engagement, Right::EditMembers).await?;
    still_changes(&view.engagement, Right::EditMembers)?;
    not_too_many(view.engagement.members.len() + 1)?;
    let BringPerson { name, email, side, zone } = input;
    if side == Side::Delivery {
        return Err(Refusal::field("side", "people of the delivery side are added by an administrator").into());
    }
    let named = Person { id: PersonId(app.fresh_id()), name, email, side, zone, practice: PracticeRole::None }.checked()?;
    match app.store.account_by_email(&named.email).await? {
        Some(account) if may_be_brought(&account, side) => Ok(account.person.id),
        Some(_) => Err(Refusal::field("email", "this address is somebody else's already: choose them, or ask an administrator").into()),
        None => Ok(add(app, actor, named).await?.id),
    }
}

/// Whether somebody whom the practice knows can come to an engagement by their address alone.
fn may_be_brought(account: &Account, side: Side) -> bool {
    !account.ended && account.person.practice == PracticeRole::None && account.person.side == side
}

async fn add(app: &App, actor: &Actor, named: Person) -> Result<Person, Failure> {
    let mut writing = app.store.writing().await?;
    is_free(&writing, &named.id, ("email", &named.email)).await?;
    writing.add_person(&named, None, app.now()).await?;
    writing.record(Fact::new(FactKind::PersonAdded, named.id.as_str(), &named.name).to(named.side.as_str()).internal(true));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(named)
}

/// What comes after the @ of an address.
fn domain(person: &Person) -> Option<String> {
    Some(person.email.rsplit_once('@')?.1.to_lowercase())
}
