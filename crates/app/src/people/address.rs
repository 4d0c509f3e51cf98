//! Other addresses of a person: an alias, the address of before. Tables, lists of members and a company's sign-in know them by each; letters go to
//! the one of their account, and the password and the directory go with that one alone.

use std::collections::BTreeSet;

use tminus_domain::{
    ids::PersonId,
    mail::SecurityChange,
    people::address,
    record::fact::{Fact, FactKind},
    rights::{Actor, PassKind, Right},
};

use super::{edition, person::is_free};
use crate::{App, Failure, Refusal, mail::security::tell_of};

/// Nobody has more.
pub const MAX_ADDRESSES: usize = 10;

/// The other addresses of a person.
pub async fn list_addresses(app: &App, actor: &Actor, id: &PersonId) -> Result<Vec<String>, Failure> {
    App::practice(actor, Right::EditPeople)?;
    app.store.account(id).await?.ok_or(Failure::NotFound)?;
    Ok(app.store.addresses(id).await?)
}

/// What the other addresses of a person are to be.
#[derive(Clone, Debug, Default)]
pub struct SaveAddresses {
    pub person: PersonId,
    pub addresses: Vec<String>,
    /// The [`edition`] of those that were looked at. Without it, they replace whatever is there.
    pub seen: Option<String>,
}

/// Says by which other addresses a person is known. No other person has one of them, in any way.
pub async fn save_addresses(app: &App, actor: &Actor, input: SaveAddresses) -> Result<Vec<String>, Failure> {
    App::practice(actor, Right::EditPeople)?;
    // Who is known by an address comes in by it where a company's sign-in says so: a directory lets nobody in that way.
    if actor.pass.kind == PassKind::ProvisioningKey {
        return Err(Failure::Forbidden);
    }
    let mut wanted = BTreeSet::new();
    for text in input.addresses.iter().filter(|text| !text.trim().is_empty()) {
        wanted.insert(address(text).map_err(|refused| Refusal::field("addresses", refused.to_string()))?);
    }
    // Each is looked for while nobody else writes.
    if wanted.len() > MAX_ADDRESSES + 1 {
        return Err(too_many());
    }
    let mut writing = app.store.writing().await?;
    let person = writing.account(&input.person).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?.person;
    let before = writing.addresses(&person.id).await?;
    if input.seen.is_some_and(|seen| seen != edition(&before)) {
        return Err(Failure::Conflict(None));
    }
    wanted.remove(&person.email);
    if wanted.len() > MAX_ADDRESSES {
        return Err(too_many());
    }
    for email in &wanted {
        is_free(&writing, &person.id, ("addresses", email)).await?;
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    if wanted == before {
        return Ok(wanted);
    }
    writing.save_addresses(&person.id, &wanted).await?;
    tell_of(app, actor, (&writing, &person), SecurityChange::AddressesChanged).await?;
    let fact = Fact::new(FactKind::PersonChanged, person.id.as_str(), &person.name).internal(true);
    writing.record(fact.text("e-mail also before", before.join(", ")).text("e-mail also after", wanted.join(", ")));
    writing.save(actor, app.now(), &app.salt()).await?;
    Ok(wanted)
}

fn too_many() -> Failure {
    Refusal::field("addresses", format!("at most {MAX_ADDRESSES} are kept")).into()
}
