//! Entries of the record, chained by hash, and the proof from an export alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    erasing::{self, seals_values},
    fact::Fact,
    sealing,
};
use crate::rights::Actor;

/// What an entry of an empty record follows.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The version of the stored form. A change of the form is a new number; old entries stay as they are.
/// Since 2, what is free text in `from` and `to` is sealed too.
const FORM: u64 = 2;

/// A text kept beside the entry that refers to it. The salt keeps short texts from being guessed by their digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    pub salt: String,
    pub text: String,
}

/// One entry as it is stored and exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without gaps.
    pub number: u64,
    /// The text that is hashed: a JSON object, kept to the letter.
    pub content: String,
    /// SHA-256 of `content`, as hex.
    pub hash: String,
    /// Texts by digest. An erased text is no longer here; its digest still is in `content`.
    pub texts: BTreeMap<String, Sealed>,
}

/// Where a chain stands: what the next entry follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: u64,
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { number: 0, hash: GENESIS.to_owned() }
    }
}

/// Who did it and when, for [`Entry::new`].
pub struct Happening<'a> {
    pub chain: &'a str,
    pub actor: &'a Actor,
    pub at: Timestamp,
    /// Fresh random text for each entry.
    pub salt: &'a str,
}

impl Entry {
    /// The entry that follows `head`.
    pub fn new(head: &Head, happening: &Happening<'_>, fact: &Fact) -> Self {
        let mut seal = Seal { salt: happening.salt, texts: BTreeMap::new() };
        let name = seal.text(&happening.actor.name);
        let why = fact.why.as_deref().map(|why| seal.text(why));
        let texts: BTreeMap<_, _> = fact.texts.iter().map(|(key, text)| (key, seal.text(text))).collect();
        let title = seal.text(&fact.title);
        let mut value = |value| sealing::seal(value, &mut |text| seal.text(text));
        let (from, to) = (value(&fact.from), value(&fact.to));
        let number = head.number + 1;
        let content = json!({
            "form": FORM,
            "chain": happening.chain,
            "number": number,
            "previous": head.hash,
            "at": happening.at.to_string(),
            "zone": happening.actor.zone,
            "actor": { "person": happening.actor.person, "name": name },
            "via": happening.actor.via,
            "fact": fact.kind,
            "subject": fact.subject,
            "title": title,
            "from": from,
            "to": to,
            "why": why,
            "texts": texts,
            "internal": fact.internal,
        })
        .to_string();
        Self { number, hash: digest(&content), content, texts: seal.texts }
    }

    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash.clone() }
    }

    /// The content to read. The letter that counts is `content`.
    pub fn read(&self) -> Option<Read> {
        let value: Value = serde_json::from_str(&self.content).ok()?;
        let text = |sealed: &Value| sealed.as_str().and_then(|digest| self.texts.get(digest)).map(|it| it.text.clone());
        let sealed = |digest: &str| self.texts.get(digest).map(|it| it.text.as_str());
        let opened = |of: &Value| if seals_values(&value) { sealing::open(of, &sealed) } else { of.clone() };
        Some(Read {
            number: self.number,
            at: value["at"].as_str()?.parse().ok()?,
            zone: value["zone"].as_str()?.to_owned(),
            person: value["actor"]["person"].as_str()?.to_owned(),
            name: text(&value["actor"]["name"]),
            via: value["via"].as_str()?.to_owned(),
            fact: value["fact"].as_str()?.to_owned(),
            subject: value["subject"].as_str()?.to_owned(),
            title: text(&value["title"]),
            from: opened(&value["from"]),
            to: opened(&value["to"]),
            why: text(&value["why"]),
            texts: value["texts"].as_object()?.iter().filter_map(|(key, digest)| Some((key.clone(), text(digest)?))).collect(),
            internal: value["internal"].as_bool()?,
            hash: self.hash.clone(),
            previous: value["previous"].as_str()?.to_owned(),
        })
    }
}

/// An entry for people to read. An erased text is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Read {
    pub number: u64,
    pub at: Timestamp,
    pub zone: String,
    pub person: String,
    pub name: Option<String>,
    pub via: String,
    pub fact: String,
    pub subject: String,
    pub title: Option<String>,
    pub from: Value,
    pub to: Value,
    pub why: Option<String>,
    pub texts: BTreeMap<String, String>,
    pub internal: bool,
    pub hash: String,
    pub previous: String,
}

struct Seal<'a> {
    salt: &'a str,
    texts: BTreeMap<String, Sealed>,
}

impl Seal<'_> {
    fn text(&mut self, text: &str) -> String {
        let sealed = Sealed { salt: self.salt.to_owned(), text: text.to_owned() };
        let digest = sealed.digest();
        self.texts.insert(digest.clone(), sealed);
        digest
    }
}

impl Sealed {
    fn digest(&self) -> String {
        digest(&format!("{}\n{}", self.salt, self.text))
    }
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = std::fmt::Write::write_fmt(&mut hex, format_args!("{byte:02x}"));
        hex
    })
}

/// The first thing that is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("entry {number}: its content does not match its hash; it was changed after it was written")]
    Content { number: u64 },
    #[error("entry {number} does not follow the entry before it; an entry was changed, removed or put in between")]
    Link { number: u64 },
    #[error("entry {found} stands where entry {expected} belongs; entries are missing or out of order")]
    Order { expected: u64, found: u64 },
    #[error("entry {number}: a text kept with it does not match its digest; the text was changed")]
    Text { number: u64 },
    #[error("entry {number} cannot be read: it is not an entry of a record")]
    Unreadable { number: u64 },
}

/// Checks a chain entry by entry.
#[derive(Debug, Default)]
pub struct Verifier {
    head: Head,
    chain: Option<String>,
    erased: u64,
}

impl Verifier {
    /// A verifier for a chain that goes on after `head`.
    pub fn after(head: Head) -> Self {
        Self { head, ..Self::default() }
    }

    pub fn check(&mut self, entry: &Entry) -> Result<(), Broken> {
        let expected = self.head.number + 1;
        if entry.number != expected {
            return Err(Broken::Order { expected, found: entry.number });
        }
        let number = expected;
        if digest(&entry.content) != entry.hash {
            return Err(Broken::Content { number });
        }
        let content: Value = serde_json::from_str(&entry.content).map_err(|_| Broken::Unreadable { number })?;
        let chain = content["chain"].as_str().ok_or(Broken::Unreadable { number })?;
        let same_chain = self.chain.get_or_insert_with(|| chain.to_owned()) == chain;
        if content["number"].as_u64() != Some(number) || content["previous"].as_str() != Some(&self.head.hash) || !same_chain {
            return Err(Broken::Link { number });
        }
        let digests = referred(&content).ok_or(Broken::Unreadable { number })?;
        if entry.texts.iter().any(|(digest, sealed)| &sealed.digest() != digest || !digests.contains(&digest.as_str())) {
            return Err(Broken::Text { number });
        }
        self.erased += digests.iter().filter(|digest| !entry.texts.contains_key(**digest)).count() as u64;
        self.head = entry.head();
        Ok(())
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many texts were erased on purpose, so far.
    pub fn erased(&self) -> u64 {
        self.erased
    }
}

fn referred(content: &Value) -> Option<Vec<&str>> {
    Some(erasing::slots(content)?.into_iter().map(|(_, digest)| digest).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        record::fact::FactKind,
        rights::{Pass, PracticeRole, Via},
    };

    fn chain(length: usize) -> Vec<Entry> {
        let actor = Actor {
            person: "ann".into(),
            name: "Ann".into(),
            zone: "UTC".into(),
            via: Via::Page,
            practice: PracticeRole::Member,
            pass: Pass::SESSION,
        };
        let mut head = Head::default();
        (0..length)
            .map(|index| {
                let at = Timestamp::from_second(1_700_000_000 + i64::try_from(index).expect("small")).expect("in range");
                let happening = Happening { chain: "e", actor: &actor, at, salt: "salt" };
                let fact = Fact::new(FactKind::CommentAdded, "i", "Badge").why(Some(format!("because {index}"))).text("comment", "hello");
                let entry = Entry::new(&head, &happening, &fact);
                head = entry.head();
                entry
            })
            .collect()
    }

    fn verify(entries: &[Entry]) -> Result<Verifier, Broken> {
        let mut verifier = Verifier::default();
        entries.iter().try_for_each(|entry| verifier.check(entry))?;
        Ok(verifier)
    }

    #[test]
    fn an_untouched_chain_verifies_and_reads_back() {
        let entries = chain(5);
        assert_eq!(verify(&entries).expect("untouched").head().number, 5);
        let read = entries[0].read().expect("readable");
        assert_eq!((read.name.as_deref(), read.why.as_deref()), (Some("Ann"), Some("because 0")));
        assert_eq!(read.texts["comment"], "hello");
    }

    #[test]
    fn an_erased_text_leaves_the_chain_whole() {
        let mut entries = chain(3);
        entries[1].texts.clear();
        assert_eq!(verify(&entries).expect("erasing is allowed").erased(), 4);
    }

    #[test]
    fn what_is_free_in_a_change_is_sealed_and_what_is_erased_of_it_is_null() {
        let actor = Actor {
            person: "ann".into(),
            name: "Ann".into(),
            zone: "UTC".into(),
            via: Via::Page,
            practice: PracticeRole::Member,
            pass: Pass::SESSION,
        };
        let happening = Happening { chain: "e", actor: &actor, at: Timestamp::UNIX_EPOCH, salt: "salt" };
        let to = json!({ "step": "requested", "ticket": "SEC-2291", "lines": [{ "title": "Zebra" }], "diff": { "added": 2 } });
        let mut entry = Entry::new(&Head::default(), &happening, &Fact::new(FactKind::GrantMoved, "i", "VPN").to(to.clone()));
        assert!(!entry.content.contains("SEC-2291") && !entry.content.contains("Zebra"), "{}", entry.content);
        assert_eq!(entry.read().expect("readable").to, to);
        verify(std::slice::from_ref(&entry)).expect("sealed values belong to the entry");
        entry.texts.retain(|_, sealed| !sealed.text.contains("SEC-2291"));
        let read = entry.read().expect("readable");
        assert_eq!((&read.to["ticket"], &read.to["step"]), (&Value::Null, &json!("requested")));
        assert_eq!(verify(&[entry]).expect("erasing is allowed").erased(), 1);
    }

    #[test]
    fn an_entry_of_the_first_form_reads_and_verifies_as_it_was() {
        let content = r#"{"actor":{"name":"N","person":"ann"},"at":"2025-12-18T09:00:00Z","chain":"e","fact":"grant_moved","form":1,"from":null,"internal":false,"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","subject":"i","texts":{},"title":"T","to":{"sealed":"yes"},"via":"page","why":null,"zone":"UTC"}"#;
        let entry = Entry { number: 1, content: content.to_owned(), hash: digest(content), texts: BTreeMap::new() };
        assert_eq!(verify(std::slice::from_ref(&entry)).expect("it was whole").erased(), 2);
        assert_eq!(entry.read().expect("readable").to, json!({ "sealed": "yes" }));
    }

    #[test]
    fn an_entry_of_another_record_does_not_fit() {
        let entries = chain(2);
        let actor = Actor {
            person: "b".into(),
            name: "B".into(),
            zone: "UTC".into(),
            via: Via::Api,
            practice: PracticeRole::Member,
            pass: Pass::SESSION,
        };
        let happening = Happening { chain: "other", actor: &actor, at: Timestamp::UNIX_EPOCH, salt: "s" };
        let stranger = Entry::new(&entries[1].head(), &happening, &Fact::new(FactKind::ItemAdded, "i", "t"));
        let all = [entries, vec![stranger]].concat();
        assert_eq!(verify(&all).err(), Some(Broken::Link { number: 3 }));
    }

    proptest! {
        #[test]
        fn whatever_texts_are_erased_the_chain_verifies_and_counts_them(gone in proptest::collection::vec(any::<bool>(), 24)) {
            let mut entries = chain(6);
            let mut left = gone.iter();
            for entry in &mut entries {
                entry.texts.retain(|_, _| !left.next().copied().unwrap_or_default());
            }
            let verifier = verify(&entries);
            prop_assert_eq!(verifier.map(|it| it.erased()), Ok(gone.iter().filter(|gone| **gone).count() as u64));
        }

        #[test]
        fn any_edit_is_found_at_the_entry_it_was_made_in(at in 0_usize..6, how in 0_u8..5) {
            let mut entries = chain(6);
            match how {
                0 => entries[at].content = entries[at].content.replace("page", "api"),
                1 => { entries[at].texts.values_mut().for_each(|sealed| sealed.text.push('!')); }
                2 => { let content = entries[at].content.replace("page", "api"); entries[at].hash = digest(&content); entries[at].content = content; }
                3 => { entries.remove(at); }
                _ => { let again = entries[at].clone(); entries.insert(at, again); }
            }
            let broken = verify(&entries);
            // An edit of the last entry with a fitting hash, or its removal, shows only against a head kept elsewhere.
            let undetectable = at == 5 && matches!(how, 2 | 3);
            prop_assert_eq!(broken.is_ok(), undetectable);
        }
    }
}
