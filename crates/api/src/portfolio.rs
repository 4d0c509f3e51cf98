//! Portfolios: sets of engagements with administrators of their own.

use axum::{
    Json as Sent,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::edition,
    portfolio::{SavePortfolio, add_portfolio, change_portfolio, count_portfolios, remove_portfolio, set_portfolio, show_portfolio},
    store::portfolio::Listed,
};
use tminus_domain::ids::{EngagementId, PersonId, PortfolioId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::{IfSame, etag},
    problem::Problem,
    sent::{Json, Named},
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(show, change, remove)).routes(routes!(put))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Portfolio)]
struct PortfolioOut {
    id: String,
    title: String,
    /// Ids of people.
    administrators: Vec<String>,
    engagements: u64,
    /// How many of them are open.
    open: u64,
}

impl From<Listed> for PortfolioOut {
    fn from(listed: Listed) -> Self {
        let Listed { portfolio, engagements, open } = listed;
        let administrators = portfolio.administrators.into_iter().map(|person| person.0).collect();
        Self { id: portfolio.id.0, title: portfolio.title, administrators, engagements, open }
    }
}

/// A portfolio as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavePortfolio)]
struct PortfolioIn {
    title: String,
    /// Ids of people of the delivery side: they do on each engagement of it what its engagement manager does.
    #[serde(default)]
    administrators: Vec<String>,
}

impl PortfolioIn {
    fn of(self, seen: Option<String>) -> SavePortfolio {
        SavePortfolio { title: self.title, administrators: self.administrators.into_iter().map(PersonId).collect(), seen }
    }
}

/// Lists the portfolios that the caller may see, by title
///
/// Those that they administer; all of them for whoever reads all engagements.
#[utoipa::path(get, path = "/portfolios", operation_id = "list_portfolios", tag = "portfolios", responses((status = 200, description = "The portfolios.", body = Vec<PortfolioOut>)))]
async fn list(Caller(actor): Caller, State(app): State<App>) -> Result<Sent<Vec<PortfolioOut>>, Problem> {
    Ok(Sent(count_portfolios(&app, &actor).await?.into_iter().map(Into::into).collect()))
}

/// Adds a portfolio
#[utoipa::path(post, path = "/portfolios", operation_id = "add_portfolio", tag = "portfolios", request_body = PortfolioIn, responses((status = 201, description = "The portfolio; `Location` is its path.", body = PortfolioOut)))]
async fn add(Caller(actor): Caller, State(app): State<App>, Json(input): Json<PortfolioIn>) -> Result<Response, Problem> {
    let portfolio = add_portfolio(&app, &actor, input.of(None)).await?;
    let location = HeaderValue::try_from(format!("/api/v1/portfolios/{}", portfolio.id)).ok();
    let mut response = send(StatusCode::CREATED, Listed { portfolio, engagements: 0, open: 0 });
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Shows a portfolio
#[utoipa::path(get, path = "/portfolios/{portfolio}", operation_id = "show_portfolio", tag = "portfolios", responses((status = 200, description = "The portfolio; `ETag` is its edition.", body = PortfolioOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PortfolioId>) -> Result<Response, Problem> {
    Ok(send(StatusCode::OK, show_portfolio(&app, &actor, &id).await?))
}

fn send(status: StatusCode, listed: Listed) -> Response {
    let etag = etag(&edition(&listed.portfolio));
    let mut response = (status, Sent(PortfolioOut::from(listed))).into_response();
    response.headers_mut().extend(etag.map(|etag| (header::ETAG, etag)));
    response
}

/// Changes a portfolio's title and administrators
///
/// It holds for all its engagements at once.
#[utoipa::path(put, path = "/portfolios/{portfolio}", operation_id = "change_portfolio", tag = "portfolios", params(IfSame), request_body = PortfolioIn, responses((status = 200, description = "The portfolio after it; `ETag` is its edition.", body = PortfolioOut)))]
async fn change(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<PortfolioId>,
    asked: IfSame,
    Json(input): Json<PortfolioIn>,
) -> Result<Response, Problem> {
    change_portfolio(&app, &actor, &id, input.of(asked.seen())).await.map_err(|failure| asked.refuse(failure))?;
    Ok(send(StatusCode::OK, show_portfolio(&app, &actor, &id).await?))
}

/// Removes a portfolio that has no engagements
#[utoipa::path(delete, path = "/portfolios/{portfolio}", operation_id = "remove_portfolio", tag = "portfolios", responses((status = 204, description = "It is removed.")))]
async fn remove(Caller(actor): Caller, State(app): State<App>, Named(id): Named<PortfolioId>) -> Result<StatusCode, Problem> {
    remove_portfolio(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where an engagement belongs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetPortfolio)]
struct PutIn {
    /// The id of a portfolio that the caller administers; `null` takes it out of the one that it is in.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    portfolio: Option<String>,
}

/// Puts an engagement into a portfolio, or takes it out
///
/// Whoever does it may edit the engagement, and administers both portfolios.
#[utoipa::path(put, path = "/engagements/{engagement}/portfolio", operation_id = "set_portfolio", tag = "portfolios", request_body = PutIn, responses((status = 204, description = "It is there.")))]
async fn put(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<PutIn>,
) -> Result<StatusCode, Problem> {
    set_portfolio(&app, &actor, &id, input.portfolio.map(PortfolioId).as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
