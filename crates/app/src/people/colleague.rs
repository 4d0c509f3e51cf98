//! A colleague whom somebody of the customer names, so that a link is not passed on but given to whoever needs it.

use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::Side,
    people::{Member, Person},
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, PracticeRole, Right, link::DAYS},
};

use super::member::not_too_many;
use crate::{App, Failure, Refusal, engagement::plan, rights::link};

pub struct NameColleague {
    pub name: String,
    pub email: String,
}

/// Puts a colleague on the engagement, on the actor's own side. Whoever names them never sees their link: it is mailed to them where
/// somebody of that side has an address of the same company already; anybody else waits until whoever may invite makes them one.
pub async fn name_colleague(app: &App, actor: &Actor, engagement: &EngagementId, input: NameColleague) -> Result<PersonId, Failure> {
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
            return Ok(member.person.clone());
        }
        // Of who is with the practice and who has left it, customers learn nothing here.
        if member.is_some() || account.ended || account.person.practice != PracticeRole::None || account.person.side != Side::Customer {
            return Err(Refusal::field("email", "this address cannot be added here: ask whoever leads the engagement").into());
        }
    }
    let kits = plan::kits_for(app, &view.engagement, None).await?;
    let ids: Vec<_> = view.engagement.members.iter().filter(|it| it.side() == Side::Customer).map(|it| it.person.clone()).collect();
    let known = app.store.people_of(&view.scope, &ids).await?.values().any(|member| domain(member) == domain(&named));
    let person = if let Some(account) = account {
        account.person
    } else {
        let mut writing = app.store.writing().await?;
        writing.add_person(&named, None, app.now()).await?;
        writing.record(Fact::new(FactKind::PersonAdded, named.id.as_str(), &named.name).to(named.side.as_str()).internal(true));
        writing.save(actor, app.now(), &app.salt()).await?;
        named
    };
    let mut change = app.change(actor, engagement, Right::NameColleague).await?;
    let mut members = change.engagement().members.to_vec();
    if members.iter().any(|member| member.person == person.id) {
        return Ok(person.id);
    }
    members.push(Member::new(person.id.clone(), Function::CustomerMember));
    not_too_many(members.len())?;
    change.name(&person.id, &person.name);
    change.save_members(members);
    change.record(Fact::new(FactKind::ColleagueNamed, person.id.as_str(), &person.name));
    if known {
        link::add_mailed_link(app, actor, &mut change, (&person, DAYS)).await?;
    }
    plan::follow_members(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(person.id)
}

/// What comes after the @ of an address.
fn domain(person: &Person) -> Option<String> {
    Some(person.email.rsplit_once('@')?.1.to_lowercase())
}
