//! Whoever's access somebody else moved gets one letter about all of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use tminus_domain::{
    access::Grant,
    engagement::Engagement,
    ids::{EngagementId, PersonId},
    kit::Side,
    mail::{AccessLine, Letter, Message, reminder::is_off},
    people::{Member, Person},
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{
    App, Failure,
    mail::{
        letter,
        way::{self, Reader, Way, way},
    },
};

/// How long a letter waits for more of the same: whoever moves one cell after the other writes one letter.
const GATHERED: SignedDuration = SignedDuration::from_mins(10);

/// When somebody is written to after days off, on their own clock.
const MORNING: i8 = 8;

/// Nobody is off for longer, in calendar days: what waits is sent then.
const MOST_DAYS_OFF: i32 = 30;

pub(super) type Readers = BTreeMap<PersonId, Reader>;

/// Those of some members who are told: all but the actor.
pub(super) async fn readers(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    people: impl Iterator<Item = &PersonId>,
) -> Result<Readers, Failure> {
    let view = app.view(actor, engagement, Right::WorkItems).await?;
    let ids: BTreeSet<_> = people.filter(|person| **person != actor.person && view.engagement.member(person).is_some()).cloned().collect();
    way::readers(app, &view, &ids.into_iter().collect::<Vec<_>>()).await
}

pub(super) async fn tell(app: &App, actor: &Actor, change: &mut Change, moved: &[Grant], people: &Readers) -> Result<(), Failure> {
    for (id, reader) in people {
        let whole = change.engagement();
        let line = |grant: &Grant| AccessLine {
            resource: whole.resource(&grant.resource).map(|it| it.title.clone()).unwrap_or_default(),
            step: grant.step,
            note: grant.note.clone(),
        };
        // What only the delivery side may know of is in no letter to somebody else.
        let inside = whole.member(id).is_some_and(|member| member.side() == Side::Delivery);
        let shown = |grant: &&Grant| {
            let internal = whole.resource(&grant.resource).is_none_or(|it| it.internal);
            &grant.person == id && (!internal || inside)
        };
        let lines: Vec<_> = moved.iter().filter(shown).map(line).collect();
        if !lines.is_empty() {
            gather(app, actor, change, reader, lines).await?;
        }
    }
    Ok(())
}

/// Puts what is new into the letter that waits for its reader, or into one that waits for more from now on.
async fn gather(app: &App, actor: &Actor, change: &mut Change, reader: &Reader, lines: Vec<AccessLine>) -> Result<(), Failure> {
    let waiting = change.unqueue(&reader.person.id, "access", app.now()).await?;
    let (mut all, mut from, mut secret) = match waiting {
        Some(Letter { message: Message::Access { lines, from, secret, .. }, .. }) => (lines, from, secret),
        _ => (Vec::new(), actor.name.clone(), None),
    };
    if secret.is_none() {
        secret = match way(app, change, reader).await? {
            Way::Own => None,
            Way::Link(secret) => Some(secret),
            Way::None => return Ok(()),
        };
    }
    all.retain(|old| lines.iter().all(|new| new.resource != old.resource));
    all.extend(lines);
    if !from.split(", ").any(|name| name == actor.name) {
        from = format!("{from}, {}", actor.name);
    }
    let setup = &change.engagement().plan.setup;
    let message = Message::Access { engagement: setup.title.clone(), customer: setup.customer.clone(), from, lines: all, secret };
    let due = due(app, change.engagement(), &reader.person);
    Ok(change.queue_for(&letter(app, &reader.person, Some(&change.engagement().id), message), due).await?)
}

/// When a letter that can wait goes out: once more may have gathered, and not on a day off.
fn due(app: &App, engagement: &Engagement, reader: &Person) -> Timestamp {
    let now = app.now();
    let soon = now.checked_add(GATHERED).unwrap_or(now);
    let zone = TimeZone::get(&reader.zone).unwrap_or(TimeZone::UTC);
    let today = now.to_zoned(zone.clone()).date();
    let works = |day: &Date| {
        let works = |member: &Member| !is_off(engagement, member, *day) && member.gives(*day);
        engagement.member(&reader.id).is_none_or(works)
    };
    if works(&today) {
        return soon;
    }
    let next = (1..=MOST_DAYS_OFF).map(|days| today.saturating_add(days.days())).find(works);
    let morning = next.and_then(|day| day.at(MORNING, 0, 0, 0).to_zoned(zone).ok());
    morning.map_or(soon, |at| at.timestamp())
}

/// Whoever is said to allow an exception hears that they are.
pub(super) async fn tell_approver(
    app: &App,
    actor: &Actor,
    change: &mut Change,
    grant: &Grant,
    approver: impl Iterator<Item = &Reader>,
) -> Result<(), Failure> {
    let Some(exception) = &grant.exception else { return Ok(()) };
    for reader in approver {
        let secret = match way(app, change, reader).await? {
            Way::Own => None,
            Way::Link(secret) => Some(secret),
            Way::None => continue,
        };
        let whole = change.engagement();
        let message = Message::Excepted {
            engagement: whole.plan.setup.title.clone(),
            customer: whole.plan.setup.customer.clone(),
            from: actor.name.clone(),
            whose: whole.name(&grant.person).to_owned(),
            resource: whole.resource(&grant.resource).map(|it| it.title.clone()).unwrap_or_default(),
            until: exception.until,
            why: exception.reason.clone(),
            secret,
        };
        change.queue(&letter(app, &reader.person, Some(&whole.id), message)).await?;
    }
    Ok(())
}
