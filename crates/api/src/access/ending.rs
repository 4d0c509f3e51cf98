//! Everything that has to end, and ending it.

use axum::{Json as Sent, extract::State, http::StatusCode};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    access::{
        at_once::{EndAtOnce, end_at_once},
        ending::{Ending, end_key, list_ending},
        holding::{AddHolding, MoveHolding, add_holding, move_holding},
    },
};
use tminus_domain::{
    access::{
        Grant,
        holding::{Ask, Holding},
    },
    ids::{EngagementId, HoldingId, PersonId, TokenId},
    kit::{Side, access::ResourceKind},
    rights::Actor,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Asked, Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(at_once))
        .routes(routes!(add))
        .routes(routes!(go, leave_out))
        .routes(routes!(end))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EndingQuery {
    /// All there is at the end of the engagement, and not only what has to end now.
    #[serde(default)]
    all: bool,
    /// All of one person.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Ending)]
struct EndingOut {
    /// In the order in which to end them.
    grants: Vec<EndingGrantOut>,
    /// What the engagement has as a whole.
    holdings: Vec<HoldingOut>,
    links: Vec<EndingLinkOut>,
    keys: Vec<EndingKeyOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EndingGrant)]
struct EndingGrantOut {
    person: String,
    name: String,
    resource: String,
    #[schema(schema_with = crate::openapi::step)]
    step: &'static str,
    /// By when it has to be gone. Left out, it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// All of this person's ends at once.
    at_once: bool,
    version: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Holding)]
struct HoldingOut {
    id: String,
    title: String,
    #[schema(schema_with = crate::openapi::resource_kind)]
    kind: &'static str,
    /// Who closes it.
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    internal: bool,
    /// Somebody added it; else a kit names it.
    by_hand: bool,
    /// By when it has to be closed. Left out, the end of the engagement has no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// When somebody said that it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    /// What shows that it is closed.
    note: String,
    /// Until when somebody answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_until: Option<Date>,
    version: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EndingLink)]
struct EndingLinkOut {
    id: String,
    person: String,
    expires_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EndingKey)]
struct EndingKeyOut {
    id: String,
    person: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

impl HoldingOut {
    fn of(due: Option<Date>, it: &Holding) -> Self {
        Self {
            id: it.id.to_string(),
            title: it.title.clone(),
            kind: it.kind.as_str(),
            side: it.side.as_str(),
            owner: it.owner.as_ref().map(ToString::to_string),
            internal: it.internal,
            by_hand: it.by_hand,
            due,
            closed_at: it.closed.as_ref().map(|closed| closed.mark.at),
            note: it.closed.as_ref().map(|closed| closed.note.clone()).unwrap_or_default(),
            carried_until: it.carried.as_ref().map(|carried| carried.until),
            version: it.version,
        }
    }
}

impl EndingOut {
    fn of(ending: &Ending, EndingQuery { all, person }: &EndingQuery) -> Self {
        let engagement = &ending.access.engagement;
        let grant = |(due, grant): (Option<Date>, &Grant)| EndingGrantOut {
            person: grant.person.to_string(),
            name: engagement.name(&grant.person).to_owned(),
            resource: grant.resource.to_string(),
            step: grant.step.as_str(),
            due,
            at_once: engagement.urgent(grant).is_some(),
            version: grant.version,
        };
        let of = |id: &PersonId| person.as_ref().map_or(*all, |person| person == id);
        let links = ending.links.iter().filter(|link| of(&link.person)).map(|link| EndingLinkOut {
            id: link.id.to_string(),
            person: link.person.to_string(),
            expires_at: link.expires_at,
        });
        let keys = ending.keys.iter().filter(|key| of(&key.person)).map(|key| EndingKeyOut {
            id: key.id.to_string(),
            person: key.person.to_string(),
            title: key.title.clone(),
            expires_at: key.expires_at,
        });
        let holdings = ending.holdings.iter().filter(|_| *all && person.is_none());
        Self {
            grants: ending.grants(*all, person.as_ref()).into_iter().map(grant).collect(),
            holdings: holdings.map(|it| HoldingOut::of(ending.due(it), it)).collect(),
            links: links.collect(),
            keys: keys.collect(),
        }
    }
}

/// Lists what has to end
///
/// What has to end now; all there is at the end of the engagement; or all of one person. Links are for those who invite people, keys for those who
/// edit members.
#[utoipa::path(get, path = "/engagements/{engagement}/ending", operation_id = "list_ending", tag = "access", params(EndingQuery), responses((status = 200, description = "Grants, what the engagement has as a whole, links and keys.", body = EndingOut)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Asked(query): Asked<EndingQuery>,
) -> Result<Sent<EndingOut>, Problem> {
    Ok(Sent(EndingOut::of(&list_ending(&app, &actor, &engagement).await?, &query)))
}

/// Whose access ends at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndAtOnce)]
struct AtOnceIn {
    #[schema(value_type = String)]
    person: PersonId,
    /// Only the delivery side reads it.
    reason: String,
}

/// Ends all access of somebody at once
///
/// All they have is to be taken away today; their links and keys end; those who have to see to it get a letter. Somebody who may edit members takes
/// them off the engagement with it.
#[utoipa::path(post, path = "/engagements/{engagement}/access/at-once", operation_id = "end_at_once", tag = "access", request_body = AtOnceIn, responses((status = 200, description = "What has to end of theirs.", body = EndingOut)))]
async fn at_once(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<AtOnceIn>,
) -> Result<Sent<EndingOut>, Problem> {
    let AtOnceIn { person, reason } = input;
    end_at_once(&app, &actor, &engagement, EndAtOnce { person: person.clone(), reason }).await?;
    let query = EndingQuery { all: false, person: Some(person) };
    Ok(Sent(EndingOut::of(&list_ending(&app, &actor, &engagement).await?, &query)))
}

/// A room, a list, or the like, that no kit names.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddHolding)]
struct HoldingIn {
    title: String,
    #[serde(default)]
    #[schema(schema_with = crate::openapi::resource_kind)]
    kind: ResourceKind,
    /// Who closes it.
    #[schema(schema_with = crate::openapi::side)]
    side: Side,
    /// Who sees to it: a member.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    owner: Option<PersonId>,
    #[serde(default)]
    internal: bool,
}

/// Adds something that has to be closed in the end
#[utoipa::path(post, path = "/engagements/{engagement}/holdings", operation_id = "add_holding", tag = "access", request_body = HoldingIn, responses((status = 201, description = "It is on the list.", body = HoldingOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<HoldingIn>,
) -> Result<(StatusCode, Sent<HoldingOut>), Problem> {
    let HoldingIn { title, kind, side, owner, internal } = input;
    let added = add_holding(&app, &actor, &engagement, AddHolding { title, kind, side, owner, internal }).await?;
    Ok((StatusCode::CREATED, Sent(shown(&app, &actor, &engagement, &added).await?)))
}

async fn shown(app: &App, actor: &Actor, engagement: &EngagementId, holding: &Holding) -> Result<HoldingOut, Problem> {
    Ok(HoldingOut::of(list_ending(app, actor, engagement).await?.due(holding), holding))
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    holding: HoldingId,
}

/// What becomes of it.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = MoveHolding)]
enum DoIn {
    /// It is closed. Another side than its own says what shows it, and in the note when and where.
    Close {
        #[serde(default)]
        note: String,
        /// `refused`, where it was tried, or the id of a member of its side who said so.
        #[serde(default)]
        shown: Option<String>,
        #[serde(default)]
        version: Option<u32>,
    },
    /// It is not closed after all.
    Open {
        note: String,
        #[serde(default)]
        version: Option<u32>,
    },
    /// Somebody answers for it until a day, also after the engagement.
    Carry {
        #[schema(value_type = String)]
        owner: PersonId,
        until: Date,
        #[serde(default)]
        version: Option<u32>,
    },
    /// Somebody sees to it; left out, its side does.
    Give {
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        owner: Option<PersonId>,
        #[serde(default)]
        version: Option<u32>,
    },
}

/// Closes something that the engagement has as a whole, or carries it over
#[utoipa::path(post, path = "/engagements/{engagement}/holdings/{holding}", operation_id = "move_holding", tag = "access", request_body = DoIn, responses((status = 200, description = "As it is now.", body = HoldingOut)))]
async fn go(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, holding }): Named<Place>,
    Json(input): Json<DoIn>,
) -> Result<Sent<HoldingOut>, Problem> {
    let (ask, version) = match input {
        DoIn::Close { note, shown, version } => (Ask::Close { note, shown: shown.as_deref().map(Into::into) }, version),
        DoIn::Open { note, version } => (Ask::Open { note }, version),
        DoIn::Carry { owner, until, version } => (Ask::Carry { owner, until }, version),
        DoIn::Give { owner, version } => (Ask::Give { owner }, version),
    };
    let moved = move_holding(&app, &actor, &engagement, MoveHolding { holding, ask, version }).await?;
    let moved = moved.ok_or(tminus_app::Failure::NotFound)?;
    Ok(Sent(shown(&app, &actor, &engagement, &moved).await?))
}

/// Leaves out what was added by hand
#[utoipa::path(delete, path = "/engagements/{engagement}/holdings/{holding}", operation_id = "leave_out_holding", tag = "access", responses((status = 204, description = "It is off the list.")))]
async fn leave_out(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(Place { engagement, holding }): Named<Place>,
) -> Result<StatusCode, Problem> {
    move_holding(&app, &actor, &engagement, MoveHolding { holding, ask: Ask::LeaveOut, version: None }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct KeyPlace {
    engagement: EngagementId,
    key: TokenId,
}

/// Ends a key that opens this engagement and nothing else
#[utoipa::path(delete, path = "/engagements/{engagement}/keys/{key}", operation_id = "end_key", tag = "access", responses((status = 204, description = "It does nothing any more.")))]
async fn end(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(KeyPlace { engagement, key }): Named<KeyPlace>,
) -> Result<StatusCode, Problem> {
    end_key(&app, &actor, &engagement, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
