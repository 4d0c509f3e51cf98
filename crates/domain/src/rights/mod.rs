//! Who may do what. The policy is here and nowhere else.

mod table;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{EngagementId, PersonId},
    kit::Side,
    people::Member,
};
pub use table::{Function, PracticeRole, Right, as_text};

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
}

/// Proof that an actor may use a right of the whole practice.
#[derive(Clone, Debug)]
pub struct PracticeScope {
    sees_all: bool,
    person: PersonId,
}

impl PracticeScope {
    /// Whether every engagement is visible, and not only those that the person is a member of.
    pub fn sees_all(&self) -> bool {
        self.sees_all
    }

    pub fn person(&self) -> &PersonId {
        &self.person
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor may not know that it exists.
    #[error("not found")]
    Hidden,
    #[error("not allowed")]
    Forbidden,
}

/// What the actor is on an engagement: by the practice's role, else by membership. `None` is a stranger.
pub fn function_of(actor: &Actor, members: &[Member]) -> Option<Function> {
    let member = members.iter().find(|member| member.person == actor.person).map(|member| member.function);
    match actor.practice {
        PracticeRole::Administrator => Some(Function::PracticeAdministrator),
        PracticeRole::Lead => Some(member.unwrap_or(Function::PracticeLead)),
        PracticeRole::Member | PracticeRole::None => member,
    }
}

/// A scope for the engagement, if the policy gives the actor the right.
pub fn authorize(actor: &Actor, engagement: &EngagementId, members: &[Member], right: Right) -> Result<Scope, Denied> {
    let function = function_of(actor, members).ok_or(Denied::Hidden)?;
    if !function.may(right) {
        return Err(if function.may(Right::ReadEngagement) { Denied::Forbidden } else { Denied::Hidden });
    }
    Ok(Scope { engagement: engagement.clone(), side: function.side(), sees_internal: function.may(Right::ReadInternal) })
}

/// A scope for the practice, if the policy gives the actor the right.
pub fn authorize_practice(actor: &Actor, right: Right) -> Result<PracticeScope, Denied> {
    if !actor.practice.may(right) {
        return Err(Denied::Forbidden);
    }
    Ok(PracticeScope { sees_all: actor.practice.may(Right::ReadAllEngagements), person: actor.person.clone() })
}

/// What lists of engagements need: everybody may ask for the list, and sees their own in it.
pub fn practice_scope(actor: &Actor) -> PracticeScope {
    PracticeScope { sees_all: actor.practice.may(Right::ReadAllEngagements), person: actor.person.clone() }
}
