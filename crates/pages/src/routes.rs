//! Every address with what it needs and who answers it: one table, for the router and for the tests that try each of them.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::{HeaderMap, Method, Uri, header},
    response::{Redirect, Response},
    routing::{get, post},
};
use tminus_app::{App, rights::provider::list_providers};
use tminus_domain::rights::Right;

use crate::{
    access, assets_router, caller::Caller, checklist, engagement, guard::over_https, guarded, kit, mail, people, portfolio, record, rights,
    said, scheme_router, wrong::Wrong,
};

/// What the operator chose for the pages.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Cookies go over HTTPS only.
    pub secure_cookies: bool,
    /// Requests come through a proxy that says in `X-Forwarded-For` where from.
    pub behind_proxy: bool,
    /// Where people reach this Tminus, if the operator said so.
    pub public_url: Option<Arc<str>>,
    /// A mail server is set: letters go out by themselves.
    pub sends_mail: bool,
}

/// What every handler can ask for.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) app: App,
    pub(crate) config: Config,
    pub(crate) sheets: Arc<checklist::Sheets>,
    pub(crate) lines: Arc<engagement::list::Lines>,
}

impl Front {
    /// A provider of identities that is set here: its id and title.
    pub(crate) fn provider(&self, id: &str) -> Option<(&str, &str)> {
        list_providers(&self.app).find(|(known, _)| *known == id)
    }

    /// Where people reach this Tminus: as the operator said, else as the browser of whoever asks says.
    pub(crate) fn address(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.config.public_url {
            return url.to_string();
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("{}://{host}", if self.config.secure_cookies { "https" } else { "http" })
    }
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

    /// An address that only takes forms still stands in the browser after a refusal: who reloads it or opens it from the
    /// history comes to the page above it.
    fn with_ways_up(mut self) -> Self {
        let pages: Vec<_> = self.list.iter().filter(|route| route.method == Method::GET).map(|route| route.path).collect();
        for form in self.list.iter().filter(|route| route.method == Method::POST && !pages.contains(&route.path)) {
            let depth = pages_above(form.path).find(|above| pages.contains(above)).map_or(0, |above| above.split('/').count());
            let way_up = move |uri: Uri| async move { Redirect::to(&first_parts(uri.path(), depth)) };
            self.router = self.router.route(form.path, get(way_up));
        }
        self
    }
}

/// `/a/b/c`: `/a/b`, `/a`
fn pages_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/'), |(above, _)| above.rsplit_once('/')).map(|(above, _)| above)
}

/// What stands before the `depth`th slash; `/` if nothing does.
fn first_parts(path: &str, depth: usize) -> String {
    let parts: Vec<_> = path.split('/').take(depth).collect();
    if parts.len() < 2 { "/".to_owned() } else { parts.join("/") }
}

fn table() -> Table {
    let table = Table::default();
    let table = checklist::routes(table);
    let table = engagement::routes(table);
    let table = record::routes(table);
    let table = kit::routes(table);
    let table = people::routes(table);
    let table = access::routes(table);
    let table = portfolio::routes(table);
    let table = mail::routes(table);
    rights::routes(table)
}

/// Every address, for tests.
pub fn routes() -> Vec<Route> {
    table().list
}

/// Everything that people see.
pub fn router(app: App, config: Config) -> Router {
    let secure = config.secure_cookies;
    let front = Front { app, config, sheets: Arc::default(), lines: Arc::default() };
    let pages = table().with_ways_up().router.fallback(nothing_here).layer(axum::middleware::from_fn(said::forget)).with_state(front);
    let router = guarded(pages.merge(assets_router()).merge(scheme_router()));
    if secure { over_https(router) } else { router }
}

async fn nothing_here(caller: Caller) -> Response {
    caller.wrong(Wrong::not_found())
}
