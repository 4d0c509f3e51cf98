//! Whoever's access somebody else moved gets one letter about all of it.

use std::collections::{BTreeMap, BTreeSet};

use tminus_domain::{
    access::Grant,
    ids::{EngagementId, PersonId},
    mail::{AccessLine, Message},
    people::Person,
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{App, Failure, mail::letter};

pub(super) type Readers = BTreeMap<PersonId, Person>;

/// The people whose access is moved, but for the actor.
pub(super) async fn readers(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    people: impl Iterator<Item = &PersonId>,
) -> Result<Readers, Failure> {
    let view = app.view(actor, engagement, Right::WorkItems).await?;
    let ids: BTreeSet<_> = people.filter(|person| **person != actor.person && view.engagement.member(person).is_some()).cloned().collect();
    Ok(app.store.people_of(&view.scope, &ids.into_iter().collect::<Vec<_>>()).await?)
}

pub(super) async fn tell(app: &App, actor: &Actor, change: &Change, moved: &[Grant], people: &Readers) -> Result<(), Failure> {
    let setup = &change.engagement().plan.setup;
    for (id, person) in people {
        let line = |grant: &Grant| AccessLine {
            resource: change.engagement().resource(&grant.resource).map(|it| it.title.clone()).unwrap_or_default(),
            step: grant.step,
            note: grant.note.clone(),
        };
        // What only the delivery side may know of is in no letter to somebody else.
        let theirs = change.engagement().member(id).map(tminus_domain::people::Member::side);
        let shown = |grant: &&Grant| {
            let internal = change.engagement().resource(&grant.resource).is_none_or(|it| it.internal);
            &grant.person == id && (!internal || theirs == Some(tminus_domain::kit::Side::Delivery))
        };
        let lines: Vec<_> = moved.iter().filter(shown).map(line).collect();
        if lines.is_empty() {
            continue;
        }
        let message =
            Message::Access { engagement: setup.title.clone(), customer: setup.customer.clone(), from: actor.name.clone(), lines };
        change.queue(&letter(app, person, Some(&change.engagement().id), message)).await?;
    }
    Ok(())
}
