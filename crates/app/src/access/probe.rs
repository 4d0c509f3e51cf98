//! Asking the tools themselves: what was given and nobody tried yet, and what is said to be gone.

use std::collections::BTreeMap;

use tminus_connect::probe::{Probe, Question};
use tminus_domain::{
    access::{Grant, Step, work::Probed},
    engagement::Engagement,
    ids::{EngagementId, PersonId, ResourceId},
    people::Person,
    record::fact::FactKind,
    rights::{Right, authorize},
};

use super::{fact, linked};
use crate::{App, Failure, mail::job};

/// Asks the tools about access whose state nobody has shown yet, and says how many grants moved by it. What cannot be asked is left for the
/// next time.
pub async fn probe_access(app: &App) -> Result<usize, Failure> {
    let Some(probe) = app.probe.clone() else { return Ok(0) };
    let mut moved = 0;
    for id in app.store.engagements_with_work().await? {
        let Some(snapshot) = app.store.snapshot(&id).await? else { continue };
        let scope = authorize(&job(), snapshot.ground(app.today(snapshot.zone())), Right::MoveAccess)?;
        let view = snapshot.open(scope);
        let asked: Vec<_> =
            view.engagement.grants.iter().filter(|grant| matches!(grant.step, Step::Granted | Step::Broken | Step::Revoked)).collect();
        let people: Vec<_> = asked.iter().map(|grant| grant.person.clone()).collect();
        let people = app.store.people_of(&view.scope, &people).await?;
        for grant in asked {
            let Some(answer) = ask(&probe, &view.engagement, grant, &people).await else { continue };
            moved += usize::from(take_answer(app, &id, (grant, &answer)).await?);
        }
    }
    Ok(moved)
}

async fn ask(probe: &Probe, engagement: &Engagement, grant: &Grant, people: &BTreeMap<PersonId, Person>) -> Option<Probed> {
    let (resource, person) = (engagement.resource(&grant.resource)?, people.get(&grant.person)?);
    let question = Question {
        engagement: engagement.id.to_string(),
        resource: resource.id.to_string(),
        title: resource.title.clone(),
        kind: resource.kind.as_str().to_owned(),
        person: person.name.clone(),
        email: person.email.clone(),
    };
    match probe.ask(&question).await {
        Ok(said) => Some(Probed { lets_in: said.lets_in, said: said.words }),
        Err(unknown) => {
            tracing::warn!(engagement = engagement.id.as_str(), resource = resource.id.as_str(), %unknown, "access could not be tried");
            None
        }
    }
}

/// Takes down what a tool said of a grant, unless somebody moved it meanwhile. False where it says nothing new.
async fn take_answer(app: &App, id: &EngagementId, (asked, answer): (&Grant, &Probed)) -> Result<bool, Failure> {
    let job = job();
    let mut change = match app.change_access(&job, id, Right::MoveAccess).await {
        Err(Failure::NotFound | Failure::Refused(_)) => return Ok(false),
        change => change?,
    };
    let (person, resource): (&PersonId, &ResourceId) = (&asked.person, &asked.resource);
    let Some(before) = change.grant(person, resource).filter(|it| it.version == asked.version).cloned() else { return Ok(false) };
    let over = change.engagement().has_ended();
    let moved = Grant::clone(&before).probed(answer, app.now()).filter(|moved| !over || moved.step.is_ending());
    let Some(moved) = moved else { return Ok(false) };
    let told = |grant: &Grant| serde_json::json!({ "step": grant.step, "how": grant.how });
    let fact = fact(change.engagement(), FactKind::GrantMoved, &moved);
    change.record(fact.from(told(&before)).to(told(&moved)).why(Some(moved.note.clone())));
    change.save_grant(moved.clone());
    linked::follow_grant(app, &job, &mut change, &moved)?;
    change.save(&job, app.now(), &app.salt()).await?;
    Ok(true)
}
