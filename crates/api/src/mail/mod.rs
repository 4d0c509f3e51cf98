//! Letters: the outbox for whoever keeps Tminus running, and when somebody is told what is theirs.

mod digest;
mod outbox;

use tminus_app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    outbox::routes().merge(digest::routes())
}
