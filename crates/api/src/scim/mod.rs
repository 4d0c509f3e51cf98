//! SCIM 2.0 (RFC 7643, RFC 7644): the directory of a company says who works here.
//!
//! Users only. A key with the scope `people` does no more than this door does.

mod describe;
mod filter;
mod patch;
mod refused;
mod user;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tminus_app::people::person::end_person;
use tminus_app::{
    App,
    people::provision::{MOST_LISTED, find_provisioned, list_provisioned, provision, provision_again, show_provisioned},
    rights::sign_in::caller_of_token,
};
use tminus_domain::{ids::PersonId, rights::Actor};

use crate::{caller::key, sent::MAX_JSON};
use refused::Refused;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// `/scim/v2` with everything below it.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/Users", get(list).post(create))
        .route("/Users/{id}", get(show).put(replace).patch(change).delete(end))
        .route("/ServiceProviderConfig", get(|| async { Scim(describe::config()) }))
        .route("/ResourceTypes", get(|| async { Scim(listed(&describe::resource_types())) }))
        .route("/ResourceTypes/User", get(|| async { Scim(describe::resource_types().remove(0)) }))
        .route("/Schemas", get(|| async { Scim(listed(&describe::schemas())) }))
        .route("/Schemas/{id}", get(schema))
        .fallback(|| async { Refused::not_found() })
        .method_not_allowed_fallback(|| async { Refused::new(StatusCode::METHOD_NOT_ALLOWED, None, "that is not done here") })
        .layer(DefaultBodyLimit::max(MAX_JSON))
        .with_state(app)
}

/// An answer as SCIM says it.
struct Scim(Value);

impl IntoResponse for Scim {
    fn into_response(self) -> Response {
        let mut response = self.0.to_string().into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
        response
    }
}

/// Whoever holds the key. First in each handler: who is not known learns nothing about what they sent.
struct Directory(Actor);

impl FromRequestParts<App> for Directory {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let key = key(&parts.headers).map_err(|_| Refused::signed_out())?;
        Ok(Self(caller_of_token(app, key).await?))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    filter: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
}

async fn list(Directory(actor): Directory, State(app): State<App>, Query(asked): Query<Asked>) -> Result<Scim, Refused> {
    let whole = |text: &Option<String>, otherwise: u64| match text.as_deref().map(str::parse::<i64>) {
        None => Ok(otherwise),
        // What is below the least counts as the least.
        Some(Ok(number)) => Ok(u64::try_from(number).unwrap_or_default()),
        Some(Err(_)) => Err(Refused::invalid("invalidValue", "startIndex and count are whole numbers")),
    };
    let (start, count) = (whole(&asked.start_index, 1)?.max(1), whole(&asked.count, MOST_LISTED)?.min(MOST_LISTED));
    let (total, found) = match asked.filter.as_deref() {
        None => list_provisioned(&app, &actor, start - 1, count).await?,
        Some(filter) => {
            let found: Vec<_> = find_provisioned(&app, &actor, &filter::by(filter)?).await?.into_iter().collect();
            let total = found.len() as u64;
            (total, if start > 1 || count == 0 { Vec::new() } else { found })
        }
    };
    let found: Vec<_> = found.iter().map(|it| asked.of(user::shown(it))).collect();
    Ok(Scim(json!({ "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": found.len(), "Resources": found })))
}

async fn show(
    Directory(actor): Directory,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Scim, Refused> {
    Ok(Scim(asked.of(user::shown(&show_provisioned(&app, &actor, &PersonId(id)).await?))))
}

async fn create(Directory(actor): Directory, State(app): State<App>, body: Bytes) -> Result<Response, Refused> {
    let wanted = user::wanted(&read(&body)?, None)?;
    let made = user::shown(&provision(&app, &actor, wanted).await?);
    let location = HeaderValue::from_str(made["meta"]["location"].as_str().unwrap_or_default());
    let mut response = (StatusCode::CREATED, Scim(made)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn replace(Directory(actor): Directory, State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Result<Scim, Refused> {
    let before = show_provisioned(&app, &actor, &PersonId(id)).await?;
    let wanted = user::wanted(&read(&body)?, Some(&before))?;
    Ok(Scim(user::shown(&provision_again(&app, &actor, &before.person.id, wanted).await?)))
}

async fn change(Directory(actor): Directory, State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Result<Scim, Refused> {
    let before = show_provisioned(&app, &actor, &PersonId(id)).await?;
    let Value::Object(mut user) = user::shown(&before) else { return Err(Refused::not_found()) };
    // What is still missing afterwards was not spoken of.
    user.retain(|name, _| !["displayName", "name"].contains(&name.as_str()));
    let emails = user.get("emails").cloned();
    patch::apply(&read(&body)?, &mut user)?;
    if user.get("emails") == emails.as_ref() {
        user.remove("emails");
    }
    let wanted = user::wanted(&user, Some(&before))?;
    Ok(Scim(user::shown(&provision_again(&app, &actor, &before.person.id, wanted).await?)))
}

/// Nothing is thrown away: whoever is deleted there is disabled here, and what they did stays.
async fn end(Directory(actor): Directory, State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    end_person(&app, &actor, &PersonId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn schema(Path(id): Path<String>) -> Result<Scim, Refused> {
    let found = describe::schemas().into_iter().find(|schema| schema["id"] == id.as_str());
    found.map(Scim).ok_or_else(Refused::not_found)
}

fn listed(all: &[Value]) -> Value {
    json!({ "schemas": [LIST], "totalResults": all.len(), "startIndex": 1, "itemsPerPage": all.len(), "Resources": all })
}

fn read(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refused::invalid("invalidSyntax", "send an object")),
        Err(error) => Err(Refused::invalid("invalidSyntax", format!("the body is no JSON: {error}"))),
    }
}

impl Asked {
    /// The attributes that were asked for; `id` and `schemas` always.
    fn of(&self, mut user: Value) -> Value {
        let names = |list: &str| -> Vec<String> {
            let top = |name: &str| name.rsplit(':').next().unwrap_or_default().split('.').next().unwrap_or_default().to_lowercase();
            list.split(',').map(|name| top(name.trim())).collect()
        };
        let Some(object) = user.as_object_mut() else { return user };
        if let Some(wanted) = self.attributes.as_deref().map(names) {
            object.retain(|name, _| ["id", "schemas"].contains(&name.as_str()) || wanted.contains(&name.to_lowercase()));
        } else if let Some(unwanted) = self.excluded_attributes.as_deref().map(names) {
            object.retain(|name, _| ["id", "schemas"].contains(&name.as_str()) || !unwanted.contains(&name.to_lowercase()));
        }
        user
    }
}
