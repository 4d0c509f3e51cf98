//! Closing Sprint 0: a frozen onboarding report, signed by both sides.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Engagement, retention::Keep};
use crate::{
    access::Grant,
    checklist::{
        item::{Item, Mark},
        outline::Outline,
        status::State,
    },
    ids::{ItemId, PersonId},
    kit::Side,
    record::chain::hex,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// The report as the first signature froze it.
    #[serde(default)]
    pub report: Option<Report>,
    #[serde(default)]
    pub signatures: Vec<Signature>,
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// The whole engagement is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// How long personal data is kept after the end, where this engagement has a value of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Keep>,
    /// Personal data was erased. Nothing here changes any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// That an engagement is over, and nobody has access any more but those for whom somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub mark: Mark,
    #[serde(default)]
    pub note: String,
    /// Grants, rooms, lists and the like that were carried over.
    pub carried: usize,
    /// Links and keys that ended with it.
    #[serde(default)]
    pub links: usize,
    #[serde(default)]
    pub keys: usize,
}

/// What was true when Sprint 0 was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub on: Date,
    pub sprint_end: Option<Date>,
    pub applicable: u32,
    pub done: u32,
    /// The same without what is internal, for those who may not read that.
    #[serde(default)]
    pub shared: Shared,
    pub waived: Vec<Line>,
    /// Done after it was due.
    pub late: Vec<Line>,
    /// Still open; closing in spite of them has a reason.
    pub open: Vec<Line>,
    pub left_out: u32,
    /// Why it was closed with open items.
    pub reason: Option<String>,
    /// Digest of everything the report rests on.
    pub digest: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    pub applicable: u32,
    pub done: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub item: ItemId,
    pub title: String,
    /// The waiver's reason, or by how much it was late.
    pub note: String,
    /// Who waived it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub side: Side,
    pub mark: Mark,
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{} items are still open: {}; do or waive them, or give a reason to close in spite of them", .0.len(), .0.iter().take(5).cloned().collect::<Vec<_>>().join(", "))]
    Open(Vec<String>),
    #[error("Sprint 0 is closed already")]
    Closed,
    #[error("the {} side has signed already", .0.as_str())]
    Signed(Side),
    #[error("both sides sign: the delivery side and the customer")]
    Partner,
    #[error("{}confirm that it is gone, or carry it over by name", still(.0))]
    Live(Left),
    #[error("the engagement has ended already")]
    Ended,
    #[error("the engagement has ended: nothing in it changes but access that still has to end; whoever may end it can open it again")]
    Over,
    #[error("the engagement has not ended")]
    Running,
    #[error("say why it is open again")]
    ReasonMissing,
    #[error("its personal data was erased: it cannot be opened again")]
    Erased,
    #[error("there is no item that counts: an empty checklist cannot be closed")]
    Empty,
}

/// What keeps an engagement from ending, as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Who still has access, and to what.
    pub grants: Vec<String>,
    /// What the engagement still has as a whole.
    pub holdings: Vec<String>,
}

fn still(left: &Left) -> String {
    let few = |list: &[String]| list.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
    let told = [(&left.grants, "still have access"), (&left.holdings, "still open")];
    let told = told.into_iter().filter(|(list, _)| !list.is_empty());
    let told = told.map(|(list, words)| format!("{} {words}: {}; ", list.len(), few(list)));
    told.collect::<Vec<_>>().concat()
}

impl Report {
    pub fn of(engagement: &Engagement, today: Date, reason: Option<String>) -> Self {
        let mut report = Self {
            on: today,
            sprint_end: engagement.milestone("sprint-0.end"),
            applicable: 0,
            done: 0,
            shared: Shared::default(),
            waived: Vec::new(),
            late: Vec::new(),
            open: Vec::new(),
            left_out: u32::try_from(engagement.plan.left_out.len()).unwrap_or(u32::MAX),
            reason,
            digest: String::new(),
        };
        let zone = TimeZone::get(&engagement.plan.setup.zone).unwrap_or(TimeZone::UTC);
        let mut digest = Sha256::new();
        for line in Outline::of(engagement).lines.iter().filter(|line| line.item.applies()) {
            report.take(line.item, &zone);
        }
        for item in engagement.listed().filter(|item| item.applies()) {
            if !engagement.hides(item) {
                report.shared.applicable += 1;
                report.shared.done += u32::from(item.state() == State::Done);
            }
            digest.update(format!("{}\n{}\n{}\n", item.key, item.version, item.state().as_str()));
        }
        digest.update(report.reason.as_deref().unwrap_or_default());
        report.digest = hex(&digest.finalize());
        report
    }

    /// What of it those may see who may not read internal things: lines of the items that are `shown`, and counts of the same.
    pub fn keep_shared(&mut self, shown: impl Fn(&ItemId) -> bool) {
        for lines in [&mut self.waived, &mut self.late, &mut self.open] {
            lines.retain(|line| shown(&line.item));
        }
        Shared { applicable: self.applicable, done: self.done } = self.shared;
        self.left_out = 0;
    }

    fn take(&mut self, item: &Item, zone: &TimeZone) {
        let line = |note: String| Line { item: item.id.clone(), title: item.content.title.clone(), note, by: None };
        self.applicable += 1;
        match item.state() {
            State::Done => {
                self.done += 1;
                let on = item.done.as_ref().map(|mark| mark.at.to_zoned(zone.clone()).date());
                if let (Some(due), Some(on)) = (item.due_on(), on)
                    && on > due
                {
                    self.late.push(line(format!("due {due}, done {on}")));
                }
            }
            State::Waived => {
                self.waived.push(Line { by: item.status.by.clone(), ..line(item.status.reason.clone().unwrap_or_default()) });
            }
            state => self.open.push(line(state.as_str().to_owned())),
        }
    }
}

impl Closing {
    /// The end of the engagement. Refused while somebody has access, or a room or the like is open, that nobody answers for.
    pub fn end(mut self, engagement: &Engagement, today: Date, mark: Mark, note: String) -> Result<Self, Refused> {
        if self.ended.is_some() {
            return Err(Refused::Ended);
        }
        let carried = |grant: &Grant| grant.carried.as_ref().is_some_and(|carried| carried.until >= today);
        let (carried, live): (Vec<_>, Vec<_>) = engagement.to_revoke(today, true).partition(|grant| carried(grant));
        let holdings = engagement.holdings();
        let open: Vec<_> = holdings.iter().filter(|it| it.is_open(today)).collect();
        if !live.is_empty() || !open.is_empty() {
            let title = |grant: &Grant| engagement.resource(&grant.resource).map_or(grant.resource.as_str(), |it| &it.title).to_owned();
            let grants = live.iter().map(|it| format!("{}, {}", engagement.name(&it.person), title(it))).collect();
            return Err(Refused::Live(Left { grants, holdings: open.iter().map(|it| it.title.clone()).collect() }));
        }
        let carried = carried.len() + holdings.iter().filter(|it| it.is_carried(today)).count();
        self.ended = Some(Ended { mark, note, carried, links: 0, keys: 0 });
        Ok(self)
    }

    /// The engagement goes on after all. What ended with it, like links and keys, stays ended.
    pub fn reopen(mut self, why: &str) -> Result<Self, Refused> {
        match () {
            () if self.ended.is_none() => Err(Refused::Running),
            () if self.erased_at.is_some() => Err(Refused::Erased),
            () if why.trim().is_empty() => Err(Refused::ReasonMissing),
            () => {
                self.ended = None;
                Ok(self)
            }
        }
    }

    /// Whether somebody still asks for an item: Sprint 0 is not closed, or not in spite of it.
    pub fn asks_for(&self, item: &ItemId) -> bool {
        let report = self.report.as_ref().filter(|_| self.closed_at.is_some());
        report.is_none_or(|report| !report.open.iter().any(|line| &line.item == item))
    }

    /// Items that are open although Sprint 0 was closed and they were not open then.
    pub fn opened_since(&self, engagement: &Engagement) -> usize {
        let Some(report) = self.report.as_ref().filter(|_| self.closed_at.is_some()) else { return 0 };
        let was_open: BTreeSet<_> = report.open.iter().map(|line| &line.item).collect();
        engagement.listed().filter(|item| item.applies() && item.is_open() && !was_open.contains(&item.id)).count()
    }

    /// The closing with one signature more. A signature on an outdated report does not count: both sign the same.
    pub fn sign(mut self, side: Side, mark: Mark, report: Report) -> Result<Self, Refused> {
        if self.closed_at.is_some() {
            return Err(Refused::Closed);
        }
        if side == Side::Partner {
            return Err(Refused::Partner);
        }
        if report.applicable == 0 {
            return Err(Refused::Empty);
        }
        let reason = report.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        if !report.open.is_empty() && !reason {
            return Err(Refused::Open(report.open.iter().map(|line| line.title.clone()).collect()));
        }
        self.signatures.retain(|signature| signature.digest == report.digest);
        if self.signatures.iter().any(|signature| signature.side == side) {
            return Err(Refused::Signed(side));
        }
        let at = mark.at;
        self.signatures.push(Signature { side, mark, digest: report.digest.clone() });
        self.report = Some(report);
        if self.signatures.len() == 2 {
            self.closed_at = Some(at);
        }
        Ok(self)
    }
}
