//! Signing in on the word of a provider of identities.

use jiff::SignedDuration;
use tminus_connect::openid::{self, Failed};
pub use tminus_connect::openid::{Flow, Identity};
use tminus_domain::{
    ids::PersonId,
    kit::Side,
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{
        PracticeRole, Via,
        provider::{Distrust, Trust},
    },
};
use tminus_store::{people::person::Account, record::Writing};

use super::sign_in::{Begins, Client, SignedIn, With, actor, count_refused, may_try, start};
use crate::{
    App, Failure, Refusal,
    people::person::{save, told},
};

/// A provider that an operator set.
pub struct Provider {
    pub trust: Trust,
    pub at: openid::Provider,
}

/// What came back from a provider with its person.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    pub code: String,
    /// Who the answer says it comes from.
    pub issuer: Option<String>,
}

/// Who can let people in: ids and titles.
pub fn list_providers(app: &App) -> impl Iterator<Item = (&str, &str)> {
    app.providers.iter().map(|provider| (provider.trust.id.as_str(), provider.trust.title.as_str()))
}

/// Where a browser is sent to sign in, and what it keeps until it comes back.
pub async fn begin_with(app: &App, provider: &str) -> Result<(String, Flow), Failure> {
    let provider = of(app, provider)?;
    let flow = Flow { state: app.secret(), nonce: app.secret(), verifier: app.secret() };
    let url = provider.at.begin(&flow).await.map_err(|failed| refusal(provider, &failed))?;
    Ok((url, flow))
}

/// Begins a session for whoever came back from a provider.
pub async fn return_from(app: &App, provider: &str, returned: &Returned, flow: &Flow, client: &Client) -> Result<SignedIn, Failure> {
    let provider = of(app, provider)?;
    may_try(app, client).await?;
    let identity = match provider.at.finish(&returned.code, returned.issuer.as_deref(), flow).await {
        Ok(identity) => identity,
        Err(failed) => {
            if matches!(failed, Failed::Refused(_)) {
                count_refused(app, client).await?;
            }
            return Err(refusal(provider, &failed));
        }
    };
    admit(app, &provider.trust, identity, client).await
}

/// Begins a session for whoever a provider says that somebody is, where its word is enough.
pub async fn admit(app: &App, trust: &Trust, identity: Identity, client: &Client) -> Result<SignedIn, Failure> {
    let mut writing = app.store.writing().await?;
    let account = match writing.account_at(&trust.id, &identity.subject).await? {
        Some(account) => account,
        None => introduce(app, &mut writing, trust, &identity).await?,
    };
    if account.ended {
        return Err(Refusal::from(Distrust::Ended).into());
    }
    let mut person = account.person;
    // Sides change here, and what a provider may say ends with its side.
    if person.side != trust.side {
        return Err(Refusal::from(Distrust::OtherSide { title: trust.title.clone(), side: person.side }).into());
    }
    // Whoever keeps Tminus running is said here, not there.
    if let Some(role) = trust.role(&identity.groups)
        && ![role, PracticeRole::Operator].contains(&person.practice)
    {
        person = give_role(&mut writing, person, role).await?;
    }
    let lasts = SignedDuration::from_hours(i64::from(trust.hours));
    start(app, writing, person, Begins { client, lasts, with: With::Provider(trust.id.clone(), identity.session) }).await
}

/// Somebody comes with this provider for the first time: known by their address, or new.
async fn introduce(app: &App, writing: &mut Writing, trust: &Trust, identity: &Identity) -> Result<Account, Failure> {
    let email = trust.address(identity.email.as_deref(), identity.email_verified).map_err(Refusal::from)?;
    let account = match writing.account_by_email(&email).await? {
        // Addresses are given to others in time: another one means somebody only where their account is of the provider too, and it named nobody
        // else as them before.
        Some(account)
            if account.person.email != email
                && (!trust.speaks_for(&account.person.email) || writing.subject_at(&trust.id, &account.person.id).await?.is_some()) =>
        {
            return Err(Refusal::from(Distrust::NotHere(email)).into());
        }
        Some(account) => account,
        None if !trust.adds => return Err(Refusal::from(Distrust::NotHere(email)).into()),
        None => {
            let person = new_person(app, trust, identity, email)?;
            writing.add_person(&person, None, app.now()).await?;
            let fact = Fact::new(FactKind::PersonAdded, person.id.as_str(), &person.name).from(trust.id.as_str());
            writing.record(fact.to(person.side.as_str()).internal(true));
            Account { person, password: None, ended: false, erasing: false }
        }
    };
    if account.ended {
        return Err(Refusal::from(Distrust::Ended).into());
    }
    if account.person.side == trust.side {
        writing.add_identity(&trust.id, &identity.subject, &account.person.id, app.now()).await?;
    }
    Ok(account)
}

fn new_person(app: &App, trust: &Trust, identity: &Identity, email: String) -> Result<Person, Failure> {
    let known = |zone: &&String| jiff::tz::TimeZone::get(zone).is_ok();
    let zone = identity.zone.as_ref().filter(known).unwrap_or(&trust.zone).clone();
    let local = || email.split('@').next().unwrap_or_default().to_owned();
    let name = identity.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(local);
    let practice = if trust.side == Side::Delivery { PracticeRole::Member } else { PracticeRole::None };
    let person = Person { id: PersonId(app.fresh_id()), name: name.clone(), email, side: trust.side, zone, practice };
    let unusable = |_| Refusal::from(Distrust::Unusable { title: trust.title.clone(), name });
    Ok(person.checked().map_err(unusable)?)
}

/// The role that somebody's groups give them. The last administrator stays one, whatever a provider says.
async fn give_role(writing: &mut Writing, before: Person, role: PracticeRole) -> Result<Person, Failure> {
    if before.practice == PracticeRole::Administrator && writing.administrators().await? < 2 {
        tracing::warn!(person = before.id.as_str(), "their groups make them no administrator any more, but nobody else is: they stay one");
        return Ok(before);
    }
    let person = Person { practice: role, ..before.clone() };
    save(writing, &person, None).await?;
    writing.record(told(&before, &person));
    Ok(person)
}

/// Ends the sessions of somebody who signed out at a provider, as a token of its says. Without one that is meant, nothing happens.
pub async fn leave_with(app: &App, provider: &str, token: &str) -> Result<(), Failure> {
    let provider = of(app, provider)?;
    let left = provider.at.left(token).await.map_err(|failed| refusal(provider, &failed))?;
    let mut writing = app.store.writing().await?;
    let Some(account) = writing.account_at(&provider.trust.id, &left.subject).await? else { return Ok(()) };
    let person = account.person;
    let ended = writing.end_sessions_at(&provider.trust.id, left.session.as_deref(), &person.id).await?;
    if ended == 0 {
        return Ok(());
    }
    let fact = Fact::new(FactKind::SessionEnded, person.id.as_str(), &person.name);
    writing.record(fact.to(serde_json::json!({ "with": provider.trust.id, "ended": ended })).internal(true));
    Ok(writing.save(&actor(person, Via::Page), app.now(), &app.salt()).await?)
}

/// Where somebody signs out at the provider too, and comes back from to `then`. `None` if it has no such place.
pub async fn way_out(app: &App, provider: &str, then: &str) -> Result<Option<String>, Failure> {
    Ok(of(app, provider)?.at.end(then).await)
}

fn of<'a>(app: &'a App, id: &str) -> Result<&'a Provider, Failure> {
    app.providers.iter().find(|provider| provider.trust.id == id).ok_or(Failure::NotFound)
}

/// What somebody is told; why stays with the operator.
fn refusal(provider: &Provider, failed: &Failed) -> Failure {
    let Trust { id, title, .. } = &provider.trust;
    tracing::warn!(provider = id.as_str(), %failed, "nobody was let in");
    match failed {
        Failed::Away(_) => Refusal::ProviderAway(title.clone()).into(),
        Failed::Refused(_) => Refusal::Provider(title.clone()).into(),
    }
}
