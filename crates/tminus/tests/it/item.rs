use serde_json::{Value, json};

use crate::place::Place;

fn keys(place: &Place, more: &[&str]) -> Vec<String> {
    let listed = place.json(&[&["item", "list", "-e", "Mobilize"][..], more].concat());
    listed.as_array().expect("a list").iter().map(|it| it["key"].as_str().expect("a key").to_owned()).collect()
}

#[test]
fn one_run_is_one_change_and_a_refused_part_leaves_nothing() {
    let (place, id) = Place::with_engagement();
    let set = |more: &[&'static str]| [&["item", "set", "jira", "-e", "Mobilize"][..], more].concat();
    let before = place.json(&["item", "show", "jira", "-e", &id]);
    let file = ["--evidence-link", "https://jira.example.com", "--comment", "they opened it", "--status", "blocked"];
    place.refused(1, &set(&file), &["Refused"]);
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id]), before);
    place.refused(4, &set(&["--comment", "hello", "--version", "9"]), &["somebody else changed it"]);
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id]), before);
    let done = place.json(&set(&["--evidence-link", "https://jira.example.com", "--status", "done", "--due", "2035-01-10"]));
    assert_eq!((&done["status"], &done["due"], &done["pinned"]), (&json!("done"), &json!("2035-01-10"), &json!(true)));
    assert!(place.ok(&["item", "undo", "-e", &id]).contains("was taken back"));
    let back = place.json(&["item", "show", "jira", "-e", &id]);
    assert_eq!((&back["status"], &back["due"], &back["evidence"]), (&before["status"], &before["due"], &json!([])));
    place.refused(1, &["item", "undo", "-e", &id], &["nothing of yours to take back"]);
}

#[test]
fn an_item_is_given_to_somebody_and_back_to_the_role() {
    let (place, _) = Place::with_engagement();
    let owner = |item: &Value| item["owners"][0]["name"].clone();
    let assign = |to: &str| place.run(&["item", "set", "governance", "-e", "Mobilize", "--assign", to, "--json"]);
    let given = assign("delivery=ann@example.com");
    assert_eq!(owner(&serde_json::from_str(&given.out).expect("JSON")), "Ann");
    assert_eq!(assign("delivery=").code, 0);
    assert_eq!(assign("delivery=eve@example.com").code, 3);
    assert_eq!(assign("left=ann@example.com").code, 2);
    let wrong = assign("customer=ann@example.com");
    assert!(wrong.code == 1 && wrong.err.contains("another side"), "{wrong:?}");
}

#[test]
fn items_are_added_moved_and_found_again() {
    let (place, id) = Place::with_engagement();
    let added = place.json(&[
        "item",
        "add",
        "Order the cake",
        "-e",
        &id,
        "--activity",
        "tools",
        "--owner",
        "customer-manager",
        "--due",
        "2025-01-08",
    ]);
    let cake = added["key"].as_str().expect("a key").to_owned();
    assert_eq!((&added["due"], &added["court"]), (&json!("2025-01-08"), &json!("customer")));
    let part = place.json(&["item", "add", "Choose the icing", "-e", &id, "--parent", &cake]);
    assert_eq!((&part["parent"], &part["activity"]), (&added["id"], &json!("tools")));
    assert_eq!(keys(&place, &["--late"]), [cake.as_str()]);
    assert_eq!(keys(&place, &["--text", "CAKE the"]), [cake.as_str()]);
    assert_eq!(keys(&place, &["--waiting-on", "customer", "--owner", "customer-manager", "--text", "order"]), [cake.as_str()]);
    assert_eq!(keys(&place, &["--gate", "tools"]), ["jira"]);
    assert!(keys(&place, &["--mine"]).iter().all(|key| *key != cake));
    place.ok(&["item", "move", &cake, "-e", &id, "--before", "jira"]);
    assert_eq!(keys(&place, &["--activity", "tools", "--open"])[0], cake);
    place.ok(&["item", "move", &cake, "-e", &id]);
    assert_ne!(keys(&place, &[])[0], cake);
    assert!(place.ok(&["item", "list", "-e", &id, "--late"]).contains("Order the cake"));
    assert!(place.ok(&["item", "list", "-e", &id, "--text", "nowhere"]).contains("None of"));
    place.refused(3, &["item", "list", "-e", &id, "--gate", "garden"], &["“garden” is no gate", "tools"]);
    place.refused(2, &["item", "list", "-e", &id, "--waiting-on", "nobody"], &["third_party"]);
    place.refused(1, &["item", "add", "More", "-e", &id, "--activity", "garden"], &["“garden” is not an activity"]);
}

#[test]
fn a_title_is_taken_with_its_name_too() {
    let (place, id) = Place::with_engagement();
    let add = |words: &[&'static str]| [&["item", "add", "-e", "Mobilize", "--activity", "tools"][..], words].concat();
    assert_eq!(place.json(&add(&["--title", "Order the cake"]))["title"], json!("Order the cake"));
    place.refused(2, &add(&[]), &["TITLE"]);
    place.refused(2, &add(&["Order the tea", "--title", "Order the cake"]), &["--title"]);
    assert!(!place.ok(&["item", "list", "-e", &id]).contains("tea"));
}

#[test]
fn completions_know_the_commands_of_items() {
    let place = Place::empty();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.ok(&["completions", shell]);
        for word in ["start-now", "waiting-on", "assign", "undo"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn an_item_is_found_by_the_number_that_the_checklist_shows() {
    let (place, id) = Place::with_engagement();
    let listed = place.json(&["item", "list", "-e", &id]);
    for item in listed.as_array().expect("a list") {
        let number = item["number"].as_str().expect("a number");
        assert_eq!(place.json(&["item", "show", number, "-e", "Mobilize"])["id"], item["id"], "{number}");
    }
    let internal = place.json(&["item", "add", "Talk about the fee", "-e", &id, "--activity", "tools", "--internal"]);
    assert!(internal["number"].as_str().is_some_and(|number| number.rsplit_once('.').is_some_and(|(_, last)| last == "a")), "{internal}");
    let after = place.json(&["item", "list", "-e", &id]);
    let kept = |item: &&Value| {
        after.as_array().is_some_and(|all| all.iter().any(|it| (&it["id"], &it["number"]) == (&item["id"], &item["number"])))
    };
    assert!(listed.as_array().expect("a list").iter().all(|item| kept(&item)), "what both sides see keeps its number");
    place.refused(3, &["item", "show", "99.1", "-e", &id], &["no item “99.1”"]);
}

#[test]
fn a_program_reads_why_its_arguments_were_not_understood() {
    let place = Place::empty();
    let wrong = place.run(&["item", "list", "--json", "--colour"]);
    let error: Value = serde_json::from_str(wrong.err.trim()).expect("JSON on standard error");
    assert_eq!((wrong.code, &error["error"]["kind"]), (2, &json!("usage")), "{wrong:?}");
    assert!(error["error"]["message"].as_str().is_some_and(|it| it.contains("--colour")), "{error}");
    assert!(!place.run(&["item", "list", "--colour"]).err.starts_with('{'));
    assert!(place.run(&["--json", "--help"]).out.contains("Usage"));
}

#[test]
fn the_checklist_goes_out_as_a_table_and_comes_back_filled_in() {
    let (place, id) = Place::with_engagement();
    let table = place.ok(&["item", "export", "-e", &id, "--shared", "--open"]);
    let mut lines = table.lines();
    let (header, row) = (lines.next().expect("a header"), lines.find(|line| line.contains(",to do,")).expect("an item to do"));
    let file = place.file("filled.csv", &format!("{header}\n{}\n", row.replace(",to do,", ",in progress,"))).display().to_string();
    let looked = place.ok(&["item", "import", &file, "-e", &id]);
    assert!(looked.contains("to do → in progress") && looked.contains("--apply"), "{looked}");
    assert!(place.ok(&["item", "import", &file, "-e", &id, "--apply"]).contains("1 taken over."));
    assert!(place.ok(&["item", "import", &file, "-e", &id, "--apply"]).contains("Nothing changes."), "twice is once");
    let done: serde_json::Value = serde_json::from_str(&place.ok(&["item", "import", &file, "-e", &id, "--json"])).expect("JSON");
    assert_eq!(done["lines"][0]["what"], "same");
    let wrong = place.file("wrong.csv", "title\nx\n").display().to_string();
    place.refused(1, &["item", "import", &wrong, "-e", &id, "--apply"], &["line 1", "nothing was changed"]);
}
