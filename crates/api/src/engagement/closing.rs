//! Closing Sprint 0.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::Deserialize;
use tminus_app::{
    App,
    engagement::{
        closing::{SignReport, end_engagement, preview_report, reopen_engagement, sign_report},
        list::show_engagement,
    },
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    rights::Actor,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::report::ClosingOut;
use crate::{
    caller::Caller,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(sign)).routes(routes!(end)).routes(routes!(reopen))
}

async fn closing(app: &App, actor: &Actor, id: &EngagementId) -> Result<Sent<ClosingOut>, Problem> {
    let (now, closing) = preview_report(app, actor, id).await?;
    let view = show_engagement(app, actor, id).await?;
    Ok(Sent(ClosingOut::of(&view, now, closing)))
}

/// Shows the onboarding report
#[utoipa::path(get, path = "/engagements/{engagement}/report", operation_id = "show_report", tag = "engagements", responses((status = 200, description = "The report as it would be frozen now, and as it was signed.", body = ClosingOut)))]
async fn show(Caller(actor): Caller, State(app): State<App>, Named(id): Named<EngagementId>) -> Result<Sent<ClosingOut>, Problem> {
    closing(&app, &actor, &id).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignReport)]
struct SignIn {
    /// Why it is closed though items are open.
    #[serde(default)]
    reason: Option<String>,
    /// A member of the other side whose signature is written down here.
    #[serde(default)]
    on_behalf_of: Option<BehalfIn>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignOnBehalf)]
struct BehalfIn {
    #[schema(value_type = String)]
    person: PersonId,
    /// What shows that they signed: a link or a note.
    proof: String,
}

/// What to remember of the end.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndEngagement)]
struct EndIn {
    #[serde(default)]
    note: String,
}

/// Ends the engagement
///
/// Refused while somebody has access that is not confirmed gone, or a room or the like is open, for which nobody answers by name. All links end with
/// it, and so do keys that open nothing else.
#[utoipa::path(post, path = "/engagements/{engagement}/end", operation_id = "end_engagement", tag = "engagements", request_body = EndIn, responses((status = 204, description = "It has ended.")))]
async fn end(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<EndIn>,
) -> Result<StatusCode, Problem> {
    end_engagement(&app, &actor, &id, input.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReopenEngagement)]
struct ReopenIn {
    /// Why it goes on.
    why: String,
}

/// Opens an engagement again that had ended
///
/// Links and keys that ended with it stay ended.
#[utoipa::path(post, path = "/engagements/{engagement}/reopen", operation_id = "reopen_engagement", tag = "engagements", request_body = ReopenIn, responses((status = 204, description = "It is open again.")))]
async fn reopen(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<ReopenIn>,
) -> Result<StatusCode, Problem> {
    reopen_engagement(&app, &actor, &id, input.why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs the onboarding report for the caller's side
///
/// The second side's signature closes Sprint 0.
#[utoipa::path(post, path = "/engagements/{engagement}/report/signatures", operation_id = "sign_report", tag = "engagements", request_body = SignIn, responses((status = 200, description = "The report with its signatures.", body = ClosingOut)))]
async fn sign(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<SignIn>,
) -> Result<Sent<ClosingOut>, Problem> {
    let on_behalf_of = input.on_behalf_of.map(|it| (it.person, it.proof));
    sign_report(&app, &actor, &id, SignReport { reason: input.reason, on_behalf_of }).await?;
    closing(&app, &actor, &id).await
}
