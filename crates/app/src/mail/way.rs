//! How the reader of a letter gets to what it speaks of.

use std::collections::BTreeMap;

use tminus_domain::{ids::PersonId, mail::Secret, people::Person};
use tminus_store::{Change, View};

use super::job;
use crate::{App, Failure, rights::link::add_link};

/// Somebody on an engagement who is written to.
pub(crate) struct Reader {
    pub(crate) person: Person,
    /// They have no way in of their own.
    pub(crate) by_link: bool,
}

/// Some people of an engagement, to be written to. To be read before the engagement is held: it may take a connection of its own.
pub(crate) async fn readers(app: &App, view: &View, people: &[PersonId]) -> Result<BTreeMap<PersonId, Reader>, Failure> {
    let own = app.store.who_sign_in(people).await?;
    let people = app.store.people_of(&view.scope, people).await?;
    Ok(people.into_iter().map(|(id, person)| (id.clone(), Reader { by_link: !own.contains(&id), person })).collect())
}

pub(crate) enum Way {
    /// The letter is written; for whoever does not sign in, with a link of their own.
    Open(Option<Secret>),
    /// They come by link and nobody has invited them, or their invitation is over: they are told nothing.
    Closed,
}

/// Makes a reader who has no account a link, which works no longer than their invitation.
pub(crate) async fn way(app: &App, change: &mut Change, reader: &Reader) -> Result<Way, Failure> {
    if !reader.by_link {
        return Ok(Way::Open(None));
    }
    let invited = change.live_links(Some(&reader.person.id), app.now()).await?;
    let Some(until) = invited.iter().map(|link| link.expires_at).max() else { return Ok(Way::Closed) };
    let made = add_link(app, &job(), change, (&reader.person, until)).await?;
    Ok(Way::Open(Some(Secret(made.secret))))
}
