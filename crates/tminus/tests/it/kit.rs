use serde_json::Value;

use crate::place::{KIT, Place, shared};

fn inspected(path: &str) -> (i32, Value) {
    let place = Place::empty();
    let done = place.run(&["kit", "inspect", &shared(path).display().to_string(), "--json"]);
    (done.code, serde_json::from_str(&done.out).expect("JSON"))
}

#[test]
fn the_onboarding_checklist_is_inspected_without_a_database() {
    let (code, found) = inspected("seed/customer-onboarding-checklist.md");
    assert_eq!(code, 0, "{found}");
    let totals = &found["totals"];
    assert_eq!([&totals["activities"], &totals["items"], &totals["subitems"], &totals["owners"]], [7, 14, 27, 16]);
    let fields: Vec<_> = found.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(fields, ["format", "kit", "name", "problems", "totals", "version"]);
    assert_eq!(found["format"], "page");
}

#[test]
fn a_bad_kit_is_rejected_with_every_problem_at_its_place() {
    let (code, found) = inspected("bad/42-unknown-fields.toml");
    assert_eq!(code, 1);
    let problem = &found["problems"][0];
    assert_eq!(problem["severity"], "error");
    assert!(problem["line"].as_u64().expect("a line") > 0, "{problem}");
    assert!(found["kit"].is_null());
    let place = Place::empty();
    let path = shared("bad/42-unknown-fields.toml").display().to_string();
    place.refused(1, &["kit", "inspect", &path], &["42-unknown-fields.toml:14:10: error: there is no task “no-such-task”", "Rejected"]);
}

#[test]
fn several_kits_are_listed_and_none_is_written_out_twice() {
    let place = Place::with_people();
    let folder = place.path("several").display().to_string();
    let newer = KIT.replace("id = \"small\"", "id = \"other\"").replace("Small kit", "Other kit");
    place.file("several/one/kit.toml", KIT);
    place.file("several/two/kit.toml", &newer);
    let text = place.ok(&["kit", "inspect", &folder, "--json"]);
    let found: Value = serde_json::from_str(&text).expect("JSON");
    let kits = found["kits"].as_array().expect("several");
    assert_eq!(kits.len(), 2, "{text}");
    assert!(kits.iter().all(|kit| kit["totals"]["tasks"] == 3), "{text}");
    assert_eq!(kits.iter().filter(|kit| kit.get("kit").is_some()).count(), 1, "the other one stands under “kit”");
    for id in ["\"id\": \"small\"", "\"id\": \"other\""] {
        assert_eq!(text.matches(id).count(), 1, "{id}: {text}");
    }
}

#[test]
fn a_path_that_is_not_there_is_not_found() {
    Place::empty().refused(3, &["kit", "inspect", "nowhere"], &["nowhere"]);
}

#[test]
fn an_import_twice_changes_nothing_and_a_new_version_sits_beside() {
    let place = Place::with_people();
    let folder = place.path("small").display().to_string();
    assert_eq!(place.json(&["kit", "import", &folder])["imported"][0]["new"], false);
    place.file(
        "small/kit.toml",
        &KIT.replace("version = \"1.0\"", "version = \"1.1\"").replace("Agree the governance", "Agree who decides"),
    );
    assert_eq!(place.json(&["kit", "import", &folder])["imported"][0]["new"], true);
    let versions: Vec<_> = place.json(&["kit", "list"]).as_array().expect("a list").iter().map(|kit| kit["version"].clone()).collect();
    assert_eq!(versions.len(), 2, "{versions:?}");
    let diff = place.json(&["kit", "diff", "small@1.0", "small@1.1"]);
    assert_eq!(diff["diff"]["changed"][0]["fields"][0]["after"], "Agree who decides");
    assert!(place.ok(&["kit", "diff", "small@1.0", "small@1.1"]).contains("Agree who decides"));
}

#[test]
fn an_exported_kit_reads_back_the_same() {
    let place = Place::with_people();
    for target in ["out", "out.zip"] {
        let path = place.path(target).display().to_string();
        place.ok(&["kit", "export", "small", &path]);
        let diff = place.json(&["kit", "diff", "small", &path]);
        assert!(
            diff["diff"].as_object().expect("lists").values().all(|list| list.as_array().is_some_and(Vec::is_empty)),
            "{target}: {diff}"
        );
        place.refused(1, &["kit", "export", "small", &path], &["--replace"]);
        place.ok(&["kit", "export", "small", &path, "--replace"]);
    }
    let csv = place.path("out.csv").display().to_string();
    place.ok(&["kit", "export", "small", &csv]);
    assert!(std::fs::read_to_string(&csv).expect("a file").contains("Get access to Jira"));
}

#[test]
fn a_folder_with_other_things_is_not_replaced_by_a_kit() {
    let place = Place::with_people();
    let mine = place.file("home/letters.txt", "dear");
    let home = mine.parent().expect("a folder").display().to_string();
    place.refused(5, &["kit", "export", "small", &home, "--replace"], &["nothing was replaced"]);
    assert!(mine.exists());
}

#[test]
fn a_check_names_slips_and_refuses_them_only_where_asked() {
    let place = Place::with_people();
    let folder = place.path("small").display().to_string();
    assert!(place.ok(&["kit", "check", &folder]).contains("does not say where it came from"));
    place.refused(1, &["kit", "check", &folder, "--strict"], &["warning"]);
}

#[test]
fn an_unknown_kit_is_not_found() {
    Place::with_people().refused(3, &["kit", "export", "nothing", "out"], &["“nothing”", "kit list"]);
}
