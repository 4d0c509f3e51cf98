//! Conditions over the protocol's answers: `onsite and not small_org`.

use std::{collections::BTreeMap, collections::BTreeSet, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::FactId;

/// What the protocol says, by fact. A fact that nobody answered is not in it.
pub type Answers = BTreeMap<FactId, Answer>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Answer {
    Yes(bool),
    Number(i64),
    Text(String),
    Many(BTreeSet<String>),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes(true) => f.write_str("yes"),
            Self::Yes(false) => f.write_str("no"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Many(options) => f.write_str(&options.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// A condition, written with `and`, `or`, `not`, `=`, `!=`, `<`, `<=`, `>`, `>=` and round brackets.
///
/// A fact alone holds if it was answered yes. For a fact with many answers, `=` asks whether one of them is the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    text: String,
    term: Term,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Holds(FactId),
    Compare(FactId, Comparison, String),
    Not(Box<Term>),
    All(Vec<Term>),
    Any(Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// Whether a condition holds, as far as the answers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Holds,
    /// It does not hold, because of these facts.
    Fails(Vec<FactId>),
    /// It depends on answers that are not given yet.
    Open(Vec<FactId>),
}

/// Why a condition could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("a bracket is opened and not closed in “{0}”")]
    Unclosed(String),
    #[error("“{found}” is not expected in “{text}”")]
    Unexpected { text: String, found: String },
    #[error("“{0}” ends too early")]
    Ends(String),
    #[error("a condition is longer than {MAX_LENGTH} characters or nested deeper than {MAX_DEPTH}")]
    TooLong,
}

const MAX_LENGTH: usize = 1_000;
const MAX_DEPTH: usize = 16;

impl Condition {
    /// Every fact that the condition names.
    pub fn facts(&self) -> BTreeSet<&FactId> {
        fn walk<'a>(term: &'a Term, into: &mut BTreeSet<&'a FactId>) {
            match term {
                Term::Holds(fact) | Term::Compare(fact, ..) => drop(into.insert(fact)),
                Term::Not(term) => walk(term, into),
                Term::All(terms) | Term::Any(terms) => terms.iter().for_each(|term| walk(term, into)),
            }
        }
        let mut facts = BTreeSet::new();
        walk(&self.term, &mut facts);
        facts
    }

    pub fn check(&self, answers: &Answers) -> Verdict {
        self.term.check(answers)
    }
}

impl Term {
    fn check(&self, answers: &Answers) -> Verdict {
        match self {
            Self::Holds(fact) => match answers.get(fact) {
                None => Verdict::Open(vec![fact.clone()]),
                Some(Answer::Yes(true)) => Verdict::Holds,
                Some(Answer::Text(text)) if !text.is_empty() => Verdict::Holds,
                Some(Answer::Number(number)) if *number > 0 => Verdict::Holds,
                Some(Answer::Many(options)) if !options.is_empty() => Verdict::Holds,
                Some(_) => Verdict::Fails(vec![fact.clone()]),
            },
            Self::Compare(fact, comparison, value) => match answers.get(fact) {
                None => Verdict::Open(vec![fact.clone()]),
                Some(answer) if comparison.holds(answer, value) => Verdict::Holds,
                Some(_) => Verdict::Fails(vec![fact.clone()]),
            },
            Self::Not(term) => match term.check(answers) {
                Verdict::Holds => Verdict::Fails(term.facts()),
                Verdict::Fails(_) => Verdict::Holds,
                open @ Verdict::Open(_) => open,
            },
            Self::All(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.check(answers)).collect();
                first_failure(&verdicts).or_else(|| openings(&verdicts)).unwrap_or(Verdict::Holds)
            }
            Self::Any(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.check(answers)).collect();
                if verdicts.contains(&Verdict::Holds) {
                    return Verdict::Holds;
                }
                openings(&verdicts).unwrap_or_else(|| Verdict::Fails(failures(&verdicts)))
            }
        }
    }

    fn facts(&self) -> Vec<FactId> {
        match self {
            Self::Holds(fact) | Self::Compare(fact, ..) => vec![fact.clone()],
            Self::Not(term) => term.facts(),
            Self::All(terms) | Self::Any(terms) => terms.iter().flat_map(Self::facts).collect(),
        }
    }
}

fn first_failure(verdicts: &[Verdict]) -> Option<Verdict> {
    verdicts.iter().find(|verdict| matches!(verdict, Verdict::Fails(_))).cloned()
}

fn openings(verdicts: &[Verdict]) -> Option<Verdict> {
    let open: Vec<_> = verdicts
        .iter()
        .filter_map(|verdict| if let Verdict::Open(facts) = verdict { Some(facts) } else { None })
        .flatten()
        .cloned()
        .collect();
    (!open.is_empty()).then_some(Verdict::Open(open))
}

fn failures(verdicts: &[Verdict]) -> Vec<FactId> {
    verdicts.iter().filter_map(|verdict| if let Verdict::Fails(facts) = verdict { Some(facts) } else { None }).flatten().cloned().collect()
}

impl Comparison {
    fn holds(self, answer: &Answer, value: &str) -> bool {
        let same = match answer {
            Answer::Many(options) => options.contains(value),
            other => other.to_string() == value,
        };
        let order = match (answer, value.parse::<i64>()) {
            (Answer::Number(number), Ok(value)) => Some(number.cmp(&value)),
            _ => None,
        };
        match self {
            Self::Is => same,
            Self::IsNot => !same,
            Self::Below => order.is_some_and(std::cmp::Ordering::is_lt),
            Self::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Self::Above => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

impl FromStr for Condition {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        if text.chars().count() > MAX_LENGTH {
            return Err(Unreadable::TooLong);
        }
        let mut reader = Reader { text, words: words(text), at: 0, depth: 0 };
        let term = reader.any()?;
        match reader.peek() {
            None => Ok(Self { text: text.to_owned(), term }),
            Some(word) => Err(Unreadable::Unexpected { text: text.to_owned(), found: word.to_owned() }),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '=' | '!' | '<' | '>' => rest.find(|c| !"=!<>".contains(c)).unwrap_or(rest.len()),
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ => rest.find(|c: char| c.is_whitespace() || "()=!<>\"".contains(c)).unwrap_or(rest.len()),
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    words
}

struct Reader<'a> {
    text: &'a str,
    words: Vec<String>,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Term, Unreadable> {
        let mut terms = vec![self.all()?];
        while self.take("or") {
            terms.push(self.all()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::Any(terms) })
    }

    fn all(&mut self) -> Result<Term, Unreadable> {
        let mut terms = vec![self.one()?];
        while self.take("and") {
            terms.push(self.one()?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::All(terms) })
    }

    fn one(&mut self) -> Result<Term, Unreadable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Unreadable::TooLong);
        }
        let term = self.inner();
        self.depth -= 1;
        term
    }

    fn inner(&mut self) -> Result<Term, Unreadable> {
        if self.take("not") {
            return Ok(Term::Not(Box::new(self.one()?)));
        }
        if self.take("(") {
            let term = self.any()?;
            return if self.take(")") { Ok(term) } else { Err(Unreadable::Unclosed(self.text.to_owned())) };
        }
        let fact = FactId(self.name()?);
        let Some(comparison) = self.peek().and_then(comparison) else { return Ok(Term::Holds(fact)) };
        self.at += 1;
        let value = self.value()?;
        Ok(Term::Compare(fact, comparison, value))
    }

    fn name(&mut self) -> Result<String, Unreadable> {
        let word = self.peek().ok_or_else(|| Unreadable::Ends(self.text.to_owned()))?.to_owned();
        let named = word.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) && !matches!(word.as_str(), "and" | "or" | "not");
        if !named {
            return Err(Unreadable::Unexpected { text: self.text.to_owned(), found: word });
        }
        self.at += 1;
        Ok(word)
    }

    fn value(&mut self) -> Result<String, Unreadable> {
        match self.peek().and_then(|word| word.strip_prefix('"')).map(|word| word.trim_end_matches('"').to_owned()) {
            Some(word) => {
                self.at += 1;
                Ok(word)
            }
            None => self.name(),
        }
    }
}

fn comparison(word: &str) -> Option<Comparison> {
    Some(match word {
        "=" | "==" => Comparison::Is,
        "!=" => Comparison::IsNot,
        "<" => Comparison::Below,
        "<=" => Comparison::AtMost,
        ">" => Comparison::Above,
        ">=" => Comparison::AtLeast,
        _ => return None,
    })
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Gives a type that is written as one text its serde and JSON Schema forms.
macro_rules! text_form {
    ($type:ident, $format:literal, $help:literal) => {
        impl TryFrom<String> for $type {
            type Error = <$type as std::str::FromStr>::Err;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": $format, "description": $help })
            }
        }
    };
}
pub(crate) use text_form;

text_form!(Condition, "condition", "onsite and not small_org: facts of the protocol with and, or, not, =, !=, <, <=, >, >= and brackets");

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition: &str, answers: &[(&str, Answer)]) -> Verdict {
        let answers = answers.iter().map(|(fact, answer)| (FactId::from(*fact), answer.clone())).collect();
        condition.parse::<Condition>().expect(condition).check(&answers)
    }

    #[test]
    fn a_condition_holds_fails_or_stays_open() {
        let onsite = ("onsite", Answer::Yes(true));
        let people = ("people", Answer::Number(9));
        assert_eq!(check("onsite", std::slice::from_ref(&onsite)), Verdict::Holds);
        assert_eq!(check("not onsite", std::slice::from_ref(&onsite)), Verdict::Fails(vec!["onsite".into()]));
        assert_eq!(check("onsite and small_org", std::slice::from_ref(&onsite)), Verdict::Open(vec!["small_org".into()]));
        assert_eq!(check("people <= 8 or workstreams <= 2", std::slice::from_ref(&people)), Verdict::Open(vec!["workstreams".into()]));
        assert_eq!(check("people > 8 or workstreams <= 2", &[people]), Verdict::Holds);
        assert_eq!(check("jira_host = \"the customer\"", &[("jira_host", Answer::Text("the customer".into()))]), Verdict::Holds);
        assert_eq!(check("days = tue", &[("days", Answer::Many(["tue".to_owned()].into()))]), Verdict::Holds);
        assert_eq!(check("not (onsite or people < 3)", &[("onsite", Answer::Yes(false)), ("people", Answer::Number(4))]), Verdict::Holds);
    }

    #[test]
    fn what_is_not_a_condition_is_refused() {
        for text in ["onsite and (large or", "", "and", "onsite onsite", "a = ", "(onsite", "a ==! b", "onsite)"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
        assert!("(".repeat(900).parse::<Condition>().is_err());
    }
}
