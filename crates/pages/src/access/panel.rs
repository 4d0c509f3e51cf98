//! One person's access to one resource, opened from its cell.

use tminus_app::{Failure, access::Access};
use tminus_domain::{
    access::{Grant, How, Step},
    engagement::Engagement,
    ids::{PersonId, ResourceId},
    kit::{Side, access::Resource},
    people::Member,
    rights::Right,
};

use super::{known_by, mark, step_mark};
use crate::{
    caller::Caller,
    checklist::{panel::moment, sheet::side},
    engagement::desk::Desk,
    fields::Fields,
    mark::{Face, Mark},
    when,
};

pub(crate) struct CellPanel<'a> {
    pub(super) desk: &'a Desk,
    pub(super) access: &'a Access,
    pub(super) grant: Grant,
    pub(super) resource: &'a Resource,
    /// Nobody has said yet that they need it.
    pub(super) absent: bool,
    pub(super) since: String,
    pub(super) tried: Option<Tried>,
}

/// A form that was refused, and why.
pub(super) struct Tried {
    pub(super) act: &'static str,
    pub(super) sent: Fields,
    pub(super) why: String,
}

/// What a policy says of one cell.
pub(super) struct Ruled {
    pub(super) mark: Mark,
    pub(super) title: String,
    /// What is allowed.
    pub(super) ways: Vec<String>,
    /// Whether the reader can write down that somebody allows it all the same.
    pub(super) excepts: bool,
}

impl<'a> CellPanel<'a> {
    pub(super) fn of(
        caller: &Caller,
        desk: &'a Desk,
        access: &'a Access,
        (person, resource): (&PersonId, &ResourceId),
    ) -> Result<Self, Failure> {
        let engagement = &access.engagement;
        let resource = engagement.resource(resource).ok_or(Failure::NotFound)?;
        let found = engagement.grant(person, &resource.id).map(|grant| Grant::clone(grant));
        // Whoever manages access may open a cell that is empty, to say that it is needed after all.
        let may_add = access.manages && engagement.member(person).is_some();
        let absent = found.is_none();
        let grant = found.or_else(|| may_add.then(|| Grant::needed(person.clone(), resource.id.clone(), caller.app().now())));
        let grant = grant.ok_or(Failure::NotFound)?;
        Ok(Self { since: moment(caller, grant.since), desk, access, resource, absent, tried: None, grant })
    }

    pub(super) fn face(&self) -> Face {
        let own = self.access.engagement.member(&self.grant.person).map_or(Side::Delivery, Member::side);
        Face::new(self.access.engagement.name(&self.grant.person), side(own))
    }

    pub(super) fn mark(&self) -> Mark {
        if self.absent { Mark::NOT_NEEDED } else { mark(&self.grant, self.access.today) }
    }

    pub(super) fn by(&self) -> &str {
        self.grant.by.as_ref().map(|by| self.access.engagement.name(by)).unwrap_or_default()
    }

    /// What can follow, with how it looks; the first is what usually does.
    pub(super) fn next(&self) -> Vec<(&'static str, Mark)> {
        if self.desk.standing.pass == tminus_domain::rights::PassKind::View || !self.desk.moves_access() {
            return Vec::new();
        }
        let steps = self.access.next(&self.grant).into_iter();
        let waive = |step: &Step| *step != Step::Waived || self.desk.may(Right::WaiveItems);
        steps.filter(waive).map(|step| (step.as_str(), step_mark(step))).collect()
    }

    /// How it was shown to work, or to be gone, where that says more than who said it.
    pub(super) fn how(&self) -> String {
        match (self.grant.how, &self.grant.word_of) {
            (Some(How::Word), Some(person)) => t!("access.known_word").with("name", self.access.engagement.name(person)).to_string(),
            (Some(How::Refused), _) => t!("access.known_refused").to_string(),
            _ => String::new(),
        }
    }

    /// How it may be known that it is gone, where that is asked for.
    pub(super) fn known_by(&self) -> Vec<(String, String)> {
        let confirms = self.access.next(&self.grant).contains(&Step::RevocationConfirmed);
        let known = if confirms { known_by(self.desk, self.access.engagement.giving_side(self.resource)) } else { Vec::new() };
        let none = (!known.is_empty()).then(|| (String::new(), "–".to_owned()));
        none.into_iter().chain(known).collect()
    }

    /// What the kit asks to keep of it: the name of the field, of the detail, and what is kept.
    pub(super) fn details(&self) -> Vec<(String, &str, String)> {
        let kept = |name: &String| self.grant.details.get(name).cloned().unwrap_or_default();
        let named = self.resource.details.iter().enumerate();
        named.map(|(number, name)| (format!("detail.{number}"), name.as_str(), kept(name))).collect()
    }

    /// An appointment is what comes before it is there; one that was is still shown.
    pub(super) fn books(&self) -> bool {
        self.resource.is_got_in_person() && matches!(self.grant.step, Step::Needed | Step::Requested | Step::Approved)
    }

    pub(super) fn booked_on(&self) -> String {
        self.grant.appointment.as_ref().map(|booked| booked.on.to_string()).unwrap_or_default()
    }

    pub(super) fn booked_at(&self) -> String {
        self.grant.appointment.as_ref().and_then(|booked| booked.at).map(when::clock).unwrap_or_default()
    }

    pub(super) fn booked_place(&self) -> &str {
        self.grant.appointment.as_ref().map_or("", |booked| &booked.place)
    }

    pub(super) fn clock(&self) -> String {
        t!("access.appointment_hint").with("zone", &self.access.engagement.plan.setup.zone).to_string()
    }

    /// `Mon 12 Jan 2026, 10:00`, and where.
    pub(super) fn booked(&self) -> Option<(String, &str)> {
        let booked = self.grant.appointment.as_ref()?;
        let parts = [Some(when::full_day(booked.on)), booked.at.map(when::clock)];
        Some((parts.into_iter().flatten().collect::<Vec<_>>().join(", "), &booked.place))
    }

    pub(super) fn due(&self) -> String {
        self.grant.due.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn due_day(&self) -> String {
        self.grant.due_on().map(when::day).unwrap_or_default()
    }

    pub(super) fn start_by(&self) -> String {
        self.grant.start_by.map(when::day).unwrap_or_default()
    }

    pub(super) fn until(&self) -> String {
        self.grant.until.map(when::full_day).unwrap_or_default()
    }

    /// That it ends while it is still needed; nothing where it does not.
    pub(super) fn ends_early(&self) -> String {
        let early = self.access.engagement.ends_early(&self.grant);
        early.map(|needed| t!("access.ends_early").with("day", when::full_day(needed)).to_string()).unwrap_or_default()
    }

    pub(super) fn givers(&self) -> String {
        givers(&self.access.engagement, self.resource)
    }

    /// Resources that have to work first.
    pub(super) fn before(&self) -> String {
        let before = self.access.engagement.access_before(self.resource, &self.grant.person, self.access.today);
        before.map(|it| it.title.clone()).collect::<Vec<_>>().join(", ")
    }

    /// The policy that forbids it, or may once a detail is written down.
    pub(super) fn policy(&self) -> Option<Ruled> {
        let engagement = &self.access.engagement;
        let is_forbidden = engagement.forbidden(&self.resource.id, &self.grant.person, self.access.today).is_some();
        let policy = engagement.to_except(&self.resource.id, &self.grant.person, self.access.today)?;
        let mark = if is_forbidden { Mark::WRONG } else { Mark::SAID };
        let instead = policy.instead.iter().filter_map(|id| engagement.resource(id)).map(|it| it.title.clone());
        let ways = instead.chain(policy.ways.iter().cloned()).collect();
        let excepts = policy.exception_by.is_some() && self.access.manages && !self.absent;
        Some(Ruled { mark, title: policy.title.clone(), ways, excepts })
    }

    /// Members who can allow an exception.
    pub(super) fn approvers(&self) -> Vec<(String, String)> {
        let engagement = &self.access.engagement;
        let policy = engagement.to_except(&self.resource.id, &self.grant.person, self.access.today);
        let role = policy.and_then(|policy| policy.exception_by.as_ref());
        let holders = engagement.members.iter().filter(|member| role.is_some_and(|role| member.roles.contains(role)));
        holders.map(|member| (member.person.to_string(), engagement.name(&member.person).to_owned())).collect()
    }

    pub(super) fn excepted(&self) -> String {
        let said = |exception: &tminus_domain::access::Exception| {
            let words = t!("access.excepted").with("name", self.access.engagement.name(&exception.approver));
            words.with("day", when::full_day(exception.until)).with("reason", &exception.reason).to_string()
        };
        self.grant.exception.as_ref().map(said).unwrap_or_default()
    }

    pub(super) fn carried(&self) -> String {
        let said = |carried: &tminus_domain::access::Carried| {
            t!("access.carried")
                .with("name", self.access.engagement.name(&carried.owner))
                .with("day", when::full_day(carried.until))
                .to_string()
        };
        self.grant.carried.as_ref().map(said).unwrap_or_default()
    }

    pub(super) fn can_be_carried(&self) -> bool {
        self.access.manages && self.grant.step.is_live() && self.resource.kind.is_revoked() && !self.next().is_empty()
    }

    pub(super) fn members(&self) -> Vec<(String, String)> {
        let engagement = &self.access.engagement;
        engagement.members.iter().map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned())).collect()
    }

    /// The item that says the same: where it is, and what it is called.
    pub(super) fn item(&self) -> Option<(String, String)> {
        let item = self.desk.engagement().item_of(&self.grant)?;
        Some((format!("/engagements/{}/items/{}", self.desk.id(), item.id), item.content.title.clone()))
    }

    /// As it was typed, or as it is.
    pub(super) fn value(&self, act: &str, name: &str, now: &str) -> String {
        let tried = self.tried.as_ref().filter(|tried| tried.act == act);
        tried.map_or_else(|| now.to_owned(), |tried| tried.sent.get(name).to_owned())
    }

    pub(super) fn ends_on(&self) -> String {
        self.grant.until.map(|until| until.to_string()).unwrap_or_default()
    }

    pub(super) fn refusal(&self, act: &str) -> &str {
        self.tried.as_ref().filter(|tried| tried.act == act).map(|tried| tried.why.as_str()).unwrap_or_default()
    }
}

/// Who gives it: people who hold its roles, else the roles.
pub(super) fn givers(engagement: &Engagement, resource: &Resource) -> String {
    let holders = engagement.members.iter().filter(|member| resource.owners.iter().any(|role| member.roles.contains(role)));
    let names: Vec<_> = holders.map(|member| engagement.name(&member.person).to_owned()).collect();
    if !names.is_empty() {
        return names.join(", ");
    }
    let title = |role| engagement.role(role).map(|role| role.title.clone());
    let roles = resource.owners.iter().filter_map(title).collect::<Vec<_>>().join(", ");
    t!("access.nobody_gives").with("roles", roles).into()
}
