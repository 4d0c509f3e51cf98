//! What is not allowed, to whom, and with what of their access.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    engagement::{Engagement, expand::fits},
    ids::{PersonId, ResourceId},
    kit::access::Policy,
};

impl Engagement {
    /// The policy that forbids a resource to a person, if no exception holds.
    pub fn forbidden(&self, resource: &ResourceId, person: &PersonId, today: Date) -> Option<&Policy> {
        let none = BTreeMap::new();
        let details = self.grant(person, resource).map_or(&none, |grant| &grant.details);
        self.forbidden_with((resource, details), person, today)
    }

    /// The same, once this is kept of their access.
    pub fn forbidden_with(
        &self,
        (resource, details): (&ResourceId, &BTreeMap<String, String>),
        person: &PersonId,
        today: Date,
    ) -> Option<&Policy> {
        let member = self.member(person)?;
        let answers = &self.plan.setup.answers;
        let on = |policy: &&Policy| {
            let with = policy.detail.as_ref().is_none_or(|detail| detail.holds(details));
            with && &policy.refuses == resource && fits(&policy.each, member, answers)
        };
        let excepted = self.grant(person, resource).and_then(|grant| grant.exception.as_ref());
        let excepts = |policy: &&Policy| excepted.is_some_and(|it| it.policy == policy.id && it.until >= today);
        self.plan.policies.iter().find(|policy| on(policy) && !excepts(policy))
    }
}
