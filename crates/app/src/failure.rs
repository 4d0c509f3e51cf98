//! The one answer of every operation that did not happen. Each front door says it in its own way.

use std::sync::Arc;

use tminus_domain::{
    access,
    checklist::{item::Item, work},
    engagement::{Engagement, closing, setup},
    ids::{ItemId, PersonId, ResourceId},
    mail::NotAgain,
    people,
    rights::{Denied, provider::Distrust},
    schedule,
};
use tminus_kits::problem::Problem;
use tminus_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is not there, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    #[error("you may see this, but not change it")]
    Forbidden,
    /// Whoever came by a link may do it after typing a code that is sent to their address.
    #[error("this asks for a code sent to your address")]
    NeedsCode,
    #[error("sign in first")]
    SignedOut,
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody changed it since the actor looked. The item is as it stands now; nothing was saved.
    #[error("somebody else changed it since you looked; nothing of yours was saved")]
    Conflict(Option<Arc<Item>>),
    /// It may work later: the disk is full, the database is locked or read-only.
    #[error(transparent)]
    Unavailable(StoreError),
    #[error("something broke; nothing was saved")]
    Broken(#[source] StoreError),
}

/// A rule said no.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Work(#[from] work::Refused),
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Setup(Vec<setup::Refused>),
    #[error(transparent)]
    Person(#[from] people::Refused),
    #[error(transparent)]
    Closing(#[from] closing::Refused),
    #[error(transparent)]
    Date(#[from] schedule::NoDate),
    #[error(transparent)]
    Calendar(#[from] schedule::Unusable),
    /// The kit has errors: nothing of it was imported. All its problems, warnings too.
    #[error("the kit was refused; nothing of it was imported: {}", .0.iter().find(|it| it.severity == tminus_kits::problem::Severity::Error).map_or_else(String::new, ToString::to_string))]
    Kit(Vec<Problem>),
    #[error("e-mail address or password is wrong")]
    SignIn,
    /// Too many passwords wait to be checked: this one was not looked at.
    #[error("too many people are signing in just now: nothing is wrong with your password, try again in a moment")]
    PasswordsBusy,
    #[error("too many refused sign-ins: try again in {0} seconds")]
    SignInLater(i64),
    #[error("this link does not work any more: it expired, or a newer one took its place")]
    LinkEnded,
    #[error("that is not the code, or it is too old; {0} more tries")]
    Code(u32),
    /// Items of a change of many that hold all of it up, each with its reason.
    #[error("{}; no item was changed", .0.iter().map(|it| format!("{}: {}", it.title, it.why)).collect::<Vec<_>>().join("; "))]
    Items(Vec<Held>),
    #[error(transparent)]
    Grant(access::work::Refused),
    #[error(transparent)]
    Holding(#[from] access::holding::Refused),
    /// Grants of a change of many that hold all of it up, each with its reason.
    #[error("{}{}", .0.iter().map(|it| format!("{}, {}: {}", it.person, it.resource, it.why)).collect::<Vec<_>>().join("; "), if .0.len() > 1 { "; nothing was moved" } else { "" })]
    Access(Vec<HeldAccess>),
    #[error("that is no code that counts now: take the one your app shows, or a spare one that was not used yet")]
    FactorCode,
    #[error("that took too long: begin again with your password")]
    HalfOver,
    /// What an authenticator answered is not what was asked, or comes too late.
    #[error("that passkey could not be added: begin again")]
    PasskeyAnswer,
    #[error("that passkey signs nobody in here: it was removed, or its person was")]
    PasskeyUnknown,
    #[error("{0} does not answer just now: try again later, or sign in another way")]
    ProviderAway(String),
    #[error("signing in with {0} did not work: begin again here")]
    Provider(String),
    #[error("this letter is not sent again: {0}")]
    NotAgain(#[from] NotAgain),
    #[error(transparent)]
    Distrust(#[from] Distrust),
    #[error("malware was found in the file; nothing of it was kept")]
    Malware,
    #[error("the file could not be looked at for malware just now, and was not kept: try again later")]
    Unscanned,
    /// What belongs to one person belongs to somebody else.
    #[error("somebody with the {field} {what} is there already")]
    Taken { field: &'static str, what: String },
    /// One field is not usable.
    #[error("{field}: {why}")]
    Field { field: &'static str, why: String },
}

/// An item that was not moved, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub item: ItemId,
    pub title: String,
    pub why: String,
}

/// A grant that was not moved, and why. Names as people read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldAccess {
    pub grant: (PersonId, ResourceId),
    pub person: String,
    pub resource: String,
    pub why: String,
}

impl HeldAccess {
    pub(crate) fn of(engagement: &Engagement, grant: (PersonId, ResourceId), why: String) -> Self {
        let person = engagement.name(&grant.0).to_owned();
        let resource = engagement.resource(&grant.1).map_or_else(|| grant.1.to_string(), |resource| resource.title.clone());
        Self { grant, person, resource, why }
    }
}

impl Refusal {
    pub(crate) fn field(field: &'static str, why: impl Into<String>) -> Self {
        Self::Field { field, why: why.into() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict(None),
            StoreError::Full | StoreError::Disk | StoreError::ReadOnly | StoreError::Busy => Self::Unavailable(error),
            StoreError::Files(ref files) => match room(files) {
                Some(told) => Self::Unavailable(told),
                None => Self::Broken(error),
            },
            error => Self::Broken(error),
        }
    }
}

/// What the system said of the disk that files are kept on, if that is why.
fn room(error: &(dyn std::error::Error + 'static)) -> Option<StoreError> {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => return Some(StoreError::Full),
            ReadOnlyFilesystem => return Some(StoreError::ReadOnly),
            _ => {}
        }
    }
    error.source().and_then(room)
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Forbidden => Self::Forbidden,
            Denied::NeedsCode => Self::NeedsCode,
        }
    }
}

macro_rules! refusals {
    ($($from:ty),*) => {$(
        impl From<$from> for Failure {
            fn from(refused: $from) -> Self {
                Self::Refused(refused.into())
            }
        }
    )*};
}

refusals!(NotAgain, access::holding::Refused, work::Refused, people::Refused, closing::Refused, schedule::NoDate, schedule::Unusable);
