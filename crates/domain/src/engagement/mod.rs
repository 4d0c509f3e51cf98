//! An engagement: one statement of work for one customer.

pub mod closing;
pub mod counts;
pub mod erasing;
pub mod expand;
pub mod gate;
pub mod retailor;
pub mod retention;
pub mod setup;
pub mod tailor;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    access::{Grant, booking::Booking, by_hand::ByHand, ending::Urgent, holding::Holding},
    checklist::item::Item,
    ids::{EngagementId, ItemId, KitHash, KitId, MilestoneId, ModuleId, PersonId, ResourceId, RoleId},
    kit::{
        Fact, Gate, Role, Side,
        access::{Policy, Resource},
    },
    mail::reminder::Ladder,
    people::{Member, escalation::Rung, part::Part, responsibility::Row, seat::Seat},
    portfolio::Portfolio,
    record::chain::Head,
    rights::Ground,
    schedule::{Computed, WorkDays},
};
use closing::Closing;
use setup::Setup;

/// A whole engagement as it stands at one revision.
#[derive(Clone, Debug)]
pub struct Engagement {
    pub id: EngagementId,
    pub plan: Arc<Plan>,
    pub members: Arc<Vec<Member>>,
    /// The set of engagements that it belongs to.
    pub portfolio: Option<Arc<Portfolio>>,
    /// Names of everybody that the engagement mentions.
    pub names: Arc<BTreeMap<PersonId, String>>,
    /// By position.
    pub items: Vec<Arc<Item>>,
    /// Who has access to what, and how far it has come.
    pub grants: Vec<Arc<Grant>>,
    /// Counts every change; pages carry it as their `ETag`.
    pub revision: i64,
    pub head: Head,
}

/// Everything of an engagement but its items and members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub setup: Setup,
    pub kits: Vec<PinnedKit>,
    pub roles: Vec<Role>,
    pub facts: Vec<Fact>,
    pub gates: Vec<Gate>,
    pub milestones: Vec<PlannedMilestone>,
    pub activities: Vec<Activity>,
    pub left_out: Vec<LeftOut>,
    pub opened_at: Timestamp,
    pub opened_by: PersonId,
    #[serde(default)]
    pub closing: Closing,
    /// What people need access to.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// Those of the resources that no kit names: people added them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<ByHand>,
    /// How many people can have a resource at once, where somebody counted that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub licences: BTreeMap<ResourceId, u32>,
    /// When its rooms are there, as far as somebody booked them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bookings: BTreeMap<ResourceId, Booking>,
    /// How often the licences or the booking of a resource changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resource_versions: BTreeMap<ResourceId, u32>,
    /// What is not allowed.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// What the engagement has as a whole, as far as somebody said something of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holdings: Vec<Holding>,
    /// Whose access ends at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urgent: Vec<Urgent>,
    /// When people are reminded.
    #[serde(default)]
    pub ladder: Ladder,
    /// Around the kick-off, where it has a date.
    #[serde(default)]
    pub work_days: Option<WorkDays>,
    /// Whom the register asks for.
    #[serde(default)]
    pub seats: Vec<Seat>,
    /// To whom one turns on a side, where that is not the usual path.
    #[serde(default)]
    pub escalation: BTreeMap<Side, Vec<Rung>>,
    /// The responsibility matrix.
    #[serde(default)]
    pub responsibilities: Vec<Row>,
}

/// The version of a kit that an engagement keeps to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedKit {
    pub id: KitId,
    pub title: String,
    pub version: String,
    pub hash: KitHash,
}

/// A milestone with its date, given or computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedMilestone {
    pub id: MilestoneId,
    pub title: String,
    pub note: String,
    pub when: Computed,
    /// Somebody gave the date; else it follows from another milestone, or is unknown.
    pub given: bool,
}

/// One numbered row of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub id: ModuleId,
    pub title: String,
    pub phase: String,
    pub description: String,
    pub src: String,
    pub workstream: String,
}

/// A part of the kit that this engagement leaves out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub key: String,
    pub title: String,
    pub activity: ModuleId,
    /// `nobody works on site`, in the words of the protocol's answers.
    pub because: String,
}

impl Engagement {
    /// What deciding on rights needs. `today` is the date in the engagement's zone.
    pub fn ground(&self, today: Date) -> Ground<'_> {
        let administrators = self.portfolio.as_ref().map_or(&[][..], |portfolio| &portfolio.administrators);
        Ground { engagement: &self.id, members: &self.members, administrators, today }
    }

    pub fn item(&self, id: &ItemId) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| &item.id == id)
    }

    /// Puts the items into their order again, after one of them moved.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    }

    pub fn item_by_key(&self, key: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| item.key == key)
    }

    /// Items on the checklist, in order.
    pub fn listed(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.items.iter().filter(|item| !item.removed)
    }

    pub fn parts<'a>(&'a self, id: &'a ItemId) -> impl Iterator<Item = &'a Arc<Item>> {
        self.listed().filter(move |item| item.parent.as_ref() == Some(id))
    }

    /// Open items that come before this one.
    pub fn open_before<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a Arc<Item>> {
        item.content.after.iter().filter_map(|key| self.item_by_key(key)).filter(|before| before.is_open())
    }

    pub fn member(&self, person: &PersonId) -> Option<&Member> {
        self.members.iter().find(|member| &member.person == person)
    }

    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.plan.roles.iter().find(|role| &role.id == id)
    }

    pub fn milestone(&self, id: &str) -> Option<Date> {
        self.plan.milestones.iter().find(|milestone| milestone.id.0 == id).and_then(|milestone| milestone.when.date())
    }

    pub fn name<'a>(&'a self, person: &'a PersonId) -> &'a str {
        self.names.get(person).map_or(person.as_str(), String::as_str)
    }

    /// The person or workstream that an item is for; empty where it is for all.
    pub fn whom<'a>(&'a self, item: &'a Item) -> &'a str {
        let workstream = item.workstream.as_ref();
        let titled = workstream.map(|id| self.plan.setup.workstream(id).map_or(id.as_str(), |it| it.title.as_str()));
        item.person.as_ref().map(|person| self.name(person)).or(titled).unwrap_or_default()
    }

    /// Who owns an item on a day, one entry a role. `None` is nobody: the role is not filled.
    pub fn owners<'a>(&'a self, item: &'a Item, today: Date) -> Vec<Owner<'a>> {
        let mut owners = Vec::with_capacity(item.content.owners.len());
        for id in &item.content.owners {
            let role = self.role(id);
            let side = role.map_or(Side::Delivery, |role| role.side);
            let person = item.assigned.get(&side).or_else(|| self.holder(item, (id, side), today));
            owners.push(Owner { role: id, title: role.map_or(id.as_str(), |role| &role.title), side, person });
        }
        for (side, person) in &item.assigned {
            if !owners.iter().any(|owner| owner.side == *side) {
                owners.push(Owner { role: &EMPTY_ROLE, title: "", side: *side, person: Some(person) });
            }
        }
        owners
    }

    /// Of those who have the role, whoever leads the item's workstream; the alternate, while the lead is away; then anybody of it who is here.
    fn holder<'a>(&'a self, item: &'a Item, (role, side): (&RoleId, Side), today: Date) -> Option<&'a PersonId> {
        let everyone = self.role(role).is_some_and(|role| role.everyone);
        let holds = |member: &&Member| member.roles.contains(role) && member.side() == side;
        if let Some(person) = &item.person
            && self.member(person).is_some_and(|member| holds(&member) || (everyone && member.side() == side))
        {
            return Some(person);
        }
        let part = |member: &Member| item.workstream.as_ref().and_then(|workstream| member.part(workstream));
        let is_away = |member: &Member| member.is_away(&self.plan.setup.calendars, today);
        let leads = |member: &Member| part(member) == Some(Part::Lead);
        let order = |member: &&Member| match part(member) {
            Some(part) => (false, is_away(member), Some(part)),
            // Whoever is away for a week keeps what is theirs; whoever is gone does not, if there is somebody else.
            None => (item.workstream.is_some(), !member.is_here(today), None),
        };
        // The alternate stands in for the lead without having the lead's role.
        let stands_in = |member: &&Member| part(member) == Some(Part::Alternate) && member.side() == side && !is_away(member);
        let first = self.members.iter().filter(holds).min_by_key(order);
        let named = match first {
            Some(lead) if leads(lead) && is_away(lead) => self.members.iter().find(stands_in).or(first),
            first => first,
        };
        let anybody = || self.members.iter().find(|member| everyone && member.side() == side);
        named.or_else(anybody).map(|member| &member.person)
    }

    /// Whether a person has to do with an item: they own it, or it is about them.
    pub fn is_of(&self, item: &Item, person: &PersonId, today: Date) -> bool {
        item.person.as_ref() == Some(person) || self.owners(item, today).iter().any(|owner| owner.person == Some(person))
    }

    /// Whether only those who read internal things see an item: it is internal, or a part of something that is.
    pub fn hides(&self, item: &Item) -> bool {
        let above = item.parent.as_ref().and_then(|parent| self.item(parent));
        item.content.internal || above.is_some_and(|above| self.hides(above))
    }

    /// Keys of the items that this hides.
    pub fn internal_keys(&self) -> BTreeSet<&str> {
        self.items.iter().filter(|item| self.hides(item)).map(|item| item.key.as_str()).collect()
    }

    /// The side that has to move first.
    pub fn owner_side(&self, item: &Item) -> Side {
        item.content.owners.first().and_then(|id| self.role(id)).map_or(Side::Delivery, |role| role.side)
    }
}

static EMPTY_ROLE: RoleId = RoleId(String::new());

/// A role on an item, resolved to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    pub role: &'a RoleId,
    pub title: &'a str,
    pub side: Side,
    pub person: Option<&'a PersonId>,
}
