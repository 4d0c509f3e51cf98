//! Licences: how many people can have a resource at once, who has one, and who still needs one.

use super::{Grant, Step};
use crate::{engagement::Engagement, ids::ResourceId};

/// No resource has more.
pub const MAX_LICENCES: u32 = 100_000;

/// What was counted of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licences {
    pub of: u32,
    /// People who have one, or to whom one is promised.
    pub taken: u32,
    /// People who need one, with those who have it.
    pub needed: u32,
}

impl Licences {
    pub fn left(self) -> u32 {
        self.of.saturating_sub(self.taken)
    }

    /// How many people will find none.
    pub fn short(self) -> u32 {
        self.needed.max(self.taken).saturating_sub(self.of)
    }
}

impl Step {
    /// Somebody at this step has a licence: it works for them, or was allowed to.
    pub fn takes_licence(self) -> bool {
        self == Self::Approved || self.is_live()
    }
}

impl Engagement {
    /// How the licences of a resource stand, where somebody counted them.
    pub fn licences(&self, resource: &ResourceId) -> Option<Licences> {
        let of = *self.plan.licences.get(resource)?;
        let grants = || self.grants.iter().filter(|grant| &grant.resource == resource);
        let count = |which: &dyn Fn(&Grant) -> bool| u32::try_from(grants().filter(|grant| which(grant)).count()).unwrap_or(u32::MAX);
        Some(Licences {
            of,
            taken: count(&|grant| grant.step.takes_licence()),
            needed: count(&|grant| grant.is_wanted() || grant.step.takes_licence()),
        })
    }
}
