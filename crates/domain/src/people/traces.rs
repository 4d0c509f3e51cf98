//! What somebody is, or was, called: by it they are found in texts.

use std::collections::BTreeSet;

use super::{ERASED, Person};
use crate::ids::PersonId;

/// Names and addresses of one person, of now and of before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    pub person: PersonId,
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
    /// Ids of things that are about nobody else.
    own: BTreeSet<String>,
}

impl Traces {
    pub fn of(person: &Person) -> Self {
        let mut traces = Self { person: person.id.clone(), ..Self::default() };
        traces.add(&person.name);
        traces.add(&person.email);
        traces
    }

    /// Another name or address that they had.
    pub fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() || text == ERASED {
            return;
        }
        let list = if text.contains('@') { &mut self.addresses } else { &mut self.names };
        list.insert(text.to_owned());
    }

    /// Says that a thing is about them and nobody else, whatever it is called.
    #[must_use]
    pub fn with_own(mut self, ids: impl IntoIterator<Item = String>) -> Self {
        self.own.extend(ids);
        self
    }

    /// Whether a subject of the record is about them and nobody else.
    pub fn own(&self, subject: &str) -> bool {
        subject == self.person.as_str() || self.own.contains(subject)
    }

    /// What to look for in a text: addresses, and names of several words. A single word may be anybody's, or no name at all.
    pub fn sought(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().filter(|name| name.split_whitespace().nth(1).is_some());
        self.addresses.iter().chain(names).map(String::as_str)
    }

    /// Whether a text names them.
    pub fn are_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.sought().any(|sought| holds(&text, &sought.to_lowercase()))
    }

    /// Whether a text is nothing but a name or an address of theirs.
    pub fn is_name(&self, text: &str) -> bool {
        self.names.contains(text.trim()) || self.addresses.contains(text.trim())
    }
}

/// Whether the words stand in a text, and not in the middle of longer ones.
fn holds(text: &str, words: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces(names: &[&str]) -> Traces {
        let mut traces = Traces { person: "p".into(), ..Traces::default() };
        for name in names {
            traces.add(name);
        }
        traces
    }

    #[test]
    fn somebody_is_found_by_address_and_by_name_of_several_words_and_nobody_else_is() {
        let bob = traces(&["Bob Stone", "bob@northwind.example", "Bob"]);
        let cases = [
            ("ask bob stone, he knows", true),
            ("mail BOB@northwind.example.", true),
            ("Bob Stone", true),
            ("Bob Stoneham", false),
            ("jacob@northwind.example", false),
            ("Bob will know", false),
            ("", false),
        ];
        for (text, found) in cases {
            assert_eq!(bob.are_in(text), found, "{text}");
        }
        assert!(bob.is_name("Bob") && !bob.is_name("Bobby"));
        assert!(!traces(&[ERASED, " "]).is_name(ERASED), "what stands for everybody is nobody's name");
    }
}
