//! The practice's people as a directory of the company keeps them: created, changed, disabled and taken back from there.

use tminus_domain::{
    ids::PersonId,
    kit::Side,
    mail::SecurityChange,
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right},
};
use tminus_store::{people::person::Account, record::Writing};

use super::person::{end_in, leave, may_change, save, take_back_in, told, usual_role};
use crate::{App, Failure, Refusal, mail::security::tell_of};

/// Under these the directory's own names of people are kept. Providers that the operator sets have no colon in theirs.
const EXTERNAL: &str = "directory:id";
const LOGIN: &str = "directory:name";

/// The longest name that is kept of a directory, in characters.
pub const MAX_NAME: usize = 200;

/// How many people are listed at most in one answer.
pub const MOST_LISTED: u64 = 200;

/// A person as the directory sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    pub person: Person,
    /// Whether they can sign in.
    pub active: bool,
    /// What the directory calls them at its sign-in, where that is not their address.
    pub login: Option<String>,
    /// Who they are in the directory, for ever.
    pub external: Option<String>,
}

/// What somebody is to be.
#[derive(Clone, Debug)]
pub struct Provision {
    pub name: String,
    pub email: String,
    pub side: Side,
    /// `None`: as it is, or where whoever provisions is.
    pub zone: Option<String>,
    pub active: bool,
    pub login: Option<String>,
    pub external: Option<String>,
}

/// By what the directory looks for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    Id(PersonId),
    /// The address, or the name at the directory's sign-in.
    Login(String),
    Email(String),
    External(String),
}

pub async fn show_provisioned(app: &App, actor: &Actor, id: &PersonId) -> Result<Provisioned, Failure> {
    App::practice(actor, Right::ReadPeople)?;
    let account = app.store.account(id).await?.ok_or(Failure::NotFound)?;
    Ok(seen(app, vec![account]).await?.remove(0))
}

/// Whoever is meant: nobody, or one.
pub async fn find_provisioned(app: &App, actor: &Actor, by: &By) -> Result<Option<Provisioned>, Failure> {
    App::practice(actor, Right::ReadPeople)?;
    let named = async |provider, subject| match app.store.person_at(provider, subject).await? {
        Some(id) => app.store.account(&id).await,
        None => Ok(None),
    };
    let account = match by {
        By::Id(id) => app.store.account(id).await?,
        // A directory that found somebody by another address would take them for the one whose account it is.
        By::Email(email) => app.store.account_by_login(email).await?,
        By::External(external) => named(EXTERNAL, external).await?,
        By::Login(login) => match named(LOGIN, &login.to_lowercase()).await? {
            Some(account) => Some(account),
            None => app.store.account_by_login(login).await?,
        },
    };
    let found = seen(app, account.into_iter().collect()).await?.pop();
    // Whoever signs in there under another name is not found by their address as if that were it.
    Ok(found.filter(|found| !matches!(by, By::Login(login) if found.login.as_ref().is_some_and(|is| !is.eq_ignore_ascii_case(login)))))
}

/// Everybody, also who is disabled: how many there are, and those after the first `skip`.
pub async fn list_provisioned(app: &App, actor: &Actor, skip: u64, limit: u64) -> Result<(u64, Vec<Provisioned>), Failure> {
    let scope = App::practice(actor, Right::ReadPeople)?;
    let (total, accounts) = app.store.accounts(&scope, skip, limit.min(MOST_LISTED)).await?;
    Ok((total, seen(app, accounts).await?))
}

/// Adds somebody. They sign in with a provider of identities, or with a password that somebody gives them.
pub async fn provision(app: &App, actor: &Actor, wanted: Provision) -> Result<Provisioned, Failure> {
    App::practice(actor, Right::EditPeople)?;
    let practice = usual_role(wanted.side);
    let zone = wanted.zone.clone().unwrap_or_else(|| actor.zone.clone());
    let person = Person { id: PersonId(app.fresh_id()), name: wanted.name, email: wanted.email, side: wanted.side, zone, practice };
    let person = person.checked()?;
    let mut writing = app.store.writing().await?;
    free(&writing, &person).await?;
    writing.add_person(&person, None, app.now()).await?;
    writing.record(Fact::new(FactKind::PersonAdded, person.id.as_str(), &person.name).to(person.side.as_str()).internal(true));
    let names = [(LOGIN, "userName", login_of(wanted.login, &person)), (EXTERNAL, "externalId", wanted.external)];
    for (provider, field, name) in names {
        call(app, &writing, (provider, field), &person.id, name).await?;
    }
    if !wanted.active {
        end_in(app, actor, &mut writing, &person).await?;
    }
    writing.save(actor, app.now(), &app.salt()).await?;
    show_provisioned(app, actor, &person.id).await
}

/// Makes somebody what they are to be; nothing is recorded where they are that already.
pub async fn provision_again(app: &App, actor: &Actor, id: &PersonId, wanted: Provision) -> Result<Provisioned, Failure> {
    App::practice(actor, Right::EditPeople)?;
    let mut writing = app.store.writing().await?;
    let Account { person: before, ended, .. } = writing.account(id).await?.ok_or(Failure::NotFound)?;
    // Whoever comes back by a directory leaves the role of then behind: it is given here.
    let comes_back = ended && wanted.active && actor.pass.kind == PassKind::ProvisioningKey;
    let practice = if wanted.side == before.side && !comes_back { before.practice } else { usual_role(wanted.side) };
    let zone = wanted.zone.unwrap_or_else(|| before.zone.clone());
    let person = Person { id: id.clone(), name: wanted.name, email: wanted.email, side: wanted.side, zone, practice }.checked()?;
    let mut changed = false;
    if person != before {
        may_change(actor, &writing, &before, &person).await?;
        free(&writing, &person).await?;
        if person.name != before.name {
            writing.name_anew(id).await?;
        }
        if person.email != before.email {
            tell_of(app, actor, (&writing, &before), SecurityChange::AddressChanged).await?;
        }
        save(&mut writing, &person, None).await?;
        writing.record(told(&before, &person));
        changed = true;
    }
    let names = [(LOGIN, "userName", login_of(wanted.login, &person)), (EXTERNAL, "externalId", wanted.external)];
    let mut renamed = false;
    for (provider, field, name) in names {
        renamed |= call(app, &writing, (provider, field), id, name).await?;
    }
    match (ended, wanted.active) {
        (true, true) => take_back_in(&mut writing, &person).await?,
        (false, false) => end_in(app, actor, &mut writing, &person).await?,
        _ if renamed && !changed => {
            let fact = Fact::new(FactKind::PersonChanged, id.as_str(), &person.name);
            writing.record(fact.to(serde_json::json!({ "directory": "named anew" })).internal(true));
        }
        _ if !changed => {
            drop(writing);
            return show_provisioned(app, actor, id).await;
        }
        _ => {}
    }
    writing.save(actor, app.now(), &app.salt()).await?;
    if !wanted.active {
        leave(app).await;
    }
    show_provisioned(app, actor, id).await
}

async fn seen(app: &App, accounts: Vec<Account>) -> Result<Vec<Provisioned>, Failure> {
    let ids: Vec<_> = accounts.iter().map(|account| &account.person.id).collect();
    let mut logins = app.store.subjects_at(LOGIN, &ids).await?;
    let mut externals = app.store.subjects_at(EXTERNAL, &ids).await?;
    let of = |Account { person, ended, .. }| Provisioned {
        login: logins.remove(&person.id),
        external: externals.remove(&person.id),
        active: !ended,
        person,
    };
    Ok(accounts.into_iter().map(of).collect())
}

async fn free(writing: &Writing, person: &Person) -> Result<(), Failure> {
    match writing.account_by_email(&person.email).await? {
        Some(other) if other.person.id != person.id => Err(Refusal::Taken { field: "e-mail address", what: person.email.clone() }.into()),
        _ => Ok(()),
    }
}

/// The name at the directory's sign-in, where it is not the address.
fn login_of(login: Option<String>, person: &Person) -> Option<String> {
    login.map(|login| login.to_lowercase()).filter(|login| *login != person.email)
}

/// Keeps what the directory calls somebody. Says whether that is new.
async fn call(
    app: &App,
    writing: &Writing,
    (provider, field): (&str, &'static str),
    id: &PersonId,
    name: Option<String>,
) -> Result<bool, Failure> {
    let before = writing.subject_at(provider, id).await?;
    if before == name {
        return Ok(false);
    }
    writing.end_identity(provider, id).await?;
    if let Some(name) = name {
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(Refusal::field(field, format!("give 1 to {MAX_NAME} characters, all of them visible")).into());
        }
        if writing.account_at(provider, &name).await?.is_some() {
            return Err(Refusal::Taken { field, what: name }.into());
        }
        writing.add_identity(provider, &name, id, app.now()).await?;
    }
    Ok(true)
}
