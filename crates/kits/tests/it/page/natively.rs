//! Pages as kits of the native format.

use tminus_kits::{check::check, native, problem::Severity};

use super::pages;

#[test]
fn every_page_can_be_written_as_a_native_kit_and_read_back() {
    let mut faults = Vec::new();
    for (folder, sources) in [("expected/pages", "guidance"), ("expected/synthetic-dev", "synthetic")] {
        for (expected, page, _) in pages(folder, sources) {
            let kit = page.into_kit();
            let mut problems = check(&kit);
            let back = native::read(&native::write(&kit), &mut problems);
            problems.retain(|problem| problem.severity == Severity::Error);
            if back.first() != Some(&kit) || !problems.is_empty() {
                let shown: Vec<String> = problems.iter().take(3).map(ToString::to_string).collect();
                faults.push(format!("{}: {} back, {}", expected["file"], back.len(), shown.join("; ")));
            }
        }
    }
    super::assert_none(&faults);
}
