//! Malformed and hostile files: each gets what its INDEX says.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use tminus_domain::kit::Kit;
use tminus_kits::{
    files::Files,
    inspect::{Inspection, inspect},
    problem::{MAX_QUOTE, Severity},
};

use crate::corpus::{corpus, json};

fn bad(name: &str) -> PathBuf {
    corpus().join("bad").join(name)
}

fn open(name: &str) -> Inspection {
    inspect(&Files::open(&bad(name)))
}

fn said(inspection: &Inspection) -> String {
    inspection.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Fails unless every line is named, and with something worse than a note.
fn assert_lines(inspection: &Inspection, lines: &[u32]) {
    for line in lines {
        let named = inspection.problems.iter().any(|it| it.line == *line && it.severity > Severity::Note);
        assert!(named, "line {line} is not named in:\n{}", said(inspection));
    }
}

fn assert_says(inspection: &Inspection, words: &[&str]) {
    let said = said(inspection);
    for word in words {
        assert!(said.contains(word), "{word} in:\n{said}");
    }
}

fn kit(name: &str) -> Kit {
    let inspection = open(name);
    inspection.kit.clone().unwrap_or_else(|| panic!("{name} is refused:\n{}", said(&inspection)))
}

fn titles(kit: &Kit) -> Vec<String> {
    kit.tasks().map(|(_, task)| task.title.clone()).collect()
}

/// What every case has to satisfy: the verdict, the first line, the time, short quotes and nothing half imported.
fn assert_case(case: &serde_json::Value, path: &Path) {
    let start = Instant::now();
    let inspection = inspect(&Files::open(path));
    let took = start.elapsed();
    let (name, expect) = (case["file"].as_str().expect("file"), case["expect"].as_str().expect("verdict"));
    let said = said(&inspection);
    // The index means an optimised build; a debug build beside others gets four times as long.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 40 } else { 10 });
    assert!(took < limit, "{name} took {took:?}");
    match expect {
        "reject" => {
            assert!(inspection.is_rejected() && inspection.kit.is_none() && inspection.kits.is_empty(), "{name} is not refused:\n{said}");
        }
        "accept" => assert!(!inspection.is_rejected() && inspection.problems.is_empty(), "{name}:\n{said}"),
        _ => {
            assert!(!inspection.is_rejected() && inspection.kit.is_some(), "{name} is refused:\n{said}");
            assert!(inspection.problems.iter().any(|it| it.severity == Severity::Warning), "{name} has no warning:\n{said}");
        }
    }
    if let Some(line) = case["line"].as_u64() {
        assert!(inspection.problems.iter().any(|it| u64::from(it.line) == line), "{name} does not name line {line}:\n{said}");
    }
    for problem in &inspection.problems {
        assert!(!problem.file.is_empty() && problem.message.chars().count() < 3 * MAX_QUOTE + 800, "{name}: {problem}");
        assert!(!problem.message.contains(char::is_control), "{name}: {problem}");
    }
}

#[test]
fn every_stored_file_gets_what_its_index_says() {
    let index = json(&bad("index.json"));
    let cases: Vec<_> = index["cases"].as_array().expect("cases").iter().filter(|case| case["generated"] == false).collect();
    assert_eq!(cases.len(), 44);
    for case in cases {
        assert_case(case, &bad(case["file"].as_str().expect("file")));
    }
}

#[test]
fn every_generated_file_gets_what_its_index_says() {
    let folder = std::env::temp_dir().join(format!("tminus-bad-{}", std::process::id()));
    let made = Command::new("python3").arg(bad("generate_large.py")).arg(&folder).output().expect("python3 makes the large files");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let index = json(&bad("index.json"));
    let cases: Vec<_> = index["cases"].as_array().expect("cases").iter().filter(|case| case["generated"] == true).collect();
    assert_eq!(cases.len(), 7);
    for case in cases {
        assert_case(case, &folder.join(case["file"].as_str().expect("file").trim_end_matches('/')));
    }
    let links = inspect(&Files::open(&folder.join("54-symlink-tree")));
    assert_says(&links, &["Root", "Loop", "Up", "Dangling"]);
    std::fs::remove_dir_all(&folder).expect("the large files are removed");
}

#[test]
fn hostile_archives_are_refused_by_entry_and_limit() {
    for (name, words) in [
        ("01-truncated.zip", &["01-truncated.zip", "damaged"][..]),
        ("02-bomb-1000to1.zip", &["Kick off/tasks.md", "1027:1", "100:1"]),
        ("03-zip-slip.zip", &["../../outside.md"]),
        ("04-symlink-entry.zip", &["Link/tasks.md", "link"]),
        ("05-duplicate-entries.zip", &["Kick off/tasks.md", "twice"]),
        ("06-case-and-nfc-clash.zip", &["Caf"]),
        ("07-encrypted-flag.zip", &["Kick off/tasks.md", "encrypted"]),
        ("08-lying-size.zip", &["Kick off/tasks.md", "10 bytes"]),
        ("09-nested.zip", &["an archive inside an archive is not opened"]),
    ] {
        assert_says(&open(name), words);
    }
}

#[test]
fn odd_names_in_an_archive_become_safe_ones() {
    let inspection = open("10-odd-names.zip");
    assert_says(&inspection, &["reserved", "dot", "character", "255"]);
    assert_eq!(inspection.totals.modules, 4);
}

#[test]
fn text_of_any_encoding_is_read_or_refused_with_its_line() {
    assert_lines(&open("11-invalid-utf8"), &[3, 5, 7]);
    assert_says(&open("11-invalid-utf8"), &["\u{FFFD}"]);
    assert_says(&open("13-utf16"), &["UTF-16", "UTF-8"]);
    assert_says(&open("14-empty"), &["empty"]);
    assert_says(&open("15-bom-only"), &["empty"]);
    let kit = kit("16-mixed-eol");
    let task = &kit.modules[0].tasks[0];
    assert_eq!((kit.tasks().count(), task.description.as_str(), task.accept.len()), (1, "A\nB", 1));
}

#[test]
fn active_content_becomes_words() {
    let inspection = open("21-active-content");
    assert_lines(&inspection, &[2, 3, 5, 6, 7, 8, 10, 12, 14]);
    assert!(!inspection.problems.iter().any(|it| it.line == 9), "{}", said(&inspection));
    let kit = inspection.kit.expect("kit");
    let text = serde_json::to_string(&kit).expect("JSON").to_lowercase();
    for gone in ["<script", "<img", "<svg", "<iframe", "<style", "<b ", "](javascript", "](data:", "](vbscript", "(&#106;", "<a "] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    for kept in ["https://example.org/a", "https://example.org/b", "alert(document.cookie)", "bold", "ok"] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}

#[test]
fn names_that_look_the_same_are_named_and_keep_their_ids() {
    let inspection = open("22-lookalike-names");
    assert_lines(&inspection, &[6, 9, 12, 18]);
    let kit = inspection.kit.expect("kit");
    let ids: std::collections::BTreeSet<_> = kit.tasks().map(|(_, task)| task.id.clone()).collect();
    assert_eq!((kit.tasks().count(), ids.len()), (6, 6));
}

#[test]
fn direction_marks_go_and_long_titles_are_cut() {
    assert_lines(&open("23-rtl-override"), &[3, 5, 6, 8]);
    let text = serde_json::to_string(&kit("23-rtl-override")).expect("JSON");
    assert!(
        !text.contains(['\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}']),
        "{text}"
    );
    assert_lines(&open("24-long-title"), &[3]);
    let kit = kit("24-long-title");
    let task = &kit.modules[0].tasks[0];
    assert!(task.title.chars().count() <= 255 && task.description.chars().count() > 20_000);
}

#[test]
fn headings_and_numbers_that_are_not_right_are_named() {
    let inspection = open("25-no-module");
    assert_lines(&inspection, &[1, 4, 6, 8]);
    assert_says(&inspection, &["25-no-module", "#### Description", "#### Acceptance Criteria"]);
    let task = &inspection.kit.expect("kit").modules[0].tasks[0];
    assert!(["x", "y", "lower case heading", "no space"].iter().all(|word| task.description.contains(word)), "{}", task.description);
    let inspection = open("26-duplicate-and-orphan-numbers");
    assert_lines(&inspection, &[3, 6, 9, 12, 15, 18, 21]);
    assert_eq!(titles(&inspection.kit.expect("kit")), ["Starts at two", "Twice", "Orphan", "Gap", "Huge", "Zero"]);
}

#[test]
fn a_circle_of_prerequisites_is_named_and_not_made() {
    let inspection = open("33-cyclic-dependencies");
    assert_says(&inspection, &["Alpha step -> Gamma step -> Beta step -> Alpha step", "7, 12, 17"]);
    assert_lines(&inspection, &[7, 22]);
    let edges: usize = inspection.kit.expect("kit").tasks().map(|(_, task)| task.after.len()).sum();
    assert_eq!(edges, 2);
}

#[test]
fn backlogs_that_are_not_right_are_named_line_by_line() {
    assert_says(&open("19-unbalanced-quotes.csv"), &["19-unbalanced-quotes.csv:3"]);
    assert_says(&open("34-csv-headers.csv"), &["34-csv-headers.csv:1", "Summary", "Description", "Epic Link", "Beschreibung"]);
    // A lone CR inside a cell counts as a line end, as everywhere.
    assert_lines(&open("20-formula-injection.csv"), &[3, 4, 5, 7, 8]);
    let variants = open("35-csv-variants.csv");
    assert_eq!((variants.totals.epics, variants.totals.stories), (1, 2));
    assert_lines(&variants, &[7]);
    let references = open("36-csv-references.csv");
    for line in [3, 5, 6, 7, 8] {
        assert_eq!(references.problems.iter().filter(|it| it.line == line).count(), 1, "{}", said(&references));
    }
    let dates = open("30-bad-dates.csv");
    assert_lines(&dates, &[2, 3, 4, 5, 6, 7, 9]);
    assert!(!dates.problems.iter().any(|it| it.line == 8), "{}", said(&dates));
    assert_says(&dates, &["2026-02-30", "31/04/2026"]);
}

#[test]
fn points_that_cannot_be_are_left_out() {
    let inspection = open("32-huge-points.csv");
    assert_lines(&inspection, &[3, 4, 5, 6, 8, 11]);
    assert!(!inspection.problems.iter().any(|it| it.line == 10), "{}", said(&inspection));
    assert_eq!(inspection.totals.points, 13);
}

#[test]
fn native_kits_that_are_not_right_are_named_all_at_once() {
    assert_says(&open("41-unknown-schema.toml"), &["41-unknown-schema.toml:1", "kit/99", "kit/1"]);
    assert_lines(&open("42-unknown-fields.toml"), &[3, 5, 7, 10, 12, 13, 14]);
    assert_says(
        &open("42-unknown-fields.toml"),
        &["“phasez”; did you mean “phase”", "“titel”; did you mean “title”", "no-such-task", "itself"],
    );
    assert_lines(&open("43-deep-array.toml"), &[2]);
    assert_says(&open("44-cycle.toml"), &["a -> c -> b -> a", "7, 12, 17"]);
    assert_lines(&open("38-yaml-tags.yaml"), &[2, 8]);
    assert_says(&open("39-unknown-schema.yaml"), &["kit/99", "kit/1"]);
    assert_says(&open("40-unknown-fields.yaml"), &["“phasez”; did you mean “phase”", "“titel”; did you mean “title”"]);
    assert_lines(&open("40-unknown-fields.yaml"), &[3, 6]);
}
