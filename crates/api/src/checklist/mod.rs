//! The checklist: items, their work, their evidence, what is said about them.

mod arrange;
mod comment;
mod evidence;
mod hand_over;
mod list;
pub(crate) mod out;
mod saved;
mod status;
mod table;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use tminus_app::{
    App, Failure,
    checklist::{Done, Seen},
    engagement::list::show_engagement,
    store::View,
};
use tminus_domain::{
    checklist::item::Item,
    ids::{EngagementId, ItemId},
    rights::Actor,
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    edition::{self, IfMatch},
    problem::Problem,
};
use out::ItemOut;

pub(crate) fn routes() -> OpenApiRouter<App> {
    list::routes()
        .merge(status::routes())
        .merge(hand_over::routes())
        .merge(evidence::routes())
        .merge(comment::routes())
        .merge(arrange::routes())
        .merge(saved::routes())
        .merge(table::routes())
}

/// Which item, in the path.
#[derive(Deserialize)]
pub(crate) struct Place {
    engagement: EngagementId,
    item: ItemId,
}

impl Place {
    fn seen(&self, asked: &IfMatch) -> Seen {
        Seen { item: self.item.clone(), version: asked.version() }
    }
}

fn today(app: &App, view: &View) -> Date {
    app.today(&view.engagement.plan.setup.zone)
}

fn item_tag(view: &View, item: &Item, today: Date) -> String {
    edition::tag(item.version.into(), view.engagement.revision, today)
}

/// The item as it stands now, as far as the caller may see it.
async fn send_item(app: &App, actor: &Actor, place: &Place, (headers, status): (&HeaderMap, StatusCode)) -> Result<Response, Problem> {
    let view = show_engagement(app, actor, &place.engagement).await?;
    let item = view.engagement.item(&place.item).ok_or(Failure::NotFound)?;
    let today = today(app, &view);
    Ok(edition::send(headers, &item_tag(&view, item, today), status, axum::Json(ItemOut::of(&view, item, today))))
}

/// The answer to a change of an item: the item after it, or why there was none.
async fn answer(
    app: &App,
    actor: &Actor,
    (place, asked): (&Place, &IfMatch),
    done: Result<Done<Item>, Failure>,
) -> Result<Response, Problem> {
    match done {
        Ok(_) => send_item(app, actor, place, (&HeaderMap::new(), StatusCode::OK)).await,
        Err(failure) => Err(refuse(app, actor, &place.engagement, (failure, asked.is_given())).await),
    }
}

/// The answer to a new item: the item, and where it is.
async fn answer_new(
    app: &App,
    actor: &Actor,
    (engagement, asked): (&EngagementId, &IfMatch),
    done: Result<Done<Item>, Failure>,
) -> Result<Response, Problem> {
    let item = match done {
        Ok(item) => item.into_inner().id,
        Err(failure) => return Err(refuse(app, actor, engagement, (failure, asked.is_given())).await),
    };
    let location = format!("/api/v1/engagements/{engagement}/items/{item}");
    let place = Place { engagement: engagement.clone(), item };
    let mut response = send_item(app, actor, &place, (&HeaderMap::new(), StatusCode::CREATED)).await?;
    response.headers_mut().extend(HeaderValue::try_from(location).ok().map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Why a change did not happen. Where somebody else was first, with the item as it stands now.
async fn refuse(app: &App, actor: &Actor, engagement: &EngagementId, (failure, conditional): (Failure, bool)) -> Problem {
    let Failure::Conflict(item) = failure else { return failure.into() };
    let detail = "somebody else changed it since you looked; nothing of yours was saved. Look at it as it stands now, then try again";
    let problem = Problem::new(if conditional { StatusCode::PRECONDITION_FAILED } else { StatusCode::CONFLICT }, detail);
    let Some(item) = item else { return problem };
    match show_engagement(app, actor, engagement).await {
        Ok(view) => match view.engagement.item(&item.id) {
            Some(item) => problem.current(&ItemOut::of(&view, item, today(app, &view))),
            None => problem,
        },
        Err(failure) => failure.into(),
    }
}
