//! The outbox: letters that wait, went out or did not.

use axum::{
    Json as Sent,
    extract::{OriginalUri, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    mail::{PAGE, list_letters, read_letter, send_again},
    store::mail::Kept,
};
use tminus_domain::{ids::LetterId, mail::Fate};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    problem::Problem,
    sent::{Asked, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(again))
}

/// A letter and what became of it, without what it says.
#[derive(Serialize, ToSchema)]
#[schema(as = Letter)]
struct LetterOut {
    id: String,
    /// What it is about: `link`, `code`, `digest`, `access`, `security`, `at_once`.
    kind: &'static str,
    person: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement: Option<String>,
    /// Name and address as of when it was written.
    name: String,
    address: String,
    written_at: Timestamp,
    /// `waiting`, `sent` or `given_up`.
    state: &'static str,
    /// When it is tried next, was sent, or was given up.
    at: Timestamp,
    /// Why it did not go out so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl From<Kept> for LetterOut {
    fn from(Kept { letter, fate }: Kept) -> Self {
        let (state, at, why) = match fate {
            Fate::Waiting { due_at, why, .. } => ("waiting", due_at, why),
            Fate::Sent { at } => ("sent", at, None),
            Fate::GivenUp { at, why } => ("given_up", at, Some(why)),
        };
        Self {
            kind: letter.message.kind(),
            id: letter.id.0,
            person: letter.person.0,
            engagement: letter.engagement.map(|id| id.0),
            name: letter.name,
            address: letter.address,
            written_at: letter.written_at,
            state,
            at,
            why,
        }
    }
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct LettersQuery {
    /// The cursor of a page's `next` link.
    after: Option<String>,
}

/// Lists the letters of the practice, newest first
///
/// For those who keep Tminus running. What letters open is never here.
#[utoipa::path(get, path = "/mail", operation_id = "list_letters", tag = "mail", params(LettersQuery), responses((status = 200, description = "A page of letters.", body = PageOut<LetterOut>)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<LettersQuery>,
) -> Result<PageOut<LetterOut>, Problem> {
    let after = query.after.as_deref().map(cursor::read::<1>).transpose()?.map(|[id]| LetterId(id));
    let letters: Vec<LetterOut> = list_letters(&app, &actor, after.as_ref()).await?.into_iter().map(Into::into).collect();
    // A full page may have another one behind it, which may be empty.
    let limit = if letters.len() as u64 == PAGE { PAGE - 1 } else { PAGE };
    Ok(PageOut::of(&uri, limit, letters, |letter: &LetterOut| vec![letter.id.clone()]))
}

#[derive(Serialize, ToSchema)]
#[schema(as = LetterRead)]
struct ReadOut {
    #[serde(flatten)]
    letter: LetterOut,
    /// What it says, as data: the words are found when it is sent. What it opens is there until then.
    #[schema(schema_with = crate::openapi::anything)]
    message: serde_json::Value,
}

/// Reads a letter
///
/// For administrators: a link that waits to be sent is in it.
#[utoipa::path(get, path = "/mail/{letter}", operation_id = "read_letter", tag = "mail", responses((status = 200, description = "The letter.", body = ReadOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<LetterId>) -> Result<Response, Problem> {
    let kept = read_letter(&app, &actor, &id).await?;
    let message = serde_json::to_value(&kept.letter.message).unwrap_or_default();
    let mut response = Sent(ReadOut { letter: kept.into(), message }).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Has a letter tried again at once
///
/// One that waits for its next try, or was given up. What was given up has forgotten what it opened: make a new link then.
#[utoipa::path(post, path = "/mail/{letter}/again", operation_id = "send_letter_again", tag = "mail", responses((status = 204, description = "It is tried again.")))]
async fn again(Caller(actor): Caller, State(app): State<App>, Named(id): Named<LetterId>) -> Result<StatusCode, Problem> {
    send_again(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
