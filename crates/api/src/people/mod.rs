//! People of the practice, and members of engagements.

mod colleague;
pub(crate) mod member;
pub(crate) mod person;
mod responsibility;
mod seat;
mod table;

use tminus_app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    member::routes()
        .merge(person::routes())
        .merge(colleague::routes())
        .merge(table::routes())
        .merge(seat::routes())
        .merge(responsibility::routes())
}
