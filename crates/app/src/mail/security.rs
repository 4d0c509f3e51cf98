//! Whoever's way of signing in changed is told, whoever changed it.

use tminus_domain::{
    mail::{Message, SecurityChange},
    people::Person,
    rights::Actor,
};
use tminus_store::record::Writing;

use super::letter;
use crate::{App, Failure};

/// Queues the letter with the change that it tells of.
pub(crate) async fn tell_of(
    app: &App,
    actor: &Actor,
    (writing, person): (&Writing, &Person),
    change: SecurityChange,
) -> Result<(), Failure> {
    let by = (actor.person != person.id).then(|| actor.name.clone());
    let message = Message::Security { change, at: app.now(), by };
    Ok(writing.queue(&letter(app, person, None, message)).await?)
}
