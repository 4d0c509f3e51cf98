use std::{fs, path::Path};

use serde_json::{Value, json};
use tminus_domain::kit::{Kit, task::Task};
use tminus_kits::backlog::{BacklogReading, read, to_csv};

use crate::corpus::{corpus, differences, json};

const ATTACHED: &str = "guidance/General-Migration/v1.0/Portfolio/.attachments/Portfolio";

fn backlog(path: &Path) -> BacklogReading {
    let text = fs::read_to_string(path).expect("CSV").replace("\r\n", "\n");
    read(&path.file_name().expect("name").to_string_lossy(), &text, &mut Vec::new()).expect("backlog")
}

/// Whole numbers as whole numbers, as the expected readings have them.
fn whole(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(whole),
        Value::Object(fields) => fields.values_mut().for_each(whole),
        Value::Number(number) => {
            if let Some(exact) = number.as_f64().filter(|number| number.fract() == 0.0) {
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
                let exact = exact as i64;
                *value = json!(exact);
            }
        }
        _ => {}
    }
}

#[test]
fn every_backlog_reads_as_a_careful_reader_would_read_it() {
    let kits = corpus();
    for (source, expected) in [
        (kits.join(ATTACHED).join("dk-portfolioassessment_activities.csv"), "backlogs/dk-portfolioassessment-activities.json"),
        (kits.join(ATTACHED).join("dk-portfolio_decisions.csv"), "backlogs/dk-portfolio-decisions.json"),
        (kits.join("synthetic/pages/backlog.csv"), "synthetic-dev/backlog.json"),
        (kits.join("synthetic/pages/decisions.csv"), "synthetic-dev/decisions.json"),
    ] {
        let reading = backlog(&source);
        let totals = reading.totals();
        let mut actual = serde_json::to_value(&reading).expect("JSON");
        whole(&mut actual);
        actual["totals"] = json!({
            "epics": totals.epics, "stories": totals.stories, "points": totals.points,
            "acceptance_criteria": totals.criteria, "decisions": totals.decisions,
        });
        let mut expected = json(&kits.join("expected").join(expected));
        actual["file"] = expected["file"].clone();
        expected.as_object_mut().expect("object").retain(|key, _| !matches!(key.as_str(), "schema" | "kind" | "warnings"));
        let mut found = Vec::new();
        differences(&expected, &actual, "", &mut found);
        assert!(found.is_empty(), "{}:\n{}", source.display(), found.join("\n"));
    }
}

/// What a backlog can carry of a task: its lines are not the same in another file.
fn carried(kit: &Kit) -> Vec<Task> {
    let mut tasks: Vec<Task> = kit.tasks().map(|(_, task)| task.clone()).collect();
    for task in &mut tasks {
        task.src.clear();
        task.extra.clear();
        task.accept.iter_mut().for_each(|criterion| criterion.src.clear());
    }
    tasks
}

#[test]
fn an_exported_backlog_reads_back_as_it_was() {
    let kits = corpus();
    for source in [
        kits.join(ATTACHED).join("dk-portfolioassessment_activities.csv"),
        kits.join("synthetic/pages/backlog.csv"),
        kits.join("bad/20-formula-injection.csv"),
    ] {
        let kit = backlog(&source).into_kit();
        let exported = to_csv(&kit);
        let again = read("again.csv", &exported, &mut Vec::new()).expect("backlog").into_kit();
        assert_eq!(carried(&again), carried(&kit), "{}", source.display());
        for cell in csv::ReaderBuilder::new()
            .from_reader(exported.as_bytes())
            .records()
            .flat_map(|row| row.expect("row").iter().map(str::to_owned).collect::<Vec<_>>())
        {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋']), "{cell}");
        }
    }
}
