//! The other addresses of a person, below their details.

use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    people::{
        address::{SaveAddresses, list_addresses, save_addresses},
        edition,
        person::show_person,
    },
};
use tminus_domain::{ids::PersonId, rights::Right};

use super::practice::{Form, details, person_page};
use crate::{
    caller::{Caller, capital},
    fields::Fields,
    said,
};

/// The addresses as the form holds them: one a line.
pub(super) struct Others {
    pub(super) lines: String,
    pub(super) seen: String,
    /// Why they were refused.
    pub(super) why: String,
}

impl Others {
    pub(super) async fn of(caller: &Caller, person: &PersonId) -> Result<Self, Failure> {
        let addresses = list_addresses(caller.app(), &caller.actor, person).await?;
        Ok(Self { lines: addresses.join("\n"), seen: edition(&addresses), why: String::new() })
    }
}

pub(super) async fn save(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let id = PersonId(id);
    let saved = async {
        caller.practice(Right::EditPeople)?;
        let person = show_person(caller.app(), &caller.actor, &id).await?;
        fields.only(&["seen", "addresses"])?;
        let addresses = fields.text("addresses").split(['\n', ',', ';']).map(str::to_owned).collect();
        let input = SaveAddresses { person: id.clone(), addresses, seen: fields.given("seen").map(ToOwned::to_owned) };
        let (status, seen, why) = match save_addresses(caller.app(), &caller.actor, input).await {
            Ok(_) => return Ok(said::redirect(&format!("/people/{id}"), t!("address.saved").with("name", &person.name), None)),
            Err(Failure::Refused(Refusal::Field { why, .. })) => {
                (StatusCode::UNPROCESSABLE_ENTITY, fields.get("seen").to_owned(), capital(&why))
            }
            Err(Failure::Conflict(_)) => {
                let now = Others::of(&caller, &id).await?;
                let why = t!("address.conflict").with("now", now.lines.replace('\n', ", ")).to_string();
                (StatusCode::CONFLICT, now.seen, why)
            }
            Err(failure) => return Err(failure),
        };
        let others = Others { lines: fields.text("addresses"), seen, why };
        let form = Form::new(details(&person));
        Ok(caller.asked.show_as(status, &person_page(&caller, person, form, Some(others)).await?))
    };
    let saved = saved.await;
    caller.answer(saved)
}
