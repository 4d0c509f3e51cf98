//! What is each person's own, like a user name: nobody shares it.

use super::{Grant, Step, work::Ask};
use crate::{engagement::Engagement, kit::access::Resource};

impl Engagement {
    /// The detail that is each person's own and would be somebody else's too, if a grant moved like this.
    pub fn shares<'a>(&self, resource: &'a Resource, grant: &Grant, ask: &Ask) -> Option<&'a str> {
        let begins =
            ask.to.is_some_and(|to| !grant.step.takes_licence() && ((to.takes_licence() && !to.is_ending()) || to == Step::Requested));
        let others = || self.grants.iter().filter(|it| it.resource == resource.id && it.person != grant.person);
        let shared = |name: &&String| {
            let told =
                ask.details.get(*name).map(|text| text.trim()).filter(|text| grant.details.get(*name).is_none_or(|kept| kept != text));
            let text = told.or_else(|| grant.details.get(*name).map(String::as_str).filter(|_| begins)).unwrap_or_default().to_lowercase();
            let has = |it: &Grant| it.details.get(*name).is_some_and(|kept| kept.to_lowercase() == text);
            !text.is_empty() && others().any(|it| (it.step.is_open() || it.step.is_live()) && has(it))
        };
        resource.own.iter().find(shared).map(String::as_str)
    }
}
