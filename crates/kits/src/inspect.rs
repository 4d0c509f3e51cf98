//! What a set of files holds: the one entry for import, check and the command line.

use serde::Serialize;
use sha2::{Digest, Sha256};
use tminus_domain::{ids::KitHash, kit::Kit};

use crate::{
    files::{Files, ending},
    problem::{Problem, Severity},
    template,
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
    let mut found = Vec::new();
    for reading in template::read(files, problems) {
        let kits = reading.into_kits(problems);
        for (version, kit) in reading.versions.iter().zip(kits) {
            found.push(Found {
                format: "template",
                name: reading.template.clone(),
                version: version.version.clone(),
                totals: version.totals(),
                kit,
            });
        }
    }
    found
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
