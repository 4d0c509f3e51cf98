//! Engagements: opened, listed, planned anew, closed.

mod closing;
mod diff;
mod out;
mod plan;
mod preview;
mod reminders;
mod report;
mod retention;
mod setup;

use axum::{
    Json as Sent,
    extract::{OriginalUri, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    engagement::{
        list::{list_engagements, show_engagement},
        open::{OpenEngagement, open_engagement, preview},
    },
    store::{View, engagement::Page},
};
use tminus_domain::{
    engagement::gate::Progress,
    ids::{EngagementId, KitHash, PortfolioId},
    rights::Actor,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    cursor::{self, PageOut},
    edition::{self, IfNoneMatch},
    people::member::MemberIn,
    problem::Problem,
    sent::{Asked, Json, Named},
};
use out::{EngagementOut, GateOut, LineOut, MilestoneOut, ReadinessOut};
use preview::PreviewOut;
use setup::SetupIn;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(preview_opening))
        .routes(routes!(show))
        .routes(routes!(milestones))
        .routes(routes!(gates))
        .routes(routes!(readiness))
        .merge(plan::routes())
        .merge(closing::routes())
        .merge(reminders::routes())
        .merge(retention::routes())
}

fn today(app: &App, view: &View) -> Date {
    app.today(&view.engagement.plan.setup.zone)
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct EngagementsQuery {
    /// The closed ones in place of the open ones.
    closed: bool,
    /// Words in the title or the customer's name.
    text: Option<String>,
    /// The id of a portfolio: only what is in it.
    portfolio: Option<String>,
    /// The cursor of a page's `next` link.
    after: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
}

/// Lists the engagements that the caller may see, by kick-off date
#[utoipa::path(get, path = "/engagements", operation_id = "list_engagements", tag = "engagements", params(EngagementsQuery), responses((status = 200, description = "A page of engagements.", body = PageOut<LineOut>)))]
async fn list(
    Caller(actor): Caller,
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Asked(query): Asked<EngagementsQuery>,
) -> Result<PageOut<LineOut>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let after = query.after.as_deref().map(cursor::read::<2>).transpose()?.map(|[key, id]| (key, EngagementId(id)));
    let page = Page { after, limit: limit + 1, closed: query.closed, text: query.text, portfolio: query.portfolio.map(PortfolioId) };
    let today = app.today(&actor.zone);
    let lines = list_engagements(&app, &actor, &page).await?.into_iter().map(|listed| LineOut::of(&listed, today)).collect();
    Ok(PageOut::of(&uri, limit, lines, |line: &LineOut| vec![line.sort_key.clone(), line.id.clone()]))
}

/// Everything to open an engagement with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenEngagement)]
struct OpenIn {
    /// Hashes of kit versions.
    #[schema(value_type = Vec<String>)]
    kits: Vec<KitHash>,
    setup: SetupIn,
    /// Besides the caller, who becomes engagement manager if nobody here is.
    #[serde(default)]
    members: Vec<NewMemberIn>,
    /// One that the caller administers.
    #[serde(default)]
    portfolio: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMember)]
struct NewMemberIn {
    person: String,
    member: MemberIn,
}

impl From<OpenIn> for OpenEngagement {
    fn from(input: OpenIn) -> Self {
        let members = input.members.into_iter().map(|it| it.member.of(it.person.as_str().into())).collect();
        Self { kits: input.kits, setup: input.setup.into(), members, portfolio: input.portfolio.map(PortfolioId) }
    }
}

/// Opens an engagement
#[utoipa::path(post, path = "/engagements", operation_id = "open_engagement", tag = "engagements", request_body = OpenIn, responses((status = 201, description = "The new engagement; `Location` is its path.", body = EngagementOut)))]
async fn open(Caller(actor): Caller, State(app): State<App>, Json(input): Json<OpenIn>) -> Result<Response, Problem> {
    let id = open_engagement(&app, &actor, input.into()).await?;
    let mut response = send(&app, &actor, &id, (&HeaderMap::new(), StatusCode::CREATED)).await?;
    let location = HeaderValue::try_from(format!("/api/v1/engagements/{id}")).ok();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Says what would follow from a setup
///
/// Nothing is saved.
#[utoipa::path(post, path = "/engagements/preview", operation_id = "preview_engagement", tag = "engagements", request_body = OpenIn, responses((status = 200, description = "The tailored checklist.", body = PreviewOut)))]
async fn preview_opening(Caller(actor): Caller, State(app): State<App>, Json(input): Json<OpenIn>) -> Result<Sent<PreviewOut>, Problem> {
    Ok(Sent(preview(&app, &actor, &input.into()).await?.into()))
}

async fn send(app: &App, actor: &Actor, id: &EngagementId, (headers, status): (&HeaderMap, StatusCode)) -> Result<Response, Problem> {
    let view = show_engagement(app, actor, id).await?;
    let today = today(app, &view);
    let tag = edition::tag(view.engagement.revision, "e", today);
    Ok(edition::send(headers, &tag, status, Sent(EngagementOut::of(&view, today))))
}

/// Shows an engagement
#[utoipa::path(get, path = "/engagements/{engagement}", operation_id = "show_engagement", tag = "engagements", params(IfNoneMatch), responses((status = 200, description = "The engagement; `ETag` is its edition.", body = EngagementOut)))]
async fn show(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    send(&app, &actor, &id, (&headers, StatusCode::OK)).await
}

#[derive(Serialize, ToSchema)]
#[schema(as = Milestones)]
struct MilestonesOut {
    entries: Vec<MilestoneOut>,
}

/// Lists the milestones with their dates
#[utoipa::path(get, path = "/engagements/{engagement}/milestones", operation_id = "list_milestones", tag = "engagements", responses((status = 200, description = "All milestones.", body = MilestonesOut)))]
async fn milestones(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<MilestonesOut>, Problem> {
    let view = show_engagement(&app, &actor, &id).await?;
    Ok(Sent(MilestonesOut { entries: view.engagement.plan.milestones.iter().map(Into::into).collect() }))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Gates)]
struct GatesOut {
    entries: Vec<GateOut>,
}

/// Lists the gates as they stand
#[utoipa::path(get, path = "/engagements/{engagement}/gates", operation_id = "list_gates", tag = "engagements", responses((status = 200, description = "All gates.", body = GatesOut)))]
async fn gates(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<GatesOut>, Problem> {
    let view = show_engagement(&app, &actor, &id).await?;
    let today = today(&app, &view);
    Ok(Sent(GatesOut { entries: GateOut::all(&view, today) }))
}

/// Says how ready and how complete it is
#[utoipa::path(get, path = "/engagements/{engagement}/readiness", operation_id = "show_readiness", tag = "engagements", responses((status = 200, description = "Over the items that the caller may see.", body = ReadinessOut)))]
async fn readiness(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<ReadinessOut>, Problem> {
    let view = show_engagement(&app, &actor, &id).await?;
    Ok(Sent(Progress::of(&view.engagement, |_| true).into()))
}
