//! Operations on the practice's people.

use tminus_domain::{
    ids::PersonId,
    kit::Side,
    mail::SecurityChange,
    people::{MIN_PASSWORD, Person, Refused},
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, PassKind, PracticeRole, Right, Via},
};

use tminus_store::{people::person::Account, record::Writing};

use super::{edition, member::may_stand_for};
use crate::{
    App, Failure, Refusal,
    access::leaving::leave_of_ended,
    mail::security::tell_of,
    portfolio::leave_portfolios,
    rights::{session, sign_in},
};

pub struct AddPerson {
    pub name: String,
    pub email: String,
    pub side: Side,
    pub zone: String,
    pub practice: PracticeRole,
    /// Without one they cannot sign in yet.
    pub password: Option<String>,
}

/// Adds a person to the practice.
pub async fn add_person(app: &App, actor: &Actor, input: AddPerson) -> Result<Person, Failure> {
    App::practice(actor, Right::EditPeople)?;
    if actor.pass.kind == PassKind::ProvisioningKey && (input.password.is_some() || input.practice != usual_role(input.side)) {
        return Err(Failure::Forbidden);
    }
    insert(app, actor, input).await
}

/// What somebody is in the practice unless somebody says otherwise.
pub(super) fn usual_role(side: Side) -> PracticeRole {
    if side == Side::Delivery { PracticeRole::Member } else { PracticeRole::None }
}

/// Adds the first person, who administers the practice. Refused once anybody is there.
pub async fn add_first_person(app: &App, input: AddPerson) -> Result<Person, Failure> {
    if app.store.has_people().await? {
        return Err(Failure::Forbidden);
    }
    let zone = input.zone.clone();
    let actor = Actor {
        person: PersonId::from("set-up"),
        name: "Set-up".to_owned(),
        zone,
        via: Via::Cli,
        practice: PracticeRole::Administrator,
        pass: Pass::SESSION,
    };
    insert(app, &actor, AddPerson { practice: PracticeRole::Administrator, ..input }).await
}

async fn insert(app: &App, actor: &Actor, input: AddPerson) -> Result<Person, Failure> {
    let AddPerson { name, email, side, zone, practice, password } = input;
    let person = Person { id: PersonId(app.fresh_id()), name, email, side, zone, practice }.checked()?;
    let hash = match password {
        Some(password) => Some(hashed(app, password).await?),
        None => None,
    };
    let mut writing = app.store.writing().await?;
    is_free(&writing, &person.id, ("email", &person.email)).await?;
    writing.add_person(&person, hash, app.now()).await?;
    writing.record(Fact::new(FactKind::PersonAdded, person.id.as_str(), &person.name).to(person.side.as_str()).internal(true));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(person)
}

/// Refused where somebody else has an address, also as another one than that of their account.
pub(super) async fn is_free(writing: &Writing, person: &PersonId, (field, email): (&'static str, &str)) -> Result<(), Failure> {
    let known = writing.account_by_email(email).await?.filter(|known| &known.person.id != person);
    let Some(known) = known else { return Ok(()) };
    let why = if known.ended { "; their access was ended: take them back" } else { "" };
    Err(Refusal::field(field, format!("somebody with the address {email} is there already{why}")).into())
}

async fn hashed(app: &App, password: String) -> Result<String, Failure> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(Refused::Password.into());
    }
    sign_in::hash(app, password).await
}

/// What to change of a person. `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct ChangePerson {
    pub person: PersonId,
    pub name: Option<String>,
    pub email: Option<String>,
    pub side: Option<Side>,
    pub zone: Option<String>,
    pub practice: Option<PracticeRole>,
    pub password: Option<String>,
    /// The [`edition`] of the person that was looked at. Without it, the change is made to whatever is there.
    pub seen: Option<String>,
}

impl ChangePerson {
    fn of(self, before: Person) -> Result<Person, Failure> {
        let side = self.side.unwrap_or(before.side);
        // Whoever leaves the delivery side leaves their role behind.
        let kept = if side == Side::Delivery { before.practice } else { PracticeRole::None };
        let practice = self.practice.unwrap_or(kept);
        let changed = Person {
            id: before.id,
            name: self.name.unwrap_or(before.name),
            email: self.email.unwrap_or(before.email),
            side,
            zone: self.zone.unwrap_or(before.zone),
            practice,
        };
        Ok(changed.checked()?)
    }
}

/// Changes a person's details, or gives them a new password; that ends their sessions.
pub async fn change_person(app: &App, actor: &Actor, mut input: ChangePerson) -> Result<Person, Failure> {
    App::practice(actor, Right::EditPeople)?;
    // Who looks after people for a directory lets nobody in, and raises nobody.
    if actor.pass.kind == PassKind::ProvisioningKey && (input.password.is_some() || input.practice.is_some()) {
        return Err(Failure::Forbidden);
    }
    let known = app.store.account(&input.person).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?.person;
    // What is refused is refused before anything is held: hashing takes its time.
    input.clone().of(known)?;
    let hash = match input.password.take() {
        Some(password) => Some(hashed(app, password).await?),
        None => None,
    };
    let mut writing = app.store.writing().await?;
    // As they stand now: what another one changed meanwhile is not put back.
    let before = writing.account(&input.person).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?.person;
    if input.seen.as_ref().is_some_and(|seen| *seen != edition(&before)) {
        return Err(Failure::Conflict(None));
    }
    let person = input.of(before.clone())?;
    is_free(&writing, &person.id, ("email", &person.email)).await?;
    may_change(actor, &writing, &before, &person).await?;
    if person.name != before.name {
        writing.name_anew(&person.id).await?;
    }
    let mut fact = told(&before, &person);
    if hash.is_some() {
        writing.end_sessions(&person.id).await?;
        fact = fact.text("password", "new password");
        // To the address of before: whoever takes an account over may have changed that too.
        tell_of(app, actor, (&writing, &before), SecurityChange::PasswordChanged).await?;
    }
    if person.email != before.email {
        tell_of(app, actor, (&writing, &before), SecurityChange::AddressChanged).await?;
    }
    save(&mut writing, &person, hash).await?;
    writing.record(fact);
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(person)
}

/// Saves a person's details. Whoever may administer no portfolio any more leaves theirs.
pub(crate) async fn save(writing: &mut Writing, person: &Person, password: Option<String>) -> Result<(), Failure> {
    writing.save_person(person, password).await?;
    if person.practice.may_administer() { Ok(()) } else { leave_portfolios(writing, &person.id).await }
}

/// Somebody administers the practice, and nobody changes sides where they are still at work.
pub(super) async fn may_change(actor: &Actor, writing: &Writing, before: &Person, after: &Person) -> Result<(), Failure> {
    let administers = |person: &Person| person.practice == PracticeRole::Administrator;
    if administers(before) && !administers(after) {
        another_administers(writing).await?;
    }
    if after.side == before.side {
        return Ok(());
    }
    let (mut known, mut hidden) = (Vec::new(), 0);
    for (engagement, title, function) in writing.open_memberships(&after.id).await? {
        if may_stand_for(after.side, function.side()) {
            continue;
        }
        if actor.may(Right::ReadAllEngagements) || writing.is_member(&actor.person, &engagement).await? {
            known.push(format!("“{title}”"));
        } else {
            hidden += 1;
        }
    }
    if hidden > 0 {
        known.push(if hidden == 1 { "an engagement you do not see".to_owned() } else { format!("{hidden} engagements you do not see") });
    }
    if known.is_empty() {
        return Ok(());
    }
    let why = format!("{} is a member of {} on the {} side; take them off first", before.name, known.join(", "), before.side.as_str());
    Err(Refusal::field("side", why).into())
}

pub(super) async fn another_administers(writing: &Writing) -> Result<(), Failure> {
    if writing.administrators().await? < 2 {
        return Err(Refusal::field("practice", "the practice would have no administrator left").into());
    }
    Ok(())
}

/// What differs. Names and addresses are texts, which can be erased; the rest is part of the entry for good.
pub(crate) fn told(before: &Person, after: &Person) -> Fact {
    let mut fact = Fact::new(FactKind::PersonChanged, after.id.as_str(), &after.name).internal(true);
    let texts = [("name", &before.name, &after.name), ("e-mail", &before.email, &after.email)];
    for (what, from, to) in texts.into_iter().filter(|(_, from, to)| from != to) {
        fact = fact.text(&format!("{what} before"), from).text(&format!("{what} after"), to);
    }
    let of = |person: &Person| {
        [("side", person.side.as_str()), ("zone", &person.zone), ("practice", person.practice.as_str())]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let (mut from, mut to) = (serde_json::Map::new(), serde_json::Map::new());
    for ((name, was), (_, is)) in of(before).into_iter().zip(of(after)).filter(|(was, is)| was != is) {
        from.insert(name.to_owned(), was.into());
        to.insert(name.to_owned(), is.into());
    }
    if to.is_empty() { fact } else { fact.from(from).to(to) }
}

/// Ends what a person may do here: their sessions end and their keys are revoked. What they did stays, under their name.
pub async fn end_person(app: &App, actor: &Actor, id: &PersonId) -> Result<(), Failure> {
    App::practice(actor, Right::EditPeople)?;
    let mut writing = app.store.writing().await?;
    let person = writing.account(id).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?.person;
    end_in(app, actor, &mut writing, &person).await?;
    writing.save(actor, app.now(), &app.salt()).await?;
    leave(app).await;
    Ok(())
}

/// Whoever was ended leaves their engagements as well. They are out already: what fails here, the next hour does.
pub(super) async fn leave(app: &App) {
    if let Err(failure) = leave_of_ended(app).await {
        tracing::warn!(%failure, "whoever was ended is still on an engagement; the next hour tries again");
    }
}

/// Who was ended lately and can be taken back, the last one first.
pub async fn list_ended(app: &App, actor: &Actor) -> Result<Vec<Person>, Failure> {
    const MOST: u64 = 100;
    let scope = App::practice(actor, Right::EditPeople)?;
    Ok(app.store.ended_people(&scope, MOST).await?)
}

/// Lets somebody in again who was ended; whoever was not stays as they are. They sign in as before; passkeys, keys, links and sessions of then are gone.
pub async fn take_back_person(app: &App, actor: &Actor, id: &PersonId) -> Result<Person, Failure> {
    App::practice(actor, Right::EditPeople)?;
    let mut writing = app.store.writing().await?;
    let Account { person, ended, erasing, .. } = writing.account(id).await?.ok_or(Failure::NotFound)?;
    if erasing {
        return Err(Failure::NotFound);
    }
    if !ended {
        return Ok(person);
    }
    take_back_in(&mut writing, &person).await?;
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(person)
}

pub(super) async fn take_back_in(writing: &mut Writing, person: &Person) -> Result<(), Failure> {
    writing.take_back_person(&person.id).await?;
    let fact = Fact::new(FactKind::PersonChanged, person.id.as_str(), &person.name);
    writing.record(fact.to(serde_json::json!({ "ended": false })).internal(true));
    Ok(())
}

pub(super) async fn end_in(app: &App, actor: &Actor, writing: &mut Writing, person: &Person) -> Result<(), Failure> {
    let id = &person.id;
    if id == &actor.person {
        return Err(Refusal::field("person", "nobody ends their own access; another administrator can").into());
    }
    if person.practice == PracticeRole::Administrator {
        another_administers(writing).await?;
    }
    if !writing.end_person(id, app.now()).await? {
        return Err(Failure::NotFound);
    }
    writing.end_sessions(id).await?;
    writing.end_passkeys(id).await?;
    writing.revoke_tokens(id, app.now()).await?;
    writing.revoke_links(id, app.now()).await?;
    leave_portfolios(writing, id).await?;
    let fact = Fact::new(FactKind::PersonChanged, id.as_str(), &person.name).to(serde_json::json!({ "ended": true })).internal(true);
    writing.record(fact);
    Ok(())
}

/// Gives oneself a new password; the old one is asked for. It ends all sessions, also the one that asked.
pub async fn change_own_password(app: &App, actor: &Actor, old: &str, new: String) -> Result<(), Failure> {
    session::own(actor)?;
    let account = app.store.account(&actor.person).await?.ok_or(Failure::NotFound)?;
    sign_in::check(app, &account.person.email, old).await?;
    let hash = hashed(app, new).await?;
    let mut writing = app.store.writing().await?;
    let person = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?.person;
    writing.end_sessions(&actor.person).await?;
    writing.save_person(&person, Some(hash)).await?;
    tell_of(app, actor, (&writing, &person), SecurityChange::PasswordChanged).await?;
    writing.record(Fact::new(FactKind::PersonChanged, actor.person.as_str(), &actor.name).text("password", "new password").internal(true));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// A page of the practice's people by name.
pub async fn list_people(app: &App, actor: &Actor, after: Option<&(String, PersonId)>, limit: u64) -> Result<Vec<Person>, Failure> {
    let scope = App::practice(actor, Right::ReadPeople)?;
    Ok(app.store.people(&scope, (after, limit.min(200)), app.today(&actor.zone)).await?)
}

/// Whoever has an address, also somebody whose access was ended.
pub async fn find_person(app: &App, actor: &Actor, email: &str) -> Result<Person, Failure> {
    let scope = App::practice(actor, Right::ReadPeople)?;
    let person = app.store.account_by_email(email).await?.ok_or(Failure::NotFound)?.person;
    if app.store.knows(&scope, &person.id, app.today(&actor.zone)).await? { Ok(person) } else { Err(Failure::NotFound) }
}

/// One person, for those who may read people; everybody may read themselves.
pub async fn show_person(app: &App, actor: &Actor, id: &PersonId) -> Result<Person, Failure> {
    if id != &actor.person && !app.store.knows(&App::practice(actor, Right::ReadPeople)?, id, app.today(&actor.zone)).await? {
        return Err(Failure::NotFound);
    }
    Ok(app.store.account(id).await?.ok_or(Failure::NotFound)?.person)
}
