//! Other addresses of a person: an alias, the address of before. Tables, lists of members, a directory and a company's sign-in know them by each;
//! letters go to the one of their account, and so does the password.

use std::collections::BTreeSet;

use tminus_domain::{
    ids::PersonId,
    mail::SecurityChange,
    people::address,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use super::edition;
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
    let mut writing = app.store.writing().await?;
    let person = writing.account(&input.person).await?.filter(|account| !account.ended).ok_or(Failure::NotFound)?.person;
    let before = writing.addresses(&person.id).await?;
    if input.seen.is_some_and(|seen| seen != edition(&before)) {
        return Err(Failure::Conflict(None));
    }
    let mut wanted = BTreeSet::new();
    for text in input.addresses.iter().filter(|text| !text.trim().is_empty()) {
        let email = address(text).map_err(|refused| Refusal::field("addresses", refused.to_string()))?;
        if writing.account_by_email(&email).await?.is_some_and(|other| other.person.id != person.id) {
            return Err(Refusal::field("addresses", format!("somebody with the address {email} is there already")).into());
        }
        wanted.insert(email);
    }
    wanted.remove(&person.email);
    if wanted.len() > MAX_ADDRESSES {
        return Err(Refusal::field("addresses", format!("at most {MAX_ADDRESSES} are kept")).into());
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
