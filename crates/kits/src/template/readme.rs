//! The Readme of a template: the only place where the order of phases and modules stands.

use crate::text::{links, norm1};

/// One Readme.
pub(super) struct Index {
    /// As a problem names it.
    pub(super) file: String,
    /// Inside the template's folder.
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) description: String,
    pub(super) phases: Vec<IndexPhase>,
}

pub(super) struct IndexPhase {
    pub(super) line: u32,
    pub(super) number: Option<u32>,
    pub(super) name: String,
    /// The link's target, decoded: `v1.0/Kit/Assess`.
    pub(super) path: String,
    pub(super) modules: Vec<IndexModule>,
}

pub(super) struct IndexModule {
    pub(super) line: u32,
    pub(super) name: String,
    /// The last part of the link's target, decoded and not trimmed.
    pub(super) folder: String,
}

impl IndexPhase {
    /// The version that the link names.
    pub(super) fn version(&self) -> &str {
        self.path.split('/').next().unwrap_or("")
    }
}

pub(super) fn is_readme(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.strip_suffix(".md").unwrap_or("");
    stem.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("readme")
}

pub(super) fn read(file: &str, name: &str, text: &str) -> Index {
    let mut index = Index { file: file.to_owned(), name: name.to_owned(), title: None, description: String::new(), phases: Vec::new() };
    let mut description: Vec<String> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let found = links(line);
        if let Some(title) = line.strip_prefix("# ") {
            let title = norm1(title);
            let title = title.strip_suffix("Migration Template").unwrap_or(&title).trim_end().trim_end_matches('-').trim_end();
            index.title.get_or_insert_with(|| title.to_owned());
        } else if let (Some(_), Some(link)) = (line.strip_prefix("####"), found.first()) {
            let label = norm1(link.text);
            let (order, label) = numbered(&label);
            let phase = IndexPhase { line: number, number: order, name: label.to_owned(), path: unescape(link.url), modules: Vec::new() };
            index.phases.push(phase);
        } else if let (Some(link), Some(phase)) =
            (found.first().filter(|_| line.trim_start().starts_with(['+', '-', '*'])), index.phases.last_mut())
        {
            let path = unescape(link.url);
            let folder = path.rsplit('/').next().unwrap_or("").to_owned();
            phase.modules.push(IndexModule { line: number, name: norm1(link.text), folder });
        } else if index.phases.is_empty() {
            description.push(norm1(line));
        }
    }
    description.join("\n").trim().clone_into(&mut index.description);
    index
}

/// `1. Assess` as a number and a name.
fn numbered(label: &str) -> (Option<u32>, &str) {
    label
        .split_once('.')
        .and_then(|(number, name)| number.trim().parse().ok().map(|number| (Some(number), name.trim())))
        .unwrap_or((None, label))
}

/// A link's target with `%20` and the like decoded.
fn unescape(url: &str) -> String {
    let bytes = url.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| url.get(at + 1..at + 3)).flatten().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_gives_phases_and_modules_in_order() {
        let text = "\n# Lamp- Migration Template\nWhat it is.\n#### [1. Second&nbsp;look](v1.0/L/Second%20look)\n+ [Kick&nbsp;off&nbsp;](v1.0/L/Second%20look/Kick%20off%20)\n";
        let index = read("Readme.md", "Readme.md", text);
        assert_eq!((index.title.as_deref(), index.description.as_str()), (Some("Lamp"), "What it is."));
        let phase = &index.phases[0];
        assert_eq!((phase.number, phase.name.as_str(), phase.version(), phase.line), (Some(1), "Second look", "v1.0", 4));
        assert_eq!((phase.modules[0].name.as_str(), phase.modules[0].folder.as_str()), ("Kick off", "Kick off "));
        assert!(is_readme("v1.0/X-Migration-Readme2.md") && !is_readme("a/reader.md"));
    }
}
