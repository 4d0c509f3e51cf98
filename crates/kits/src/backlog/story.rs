//! Epics, stories and decisions out of the cells of a row.

use super::{Basics, Decision, Epic, Story, columns::Fields, values};
use crate::{
    problem::Problem,
    text::{compare_key, line_text, norm1},
};

pub(super) fn epic(basics: Basics, fields: &Fields) -> Epic {
    let name = norm1(&fields.get("epic name"));
    let name = if name.is_empty() { basics.summary.clone() } else { name };
    Epic { basics, name, description: norm_lines(&fields.get("description")), stories: Vec::new() }
}

pub(super) fn decision(basics: Basics, fields: &Fields) -> Decision {
    let description = norm_lines(&fields.get("description"));
    let title = basics.summary.split_once("_DEC_").map_or(basics.summary.as_str(), |(_, title)| title).trim().to_owned();
    let statement = description
        .lines()
        .find_map(|line| line.strip_prefix("Decision Statement Example:").or_else(|| line.strip_prefix("Decision Statement:")));
    let statement_example = statement.unwrap_or("").trim().to_owned();
    Decision { title, placeholders: placeholders(&statement_example), statement_example, description, basics }
}

/// `<name>` in a statement.
fn placeholders(text: &str) -> Vec<String> {
    text.split('<').skip(1).filter_map(|part| part.split_once('>').map(|(name, _)| name.trim().to_owned())).collect()
}

pub(super) fn story(file: &str, basics: Basics, kind: String, fields: &Fields, problems: &mut Vec<Problem>) -> Story {
    let mut story =
        Story { kind, epic_link: norm1(&fields.get("epic link")), points: values::points(file, fields, problems), ..Story::default() };
    fields.other("issue id").unwrap_or("").clone_into(&mut story.id);
    let (description, criteria) = split_criteria(file, fields.line, &fields.get("description"), problems);
    story.description = norm_lines(&description);
    story.acceptance_criteria = criteria;
    (story.role, story.want, story.so_that) = wish(&norm1(story.description.lines().next().unwrap_or("")));
    (story.code, story.title) = code(&basics.summary);
    story.basics = basics;
    story
}

fn norm_lines(text: &str) -> String {
    text.lines().map(line_text).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A description without its criteria, and the criteria.
fn split_criteria(file: &str, line: u32, text: &str, problems: &mut Vec<Problem>) -> (String, Vec<String>) {
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| is_criteria_heading(line));
    let at = heading.or_else(|| {
        let last = lines.iter().rposition(|line| !line.trim().is_empty() && !line.trim_start().starts_with('-'))?;
        (last + 1 < lines.len() && lines[last + 1..].iter().any(|line| line.trim_start().starts_with('-'))).then_some(last + 1)
    });
    let Some(at) = at else { return (text.to_owned(), Vec::new()) };
    if heading.is_none() {
        problems.push(Problem::note(file, line, "criteria without an “Acceptance Criteria:” line"));
    } else if !compare_key(lines[at]).starts_with("acceptance criteria") {
        problems.push(Problem::note(file, line, format!("“{}” was read as “Acceptance Criteria:”", lines[at].trim())));
    }
    let from = at + usize::from(heading.is_some());
    let criteria =
        lines[from..].iter().map(|line| norm1(line.trim_start().trim_start_matches(['-', '•', '*']))).filter(|text| !text.is_empty());
    (lines[..at].join("\n"), criteria.collect())
}

/// `Acceptance Criteria:`, also with two letters swapped.
fn is_criteria_heading(line: &str) -> bool {
    let key = compare_key(line);
    let Some((word, rest)) = key.split_once(' ') else { return false };
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    let mut right: Vec<char> = "acceptance".chars().collect();
    right.sort_unstable();
    letters == right && matches!(rest.trim_end_matches(':').trim(), "criteria" | "criterion")
}

/// `As a X I want to Y so that Z`
fn wish(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let Some(rest) = text.strip_prefix("As an ").or_else(|| text.strip_prefix("As a ")) else { return (None, None, None) };
    let Some((role, rest)) = rest.split_once(" I want ") else { return (None, None, None) };
    let rest = rest.strip_prefix("to ").unwrap_or(rest);
    let (want, so_that) = rest.split_once(" so that ").map_or((rest, None), |(want, so_that)| (want, Some(so_that.trim().to_owned())));
    (Some(role.trim_end_matches(',').trim().to_owned()), Some(want.trim_end_matches(',').trim().to_owned()), so_that)
}

/// `APA-E01-001-Title` as a code and a title.
fn code(summary: &str) -> (Option<String>, String) {
    let mut end = 0;
    for (at, part) in summary.split('-').enumerate() {
        let letters = part.chars().take_while(char::is_ascii_uppercase).count();
        let fits = if at == 0 {
            letters == part.len() && letters > 1
        } else {
            part.len() > letters && part[letters..].bytes().all(|b| b.is_ascii_digit())
        };
        if !fits {
            return match at {
                0 | 1 => (None, summary.to_owned()),
                _ => (Some(summary[..end - 1].to_owned()), summary[end..].trim().to_owned()),
            };
        }
        end += part.len() + 1;
    }
    (None, summary.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_a_code_and_a_title() {
        assert_eq!(code("APA-E01-001-Assess Data - now"), (Some("APA-E01-001".to_owned()), "Assess Data - now".to_owned()));
        assert_eq!(code("E-mail the team"), (None, "E-mail the team".to_owned()));
        assert_eq!(code("S1"), (None, "S1".to_owned()));
    }

    #[test]
    fn a_user_story_is_taken_apart() {
        let (role, want, so_that) = wish("As an Owner I want to see it so that I know");
        assert_eq!((role.as_deref(), want.as_deref(), so_that.as_deref()), (Some("Owner"), Some("see it"), Some("I know")));
        assert!(is_criteria_heading("Accpetance Criteria:") && !is_criteria_heading("Success Criteria:"));
    }
}
