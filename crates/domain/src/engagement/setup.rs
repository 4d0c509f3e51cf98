//! What somebody enters to open an engagement: names, dates, calendars, answers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::retailor::Renamed;
use crate::{
    ids::{FactId, MilestoneId, WorkstreamId},
    kit::{
        Fact, FactKind, Kit,
        condition::{Answer, Answers, Verdict},
    },
    schedule::WorkCalendar,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    pub title: String,
    pub customer: String,
    #[serde(default)]
    pub sow: String,
    /// An IANA time zone: where the engagement is at home.
    pub zone: String,
    /// Dates that somebody gave. What is not in it follows from another milestone or is unknown.
    #[serde(default)]
    pub milestones: BTreeMap<MilestoneId, Date>,
    /// Dates are computed over all of them.
    pub calendars: Vec<WorkCalendar>,
    #[serde(default)]
    pub workstreams: Vec<Workstream>,
    #[serde(default)]
    pub answers: Answers,
}

impl Setup {
    pub fn workstream(&self, id: &WorkstreamId) -> Option<&Workstream> {
        self.workstreams.iter().find(|it| &it.id == id)
    }

    /// The words that another setup has differently.
    pub fn renamed(&self, other: &Self) -> Vec<Renamed> {
        let words = [
            ("title", &self.title, &other.title),
            ("customer", &self.customer, &other.customer),
            ("sow", &self.sow, &other.sow),
            ("zone", &self.zone, &other.zone),
        ];
        let renamed = words.into_iter().filter(|(_, from, to)| from != to);
        renamed.map(|(field, from, to)| Renamed { field: field.to_owned(), from: from.clone(), to: to.clone() }).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workstream {
    pub id: WorkstreamId,
    pub title: String,
}

/// Why a setup was refused. Everything that is wrong is named, not only the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "refused", rename_all = "snake_case")]
pub enum Refused {
    #[error("give the engagement a title of 1 to 200 characters")]
    Title,
    #[error("name the customer in 1 to 200 characters")]
    Customer,
    #[error("“{zone}” is not a time zone: give one such as “Europe/Berlin”")]
    Zone { zone: String },
    #[error("choose at least one kit")]
    NoKit,
    #[error("“{milestone}” is not a milestone of the chosen kits")]
    Milestone { milestone: MilestoneId },
    #[error("{earlier} is after {later}: {earlier} is on {earlier_date}, {later} on {later_date}")]
    Order { earlier: String, later: String, earlier_date: Date, later_date: Date },
    #[error("“{fact}” is not a question of the chosen kits")]
    Fact { fact: FactId },
    #[error("“{answer}” does not answer “{ask}”: {expected}")]
    Answer { fact: FactId, ask: String, answer: String, expected: String },
    #[error("an engagement has at most {MAX_WORKSTREAMS} workstreams, each with a title of 1 to 200 characters")]
    Workstreams,
    #[error("the reference of the statement of work has at most 200 characters")]
    Sow,
    #[error("two workstreams are called “{title}”")]
    Workstream { title: String },
    #[error("{problem}")]
    Calendar { problem: String },
}

/// No engagement has more workstreams than this: items are expanded for each of them.
pub const MAX_WORKSTREAMS: usize = 50;
/// No engagement takes more kits than this.
pub const MAX_KITS: usize = 12;

/// Milestones that every engagement has, whatever its kits say.
pub const MILESTONES: [(&str, &str); 6] = [
    ("preplanning.start", "Pre-planning starts"),
    ("lrp.start", "Interviews start"),
    ("lrp.end", "Interviews end"),
    ("kickoff", "Kick-off"),
    ("sprint-0.start", "Sprint 0 starts"),
    ("sprint-0.end", "Sprint 0 ends"),
];

impl Setup {
    /// All that is wrong with it for these kits.
    pub fn problems(&self, kits: &[&Kit]) -> Vec<Refused> {
        let mut problems = Vec::new();
        if self.title.trim().is_empty() || self.title.chars().count() > 200 {
            problems.push(Refused::Title);
        }
        if self.customer.trim().is_empty() || self.customer.chars().count() > 200 {
            problems.push(Refused::Customer);
        }
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            problems.push(Refused::Zone { zone: self.zone.clone() });
        }
        if kits.is_empty() {
            problems.push(Refused::NoKit);
        }
        let known: BTreeSet<_> = MILESTONES
            .iter()
            .map(|(id, _)| *id)
            .chain(kits.iter().flat_map(|kit| kit.milestones.iter().map(|it| it.id.as_str())))
            .collect();
        let unknown = self.milestones.keys().filter(|id| !known.contains(id.as_str()));
        problems.extend(unknown.map(|id| Refused::Milestone { milestone: id.clone() }));
        problems.extend(self.disorder());
        for (fact, answer) in &self.answers {
            match kits.iter().find_map(|kit| kit.fact(fact)) {
                Some(fact) => problems.extend(unusable(fact, answer)),
                None => problems.push(Refused::Fact { fact: fact.clone() }),
            }
        }
        if self.sow.chars().count() > 200 {
            problems.push(Refused::Sow);
        }
        let usable = |it: &Workstream| !it.title.trim().is_empty() && it.title.chars().count() <= 200;
        if self.workstreams.len() > MAX_WORKSTREAMS || !self.workstreams.iter().all(usable) {
            problems.push(Refused::Workstreams);
        }
        let mut seen = BTreeSet::new();
        let twice = self.workstreams.iter().filter(|it| !seen.insert(it.title.to_lowercase()));
        problems.extend(twice.map(|it| Refused::Workstream { title: it.title.clone() }));
        problems
    }

    fn disorder(&self) -> Vec<Refused> {
        let pairs = [
            ("preplanning.start", "kickoff"),
            ("lrp.start", "lrp.end"),
            ("sprint-0.start", "sprint-0.end"),
            ("preplanning.start", "sprint-0.end"),
            ("kickoff", "sprint-0.end"),
        ];
        let title = |id: &str| MILESTONES.iter().find(|(known, _)| *known == id).map_or(id, |(_, title)| title).to_owned();
        let date = |id: &str| self.milestones.get(&MilestoneId::from(id)).copied();
        let wrong = |(first, second)| match (date(first), date(second)) {
            (Some(a), Some(b)) if a > b => {
                Some(Refused::Order { earlier: title(first), later: title(second), earlier_date: a, later_date: b })
            }
            _ => None,
        };
        pairs.into_iter().filter_map(wrong).collect()
    }

    /// The answers with the facts that follow from them.
    pub fn facts(&self, kits: &[&Kit]) -> Answers {
        let mut answers = self.answers.clone();
        let count = i64::try_from(self.workstreams.len()).unwrap_or(i64::MAX);
        if count > 0 && kits.iter().any(|kit| kit.fact(&"workstreams".into()).is_some()) {
            answers.entry("workstreams".into()).or_insert(Answer::Number(count));
        }
        let mut following: Vec<_> =
            kits.iter().flat_map(|kit| &kit.facts).filter_map(|fact| Some((&fact.id, fact.from.as_ref()?))).collect();
        // A fact may follow from another that follows: each round settles at least one, or nothing more can be settled.
        loop {
            let before = following.len();
            following.retain(|(id, from)| match from.check(&answers) {
                Verdict::Open(_) => true,
                verdict => {
                    answers.insert((*id).clone(), Answer::Yes(verdict == Verdict::Holds));
                    false
                }
            });
            if following.len() == before {
                return answers;
            }
        }
    }
}

fn unusable(fact: &Fact, answer: &Answer) -> Option<Refused> {
    let offered = |text: &String| fact.options.iter().any(|option| &option.id == text);
    let usable = match (fact.kind, answer) {
        _ if fact.from.is_some() => false,
        (FactKind::Bool, Answer::Yes(_)) => true,
        (FactKind::Choice, Answer::Text(text)) => offered(text),
        (FactKind::Many, Answer::Many(options)) => options.iter().all(offered),
        (FactKind::Number, Answer::Number(number)) => (0..=1_000_000).contains(number),
        (FactKind::Text, Answer::Text(text)) => text.chars().count() <= 1_000,
        _ => false,
    };
    let expected = match fact.kind {
        _ if fact.from.is_some() => "it follows from other answers and cannot be given".to_owned(),
        FactKind::Bool => "yes or no".to_owned(),
        FactKind::Choice | FactKind::Many => fact.options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>().join(", "),
        FactKind::Number => "a whole number from 0 to 1000000".to_owned(),
        FactKind::Text => "a text of at most 1000 characters".to_owned(),
    };
    let answer = answer.to_string().chars().take(200).collect();
    let ask = if fact.ask.is_empty() { fact.id.to_string() } else { fact.ask.clone() };
    (!usable).then(|| Refused::Answer { fact: fact.id.clone(), ask, answer, expected })
}
