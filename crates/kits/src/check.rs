//! What a kit's author should look at, beyond what makes it unreadable.

use std::collections::BTreeSet;

use tminus_domain::{
    kit::{
        Kit, Module,
        each::{Each, Filter, Over},
        letters::Fault,
        task::Task,
    },
    people::is_plain,
};

use crate::{limits::MAX_DETAIL, problem::Problem};

/// Everything about a kit that is likely a slip: gates that wait for nothing, roles nobody uses, tasks that nobody owns.
pub fn check(kit: &Kit) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut warn = |place: &str, message: String| {
        let (file, line) = place.rsplit_once("#L").map_or((place, 0), |(file, line)| (file, line.parse().unwrap_or(0)));
        problems.push(Problem::warning(if file.is_empty() { kit.id.as_str() } else { file }, line, message));
    };
    if kit.version.is_empty() {
        warn("", "the kit has no version; without one, a newer version cannot be told from this one".to_owned());
    }
    for gate in kit.gates.iter().filter(|gate| !gate.everything) {
        if !kit.tasks().any(|(_, task)| task.gates.contains(&gate.id)) {
            warn(&gate.src, format!("no task belongs to the gate “{}”: it can never turn green", gate.title));
        }
    }
    let used = used_roles(kit);
    for role in kit.roles.iter().filter(|role| !used.contains(role.id.as_str())) {
        warn("", format!("nothing names the role “{}”", role.title));
    }
    let asked: BTreeSet<_> = conditions(kit).flat_map(tminus_domain::kit::condition::Condition::facts).collect();
    for fact in &kit.facts {
        if fact.from.is_none() && fact.ask.is_empty() {
            warn(&fact.src, format!("the fact “{}” is neither asked nor follows from others", fact.id));
        }
        let shown = kit.tasks().any(|(_, task)| task.evidence.iter().any(|rule| rule.fact.as_ref() == Some(&fact.id)));
        if !asked.contains(&fact.id) && !shown {
            warn(&fact.src, format!("the answer to “{}” changes nothing", if fact.ask.is_empty() { fact.id.as_str() } else { &fact.ask }));
        }
        if matches!(fact.kind, tminus_domain::kit::FactKind::Choice | tminus_domain::kit::FactKind::Many) && fact.options.len() < 2 {
            warn(&fact.src, format!("“{}” has fewer than two options to choose from", fact.ask));
        }
    }
    check_resources(kit, &mut warn);
    check_policies(kit, &mut warn);
    check_responsibilities(kit, &mut warn);
    for module in &kit.modules {
        if module.tasks.is_empty() {
            warn(&module.src, format!("the module “{}” has no task", module.title));
        }
        module.tasks.iter().for_each(|task| check_task(kit, module, task, !module.owners.is_empty(), &mut warn));
    }
    problems
}

/// Somebody needs it and somebody gives it, by tasks that are one for each person; what its details are called fits a form.
fn check_resources(kit: &Kit, warn: &mut dyn FnMut(&str, String)) {
    for resource in &kit.resources {
        let needed = kit.needs.iter().any(|need| need.resource == resource.id);
        // A room that a task gets for everybody.
        let for_all = !needed && resource.kind.outlives_people() && !resource.tasks.is_empty();
        if !needed && !for_all {
            warn(&resource.src, format!("nobody needs “{}”", resource.title));
        }
        if resource.owners.is_empty() {
            warn(&resource.src, format!("nobody gives “{}”", resource.title));
        }
        if resource.lead.is_some() && resource.due.is_none() {
            warn(&resource.src, format!("“{}” has a lead time and no due date to count it from", resource.title));
        }
        for name in resource.details.iter().filter(|name| !is_plain(name, MAX_DETAIL)) {
            warn(&resource.src, format!("“{name}” is no name of a detail: give 1 to {MAX_DETAIL} characters in one line"));
        }
        if let Some(fact) = resource.days.as_ref().filter(|id| !kit.facts.iter().any(|fact| fact.id == **id)) {
            warn(&resource.src, format!("the days of “{}” hang on the question “{fact}”, and there is none", resource.title));
        }
        for name in resource.own.iter().filter(|name| !resource.details.contains(name)) {
            warn(&resource.src, format!("“{name}” cannot be each person’s own: it is none of the details of “{}”", resource.title));
        }
        for task in resource.tasks.iter().filter_map(|id| kit.task(id)) {
            if !for_all && !task.each.as_ref().is_some_and(|each| each.over == Over::Person) {
                warn(
                    &resource.src,
                    format!("“{}” is not one for each person, and so cannot be the same as “{}”", task.title, resource.title),
                );
            }
        }
    }
}

/// A policy is about what is kept, and says what is allowed.
fn check_policies(kit: &Kit, warn: &mut dyn FnMut(&str, String)) {
    for policy in &kit.policies {
        let kept = |name: &String| kit.resources.iter().any(|it| it.id == policy.refuses && it.details.contains(name));
        if let Some(detail) = policy.detail.as_ref().filter(|detail| !kept(&detail.name)) {
            warn(&policy.src, format!("the policy “{}” is about “{}”, which is not kept of “{}”", policy.id, detail.name, policy.refuses));
        }
        if policy.instead.is_empty() && policy.ways.is_empty() {
            warn(&policy.src, format!("“{}” says no way that is allowed", policy.title));
        }
    }
}

/// Exactly one is accountable for each row, and somebody is responsible. A matrix of ticks says neither: that is said once.
fn check_responsibilities(kit: &Kit, warn: &mut dyn FnMut(&str, String)) {
    let (without, with): (Vec<_>, Vec<_>) = kit.responsibilities.iter().partition(|row| !row.marks.is_empty() && !row.has_letters());
    if let Some(first) = without.first() {
        let rows = if without.len() == 1 { "1 row".to_owned() } else { format!("{} rows", without.len()) };
        warn(&first.src, format!("{rows} of the responsibility matrix say who takes part, but not as R, A, C or I"));
    }
    for row in with {
        for fault in row.faults() {
            let what = match fault {
                Fault::NoA => "names nobody who is accountable (A)".to_owned(),
                Fault::ManyA(many) => format!("names {many} who are accountable (A): one decides"),
                Fault::NoR => "names nobody who is responsible (R)".to_owned(),
            };
            warn(&row.src, format!("the responsibility “{}” {what}", row.text));
        }
    }
}

fn check_task(kit: &Kit, module: &Module, task: &Task, owned_above: bool, warn: &mut dyn FnMut(&str, String)) {
    let owned = owned_above || !task.owners.is_empty() || !task.raci.is_empty();
    if !owned {
        warn(&task.src, format!("nobody owns “{}”", task.title));
    }
    if task.src.is_empty() {
        warn(&module.src, format!("“{}” does not say where it came from", task.title));
    }
    if task.lead.is_some() && task.due.is_none() {
        warn(&task.src, format!("“{}” has a lead time and no due date to count it from", task.title));
    }
    let long = task.lead.is_some_and(|lead| lead.days >= 10);
    if long && task.ways_out.is_empty() {
        warn(
            &task.src,
            format!(
                "“{}” takes {} and offers no way out if time is short",
                task.title,
                task.lead.map(|lead| lead.to_string()).unwrap_or_default()
            ),
        );
    }
    let sides: BTreeSet<_> = task.owners.iter().filter_map(|id| kit.role(id)).map(|role| role.side).collect();
    if task.internal && sides.contains(&tminus_domain::kit::Side::Customer) {
        warn(&task.src, format!("“{}” is internal and owned by the customer, who cannot see it", task.title));
    }
    for link in task.links.iter().chain(&task.tools).filter(|link| !link.page.is_empty()) {
        if !kit.pages.iter().any(|page| page.id == link.page) {
            warn(&task.src, format!("“{}” links to the page “{}”, which the kit does not have", task.title, link.page));
        }
    }
    task.items.iter().for_each(|item| check_task(kit, module, item, owned, warn));
}

fn used_roles(kit: &Kit) -> BTreeSet<&str> {
    let tasks = kit.tasks().flat_map(|(_, task)| task.owners.iter().chain(task.raci.values().flatten()));
    let modules = kit.modules.iter().flat_map(|module| &module.owners);
    let others = kit.ceremonies.iter().filter_map(|it| it.owner.as_ref()).chain(kit.decisions.iter().filter_map(|it| it.approver.as_ref()));
    let risks = kit.risks.iter().filter_map(|it| it.owner.as_ref());
    let tables = kit.needs.iter().map(|it| &it.each).chain(kit.policies.iter().map(|it| &it.each));
    let filters = kit.tasks().filter_map(|(_, task)| task.each.as_ref()).chain(tables).flat_map(|each: &Each| &each.filters);
    let each = filters.filter_map(Filter::role);
    let access = kit.resources.iter().flat_map(|it| &it.owners).chain(kit.policies.iter().filter_map(|it| it.exception_by.as_ref()));
    let marked = kit.responsibilities.iter().flat_map(|it| it.marks.keys()).map(String::as_str);
    let named: BTreeSet<&str> = tasks
        .chain(modules)
        .chain(others)
        .chain(risks)
        .chain(access)
        .map(tminus_domain::ids::RoleId::as_str)
        .chain(each)
        .chain(marked)
        .collect();
    // Registers, plans and escalation paths name roles by their titles.
    let titles = kit.roles.iter().filter(|role| mentions(kit, &role.title) || role.aliases.iter().any(|alias| mentions(kit, alias)));
    named.into_iter().chain(titles.map(|role| role.id.as_str())).collect()
}

fn mentions(kit: &Kit, title: &str) -> bool {
    let title = title.to_lowercase();
    let is = |text: &str| text.to_lowercase().contains(&title);
    kit.stakeholders.iter().any(|it| is(&it.role))
        || kit.communications.iter().any(|it| is(&it.owner) || is(&it.audience))
        || kit.escalation.iter().any(|it| is(&it.delivery) || is(&it.customer))
        || kit.ceremonies.iter().any(|it| is(&it.audience))
        || kit.agendas.iter().any(|it| it.lines.iter().any(|line| is(&line.presenter)))
        || kit.banks.iter().any(|it| it.participants.iter().any(|name| is(name)))
}

fn conditions(kit: &Kit) -> impl Iterator<Item = &tminus_domain::kit::condition::Condition> {
    let tasks = kit.tasks().filter_map(|(_, task)| task.when.as_ref());
    let facts = kit.facts.iter().flat_map(|fact| fact.from.iter().chain(&fact.when));
    let modules = kit.modules.iter().filter_map(|module| module.when.as_ref());
    let others = kit.ceremonies.iter().filter_map(|it| it.when.as_ref()).chain(kit.risks.iter().filter_map(|it| it.when.as_ref()));
    let access = kit.resources.iter().filter_map(|it| it.when.as_ref()).chain(kit.needs.iter().filter_map(|it| it.when.as_ref()));
    let access = access.chain(kit.policies.iter().filter_map(|it| it.when.as_ref()));
    tasks.chain(facts).chain(modules).chain(others).chain(access)
}
