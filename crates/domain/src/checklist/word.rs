//! Whose turn it is to answer: what one side wrote to the other on an item.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::item::Item;
use crate::{engagement::Engagement, ids::PersonId, kit::Side, people::Member, rights::Function};

/// Who wrote last, for which side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub by: PersonId,
    pub side: Side,
    pub at: Timestamp,
}

/// How long what was written on an item that is closed waits for an answer.
const REMARK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Item {
    /// What the delivery side wrote to another, or another to it, and nobody of the side has answered yet.
    pub fn unanswered_by(&self, side: Side, now: Timestamp) -> Option<&Word> {
        let between = |word: &Word| word.side != side && (word.side == Side::Delivery || side == Side::Delivery);
        self.word.as_ref().filter(|word| !self.removed && between(word) && (self.is_open() || now.duration_since(word.at) < REMARK))
    }
}

impl Engagement {
    /// Items on which another side wrote last, for whoever they are of. Where nobody of their side has an item, its manager answers: the engagement
    /// manager for all of them, the customer's for those that a role of the customer owns. As of a day and an instant.
    pub fn words_for<'a>(&'a self, member: &'a Member, (today, now): (Date, Timestamp)) -> impl Iterator<Item = (&'a Arc<Item>, &'a Word)> {
        let stands_in = move |item: &Item| match member.function {
            Function::EngagementManager => true,
            Function::CustomerManager => item.content.owners.iter().any(|role| self.role(role).is_some_and(|it| it.side == Side::Customer)),
            _ => false,
        };
        self.items.iter().filter(|_| !self.has_ended()).filter_map(move |item| {
            let word = item.unanswered_by(member.side(), now)?;
            let owners = self.owners(item, today);
            let nobody = !owners.iter().any(|owner| owner.side == member.side() && owner.person.is_some());
            (self.is_of(item, &member.person, today) || (nobody && stands_in(item))).then_some((item, word))
        })
    }
}
