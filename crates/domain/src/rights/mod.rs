//! Who may do what. The policy is here and nowhere else.

pub mod link;
pub mod provider;
mod table;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{EngagementId, PersonId},
    kit::Side,
    people::Member,
};
pub use table::{Function, PassKind, PracticeRole, Right, as_text};

/// Who asks, and by which door they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    /// As of now; the record keeps it as it was.
    pub name: String,
    /// An IANA time zone.
    pub zone: String,
    pub via: Via,
    pub practice: PracticeRole,
    pub pass: Pass,
}

impl Actor {
    /// Whether they may do it in the whole practice.
    pub fn may(&self, right: Right) -> bool {
        self.pass.within.is_none() && self.pass.kind.may(right) && self.practice.may(right)
    }
}

/// What an actor came in with: how far they get, at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    pub kind: PassKind,
    /// The only engagement that it opens. `None` opens all that are the person's.
    pub within: Option<EngagementId>,
}

impl Pass {
    pub const SESSION: Self = Self { kind: PassKind::Session, within: None };
    pub const KEY: Self = Self { kind: PassKind::Key, within: None };

    /// Whether it opens all that the other one opens.
    pub fn covers(&self, other: &Self) -> bool {
        let as_far = self.within.is_none() || self.within == other.within;
        as_far && Right::ALL.iter().all(|right| self.kind.may(*right) || !other.kind.may(*right))
    }

    fn opens(&self, engagement: &EngagementId) -> bool {
        self.within.as_ref().is_none_or(|within| within == engagement)
    }
}

/// What an actor is on one engagement, with what they came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub function: Function,
    pub pass: PassKind,
}

impl Standing {
    pub fn may(self, right: Right) -> bool {
        self.function.may(right) && self.pass.may(right)
    }

    /// Whether a code that was sent to them would let them.
    pub fn may_with_code(self, right: Right) -> bool {
        self.pass == PassKind::Link && self.function.may(right) && PassKind::LinkWithCode.may(right)
    }
}

/// The door by which a change came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Page,
    Link,
    Api,
    Mcp,
    Cli,
    Import,
    Job,
}

impl Via {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Link => "link",
            Self::Api => "api",
            Self::Mcp => "mcp",
            Self::Cli => "cli",
            Self::Import => "import",
            Self::Job => "job",
        }
    }
}

/// What deciding on rights needs to know of an engagement.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    pub engagement: &'a EngagementId,
    pub members: &'a [Member],
    /// Who administers the portfolio that it is in.
    pub administrators: &'a [PersonId],
    /// The date in the engagement's zone.
    pub today: Date,
}

/// Proof that an actor may use a right on one engagement.
/// Only [`authorize`] makes one, so a query that asks for a `Scope` cannot be reached without it:
/// ```compile_fail
/// let scope = tminus_domain::rights::Scope { engagement: todo!(), side: todo!(), sees_internal: true };
/// ```
#[derive(Clone, Debug)]
pub struct Scope {
    engagement: EngagementId,
    side: Side,
    sees_internal: bool,
}

impl Scope {
    pub fn engagement(&self) -> &EngagementId {
        &self.engagement
    }

    /// The side that the actor stands on in this engagement.
    pub fn side(&self) -> Side {
        self.side
    }

    pub fn sees_internal(&self) -> bool {
        self.sees_internal
    }

    /// Whether they read how a side is staffed: the delivery side of all, others of their own.
    pub fn sees_staffing(&self, side: Side) -> bool {
        self.sees_internal || self.side == side
    }
}

/// Proof that an actor may use a right of the whole practice.
#[derive(Clone, Debug)]
pub struct PracticeScope {
    sees_all: bool,
    administers: bool,
    person: PersonId,
    within: Option<EngagementId>,
}

impl PracticeScope {
    /// Whether every engagement is visible, and not only those that the person is a member of.
    pub fn sees_all(&self) -> bool {
        self.sees_all
    }

    /// Whether the person may be an administrator of portfolios: then engagements of those are visible too.
    pub fn may_administer(&self) -> bool {
        self.administers
    }

    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// The only engagement that may be in the list.
    pub fn within(&self) -> Option<&EngagementId> {
        self.within.as_ref()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor may not know that it exists.
    #[error("not found")]
    Hidden,
    #[error("not allowed")]
    Forbidden,
    /// The actor came by a link, and this asks for a code sent to their address first.
    #[error("needs a code")]
    NeedsCode,
}

/// What the actor is on an engagement: by the practice's role, by administering its portfolio, else by membership. `None` is a stranger, and so is a
/// member whose last day is over.
pub fn standing_of(actor: &Actor, ground: Ground<'_>) -> Option<Standing> {
    let here = |member: &&Member| member.person == actor.person && member.is_here(ground.today);
    let member = ground.members.iter().find(here).map(|member| member.function);
    let administers = actor.practice.may_administer() && ground.administrators.contains(&actor.person);
    let function = match actor.practice {
        PracticeRole::Administrator => Function::PracticeAdministrator,
        _ if administers => Function::PortfolioAdministrator,
        PracticeRole::Lead => member.unwrap_or(Function::PracticeLead),
        PracticeRole::Member | PracticeRole::Operator | PracticeRole::None => member?,
    };
    actor.pass.opens(ground.engagement).then_some(Standing { function, pass: actor.pass.kind })
}

/// Whether the policy gives the actor the right on the engagement.
pub fn permit(actor: &Actor, ground: Ground<'_>, right: Right) -> Result<Standing, Denied> {
    let standing = standing_of(actor, ground).ok_or(Denied::Hidden)?;
    match () {
        () if standing.may(right) => Ok(standing),
        () if standing.may_with_code(right) => Err(Denied::NeedsCode),
        () if standing.may(Right::ReadEngagement) => Err(Denied::Forbidden),
        () => Err(Denied::Hidden),
    }
}

/// A scope for the engagement, if the policy gives the actor the right.
pub fn authorize(actor: &Actor, ground: Ground<'_>, right: Right) -> Result<Scope, Denied> {
    let standing = permit(actor, ground, right)?;
    let (side, sees_internal) = (standing.function.side(), standing.may(Right::ReadInternal));
    Ok(Scope { engagement: ground.engagement.clone(), side, sees_internal })
}

/// A scope for the practice, if the policy gives the actor the right.
pub fn authorize_practice(actor: &Actor, right: Right) -> Result<PracticeScope, Denied> {
    if !actor.may(right) {
        return Err(Denied::Forbidden);
    }
    Ok(practice_scope(actor))
}

/// What lists of engagements need: everybody may ask for the list, and sees their own in it.
pub fn practice_scope(actor: &Actor) -> PracticeScope {
    let administers = actor.practice.may_administer() && actor.pass.kind.may(Right::ReadInternal);
    PracticeScope {
        sees_all: actor.may(Right::ReadAllEngagements),
        administers,
        person: actor.person.clone(),
        within: actor.pass.within.clone(),
    }
}
