//! Passkeys: signing in with a finger, a face or a key in the hand, without a password.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tminus_domain::{
    ids::PersonId,
    mail::SecurityChange,
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right, Via},
};
use tminus_store::{
    StoreError,
    rights::passkey::{Passkey, Question},
};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState, DiscoverableCredentialRequestOptions,
    PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        AsciiDomain, PublicKeyCredentialDescriptor, RpId, TimedCeremony as _,
        auth::AuthenticationVerificationOptions,
        register::{CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle, Username},
    },
    response::{
        AuthTransports, CredentialId, SentChallenge,
        register::{CompressedPubKey, DynamicState, StaticState},
    },
};

use super::sign_in::{Begins, Client, SESSION, SignedIn, With, check, count_refused, may_try, start};
use crate::{App, Failure, Refusal, mail::security::tell_of, sha256_hex};

/// How long an authenticator may take to answer. The library asks for the same.
const QUESTION_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// More than these nobody needs, and a list of them goes with every question.
pub const MOST_PASSKEYS: usize = 20;

/// The longest name of a passkey, in characters.
pub const MAX_TITLE: usize = 60;

/// As what an authenticator knows a person: it tells nothing of them.
const HANDLE: usize = 32;

/// Where people reach this Tminus: `https://tminus.example.com`. A passkey works only there.
pub struct Site<'a> {
    pub address: &'a str,
}

impl Site<'_> {
    /// The name that passkeys are bound to.
    fn id(&self) -> Result<RpId, Failure> {
        let host = self.address.split_once("://").map_or(self.address, |(_, host)| host);
        let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        Ok(RpId::Domain(AsciiDomain::try_from(host).map_err(|_| Refusal::PasskeyAnswer)?))
    }

    fn origin(&self) -> &str {
        self.address.trim_end_matches('/')
    }
}

/// The actor's own passkeys, oldest first.
pub async fn list_passkeys(app: &App, actor: &Actor) -> Result<Vec<Passkey>, Failure> {
    own(actor)?;
    Ok(app.store.passkeys(&actor.person).await?)
}

/// Whether the actor may add a passkey: those who sign in with the account of their company do so there, and leave there.
pub async fn may_add_passkey(app: &App, actor: &Actor) -> Result<bool, Failure> {
    own(actor)?;
    Ok(app.store.account(&actor.person).await?.is_some_and(|account| account.password.is_some()))
}

/// How long after signing in a passkey may be added without the password.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What shows that it is its person who sits at a session, and nobody who found it open.
pub struct Proof<'a> {
    /// The secret of the session.
    pub session: &'a str,
    /// Empty where none was typed.
    pub password: &'a str,
}

/// Whether a session of the actor began so lately that nothing more is asked for.
pub async fn is_fresh(app: &App, actor: &Actor, session: &str) -> Result<bool, Failure> {
    let began = app.store.session_began(&actor.person, &sha256_hex(session.as_bytes())).await?;
    Ok(began.is_some_and(|at| app.now().duration_since(at) < FRESH))
}

async fn prove(app: &App, (actor, email): (&Actor, &str), proof: &Proof<'_>) -> Result<(), Failure> {
    if is_fresh(app, actor, proof.session).await? {
        return Ok(());
    }
    if proof.password.is_empty() {
        return Err(Refusal::field("password", "type your password: you signed in a while ago").into());
    }
    match check(app, email, proof.password).await {
        Err(Failure::Refused(Refusal::SignIn)) => Err(Refusal::field("password", "that is not your password").into()),
        checked => checked.map(drop),
    }
}

/// What the browser is to ask an authenticator for, so that the actor's next passkey is made: `PublicKeyCredentialCreationOptionsJSON`.
/// Only for a session that began just now, or with the password once more: a passkey stays when the session is over.
pub async fn ask_for_passkey(app: &App, (actor, proof): (&Actor, &Proof<'_>), site: &Site<'_>) -> Result<String, Failure> {
    if !may_add_passkey(app, actor).await? {
        return Err(Failure::Forbidden);
    }
    let account = app.store.account(&actor.person).await?.ok_or(Failure::NotFound)?;
    prove(app, (actor, &account.person.email), proof).await?;
    let known = app.store.passkeys(&actor.person).await?;
    if known.len() >= MOST_PASSKEYS {
        return Err(Refusal::field("title", "remove one first: there is room for 20").into());
    }
    let (id, handle) = (site.id()?, handle(&actor.person));
    let name = Username::try_from(account.person.email.as_str()).or_else(|_| Username::try_from(actor.person.as_str()));
    let user = PublicKeyCredentialUserEntity {
        name: name.map_err(|_| Refusal::PasskeyAnswer)?,
        id: &handle,
        display_name: Nickname::try_from(account.person.name.as_str()).ok(),
    };
    let known = known.into_iter().map(described).collect::<Result<_, _>>()?;
    let mut options = PublicKeyCredentialCreationOptions::passkey(&id, user, known);
    // Many authenticators do not know it. That its person is seen is asked for, and checked, at every use.
    options.extensions.cred_protect = CredProtect::None;
    let asked = options.start_ceremony();
    let (waits, asks) = asked.map_err(|_| Refusal::PasskeyAnswer)?;
    let asks = serde_json::to_string(&asks).map_err(|_| Refusal::PasskeyAnswer)?;
    keep(app, Some(&actor.person), waits.sent_challenge(), waits.encode().map_err(|_| Refusal::PasskeyAnswer)?).await?;
    Ok(asks)
}

/// Keeps the passkey that an authenticator made. `answer` is a `RegistrationResponseJSON`.
pub async fn add_passkey(app: &App, actor: &Actor, site: &Site<'_>, (title, answer): (&str, &str)) -> Result<(), Failure> {
    own(actor)?;
    let title = titled(title)?;
    let answer = Registration::from_json_relaxed(answer.as_bytes()).map_err(|_| Refusal::PasskeyAnswer)?;
    let asked = answer.challenge_relaxed().map_err(|_| Refusal::PasskeyAnswer)?;
    let state = app.store.take_passkey_question(&named(asked), Some(&actor.person), app.now()).await?.ok_or(Refusal::PasskeyAnswer)?;
    let waits = RegistrationServerState::<HANDLE>::decode(&state).map_err(|_| Refusal::PasskeyAnswer)?;
    let origins = [site.origin()];
    let options = RegistrationVerificationOptions::<&str, &str> { allowed_origins: &origins, ..Default::default() };
    let made = waits.verify(&site.id()?, &answer, &options).map_err(|error| refuse(&error, Refusal::PasskeyAnswer))?;
    let Ok(transports) = made.transports().encode();
    let Ok(counted) = made.dynamic_state().encode();
    let passkey = Passkey {
        id: app.fresh_id(),
        person: actor.person.clone(),
        title,
        credential: made.id().as_ref().to_vec(),
        transports,
        fixed: made.static_state().encode().map_err(|_| Refusal::PasskeyAnswer)?,
        counted: counted.to_vec(),
        since: app.now(),
        used_at: None,
    };
    let mut writing = app.store.writing().await?;
    if writing.passkeys(&actor.person).await?.len() >= MOST_PASSKEYS || writing.passkey_called(&passkey.credential).await?.is_some() {
        return Err(Refusal::PasskeyAnswer.into());
    }
    writing.add_passkey(&passkey).await?;
    let person = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?.person;
    tell_of(app, actor, (&writing, &person), SecurityChange::PasskeyAdded { title: passkey.title.clone() }).await?;
    writing.record(fact(&actor.person, &actor.name).to(json!({ "passkey": passkey.title, "is": "added" })));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// Takes one of the actor's own passkeys away.
pub async fn end_passkey(app: &App, actor: &Actor, id: &str) -> Result<(), Failure> {
    own(actor)?;
    let mut writing = app.store.writing().await?;
    let title = writing.end_passkey(&actor.person, id).await?.ok_or(Failure::NotFound)?;
    let person = writing.account(&actor.person).await?.ok_or(Failure::NotFound)?.person;
    tell_of(app, actor, (&writing, &person), SecurityChange::PasskeyRemoved { title: title.clone() }).await?;
    writing.record(fact(&actor.person, &actor.name).to(json!({ "passkey": title, "is": "removed" })));
    Ok(writing.save(actor, app.now(), &app.salt()).await?)
}

/// How many passkeys somebody has, for those who look after people.
pub async fn count_passkeys(app: &App, actor: &Actor, person: &PersonId) -> Result<usize, Failure> {
    App::practice(actor, Right::EditPeople)?;
    Ok(app.store.passkeys(person).await?.len())
}

/// Takes all passkeys of somebody away, who lost what they are kept on. Says how many there were.
pub async fn end_passkeys_of(app: &App, actor: &Actor, person: &PersonId) -> Result<u64, Failure> {
    App::practice(actor, Right::EditPeople)?;
    let mut writing = app.store.writing().await?;
    let account = writing.account(person).await?.ok_or(Failure::NotFound)?;
    let ended = writing.end_passkeys(person).await?;
    if ended == 0 {
        return Err(Failure::NotFound);
    }
    tell_of(app, actor, (&writing, &account.person), SecurityChange::AllPasskeysRemoved).await?;
    writing.record(fact(person, &account.person.name).to(json!({ "passkeys": ended, "is": "removed" })));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(ended)
}

/// What the browser is to ask an authenticator for, so that its person signs in: `PublicKeyCredentialRequestOptionsJSON`.
pub async fn ask_who(app: &App, site: &Site<'_>, client: &Client) -> Result<String, Failure> {
    may_try(app, client).await?;
    let id = site.id()?;
    let asked = DiscoverableCredentialRequestOptions::passkey(&id).start_ceremony();
    let (waits, asks) = asked.map_err(|_| Refusal::PasskeyAnswer)?;
    let asks = serde_json::to_string(&asks).map_err(|_| Refusal::PasskeyAnswer)?;
    keep(app, None, waits.sent_challenge(), waits.encode().map_err(|_| Refusal::PasskeyAnswer)?).await?;
    Ok(asks)
}

/// Begins the session of whoever's passkey answered. The authenticator saw that it is them: no other factor is asked for.
/// `answer` is an `AuthenticationResponseJSON`.
pub async fn sign_in_with_passkey(app: &App, site: &Site<'_>, answer: &str, client: &Client) -> Result<SignedIn, Failure> {
    may_try(app, client).await?;
    match whose(app, site, answer).await {
        Ok((person, (id, counted))) => {
            let now = app.now();
            let writing = app.store.writing().await?;
            // Removed or ended meanwhile.
            let still = writing.passkeys(&person.id).await?.iter().any(|passkey| passkey.id == id);
            if !still || writing.account(&person.id).await?.is_none_or(|account| account.ended) {
                return Err(Refusal::PasskeyUnknown.into());
            }
            writing.use_passkey(&id, counted, now).await?;
            start(app, writing, person, Begins { client, lasts: SESSION, with: With::Passkey }).await
        }
        Err(failure) => {
            if matches!(failure, Failure::Refused(Refusal::PasskeyUnknown)) {
                count_refused(app, client).await?;
            }
            Err(failure)
        }
    }
}

/// Whose passkey answered, its id, and what its use changed.
async fn whose(app: &App, site: &Site<'_>, answer: &str) -> Result<(Person, (String, Vec<u8>)), Failure> {
    let unknown = || Failure::from(Refusal::PasskeyUnknown);
    let answer = DiscoverableAuthentication::<HANDLE>::from_json_relaxed(answer.as_bytes()).map_err(|_| unknown())?;
    let asked = answer.challenge_relaxed().map_err(|_| unknown())?;
    let state = app.store.take_passkey_question(&named(asked), None, app.now()).await?.ok_or_else(unknown)?;
    let waits = DiscoverableAuthenticationServerState::decode(&state).map_err(|_| unknown())?;
    let known = app.store.passkey_called(answer.raw_id().as_ref()).await?.ok_or_else(unknown)?;
    let account = app.store.account(&known.person).await?.filter(|account| !account.ended).ok_or_else(unknown)?;
    let handle = handle(&known.person);
    let fixed = StaticState::<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>::decode(&known.fixed).map_err(|_| unreadable())?;
    let counted = known.counted.as_slice().try_into().map_err(|_| unreadable())?;
    let counted = DynamicState::decode(counted).map_err(|_| unreadable())?;
    let mut credential = AuthenticatedCredential::new(answer.raw_id(), &handle, fixed, counted).map_err(|_| unreadable())?;
    let origins = [site.origin()];
    let options = AuthenticationVerificationOptions::<&str, &str> { allowed_origins: &origins, ..Default::default() };
    waits.verify(&site.id()?, &answer, &mut credential, &options).map_err(|error| refuse(&error, Refusal::PasskeyUnknown))?;
    let Ok(counted) = credential.dynamic_state().encode();
    Ok((account.person, (known.id, counted.to_vec())))
}

/// Keeps a question until it is answered.
async fn keep(app: &App, person: Option<&PersonId>, challenge: SentChallenge, state: Vec<u8>) -> Result<(), Failure> {
    let expires_at = app.now().checked_add(QUESTION_LIFE).unwrap_or(Timestamp::MAX);
    Ok(app.store.ask_passkey(Question { challenge: named(challenge), person: person.cloned(), state, expires_at }).await?)
}

fn named(challenge: SentChallenge) -> String {
    format!("{:032x}", challenge.0)
}

fn handle(person: &PersonId) -> UserHandle<HANDLE> {
    let Ok(handle) = UserHandle::decode(Sha256::digest(format!("passkeys of {person}")).into());
    handle
}

fn described(passkey: Passkey) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, Failure> {
    let id = CredentialId::<Vec<u8>>::decode(passkey.credential).map_err(|_| unreadable())?;
    Ok(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(passkey.transports).map_err(|_| unreadable())? })
}

fn titled(title: &str) -> Result<String, Failure> {
    let title = title.trim();
    match title.chars().count() {
        0 => Err(Refusal::field("title", "say what you will know it by").into()),
        n if n > MAX_TITLE => Err(Refusal::field("title", format!("at most {MAX_TITLE} characters")).into()),
        _ if title.chars().any(char::is_control) => Err(Refusal::field("title", "one line of text").into()),
        _ => Ok(title.to_owned()),
    }
}

/// Why an answer was refused is for whoever runs this, not for whoever asks.
fn refuse(error: &impl std::fmt::Display, refusal: Refusal) -> Failure {
    tracing::info!(%error, "a passkey's answer was refused");
    refusal.into()
}

/// Only somebody who signed in: a key or a link has no passkeys to look after.
fn own(actor: &Actor) -> Result<(), Failure> {
    if actor.pass.kind == PassKind::Session && actor.via == Via::Page { Ok(()) } else { Err(Failure::Forbidden) }
}

fn unreadable() -> Failure {
    Failure::Broken(StoreError::Unreadable { table: "passkey", why: "what was kept of it cannot be used".to_owned() })
}

fn fact(person: &PersonId, name: &str) -> Fact {
    Fact::new(FactKind::PasskeyChanged, person.as_str(), name).internal(true)
}
