//! The front door for people: pages, forms, and what they are made of.
//!
//! A page is a struct with a `shell` and an askama template that extends `base.html`. [`page::Asked`] sends all of it or,
//! to htmx, a part. `templates/macros.html` draws the parts, [`draw`] the drawings, `locales/en.toml` has every word:
//! `t!("kits.none")` does not compile if it is not there.
//!
//! ```text
//! #[derive(Template)]
//! #[template(path = "kits/list.html", blocks = ["inside"])]
//! struct KitsPage { shell: Shell, kits: Vec<Kit> }
//!
//! impl Page for KitsPage {
//!     fn shell(&self) -> &Shell { &self.shell }
//!     fn inside(&self) -> askama::Result<String> { self.as_inside().render() }
//! }
//!
//! async fn show(asked: Asked, State(app): State<App>, caller: Caller) -> Response {
//!     let edition = asked.edition((app.kits_revision(), &caller.person));
//!     if let Some(unchanged) = asked.unchanged(&edition) { return unchanged; }
//!     let kits = match kits::list(&app, &caller.actor).await {
//!         Ok(kits) => kits,
//!         Err(_) => return Wrong::not_found().show(&asked, caller.shell()),
//!     };
//!     let shell = Shell { scheme: asked.scheme(), ..Shell::new(t!("rail.kits"), Place::Kits) };
//!     asked.show_edition(&KitsPage { shell, kits }, &edition)
//! }
//! ```
//!
//! ```text
//! {% extends "base.html" %}
//! {% block beside %}<a class="btn pri end" href="/kits/new">{{ t!("kits.add") }}</a>{% endblock %}
//! {% block main %}
//! {% for kit in kits %}<p>{{ kit.name }} {{ ui::pill(kit.rating) }} {{ ui::due(kit.due) }} {{ draw::bar(*kit.tally) }}</p>
//! {% else %}{% call ui::empty(t!("kits.none"), t!("kits.none.why")) %}<a class="btn pri" href="/kits/new">{{ t!("kits.add") }}</a>{% endcall %}
//! {% endfor %}
//! {% endblock %}
//! ```

// First: its macro `t!` is then known everywhere.
#[macro_use]
pub mod words;

mod access;
mod assets;
mod caller;
mod checklist;
pub mod draw;
mod engagement;
mod fields;
#[cfg(test)]
mod gallery;
mod guard;
mod keys;
mod kit;
pub mod mail;
pub mod mark;
mod markdown;
pub mod page;
mod people;
mod portfolio;
mod record;
mod rights;
mod routes;
mod said;
mod scheme;
pub mod shell;
mod token;
mod typed;
pub mod when;
pub mod wrong;

pub use assets::assets_router;
pub use guard::guarded;
pub use routes::{Config, Needs, Route, router, routes};
pub use scheme::{Scheme, scheme_router};
