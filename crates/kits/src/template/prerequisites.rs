//! Prerequisites: blocks in a description, and which tasks they name.

use std::collections::HashMap;

use super::{Prerequisite, Reference, Step, Version, criteria, tasks::Lines};
use crate::text::{compare_key, line_text, links, norm1, safe_text};

/// The prerequisites of a description. A block goes from its label to the next label.
pub(super) fn find(lines: &Lines<'_>) -> Vec<Prerequisite> {
    let mut found = Vec::new();
    let mut open = false;
    let mut paragraph = true;
    for (number, line) in lines {
        let text = line_text(line);
        let word = text.trim().trim_matches('*').trim();
        if word.is_empty() {
            paragraph = true;
            continue;
        }
        if let Some(rest) = label(word, paragraph) {
            open = true;
            if !rest.is_empty() {
                found.push(Prerequisite { line: *number, text: words(rest), inline: false, refs: Vec::new() });
            }
        } else if is_other_label(word) {
            open = false;
        } else if open {
            let (_, text) = criteria::marker(&text);
            found.push(Prerequisite { line: *number, text: words(text), inline: false, refs: Vec::new() });
        } else if let Some(text) = glued(&text) {
            found.push(Prerequisite { line: *number, text, inline: true, refs: Vec::new() });
        }
        paragraph = false;
    }
    found
}

/// A prerequisite in words: what its links say, not where they lead.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut seen = 0;
    for link in links(text) {
        out.push_str(&text[seen..link.start]);
        out.push_str(link.text);
        seen = link.end;
    }
    out.push_str(&text[seen..]);
    norm1(&out)
}

/// What follows a label on its line; `None` where the line is no label.
fn label(word: &str, paragraph: bool) -> Option<&str> {
    let lower = word.get(..12).filter(|start| start.eq_ignore_ascii_case("prerequisite"))?.len();
    let rest = word[lower..].strip_prefix('s').unwrap_or(&word[lower..]);
    let rest = rest.trim_start_matches('*');
    match rest.strip_prefix(':') {
        Some(rest) => Some(rest.trim_start_matches('*').trim()),
        None => (rest.is_empty() && paragraph).then_some(""),
    }
}

/// Labels that end a block.
fn is_other_label(word: &str) -> bool {
    let name = word.trim_end_matches('*').trim_end_matches(':').trim_end_matches('*').trim();
    let known = ["procedure", "procedures", "apps used", "note", "notes", "note(s)", "result", "results", "outcome", "outcomes", "purpose"];
    known.contains(&name.to_ascii_lowercase().as_str())
}

/// A prerequisite glued behind a sentence: `…done.Prerequisite:There is a system.Procedure:…`
fn glued(text: &str) -> Option<String> {
    let at = text.find(".Prerequisite")?;
    let rest = &text[at + ".Prerequisite".len()..];
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(':')?;
    let end = rest
        .match_indices("Procedure:")
        .find(|(at, _)| *at > 0 && !rest[..*at].ends_with(char::is_whitespace))
        .map_or(rest.len(), |(at, _)| at);
    Some(safe_text(&rest[..end])).filter(|text| !text.is_empty())
}

/// Finds the tasks of the same version that prerequisites name by their titles.
pub(super) fn resolve(version: &mut Version) {
    let titles = titles(version);
    for phase in &mut version.phases {
        for task in phase.modules.iter_mut().flat_map(|module| &mut module.tasks) {
            refer(task, &titles);
            task.subtasks.iter_mut().for_each(|subtask| refer(subtask, &titles));
        }
    }
}

/// Titles shorter than this name nothing: they are words of any sentence.
const SHORTEST: usize = 8;

/// Titles of more words name nothing either: nobody writes them out.
const MOST_WORDS: usize = 40;

/// Where the titles of a version stand, by their keys.
type Titles = HashMap<String, Vec<String>>;

fn titles(version: &Version) -> Titles {
    let mut titles = Titles::new();
    for (phase, module) in version.modules() {
        let shown = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let mut add = |title: &str, place: String| {
            let key = compare_key(title);
            if key.contains(' ') && key.len() >= SHORTEST {
                titles.entry(key).or_default().push(place);
            }
        };
        for task in &module.tasks {
            let place = format!("{}/{}#{}", phase.name, module.name, shown(task.number));
            for subtask in &task.subtasks {
                add(&subtask.title, format!("{place}.{}", shown(subtask.number)));
            }
            add(&task.title, place);
        }
    }
    titles
}

/// The longest title that stands at the start of a text, as whole words.
fn longest<'t>(text: &str, titles: &'t Titles) -> Option<(&'t String, &'t Vec<String>)> {
    let inner = text.char_indices().skip(1).filter(|(at, c)| !c.is_alphanumeric() && text[..*at].ends_with(char::is_alphanumeric));
    // A title may end in a mark of its own, as in “Go live (planned)”.
    let ends = inner.flat_map(|(at, c)| [at, at + c.len_utf8()]).take(MOST_WORDS * 2).chain((text.len() < 1_000).then_some(text.len()));
    ends.filter_map(|end| titles.get_key_value(&text[..end])).last()
}

fn refer(step: &mut Step, titles: &Titles) {
    for prerequisite in &mut step.prerequisites {
        let text = compare_key(&prerequisite.text);
        let mut found: Vec<(&String, &Vec<String>)> = Vec::new();
        for (at, _) in text.char_indices().filter(|(at, c)| c.is_alphanumeric() && starts_word(&text, *at)) {
            let longest = longest(&text[at..], titles);
            found.extend(longest.filter(|new| found.len() < MOST_WORDS && found.iter().all(|(title, _)| *title != new.0)));
        }
        let all: Vec<&String> = found.iter().map(|(title, _)| *title).collect();
        found.retain(|(title, _)| !all.iter().any(|other| other.len() > title.len() && other.contains(title.as_str())));
        prerequisite.refs =
            found.iter().map(|(title, places)| Reference { title: (*title).clone(), candidates: (*places).clone() }).collect();
    }
}

fn starts_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(description: &str) -> Vec<(u32, String, bool)> {
        let lines: Lines<'_> = (1..).zip(description.lines()).collect();
        find(&lines).into_iter().map(|found| (found.line, found.text, found.inline)).collect()
    }

    #[test]
    fn a_block_goes_to_the_next_label() {
        let found = texts("Walk.\n\nPrerequisites:\n\n* A ladder\n1. A lamp\n\n**Procedure:**\n\n1. Start");
        assert_eq!(found, [(5, "A ladder".to_owned(), false), (6, "A lamp".to_owned(), false)]);
        assert_eq!(texts("Dependencies\nPrerequisites\nx"), []);
    }

    #[test]
    fn a_glued_prerequisite_is_found_in_its_sentence() {
        assert_eq!(texts("Walk..Prerequisite:The keys are there.Procedure:<ol>x</ol>"), [(1, "The keys are there.".to_owned(), true)]);
    }
}
