//! The practice's people: who is there, and their details.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    people::{
        edition,
        person::{AddPerson, ChangePerson, add_person, change_person, end_person, list_ended, list_people, show_person, take_back_person},
    },
    rights::{
        factor::{end_factor_of, has_factor},
        passkey::{count_passkeys, end_passkeys_of},
    },
};
use tminus_domain::{
    ids::PersonId,
    kit::Side,
    people::Person,
    rights::{PracticeRole, Right},
};

use super::address::{self, Others};
use crate::{
    caller::{Caller, sentence},
    checklist::sheet::side,
    fields::{Fields, refused},
    mark::Face,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Link, Place, Shell},
    token::Pressed,
    words::Words,
};

/// Lines of one page.
const LINES: u64 = 100;

pub(super) fn routes(table: Table) -> Table {
    let (reads, edits) = (Needs::Practice(Right::ReadPeople), Needs::Practice(Right::EditPeople));
    table
        .get("/people", reads, show)
        .post("/people", edits, add)
        .get("/people/{person}", edits, edit)
        .post("/people/{person}", edits, change)
        .post("/people/{person}/addresses", edits, address::save)
        .post("/people/{person}/end", edits, end)
        .post("/people/{person}/second-factor/end", edits, end_factor)
        .post("/people/{person}/passkeys/end", edits, end_passkeys)
        .post("/people/{person}/take-back", edits, take_back)
}

#[derive(Template)]
#[template(path = "people/practice.html", blocks = ["inside"])]
struct PeoplePage {
    shell: Shell,
    people: Vec<(Person, Face, Words)>,
    first: bool,
    later: Option<String>,
    edits: bool,
    /// Who can be taken back.
    ended: Vec<Person>,
    form: Form,
}

#[derive(Template)]
#[template(path = "people/person.html", blocks = ["inside"])]
pub(super) struct PersonPage {
    shell: Shell,
    id: PersonId,
    /// Whether the reader may end their access: nobody ends their own.
    ends: bool,
    has_factor: bool,
    has_passkeys: bool,
    form: Form,
    others: Others,
}

/// A person's details as they were typed.
pub(super) struct Form {
    fields: Fields,
    /// The field that a refusal is about; empty if about none.
    field: &'static str,
    why: String,
}

impl Page for PeoplePage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl Page for PersonPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl Form {
    pub(super) fn new(fields: Fields) -> Self {
        Self { fields, field: "", why: String::new() }
    }

    fn refused(fields: Fields, refusal: &Refusal) -> Self {
        let field = match refusal {
            Refusal::Person(refused) => refused.field(),
            Refusal::Field { field, .. } => field,
            _ => "form",
        };
        Self { fields, field, why: sentence(refusal) }
    }

    /// Somebody else was first: what was typed is kept, and sent again it takes the place of what stands there now.
    fn outdated(mut fields: Fields, now: &Person) -> Self {
        fields.set("seen", &edition(now));
        Self { fields, field: "form", why: format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")) }
    }

    fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    fn error(&self, name: &str) -> &str {
        if self.field == name { &self.why } else { "" }
    }

    fn is_refused(&self) -> bool {
        !self.why.is_empty()
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    fn sides(&self) -> [(&'static str, Words); 3] {
        Side::ALL.map(|it| (it.as_str(), side(it).word()))
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    fn roles(&self) -> Vec<(&'static str, Words)> {
        PracticeRole::ALL.iter().map(|role| (role.as_str(), role_words(*role))).collect()
    }
}

pub(super) const fn role_words(role: PracticeRole) -> Words {
    match role {
        PracticeRole::Administrator => t!("practice.administrator"),
        PracticeRole::Lead => t!("practice.lead"),
        PracticeRole::Member => t!("practice.member"),
        PracticeRole::Operator => t!("practice.operator"),
        PracticeRole::None => t!("practice.none"),
    }
}

async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        let mut blank = Fields::default();
        for (name, value) in [("zone", caller.actor.zone.as_str()), ("side", "delivery"), ("practice", "member")] {
            blank.add(name, value);
        }
        let page = page(&caller, fields.given("after"), Form::new(blank)).await?;
        Ok(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn page(caller: &Caller, after: Option<&str>, form: Form) -> Result<PeoplePage, Failure> {
    let after = match after {
        None => None,
        Some(after) => {
            let (id, name) = after.split_once('~').ok_or_else(|| refused("after", t!("engagements.no_such_place")))?;
            Some((name.to_owned(), PersonId::from(id)))
        }
    };
    let mut people = list_people(caller.app(), &caller.actor, after.as_ref(), LINES + 1).await?;
    let more = people.len() as u64 > LINES;
    people.truncate(usize::try_from(LINES).unwrap_or(usize::MAX));
    let later = people
        .last()
        .filter(|_| more)
        .map(|last| format!("/people?after={}", crate::caller::escaped(&format!("{}~{}", last.id, last.name))));
    let edits = caller.actor.may(Right::EditPeople);
    let ended = if edits && after.is_none() { list_ended(caller.app(), &caller.actor).await? } else { Vec::new() };
    let line = |person: Person| (Face::new(&person.name, side(person.side)), role_words(person.practice), person);
    Ok(PeoplePage {
        shell: caller.shell(t!("rail.people"), Place::People),
        people: people.into_iter().map(line).map(|(face, role, person)| (person, face, role)).collect(),
        first: after.is_some(),
        later,
        edits,
        ended,
        form,
    })
}

async fn add(caller: Caller, fields: Fields) -> Response {
    let added = async {
        caller.practice(Right::EditPeople)?;
        let done = async {
            fields.only(&FIELDS)?;
            let (side, practice) = standing(&fields)?;
            let input = AddPerson {
                name: fields.text("name"),
                email: fields.text("email"),
                side,
                zone: fields.text("zone"),
                practice,
                password: fields.given("password").map(|_| fields.get("password").to_owned()),
            };
            add_person(caller.app(), &caller.actor, input).await
        };
        match done.await {
            Ok(person) => Ok(said::redirect("/people", t!("practice.added").with("name", &person.name), None)),
            Err(Failure::Refused(refusal)) => {
                let page = page(&caller, None, Form::refused(fields, &refusal)).await?;
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(failure) => Err(failure),
        }
    };
    let added = added.await;
    caller.answer(added)
}

const FIELDS: [&str; 6] = ["name", "email", "side", "zone", "practice", "password"];

fn standing(fields: &Fields) -> Result<(Side, PracticeRole), Failure> {
    let side = fields.get("side").parse().map_err(|()| refused("side", t!("practice.choose_side")))?;
    let practice = fields.get("practice").parse().map_err(|()| refused("practice", t!("practice.choose_role")))?;
    // The form says that others have none, and its field starts with a role.
    Ok((side, if side == Side::Delivery { practice } else { PracticeRole::None }))
}

async fn edit(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = async {
        caller.practice(Right::EditPeople)?;
        let person = show_person(caller.app(), &caller.actor, &PersonId(id)).await?;
        let fields = details(&person);
        Ok(caller.show(&person_page(&caller, person, Form::new(fields), None).await?))
    };
    let shown = shown.await;
    caller.answer(shown)
}

pub(super) fn details(person: &Person) -> Fields {
    let mut fields = Fields::default();
    let details = [
        ("name", person.name.as_str()),
        ("email", &person.email),
        ("side", person.side.as_str()),
        ("zone", &person.zone),
        ("practice", person.practice.as_str()),
    ];
    for (name, value) in details {
        fields.add(name, value);
    }
    fields.add("seen", &edition(person));
    fields
}

/// The page of a person; what of other addresses was refused stands there as it was typed.
pub(super) async fn person_page(caller: &Caller, person: Person, form: Form, tried: Option<Others>) -> Result<PersonPage, Failure> {
    let others = match tried {
        Some(others) => others,
        None => Others::of(caller, &person.id).await?,
    };
    let crumbs = vec![Link { words: t!("rail.people").into(), href: "/people".into() }];
    let ends = person.id != caller.actor.person;
    let has_factor = ends && has_factor(caller.app(), &caller.actor, &person.id).await?;
    let has_passkeys = ends && count_passkeys(caller.app(), &caller.actor, &person.id).await? > 0;
    Ok(PersonPage {
        shell: Shell { crumbs, ..caller.shell(person.name, Place::People) },
        id: person.id,
        ends,
        has_factor,
        has_passkeys,
        form,
        others,
    })
}

async fn change(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let changed = async {
        caller.practice(Right::EditPeople)?;
        let before = show_person(caller.app(), &caller.actor, &PersonId(id)).await?;
        let done = async {
            let known: Vec<_> = FIELDS.into_iter().chain(["seen"]).collect();
            fields.only(&known)?;
            let (side, practice) = standing(&fields)?;
            let input = ChangePerson {
                person: before.id.clone(),
                name: Some(fields.text("name")),
                email: Some(fields.text("email")),
                side: Some(side),
                zone: Some(fields.text("zone")),
                practice: Some(practice),
                password: fields.given("password").map(|_| fields.get("password").to_owned()),
                seen: fields.given("seen").map(ToOwned::to_owned),
            };
            change_person(caller.app(), &caller.actor, input).await
        };
        match done.await {
            Ok(person) => Ok(said::redirect("/people", t!("practice.changed").with("name", &person.name), None)),
            Err(Failure::Refused(refusal)) => {
                let page = person_page(&caller, before, Form::refused(fields, &refusal), None).await?;
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(Failure::Conflict(_)) => {
                let now = show_person(caller.app(), &caller.actor, &before.id).await?;
                let form = Form::outdated(fields, &now);
                Ok(caller.asked.show_as(StatusCode::CONFLICT, &person_page(&caller, now, form, None).await?))
            }
            Err(failure) => Err(failure),
        }
    };
    let changed = changed.await;
    caller.answer(changed)
}

async fn take_back(caller: Caller, Path(id): Path<String>, _: Pressed) -> Response {
    let back = take_back_person(caller.app(), &caller.actor, &PersonId(id)).await;
    caller.answer(back.map(|person| said::redirect("/people", t!("practice.back").with("name", &person.name), None)))
}

async fn end_passkeys(caller: Caller, Path(id): Path<String>, _: Pressed) -> Response {
    let ended = async {
        let person = show_person(caller.app(), &caller.actor, &PersonId(id)).await?;
        end_passkeys_of(caller.app(), &caller.actor, &person.id).await?;
        Ok(said::redirect(&format!("/people/{}", person.id), t!("practice.passkeys_ended").with("name", &person.name), None))
    };
    let ended = ended.await;
    caller.answer(ended)
}

async fn end_factor(caller: Caller, Path(id): Path<String>, _: Pressed) -> Response {
    let ended = async {
        let person = show_person(caller.app(), &caller.actor, &PersonId(id)).await?;
        end_factor_of(caller.app(), &caller.actor, &person.id).await?;
        Ok(said::redirect(&format!("/people/{}", person.id), t!("practice.factor_ended").with("name", &person.name), None))
    };
    let ended = ended.await;
    caller.answer(ended)
}

async fn end(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let ended = async {
        caller.practice(Right::EditPeople)?;
        fields.only(&[])?;
        let person = show_person(caller.app(), &caller.actor, &PersonId(id)).await?;
        match end_person(caller.app(), &caller.actor, &person.id).await {
            Ok(()) => Ok(said::redirect("/people", t!("practice.ended").with("name", &person.name), None)),
            Err(Failure::Refused(Refusal::Field { why, .. })) => {
                let form = Form { fields: details(&person), field: "form", why };
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &person_page(&caller, person, form, None).await?))
            }
            Err(failure) => Err(failure),
        }
    };
    let ended = ended.await;
    caller.answer(ended)
}
