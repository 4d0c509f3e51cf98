use serde_json::{Value, json};
use tminus_kits::{
    files::Files,
    problem::Problem,
    template::{TemplateReading, read},
};

use crate::corpus::{corpus, differences, entries, json, stem};

/// A reading in the shape of `expected/`.
fn as_expected(reading: &TemplateReading) -> Value {
    let mut value = serde_json::to_value(reading).expect("JSON");
    for (version, read) in value["versions"].as_array_mut().expect("versions").iter_mut().zip(&reading.versions) {
        let totals = read.totals();
        version["totals"] = json!({
            "phases": totals.phases, "modules": totals.modules, "tasks": totals.tasks, "subtasks": totals.subtasks,
            "ac_sections": totals.criteria_sections, "acceptance_criteria": totals.criteria, "ac_children": totals.subcriteria,
            "tools": totals.tools, "owners": totals.owners,
        });
        for phase in version["phases"].as_array_mut().expect("phases") {
            for module in phase["modules"].as_array_mut().expect("modules") {
                for task in module["tasks"].as_array_mut().expect("tasks") {
                    for subtask in task["subtasks"].as_array_mut().expect("subtasks") {
                        subtask.as_object_mut().expect("subtask").remove("subtasks");
                    }
                }
            }
        }
    }
    value
}

fn compare(folder: &std::path::Path, expected: &std::path::Path) -> (Vec<String>, Vec<Problem>, Value) {
    let mut problems = Vec::new();
    let readings = read(&Files::open(folder), &mut problems);
    assert_eq!(readings.len(), 1, "{}", folder.display());
    let mut expected = json(expected);
    expected.as_object_mut().expect("object").retain(|key, _| !matches!(key.as_str(), "kind" | "schema" | "warnings"));
    for version in expected["versions"].as_array_mut().expect("versions") {
        let totals = version["totals"].as_object_mut().expect("totals");
        totals
            .retain(|key, _| !matches!(key.as_str(), "empty_modules" | "empty_descriptions" | "links" | "prerequisites" | "tool_sections"));
    }
    expected["other_files"].as_array_mut().expect("files").retain(|file| folder.join(file.as_str().expect("path")).exists());
    let mut found = Vec::new();
    differences(&expected, &as_expected(&readings[0]), "", &mut found);
    (found, problems, expected)
}

#[test]
fn every_template_reads_as_a_careful_reader_would_read_it() {
    let kits = corpus();
    let mut wrong = Vec::new();
    for expected in entries(&kits.join("expected/templates")) {
        let name = stem(&expected);
        let (found, _, _) = compare(&kits.join("templates").join(&name), &expected);
        wrong.extend(found.into_iter().map(|difference| format!("{name}{difference}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(25)].join("\n"));
}

#[test]
fn the_invented_template_reads_with_all_its_irregularities() {
    let kits = corpus();
    let (found, _, _) =
        compare(&kits.join("synthetic/templates/Lantern-Migration"), &kits.join("expected/synthetic-dev/Lantern-Migration.json"));
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn what_a_careful_reader_warns_about_is_reported_at_its_line() {
    let kits = corpus();
    let mut missing = Vec::new();
    let synthetic = (kits.join("synthetic/templates/Lantern-Migration"), kits.join("expected/synthetic-dev/Lantern-Migration.json"));
    let pairs = entries(&kits.join("expected/templates")).into_iter().map(|path| (kits.join("templates").join(stem(&path)), path));
    for (folder, expected) in pairs.chain([synthetic]) {
        let (_, problems, _) = compare(&folder, &expected);
        for warning in json(&expected)["warnings"].as_array().expect("warnings") {
            let (file, line) = (warning["file"].as_str().expect("file"), warning["line"].as_u64().expect("line"));
            let whole_file = matches!(warning["code"].as_str(), Some("encoding" | "text-before-section"));
            if !problems.iter().any(|problem| problem.file == file && (whole_file || u64::from(problem.line) == line)) {
                missing.push(warning.to_string());
            }
        }
    }
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn a_folder_of_templates_is_one_inspection_with_every_kit() {
    let inspection = tminus_kits::inspect::inspect(&Files::open(&corpus().join("templates")));
    assert!(!inspection.is_rejected(), "{:?}", inspection.problems.first());
    assert_eq!(inspection.kits.len(), 17);
    let newest = tminus_kits::inspect::inspect(&Files::open(&corpus().join("templates/Mainframe-Migration")));
    assert_eq!((newest.version.as_str(), newest.totals.modules, newest.kits.len()), ("v2.0", 21, 2));
    let kit = newest.kit.expect("kit");
    assert!(
        kit.renamed.iter().any(|it| it.from.as_str().contains("pre-kickoff") && it.to.as_str().starts_with("introduction")),
        "{:?}",
        kit.renamed
    );
}
