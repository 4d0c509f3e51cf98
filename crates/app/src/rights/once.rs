//! Requests that a program may send twice and that are done once.

use tminus_domain::rights::Actor;
use tminus_store::rights::Answered;

use crate::{App, Failure};

/// What is known of a request's key.
#[derive(Debug, PartialEq, Eq)]
pub enum Once {
    /// Nobody used it before; it is taken now.
    First,
    /// It was used for another request.
    Another,
    /// The request began and has no answer yet, or never got one because the process ended in the middle of it.
    InFlight,
    Answered {
        status: u16,
        body: String,
    },
}

/// Takes a key of the actor for a request, told apart from others by its digest.
pub async fn begin_once(app: &App, actor: &Actor, key: &str, digest: &str) -> Result<Once, Failure> {
    if app.store.take_key(&actor.person, key, digest, app.now()).await? {
        return Ok(Once::First);
    }
    Ok(match app.store.answered(&actor.person, key).await? {
        Some(answered) if answered.digest != digest => Once::Another,
        Some(Answered { status, body, .. }) if status > 0 => Once::Answered { status, body },
        _ => Once::InFlight,
    })
}

/// Keeps the answer of a request, to be given again.
pub async fn end_once(app: &App, actor: &Actor, key: &str, (status, body): (u16, String)) -> Result<(), Failure> {
    // The digest stays the one that the key was taken with.
    let answered = Answered { digest: String::new(), status, body };
    Ok(app.store.keep_answer(&actor.person, key, answered, app.now()).await?)
}

/// Gives the key back: nothing was done, and the same request may try again.
pub async fn release_once(app: &App, actor: &Actor, key: &str) -> Result<(), Failure> {
    Ok(app.store.release_key(&actor.person, key).await?)
}
