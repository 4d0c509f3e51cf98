use std::fs;

use crate::place::Place;

/// An engagement with some entries, and its export in lines.
fn exported() -> (Place, String, Vec<String>) {
    let (place, id) = Place::with_engagement();
    place.ok(&["item", "set", "jira", "-e", &id, "--comment", "waiting for the form", "--evidence-link", "https://jira.example.com"]);
    place.ok(&["item", "set", "jira", "-e", &id, "--status", "done"]);
    place.ok(&["item", "set", "governance", "-e", &id, "--status", "waived", "--reason", "=1+1"]);
    let file = place.path("record.jsonl").display().to_string();
    place.ok(&["record", "export", &id, "-o", &file]);
    let lines = fs::read_to_string(&file).expect("a file").lines().map(str::to_owned).collect();
    (place, file, lines)
}

fn verify(place: &Place, lines: &[String]) -> (i32, String) {
    let file = place.file("changed.jsonl", &(lines.join("\n") + "\n")).display().to_string();
    let done = Place::empty().run(&["record", "verify", &file]);
    (done.code, done.out)
}

#[test]
fn an_export_proves_itself_without_a_database() {
    let (place, file, lines) = exported();
    let proved: serde_json::Value = serde_json::from_str(&Place::empty().ok(&["record", "verify", &file, "--json"])).expect("JSON");
    assert_eq!((&proved["ok"], &proved["title"]), (&true.into(), &"Mobilize".into()));
    assert_eq!(proved["entries"], lines.len() - 2);
    let text = lines.concat();
    assert!(text.contains("waiting for the form") && text.contains("https://jira.example.com"), "comments and evidence are in it");
    let head = proved["head"].as_str().expect("a hash");
    place.ok(&["record", "verify", &file, "--head", head]);
    place.refused(1, &["record", "verify", &file, "--head", "00"], &["not the one that you know"]);
    place.ok(&["record", "verify"]);
}

#[test]
fn the_first_entry_that_was_changed_is_named_with_its_line() {
    let (place, _, lines) = exported();
    for number in 1..=lines.len() - 2 {
        let mut changed = lines.clone();
        changed[number] = changed[number].replacen("\\\"via\\\":\\\"cli\\\"", "\\\"via\\\":\\\"api\\\"", 1);
        assert_ne!(changed[number], lines[number]);
        let (code, said) = verify(&place, &changed);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(&format!(":{}: entry {number}:", number + 1)), "{said}");
    }
}

#[test]
fn changed_texts_and_missing_entries_are_named() {
    let (place, _, lines) = exported();
    let text = lines.iter().position(|line| line.contains("waiting for the form")).expect("the comment");
    let mut changed = lines.clone();
    changed[text] = changed[text].replace("waiting for the form", "all is well");
    assert_eq!(verify(&place, &changed).0, 1);
    let mut short = lines.clone();
    short.remove(2);
    let (code, said) = verify(&place, &short);
    assert!(code == 1 && said.contains(":3: entry 3 stands where entry 2 belongs"), "{said}");
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    assert_eq!(verify(&place, &swapped).0, 1);
}

#[test]
fn an_export_that_was_cut_off_is_noticed() {
    let (place, _, lines) = exported();
    let (code, said) = verify(&place, &lines[..lines.len() - 1]);
    assert!(code == 1 && said.contains("cut off"), "{said}");
    let mut without_last_entry = lines.clone();
    without_last_entry.remove(lines.len() - 2);
    let (code, said) = verify(&place, &without_last_entry);
    assert!(code == 1 && said.contains("entries are missing at the end"), "{said}");
    assert_eq!(verify(&place, &[]).0, 1);
    assert_eq!(verify(&place, &["hello".to_owned()]).0, 1);
    let (code, said) = verify(&place, &[&lines[..], &["{}".to_owned()]].concat());
    assert!(code == 1 && said.contains("after the head"), "{said}");
}

#[test]
fn entries_alone_are_proved_as_far_as_they_go() {
    let (place, _, lines) = exported();
    let (code, said) = verify(&place, &lines[1..lines.len() - 1]);
    assert!(code == 0 && said.contains("is not proved"), "{said}");
}

#[test]
fn no_cell_of_the_csv_is_a_formula() {
    let (place, _, _) = exported();
    let csv = place.ok(&["record", "export", "Mobilize", "--format", "csv"]);
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1"), "{csv}");
    assert!(csv.starts_with("number,at,zone,person,name,via,fact,"));
}

#[test]
fn whoever_may_not_read_internal_things_exports_nothing() {
    let (place, id) = Place::with_engagement();
    place.refused(3, &["record", "export", &id, "--as", "bob@example.com"], &["not yours to see"]);
}
