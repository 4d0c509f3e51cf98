//! The form of a member: what they may do, own and lead, where and when they work.

use tminus_app::{
    Failure,
    people::{ABSENT, edition, member::SaveMember, person::list_people},
};
use tminus_domain::{
    ids::{PersonId, RoleId, WorkstreamId},
    kit::Side,
    people::{Member, part::Part},
    rights::Function,
    schedule::Weekdays,
};

use crate::{
    caller::Caller,
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::{Fields, refused},
    people::function_words,
    words::Words,
};

/// A member to add or to change.
pub(super) struct Form {
    /// Empty where somebody new is to be chosen.
    pub(super) person: String,
    pub(super) name: String,
    pub(super) choose: Vec<(String, String)>,
    pub(super) functions: Vec<(&'static str, Words)>,
    pub(super) roles: Vec<(String, String, bool)>,
    /// By workstream: the name of its field, what it is called, and what they are there.
    pub(super) parts: Vec<(String, String, String)>,
    pub(super) calendars: Vec<(String, String)>,
    pub(super) days: Vec<(&'static str, Words, bool)>,
    /// Whether they may be of the account team.
    pub(super) delivery: bool,
    fields: Fields,
    field: &'static str,
    why: String,
}

/// What was typed, the field that is wrong with it, and why.
pub(super) type Typed = (Fields, &'static str, String);

/// On whose device somebody works, as a choice.
pub(super) const DEVICES: [(&str, Words); 4] = [
    ("", t!("register.device_same")),
    ("customer", t!("register.device_customer")),
    ("delivery", t!("register.device_delivery")),
    ("own", t!("register.device_own")),
];

/// What somebody is in a workstream, as a choice.
pub(super) const PARTS: [(&str, Words); 4] = [
    ("", t!("register.no_part")),
    ("lead", t!("register.lead")),
    ("alternate", t!("register.alternate")),
    ("member", t!("register.member")),
];

pub(crate) const DAYS: [(&str, Words); 7] = [
    ("mon", t!("register.mon")),
    ("tue", t!("register.tue")),
    ("wed", t!("register.wed")),
    ("thu", t!("register.thu")),
    ("fri", t!("register.fri")),
    ("sat", t!("register.sat")),
    ("sun", t!("register.sun")),
];

impl Form {
    pub(super) fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }

    pub(super) fn refusal(&self) -> &str {
        let own = ["email", "name", "function", "roles", "workstreams", "parts", "site", "calendar", "days", "from", "until"];
        if own.contains(&self.field) { "" } else { &self.why }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    pub(super) async fn of(caller: &Caller, desk: &Desk, person: &str, typed: Option<Typed>) -> Result<Self, Failure> {
        let engagement = desk.engagement();
        let member = engagement.members.iter().find(|member| member.person.as_str() == person);
        let (fields, field, why) = typed.unwrap_or_else(|| (filled(member), "", String::new()));
        let choose = if member.is_some() {
            Vec::new()
        } else {
            let people = list_people(caller.app(), &caller.actor, None, 200).await?;
            let new = people.into_iter().filter(|person| !engagement.members.iter().any(|member| member.person == person.id));
            new.map(|person| (person.id.to_string(), format!("{}, {}", person.name, side(person.side).word()))).collect()
        };
        let own_side = member.map(Member::side);
        let functions = Function::ALL.iter().filter(|function| function.is_of_members());
        let functions = functions.filter(|function| {
            own_side.is_none_or(|own| own == function.side() || (own != Side::Customer && function.side() != Side::Customer))
        });
        let chosen = |name: &str, id: &str| fields.all(name).any(|it| it == id);
        let setup = &engagement.plan.setup;
        let part = |id: &WorkstreamId| {
            let field = format!("part.{id}");
            let typed = fields.text(&field);
            (field, if typed.is_empty() && chosen("workstream", id.as_str()) { Part::Member.as_str().to_owned() } else { typed })
        };
        let parts = setup.workstreams.iter().map(|it| {
            let (field, part) = part(&it.id);
            (field, it.title.clone(), part)
        });
        let calendars = setup.calendars.iter().map(|it| (it.name.clone(), it.label()));
        Ok(Self {
            person: member.map(|member| member.person.to_string()).unwrap_or_default(),
            name: member.map(|member| engagement.name(&member.person).to_owned()).unwrap_or_default(),
            functions: functions.map(|function| (function.as_str(), function_words(*function))).collect(),
            roles: engagement.plan.roles.iter().map(|it| (it.id.to_string(), it.title.clone(), chosen("role", it.id.as_str()))).collect(),
            parts: parts.collect(),
            calendars: [(String::new(), t!("register.calendar_side").into())].into_iter().chain(calendars).collect(),
            days: DAYS.map(|(day, words)| (day, words, chosen("day", day))).into(),
            delivery: own_side.is_none_or(|own| own == Side::Delivery),
            choose,
            fields,
            field,
            why,
        })
    }
}

/// What a form was made of, so that two who edit the same member notice it.
pub(super) fn seen(member: Option<&Member>) -> String {
    member.map_or_else(|| ABSENT.to_owned(), edition)
}

/// The form as the member stands.
pub(super) fn filled(member: Option<&Member>) -> Fields {
    let mut fields = Fields::default();
    fields.push("seen".to_owned(), seen(member));
    let Some(member) = member else { return fields };
    let mut put = |name: &str, value: &str| fields.push(name.to_owned(), value.to_owned());
    put("function", member.function.as_str());
    member.roles.iter().for_each(|role| put("role", role.as_str()));
    for (workstream, part) in member.workstreams.iter().filter_map(|id| Some((id, member.part(id)?))) {
        put(&format!("part.{workstream}"), part.as_str());
    }
    put("site", &member.site);
    put("calendar", member.calendar.as_deref().unwrap_or_default());
    member.days.map(Vec::from).unwrap_or_default().iter().for_each(|day| put("day", day));
    for (name, _) in [("onsite", member.onsite), ("account_team", member.account_team)].into_iter().filter(|(_, on)| *on) {
        put(name, "1");
    }
    put("device", member.device.map(tminus_domain::people::Device::as_str).unwrap_or_default());
    put("from", &member.from.map(|day| day.to_string()).unwrap_or_default());
    put("until", &member.until.map(|day| day.to_string()).unwrap_or_default());
    fields
}

/// In place of the id of somebody who is to be added first.
pub(super) const NEW: &str = "";

/// The member that a form is about, as it was filled in.
pub(super) fn member(fields: &Fields) -> Result<SaveMember, Failure> {
    let own = [
        "person",
        "seen",
        "function",
        "role",
        "workstream",
        "onsite",
        "device",
        "from",
        "until",
        "site",
        "calendar",
        "day",
        "account_team",
        "new_name",
        "new_email",
    ];
    let parts: Vec<_> = fields.pairs().filter_map(|(name, part)| Some((name, name.strip_prefix("part.")?, part))).collect();
    let known: Vec<_> = own.into_iter().chain(parts.iter().map(|(name, ..)| *name)).collect();
    fields.only(&known)?;
    if fields.given("person").is_some() && fields.given("new_email").is_some() {
        return Err(refused("person", t!("yours.choose_one")));
    }
    let person = fields
        .given("person")
        .or_else(|| fields.given("new_email").map(|_| NEW))
        .map(PersonId::from)
        .ok_or_else(|| refused("person", t!("register.choose_person")))?;
    let function = fields.parsed("function")?.ok_or_else(|| refused("function", t!("register.choose_function")))?;
    let days: Vec<_> = fields.all("day").map(ToOwned::to_owned).collect();
    let days = (!days.is_empty()).then(|| Weekdays::try_from(days)).transpose().map_err(|why| refused("days", why.to_string()))?;
    let mut member = Member {
        roles: fields.all("role").map(RoleId::from).collect(),
        workstreams: fields.all("workstream").map(WorkstreamId::from).collect(),
        site: fields.text("site").trim().to_owned(),
        calendar: fields.given("calendar").map(ToOwned::to_owned),
        days,
        account_team: fields.get("account_team") == "1",
        onsite: fields.get("onsite") == "1",
        device: fields.parsed("device")?,
        from: fields.date("from")?,
        until: fields.date("until")?,
        ..Member::new(person, function)
    };
    for (_, workstream, part) in parts.into_iter().filter(|(.., part)| !part.is_empty()) {
        let value = || part.chars().take(60).collect::<String>();
        member.take(workstream.into(), part.parse().map_err(|()| refused("parts", t!("form.unusable").with("value", value())))?);
    }
    Ok(SaveMember { member, seen: fields.given("seen").map(ToOwned::to_owned) })
}
