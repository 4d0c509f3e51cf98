//! Every address with what it needs and who answers it: one table, for the router and for the tests that try each of them.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::Method,
    response::Response,
    routing::{get, post},
};
use tminus_app::App;
use tminus_domain::rights::Right;

use crate::{
    assets_router, caller::Caller, checklist, engagement, guarded, kit, people, record, rights, said, scheme_router, wrong::Wrong,
};

/// What the operator chose for the pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Config {
    /// Cookies go over HTTPS only.
    pub secure_cookies: bool,
}

/// What every handler can ask for.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) app: App,
    pub(crate) config: Config,
    pub(crate) sheets: Arc<checklist::Sheets>,
}

/// One address as the tests try it.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    /// `/engagements/{engagement}/checklist`
    pub path: &'static str,
    pub needs: Needs,
}

/// Who gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, signed in or not.
    Nobody,
    SignedIn,
    /// A right of the whole practice.
    Practice(Right),
    /// A right on the engagement in the path; without the right to read it, it is not there.
    Engagement(Right),
}

/// The table while it is made. Each slice adds its own lines.
#[derive(Default)]
pub(crate) struct Table {
    router: Router<Front>,
    list: Vec<Route>,
}

impl Table {
    pub(crate) fn get<H: Handler<T, Front>, T: 'static>(mut self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.list.push(Route { method: Method::GET, path, needs });
        Self { router: self.router.route(path, get(handler)), list: self.list }
    }

    pub(crate) fn post<H: Handler<T, Front>, T: 'static>(mut self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.list.push(Route { method: Method::POST, path, needs });
        Self { router: self.router.route(path, post(handler)), list: self.list }
    }

    /// A form with a file of at most `bytes`.
    pub(crate) fn upload<H: Handler<T, Front>, T: 'static>(mut self, line: (&'static str, Needs), bytes: usize, handler: H) -> Self {
        let (path, needs) = line;
        self.list.push(Route { method: Method::POST, path, needs });
        // What stands around the file in the form is small.
        let handler = post(handler).layer(DefaultBodyLimit::max(bytes + 64 * 1024));
        Self { router: self.router.route(path, handler), list: self.list }
    }
}

fn table() -> Table {
    let table = Table::default();
    let table = checklist::routes(table);
    let table = engagement::routes(table);
    let table = record::routes(table);
    let table = kit::routes(table);
    let table = people::routes(table);
    rights::routes(table)
}

/// Every address, for tests.
pub fn routes() -> Vec<Route> {
    table().list
}

/// Everything that people see.
pub fn router(app: App, config: Config) -> Router {
    let front = Front { app, config, sheets: Arc::default() };
    let pages = table().router.fallback(nothing_here).layer(axum::middleware::from_fn(said::forget)).with_state(front);
    guarded(pages.merge(assets_router()).merge(scheme_router()))
}

async fn nothing_here(caller: Caller) -> Response {
    caller.wrong(Wrong::not_found())
}
