//! Whatever the bytes, reading ends, does not panic, and refuses or gives a kit that can be written.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tminus_kits::{files::Files, inspect::inspect, native};

const SCRAPS: &[&str] = &[
    "# Module: A",
    "## Task 1: B",
    "## Task 1: Subtask 1: C",
    "#### Description",
    "#### Tools",
    "#### Acceptance Criteria",
    "Prerequisites:",
    "• x",
    "a) y",
    "| a | b |",
    "| - | - |",
    "<b>",
    "[x](javascript:y)",
    "\"",
    ",",
    ";",
    "Summary,Issue Type",
    "Epic",
    "Story",
    "schema = \"kit/1\"",
    "title = \"T\"",
    "[[task]]",
    "id = \"a\"",
    "after = [\"a\"]",
    "[[task.item]]",
    "\u{202E}",
    "\0",
    "é",
    "=====",
    "-  a -  b",
    "T - 5 days",
    "#### [1. A](v1.0/K/A)",
    "+ [B](v1.0/K/A/B)",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let scrap = prop_oneof![4 => proptest::sample::select(SCRAPS).prop_map(|scrap| scrap.as_bytes().to_vec()), 1 => proptest::collection::vec(any::<u8>(), 0..20)];
    let end = proptest::sample::select(&["\n", "\r\n", "\r", " ", ""][..]);
    proptest::collection::vec((scrap, end), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(scrap, end)| [scrap, end.as_bytes().to_vec()].concat()).collect())
}

fn check(files: &Files) {
    let inspection = inspect(files);
    assert_eq!(inspection.is_rejected(), inspection.kit.is_none(), "{:?}", inspection.problems);
    for found in inspection.kits {
        let mut problems = Vec::new();
        let read = native::read(&native::write(&found.kit), &mut problems);
        assert_eq!(problems, []);
        assert_eq!(read.first(), Some(&found.kit));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_is_read_or_refused(bytes in text(), name in proptest::sample::select(&["tasks.md", "a.md", "a.csv", "a.toml", "kit.toml", "a.yaml", "a.zip"][..])) {
        check(&Files::from_bytes(name, bytes));
    }

    #[test]
    fn any_template_is_read_or_refused(readme in text(), one in text(), two in text()) {
        let texts = [("T/R-Readme.md", readme), ("T/v1.0/K/A/B/tasks.md", one), ("T/v1.0/K/A/C/tasks.md", two)];
        let texts: BTreeMap<String, Vec<u8>> = texts.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
        check(&Files::from_texts("any", texts));
    }

    #[test]
    fn any_archive_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..400) {
        let mut archive = std::fs::read(crate::corpus::corpus().join("bad/10-odd-names.zip")).expect("archive");
        let at = cut.min(archive.len());
        let end = (at + bytes.len().min(8)).min(archive.len());
        archive[at..end].copy_from_slice(&bytes[..end - at]);
        let _ = inspect(&Files::from_zip("any.zip", archive));
    }
}
