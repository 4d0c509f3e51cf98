//! The protocol: questions of the chosen kits, those that the answers so far lead to.

use tminus_domain::{
    engagement::setup::Setup,
    kit::{
        Fact, FactKind,
        condition::{Answer, Answers, Verdict},
    },
};

use super::SetupForm;

/// Questions under one heading.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) questions: Vec<Question>,
}

pub(crate) struct Question {
    /// `a.onsite`
    pub(crate) name: String,
    pub(crate) ask: String,
    pub(crate) help: String,
    pub(crate) kind: FactKind,
    /// Value, words, whether chosen.
    pub(crate) options: Vec<(String, String, bool)>,
    pub(crate) value: String,
    pub(crate) error: String,
}

impl Question {
    pub(crate) fn is_many(&self) -> bool {
        self.kind == FactKind::Many
    }

    pub(crate) fn is_number(&self) -> bool {
        self.kind == FactKind::Number
    }

    pub(crate) fn is_text(&self) -> bool {
        self.kind == FactKind::Text
    }

    /// Few short options stand side by side, others in a list.
    pub(crate) fn is_short(&self) -> bool {
        self.options.iter().map(|(_, words, _)| words.chars().count() + 4).sum::<usize>() < 44
    }
}

impl SetupForm {
    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        for fact in self.kits().iter().flat_map(|kit| &kit.facts).filter(|fact| fact.from.is_none()) {
            if !facts.iter().any(|known| known.id == fact.id) {
                facts.push(fact.clone());
            }
        }
        facts
    }

    /// Answers to the questions that are asked. What was answered before a question fell away stays in the form only.
    pub(super) fn read_answers(&mut self, setup: &Setup) -> Answers {
        let facts = self.facts();
        let mut answers = Answers::new();
        let names: Vec<String> = self.fields.pairs().filter_map(|(name, _)| name.strip_prefix("a.").map(ToOwned::to_owned)).collect();
        if let Some(unknown) = names.iter().find(|name| {
            !self.chosen.is_empty()
                && !facts.iter().any(|fact| fact.id.as_str() == *name)
                && self.fields.given(&format!("a.{name}")).is_some()
        }) {
            // A kit that was taken off takes its questions with it; their answers are no longer sent.
            tracing::debug!(question = unknown, "an answer to no question of the chosen kits is left out");
        }
        for fact in &facts {
            match self.read_answer(fact) {
                Ok(Some(answer)) => drop(answers.insert(fact.id.clone(), answer)),
                Ok(None) => {}
                Err(why) => self.refuse(&format!("a.{}", fact.id), why),
            }
        }
        let kits = self.kits();
        let mut setup = Setup { answers, ..setup.clone() };
        // A question falls away with the answer that led to it, and others with it.
        loop {
            let known = setup.facts(&kits);
            let asked = |id: &_| facts.iter().find(|fact| &fact.id == id).is_some_and(|fact| is_asked(fact, &known));
            let before = setup.answers.len();
            setup.answers.retain(|id, _| asked(id));
            if setup.answers.len() == before {
                return setup.answers;
            }
        }
    }

    fn read_answer(&self, fact: &Fact) -> Result<Option<Answer>, String> {
        let name = format!("a.{}", fact.id);
        let Some(given) = self.fields.given(&name) else {
            let many: std::collections::BTreeSet<_> = self.fields.all(&name).map(ToOwned::to_owned).collect();
            return Ok((!many.is_empty()).then_some(Answer::Many(many)));
        };
        let unusable = || t!("form.unusable").with("value", given.chars().take(60).collect::<String>()).to_string();
        Ok(Some(match fact.kind {
            FactKind::Bool => match given {
                "yes" => Answer::Yes(true),
                "no" => Answer::Yes(false),
                _ => return Err(unusable()),
            },
            FactKind::Number => Answer::Number(given.parse().map_err(|_| unusable())?),
            FactKind::Many => Answer::Many(self.fields.all(&name).map(ToOwned::to_owned).collect()),
            FactKind::Choice | FactKind::Text => Answer::Text(given.to_owned()),
        }))
    }

    /// The questions that are asked, by heading, in the order of the kits.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let known = self.setup.facts(&self.kits());
        let mut groups: Vec<Group> = Vec::new();
        for fact in self.facts().iter().filter(|fact| is_asked(fact, &known)) {
            let title = if fact.group.is_empty() { t!("setup.other_questions").text().to_owned() } else { fact.group.clone() };
            let question = self.question(fact);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.questions.push(question),
                None => groups.push(Group { title, questions: vec![question] }),
            }
        }
        groups
    }

    /// What was typed for questions that are not asked any more, as (name, value).
    pub(crate) fn kept_answers(&self) -> Vec<(String, String)> {
        let known = self.setup.facts(&self.kits());
        let asked: Vec<_> = self.facts().iter().filter(|fact| is_asked(fact, &known)).map(|fact| format!("a.{}", fact.id)).collect();
        let typed = self.fields.pairs().filter(|(name, value)| name.starts_with("a.") && !value.is_empty());
        typed.filter(|(name, _)| !asked.iter().any(|it| it == name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn question(&self, fact: &Fact) -> Question {
        let name = format!("a.{}", fact.id);
        let chosen: Vec<&str> = self.fields.all(&name).collect();
        let offered: Vec<(String, String)> = match fact.kind {
            FactKind::Bool => {
                [("yes", t!("setup.yes")), ("no", t!("setup.no"))].map(|(value, words)| (value.to_owned(), words.into())).into()
            }
            _ => fact.options.iter().map(|option| (option.id.clone(), option.title.clone())).collect(),
        };
        let on = |value: &str| chosen.contains(&value);
        let mut options: Vec<_> =
            offered.into_iter().map(|(value, words)| (on(&value), value, words)).map(|(on, value, words)| (value, words, on)).collect();
        if matches!(fact.kind, FactKind::Bool | FactKind::Choice) {
            let none = chosen.iter().all(|value| value.is_empty());
            options.push((String::new(), t!("setup.open_answer").into(), none));
        }
        Question {
            ask: if fact.ask.is_empty() { fact.id.to_string() } else { fact.ask.clone() },
            help: fact.help.clone(),
            kind: fact.kind,
            options,
            value: self.fields.text(&name),
            error: self.error(&name).to_owned(),
            name,
        }
    }
}

fn is_asked(fact: &Fact, known: &Answers) -> bool {
    fact.when.as_ref().is_none_or(|when| when.check(known) == Verdict::Holds)
}

pub(super) fn pairs(answers: &Answers) -> Vec<(String, String)> {
    let pairs = answers.iter().flat_map(|(fact, answer)| {
        let values = match answer {
            Answer::Many(options) => options.iter().cloned().collect(),
            other => vec![other.to_string()],
        };
        values.into_iter().map(move |value| (format!("a.{fact}"), value))
    });
    pairs.collect()
}
