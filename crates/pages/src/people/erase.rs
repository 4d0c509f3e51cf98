//! Erasing a person for good: what goes and what stays is said before it is done.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure,
    people::{
        erase::{erase_person, why_not_erased},
        person::show_person,
    },
};
use tminus_domain::{ids::PersonId, rights::Right};

use crate::{
    caller::{Caller, capital, sentence},
    fields::Fields,
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Link, Place, Shell},
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let edits = Needs::Practice(Right::EditPeople);
    table.get("/people/{person}/erase", edits, show).post("/people/{person}/erase", edits, erase)
}

#[derive(Template)]
#[template(path = "people/erase.html", blocks = ["inside"])]
struct ErasePage {
    shell: Shell,
    id: PersonId,
    name: String,
    email: String,
    /// Why it cannot be done now; empty if it can.
    why: String,
}

impl Page for ErasePage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl ErasePage {
    const GOES: [Words; 4] = [t!("erase.goes_person"), t!("erase.goes_ways"), t!("erase.goes_written"), t!("erase.goes_record")];
    const STAYS: [Words; 4] = [t!("erase.stays_done"), t!("erase.stays_files"), t!("erase.stays_chains"), t!("erase.stays_backups")];
}

async fn page(caller: &Caller, id: PersonId, refused: Option<String>) -> Result<Response, Failure> {
    let why = match &refused {
        Some(why) => Some(why.clone()),
        None => why_not_erased(caller.app(), &caller.actor, &id).await?.map(|why| capital(&why)),
    };
    let person = show_person(caller.app(), &caller.actor, &id).await?;
    let crumbs = vec![Link { words: t!("rail.people").into(), href: "/people".into() }];
    let title: String = t!("erase.title").with("name", &person.name).into();
    let shell = Shell { crumbs, ..caller.shell(title, Place::People) };
    let page = ErasePage { shell, id: person.id, name: person.name, email: person.email, why: why.unwrap_or_default() };
    Ok(if refused.is_some() { caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page) } else { caller.show(&page) })
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = async {
        caller.practice(Right::EditPeople)?;
        page(&caller, PersonId(id), None).await
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn erase(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let id = PersonId(id);
    let erased = async {
        caller.practice(Right::EditPeople)?;
        fields.only(&[])?;
        erase_person(caller.app(), &caller.actor, &id).await
    };
    let answered = match erased.await {
        Ok(()) => Ok(said::redirect("/people", t!("erase.is_done"), None)),
        Err(Failure::Refused(refusal)) => page(&caller, id, Some(sentence(&refusal))).await,
        Err(failure) => Err(failure),
    };
    caller.answer(answered)
}
