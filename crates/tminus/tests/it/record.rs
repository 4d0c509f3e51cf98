use std::fs;

use crate::{
    place::Place,
    serve::{Answer, Server},
};

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
fn the_practices_own_record_is_exported_and_proves_itself_too() {
    let place = Place::with_people();
    let file = place.path("practice.jsonl").display().to_string();
    place.ok(&["record", "export", "--practice", "-o", &file]);
    let proved = Place::empty().json(&["record", "verify", &file]);
    assert_eq!((&proved["ok"], &proved["engagement"], &proved["end_proved"]), (&true.into(), &"practice".into(), &true.into()));
    let text = fs::read_to_string(&file).expect("a file");
    assert!(text.contains("person_added") && text.lines().rev().nth(1).expect("an entry").contains("record_exported"), "{text}");
    let csv = place.ok(&["record", "export", "--practice", "--format", "csv"]);
    assert!(csv.contains(",record_exported,"), "{csv}");
    place.refused(1, &["record", "export", "--practice", "--as", "bob@example.com"], &[]);
    place.refused(2, &["record", "export"], &["<ENGAGEMENT>"]);
    place.ok(&["record", "verify"]);
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

/// A body as a client reads it; `None` if it was broken off before its end.
fn body(answer: &Answer) -> Option<String> {
    if !answer.head.to_lowercase().contains("transfer-encoding: chunked") {
        return Some(answer.body.clone());
    }
    let (mut rest, mut whole) = (answer.body.as_bytes(), Vec::new());
    loop {
        let line = rest.windows(2).position(|it| it == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = rest.get(line + 2..)?;
        if size == 0 {
            return (rest == b"\r\n").then(|| String::from_utf8(whole).expect("UTF-8"));
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// A server over a practice with some entries, and what a browser and a program have to say to be let in.
fn served() -> (Place, String, Server, [String; 3]) {
    let (place, _, _) = exported();
    let id = place.json(&["engagement", "list"])[0]["id"].as_str().expect("an id").to_owned();
    let key = place.json(&["token", "create", "test"])["secret"].as_str().expect("a secret").to_owned();
    let cy = ["person", "add", "Cy", "cy@example.com", "--practice", "administrator", "--password-stdin"];
    assert_eq!(place.run_with_input(&cy, "correct horse battery\n").code, 0);
    let server = Server::start(&place, &[]);
    let (browser, token) = server.sign_in("cy%40example.com", "correct+horse+battery");
    (place, id, server, [browser, token, format!("authorization: Bearer {key}\r\n")])
}

#[test]
fn what_the_page_and_the_api_give_out_is_proved_like_the_command_s() {
    let (place, id, server, [browser, form, program]) = served();
    let page = server.ask("POST", &format!("/engagements/{id}/record/export.jsonl"), &browser, &form).expect("an answer");
    let api = server.ask("GET", &format!("/api/v1/engagements/{id}/record/export"), &program, "").expect("an answer");
    let mut before = 0;
    for (answer, name) in [(page, "page"), (api, "api")] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = body(&answer).unwrap_or_else(|| panic!("{name}: the download was broken off: {}", answer.body));
        let file = place.file("download.jsonl", &text).display().to_string();
        let proved = Place::empty().json(&["record", "verify", &file]);
        assert_eq!((&proved["ok"], &proved["end_proved"], &proved["title"]), (&true.into(), &true.into(), &"Mobilize".into()), "{name}");
        let entries = proved["entries"].as_u64().expect("a number");
        assert!(entries > before, "each export is an entry of the next one: {entries} after {before}");
        before = entries;
        let last = text.lines().rev().nth(1).expect("an entry");
        assert!(last.contains("record_exported") && last.contains(&format!("\\\"via\\\":\\\"{name}\\\"")), "{last}");
    }
}

#[test]
fn tables_from_the_page_and_the_api_are_whole_and_hold_no_formula() {
    let (place, id, server, [browser, form, program]) = served();
    let page = server.ask("POST", &format!("/engagements/{id}/record/export.csv"), &browser, &form).expect("an answer");
    let api = server.ask("GET", &format!("/api/v1/engagements/{id}/record/export?format=csv"), &program, "").expect("an answer");
    for (answer, name) in [(page, "page"), (api, "api")] {
        let text = body(&answer).unwrap_or_else(|| panic!("{name}: the download was broken off: {}", answer.body));
        let rows: Vec<_> = csv::Reader::from_reader(text.as_bytes()).into_records().collect::<Result<_, _>>().expect("rows");
        let last = rows.last().expect("a row");
        assert_eq!((&last[0], &last[6]), (rows.len().to_string().as_str(), "record_exported"), "{name}");
        assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{text}");
        assert!(text.contains("'=1+1"), "{text}");
    }
    drop(server);
    place.ok(&["record", "verify"]);
}

#[test]
fn a_download_that_is_broken_off_is_no_whole_record() {
    let (_place, id, server, [_, _, program]) = served();
    let mut answer = server.ask("GET", &format!("/api/v1/engagements/{id}/record/export"), &program, "").expect("an answer");
    assert!(body(&answer).is_some());
    answer.body.truncate(answer.body.len() - 5);
    assert_eq!(body(&answer), None);
    let unknown = server.ask("GET", &format!("/api/v1/engagements/{id}/record/export?format=pdf"), &program, "").expect("an answer");
    assert_eq!(unknown.status, 400, "{}", unknown.body);
}
