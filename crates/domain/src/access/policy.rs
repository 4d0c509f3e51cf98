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
        self.policies_on(resource, person, today).find(|policy| policy.detail.as_ref().is_none_or(|detail| detail.holds(details)))
    }

    /// The policy from which somebody can be excepted: the one that forbids it to them, else one that may once a detail is written down. While an
    /// exception holds there is no other: it would end that one.
    pub fn to_except(&self, resource: &ResourceId, person: &PersonId, today: Date) -> Option<&Policy> {
        let grant = self.grant(person, resource);
        let is_free = grant.and_then(|grant| grant.exception.as_ref()).is_none_or(|held| held.until < today);
        let is_open = |policy: &&Policy| {
            let said = |name: &String| grant.and_then(|grant| grant.details.get(name)).is_some_and(|text| !text.trim().is_empty());
            policy.exception_by.is_some() && policy.detail.as_ref().is_some_and(|detail| !said(&detail.name))
        };
        let later = || self.policies_on(resource, person, today).find(|policy| is_free && is_open(policy));
        self.forbidden(resource, person, today).or_else(later)
    }

    /// Policies on a resource for a person, whatever is kept of their access, without those that an exception lets them past.
    fn policies_on(&self, resource: &ResourceId, person: &PersonId, today: Date) -> impl Iterator<Item = &Policy> {
        let (member, answers) = (self.member(person), &self.plan.setup.answers);
        let excepted = self.grant(person, resource).and_then(|grant| grant.exception.as_ref()).filter(|it| it.until >= today);
        let on = move |policy: &&Policy| &policy.refuses == resource && member.is_some_and(|member| fits(&policy.each, member, answers));
        let excepts = move |policy: &&Policy| excepted.is_some_and(|it| it.policy == policy.id);
        self.plan.policies.iter().filter(on).filter(move |policy| !excepts(policy))
    }
}
