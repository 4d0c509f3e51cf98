//! Which texts of an entry are personal, and taking them out. The entry's content stays to the letter, so its chain still verifies.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    chain::{Entry, Read},
    fact::FactKind,
    sealing,
};
use crate::people::traces::Traces;

/// The first form whose `from` and `to` are sealed where they are free text.
const SEALS_VALUES: u64 = 2;

/// Where in an entry a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// The actor's name.
    Name,
    Title,
    Why,
    /// One of the other texts, by its name.
    Text(&'a str),
    /// Free text of what changed, as JSON.
    Value,
}

pub(super) fn seals_values(content: &Value) -> bool {
    content["form"].as_u64().is_some_and(|form| form >= SEALS_VALUES)
}

/// Digests of all texts of an entry, with where they stand.
pub(super) fn slots(content: &Value) -> Option<Vec<(Slot<'_>, &str)>> {
    let mut slots = vec![(Slot::Name, content["actor"]["name"].as_str()?), (Slot::Title, content["title"].as_str()?)];
    slots.extend(content["why"].as_str().map(|digest| (Slot::Why, digest)));
    slots.extend(content["texts"].as_object()?.iter().filter_map(|(key, digest)| Some((Slot::Text(key), digest.as_str()?))));
    if seals_values(content) {
        let values = [&content["from"], &content["to"]];
        slots.extend(values.into_iter().flat_map(sealing::digests).map(|digest| (Slot::Value, digest)));
    }
    Some(slots)
}

/// Texts that an actor wrote themselves, by name.
const WRITTEN: [&str; 7] = ["comment", "evidence", "note", "proof", "description", "way_out", "third_party"];

impl Entry {
    /// Takes out every text that is personal; false if there is none.
    fn erase(&mut self, is_personal: impl Fn(Slot<'_>, &str) -> bool) -> bool {
        let Ok(content) = serde_json::from_str::<Value>(&self.content) else { return false };
        let texts = &self.texts;
        let doomed: BTreeSet<String> = slots(&content)
            .unwrap_or_default()
            .into_iter()
            .filter(|(slot, digest)| texts.get(*digest).is_some_and(|sealed| is_personal(*slot, &sealed.text)))
            .map(|(_, digest)| digest.to_owned())
            .collect();
        self.texts.retain(|digest, _| !doomed.contains(digest));
        !doomed.is_empty()
    }

    /// Takes out all that people wrote or are called, and leaves the titles that are nobody's.
    pub fn erase_all_but(&mut self, titles: &BTreeSet<String>) -> bool {
        self.erase(|slot, text| slot != Slot::Title || !titles.contains(text))
    }

    /// Takes out what somebody is called and wrote, and what was written about them.
    pub fn erase_person(&mut self, traces: &Traces) -> bool {
        let Some(Read { person, subject, fact, .. }) = self.read() else { return false };
        let id = traces.person.as_str();
        let (is_actor, is_subject) = (person == id, traces.own(&subject));
        let concerns = is_subject || subject.split_once('/').is_some_and(|(of, _)| of == id);
        let names_own = matches!(fact.parse(), Ok(FactKind::TokenCreated | FactKind::TokenRevoked));
        // Where the id is mentioned, a text that is nothing but a name is theirs, however short it is.
        let is_mentioned = self.content.contains(&format!("\"{id}\""));
        self.erase(|slot, text| {
            let wrote = is_actor
                && match slot {
                    Slot::Name | Slot::Why => true,
                    Slot::Title => names_own,
                    Slot::Text(name) => WRITTEN.contains(&name),
                    Slot::Value => false,
                };
            let about = match slot {
                Slot::Name => false,
                Slot::Title => is_subject,
                Slot::Why | Slot::Text(_) | Slot::Value => concerns,
            };
            wrote || about || traces.are_in(text) || (is_mentioned && traces.is_name(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        people::Person,
        record::{
            chain::{Happening, Head},
            fact::Fact,
        },
        rights::{Actor, Pass, PracticeRole, Via},
    };

    fn entry(actor: (&str, &str), fact: &Fact) -> Entry {
        let actor = Actor {
            person: actor.0.into(),
            name: actor.1.to_owned(),
            zone: "UTC".to_owned(),
            via: Via::Page,
            practice: PracticeRole::Member,
            pass: Pass::SESSION,
        };
        Entry::new(&Head::default(), &Happening { chain: "e", actor: &actor, at: Timestamp::UNIX_EPOCH, salt: "s" }, fact)
    }

    fn left(mut entry: Entry, erase: impl Fn(&mut Entry) -> bool) -> Vec<String> {
        erase(&mut entry);
        let mut left: Vec<_> = entry.texts.into_values().map(|sealed| sealed.text).collect();
        left.sort();
        left
    }

    #[test]
    fn of_a_person_goes_what_they_are_called_and_wrote_and_what_was_written_about_them_and_nothing_else() {
        let bob = Person {
            id: "bob".into(),
            name: "Bob".to_owned(),
            email: "bob@northwind.example".to_owned(),
            side: crate::kit::Side::Customer,
            zone: "UTC".to_owned(),
            practice: PracticeRole::None,
        };
        let traces = Traces::of(&bob);
        let (by_bob, by_ann) = (("bob", "Bob"), ("ann", "Ann"));
        let fact = |kind, subject: &str, title: &str| Fact::new(kind, subject, title);
        let why = |why: &str| Some(why.to_owned());
        let cases: [(_, _, &[&str]); 8] = [
            (by_bob, fact(FactKind::CommentAdded, "i", "Badge").text("comment", "hello"), &["Badge"]),
            (by_bob, fact(FactKind::ItemStatusChanged, "i", "Badge").why(why("because")), &["Badge"]),
            (by_bob, fact(FactKind::TokenCreated, "t", "Bob's key"), &[]),
            (by_bob, fact(FactKind::ColleagueNamed, "cy", "Cy"), &["Cy"]),
            (by_ann, fact(FactKind::MemberAdded, "bob", "Bob").why(why("new")), &["Ann"]),
            (by_ann, fact(FactKind::GrantMoved, "bob/vpn", "VPN").text("person", "Bob").why(why("lost it")), &["Ann", "VPN"]),
            (
                by_ann,
                fact(FactKind::GrantExcepted, "cy/vpn", "VPN").text("approver", "Bob").to(serde_json::json!({ "approver": "bob" })),
                &["Ann", "VPN"],
            ),
            (by_ann, fact(FactKind::CommentAdded, "i", "Bob").text("comment", "Bob? bob@northwind.example"), &["Ann", "Bob"]),
        ];
        for (actor, fact, expected) in cases {
            assert_eq!(left(entry(actor, &fact), |entry| entry.erase_person(&traces)), expected, "{fact:?}");
        }
    }

    #[test]
    fn of_an_engagement_only_titles_that_are_nobodys_stay() {
        let titles = BTreeSet::from(["Badge".to_owned()]);
        let fact = Fact::new(FactKind::ItemChanged, "i", "Badge").text("description", "for Bob").why(Some("asked".to_owned()));
        assert_eq!(left(entry(("ann", "Ann"), &fact), |entry| entry.erase_all_but(&titles)), ["Badge"]);
        let by_hand = Fact::new(FactKind::ItemAdded, "j", "Bob's badge").to(serde_json::json!({ "ticket": "SEC-1" }));
        assert!(left(entry(("ann", "Ann"), &by_hand), |entry| entry.erase_all_but(&titles)).is_empty());
        let named_so = Fact::new(FactKind::ItemAdded, "i", "Badge");
        assert!(left(entry(("ann", "Badge"), &named_so), |entry| entry.erase_all_but(&titles)).is_empty(), "a name wins over a title");
    }
}
