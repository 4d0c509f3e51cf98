//! The kit that an engagement is closed with.

use tminus_domain::{
    ids::{EngagementId, KitHash},
    rights::{Actor, Right},
};

use crate::{App, Failure, kit::find_kit};

/// The id of the built-in kit.
pub const OFFBOARDING: &str = "offboarding";

/// The newest version of the off-boarding kit, where it can still be added: the actor may change the plan, and it has none of its versions.
pub async fn offboarding_kit(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Option<KitHash>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let there = view.engagement.plan.kits.iter().any(|kit| kit.id.as_str() == OFFBOARDING);
    if there || app.permit(actor, &view.engagement, Right::EditPlan).is_err() {
        return Ok(None);
    }
    match find_kit(app, actor, OFFBOARDING).await {
        Ok((kit, _)) => Ok(Some(kit.hash)),
        Err(Failure::NotFound | Failure::Forbidden) => Ok(None),
        Err(failure) => Err(failure),
    }
}
