//! Filters of the checklist that a person keeps: theirs alone, and on every engagement that has what they ask for.

use tminus_domain::{
    checklist::filter::{Filter, SavedFilter, forget, keep},
    rights::{Actor, Right},
};

use crate::{App, Failure, Refusal};

/// The actor's filters, by name.
pub async fn list_filters(app: &App, actor: &Actor) -> Result<Vec<SavedFilter>, Failure> {
    Ok(app.store.saved_filters(&actor.person).await?)
}

/// Keeps a filter; one of the same name gives way.
pub async fn save_filter(app: &App, actor: &Actor, name: &str, filter: Filter) -> Result<Vec<SavedFilter>, Failure> {
    may_keep(actor)?;
    let kept = app.store.change_filters(&actor.person, |saved| keep(saved, name, filter)).await?;
    kept.map_err(|why| Refusal::field("name", why.to_string()).into())
}

pub async fn forget_filter(app: &App, actor: &Actor, name: &str) -> Result<Vec<SavedFilter>, Failure> {
    may_keep(actor)?;
    let kept = app.store.change_filters(&actor.person, |saved| if forget(saved, name) { Ok(()) } else { Err(()) }).await?;
    kept.map_err(|()| Failure::NotFound)
}

/// What only reads, or looks after people, keeps nothing either.
fn may_keep(actor: &Actor) -> Result<(), Failure> {
    if actor.pass.kind.may(Right::WorkItems) { Ok(()) } else { Err(Failure::Forbidden) }
}
