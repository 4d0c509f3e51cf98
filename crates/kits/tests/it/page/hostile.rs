//! Pages that are malformed or meant to do harm.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tminus_domain::kit::SCHEMA;
use tminus_kits::{
    page::{self, PageReading},
    problem::Severity,
};

use super::{read, words_of};
use crate::corpus::corpus;

fn bad(name: &str) -> (PageReading, BTreeMap<u32, String>) {
    let (page, problems) = read(&corpus().join("bad").join(name), name);
    let warned = problems.into_iter().filter(|problem| problem.severity == Severity::Warning);
    (page, warned.map(|problem| (problem.line, problem.message)).collect())
}

fn lines(warned: &BTreeMap<u32, String>) -> Vec<u32> {
    warned.keys().copied().collect()
}

#[test]
fn nesting_beyond_the_limit_is_named_with_its_line() {
    let (page, warned) = bad("17-deep-nesting.md");
    assert_eq!(lines(&warned), [20, 205]);
    let totals = page.totals();
    assert_eq!((totals.items, totals.subitems > 100), (1, true));
    let kit = page.into_kit();
    assert_eq!(kit.tasks().count() as u64, totals.items + totals.subitems);
}

#[test]
fn a_ragged_table_keeps_every_cell_in_its_column() {
    let (page, warned) = bad("18-ragged-table.md");
    assert_eq!(lines(&warned), [7, 8, 10, 11, 13, 17, 18]);
    let checklist = serde_json::to_value(&page.objects[0]).expect("JSON");
    let cells: Vec<_> = checklist["activities"]
        .as_array()
        .expect("activities")
        .iter()
        .map(|one| (one["line"].as_u64(), one["title"].as_str(), &one["items"][0]["text"], &one["owners"][0]))
        .collect();
    assert_eq!(cells.len(), 5);
    assert_eq!(cells[1], (Some(7), Some("Short"), &Value::Null, &Value::Null));
    assert_eq!(cells[2], (Some(8), Some("Long"), &json!("One"), &json!("EM")));
    assert_eq!(cells[3], (Some(9), Some("Pipe"), &json!("a | b"), &json!("EM")));
    let kept = words_of(&page.into_kit());
    assert!(["extra", "more", "row", "separator"].iter().all(|word| kept.contains(*word)), "{kept:?}");
}

#[test]
fn a_merge_conflict_gives_one_schedule() {
    let (page, warned) = bad("27-merge-conflict.md");
    assert_eq!(lines(&warned), [1, 5, 9]);
    assert_eq!(page.totals().tasks, 1);
    let kit = page.into_kit();
    assert_eq!(kit.tasks().next().expect("task").1.due.as_ref().expect("due").offset, -20);
}

#[test]
fn links_that_lead_astray_become_words() {
    let (page, warned) = bad("28-remote-and-local-links.md");
    assert_eq!(lines(&warned), [4]);
    assert!(page.attachments.is_empty());
    let kit = page.into_kit();
    let text = &kit.pages[0].text;
    assert!(!text.contains("file:") && !text.contains("etc/passwd") && !text.contains("![") && !text.contains("ftp"), "{text}");
}

#[test]
fn due_dates_that_cannot_be_read_are_kept_as_text() {
    let (page, warned) = bad("31-t-minus.md");
    assert_eq!(lines(&warned), [4, 7, 10, 11, 12]);
    let totals = page.totals();
    assert_eq!((totals.tasks, totals.offsets), (14, 8));
    let kit = page.into_kit();
    let due = |title: &str| kit.tasks().find(|(_, task)| task.title == title).expect("task").1.due.as_ref().map(ToString::to_string);
    assert_eq!(due("Weeks").as_deref(), Some("T-14d @ t"));
    assert_eq!(due("Work").as_deref(), Some("T-10bd @ t"));
    assert_eq!((due("Half"), due("None")), (None, None));
    assert!(words_of(&kit).contains("99999999999999999999"));
}

#[test]
fn pages_of_junk_take_time_in_step_with_their_length() {
    let emphasis =
        format!("Title\n=====\n\n{}{}{}{}\n", "**a ".repeat(80_000), "[a](".repeat(80_000), "<a ".repeat(80_000), "`".repeat(50_000));
    let mut nested = format!("Checklist\n---------\n\n{}deep\n\n{} quote\n\n", "- ".repeat(200_000), ">".repeat(200_000));
    for level in 0..2_000 {
        nested.push_str(&[&" ".repeat(2 * level), "*   level\n"].concat());
    }
    let rows = format!(
        "| # | Status |  | Activity | Owner |\n| --- | --- | --- | --- | --- |\n{}",
        "| 1 | To Do | **x** | -  a  *   b *   c |\n".repeat(10_000)
    );
    let cell = format!(
        "| Sprint | Objective | Activity |\n| --- | --- | --- |\n| 0 | {} | {} |\n",
        "**a****b** [x](".repeat(20_000),
        "-  a      *   b \\- c • d ".repeat(20_000)
    );
    let paragraph = "word\n".repeat(100_000);
    let conflict = "<<<<<<<\n=======\n".repeat(30_000);
    for (name, text) in
        [("emphasis", emphasis), ("nested", nested), ("rows", rows), ("cell", cell), ("paragraph", paragraph), ("conflict", conflict)]
    {
        let started = std::time::Instant::now();
        let mut problems = Vec::new();
        let kit = page::read("junk.md", &text, &mut problems).into_kit();
        let took = started.elapsed();
        assert_eq!(kit.schema, SCHEMA);
        println!("{name}: {} bytes in {took:?}", text.len());
        assert!(took.as_secs() < 10, "{name} took {took:?} unoptimised");
    }
}

/// The marks that mean something on a page.
const PARTS: [&str; 44] = [
    "|",
    "| ",
    " |",
    "\\|",
    "\n",
    "\n\n",
    "| --- | --- |\n",
    "| # | Status |  | Activity | Owner |\n| --- | --- | --- | --- | --- |\n",
    "| Sprint | Objective | Activity |\n| --- | --- | --- |\n",
    "| Task | Owner | Due |\n| --- | --- | --- |\n",
    "| ET | Mon | Tue |\n| --- | --- | --- |\n",
    "|  | Title |\n| --- | --- |\n",
    "\n=====\n",
    "\n-----\n",
    "# ",
    "### Recommended Participants\n",
    "### Sample Interview Questions\n",
    "Checklist",
    "- ",
    "-  ",
    "\\-",
    "*   ",
    "      *   ",
    "          *   ",
    "1.  ",
    "1\\. ",
    "•",
    "**",
    "****",
    "***   ",
    "_",
    "* * *",
    "\u{A0}",
    "word ",
    "é—",
    "T - 5 days",
    "X",
    "R,A",
    "09:00-10:00",
    "[a](https://example.org/b)",
    "\\=======\n",
    "<<<<<<< HEAD\n",
    ">>>>>>> 0\n",
    "**Note:** ",
];

/// Pages made of every mark that means something, in no order: none stops the reader, and none loses a word.
#[test]
fn any_mixture_of_marks_is_read_without_losing_a_word() {
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut lost = Vec::new();
    for page in 0..1_500 {
        let mut text = String::new();
        for part in 0..next(120) {
            text.push_str(PARTS[next(PARTS.len())]);
            if next(6) == 0 {
                text.push_str(&[" w", &part.to_string(), "x "].concat());
            }
        }
        let mut problems = Vec::new();
        let kept = words_of(&page::read("mixture.md", &text, &mut problems).into_kit());
        for word in super::words(&text).into_iter().filter(|word| word.starts_with('w') && word.ends_with('x')) {
            if !kept.contains(&word) {
                let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&word));
                lost.extend(lines.map(|(at, line)| format!("page {page} line {} lost {word}: {line}", at + 1)));
            }
        }
    }
    super::assert_none(&lost);
}
