//! The practice's people.

use axum::{
    Json as Sent,
    extract::{OriginalUri, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::{
        address::{SaveAddresses, list_addresses, save_addresses},
        edition,
        erase::erase_person,
        person::{
            AddPerson, ChangePerson, add_person, change_own_password, change_person, end_person, list_people, show_person, take_back_person,
        },
    },
};
use tminus_domain::{ids::PersonId, kit::Side, people::Person, rights::PracticeRole};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    edition::{IfSame, etag},
    problem::Problem,
    sent::{Asked, Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change, end))
        .routes(routes!(change_password))
        .routes(routes!(addresses, save))
        .routes(routes!(take_back))
        .routes(routes!(erase))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonOut {
    id: String,
    name: String,
    email: String,
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    /// An IANA time zone.
    zone: String,
    #[schema(schema_with = crate::openapi::practice_role)]
    practice: &'static str,
}

impl From<Person> for PersonOut {
    fn from(person: Person) -> Self {
        let Person { id, name, email, side, zone, practice } = person;
        Self { id: id.0, name, email, side: side.as_str(), zone, practice: practice.as_str() }
    }
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct PeopleQuery {
    /// The cursor of a page's `next` link.
    after: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// Lists the practice's people, by name
#[utoipa::path(get, path = "/people", operation_id = "list_people", tag = "people", params(PeopleQuery), responses((status = 200, description = "A page of people.", body = PageOut<PersonOut>)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<PeopleQuery>,
) -> Result<PageOut<PersonOut>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let after = query.after.as_deref().map(cursor::read::<2>).transpose()?.map(|[name, id]| (name, PersonId(id)));
    let people = list_people(&app, &actor, after.as_ref(), limit + 1).await?.into_iter().map(Into::into).collect();
    Ok(PageOut::of(&uri, limit, people, |person: &PersonOut| vec![person.name.clone(), person.id.clone()]))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddPerson)]
struct AddIn {
    name: String,
    email: String,
    #[schema(schema_with = crate::openapi::side)]
    side: Side,
    /// An IANA time zone.
    zone: String,
    /// People outside the delivery side have none.
    #[serde(default = "no_role")]
    #[schema(schema_with = crate::openapi::practice_role)]
    practice: PracticeRole,
    /// Without one they cannot sign in yet.
    #[serde(default)]
    #[schema(write_only)]
    password: Option<String>,
}

fn no_role() -> PracticeRole {
    PracticeRole::None
}

/// Adds a person to the practice
#[utoipa::path(post, path = "/people", operation_id = "add_person", tag = "people", request_body = AddIn, responses((status = 201, description = "The person; `Location` is their path.", body = PersonOut)))]
async fn add(Caller(actor): Caller, State(app): State<App>, Json(input): Json<AddIn>) -> Result<Response, Problem> {
    let AddIn { name, email, side, zone, practice, password } = input;
    let person = add_person(&app, &actor, AddPerson { name, email, side, zone, practice, password }).await?;
    let location = HeaderValue::try_from(format!("/api/v1/people/{}", person.id)).ok();
    let mut response = send(StatusCode::CREATED, person);
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Shows a person; everybody may see themselves
#[utoipa::path(get, path = "/people/{person}", operation_id = "show_person", tag = "people", responses((status = 200, description = "The person; `ETag` is their edition.", body = PersonOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PersonId>) -> Result<Response, Problem> {
    Ok(send(StatusCode::OK, show_person(&app, &actor, &id).await?))
}

/// A person with the tag that a change of them is guarded with.
fn send(status: StatusCode, person: Person) -> Response {
    let etag = etag(&edition(&person));
    let mut response = (status, Sent(PersonOut::from(person))).into_response();
    response.headers_mut().extend(etag.map(|etag| (header::ETAG, etag)));
    response
}

/// What to change. A field that is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePerson)]
struct ChangeIn {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    #[schema(schema_with = crate::openapi::side)]
    side: Option<Side>,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    #[schema(schema_with = crate::openapi::practice_role)]
    practice: Option<PracticeRole>,
    /// It ends their sessions.
    #[serde(default)]
    #[schema(write_only)]
    password: Option<String>,
}

/// Changes a person's details, or gives them a new password
#[utoipa::path(patch, path = "/people/{person}", operation_id = "change_person", tag = "people", params(IfSame), request_body = ChangeIn, responses((status = 200, description = "The person after it; `ETag` is their edition.", body = PersonOut)))]
async fn change(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(person): Named<PersonId>,
    asked: IfSame,
    Json(input): Json<ChangeIn>,
) -> Result<Response, Problem> {
    let ChangeIn { name, email, side, zone, practice, password } = input;
    let input = ChangePerson { person, name, email, side, zone, practice, password, seen: asked.seen() };
    let changed = change_person(&app, &actor, input).await.map_err(|failure| asked.refuse(failure))?;
    Ok(send(StatusCode::OK, changed))
}

/// The other addresses of a person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Addresses)]
struct AddressesIo {
    /// An alias, the address of before. By each they are known; letters and the password go with the one of their account.
    addresses: Vec<String>,
}

fn told(addresses: Vec<String>) -> Response {
    let etag = etag(&edition(&addresses));
    let mut response = Sent(AddressesIo { addresses }).into_response();
    response.headers_mut().extend(etag.map(|etag| (header::ETAG, etag)));
    response
}

/// Lists the other addresses of a person
#[utoipa::path(get, path = "/people/{person}/addresses", operation_id = "list_addresses", tag = "people", responses((status = 200, description = "Those besides the one of their account; `ETag` is their edition.", body = AddressesIo)))]
async fn addresses(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PersonId>) -> Result<Response, Problem> {
    Ok(told(list_addresses(&app, &actor, &id).await?))
}

/// Says by which other addresses a person is known
///
/// All of them are said again. Nobody else has one of them in any way.
#[utoipa::path(put, path = "/people/{person}/addresses", operation_id = "save_addresses", tag = "people", params(IfSame), request_body = AddressesIo, responses((status = 200, description = "As they are now; `ETag` is their edition.", body = AddressesIo)))]
async fn save(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(person): Named<PersonId>,
    asked: IfSame,
    Json(AddressesIo { addresses }): Json<AddressesIo>,
) -> Result<Response, Problem> {
    let input = SaveAddresses { person, addresses, seen: asked.seen() };
    Ok(told(save_addresses(&app, &actor, input).await.map_err(|failure| asked.refuse(failure))?))
}

/// Ends a person's access
///
/// Their sessions end and their keys are revoked; what they did stays. Nobody ends their own, nor that of the last administrator.
#[utoipa::path(delete, path = "/people/{person}", operation_id = "end_person", tag = "people", responses((status = 204, description = "Nothing opens for them any more.")))]
async fn end(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PersonId>) -> Result<StatusCode, Problem> {
    end_person(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody in again whose access was ended
///
/// They sign in as before. Passkeys, keys, links and sessions of then stay ended.
#[utoipa::path(post, path = "/people/{person}/take-back", operation_id = "take_back_person", tag = "people", responses((status = 200, description = "The person.", body = PersonOut)))]
async fn take_back(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PersonId>) -> Result<Response, Problem> {
    let person = take_back_person(&app, &actor, &id).await?;
    Ok(send(StatusCode::OK, person))
}

/// Erases a person for good
///
/// Their access ends, and their name, address, comments, reasons and notes go everywhere; what was done stays, by “Erased person”. Nobody can
/// take it back. Refused while they are a member of an engagement that has not ended or have access that is not confirmed gone.
#[utoipa::path(post, path = "/people/{person}/erase", operation_id = "erase_person", tag = "people", responses((status = 204, description = "They are erased.")))]
async fn erase(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PersonId>) -> Result<StatusCode, Problem> {
    erase_person(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePassword)]
struct PasswordIn {
    #[schema(write_only)]
    old: String,
    /// At least 12 characters.
    #[schema(write_only)]
    new: String,
}

/// Gives the caller a new password
///
/// The old one is asked for: a key alone is not enough. It ends the caller's sessions; keys go on.
#[utoipa::path(put, path = "/me/password", operation_id = "change_own_password", tag = "me", request_body = PasswordIn, responses((status = 204, description = "The new password holds.")))]
async fn change_password(Caller(actor): Caller, State(app): State<App>, Json(input): Json<PasswordIn>) -> Result<StatusCode, Problem> {
    change_own_password(&app, &actor, &input.old, input.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
