//! Links of an engagement: how people of the customer and of partners come in without an account.

use axum::{
    Json as Sent,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    engagement::list::show_engagement,
    rights::link::{Made, list_links, mail_link, make_link, revoke_link},
    store::View,
};
use tminus_domain::{
    ids::{EngagementId, LinkId, PersonId},
    rights::link::Link,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    checklist::out::NameOut,
    once::KeepInstead,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// A link, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = EngagementLink)]
struct LinkOut {
    id: String,
    /// Whom it was made for. Nobody else is meant, whoever holds it.
    person: NameOut,
    made_by: NameOut,
    made_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    /// When somebody last came in by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    /// Whether it works now.
    works: bool,
}

impl LinkOut {
    fn of(view: &View, link: Link, now: Timestamp) -> Self {
        let name = |id| NameOut::of(&view.engagement, id);
        let (person, made_by, works) = (name(&link.person), name(&link.made_by), link.is_live(now));
        let Link { id, made_at, expires_at, revoked_at, used_at, .. } = link;
        Self { id: id.0, person, made_by, made_at, expires_at, revoked_at, used_at, works }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = EngagementLinks)]
struct LinksOut {
    entries: Vec<LinkOut>,
}

/// Lists the links of an engagement, newest first
///
/// Without their secrets, and only for those who may invite people.
#[utoipa::path(get, path = "/engagements/{engagement}/links", operation_id = "list_links", tag = "members", responses((status = 200, description = "The newest thousand.", body = LinksOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<LinksOut>, Problem> {
    let links = list_links(&app, &actor, &engagement).await?;
    let view = show_engagement(&app, &actor, &engagement).await?;
    Ok(Sent(LinksOut { entries: links.into_iter().map(|link| LinkOut::of(&view, link, app.now())).collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeLink)]
struct LinkIn {
    /// Id of a member from outside the delivery side.
    #[schema(value_type = String)]
    person: PersonId,
    /// How many days it works; left out, 30.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 180)]
    days: Option<u32>,
    /// Mail it to them: then nobody else sees it, and the answer has no secret.
    #[serde(default)]
    mail: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MadeLink)]
struct MadeOut {
    #[serde(flatten)]
    link: LinkOut,
    /// Where it opens, below the address that people reach this Tminus at. Shown once; an answer that is repeated for an idempotency key
    /// has none, and neither has one whose link was mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// Makes a link for somebody from outside the delivery side
///
/// It opens this engagement as them, and nothing else. Of the links that they had, the newest few go on working.
#[utoipa::path(post, path = "/engagements/{engagement}/links", operation_id = "make_link", tag = "members", request_body = LinkIn, responses((status = 201, description = "The link, with where it opens.", body = MadeOut)))]
async fn make(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<LinkIn>,
) -> Result<Response, Problem> {
    let to = (&input.person, input.days);
    let (link, secret) = if input.mail {
        (mail_link(&app, &actor, &engagement, to).await?, None)
    } else {
        let Made { link, secret } = make_link(&app, &actor, &engagement, to).await?;
        (link, Some(secret))
    };
    let view = show_engagement(&app, &actor, &engagement).await?;
    let mut answer = MadeOut { link: LinkOut::of(&view, link, app.now()), path: None };
    // Secrets are never kept, not even for a repeated request.
    let kept = KeepInstead(serde_json::to_value(&answer).unwrap_or_default());
    answer.path = secret.map(|secret| format!("/l/{secret}"));
    let mut response = (StatusCode::CREATED, Sent(answer)).into_response();
    response.extensions_mut().insert(kept);
    Ok(response)
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    link: LinkId,
}

/// Revokes a link
///
/// It ends the visits that began with it.
#[utoipa::path(delete, path = "/engagements/{engagement}/links/{link}", operation_id = "revoke_link", tag = "members", responses((status = 204, description = "It opens nothing any more.")))]
async fn revoke(Caller(actor): Caller, State(app): State<App>, Named(place): Named<Place>) -> Result<StatusCode, Problem> {
    revoke_link(&app, &actor, &place.engagement, &place.link).await?;
    Ok(StatusCode::NO_CONTENT)
}
