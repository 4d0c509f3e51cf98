//! Changing the plan mid-way: one diff to look at, then one change.

use axum::{Json as Sent, extract::State, http::StatusCode};
use serde::Deserialize;
use tminus_app::{
    App, Failure,
    engagement::plan::{ChangePlan, change_plan, preview_plan},
};
use tminus_domain::ids::{EngagementId, KitHash};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{diff::DiffOut, setup::SetupIn};
use crate::{
    caller::Caller,
    edition::IfMatch,
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(change))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePlan)]
struct PlanIn {
    setup: SetupIn,
    /// Left out, the pinned versions stay.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    kits: Option<Vec<KitHash>>,
    /// Why the plan changes. A look at the diff needs none.
    #[serde(default)]
    reason: String,
}

impl PlanIn {
    fn of(self, revision: Option<i64>) -> ChangePlan {
        ChangePlan { setup: self.setup.into(), kits: self.kits, reason: self.reason, revision }
    }
}

/// Says what a change of the plan would do
///
/// Nothing is saved.
#[utoipa::path(post, path = "/engagements/{engagement}/plan/preview", operation_id = "preview_plan", tag = "engagements", request_body = PlanIn, responses((status = 200, description = "The diff.", body = DiffOut)))]
async fn look(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    Json(input): Json<PlanIn>,
) -> Result<Sent<DiffOut>, Problem> {
    Ok(Sent(preview_plan(&app, &actor, &id, &input.of(None)).await?.into()))
}

/// Changes the plan
///
/// One change, one entry of the record. Work that was done stays, and so do dates set by hand.
#[utoipa::path(put, path = "/engagements/{engagement}/plan", operation_id = "change_plan", tag = "engagements", params(IfMatch), request_body = PlanIn, responses((status = 200, description = "What it did.", body = DiffOut)))]
async fn change(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(id): Named<EngagementId>,
    asked: IfMatch,
    Json(input): Json<PlanIn>,
) -> Result<Sent<DiffOut>, Problem> {
    match change_plan(&app, &actor, &id, input.of(asked.revision())).await {
        Ok(diff) => Ok(Sent(diff.into())),
        Err(Failure::Conflict(_)) if asked.is_given() => {
            let detail = "the engagement changed since you looked at the diff; nothing was saved. Look at the diff again";
            Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail))
        }
        Err(failure) => Err(failure.into()),
    }
}
