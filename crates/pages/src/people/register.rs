//! Who is on an engagement, for what, and which roles nobody fills.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    people::{
        ABSENT, edition,
        member::{RemoveMember, SaveMember, list_members, list_unreached, remove_member, save_member},
        person::list_people,
    },
    rights::link::list_links,
};
use tminus_domain::{
    ids::{EngagementId, PersonId, RoleId, WorkstreamId},
    kit::{Role, Side},
    people::{Member, Person, role_to_give},
    rights::{Function, PracticeRole, Right, link::Link},
};

use crate::{
    caller::{Caller, sentence},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::{Face, Mark},
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    when,
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let of = Needs::Engagement;
    table
        .get("/engagements/{engagement}/people", of(Right::ReadEngagement), show)
        .post("/engagements/{engagement}/people", of(Right::EditMembers), save)
        .post("/engagements/{engagement}/people/{person}/remove", of(Right::EditMembers), remove)
}

#[derive(Template)]
#[template(path = "people/register.html", blocks = ["inside"])]
struct RegisterPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    sides: Vec<(Words, Vec<Line<'a>>)>,
    /// Roles that own something and that nobody has.
    open_roles: Vec<&'a Role>,
    /// Members whose function means a role that nobody has.
    to_give: Vec<Giving>,
    form: Option<Form>,
    to_revoke: usize,
}

/// One person in the matrix.
struct Line<'a> {
    person: PersonId,
    face: Face,
    function: Words,
    roles: String,
    onsite: bool,
    zone: &'a str,
    now: String,
    /// By workstream: nothing, a member, a lead.
    letters: Vec<&'static str>,
    days: String,
    /// What the mail server said, where their newest letter did not arrive.
    unreached: Option<String>,
    /// Of whoever comes by link: what to say of it, and whether one works. For those who make links.
    link: Option<(String, bool)>,
}

/// A role to give, as the form that gives it.
struct Giving {
    name: String,
    function: Words,
    role: String,
    /// Open items that wait for somebody in it.
    waiting: usize,
    fields: Fields,
}

/// A member to add or to change.
struct Form {
    /// Empty where somebody new is to be chosen.
    person: String,
    name: String,
    choose: Vec<(String, String)>,
    functions: Vec<(&'static str, Words)>,
    roles: Vec<(String, String, bool)>,
    workstreams: Vec<(String, String, bool)>,
    fields: Fields,
    field: &'static str,
    why: String,
}

impl Page for RegisterPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl RegisterPage<'_> {
    fn edits(&self) -> bool {
        self.desk.may(Right::EditMembers)
    }

    fn people(&self) -> usize {
        self.sides.iter().map(|(_, lines)| lines.len()).sum()
    }

    fn columns(&self) -> usize {
        5 + self.desk.engagement().plan.setup.workstreams.len() + usize::from(self.edits())
    }
}

/// On whose device somebody works, as a choice.
const DEVICES: [(&str, Words); 4] = [
    ("", t!("register.device_same")),
    ("customer", t!("register.device_customer")),
    ("delivery", t!("register.device_delivery")),
    ("own", t!("register.device_own")),
];

impl Form {
    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }

    fn refusal(&self) -> &str {
        if ["function", "roles", "workstreams", "from", "until"].contains(&self.field) { "" } else { &self.why }
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name)
    }
}

pub(crate) const fn function_words(function: Function) -> Words {
    match function {
        Function::PracticeAdministrator => t!("function.practice_administrator"),
        Function::PortfolioAdministrator => t!("function.portfolio_administrator"),
        Function::PracticeLead => t!("function.practice_lead"),
        Function::EngagementManager => t!("function.engagement_manager"),
        Function::WorkstreamLead => t!("function.workstream_lead"),
        Function::DeliveryMember => t!("function.delivery_member"),
        Function::PartnerMember => t!("function.partner_member"),
        Function::CustomerManager => t!("function.customer_manager"),
        Function::CustomerMember => t!("function.customer_member"),
        Function::ExecutiveSponsor => t!("function.executive_sponsor"),
    }
}

fn line<'a>(
    caller: &Caller,
    desk: &'a Desk,
    (member, person): &'a (Member, Person),
    (links, unreached): (&[Link], &[(PersonId, String)]),
) -> Line<'a> {
    let engagement = desk.engagement();
    let title = |id: &RoleId| engagement.role(id).map_or_else(|| id.to_string(), |role| role.title.clone());
    let now = caller.app().now().to_zoned(jiff::tz::TimeZone::get(&person.zone).unwrap_or(jiff::tz::TimeZone::UTC));
    let letter = |id: &WorkstreamId| match (member.workstreams.contains(id), member.function) {
        (false, _) => "",
        (true, Function::WorkstreamLead) => "L",
        (true, Function::ExecutiveSponsor) => "S",
        (true, _) => "M",
    };
    let days = [member.from, member.until].map(|day| day.map(when::short_day).unwrap_or_default());
    let comes_by_link = desk.may(Right::InvitePeople) && member.side() != Side::Delivery && person.practice == PracticeRole::None;
    let until = links.iter().filter(|link| link.person == person.id && link.is_live(caller.app().now())).map(|link| link.expires_at).max();
    let link = match until {
        Some(until) => (t!("links.live").with("day", when::short_day(caller.local(until).date())).into(), true),
        None => (t!("links.missing").into(), false),
    };
    Line {
        unreached: unreached.iter().find(|(id, _)| id == &person.id).map(|(_, why)| why.clone()),
        person: person.id.clone(),
        face: Face::new(&person.name, side(member.side())),
        function: function_words(member.function),
        roles: member.roles.iter().map(title).collect::<Vec<_>>().join(", "),
        onsite: member.onsite,
        zone: person.zone.rsplit('/').next().unwrap_or(&person.zone),
        now: format!("{:02}:{:02}", now.hour(), now.minute()),
        letters: engagement.plan.setup.workstreams.iter().map(|it| letter(&it.id)).collect(),
        link: comes_by_link.then_some(link),
        days: if member.from.is_none() && member.until.is_none() { String::new() } else { days.join(" – ") },
    }
}

fn open_roles(desk: &Desk) -> Vec<&Role> {
    let engagement = desk.engagement();
    let held = |role: &Role| {
        engagement.members.iter().any(|member| member.roles.contains(&role.id) || (role.everyone && member.side() == role.side))
    };
    let owns = |role: &Role| engagement.listed().any(|item| item.is_open() && item.content.owners.contains(&role.id));
    engagement.plan.roles.iter().filter(|role| !held(role) && owns(role)).collect()
}

fn to_give(desk: &Desk) -> Vec<Giving> {
    let engagement = desk.engagement();
    let give = |member: &Member| {
        let role = role_to_give(member, &engagement.members, &engagement.plan.roles)?;
        let mut fields = filled(Some(member));
        fields.push("person".to_owned(), member.person.to_string());
        fields.push("role".to_owned(), role.id.to_string());
        Some(Giving {
            name: engagement.name(&member.person).to_owned(),
            function: function_words(member.function),
            role: role.title.clone(),
            waiting: engagement.listed().filter(|item| item.is_open() && item.content.owners.contains(&role.id)).count(),
            fields,
        })
    };
    if desk.may(Right::EditMembers) { engagement.members.iter().filter_map(give).collect() } else { Vec::new() }
}

/// What a form was made of, so that two who edit the same member notice it.
fn seen(member: Option<&Member>) -> String {
    member.map_or_else(|| ABSENT.to_owned(), edition)
}

/// The form as the member stands, or as it was typed.
fn filled(member: Option<&Member>) -> Fields {
    let mut fields = Fields::default();
    fields.push("seen".to_owned(), seen(member));
    let Some(member) = member else { return fields };
    let mut put = |name: &str, value: String| fields.push(name.to_owned(), value);
    put("function", member.function.as_str().to_owned());
    member.roles.iter().for_each(|role| put("role", role.to_string()));
    member.workstreams.iter().for_each(|workstream| put("workstream", workstream.to_string()));
    if member.onsite {
        put("onsite", "1".to_owned());
    }
    if let Some(device) = member.device {
        put("device", device.as_str().to_owned());
    }
    put("from", member.from.map(|day| day.to_string()).unwrap_or_default());
    put("until", member.until.map(|day| day.to_string()).unwrap_or_default());
    fields
}

async fn form(caller: &Caller, desk: &Desk, person: &str, typed: Option<(Fields, &'static str, String)>) -> Result<Form, Failure> {
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
    let plan = &engagement.plan;
    Ok(Form {
        person: member.map(|member| member.person.to_string()).unwrap_or_default(),
        name: member.map(|member| engagement.name(&member.person).to_owned()).unwrap_or_default(),
        functions: functions.map(|function| (function.as_str(), function_words(*function))).collect(),
        roles: plan.roles.iter().map(|it| (it.id.to_string(), it.title.clone(), chosen("role", it.id.as_str()))).collect(),
        workstreams: plan
            .setup
            .workstreams
            .iter()
            .map(|it| (it.id.to_string(), it.title.clone(), chosen("workstream", it.id.as_str())))
            .collect(),
        choose,
        fields,
        field,
        why,
    })
}

async fn page(caller: &Caller, id: &str, person: Option<&str>, typed: Option<(Fields, &'static str, String)>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let members = list_members(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let links =
        if desk.may(Right::InvitePeople) { list_links(caller.app(), &caller.actor, &desk.view.engagement.id).await? } else { Vec::new() };
    let invites = desk.may(Right::InvitePeople);
    let unreached = if invites { list_unreached(caller.app(), &caller.actor, &desk.view.engagement.id).await? } else { Vec::new() };
    let of = |wanted: Side| {
        members
            .iter()
            .filter(|(member, _)| member.side() == wanted)
            .map(|member| line(caller, &desk, member, (&links, &unreached)))
            .collect()
    };
    let sides = [Side::Customer, Side::Delivery, Side::Partner].map(|it| (side(it).word(), of(it)));
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = match person.filter(|_| desk.may(Right::EditMembers)) {
        Some(person) => Some(form(caller, &desk, person, typed).await?),
        None => None,
    };
    let to_revoke = desk.engagement().to_revoke(desk.today, false).count();
    let shell = desk.shell(caller, Tab::People);
    let sides = sides.into_iter().filter(|(_, lines): &(_, Vec<_>)| !lines.is_empty()).collect();
    Ok(caller.asked.show_as(
        status,
        &RegisterPage { shell, sides, open_roles: open_roles(&desk), to_give: to_give(&desk), form, to_revoke, desk: &desk },
    ))
}

async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let query = Fields::parse(query.unwrap_or_default().as_bytes());
        query.only(&["edit"])?;
        page(&caller, &id, query.given("edit"), None).await
    };
    caller.answer(shown.await)
}

fn member(fields: &Fields) -> Result<SaveMember, Failure> {
    fields.only(&["person", "seen", "function", "role", "workstream", "onsite", "device", "from", "until"])?;
    let member = Member {
        person: fields.given("person").map(PersonId::from).ok_or_else(|| refused("person", t!("register.choose_person")))?,
        function: fields.parsed("function")?.ok_or_else(|| refused("function", t!("register.choose_function")))?,
        roles: fields.all("role").map(RoleId::from).collect(),
        workstreams: fields.all("workstream").map(WorkstreamId::from).collect(),
        onsite: fields.get("onsite") == "1",
        device: fields.parsed("device")?,
        from: fields.date("from")?,
        until: fields.date("until")?,
    };
    Ok(SaveMember { member, seen: fields.given("seen").map(ToOwned::to_owned) })
}

async fn save(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let saved = async {
        let mut saved = member(&fields)?;
        let given = given(&caller, &engagement, &mut saved.member).await?;
        save_member(caller.app(), &caller.actor, &engagement, saved).await?;
        Ok(given)
    };
    match saved.await {
        Ok(words) => said::redirect(&format!("/engagements/{engagement}/people"), words, None),
        Err(Failure::Refused(refusal)) => {
            let field = if let Refusal::Field { field, .. } = &refusal { field } else { "" };
            let person = fields.get("person").to_owned();
            let typed = Some((fields, field, sentence(&refusal)));
            let shown = page(&caller, engagement.as_str(), Some(&person), typed).await;
            caller.answer(shown)
        }
        Err(Failure::Conflict(_)) => {
            let shown = outdated(&caller, engagement.as_str(), fields).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}

/// Whoever is given a function and no role is given the role that the function means, if nobody has it: that is said.
async fn given(caller: &Caller, engagement: &EngagementId, member: &mut Member) -> Result<String, Failure> {
    let desk = Desk::open(caller, engagement.as_str(), Right::EditMembers).await?;
    let engagement = desk.engagement();
    let known = engagement.member(&member.person).is_some_and(|before| before.function == member.function);
    let role = role_to_give(member, &engagement.members, &engagement.plan.roles).filter(|_| !known && member.roles.is_empty());
    let Some(role) = role else { return Ok(t!("register.saved").into()) };
    member.roles.push(role.id.clone());
    Ok(t!("register.saved_with").with("role", &role.title).into())
}

/// Somebody else was first: what was typed is kept, above what stands there now, and takes its place if it is sent again.
async fn outdated(caller: &Caller, id: &str, mut fields: Fields) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let person = fields.get("person").to_owned();
    let now = seen(desk.engagement().members.iter().find(|member| member.person.as_str() == person));
    fields.set("seen", &now);
    let why = format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept"));
    let mut response = page(caller, id, Some(&person), Some((fields, "", why))).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

async fn remove(caller: Caller, Path((id, person)): Path<(String, String)>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let removed = async {
        fields.only(&["seen"])?;
        let input = RemoveMember { person: PersonId(person), seen: fields.given("seen").map(ToOwned::to_owned) };
        remove_member(caller.app(), &caller.actor, &engagement, input).await
    };
    let removed = removed.await;
    caller.answer(removed.map(|()| said::redirect(&format!("/engagements/{engagement}/people"), t!("register.removed"), None)))
}
