//! Who the caller is, and their keys.

mod link;

use axum::{
    Json as Sent,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    engagement::list::list_my_items,
    people::person::show_person,
    rights::token::{CreateToken, create_token, list_tokens, revoke_token},
    store::{View, rights::Token},
};
use tminus_domain::{
    access::turn::Waiting,
    ids::{EngagementId, TokenId},
    rights::{Pass, PassKind},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    checklist::out::ItemOut,
    once::KeepInstead,
    people::person::PersonOut,
    problem::{FlawOut, Problem},
    sent::{Json, Named},
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(my_items))
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .merge(link::routes())
}

/// Says who the caller is
#[utoipa::path(get, path = "/me", operation_id = "show_me", tag = "me", responses((status = 200, description = "The caller.", body = PersonOut)))]
async fn me(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<PersonOut>, Problem> {
    Ok(Sent(show_person(&app, &actor, &actor.person).await?.into()))
}

/// The caller's open items, the most urgent engagement first.
#[derive(Serialize, ToSchema)]
#[schema(as = MyItems)]
struct MyItemsOut {
    engagements: Vec<MineOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MyEngagementItems)]
struct MineOut {
    engagement: String,
    title: String,
    customer: String,
    /// The day it is where the engagement is at home.
    today: Date,
    /// What the caller owns, or what is about them.
    items: Vec<ItemOut>,
    /// What the other side submitted and the caller may accept.
    to_accept: Vec<ItemOut>,
    /// Access that waits for the caller. What an item of theirs says already is not among it.
    access: Vec<WaitingOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WaitingAccess)]
struct WaitingOut {
    #[schema(schema_with = crate::openapi::turn)]
    turn: &'static str,
    person: String,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
}

/// Lists the caller's open items across all engagements they are on
#[utoipa::path(get, path = "/me/items", operation_id = "list_my_items", tag = "me", responses((status = 200, description = "All of them.", body = MyItemsOut)))]
async fn my_items(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<MyItemsOut>, Problem> {
    let mine = list_my_items(&app, &actor).await?.into_iter().map(|mine| {
        let view = View { engagement: mine.engagement, scope: mine.scope };
        let all = |items: &[std::sync::Arc<_>]| items.iter().map(|item| ItemOut::of(&view, item, mine.today)).collect();
        let setup = &view.engagement.plan.setup;
        let waits =
            |(it, due): (Waiting, Option<Date>)| WaitingOut { turn: it.turn.as_str(), person: it.person.0, resource: it.resource.0, due };
        MineOut {
            access: mine.access.into_iter().map(waits).collect(),
            engagement: view.engagement.id.0.clone(),
            title: setup.title.clone(),
            customer: setup.customer.clone(),
            today: mine.today,
            items: all(&mine.items),
            to_accept: all(&mine.to_accept),
        }
    });
    Ok(Sent(MyItemsOut { engagements: mine.collect() }))
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenOut {
    id: String,
    title: String,
    created_at: Timestamp,
    /// Not there: it never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    revoked: bool,
    /// The most that it may do: read, work on items, look after people for a directory, or all that its person may.
    #[schema(schema_with = crate::openapi::scope)]
    scope: &'static str,
    /// The only engagement that it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<String>,
}

impl From<Token> for TokenOut {
    fn from(token: Token) -> Self {
        let Token { id, title, created_at, expires_at, revoked, pass, .. } = token;
        let scope = pass.kind.scope().unwrap_or_default();
        Self { id: id.0, title, created_at, expires_at, revoked, scope, engagement: pass.within.map(|id| id.0) }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
struct TokensOut {
    entries: Vec<TokenOut>,
}

/// Lists the caller's own keys, newest first
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "keys", responses((status = 200, description = "All of them.", body = TokensOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<TokensOut>, Problem> {
    Ok(Sent(TokensOut { entries: list_tokens(&app, &actor).await?.into_iter().map(Into::into).collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateToken)]
struct CreateIn {
    /// What it is for.
    title: String,
    /// Left out, it never expires.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u32>,
    /// The most that it may do. Left out: all that the caller may.
    #[serde(default)]
    #[schema(schema_with = crate::openapi::scope)]
    scope: Option<String>,
    /// The only engagement that it opens. Left out: all that are the caller's.
    #[serde(default)]
    engagement: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CreatedToken)]
struct CreatedOut {
    #[serde(flatten)]
    token: TokenOut,
    /// Shown once; an answer that is repeated for an idempotency key has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Makes a key that may do what the caller may do
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "keys", request_body = CreateIn, responses((status = 201, description = "The key with its secret.", body = CreatedOut)))]
async fn create(Caller(actor): Caller, State(app): State<App>, Json(input): Json<CreateIn>) -> Result<Response, Problem> {
    let CreateIn { title, days, scope, engagement } = input;
    let kind = match &scope {
        None => PassKind::Key,
        Some(word) => PassKind::of_scope(word).ok_or_else(|| {
            Problem::refused("the scope is not known").flaws(vec![FlawOut::of("scope", "give read, work, people or all")])
        })?,
    };
    let pass = Pass { kind, within: engagement.map(EngagementId) };
    let created = create_token(&app, &actor, CreateToken { title, days, pass }).await?;
    let mut answer = CreatedOut { token: created.token.into(), secret: None };
    // Secrets are never kept, not even for a repeated request.
    let kept = KeepInstead(serde_json::to_value(&answer).unwrap_or_default());
    answer.secret = Some(created.secret);
    let mut response = (StatusCode::CREATED, Sent(answer)).into_response();
    response.extensions_mut().insert(kept);
    Ok(response)
}

/// Ends a key
#[utoipa::path(delete, path = "/tokens/{token}", operation_id = "revoke_token", tag = "keys", responses((status = 204, description = "It ended.")))]
async fn revoke(Caller(actor): Caller, State(app): State<App>, Named(id): Named<TokenId>) -> Result<StatusCode, Problem> {
    revoke_token(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
