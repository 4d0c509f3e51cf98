//! Phases and modules in the order that a Readme gives, or by rule where none does.

use std::collections::BTreeMap;

use super::{
    Module, Phase, Version,
    readme::{Index, IndexPhase},
    tree::Found,
};
use crate::{
    problem::{Problem, quote},
    text::{compare_key, norm1},
};

/// One version of a template without an order.
pub(super) struct Given<'a> {
    pub(super) version: String,
    pub(super) kit: String,
    pub(super) base: &'a str,
    pub(super) found: Vec<Found>,
}

/// Where phases come where no Readme says it.
const RANKS: [&str; 14] = [
    "general",
    "executive alignment",
    "assess",
    "discover",
    "readiness",
    "plan",
    "mobilize",
    "prepare",
    "accelerat",
    "migrate",
    "transform",
    "deploy",
    "operate",
    "run",
];

pub(super) fn arrange(given: Given<'_>, indexes: &[Index], problems: &mut Vec<Problem>) -> Version {
    let mut by_phase: BTreeMap<String, Vec<Module>> = BTreeMap::new();
    for found in given.found {
        by_phase.entry(found.phase).or_default().push(found.module);
    }
    let index = indexes.iter().find(|index| index.phases.iter().any(|phase| phase.version() == given.version));
    let mut version = Version { version: given.version, kit: given.kit, ..Version::default() };
    if let Some(index) = index {
        version.order_source.clone_from(&index.name);
        version.title.clone_from(&index.title);
        version.description.clone_from(&index.description);
        let mut following = Following { version: &version.version, kit: &version.kit, base: given.base, index, problems };
        let listed = index.phases.iter().filter(|phase| phase.version() == version.version);
        let phases: Vec<_> = listed.filter_map(|phase| following.phase(phase, &mut by_phase)).collect();
        version.phases = phases;
        for (name, modules) in in_rank_order(by_phase) {
            for module in &modules {
                problems.push(Problem::warning(
                    &format!("{}{}", given.base, module.path),
                    0,
                    "the module is not listed in the Readme; it comes last",
                ));
            }
            version.phases.push(Phase { number: None, name: norm1(&name), modules: alphabetical(modules), index: 0 });
        }
    } else {
        "fallback".clone_into(&mut version.order_source);
        if !version.version.is_empty() {
            let at = [version.version.as_str(), &version.kit].join("/");
            let message = "no Readme lists this version: phases are in the order of their usual names, modules in alphabetical order";
            problems.push(Problem::warning(&format!("{}{}", given.base, at.trim_end_matches('/')), 0, message));
        }
        for (name, modules) in in_rank_order(by_phase) {
            version.phases.push(Phase { number: None, name: norm1(&name), modules: alphabetical(modules), index: 0 });
        }
    }
    for (index, phase) in (1..).zip(&mut version.phases) {
        phase.index = index;
        for (index, module) in (1..).zip(&mut phase.modules) {
            module.index = index;
        }
    }
    version
}

/// One Readme being followed.
struct Following<'a> {
    version: &'a str,
    kit: &'a str,
    base: &'a str,
    index: &'a Index,
    problems: &'a mut Vec<Problem>,
}

impl Following<'_> {
    fn warn(&mut self, line: u32, message: String) {
        self.problems.push(Problem::warning(&self.index.file, line, message));
    }

    fn phase(&mut self, listed: &IndexPhase, by_phase: &mut BTreeMap<String, Vec<Module>>) -> Option<Phase> {
        let last = listed.path.rsplit('/').next().unwrap_or("");
        let same = |name: &str| by_phase.keys().find(|folder| compare_key(folder) == compare_key(name)).cloned();
        let Some(folder) = same(last).or_else(|| same(&listed.name)) else {
            self.warn(listed.line, format!("the phase {} has no folder in {}", quote(&listed.name), self.version));
            return None;
        };
        let place = [self.version, self.kit, &folder].join("/");
        if listed.path.trim() != place.trim() {
            self.warn(listed.line, format!("the path {} does not exist; the phase was found by its name", quote(&listed.path)));
        }
        let mut modules = by_phase.remove(&folder).unwrap_or_default();
        let mut ordered = Vec::with_capacity(modules.len());
        for entry in &listed.modules {
            let key = compare_key(&entry.folder);
            let named = compare_key(&entry.name);
            let at = modules.iter().position(|module| compare_key(&module.folder) == key);
            let at =
                at.or_else(|| modules.iter().position(|module| compare_key(&module.folder) == named || compare_key(&module.name) == named));
            let Some(at) = at else {
                self.warn(entry.line, format!("the module {} has no folder", quote(&entry.name)));
                continue;
            };
            let module = modules.remove(at);
            if module.folder != entry.folder {
                self.problems.push(Problem::note(&self.index.file, entry.line, "the folder's name differs in blanks from the link"));
            }
            ordered.push(module);
        }
        for module in alphabetical(modules) {
            let path = format!("{}{}", self.base, module.path);
            self.problems.push(Problem::warning(&path, 0, "the module is not listed in the Readme; it comes last in its phase"));
            ordered.push(module);
        }
        Some(Phase { index: 0, number: listed.number, name: listed.name.clone(), modules: ordered })
    }
}

fn in_rank_order(by_phase: BTreeMap<String, Vec<Module>>) -> Vec<(String, Vec<Module>)> {
    let mut phases: Vec<_> = by_phase.into_iter().collect();
    phases.sort_by_key(|(name, _)| {
        let key = compare_key(name);
        (RANKS.iter().position(|rank| key.contains(rank)).unwrap_or(RANKS.len()), key)
    });
    phases
}

fn alphabetical(mut modules: Vec<Module>) -> Vec<Module> {
    modules.sort_by_key(|module| compare_key(&module.folder));
    modules
}
