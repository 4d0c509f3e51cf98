//! What an engagement has as a whole: rooms, lists and accounts that outlive the last person in them. Each is closed by name.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Carried, Grant, Shown, Step};
use crate::{
    checklist::{
        item::{Item, Mark},
        status::State,
        work::MAX_TEXT,
    },
    engagement::Engagement,
    ids::{HoldingId, PersonId},
    kit::{
        Side,
        access::{Resource, ResourceKind},
    },
    people::Member,
};

/// The longest title of what somebody adds by hand, in characters.
pub const MAX_TITLE: usize = 120;
/// No engagement has more that somebody added by hand.
pub const MAX_HOLDINGS: usize = 200;

/// A thing that the engagement has as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub id: HoldingId,
    pub title: String,
    #[serde(default)]
    pub kind: ResourceKind,
    /// Who closes it, and knows that it is gone.
    pub side: Side,
    /// Who sees to it.
    #[serde(default)]
    pub owner: Option<PersonId>,
    /// Only the delivery side sees it.
    #[serde(default)]
    pub internal: bool,
    /// Somebody added it; else a kit names it.
    #[serde(default)]
    pub by_hand: bool,
    #[serde(default)]
    pub closed: Option<Closed>,
    #[serde(default)]
    pub carried: Option<Carried>,
    /// Counts the changes of it. A move names the version it saw.
    pub version: u32,
}

/// That it is gone, who says so, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub mark: Mark,
    /// Empty where whoever closes it said so themselves.
    #[serde(default)]
    pub note: String,
    /// How it is known, where another side than its own closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
}

/// Why nothing became of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("whoever closes it, its owner, or a manager says that")]
    NotYours,
    #[error("a manager says that")]
    Managers,
    #[error("the {} side confirms that it is closed; or say how you know: it was tried and refused, or who of them said so, with a note of when and where", .0.as_str())]
    OtherSideConfirms(Side),
    #[error("it is closed already")]
    Closed,
    #[error("it is not closed")]
    Open,
    #[error("say why it is open again")]
    ReasonMissing,
    #[error("a kit names it: it can be closed, and not left out")]
    Named,
    #[error("the end is before today")]
    Past,
    #[error("that is longer than {MAX_TEXT} characters")]
    TooLong,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It is gone. Where another side than its own says so: what shows it, and in the note when and where.
    Close { note: String, shown: Option<Shown> },
    /// It is not gone after all.
    Open { note: String },
    /// Somebody answers for it until a day, also after the engagement.
    Carry { owner: PersonId, until: Date },
    /// Somebody sees to it; `None` leaves it to its side.
    Give { owner: Option<PersonId> },
    /// It was added by mistake.
    LeaveOut,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Around {
    pub mark: Mark,
    pub side: Side,
    /// They give and take it, or own it.
    pub gives: bool,
    pub manages: bool,
    /// Something besides their own word shows that it is closed.
    pub shown: bool,
    pub today: Date,
}

impl Holding {
    /// It is there after the engagement: nobody closed it, and nobody answers for it.
    pub fn is_open(&self, today: Date) -> bool {
        self.closed.is_none() && !self.is_carried(today)
    }

    pub fn is_carried(&self, today: Date) -> bool {
        self.closed.is_none() && self.carried.as_ref().is_some_and(|carried| carried.until >= today)
    }

    /// What becomes of it; `None` is nothing more.
    pub fn take(mut self, ask: Ask, around: &Around) -> Result<Option<Self>, Refused> {
        match ask {
            Ask::Close { .. } | Ask::Open { .. } if !(around.gives || around.manages) => return Err(Refused::NotYours),
            Ask::Carry { .. } | Ask::Give { .. } | Ask::LeaveOut if !around.manages => return Err(Refused::Managers),
            Ask::Close { .. } | Ask::Carry { .. } if self.closed.is_some() => return Err(Refused::Closed),
            Ask::Open { .. } if self.closed.is_none() => return Err(Refused::Open),
            Ask::Close { note, .. } | Ask::Open { note } if note.chars().count() > MAX_TEXT => return Err(Refused::TooLong),
            Ask::Close { note, shown } => {
                let (note, alone) = (note.trim().to_owned(), around.side != self.side);
                if alone && (note.is_empty() || !around.shown) {
                    return Err(Refused::OtherSideConfirms(self.side));
                }
                self.closed = Some(Closed { mark: around.mark.clone(), note, shown: shown.filter(|_| alone) });
                self.carried = None;
            }
            Ask::Open { note } if note.trim().is_empty() => return Err(Refused::ReasonMissing),
            Ask::Open { .. } => self.closed = None,
            Ask::Carry { until, .. } if until < around.today => return Err(Refused::Past),
            Ask::Carry { owner, until } => self.carried = Some(Carried { owner, until, mark: around.mark.clone() }),
            Ask::Give { owner } => self.owner = owner,
            Ask::LeaveOut if !self.by_hand => return Err(Refused::Named),
            Ask::LeaveOut => return Ok(None),
        }
        self.version += 1;
        Ok(Some(self))
    }
}

impl Engagement {
    /// Everything that the engagement has as a whole: what its kits name and somebody was ever let into, and what people added.
    pub fn holdings(&self) -> Vec<Holding> {
        let kept = |resource: &Resource| self.plan.holdings.iter().find(|it| it.id.as_str() == resource.id.as_str());
        let used = |resource: &&Resource| {
            resource.kind.outlives_people() && (kept(resource).is_some() || self.was_given(resource) || self.was_got(resource))
        };
        let named = self.plan.resources.iter().filter(used).map(|resource| {
            let said = kept(resource).cloned();
            Holding {
                title: resource.title.clone(),
                kind: resource.kind,
                side: self.giving_side(resource),
                internal: resource.internal,
                by_hand: false,
                owner: said.as_ref().and_then(|it| it.owner.clone()).or_else(|| self.giver(resource)),
                closed: said.as_ref().and_then(|it| it.closed.clone()),
                carried: said.as_ref().and_then(|it| it.carried.clone()),
                version: said.as_ref().map_or(1, |it| it.version),
                id: HoldingId(resource.id.0.clone()),
            }
        });
        let mut holdings: Vec<_> = named.collect();
        let others = self.plan.holdings.iter().filter(|it| !holdings.iter().any(|named| named.id == it.id)).cloned().collect::<Vec<_>>();
        holdings.extend(others);
        holdings
    }

    /// Whether something is left that has to end: access that somebody has or may have, or a room and the like that is open.
    pub fn has_left(&self) -> bool {
        let revoked = |grant: &Grant| self.resource(&grant.resource).is_none_or(|resource| resource.kind.is_revoked());
        self.grants.iter().any(|grant| grant.step.is_live() && revoked(grant)) || self.holdings().iter().any(|it| it.closed.is_none())
    }

    /// Whether a person closes it: it is theirs to give, or they were named to see to it.
    pub fn closes(&self, holding: &Holding, person: &PersonId) -> bool {
        let gives = self.resource(&holding.id.as_str().into()).is_some_and(|resource| self.gives(resource, person));
        gives || holding.owner.as_ref() == Some(person) || holding.carried.as_ref().is_some_and(|carried| &carried.owner == person)
    }

    fn was_given(&self, resource: &Resource) -> bool {
        let given = |step: Step| step.is_live() || step == Step::RevocationConfirmed;
        self.grants.iter().any(|grant| grant.resource == resource.id && given(grant.step))
    }

    /// Whether the task that gets it for everybody was done: a room was booked.
    fn was_got(&self, resource: &Resource) -> bool {
        let got = |item: &Item| matches!(item.state(), State::Done | State::Submitted);
        self.items.iter().any(|item| resource.tasks.contains(&item.task) && item.person.is_none() && !item.removed && got(item))
    }

    /// Who gives a resource: the first who holds the first of its roles that anybody holds.
    pub fn giver(&self, resource: &Resource) -> Option<PersonId> {
        let holds = |role| move |member: &&Member| member.roles.contains(role);
        resource.owners.iter().find_map(|role| self.members.iter().find(holds(role))).map(|member| member.person.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(by_hand: bool) -> Holding {
        Holding {
            id: "room".into(),
            title: "Room 4.12".to_owned(),
            kind: ResourceKind::Room,
            side: Side::Customer,
            owner: None,
            internal: false,
            by_hand,
            closed: None,
            carried: None,
            version: 1,
        }
    }

    fn around(side: Side, (gives, manages): (bool, bool)) -> Around {
        let mark = Mark { by: "x".into(), at: jiff::Timestamp::UNIX_EPOCH, on_behalf_of: None };
        Around { mark, side, gives, manages, shown: false, today: today() }
    }

    fn today() -> Date {
        "2026-06-30".parse().unwrap()
    }

    fn close(note: &str) -> Ask {
        Ask::Close { note: note.to_owned(), shown: Some(Shown::Refused) }
    }

    #[test]
    fn its_side_says_that_it_is_closed_and_another_writes_down_what_shows_it() {
        let ours = around(Side::Delivery, (false, true));
        assert_eq!(room(false).take(close(" "), &ours), Err(Refused::OtherSideConfirms(Side::Customer)));
        let noted = close("booking cancelled, mail of 30 June");
        assert_eq!(room(false).take(noted.clone(), &ours), Err(Refused::OtherSideConfirms(Side::Customer)), "our own word");
        let shown = room(false).take(noted, &Around { shown: true, ..ours.clone() }).unwrap().unwrap();
        assert_eq!(shown.closed.as_ref().unwrap().shown, Some(Shown::Refused));
        assert!(!shown.is_open(today()) && shown.version == 2);
        assert_eq!(shown.clone().take(close("again"), &ours), Err(Refused::Closed));
        let theirs = around(Side::Customer, (true, false));
        assert!(room(false).take(close(""), &theirs).unwrap().unwrap().closed.is_some());
        assert_eq!(room(false).take(close("x"), &around(Side::Customer, (false, false))), Err(Refused::NotYours));
        assert_eq!(shown.clone().take(Ask::Open { note: String::new() }, &theirs), Err(Refused::ReasonMissing));
        let open = shown.take(Ask::Open { note: "still booked on Fridays".to_owned() }, &theirs).unwrap().unwrap();
        assert!(open.is_open(today()));
    }

    #[test]
    fn it_is_carried_over_by_name_until_a_day_and_open_after_it() {
        let carry = |until: &str| Ask::Carry { owner: "ann".into(), until: until.parse().unwrap() };
        let manages = around(Side::Delivery, (false, true));
        assert_eq!(room(false).take(carry("2026-06-29"), &manages), Err(Refused::Past));
        assert_eq!(room(false).take(carry("2026-07-31"), &around(Side::Customer, (true, false))), Err(Refused::Managers));
        let carried = room(false).take(carry("2026-07-31"), &manages).unwrap().unwrap();
        assert!(!carried.is_open(today()) && carried.is_open("2026-08-01".parse().unwrap()));
    }

    #[test]
    fn what_a_kit_names_is_not_left_out_and_what_was_added_is() {
        let manages = around(Side::Delivery, (false, true));
        assert_eq!(room(false).take(Ask::LeaveOut, &manages), Err(Refused::Named));
        assert_eq!(room(true).take(Ask::LeaveOut, &manages), Ok(None));
    }
}
