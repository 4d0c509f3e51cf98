//! Working on an item: status, evidence, acceptance.

use jiff::Timestamp;

use super::{
    item::{ChosenWayOut, Item, Mark, Proof},
    status::{Court, State, Status},
};
use crate::{
    ids::PersonId,
    kit::{
        Side,
        task::{EvidenceKind, WayOut, WayOutKind},
    },
};

/// The longest reason, note or link, in characters.
pub const MAX_TEXT: usize = 10_000;
/// The longest description of an item, in characters. Kits bring long ones, which can be edited.
pub const MAX_DESCRIPTION: usize = 100_000;

/// Why an item was not changed. Each carries what a person needs to go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("say why: “{}” needs a reason", .0.as_str())]
    ReasonMissing(State),
    #[error("say whom it waits for")]
    ThirdPartyMissing,
    #[error("add the evidence first: {}", .0.join("; "))]
    EvidenceMissing(Vec<String>),
    #[error("the item is done or submitted on it: open the item again first, it asks for {}", .0.join("; "))]
    HoldsItUp(Vec<String>),
    #[error("not yet: it comes after {}; give a reason to go on out of order", .0.join(", "))]
    Before(Vec<String>),
    #[error("its parts are still open: {}", .0.join(", "))]
    PartsOpen(Vec<String>),
    #[error("it asks for no acceptance, or was not submitted yet")]
    NothingToAccept,
    #[error("only the {} side can accept it", .0.as_str())]
    OtherSideAccepts(Side),
    #[error("who submitted it cannot accept it too")]
    SamePerson,
    #[error("to accept on somebody's behalf, add what shows their word: a note, a file or a link")]
    BehalfWithoutProof,
    #[error("it is off the checklist")]
    Removed,
    #[error("that is longer than {MAX_TEXT} characters")]
    TooLong,
    #[error("give {0}")]
    Empty(&'static str),
    #[error("“{0}” is not a link: it starts with https:// or http://")]
    NotALink(String),
    #[error("this way out is not one that the item offers")]
    NoSuchWayOut,
    #[error("that evidence is not there")]
    NoSuchEvidence,
}

/// A change of status, as somebody asks for it.
#[derive(Clone, Debug, Default)]
pub struct Move {
    pub to: State,
    pub reason: Option<String>,
    pub third_party: Option<String>,
}

/// What a change of status has to know besides the item.
pub struct Around<'a> {
    pub by: &'a PersonId,
    pub now: Timestamp,
    /// Titles of open items that come before this one.
    pub open_before: Vec<String>,
    /// Titles of its open parts.
    pub open_parts: Vec<String>,
    /// The side of its first owner.
    pub owner_side: Side,
}

impl Item {
    /// The item in its new state. Where acceptance is asked for, `Done` becomes `Submitted` until the other side accepts.
    pub fn move_to(self, asked: Move, around: &Around<'_>) -> Result<Self, Refused> {
        if self.removed {
            return Err(Refused::Removed);
        }
        let reason = asked.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_TEXT) {
            return Err(Refused::TooLong);
        }
        let reopening = self.state().is_closed() && !asked.to.is_closed();
        if reason.is_none() && (asked.to.needs_reason() || reopening) {
            return Err(Refused::ReasonMissing(asked.to));
        }
        let third_party = asked.third_party.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if asked.to == State::WaitingThirdParty && third_party.is_none() {
            return Err(Refused::ThirdPartyMissing);
        }
        let going_on = matches!(asked.to, State::InProgress | State::Submitted | State::Done);
        if going_on && !around.open_before.is_empty() && reason.is_none() {
            return Err(Refused::Before(around.open_before.clone()));
        }
        let state = self.target(asked.to, around)?;
        let status = Status { state, since: around.now, by: Some(around.by.clone()), reason, third_party };
        Ok(self.enter(status, around))
    }

    fn target(&self, to: State, around: &Around<'_>) -> Result<State, Refused> {
        if !matches!(to, State::Submitted | State::Done) {
            return Ok(to);
        }
        if !around.open_parts.is_empty() {
            return Err(Refused::PartsOpen(around.open_parts.clone()));
        }
        let missing = self.missing_evidence();
        if !missing.is_empty() {
            return Err(Refused::EvidenceMissing(missing.iter().map(|rule| asked_for(rule.kind, &rule.ask)).collect()));
        }
        Ok(if self.content.accepted_by.is_some() && self.accepted.is_none() { State::Submitted } else { State::Done })
    }

    fn enter(mut self, status: Status, around: &Around<'_>) -> Self {
        let mark = Mark { by: around.by.clone(), at: around.now, on_behalf_of: None };
        match status.state {
            // Said again, it is as old as when it was said first.
            State::Submitted => drop(self.submitted.get_or_insert(mark)),
            State::Done => drop(self.done.get_or_insert(mark)),
            state if !state.is_closed() => {
                // Reopened work is submitted and accepted anew; the record keeps the first time.
                self.accepted = None;
                self.submitted = None;
                self.done = None;
            }
            _ => {}
        }
        let court = match status.state {
            State::WaitingDelivery => Court::Delivery,
            State::WaitingCustomer => Court::Customer,
            State::WaitingThirdParty => Court::ThirdParty,
            State::Submitted => self.content.accepted_by.unwrap_or(around.owner_side).into(),
            State::ToDo | State::InProgress => around.owner_side.into(),
            State::Blocked | State::Done | State::Waived | State::NotApplicable => self.clock.court,
        };
        // Whoever moves it decides from now on, and no longer the protocol.
        self.tailored_out = false;
        self.clock = self.clock.pass(court, around.now);
        self.status = status;
        self.version += 1;
        self
    }

    /// The item accepted by the side that it asks for, and done with that.
    pub fn accept(mut self, side: Side, mark: Mark) -> Result<Self, Refused> {
        let Some(accepting) = self.content.accepted_by else { return Err(Refused::NothingToAccept) };
        if self.state() != State::Submitted {
            return Err(Refused::NothingToAccept);
        }
        if side != accepting && mark.on_behalf_of.is_none() {
            return Err(Refused::OtherSideAccepts(accepting));
        }
        let acceptor = mark.on_behalf_of.as_ref().unwrap_or(&mark.by);
        if self.submitted.as_ref().is_some_and(|submitted| &submitted.by == acceptor) {
            return Err(Refused::SamePerson);
        }
        let since = self.submitted.as_ref().map(|it| it.at);
        let word = self.proofs.iter().any(|proof| !proof.withdrawn && since.is_none_or(|since| proof.at >= since));
        if mark.on_behalf_of.is_some() && !word {
            return Err(Refused::BehalfWithoutProof);
        }
        self.status = Status { state: State::Done, since: mark.at, by: Some(mark.by.clone()), reason: None, third_party: None };
        self.clock = self.clock.clone().pass(Court::from(accepting), mark.at);
        self.accepted = Some(mark.clone());
        self.done = Some(mark);
        self.version += 1;
        Ok(self)
    }

    /// The item with a piece of evidence more.
    pub fn prove(mut self, mut proof: Proof) -> Result<Self, Refused> {
        proof = Proof { text: proof.text.trim().to_owned(), ..proof };
        if self.removed {
            return Err(Refused::Removed);
        }
        if proof.text.chars().count() > MAX_TEXT {
            return Err(Refused::TooLong);
        }
        if proof.text.is_empty() {
            return Err(Refused::Empty(match proof.kind {
                EvidenceKind::Link => "the link",
                EvidenceKind::File => "a file",
                EvidenceKind::Note => "a note",
                EvidenceKind::Fact => "the value",
            }));
        }
        let linked = ["https://", "http://"].iter().any(|scheme| proof.text.starts_with(scheme));
        if proof.kind == EvidenceKind::Link && (!linked || proof.text.contains(char::is_whitespace)) {
            return Err(Refused::NotALink(proof.text.chars().take(200).collect()));
        }
        self.proofs.push(proof);
        self.version += 1;
        Ok(self)
    }

    /// The item with a piece of evidence that no longer counts.
    pub fn withdraw(mut self, proof: &str) -> Result<Self, Refused> {
        let found = self.proofs.iter_mut().find(|it| it.id == proof && !it.withdrawn).ok_or(Refused::NoSuchEvidence)?;
        found.withdrawn = true;
        let missing = self.missing_evidence();
        if matches!(self.state(), State::Submitted | State::Done) && !missing.is_empty() {
            return Err(Refused::HoldsItUp(missing.iter().map(|rule| asked_for(rule.kind, &rule.ask)).collect()));
        }
        self.version += 1;
        Ok(self)
    }

    /// The item with a way out chosen where its lead time no longer fits.
    pub fn choose_way_out(mut self, kind: WayOutKind, text: &str, reason: &str, mark: Mark) -> Result<Self, Refused> {
        let offered = self.content.ways_out.iter().find(|way| way.kind == kind && way.text == text).cloned();
        let way = offered.unwrap_or(WayOut { kind, text: text.trim().to_owned(), lead: None });
        if way.text.is_empty() {
            return Err(Refused::Empty("what is done instead"));
        }
        if reason.chars().count() + way.text.chars().count() > MAX_TEXT {
            return Err(Refused::TooLong);
        }
        if reason.trim().is_empty() {
            return Err(Refused::Empty("a reason"));
        }
        self.way_out = Some(ChosenWayOut { way, reason: reason.trim().to_owned(), mark });
        self.version += 1;
        Ok(self)
    }
}

fn asked_for(kind: EvidenceKind, ask: &str) -> String {
    let kind = match kind {
        EvidenceKind::Link => "a link",
        EvidenceKind::File => "a file",
        EvidenceKind::Note => "a note",
        EvidenceKind::Fact => "a value",
    };
    if ask.is_empty() { kind.to_owned() } else { format!("{kind}: {ask}") }
}
