//! What is each person's own, like a user name: nobody shares it.

use super::{Grant, Step, work::Ask};
use crate::{engagement::Engagement, ids::PersonId, kit::access::Resource};

impl Engagement {
    /// The detail that is each person's own and would be somebody else's too, if a grant moved like this.
    pub fn shares<'a>(&self, resource: &'a Resource, grant: &Grant, ask: &Ask) -> Option<&'a str> {
        let begins =
            ask.to.is_some_and(|to| !grant.step.takes_licence() && ((to.takes_licence() && !to.is_ending()) || to == Step::Requested));
        let shared = |name: &&String| {
            let kept = grant.details.get(*name).map(String::as_str);
            let told = ask.details.get(*name).map(|text| text.trim()).filter(|text| kept != Some(*text));
            told.or(kept.filter(|_| begins)).is_some_and(|text| self.others_have(resource, &grant.person, (name, text)))
        };
        resource.own.iter().find(shared).map(String::as_str)
    }

    /// The detail of a grant that is each person's own, and is somebody else's too.
    pub fn has_of_others<'a>(&self, resource: &'a Resource, grant: &Grant) -> Option<&'a str> {
        let shared = |name: &&String| grant.details.get(*name).is_some_and(|text| self.others_have(resource, &grant.person, (name, text)));
        resource.own.iter().filter(|_| is_in_use(grant)).find(shared).map(String::as_str)
    }

    fn others_have(&self, resource: &Resource, person: &PersonId, (name, text): (&str, &str)) -> bool {
        let others = || self.grants.iter().filter(|it| it.resource == resource.id && &it.person != person && is_in_use(it));
        let same = |it: &Grant| it.details.get(name).is_some_and(|kept| kept.to_lowercase() == text.to_lowercase());
        !text.is_empty() && others().any(|it| same(it))
    }
}

/// What is kept of it is somebody's now: it is not gone, or left out.
fn is_in_use(grant: &Grant) -> bool {
    grant.step.is_open() || grant.step.is_live()
}
