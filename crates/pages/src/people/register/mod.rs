//! Who is on an engagement, for what, and which roles nobody fills.

mod form;
mod line;

pub(crate) use form::DAYS;

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    people::{
        colleague::{BringPerson, bring_person},
        member::{RemoveMember, list_members, list_unreached, remove_member, save_member},
    },
    rights::link::list_links,
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::{Role, Side},
    people::{Member, role_to_give},
    rights::{Function, Right},
};

use super::seats::{open_by_workstream, shortfalls};
use crate::{
    caller::{Caller, sentence},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::Fields,
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    words::Words,
};
use form::{DEVICES, Form, NEW, PARTS, Typed, filled, member, seen};
use line::{Line, line};

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
    sides: Vec<(Words, Vec<Line>)>,
    /// Where two people think that they lead: the workstream, the side, their names.
    doubled: Vec<(String, Words, String)>,
    /// Seats that nobody fills: how many, and of which workstream and side.
    open_seats: (usize, String),
    short: Vec<String>,
    /// Roles that own something and that nobody has.
    open_roles: Vec<&'a Role>,
    /// Members whose function means a role that nobody has.
    to_give: Vec<Giving>,
    form: Option<Form>,
    to_revoke: usize,
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

    fn open_seats(&self) -> usize {
        self.open_seats.0
    }

    fn people(&self) -> usize {
        self.sides.iter().map(|(_, lines)| lines.len()).sum()
    }

    fn columns(&self) -> usize {
        5 + self.desk.engagement().plan.setup.workstreams.len() + usize::from(self.edits())
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

fn doubled(desk: &Desk) -> Vec<(String, Words, String)> {
    let engagement = desk.engagement();
    let title = |id| engagement.plan.setup.workstream(id).map_or_else(String::new, |it| it.title.clone());
    let names = |leads: Vec<&PersonId>| leads.into_iter().map(|it| engagement.name(it)).collect::<Vec<_>>().join(", ");
    engagement.doubled_leads(desk.today).into_iter().map(|(id, of, leads)| (title(id), side(of).word(), names(leads))).collect()
}

/// How many seats are open, and where.
fn open_seats(desk: &Desk) -> (usize, String) {
    let groups = open_by_workstream(desk);
    let count = groups.iter().map(|(_, count)| count).sum();
    (count, groups.into_iter().map(|(title, count)| format!("{title}: {count}")).collect::<Vec<_>>().join("; "))
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

async fn page(caller: &Caller, id: &str, person: Option<&str>, typed: Option<Typed>) -> Result<Response, Failure> {
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
        Some(person) => Some(Form::of(caller, &desk, person, typed).await?),
        None => None,
    };
    let to_revoke = desk.to_revoke();
    let shell = desk.shell(caller, Tab::People);
    let sides = sides.into_iter().filter(|(_, lines): &(_, Vec<_>)| !lines.is_empty()).collect();
    Ok(caller.asked.show_as(
        status,
        &RegisterPage {
            shell,
            sides,
            doubled: doubled(&desk),
            open_seats: open_seats(&desk),
            short: shortfalls(&desk),
            open_roles: open_roles(&desk),
            to_give: to_give(&desk),
            form,
            to_revoke,
            desk: &desk,
        },
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

async fn save(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let saved = async {
        let mut saved = member(&fields)?;
        if saved.member.person.as_str() == NEW {
            let input = BringPerson {
                name: fields.text("new_name"),
                email: fields.text("new_email"),
                side: saved.member.side(),
                zone: Desk::open(&caller, engagement.as_str(), Right::EditMembers).await?.engagement().plan.setup.zone.clone(),
            };
            saved.member.person = bring_person(caller.app(), &caller.actor, &engagement, input).await?;
        }
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
        let desk = Desk::open(&caller, engagement.as_str(), Right::EditMembers).await?;
        let input = RemoveMember { person: PersonId(person), seen: fields.given("seen").map(ToOwned::to_owned) };
        let words = t!("register.removed").with("name", desk.engagement().name(&input.person));
        remove_member(caller.app(), &caller.actor, &engagement, input).await?;
        Ok(said::redirect(&format!("/engagements/{engagement}/people"), words, None))
    };
    let removed = removed.await;
    caller.answer(removed)
}
