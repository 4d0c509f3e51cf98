//! Resources that no kit names: somebody of the engagement added them, with who needs them and by when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    engagement::{Engagement, tailor::MEMBER_START},
    ids::{ResourceId, RoleId},
    kit::{
        Side,
        access::{Need, Resource},
        each::{Each, Filter, Over},
    },
    people::is_plain,
};

/// The longest title, and the longest note below it, in characters.
pub const MAX_TITLE: usize = 120;
/// No engagement has more that somebody added by hand.
pub const MAX_RESOURCES: usize = 50;
/// The most that is kept of one access besides, and the longest name of it.
pub const MAX_DETAILS: usize = 8;
pub const MAX_DETAIL: usize = 40;
/// The longest rule of who needs it, in characters.
pub const MAX_EACH: usize = 200;

/// A resource that somebody of the engagement added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByHand {
    pub resource: Resource,
    /// Who needs it. Without it people are chosen one by one.
    #[serde(default)]
    pub each: Option<Each>,
    /// Somebody took it away again. It is kept as long as somebody has, or had, access to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Counts the changes of it. A change names the version it saw.
    pub version: u32,
}

/// Why it cannot be added, or changed, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("say what it is, in 1 to {MAX_TITLE} characters")]
    Title,
    #[error("there is “{0}” already")]
    Twice(String),
    #[error("at most {MAX_TITLE} characters, in one line")]
    Note,
    #[error("say who gives it")]
    NoGiver,
    #[error("“{0}” is not a role of this engagement")]
    Role(RoleId),
    #[error("what is internal the delivery side gives")]
    InternalGiver,
    #[error("access is each person’s: “{0}” names no people")]
    Each(String),
    #[error("nobody can be asked for the role “{0}”: this engagement does not have it")]
    EachRole(String),
    #[error("this engagement has no milestone “{0}”")]
    Anchor(String),
    #[error("“{0}” is not a resource of this engagement")]
    After(ResourceId),
    #[error("it would wait for itself")]
    Circle,
    #[error("who needs it is said in one line of at most {MAX_EACH} characters, of workstreams that there are")]
    EachText,
    #[error("at most {MAX_DETAILS} details, each different, without a comma, and of 1 to {MAX_DETAIL} characters")]
    Details,
}

impl Unusable {
    /// The field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Title | Self::Twice(_) => "title",
            Self::Note => "note",
            Self::NoGiver | Self::Role(_) | Self::InternalGiver => "owners",
            Self::Each(_) | Self::EachRole(_) | Self::EachText => "each",
            Self::Anchor(_) => "due",
            Self::After(_) | Self::Circle => "after",
            Self::Details => "details",
        }
    }
}

impl ByHand {
    /// Its row in the table of who needs what. What is internal nobody but the delivery side needs.
    pub(super) fn need(&self) -> Option<Need> {
        let mut each = self.each.clone().filter(|_| !self.removed)?;
        let own = Filter::Side(Side::Delivery);
        if self.resource.internal && !each.filters.contains(&own) {
            each.filters.push(own);
        }
        Some(Need { resource: self.resource.id.clone(), each, when: None, src: String::new() })
    }

    /// Whether it can stand beside what the engagement has.
    pub fn check(&self, engagement: &Engagement) -> Result<(), Unusable> {
        let resource = &self.resource;
        if resource.title.is_empty() || !is_plain(&resource.title, MAX_TITLE) {
            return Err(Unusable::Title);
        }
        if !resource.note.is_empty() && !is_plain(&resource.note, MAX_TITLE) {
            return Err(Unusable::Note);
        }
        // What was taken away stands there as long as somebody has it, and its name is free.
        let stays = |it: &Resource| engagement.by_hand(&it.id).is_none_or(|own| !own.removed);
        let same = |it: &&Resource| it.title.to_lowercase() == resource.title.to_lowercase() && it.note == resource.note;
        if let Some(twice) = engagement.plan.resources.iter().filter(|it| it.id != resource.id && stays(it)).find(same) {
            return Err(Unusable::Twice(twice.title.clone()));
        }
        self.check_people(engagement)?;
        let knows = |id: &str| id == MEMBER_START || engagement.plan.milestones.iter().any(|milestone| milestone.id.as_str() == id);
        if let Some(due) = resource.due.as_ref().filter(|due| !knows(due.anchor.as_str())) {
            return Err(Unusable::Anchor(due.anchor.to_string()));
        }
        self.check_chain(engagement)?;
        let named: BTreeSet<_> = resource.details.iter().collect();
        let fits = |name: &String| !name.is_empty() && !name.contains(',') && is_plain(name, MAX_DETAIL);
        if named.len() != resource.details.len() || named.len() > MAX_DETAILS || !resource.details.iter().all(fits) {
            return Err(Unusable::Details);
        }
        Ok(())
    }

    fn check_people(&self, engagement: &Engagement) -> Result<(), Unusable> {
        let resource = &self.resource;
        if resource.owners.is_empty() {
            return Err(Unusable::NoGiver);
        }
        for id in &resource.owners {
            let role = engagement.role(id).ok_or_else(|| Unusable::Role(id.clone()))?;
            if resource.internal && role.side != Side::Delivery {
                return Err(Unusable::InternalGiver);
            }
        }
        let Some(each) = &self.each else { return Ok(()) };
        if each.over != Over::Person {
            return Err(Unusable::Each(each.to_string()));
        }
        let named = each.filters.iter().filter_map(Filter::workstream);
        let mut strange = named.filter(|id| !engagement.plan.setup.workstreams.iter().any(|it| it.id.as_str() == *id));
        if !is_plain(&each.to_string(), MAX_EACH) || strange.next().is_some() {
            return Err(Unusable::EachText);
        }
        let unknown = |role: &&str| !engagement.plan.roles.iter().any(|it| it.id.as_str() == *role);
        match each.filters.iter().filter_map(Filter::role).find(unknown) {
            Some(role) => Err(Unusable::EachRole(role.to_owned())),
            None => Ok(()),
        }
    }

    fn check_chain(&self, engagement: &Engagement) -> Result<(), Unusable> {
        let resource = &self.resource;
        if let Some(unknown) = resource.after.iter().find(|id| engagement.resource(id).is_none()) {
            return Err(Unusable::After(unknown.clone()));
        }
        let (mut seen, mut next) = (BTreeSet::new(), resource.after.iter().collect::<Vec<_>>());
        while let Some(id) = next.pop() {
            if *id == resource.id {
                return Err(Unusable::Circle);
            }
            if seen.insert(id) {
                next.extend(engagement.resource(id).into_iter().flat_map(|before| &before.after));
            }
        }
        Ok(())
    }
}

impl Engagement {
    /// A resource as somebody added it, also if it was taken away since; nothing where a kit names it.
    pub fn by_hand(&self, id: &ResourceId) -> Option<&ByHand> {
        self.plan.by_hand.iter().find(|own| &own.resource.id == id)
    }

    /// Counts what people said of a resource: what it is, where no kit says that, its licences, its booking.
    pub fn resource_version(&self, id: &ResourceId) -> u32 {
        self.by_hand(id).map_or(1, |own| own.version) + self.plan.resource_versions.get(id).copied().unwrap_or_default()
    }
}
