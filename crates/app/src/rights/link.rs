//! Links: how people of the customer come in without an account.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use tminus_domain::{
    ids::{EngagementId, LinkId, PersonId},
    kit::Side,
    mail::{Message, Secret},
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{
        Actor, Function, Pass, PassKind, PracticeRole, Right, Via,
        link::{ASK_PAUSE, DAYS, Link, MAX_DAYS, MAX_LIVE, MAX_WRITTEN, VISIT},
    },
};
use tminus_store::{Change, people::person::Account, rights::session::NewSession};
use tokio::task::JoinHandle;

use super::sign_in::{Client, FREE_FAILURES, SignedIn, actor, count_refused, may_try, not_yet};
use crate::{
    App, Failure, Refusal,
    mail::{job, letter},
    people::colleague::{NameColleague, name_colleague},
    sha256_hex,
};

/// A link that was just made. Its secret is shown once, to whoever hands it over.
pub struct Made {
    pub link: Link,
    pub secret: String,
}

/// What somebody who holds a link may know before they open it.
pub struct Shown {
    /// Whom it is for.
    pub person: String,
    pub engagement: String,
    pub customer: String,
    /// Whether its person may name somebody else.
    pub names: bool,
}

/// Makes a link for a member from outside the delivery side. Of the links that they had, only the newest few go on working.
pub async fn make_link(app: &App, actor: &Actor, engagement: &EngagementId, to: (&PersonId, Option<u32>)) -> Result<Made, Failure> {
    let (mut change, person, days) = inviting(app, actor, engagement, to).await?;
    let made = add_link(app, actor, &mut change, (&person, after(app, days))).await?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(made)
}

/// Like [`make_link`], and the link is mailed to its person: nobody else sees it.
pub async fn mail_link(app: &App, actor: &Actor, engagement: &EngagementId, to: (&PersonId, Option<u32>)) -> Result<Link, Failure> {
    let (mut change, person, days) = inviting(app, actor, engagement, to).await?;
    let link = add_mailed_link(app, actor, &mut change, (&person, days)).await?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(link)
}

/// The change, the person and the days of a link that may be made.
async fn inviting(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (person, days): (&PersonId, Option<u32>),
) -> Result<(Change, Person, u32), Failure> {
    let days = days.unwrap_or(DAYS);
    if days == 0 || days > MAX_DAYS {
        return Err(Refusal::field("days", format!("give 1 to {MAX_DAYS} days")).into());
    }
    let view = app.view(actor, engagement, Right::InvitePeople).await?;
    view.engagement.member(person).ok_or(Failure::NotFound)?;
    let account = app.store.account(person).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?;
    let change = app.change(actor, engagement, Right::InvitePeople).await?;
    if change.engagement().member(person).ok_or(Failure::NotFound)?.side() == Side::Delivery {
        return Err(Refusal::field("person", "people of the delivery side sign in; links are for the customer and for partners").into());
    }
    if account.person.practice != PracticeRole::None {
        return Err(Refusal::field("person", "they have a role in the practice and sign in").into());
    }
    Ok((change, account.person, days))
}

/// Puts a new link for a person, and the letter that takes it to them, into a change.
pub(crate) async fn add_mailed_link(
    app: &App,
    actor: &Actor,
    change: &mut Change,
    (person, days): (&Person, u32),
) -> Result<Link, Failure> {
    let made = add_link(app, actor, change, (person, after(app, days))).await?;
    mail_made(app, change, (person, &actor.name), made).await
}

/// Puts the letter that takes a link to its person into a change.
async fn mail_made(app: &App, change: &mut Change, (person, from): (&Person, &str), made: Made) -> Result<Link, Failure> {
    let Made { link, secret } = made;
    let setup = &change.engagement().plan.setup;
    let message = Message::Link {
        engagement: setup.title.clone(),
        customer: setup.customer.clone(),
        from: from.to_owned(),
        secret: Secret(secret),
        until: link.expires_at,
        day: Some(link.expires_at.to_zoned(TimeZone::get(&person.zone).unwrap_or(TimeZone::UTC)).date()),
    };
    change.queue(&letter(app, person, Some(&link.engagement), message)).await?;
    Ok(link)
}

fn after(app: &App, days: u32) -> Timestamp {
    app.now().checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// Puts a new link for a person into a change.
pub(crate) async fn add_link(
    app: &App,
    actor: &Actor,
    change: &mut Change,
    (person, expires_at): (&Person, Timestamp),
) -> Result<Made, Failure> {
    if change.engagement().plan.closing.ended.is_some() {
        return Err(Refusal::field("engagement", "it has ended: nobody is invited to it any more").into());
    }
    let now = app.now();
    let (written, most) = if actor.via == Via::Job { (true, MAX_WRITTEN) } else { (false, MAX_LIVE) };
    let of_kind = |link: &Link| (link.made_by == job().person) == written;
    for older in change.live_links(Some(&person.id), now).await?.into_iter().filter(of_kind).skip(most - 1) {
        change.revoke_link(&older.id, now).await?;
    }
    let link = Link {
        id: LinkId(app.fresh_id()),
        engagement: change.scope().engagement().clone(),
        person: person.id.clone(),
        made_by: actor.person.clone(),
        made_at: now,
        expires_at,
        revoked_at: None,
        used_at: None,
    };
    let secret = app.secret();
    change.add_link(&link, sha256_hex(secret.as_bytes())).await?;
    let to = json!({ "link": link.id, "expires": link.expires_at.to_string() });
    // Whoever's change the letter tells of did not invite anybody.
    let why = written.then(|| "with a letter that Tminus writes".to_owned());
    change.record(Fact::new(FactKind::LinkMade, person.id.as_str(), &person.name).to(to).why(why).internal(true));
    Ok(Made { link, secret })
}

/// The links of an engagement, newest first.
pub async fn list_links(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Link>, Failure> {
    let view = app.view(actor, engagement, Right::InvitePeople).await?;
    Ok(app.store.links(&view.scope).await?)
}

/// Ends a link, and the visits that began with it.
pub async fn revoke_link(app: &App, actor: &Actor, engagement: &EngagementId, id: &LinkId) -> Result<(), Failure> {
    let view = app.view(actor, engagement, Right::InvitePeople).await?;
    let link = app.store.links(&view.scope).await?.into_iter().find(|link| &link.id == id).ok_or(Failure::NotFound)?;
    let mut change = app.change(actor, engagement, Right::InvitePeople).await?;
    if end_link(&mut change, &link, app.now()).await? {
        change.save(actor, app.now(), &app.salt()).await?;
    }
    Ok(())
}

pub(crate) async fn end_link(change: &mut Change, link: &Link, now: Timestamp) -> Result<bool, Failure> {
    let is_first = change.revoke_link(&link.id, now).await?;
    // By one that expired before, nobody asks for another then.
    change.forget_expired_links(Some(&link.person), now).await?;
    if is_first {
        let name = change.engagement().name(&link.person).to_owned();
        change.record(Fact::new(FactKind::LinkRevoked, link.person.as_str(), name).to(json!({ "link": link.id })).internal(true));
    }
    Ok(is_first)
}

/// The link of a secret, if it still works and its person is still there.
async fn live(app: &App, secret: &str, client: &Client) -> Result<(Link, Person), Failure> {
    may_try(app, client).await?;
    let link = app.store.link(&sha256_hex(secret.as_bytes())).await?;
    if link.is_none() {
        count_refused(app, client).await?;
    }
    let link = link.filter(|link| link.is_live(app.now())).ok_or(Refusal::LinkEnded)?;
    let account = app.store.account(&link.person).await?.filter(|account| !account.ended).ok_or(Refusal::LinkEnded)?;
    Ok((link, account.person))
}

/// What a link is, without opening it: programs that read mail look at every link in it.
pub async fn look_at_link(app: &App, secret: &str, client: &Client) -> Result<Shown, Failure> {
    let (link, person) = live(app, secret, client).await?;
    let visitor = visitor(person, &link);
    let view = app.view(&visitor, &link.engagement, Right::ReadEngagement).await.map_err(|_| Refusal::LinkEnded)?;
    let setup = &view.engagement.plan.setup;
    let names = app.permit(&visitor, &view.engagement, Right::NameColleague).is_ok();
    Ok(Shown { engagement: setup.title.clone(), customer: setup.customer.clone(), names, person: visitor.name })
}

/// Names somebody else from a link that was forwarded to them, without opening it: they get a link of their own, and nothing is done in the name
/// of its person but that.
/// Whoever names themselves does not learn whom the practice knows already.
pub async fn name_from_link(app: &App, secret: &str, client: &Client, input: NameColleague) -> Result<(), Failure> {
    let (link, person) = live(app, secret, client).await?;
    // A few people get a link that was passed on: whoever names many by one waits longer and longer, wherever they send from.
    let by = format!("named by {}", link.id);
    not_yet(app, &by, FREE_FAILURES).await?;
    app.store.note_sign_in_failure(&by, app.now()).await?;
    match name_colleague(app, &visitor(person, &link), &link.engagement, input).await {
        Err(Failure::NotFound | Failure::Forbidden) => Err(Refusal::LinkEnded.into()),
        Err(Failure::Refused(Refusal::Field { field: "email", .. })) | Ok(_) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Mails a new link to the person of one that has expired lately, at the address that is kept of them. Whoever asks does not learn whether it did.
pub async fn ask_for_link(app: &App, secret: &str, client: &Client) -> Result<(), Failure> {
    may_try(app, client).await?;
    count_refused(app, client).await?;
    let (now, old) = (app.now(), app.store.link(&sha256_hex(secret.as_bytes())).await?);
    let Some(old) = old.filter(|link| link.is_renewable(now)) else { return Ok(()) };
    let Some(account) = app.store.account(&old.person).await?.filter(may_come) else { return Ok(()) };
    // One that works already is in their mailbox.
    renew(app, &account.person, &old, true).await
}

/// Mails whoever was invited at an address a new link to each of their engagements, once an hour. Whoever asks does not learn whether anybody was,
/// not even by how long it takes: it is done on its own, and failures of it are for the log.
pub async fn ask_for_links(app: &App, email: &str, client: &Client) -> Result<JoinHandle<()>, Failure> {
    may_try(app, client).await?;
    count_refused(app, client).await?;
    let (app, email) = (app.clone(), email.trim().to_owned());
    Ok(tokio::spawn(async move {
        if let Err(failure) = mail_links(&app, &email).await {
            tracing::error!("links that somebody asked for were not made: {failure}");
        }
    }))
}

async fn mail_links(app: &App, email: &str) -> Result<(), Failure> {
    let Some(account) = app.store.account_by_email(email).await?.filter(may_come) else { return Ok(()) };
    // Nobody fills somebody else's mailbox, wherever they send from.
    let (by, now, job) = (format!("links of {}", account.person.id), app.now(), job());
    if app.store.sign_in_failures(&by).await?.is_some_and(|(_, last)| now.duration_since(last) < ASK_PAUSE) {
        return Ok(());
    }
    let mut invited = Vec::new();
    for engagement in app.store.engagements_of(&account.person.id).await? {
        let view = match app.view(&job, &engagement, Right::InvitePeople).await {
            Err(Failure::NotFound | Failure::Forbidden) => continue,
            view => view?,
        };
        let links = app.store.links_of(&view.scope, &account.person.id).await?.into_iter();
        invited.extend(links.filter(|link| link.is_live(now) || link.is_renewable(now)).max_by_key(|link| link.expires_at));
    }
    if !invited.is_empty() {
        app.store.note_sign_in_failure(&by, now).await?;
    }
    for old in invited {
        renew(app, &account.person, &old, false).await?;
    }
    Ok(())
}

fn may_come(account: &Account) -> bool {
    !account.ended && account.person.practice == PracticeRole::None && account.person.side != Side::Delivery
}

/// Mails somebody a link in place of one that they had, and says nothing where they may not come any more.
async fn renew(app: &App, person: &Person, old: &Link, only_without: bool) -> Result<(), Failure> {
    let (job, now) = (job(), app.now());
    let mut change = match app.change(&job, &old.engagement, Right::InvitePeople).await {
        Err(Failure::NotFound | Failure::Forbidden | Failure::Refused(_)) => return Ok(()),
        change => change?,
    };
    let whole = change.engagement();
    let today = app.today(&whole.plan.setup.zone);
    let is_here = whole.member(&old.person).is_some_and(|member| member.is_here(today) && member.side() != Side::Delivery);
    // Links of daily letters were made by nobody.
    let maker = whole.members.iter().find(|member| member.person == old.made_by);
    let maker = maker.or_else(|| whole.members.iter().find(|member| member.function == Function::EngagementManager));
    let from = maker.map_or("Tminus", |member| whole.name(&member.person)).to_owned();
    let has_one = only_without && !change.live_links(Some(&old.person), now).await?.is_empty();
    if !is_here || has_one || whole.has_ended() {
        return Ok(());
    }
    let until = if old.is_live(now) { old.expires_at } else { after(app, DAYS) };
    let made = add_link(app, &job, &mut change, (person, until)).await?;
    mail_made(app, &mut change, (person, &from), made).await?;
    change.save(&job, now, &app.salt()).await?;
    Ok(())
}

/// Until when somebody who came by a link can come again by it. `None` for whoever signed in.
pub async fn link_until(app: &App, session: &str) -> Result<Option<Timestamp>, Failure> {
    Ok(app.store.link_of_session(&sha256_hex(session.as_bytes())).await?.map(|link| link.expires_at))
}

/// Opens a link: a visit begins that sees one engagement, as its person.
pub async fn open_link(app: &App, secret: &str, client: &Client) -> Result<(SignedIn, EngagementId), Failure> {
    let (link, person) = live(app, secret, client).await?;
    let visitor = visitor(person.clone(), &link);
    let mut change = match app.change(&visitor, &link.engagement, Right::ReadEngagement).await {
        Err(Failure::NotFound | Failure::Forbidden) => return Err(Refusal::LinkEnded.into()),
        change => change?,
    };
    let (now, session) = (app.now(), app.secret());
    let expires_at = now.checked_add(VISIT).unwrap_or(now).min(link.expires_at);
    let (hash, id) = (sha256_hex(session.as_bytes()), link.person.clone());
    change.use_link(&link.id, now).await?;
    change
        .start_session(NewSession {
            hash,
            person: id,
            started_at: now,
            expires_at,
            agent: client.told(),
            link: Some(link.id.clone()),
            provider: None,
        })
        .await?;
    let fact = Fact::new(FactKind::LinkOpened, link.person.as_str(), &person.name).to(json!({ "link": link.id }));
    change.record(fact.internal(true));
    change.save(&visitor, now, &app.salt()).await?;
    Ok((SignedIn { secret: session, person, expires_at }, link.engagement))
}

fn visitor(person: Person, link: &Link) -> Actor {
    let pass = Pass { kind: PassKind::Link, within: Some(link.engagement.clone()) };
    Actor { pass, ..actor(person, Via::Link) }
}
