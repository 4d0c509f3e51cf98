//! Whoever's access somebody else moved gets one letter about all of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use tminus_domain::{
    access::{Grant, Step},
    engagement::Engagement,
    ids::{EngagementId, PersonId, ResourceId},
    kit::Side,
    mail::{AccessLine, Letter, Message, reminder::works},
    people::Person,
    rights::{Actor, Right},
};
use tminus_store::Change;

use crate::{
    App, Failure,
    mail::{
        letter,
        way::{self, Reader, Way, way},
    },
    sha256_hex,
};

/// How long a letter waits for more of the same: whoever moves one cell after the other writes one letter.
const GATHERED: SignedDuration = SignedDuration::from_mins(10);

/// When somebody is written to after days off, on their own clock.
const MORNING: i8 = 8;

/// For how many calendar days off a letter waits.
const MOST_DAYS_OFF: i32 = 4;

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
        let today = app.today(&whole.plan.setup.zone);
        let line = |grant: &Grant| {
            let resource = whole.resource(&grant.resource);
            // Whoever has an appointment is told when and where with everything else that is said of it.
            let booked = grant.coming(today).map(|booked| grant.attends(&booked.on.to_string(), resource));
            let note = [Some(grant.note.clone()).filter(|note| !note.is_empty()), booked].into_iter().flatten().collect::<Vec<_>>();
            AccessLine { resource: resource.map(|it| it.title.clone()).unwrap_or_default(), step: grant.step, note: note.join(". ") }
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
    let now = app.now();
    // A link does not lie in a letter for days: what waits for its reader is told with the next day's letter.
    if reader.by_link && !works_today(app, change.engagement(), &reader.person) {
        return Ok(());
    }
    let waiting = change.unqueue(&reader.person.id, "access", now).await?;
    let (mut all, mut from, made) = match waiting {
        Some((Letter { message: Message::Access { lines, from, secret, .. }, .. }, _)) => (lines, from, secret),
        _ => (Vec::new(), actor.name.clone(), None),
    };
    let secret = match made {
        Some(secret) if change.is_link_live(&sha256_hex(secret.0.as_bytes()), now).await? => Some(secret),
        _ => match way(app, change, reader).await? {
            Way::Open(secret) => secret,
            Way::Closed => return Ok(()),
        },
    };
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

/// What was taken back is told as it stands now, or not at all: of letters that wait, not of those that went out.
pub(crate) async fn untell(app: &App, change: &Change, undone: &[(PersonId, ResourceId)]) -> Result<(), Failure> {
    let people: BTreeSet<_> = undone.iter().map(|(person, _)| person).collect();
    for person in people {
        let Some((mut letter, due)) = change.unqueue(person, "access", app.now()).await? else { continue };
        let Message::Access { lines, .. } = &mut letter.message else { continue };
        let theirs = undone.iter().filter(|(of, _)| of == person);
        let whole = change.engagement();
        let stands = theirs.filter_map(|(_, id)| Some((whole.resource(id)?.title.as_str(), whole.grant(person, id)?.step)));
        let stands: BTreeMap<_, _> = stands.collect();
        lines.retain_mut(|line| {
            let Some(step) = stands.get(line.resource.as_str()) else { return true };
            (line.step, line.note) = (*step, String::new());
            !matches!(step, Step::Needed | Step::Withdrawn)
        });
        if !lines.is_empty() {
            change.queue_for(&letter, due).await?;
        }
    }
    Ok(())
}

fn local(app: &App, reader: &Person) -> (TimeZone, Date) {
    let zone = TimeZone::get(&reader.zone).unwrap_or(TimeZone::UTC);
    let today = app.now().to_zoned(zone.clone()).date();
    (zone, today)
}

fn works_on(engagement: &Engagement, reader: &Person, day: Date) -> bool {
    engagement.member(&reader.id).is_none_or(|member| works(engagement, member, day))
}

fn works_today(app: &App, engagement: &Engagement, reader: &Person) -> bool {
    works_on(engagement, reader, local(app, reader).1)
}

/// When a letter that can wait goes out: once more may have gathered, and after a few days off. Over a longer absence it would be out of date.
fn due(app: &App, engagement: &Engagement, reader: &Person) -> Timestamp {
    let now = app.now();
    let soon = now.checked_add(GATHERED).unwrap_or(now);
    let (zone, today) = local(app, reader);
    if works_on(engagement, reader, today) {
        return soon;
    }
    let mut ahead = (1..=MOST_DAYS_OFF).map(|days| today.saturating_add(days.days()));
    let next = ahead.find(|day| works_on(engagement, reader, *day));
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
        let Way::Open(secret) = way(app, change, reader).await? else { continue };
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
