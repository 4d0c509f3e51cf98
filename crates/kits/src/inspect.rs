//! What a set of files holds: the one entry for import, check and the command line.

use serde::Serialize;
use sha2::{Digest, Sha256};
use tminus_domain::{ids::KitHash, kit::Kit};

use crate::{
    backlog,
    files::{Files, ending},
    native, page,
    problem::{Problem, Severity},
    template, text,
    totals::Totals,
};

/// What was found, as `kit inspect --json` prints it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inspection {
    /// `template`, `page`, `backlog` or `native`; empty where nothing was found.
    pub format: &'static str,
    pub name: String,
    pub version: String,
    pub totals: Totals,
    /// Sorted by severity, the worst first, then by file and line.
    pub problems: Vec<Problem>,
    /// The newest version, or the first of several kits; `None` where anything was rejected.
    pub kit: Option<Kit>,
    /// Every kit that was found.
    pub kits: Vec<Found>,
}

/// One of several kits.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    pub format: &'static str,
    pub name: String,
    pub version: String,
    pub totals: Totals,
    pub kit: Kit,
}

impl Inspection {
    /// Whether nothing of it may be imported.
    pub fn is_rejected(&self) -> bool {
        self.kits.is_empty() || self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads everything that the files hold.
pub fn inspect(files: &Files) -> Inspection {
    let mut problems = files.problems.clone();
    let mut found = Vec::new();
    if !problems.iter().any(|problem| problem.severity == Severity::Error) {
        found = read(files, &mut problems);
        if found.is_empty() && !problems.iter().any(|problem| problem.severity == Severity::Error) {
            problems.push(nothing_found(files));
        }
    }
    problems.sort_by(|a, b| (b.severity, &a.file, a.line, a.column).cmp(&(a.severity, &b.file, b.line, b.column)));
    problems.dedup();
    sum_up(files, found, problems)
}

fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Found> {
    if native::is_native(files) {
        return native::read(files, problems).into_iter().map(found_native).collect();
    }
    let mut found = Vec::new();
    for reading in template::read(files, problems) {
        let kits = reading.into_kits(problems);
        for (version, kit) in reading.versions.iter().zip(kits).filter(|(version, _)| !version.phases.is_empty()) {
            found.push(Found {
                format: "template",
                name: reading.template.clone(),
                version: version.version.clone(),
                totals: version.totals(),
                kit,
            });
        }
    }
    if found.is_empty() && !problems.iter().any(|problem| problem.severity == Severity::Error) {
        for (path, bytes) in &files.texts {
            found.extend(read_one(path, bytes, files.texts.len() == 1, problems));
        }
    }
    found
}

fn found_native(kit: Kit) -> Found {
    Found { format: "native", name: kit.title.clone(), version: kit.version.clone(), totals: kit_totals(&kit), kit }
}

/// A file that is a kit of its own: a page or a backlog. Empty ones are only worth a word where they are alone.
fn read_one(path: &str, bytes: &[u8], alone: bool, problems: &mut Vec<Problem>) -> Option<Found> {
    let decoded = text::decode(path, bytes, problems)?;
    if decoded.text.trim().is_empty() {
        let message = "the file is empty";
        problems.push(if alone { Problem::error(path, 0, message) } else { Problem::warning(path, 0, message) });
        return None;
    }
    match ending(path).as_str() {
        "md" | "markdown" => {
            let page = page::read(path, &decoded.text, problems);
            let (name, totals) = (page.title.clone(), page.totals());
            (alone || !page.empty).then(|| Found { format: "page", name, version: String::new(), totals, kit: page.into_kit() })
        }
        "csv" => {
            let backlog = backlog::read(path, &decoded.text, problems)?;
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            Some(Found { format: "backlog", name, version: String::new(), totals: backlog.totals(), kit: backlog.into_kit() })
        }
        _ => None,
    }
}

/// The totals of a kit that is native already.
pub fn kit_totals(kit: &Kit) -> Totals {
    let count = |n: usize| n as u64;
    let tasks = || kit.tasks().map(|(_, task)| task);
    let top: u64 = kit.modules.iter().map(|module| count(module.tasks.len())).sum();
    Totals {
        phases: count(kit.phases.len()),
        modules: count(kit.modules.len()),
        tasks: top,
        subtasks: count(tasks().count()) - top,
        criteria: tasks().map(|task| count(task.accept.len())).sum(),
        subcriteria: tasks().flat_map(|task| &task.accept).map(|criterion| count(criterion.sub.len())).sum(),
        tools: tasks().map(|task| count(task.tools.len())).sum(),
        owners: count(kit.roles.len()),
        decisions: count(kit.decisions.len()),
        questions: kit.banks.iter().map(|bank| count(bank.questions.len())).sum(),
        subquestions: kit.banks.iter().flat_map(|bank| &bank.questions).map(|question| count(question.questions.len())).sum(),
        participants: kit.banks.iter().map(|bank| count(bank.participants.len())).sum(),
        ceremonies: count(kit.ceremonies.len()),
        responsibilities: count(kit.responsibilities.len()),
        offsets: tasks().map(|task| u64::from(task.due.is_some())).sum(),
        ..Totals::default()
    }
}

fn nothing_found(files: &Files) -> Problem {
    let archives = files.others.iter().filter(|path| ending(path) == "zip").count();
    let message = if archives > 0 {
        "no kit found: an archive inside an archive is not opened. Unpack it and try again"
    } else {
        "no kit found: there is no tasks.md, no kit.toml, no wiki page and no CSV backlog in it"
    };
    Problem::error(&files.name, 0, message)
}

fn sum_up(files: &Files, mut found: Vec<Found>, problems: Vec<Problem>) -> Inspection {
    let rejected = problems.iter().any(|problem| problem.severity == Severity::Error);
    let one_template = found.windows(2).all(|pair| pair[0].name == pair[1].name && pair[0].format == pair[1].format);
    if one_template {
        found.sort_by_key(|kit| version_key(&kit.version));
    }
    let main = if one_template { found.last() } else { found.first() };
    let totals = if one_template { main.map(|kit| kit.totals).unwrap_or_default() } else { found.iter().map(|kit| kit.totals).sum() };
    Inspection {
        format: main.map_or("", |kit| kit.format),
        name: if one_template { main.map_or_else(|| files.name.clone(), |kit| kit.name.clone()) } else { files.name.clone() },
        version: main.map(|kit| kit.version.clone()).unwrap_or_default(),
        totals,
        problems,
        kit: main.filter(|_| !rejected).map(|kit| kit.kit.clone()),
        kits: if rejected { Vec::new() } else { found },
    }
}

/// Versions in the order of their numbers: `v2.0` before `v10.0`.
fn version_key(version: &str) -> (Vec<u64>, String) {
    let numbers = version.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    (numbers, version.to_owned())
}

/// The hash of a kit's content: the same content is the same import.
pub fn content_hash(kit: &Kit) -> KitHash {
    let canonical = serde_json::to_vec(kit).unwrap_or_default();
    let hex = Sha256::digest(&canonical).iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"));
    KitHash(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(version_key("v2.0") < version_key("v10.0"));
        assert!(version_key("") < version_key("v1.0"));
    }
}
