//! Every kit in every version.

use askama::Template;
use axum::response::Response;
use tminus_app::{Failure, kit::list_kits, store::kit::Imported};
use tminus_domain::rights::Right;

use crate::{
    caller::Caller,
    mark::Mark,
    page::Page,
    shell::{Place, Shell},
    when,
};

#[derive(Template)]
#[template(path = "kit/list.html", blocks = ["inside"])]
struct KitsPage {
    shell: Shell,
    kits: Vec<Imported>,
    imports: bool,
}

impl Page for KitsPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl KitsPage {
    /// The version before this one, to compare with.
    fn before(&self, kit: &Imported) -> Option<&Imported> {
        self.kits.iter().filter(|it| it.id == kit.id && it.at < kit.at).max_by_key(|it| it.at)
    }

    fn day(kit: &Imported) -> String {
        when::full_day(kit.at.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

/// `27 tasks, 7 modules`
pub(super) fn totals(kit: &Imported) -> String {
    totals_of(&kit.totals)
}

pub(super) fn totals_of(totals: &serde_json::Value) -> String {
    let counts = totals.as_object().into_iter().flatten().map(|(name, count)| format!("{count} {}", name.replace('_', " ")));
    counts.collect::<Vec<_>>().join(", ")
}

/// The few numbers that say how large a kit is: `7 modules, 116 tasks`.
pub(super) fn size(kit: &Imported) -> String {
    let of = |name: &str| kit.totals[name].as_u64().unwrap_or_default();
    let counts = [
        (of("modules") + of("activities"), t!("kits.modules.one"), t!("kits.modules.many")),
        (of("tasks") + of("subtasks") + of("items") + of("subitems"), t!("kits.tasks.one"), t!("kits.tasks.many")),
        (of("stories"), t!("kits.stories.one"), t!("kits.stories.many")),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let said: Vec<String> =
        counts.map(|(count, one, many)| one.or_many(many, usize::try_from(count).unwrap_or(usize::MAX)).into()).collect();
    if said.is_empty() { totals(kit) } else { said.join(", ") }
}

pub(super) fn problems(kit: &Imported) -> usize {
    kit.problems.as_array().map_or(0, Vec::len)
}

pub(super) async fn show(caller: Caller) -> Response {
    let shown = async {
        let kits = list_kits(caller.app(), &caller.actor).await?;
        let imports = caller.actor.may(Right::ImportKit);
        Ok::<_, Failure>(caller.show(&KitsPage { shell: caller.shell(t!("rail.kits"), Place::Kits), kits, imports }))
    };
    caller.answer(shown.await)
}
