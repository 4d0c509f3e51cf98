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

/// The words of a text without marks, markup and what a section is called.
fn words(text: &str) -> Vec<String> {
    let text = tminus_kits::text::norm1(&tminus_kits::text::safe_markdown(&tminus_kits::text::decode_entities(text)));
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2).map(str::to_lowercase).collect()
}

/// How often each word is there.
fn count(words: impl Iterator<Item = String>) -> std::collections::BTreeMap<String, usize> {
    words.fold(std::collections::BTreeMap::new(), |mut counts, word| {
        *counts.entry(word).or_default() += 1;
        counts
    })
}

/// A line of a `tasks.md` without what its heading only says by its form.
fn said(line: &str) -> &str {
    match line {
        "#### Description" | "#### Tools" | "#### Acceptance Criteria" => "",
        _ if line.starts_with("# Module:") || line.starts_with("## Task ") => line.rsplit_once(": ").map_or(line, |(_, title)| title),
        _ if line.trim() == "Tools:" => "",
        _ => line,
    }
}

#[test]
fn no_word_of_a_template_is_lost_on_the_way_to_a_kit() {
    let mut lost = Vec::new();
    let mut modules = 0;
    for folder in entries(&corpus().join("templates")).into_iter().chain([corpus().join("synthetic/templates/Lantern-Migration")]) {
        let files = Files::open(&folder);
        for reading in read(&files, &mut Vec::new()) {
            for (version, kit) in reading.versions.iter().zip(reading.into_kits(&mut Vec::new())) {
                for ((_, module), made) in version.modules().zip(&kit.modules) {
                    let bytes = files.get(&format!("{}{}", reading.base, module.path)).expect("file");
                    let text = tminus_kits::text::decode(&module.path, bytes, &mut Vec::new()).expect("text").text;
                    let json = serde_json::to_value(made).expect("JSON");
                    let mut there = Vec::new();
                    strings(&json, &mut there);
                    let there = count(there.iter().flat_map(|text| words(text)));
                    for (word, times) in count(text.lines().flat_map(|line| words(said(line)))) {
                        if there.get(&word).copied().unwrap_or(0) < times {
                            lost.push(format!("{}: {word} ({times})", module.path));
                        }
                    }
                    modules += 1;
                }
            }
        }
    }
    assert_eq!(modules, 330);
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost[..lost.len().min(20)].join("\n"));
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}

#[test]
fn the_seed_checklist_has_its_totals() {
    let seed = tminus_kits::inspect::inspect(&Files::open(&corpus().join("seed/customer-onboarding-checklist.md")));
    assert!(!seed.is_rejected());
    let totals = seed.totals;
    assert_eq!((seed.format, totals.activities, totals.items, totals.subitems, totals.owners), ("page", 7, 14, 27, 16));
}

#[test]
fn a_template_is_the_same_kit_from_a_folder_from_inside_it_and_from_files() {
    let folder = corpus().join("synthetic/templates/Lantern-Migration");
    let whole = tminus_kits::inspect::inspect(&Files::open(&folder));
    let above = tminus_kits::inspect::inspect(&Files::open(&corpus().join("synthetic/templates")));
    let hashes = |inspection: &tminus_kits::inspect::Inspection| {
        inspection.kits.iter().map(|found| tminus_kits::inspect::content_hash(&found.kit)).collect::<Vec<_>>()
    };
    assert_eq!(hashes(&whole), hashes(&above));
    assert_eq!(whole.kits.len(), 4);
    assert_eq!(whole.version, "v4.0");
}
