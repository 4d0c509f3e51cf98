//! One kit in one version: what it holds and where it came from.

use std::sync::Arc;

use askama::Template;
use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure,
    kit::{find_kit, list_kits},
    store::kit::Imported,
};
use tminus_domain::{
    ids::{MilestoneId, RoleId},
    kit::{
        Kit,
        access::{Policy, Resource},
        due::{DayUnit, DueRule},
        task::Task,
    },
};

use super::list::{problems, totals};
use crate::{
    caller::Caller,
    checklist::{days::offset, sheet::side},
    mark::{Face, Mark},
    page::Page,
    shell::{Link, Place, Shell},
    when::{self, Countdown},
};

#[derive(Template)]
#[template(path = "kit/show.html", blocks = ["inside"])]
struct KitPage {
    shell: Shell,
    line: Imported,
    kit: Arc<Kit>,
    versions: Vec<Imported>,
}

impl Page for KitPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl KitPage {
    fn totals(&self) -> String {
        totals(&self.line)
    }

    /// Who owns a task: its own owners, or those of its module.
    fn owners(&self, own: &[RoleId], above: &[RoleId]) -> Vec<Face> {
        let owners = if own.is_empty() { above } else { own };
        let face = |id: &RoleId| {
            let role = self.kit.role(id);
            Face::new(role.map_or(id.as_str(), |role| &role.title), side(role.map(|role| role.side).unwrap_or_default()))
        };
        owners.iter().map(face).collect()
    }

    /// Tasks of a module with their depth.
    fn tasks(tasks: &[Task]) -> Vec<(usize, &Task)> {
        let mut all = Vec::new();
        let mut left: Vec<_> = tasks.iter().rev().map(|task| (0, task)).collect();
        while let Some((depth, task)) = left.pop() {
            all.push((depth, task));
            left.extend(task.items.iter().rev().map(|part| (depth + 1, part)));
        }
        all
    }

    fn count(rule: &DueRule) -> Option<Countdown> {
        (rule.unit == DayUnit::Business).then_some(Countdown { days_left: -rule.offset })
    }

    /// A rule of the kit for people: its names without the marks of a file.
    #[expect(clippy::unused_self, reason = "the template calls it, as it calls the rest")]
    fn words(&self, rule: impl std::borrow::Borrow<String>) -> String {
        rule.borrow().replace('_', " ").replace("!=", "≠")
    }

    fn milestone<'a>(&'a self, id: &'a MilestoneId) -> &'a str {
        self.kit.milestones.iter().find(|it| &it.id == id).map_or(id.as_str(), |it| &it.title)
    }

    /// Who needs a resource: every row of the table in words.
    fn needed_by(&self, resource: &Resource) -> String {
        let rows = self.kit.needs.iter().filter(|need| need.resource == resource.id);
        rows.map(|need| need.each.in_words()).collect::<Vec<_>>().join("; ")
    }

    fn given_by(&self, resource: &Resource) -> String {
        let title = |id: &RoleId| self.kit.role(id).map_or_else(|| id.to_string(), |role| role.title.clone());
        resource.owners.iter().map(title).collect::<Vec<_>>().join(", ")
    }

    /// The ways that a policy allows.
    fn allowed(&self, policy: &Policy) -> String {
        let title = |id| self.kit.resources.iter().find(|it| &it.id == id).map(|it| it.title.clone());
        policy.instead.iter().filter_map(title).chain(policy.ways.iter().cloned()).collect::<Vec<_>>().join("; ")
    }

    fn far(rule: &DueRule) -> String {
        offset(rule)
    }

    fn day(kit: &Imported) -> String {
        when::short_day(kit.at.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    fn problem_lines(&self) -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let place = |problem: &serde_json::Value| match problem["line"].as_u64() {
            Some(line) if line > 0 => format!("{}:{line}", text(&problem["file"])),
            _ => text(&problem["file"]),
        };
        let all = self.line.problems.as_array().into_iter().flatten();
        all.map(|problem| (place(problem), text(&problem["message"]))).collect()
    }

    fn problem_count(&self) -> usize {
        problems(&self.line)
    }
}

pub(super) async fn show(caller: Caller, Path(name): Path<String>) -> Response {
    let shown = async {
        let (line, kit) = find_kit(caller.app(), &caller.actor, &name).await?;
        let mut versions = list_kits(caller.app(), &caller.actor).await?;
        versions.retain(|it| it.id == line.id);
        versions.sort_by_key(|it| std::cmp::Reverse(it.at));
        let mut shell = caller.shell(format!("{} {}", kit.title, line.version), Place::Kits);
        shell.crumbs = vec![Link { words: t!("rail.kits").into(), href: "/kits".into() }];
        Ok::<_, Failure>(caller.show(&KitPage { shell, line, kit, versions }))
    };
    caller.answer(shown.await)
}
