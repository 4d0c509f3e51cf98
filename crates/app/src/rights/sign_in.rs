//! Signing in with a password, and knowing who asks.

use std::net::IpAddr;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tminus_domain::{
    checklist::filter::SavedFilter,
    ids::{EngagementId, PersonId},
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{Actor, Pass, PracticeRole, Via},
};

use tminus_store::{
    people::person::Account,
    record::Writing,
    rights::{Holder, session::NewSession},
};

use super::{
    factor::HALF_LIFE,
    hashing::{NotNow, in_turn},
    session::name_of,
};
use crate::{App, Failure, Refusal, sha256_hex};

/// How long a session lasts.
pub const SESSION: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Refused sign-ins that are free. After them each doubles the wait, up to [`LONGEST_WAIT`].
pub(crate) const FREE_FAILURES: u32 = 5;
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// The longest text that is kept of what a browser says of itself, in characters.
const MAX_AGENT: usize = 200;

/// Who knocks, as far as it shows from outside.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// What the browser says of itself.
    pub agent: String,
    /// Where it comes from. `None` is not counted against anybody.
    pub address: Option<IpAddr>,
}

/// Refused sign-ins from one address that are free: whole offices share one.
const FREE_FROM_ADDRESS: u32 = 30;

/// A session that has begun. The secret is shown once, to the browser.
pub struct SignedIn {
    pub secret: String,
    pub person: Person,
    pub expires_at: Timestamp,
}

impl Client {
    pub(crate) fn told(&self) -> String {
        self.agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT).collect()
    }

    /// As what its refused tries are counted: the address, or the network that a house gets of the newer kind.
    fn counted(&self) -> Option<String> {
        Some(match self.address?.to_canonical() {
            IpAddr::V4(address) => format!("from {address}"),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("from {a:x}:{b:x}:{c:x}:{d:x}")
            }
        })
    }
}

/// What a right password leads to.
pub enum Entered {
    In(SignedIn),
    /// The person has a second factor: its code is asked for.
    Half(Half),
}

/// A sign-in that waits for a code. The secret is shown once, to the browser.
pub struct Half {
    pub secret: String,
}

impl Entered {
    /// The session, if nothing more is asked for.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::In(signed_in) => Some(signed_in),
            Self::Half(_) => None,
        }
    }
}

/// Begins a session for whoever knows the password, or asks for the code of their second factor.
pub async fn sign_in(app: &App, (email, password): (&str, &str), client: &Client) -> Result<Entered, Failure> {
    let email: String = email.trim().to_lowercase().chars().take(254).collect();
    let account = knock(app, (&email, password), client).await?;
    if app.store.factor(&account.person.id).await?.is_some_and(|factor| factor.since.is_some()) {
        let half = Half { secret: app.secret() };
        let until = app.now().checked_add(HALF_LIFE).unwrap_or(Timestamp::MAX);
        app.store.begin_half(sha256_hex(half.secret.as_bytes()), &account.person.id, until).await?;
        return Ok(Entered::Half(half));
    }
    let writing = app.store.writing().await?;
    start(app, writing, account.person, Begins { client, lasts: SESSION, with: With::Password }).await.map(Entered::In)
}

/// How a session begins.
pub(super) struct Begins<'a> {
    pub(super) client: &'a Client,
    pub(super) lasts: SignedDuration,
    pub(super) with: With,
}

/// What somebody shows to sign in.
pub(super) enum With {
    Password,
    Passkey,
    /// The account at a provider of identities, and what the visit is called there.
    Provider(String, Option<String>),
}

/// Begins a session, and saves what was changed with it.
pub(super) async fn start(app: &App, mut writing: Writing, person: Person, begins: Begins<'_>) -> Result<SignedIn, Failure> {
    let now = app.now();
    let secret = app.secret();
    let expires_at = now.checked_add(begins.lasts).unwrap_or(now);
    let fact = Fact::new(FactKind::SignedIn, person.id.as_str(), &person.name).internal(true);
    let (with, provider) = match begins.with {
        With::Password => (None, None),
        With::Passkey => (Some("a passkey".to_owned()), None),
        With::Provider(id, visit) => (Some(id.clone()), Some((id, visit))),
    };
    writing.record(match with {
        Some(with) => fact.to(serde_json::json!({ "with": with })),
        None => fact,
    });
    let new = NewSession {
        hash: sha256_hex(secret.as_bytes()),
        person: person.id.clone(),
        started_at: now,
        expires_at,
        agent: begins.client.told(),
        link: None,
        provider,
    };
    writing.start_session(new).await?;
    writing.save(&actor(person.clone(), Via::Page), now, &app.salt()).await?;
    Ok(SignedIn { secret, person, expires_at })
}

/// Like [`check`], and whoever is refused too often from one address waits as well.
async fn knock(app: &App, (email, password): (&str, &str), client: &Client) -> Result<Account, Failure> {
    may_try(app, client).await?;
    let checked = check(app, email, password).await;
    if matches!(checked, Err(Failure::Refused(Refusal::SignIn))) {
        count_refused(app, client).await?;
    }
    checked
}

/// Refused while too much from the same address was refused.
pub(crate) async fn may_try(app: &App, client: &Client) -> Result<(), Failure> {
    let Some(from) = client.counted() else { return Ok(()) };
    not_yet(app, &from, FREE_FROM_ADDRESS).await.map(|_| ())
}

/// Refused while somebody who tried too often has to wait; else how often they did.
pub(crate) async fn not_yet(app: &App, who: &str, free: u32) -> Result<u32, Failure> {
    let Some((count, last)) = app.store.sign_in_failures(who).await? else { return Ok(0) };
    let left = wait(count, free).saturating_sub(app.now().duration_since(last));
    if left.is_positive() { Err(Refusal::SignInLater(left.as_secs() + 1).into()) } else { Ok(count) }
}

/// Counts one more try of an address that was refused.
pub(crate) async fn count_refused(app: &App, client: &Client) -> Result<(), Failure> {
    if let Some(from) = client.counted() {
        app.store.note_sign_in_failure(&from, app.now()).await?;
    }
    Ok(())
}

/// The account of whoever knows the password; refused ones have to wait longer and longer.
pub(crate) async fn check(app: &App, email: &str, password: &str) -> Result<Account, Failure> {
    let now = app.now();
    let before = not_yet(app, email, FREE_FAILURES).await?;
    // Counted before the password is looked at: those who guess side by side get no more tries than one after another.
    let count = app.store.note_sign_in_failure(email, now).await?;
    if count > FREE_FAILURES && count > before + 1 {
        return Err(Refusal::SignInLater(wait(count, FREE_FAILURES).as_secs() + 1).into());
    }
    let account = app.store.account_by_login(email).await?.filter(|account| !account.ended);
    let hash = account.as_ref().and_then(|account| account.password.clone());
    match verify(password.to_owned(), hash).await {
        Ok(true) => {}
        Ok(false) => {
            if let Some(account) = account.filter(|_| count == FREE_FAILURES) {
                record_lock(app, account.person);
            }
            return Err(Refusal::SignIn.into());
        }
        // Whose turn does not come is not refused as if the password were wrong, and it is no failure of theirs.
        Err(busy) => {
            app.store.take_back_sign_in_failure(email).await?;
            return Err(busy.into());
        }
    }
    app.store.forget_sign_in_failures(email).await?;
    account.ok_or_else(|| Refusal::SignIn.into())
}

/// Says in the record that signing in as somebody has to wait from now on. Beside the answer: writing takes time, and how long an answer
/// takes must not tell who has an account.
fn record_lock(app: &App, person: Person) {
    let app = app.clone();
    tokio::spawn(async move {
        let at = app.now();
        let nobody = Actor {
            person: PersonId::from("sign-in"),
            name: "Sign-in".to_owned(),
            zone: "UTC".to_owned(),
            via: Via::Page,
            practice: PracticeRole::None,
            pass: Pass::SESSION,
        };
        let fact = Fact::new(FactKind::SignInRefused, person.id.as_str(), &person.name);
        let recorded = async {
            let mut writing = app.store.writing().await?;
            writing.record(fact.to(serde_json::json!({ "refused": FREE_FAILURES })).internal(true));
            writing.save(&nobody, at, &app.salt()).await
        };
        if let Err(error) = recorded.await {
            tracing::warn!(%error, "a locked sign-in could not be recorded");
        }
    });
}

/// How long nobody may try again after so many refused sign-ins.
pub(crate) fn wait(count: u32, free: u32) -> SignedDuration {
    match count.checked_sub(free) {
        None => SignedDuration::ZERO,
        Some(beyond) => SignedDuration::from_secs(1 << beyond.min(10)).min(LONGEST_WAIT),
    }
}

/// Ends a session, and says with which provider of identities it began.
pub async fn sign_out(app: &App, secret: &str) -> Result<Option<String>, Failure> {
    let hash = sha256_hex(secret.as_bytes());
    let Some(Holder { person, pass, .. }) = app.store.holder_of_session(&hash, app.now()).await? else {
        return Ok(app.store.end_session(&hash).await?);
    };
    let via = if pass.within.is_some() { Via::Link } else { Via::Page };
    let (actor, mut writing) = (Actor { pass, ..actor(person, via) }, app.store.writing().await?);
    let provider = writing.end_session(&hash).await?;
    let to = json!({ "session": name_of(secret) });
    writing.record(Fact::new(FactKind::SessionEnded, actor.person.as_str(), &actor.name).to(to).internal(true));
    writing.save(&actor, app.now(), &app.salt()).await?;
    Ok(provider)
}

/// Who holds a session, and what their pages need of them.
pub struct Visitor {
    pub actor: Actor,
    pub filters: Vec<SavedFilter>,
    /// Whose eyes they look through, and on which engagement.
    pub view: Option<(EngagementId, PersonId)>,
}

/// Who holds a session.
pub async fn caller_of_session(app: &App, secret: &str) -> Result<Visitor, Failure> {
    let Holder { person, filters, pass, view } =
        app.store.holder_of_session(&sha256_hex(secret.as_bytes()), app.now()).await?.ok_or(Failure::SignedOut)?;
    let via = if pass.within.is_some() { Via::Link } else { Via::Page };
    Ok(Visitor { actor: Actor { pass, ..actor(person, via) }, filters, view })
}

/// Who holds a key.
pub async fn caller_of_token(app: &App, secret: &str) -> Result<Actor, Failure> {
    let holder = app.store.holder_of_token(&sha256_hex(secret.as_bytes()), app.now()).await?.ok_or(Failure::SignedOut)?;
    Ok(Actor { pass: holder.pass, ..actor(holder.person, Via::Api) })
}

pub fn actor(person: Person, via: Via) -> Actor {
    Actor { person: person.id, name: person.name, zone: person.zone, via, practice: person.practice, pass: Pass::SESSION }
}

/// A password's hash, to be kept.
pub(crate) async fn hash(app: &App, password: String) -> Result<String, Failure> {
    let salt = app.salt();
    let hashed =
        in_turn(move || Argon2::default().hash_password_with_salt(password.as_bytes(), salt.as_bytes()).map(|hash| hash.to_string()));
    match hashed.await.map_err(|NotNow| Refusal::PasswordsBusy)? {
        Ok(hash) => Ok(hash),
        Err(_) => Err(Refusal::field("password", "it cannot be used").into()),
    }
}

/// Takes the same time whether there is an account or not, so that nobody learns who has one.
async fn verify(password: String, hash: Option<String>) -> Result<bool, Refusal> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$0000000000000000000000000000000000000000000";
    let known = hash.is_some();
    let matches = in_turn(move || {
        let hash = hash.as_deref().unwrap_or(NOBODY);
        PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    let matches = matches.await.map_err(|NotNow| Refusal::PasswordsBusy)?;
    Ok(matches && known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rights::hashing::fill, world};

    #[tokio::test]
    async fn a_right_password_is_not_called_wrong_where_too_many_wait() {
        let world = world::own().await;
        let sign_in = async || sign_in(&world.app, ("bob@example.com", world::PASSWORD), &Client::default()).await;
        let (release, waiting) = fill();
        assert!(waiting >= 256, "{waiting}");
        // More often than wrong passwords are free: none of these counts as one.
        for _ in 0..=FREE_FAILURES {
            let refused = sign_in().await.err();
            assert!(matches!(refused, Some(Failure::Refused(Refusal::PasswordsBusy))), "{refused:?}");
        }
        drop(release);
        loop {
            match sign_in().await {
                Ok(entered) => break assert_eq!(entered.signed_in().expect("a session").person.name, "Bob"),
                Err(Failure::Refused(Refusal::PasswordsBusy)) => tokio::task::yield_now().await,
                Err(failure) => panic!("{failure}"),
            }
        }
        assert_eq!(world.app.store.sign_in_failures("bob@example.com").await.expect("an answer"), None);
    }
}
