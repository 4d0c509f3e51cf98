//! Erasing a person: on request, and when nothing is left of them but engagements that were erased.

use std::collections::BTreeSet;

use tminus_domain::{
    ids::PersonId,
    people::{ERASED, Person},
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right},
};
use tminus_store::{people::person::Account, record::Writing, retention::Live};

use super::person::{another_administers, end_in};
use crate::{App, Failure, Refusal, engagement::retention::enter, mail::job};

/// Erases somebody for good: they are ended if they were not, and what they are called and wrote is taken out of everything, everywhere.
pub async fn erase_person(app: &App, actor: &Actor, id: &PersonId) -> Result<(), Failure> {
    may_erase(actor)?;
    let account = app.store.account(id).await?.ok_or(Failure::NotFound)?;
    if !account.erasing {
        let person = &account.person;
        let live = refuse_live(app, person).await?;
        let mut writing = app.store.writing().await?;
        let account = writing.account(id).await?.ok_or(Failure::NotFound)?;
        refuse(actor, &writing, person).await?;
        if writing.live_access(id).await? != live {
            return Err(Failure::Conflict(None));
        }
        if !account.ended {
            end_in(app, actor, &mut writing, person).await?;
        }
        begin(app, actor, writing, &account).await?;
    }
    app.store.overwriting(Box::pin(finish(app, actor, id))).await?
}

/// Why somebody cannot be erased now, in a sentence; nothing if they can.
pub async fn why_not_erased(app: &App, actor: &Actor, id: &PersonId) -> Result<Option<String>, Failure> {
    may_erase(actor)?;
    let person = app.store.account(id).await?.ok_or(Failure::NotFound)?.person;
    let writing = app.store.writing().await?;
    let may = match refuse(actor, &writing, &person).await {
        Ok(()) => {
            drop(writing);
            refuse_live(app, &person).await.map(drop)
        }
        refused => refused,
    };
    match may {
        Ok(()) => Ok(None),
        Err(Failure::Refused(Refusal::Field { why, .. })) => Ok(Some(why)),
        Err(failure) => Err(failure),
    }
}

/// Who looks after people for a directory says who works here, and throws nothing away.
fn may_erase(actor: &Actor) -> Result<(), Failure> {
    App::practice(actor, Right::EditPeople)?;
    if actor.pass.kind == PassKind::ProvisioningKey { Err(Failure::Forbidden) } else { Ok(()) }
}

async fn refuse(actor: &Actor, writing: &Writing, person: &Person) -> Result<(), Failure> {
    if person.id == actor.person {
        return Err(Refusal::field("person", "nobody erases themselves; another administrator can").into());
    }
    let ended = writing.account(&person.id).await?.is_none_or(|account| account.ended);
    if person.practice == tminus_domain::rights::PracticeRole::Administrator && !ended {
        another_administers(writing).await?;
    }
    let open = writing.memberships_not_ended(&person.id).await?;
    if !open.is_empty() {
        let titles: Vec<_> = open.iter().take(5).map(|(_, title)| format!("“{title}”")).collect();
        let why = format!("{} is a member of {}, which has not ended: take them off first", person.name, titles.join(", "));
        return Err(Refusal::field("person", why).into());
    }
    Ok(())
}

/// Refused while they still have access. Gives what was looked at: what was not granted any more, or never in use, holds up nothing.
async fn refuse_live(app: &App, person: &Person) -> Result<Vec<Live>, Failure> {
    let (live, told) = live_access(app, &person.id).await?;
    if told.is_empty() {
        return Ok(live);
    }
    let why = format!("{} still has access: {}; confirm first that it is gone", person.name, told.join(", "));
    Err(Refusal::field("person", why).into())
}

/// Access of somebody that nobody confirmed gone: what was looked at, and what is to be confirmed, as people read it.
async fn live_access(app: &App, id: &PersonId) -> Result<(Vec<Live>, Vec<String>), Failure> {
    let (job, mut told) = (job(), Vec::new());
    let live = app.store.live_access(id).await?;
    let engagements: BTreeSet<_> = live.iter().map(|live| &live.engagement).collect();
    for engagement in engagements {
        let view = app.view(&job, engagement, Right::ReadAccess).await?;
        let whole = &view.engagement;
        let today = app.today(&whole.plan.setup.zone);
        let title = &whole.plan.setup.title;
        let theirs = whole.to_revoke(today, true).filter(|grant| &grant.person == id);
        told.extend(theirs.map(|grant| {
            let resource = whole.resource(&grant.resource).map_or(grant.resource.as_str(), |resource| &resource.title);
            format!("{resource} in “{title}”")
        }));
    }
    Ok((live, told))
}

async fn begin(app: &App, actor: &Actor, mut writing: Writing, account: &Account) -> Result<(), Failure> {
    // Another node may have begun it meanwhile.
    if account.erasing {
        return Ok(());
    }
    let id = &account.person.id;
    writing.begin_erasing(id, app.now()).await?;
    let fact = Fact::new(FactKind::PersonChanged, id.as_str(), ERASED);
    writing.record(fact.to(serde_json::json!({ "erasing": true })).internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Takes somebody out of every engagement, each in a change of its own, and then out of the practice. Begun again, it goes on.
async fn finish(app: &App, actor: &Actor, id: &PersonId) -> Result<(), Failure> {
    let Some(traces) = app.store.traces(id).await? else { return Ok(()) };
    let (job, fact) = (job(), || Fact::new(FactKind::PersonErased, id.as_str(), ERASED).internal(true));
    for engagement in app.store.engagements_naming(&traces).await? {
        let Some(mut change) = enter(app, &job, &engagement).await? else { continue };
        if change.erase_person(&traces).await? {
            change.record(fact());
            change.save(actor, app.now(), &app.salt()).await?;
        }
    }
    let mut writing = app.store.writing().await?;
    if writing.account(id).await?.is_none() {
        return Ok(());
    }
    writing.erase_person(&traces, app.now()).await?;
    writing.record(fact());
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Goes on with whom it was begun, and erases whom nothing but erased engagements knows any more. Says how many.
pub(crate) async fn erase_due(app: &App) -> Result<usize, Failure> {
    let (job, mut count) = (job(), 0);
    for id in app.store.half_erased().await? {
        finish(app, &job, &id).await?;
        count += 1;
    }
    for id in app.store.people_of_erased_alone().await? {
        let (live, told) = live_access(app, &id).await?;
        if !told.is_empty() {
            continue;
        }
        let mut writing = app.store.writing().await?;
        let Some(account) = writing.account(&id).await? else { continue };
        // What changed meanwhile is looked at in the next hour.
        if !writing.memberships_not_ended(&id).await?.is_empty() || writing.live_access(&id).await? != live {
            continue;
        }
        if !account.ended {
            end_in(app, &job, &mut writing, &account.person).await?;
        }
        begin(app, &job, writing, &account).await?;
        finish(app, &job, &id).await?;
        count += 1;
    }
    Ok(count)
}
