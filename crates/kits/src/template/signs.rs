//! Signs that something is not as it should be in a `tasks.md`: numbers, near misses, names that look the same, active content.

use std::collections::{BTreeMap, BTreeSet};

use super::{Module, Step};
use crate::{
    limits::MAX_TITLE,
    problem::{Problem, quote},
    text::{compare_key, has_bidi, is_active, mixed_script, short_title},
};

/// Looks at one line for content that must not come through.
pub(super) fn check_line(file: &str, number: u32, line: &str, problems: &mut Vec<Problem>) {
    if has_bidi(line) {
        problems.push(Problem::warning(file, number, "characters that turn the reading direction round were taken out"));
    }
    if (line.contains('<') || line.contains("](")) && is_active(line) {
        problems.push(Problem::warning(
            file,
            number,
            format!("markup or a link that is not for the web was taken out; its words stay: {}", quote(line)),
        ));
    }
    if ["<<<<<<< ", ">>>>>>> "].iter().any(|sign| line.starts_with(sign)) || line == "=======" {
        problems.push(Problem::error(file, number, "an unresolved merge conflict; keep one side and try again. Nothing was imported"));
    }
}

/// Names the heading that a line was probably meant to be.
pub(super) fn check_heading(file: &str, number: u32, line: &str, problems: &mut Vec<Problem>) {
    if !line.starts_with('#') {
        return;
    }
    let word = line.trim_start_matches('#').trim().to_ascii_lowercase();
    let expected = if word.starts_with("description") {
        "#### Description"
    } else if word.starts_with("acceptance") {
        "#### Acceptance Criteria"
    } else if word.starts_with("tool") {
        "#### Tools"
    } else if word.starts_with("module") {
        "# Module: name, once at the top"
    } else if word.starts_with("task") && word.contains("subtask") {
        "## Task 1: Subtask 1: title"
    } else if word.starts_with("task") || word.starts_with("subtask") {
        "## Task 1: title"
    } else {
        return;
    };
    problems.push(Problem::warning(
        file,
        number,
        format!("{} is not a heading of a template; “{expected}” was expected. The text was kept", quote(line)),
    ));
}

/// The numbers that tasks, or the subtasks of one task, have so far.
#[derive(Default)]
pub(super) struct Numbering {
    used: BTreeSet<u64>,
}

impl Numbering {
    /// Says what is wrong with the next number.
    pub(super) fn check(&mut self, file: &str, line: u32, number: Option<u64>, problems: &mut Vec<Problem>) {
        let expected = self.used.last().map_or(1, |last| last.saturating_add(1));
        let message = match number {
            None => "the number is too large; the task was kept without a number".to_owned(),
            Some(0) => "numbers start at 1; the task was kept with 0".to_owned(),
            Some(n) if self.used.contains(&n) => format!("the number {n} is used twice; both tasks were kept"),
            Some(n) => {
                self.used.insert(n);
                if n == expected {
                    return;
                }
                format!("the task has number {n} where {expected} was expected; the order of the file was kept")
            }
        };
        problems.push(Problem::warning(file, line, message));
    }
}

/// Says so where a subtask names another task than the one above it.
pub(super) fn check_parent(file: &str, line: u32, task: Option<u64>, parent: &Step, problems: &mut Vec<Problem>) {
    if task != parent.number {
        let named = task.map_or_else(|| "?".to_owned(), |task| task.to_string());
        let message = format!("the subtask names task {named}, which is not the task above; it was kept under {}", quote(&parent.title));
        problems.push(Problem::warning(file, line, message));
    }
}

/// Titles that are too long, mix scripts, or look like another.
pub(super) fn check_titles(file: &str, module: &Module, problems: &mut Vec<Problem>) {
    check_group(file, &module.tasks, problems);
    for task in &module.tasks {
        check_group(file, &task.subtasks, problems);
    }
}

fn check_group(file: &str, steps: &[Step], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for step in steps {
        if short_title(&step.title).is_some() {
            let message =
                format!("the title is longer than {MAX_TITLE} characters; it was cut, and the whole of it put before the description");
            problems.push(Problem::warning(file, step.line, message));
        }
        if let Some(word) = mixed_script(&step.title) {
            let message = format!("the word {} mixes letters of several scripts, so that it looks like another", quote(word));
            problems.push(Problem::warning(file, step.line, message));
        }
        let key = compare_key(&step.title);
        if key.is_empty() {
            problems.push(Problem::warning(file, step.line, "the task has no title"));
        } else if let Some(first) = seen.get(&key) {
            problems.push(Problem::warning(file, step.line, format!("the same title as line {first}; both tasks were kept")));
        } else {
            seen.insert(key, step.line);
        }
    }
}
