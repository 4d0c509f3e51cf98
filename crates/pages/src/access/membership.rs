//! A list of who is really in it, held against who should be.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    access::{
        Access, list_access,
        membership::{compare_members, take_members},
    },
};
use tminus_domain::{
    access::membership::{Compared, Extra},
    ids::{EngagementId, PersonId, ResourceId},
    kit::access::Resource,
    rights::Right,
};

use super::mark;
use crate::{
    caller::{Caller, capital},
    engagement::desk::Desk,
    fields::Fields,
    mark::Mark,
    page::Page,
    said,
    shell::{Shell, Tab},
    typed::{Typed, was_read},
    when,
    words::Words,
};

#[derive(Template)]
#[template(path = "access/membership.html", blocks = ["inside"])]
struct MembershipPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    access: &'a Access,
    resource: &'a Resource,
    text: String,
    found: Option<Compared>,
    /// Who could not be taken over, and why.
    held: Vec<(String, String)>,
    why: String,
}

impl Page for MembershipPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// Who, what is known of them, and where that is.
type Line = (String, String, String);

impl MembershipPage<'_> {
    /// Whether taking the list over changes anything.
    fn has_news(&self) -> bool {
        let alerts = |extra: &Extra| extra.came_back || self.resource.internal;
        self.found.as_ref().is_some_and(|found| !found.news.is_empty() || found.extra.iter().any(alerts))
    }

    fn is_as_it_should_be(&self) -> bool {
        self.lists().is_empty()
    }

    /// The lists that have somebody in them, the worst first.
    fn lists(&self) -> Vec<(Words, Mark, Vec<Line>)> {
        let Some(found) = &self.found else { return Vec::new() };
        let of = |people: &[PersonId]| people.iter().map(|person| self.member(person)).collect::<Vec<_>>();
        let mut lists = vec![
            (t!("members.extra"), Mark::WRONG, found.extra.iter().map(|extra| self.extra(extra)).collect()),
            (t!("members.missing"), Mark::WARNING, of(&found.missing)),
            (t!("members.pending"), Mark::REQUESTED, of(&found.pending)),
            (t!("members.news"), Mark::GRANTED, of(&found.news)),
        ];
        lists.retain(|(_, _, lines): &(Words, Mark, Vec<Line>)| !lines.is_empty());
        lists
    }

    fn extra(&self, extra: &Extra) -> Line {
        match &extra.person {
            None => (extra.said.clone(), t!("members.nobody").text().to_owned(), String::new()),
            Some(person) => {
                let told = if extra.came_back { t!("members.back") } else { t!("members.not_needed") };
                (self.access.engagement.name(person).to_owned(), told.text().to_owned(), self.cell(person))
            }
        }
    }

    fn member(&self, person: &PersonId) -> Line {
        let grant = self.access.engagement.grant(person, &self.resource.id);
        let told = grant.map(|grant| {
            let day = when::short_day(self.desk.sheet.days.day(grant.since));
            t!("members.since").with("step", mark(grant, self.access.today).word).with("day", day).to_string()
        });
        (self.access.engagement.name(person).to_owned(), told.unwrap_or_default(), self.cell(person))
    }

    fn cell(&self, person: &PersonId) -> String {
        format!("/engagements/{}/access?person={person}&resource={}", self.desk.id(), self.resource.id)
    }
}

#[derive(Default)]
struct Tried {
    text: String,
    found: Option<Compared>,
    held: Vec<(PersonId, String)>,
    why: String,
}

async fn page(caller: &Caller, (id, resource): (&str, &ResourceId), tried: Tried) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::MoveAccess).await?;
    let access = list_access(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let resource = access.engagement.resource(resource).ok_or(Failure::NotFound)?;
    let Tried { text, found, held, why } = tried;
    let wrong = !why.is_empty();
    let held = held.into_iter().map(|(person, why)| (access.engagement.name(&person).to_owned(), capital(&why))).collect();
    let title = t!("members.title").with("resource", &resource.title).to_string();
    let shell = Shell { title, ..desk.shell(caller, Tab::People) };
    let page = MembershipPage { shell, resource, text, found, held, why, access: &access, desk: &desk };
    Ok(if wrong { caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page) } else { caller.show(&page) })
}

pub(super) async fn show(caller: Caller, Path((id, resource)): Path<(String, String)>) -> Response {
    let shown = page(&caller, (&id, &ResourceId(resource)), Tried::default()).await;
    caller.answer(shown)
}

pub(super) async fn compare(caller: Caller, Path((id, resource)): Path<(String, String)>, Typed(fields): Typed) -> Response {
    let (engagement, resource) = (EngagementId(id), ResourceId(resource));
    let text = fields.get("table").to_owned();
    let compared = compared(&caller, (&engagement, &resource), &fields).await;
    match compared {
        Err(Failure::Refused(Refusal::Field { why, .. })) => {
            let shown = page(&caller, (engagement.as_str(), &resource), Tried { text, why: capital(&why), ..Tried::default() }).await;
            caller.answer(shown)
        }
        answer => caller.answer(answer),
    }
}

async fn compared(caller: &Caller, (engagement, resource): (&EngagementId, &ResourceId), fields: &Fields) -> Result<Response, Failure> {
    fields.only(&["table", "table.unread", "do"])?;
    was_read(fields, "table")?;
    let text = fields.get("table").to_owned();
    let mut held = Vec::new();
    if fields.get("do") == "take" {
        let taken = take_members(caller.app(), &caller.actor, engagement, (resource, text.as_bytes())).await?;
        if taken.held.is_empty() {
            let back = taken.compared.extra.iter().filter(|extra| extra.came_back).count();
            let words = t!("members.done.one").or_many(t!("members.done.many"), taken.compared.news.len() + back);
            let undo = taken.undo.map(|number| crate::checklist::act::undo_of(engagement, number));
            return Ok(said::redirect(&format!("/engagements/{engagement}/access/resources/{resource}"), words, undo.as_deref()));
        }
        held.clone_from(&taken.held);
    }
    let found = compare_members(caller.app(), &caller.actor, engagement, (resource, text.as_bytes())).await?;
    page(caller, (engagement.as_str(), resource), Tried { text, found: Some(found), held, why: String::new() }).await
}
