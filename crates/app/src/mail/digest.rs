//! Once a day, everybody is told what is theirs: one letter, in the morning where they are, and none on their days off.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time},
    tz::TimeZone,
};
use tminus_domain::{
    engagement::Engagement,
    ids::EngagementId,
    mail::{
        DigestPart, Message, Secret,
        reminder::{Reminder, Window, is_off, reminders, works},
    },
    people::{Member, Person},
    rights::{Actor, PassKind, Right, Scope, Via, authorize},
    schedule::Calendars,
};
use tminus_store::digest::{About, Day, Looked, Reader};

use super::{job, letter};
use crate::{
    App, Failure, Refusal,
    rights::{link::add_link, session::own, sign_in::actor},
};

/// Minutes of a day.
const DAY: i32 = 24 * 60;

/// Today where somebody is.
#[derive(Clone, Copy)]
struct Today {
    date: Date,
    now: Timestamp,
}

/// An engagement as one of its members sees it.
pub(super) struct Seen {
    pub(super) engagement: std::sync::Arc<Engagement>,
    scope: Scope,
    pub(super) member: Member,
}

/// Queues the letters of everybody whose time of day has come, and says how many. What was looked after today is left alone, on any node.
pub async fn queue_digests(app: &App) -> Result<usize, Failure> {
    let (now, looked) = (app.now(), app.store.digests().await?);
    let mut queued = 0;
    for reader in app.store.digest_readers().await? {
        let local = now.to_zoned(TimeZone::get(&reader.person.zone).unwrap_or(TimeZone::UTC));
        if i32::from(local.hour()) * 60 + i32::from(local.minute()) < reader.minute {
            continue;
        }
        let today = Today { date: local.date(), now };
        queued +=
            if reader.signs_in { tell(app, &reader, &looked, today).await? } else { tell_by_link(app, &reader, &looked, today).await? };
    }
    Ok(queued)
}

/// One letter on all engagements of somebody who signs in.
async fn tell(app: &App, reader: &Reader, looked: &BTreeMap<About, Looked>, today: Today) -> Result<usize, Failure> {
    let about = About { person: reader.person.id.clone(), engagement: None };
    let Some(window) = window(looked, &about, today) else { return Ok(0) };
    let (mut parts, mut gives) = (Vec::new(), Vec::new());
    for id in app.store.engagements_of(&reader.person.id).await? {
        let Some(it) = seen(app, &reader.person, &id).await? else { continue };
        gives.push(it.member.gives(today.date));
        if is_off(&it.engagement, &it.member, today.date) {
            app.store.look_after(&about, Day::Off(today.date, window.after), None).await?;
            return Ok(0);
        }
        parts.extend(told(&it, window).map(|told| part(&it.engagement, told, None)));
    }
    // Who gives two days to one engagement and three to another works on all five.
    if !gives.is_empty() && !gives.contains(&true) {
        app.store.look_after(&about, Day::Off(today.date, window.after), None).await?;
        return Ok(0);
    }
    let letter = (!parts.is_empty()).then(|| letter(app, &reader.person, None, Message::Digest { parts }));
    let first = app.store.look_after(&about, Day::Told(today.date, today.now), letter.as_ref()).await?;
    Ok(usize::from(first && letter.is_some()))
}

/// A letter for each engagement of somebody who comes by link, with a link to it. Only those who were invited get one, and it works no longer
/// than their invitation.
async fn tell_by_link(app: &App, reader: &Reader, looked: &BTreeMap<About, Looked>, today: Today) -> Result<usize, Failure> {
    let mut queued = 0;
    for id in app.store.engagements_of(&reader.person.id).await? {
        let about = About { person: reader.person.id.clone(), engagement: Some(id.clone()) };
        let Some(window) = window(looked, &about, today) else { continue };
        let Some(it) = seen(app, &reader.person, &id).await? else { continue };
        let links = app.store.links_of(&it.scope, &reader.person.id).await?;
        let invited = links.iter().filter(|link| link.is_live(today.now)).map(|link| link.expires_at).max();
        let Some(until) = invited else {
            app.store.look_after(&about, Day::Uninvited(today.date), None).await?;
            continue;
        };
        if !works(&it.engagement, &it.member, today.date) {
            app.store.look_after(&about, Day::Off(today.date, window.after), None).await?;
            continue;
        }
        let Some(told) = told(&it, window) else {
            app.store.look_after(&about, Day::Told(today.date, today.now), None).await?;
            continue;
        };
        queued += usize::from(mail_with_link(app, reader, &id, (told, until), today).await?);
    }
    Ok(queued)
}

async fn mail_with_link(
    app: &App,
    reader: &Reader,
    id: &EngagementId,
    (told, until): (Vec<Reminder>, Timestamp),
    today: Today,
) -> Result<bool, Failure> {
    let job = job();
    let mut change = app.change(&job, id, Right::InvitePeople).await?;
    if !change.look_after(&reader.person.id, Day::Told(today.date, today.now)).await? {
        return Ok(false);
    }
    let made = add_link(app, &job, &mut change, (&reader.person, until)).await?;
    let parts = vec![part(change.engagement(), told, Some(Secret(made.secret)))];
    change.queue(&letter(app, &reader.person, Some(id), Message::Digest { parts })).await?;
    change.save(&job, today.now, &app.salt()).await?;
    Ok(true)
}

/// An engagement as somebody may see it; `None` if they may not. One at a time: an administrator's are many.
pub(super) async fn seen(app: &App, person: &Person, id: &EngagementId) -> Result<Option<Seen>, Failure> {
    let reads: Actor = actor(person.clone(), Via::Job);
    let Some(snapshot) = app.store.snapshot(id).await? else { return Ok(None) };
    let Ok(scope) = authorize(&reads, snapshot.ground(app.today(snapshot.zone())), Right::ReadEngagement) else { return Ok(None) };
    let engagement = snapshot.open(scope.clone()).engagement;
    let Some(member) = engagement.member(&person.id).cloned() else { return Ok(None) };
    Ok(Some(Seen { engagement, scope, member }))
}

/// Since when there may be something to tell; `None` if the day was looked after.
fn window(looked: &BTreeMap<About, Looked>, about: &About, today: Today) -> Option<Window> {
    let looked = looked.get(about).cloned().unwrap_or_default();
    if looked.on.is_some_and(|on| on >= today.date) {
        return None;
    }
    let day_ago = today.now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(today.now);
    let first = || (today.date.saturating_sub(1.day()), day_ago);
    Some(Window { after: looked.told.unwrap_or_else(first), until: (today.date, today.now) })
}

fn told(seen: &Seen, window: Window) -> Option<Vec<Reminder>> {
    let calendars = Calendars::new(seen.engagement.plan.setup.calendars.clone()).ok()?;
    Some(reminders(&seen.engagement, &seen.member, &calendars, window)).filter(|told| !told.is_empty())
}

fn part(engagement: &Engagement, reminders: Vec<Reminder>, secret: Option<Secret>) -> DigestPart {
    let setup = &engagement.plan.setup;
    DigestPart { engagement: engagement.id.clone(), title: setup.title.clone(), customer: setup.customer.clone(), reminders, secret }
}

/// At what minute of their day the actor is told what is theirs; `None` is never.
pub async fn digest_time(app: &App, actor: &Actor) -> Result<Option<i32>, Failure> {
    Ok(app.store.digest_minute(&actor.person).await?)
}

/// `08:00`
pub fn clock_of(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of the day that a time of day is in.
pub fn minute_of(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

/// Sets at what minute of their day the actor is told what is theirs; `None` is never.
pub async fn set_digest_time(app: &App, actor: &Actor, minute: Option<i32>) -> Result<(), Failure> {
    match actor.pass.kind {
        // Whoever comes by a link has no account here, and letters all the same. That they are theirs shows the code.
        PassKind::LinkWithCode => {}
        PassKind::Link => return Err(Failure::NeedsCode),
        _ => own(actor)?,
    }
    if minute.is_some_and(|minute| !(0..DAY).contains(&minute)) {
        return Err(Refusal::field("at", "give a time of day, or never").into());
    }
    Ok(app.store.set_digest_minute(&actor.person, minute).await?)
}
