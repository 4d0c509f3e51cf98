//! Who is really in a room, on a list or in a tool, held against who should be.

use std::collections::{BTreeMap, BTreeSet};

use super::{Grant, Step};
use crate::{
    engagement::Engagement,
    ids::{PersonId, ResourceId},
    people::Person,
};

/// Somebody as a list of members names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Of the list, counted from 1.
    pub line: u64,
    /// As it stands there.
    pub said: String,
    /// In small letters; empty where the line has none.
    pub email: String,
    /// What they may be called, in small letters: `harper, bob` is also `bob harper`.
    pub names: Vec<String>,
}

/// Somebody who is in it and whom nobody says to need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    pub line: u64,
    pub said: String,
    /// A member of the engagement.
    pub person: Option<PersonId>,
    /// Their access was said to be gone.
    pub came_back: bool,
}

/// What a list of members says of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// They need it, and are not in it.
    pub missing: Vec<PersonId>,
    /// Somebody asked for it, and they are not in it yet.
    pub pending: Vec<PersonId>,
    /// They are in it, and the grid does not say so yet.
    pub news: Vec<PersonId>,
    pub extra: Vec<Extra>,
    /// They are in it, as the grid says.
    pub right: usize,
}

impl Grant {
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted && !matches!(self.step, Step::Withdrawn | Step::Waived | Step::RevocationConfirmed)
    }
}

impl Engagement {
    /// Holds a list of members against the grants of a resource. `people` are the members of the engagement, with their other addresses.
    pub fn compare(&self, resource: &ResourceId, listed: &[Named], people: &BTreeMap<PersonId, (Person, Vec<String>)>) -> Compared {
        let mut found = Compared::default();
        let inside = self.resource(resource).is_some_and(|it| it.internal);
        let mut there = BTreeSet::new();
        for one in listed {
            let Some(person) = who(one, people).or_else(|| self.has_as_detail(one, inside)) else {
                found.extra.push(Extra { line: one.line, said: one.said.clone(), person: None, came_back: false });
                continue;
            };
            if !there.insert(person.clone()) {
                continue;
            }
            let grant = self.grant(person, resource);
            if grant
                .is_none_or(|grant| !grant.is_wanted() || grant.step.is_ending() || matches!(grant.step, Step::Suspended | Step::Rejected))
            {
                let came_back = grant.is_some_and(|grant| matches!(grant.step, Step::Revoked | Step::RevocationConfirmed));
                found.extra.push(Extra { line: one.line, said: one.said.clone(), person: Some(person.clone()), came_back });
            } else if grant.is_some_and(|grant| matches!(grant.step, Step::Needed | Step::Requested | Step::Approved)) {
                found.news.push(person.clone());
            } else {
                found.right += 1;
            }
        }
        for grant in self.grants.iter().filter(|grant| &grant.resource == resource && grant.is_wanted() && !grant.step.is_ending()) {
            match grant.step {
                _ if there.contains(&grant.person) => {}
                // Who is not to have it now is not missing.
                Step::Suspended | Step::Rejected => {}
                Step::Requested | Step::Approved => found.pending.push(grant.person.clone()),
                _ => found.missing.push(grant.person.clone()),
            }
        }
        found
    }
}

impl Engagement {
    /// Whose access has the address, or the user name, among what is kept of it: the other side gives people names of its own. What is internal says
    /// nothing of what is shared.
    fn has_as_detail(&self, one: &Named, inside: bool) -> Option<&PersonId> {
        let open = |grant: &Grant| inside || self.resource(&grant.resource).is_some_and(|it| !it.internal);
        let said = |text: &String| {
            let text = text.trim().to_lowercase();
            !text.is_empty() && (text == one.email || (one.email.is_empty() && one.names.contains(&text)))
        };
        let mut found = self.grants.iter().filter(|grant| open(grant) && grant.details.values().any(said)).map(|grant| &grant.person);
        let first = found.next();
        first.filter(|first| found.all(|other| other == *first))
    }
}

/// Whom a line means: by their address, else by a name that only one member has.
fn who<'a>(one: &Named, people: &'a BTreeMap<PersonId, (Person, Vec<String>)>) -> Option<&'a PersonId> {
    let has = |(person, others): &(Person, Vec<String>)| person.email.to_lowercase() == one.email || others.contains(&one.email);
    let by_email = people.iter().find(|(_, whose)| !one.email.is_empty() && has(whose));
    if let Some((id, _)) = by_email {
        return Some(id);
    }
    // An address that is nobody's here is somebody else, whatever they are called.
    let mut called = people.iter().filter(|(_, (person, _))| one.email.is_empty() && one.names.contains(&person.name.to_lowercase()));
    let first = called.next().map(|(id, _)| id);
    first.filter(|_| called.next().is_none())
}
