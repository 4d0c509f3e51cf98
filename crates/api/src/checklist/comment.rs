//! Talking about an item.

use axum::{Json as Sent, extract::State, http::StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    checklist::comment::{AddComment, add_comment, list_comments},
    engagement::list::show_engagement,
    store::{View, checklist::comment::Comment},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Place, out::NameOut};
use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Comment)]
struct CommentOut {
    id: String,
    by: NameOut,
    at: Timestamp,
    internal: bool,
    /// As it was typed.
    text: String,
}

impl CommentOut {
    fn of(view: &View, comment: Comment) -> Self {
        let by = NameOut::of(&view.engagement, &comment.by);
        Self { id: comment.id.0, by, at: comment.at, internal: comment.internal, text: comment.body }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Comments)]
struct CommentsOut {
    entries: Vec<CommentOut>,
}

/// Lists what was said about an item, oldest first
#[utoipa::path(get, path = "/engagements/{engagement}/items/{item}/comments", operation_id = "list_comments", tag = "items", responses((status = 200, description = "All comments that the caller may read.", body = CommentsOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(place): Named<Place>) -> Result<Sent<CommentsOut>, Problem> {
    let comments = list_comments(&app, &actor, &place.engagement, &place.item).await?;
    let view = show_engagement(&app, &actor, &place.engagement).await?;
    Ok(Sent(CommentsOut { entries: comments.into_iter().map(|comment| CommentOut::of(&view, comment)).collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddComment)]
struct CommentIn {
    text: String,
    /// Only for the delivery side.
    #[serde(default)]
    internal: bool,
}

/// Says something about an item
#[utoipa::path(post, path = "/engagements/{engagement}/items/{item}/comments", operation_id = "add_comment", tag = "items", request_body = CommentIn, responses((status = 201, description = "The comment.", body = CommentOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    Json(input): Json<CommentIn>,
) -> Result<(StatusCode, Sent<CommentOut>), Problem> {
    let input = AddComment { item: place.item.clone(), text: input.text, internal: input.internal };
    let comment = add_comment(&app, &actor, &place.engagement, input).await?;
    let view = show_engagement(&app, &actor, &place.engagement).await?;
    Ok((StatusCode::CREATED, Sent(CommentOut::of(&view, comment))))
}
