//! Which file belongs to which template, version, phase and module: the path says it, not the names.

use std::collections::BTreeMap;

use super::{Module, TemplateReading, changes, order, prerequisites, readme, tasks};
use crate::{
    files::{Files, ending},
    limits::MAX_TASKS,
    problem::Problem,
    text,
};

/// Where a `tasks.md` lies.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    template: String,
    /// The path of the template's folder inside what was opened, with a `/` at its end where it is not empty.
    base: String,
    version: String,
    kit: String,
    phase: String,
    module: String,
    /// Inside the template's folder.
    path: String,
}

/// A module with its place, before it has an order.
pub(super) struct Found {
    pub(super) phase: String,
    pub(super) module: Module,
}

#[derive(Default)]
struct Gathered {
    base: String,
    versions: BTreeMap<(String, String), Vec<Found>>,
}

pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<TemplateReading> {
    let mut templates: BTreeMap<String, Gathered> = BTreeMap::new();
    let modules: Vec<_> = files.texts.iter().filter(|(path, bytes)| is_task_file(path, bytes)).collect();
    for (path, bytes) in &modules {
        let place = place(&files.above, path);
        let gathered = templates.entry(place.template.clone()).or_default();
        gathered.base.clone_from(&place.base);
        let list = gathered.versions.entry((place.version.clone(), place.kit.clone())).or_default();
        if let Some(module) = read_module(path, bytes, modules.len() == 1, &place, problems) {
            list.push(Found { phase: place.phase, module });
        }
    }
    templates.into_iter().map(|(template, gathered)| assemble(files, template, gathered, problems)).collect()
}

fn is_task_file(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.eq_ignore_ascii_case("tasks.md") || (!path.contains('/') && ending(name) == "md" && starts_like_a_module(bytes))
}

/// Whether the first lines hold a heading of a module: a file of any name may then be read as one.
fn starts_like_a_module(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    super::is_module(&String::from_utf8_lossy(start))
}

fn read_module(path: &str, bytes: &[u8], alone: bool, place: &Place, problems: &mut Vec<Problem>) -> Option<Module> {
    let decoded = text::decode(path, bytes, problems)?;
    if decoded.text.trim().is_empty() {
        let problem = if alone {
            Problem::error(path, 0, "the file is empty: there is no module and no task in it")
        } else {
            Problem::warning(path, 0, "the file is empty; the module was left out")
        };
        problems.push(problem);
        return None;
    }
    let mut module = tasks::read(path, &decoded, &place.module, problems)?;
    module.path.clone_from(&place.path);
    module.folder.clone_from(&place.module);
    Some(module)
}

fn assemble(files: &Files, template: String, gathered: Gathered, problems: &mut Vec<Problem>) -> TemplateReading {
    let base = gathered.base;
    let inside = |path: &String| path.strip_prefix(&base).map(str::to_owned);
    let mut reading = TemplateReading { template, base: base.clone(), ..TemplateReading::default() };
    let mut indexes = Vec::new();
    for (path, bytes) in files.texts.iter().filter(|(path, _)| path.starts_with(&base)) {
        let Some(name) = inside(path).filter(|_| !is_task_file(path, bytes)) else { continue };
        if readme::is_readme(&name) {
            if let Some(decoded) = text::decode(path, bytes, problems) {
                indexes.push(readme::read(path, &name, &decoded.text));
            }
            reading.readmes.push(name);
        } else {
            if name.contains("template-changes")
                && let Some(decoded) = text::decode(path, bytes, problems)
            {
                changes::read(&decoded.text, &mut reading.moves);
            }
            reading.other_files.push(name);
        }
    }
    reading.other_files.extend(files.others.iter().filter_map(inside));
    reading.other_files.sort();
    for ((version, kit), found) in gathered.versions {
        reading.versions.push(order::arrange(order::Given { version, kit, base: &base, found }, &indexes, problems));
    }
    for version in &mut reading.versions {
        prerequisites::resolve(version);
        let count: u64 = version.totals().tasks + version.totals().subtasks;
        if count > MAX_TASKS as u64 {
            problems.push(Problem::error(&base, 0, format!("version {} has {count} tasks; {MAX_TASKS} is the limit", version.version)));
        }
    }
    reading
}

/// Whether a folder's name is a version: `v1.0`.
fn is_version(name: &str) -> bool {
    let digits = name.strip_prefix(['v', 'V']).unwrap_or("");
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn place(above: &[String], path: &str) -> Place {
    let inner: Vec<&str> = path.split('/').collect();
    let full: Vec<&str> = above.iter().map(String::as_str).chain(inner.iter().copied()).collect();
    let named = full.len() >= 2 && full.last().is_some_and(|name| name.eq_ignore_ascii_case("tasks.md"));
    let stem = full.last().map_or("", |name| name.rsplit_once('.').map_or(*name, |(stem, _)| stem));
    let module = if named { full[full.len() - 2] } else { stem }.to_owned();
    let exact = full.len().checked_sub(5).filter(|&at| is_version(full[at]));
    let at = exact.or_else(|| (above.len()..full.len().saturating_sub(1)).rev().find(|&at| is_version(full[at])));
    let Some(at) = at else {
        let phase = if inner.len() > 2 { inner[inner.len() - 3] } else { "" };
        let template = above.last().cloned().unwrap_or_else(|| module.clone());
        let template = if inner.len() == 1 { module.clone() } else { template };
        return Place {
            template,
            base: String::new(),
            version: String::new(),
            kit: String::new(),
            phase: phase.to_owned(),
            module,
            path: path.to_owned(),
        };
    };
    let template = if at > 0 { full[at - 1] } else { "" }.to_owned();
    let shared = at.saturating_sub(above.len());
    let base = inner[..shared.min(inner.len())].iter().fold(String::new(), |base, part| base + part + "/");
    let kit = if full.len() - at > 4 { full[at + 1] } else { "" }.to_owned();
    let phase = if full.len() - at > 3 { full[full.len() - 3] } else { "" }.to_owned();
    Place { template, base, version: full[at].to_owned(), kit, phase, module, path: full[at..].join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_comes_from_the_path_wherever_it_was_opened() {
        let whole = "T-Migration/v1.0/K/Assess/Kick off/tasks.md";
        let parts: Vec<&str> = whole.split('/').collect();
        for cut in 0..parts.len() {
            let above: Vec<String> = ["srv", "kits"].iter().chain(&parts[..cut]).map(|part| (*part).to_owned()).collect();
            let read = place(&above, &parts[cut..].join("/"));
            assert_eq!((read.template.as_str(), read.version.as_str(), read.kit.as_str()), ("T-Migration", "v1.0", "K"), "{cut}");
            assert_eq!((read.phase.as_str(), read.module.as_str()), ("Assess", "Kick off"), "{cut}");
            assert_eq!(read.path, "v1.0/K/Assess/Kick off/tasks.md");
            assert_eq!(read.base, if cut == 0 { "T-Migration/" } else { "" });
        }
    }

    #[test]
    fn a_lone_file_takes_its_names_from_its_folder() {
        let read = place(&["bad".to_owned(), "25-no-module".to_owned()], "tasks.md");
        assert_eq!((read.template.as_str(), read.module.as_str(), read.version.as_str()), ("25-no-module", "25-no-module", ""));
    }
}
