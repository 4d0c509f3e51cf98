use crate::place::{CREATE, Place};

fn creating<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&CREATE[..], more].concat()
}

#[test]
fn an_engagement_is_opened_worked_and_shown() {
    let (place, id) = Place::with_engagement();
    let shown = place.json(&["engagement", "show", &id]);
    let keys: Vec<_> = shown["items"].as_array().expect("items").iter().map(|item| item["key"].as_str().expect("a key")).collect();
    assert_eq!(keys, ["jira", "governance"]);
    assert_eq!(shown["left_out"][0]["key"], "badge-of-everyone");
    let jira = shown["items"][0]["id"].as_str().expect("an id");
    place.refused(1, &["item", "set", jira, "--status", "done"], &["evidence", "a link that opens"]);
    let item = place.json(&["item", "set", jira, "--evidence-link", "https://jira.example.com", "--status", "done"]);
    assert_eq!((&item["status"], &item["evidence"][0]["text"]), (&"done".into(), &"https://jira.example.com".into()));
    let status = place.json(&["engagement", "status", "Mobilize"]);
    assert_eq!((&status["complete"], &status["complete_of"], &status["gates"][0]["verdict"]), (&1.into(), &2.into(), &"green".into()));
    assert_eq!(place.json(&["engagement", "list"])[0]["complete"], 1);
    assert!(place.ok(&["engagement", "show", "mobilize"]).contains("Get access to Jira"));
}

#[test]
fn files_comments_dates_and_ways_out_are_kept() {
    let (place, id) = Place::with_engagement();
    let file = place.file("letter.txt", "signed").display().to_string();
    let item = place.json(&[
        "item",
        "set",
        "jira",
        "-e",
        &id,
        "--file",
        &file,
        "--comment",
        "sent by post",
        "--due",
        "2035-01-09",
        "--way-out",
        "expedite=Ask twice",
        "--reason",
        "no time",
    ]);
    assert_eq!(item["evidence"][0]["text"], "letter.txt");
    assert_eq!((&item["due"], &item["pinned"], &item["comments"]), (&"2035-01-09".into(), &true.into(), &1.into()));
    assert_eq!(item["way_out"]["way"]["text"], "Ask twice");
}

#[test]
fn every_word_of_the_help_is_explained_and_what_is_needed_is_said() {
    let place = Place::empty();
    for (command, needed) in [
        (["engagement", "create", "--help"], "at least one is needed"),
        (["item", "set", "--help"], "both sides read"),
        (["item", "add", "--help"], "What has to be done"),
        (["item", "list", "--help"], "A role that owns it"),
    ] {
        let help = place.ok(&command);
        assert!(help.contains(needed), "{help}");
        let lines: Vec<_> = help.lines().map(str::trim).collect();
        let is_bare =
            |pair: &&[&str]| pair[0].starts_with('-') && pair[0].ends_with('>') && (pair[1].is_empty() || pair[1].starts_with('-'));
        let bare: Vec<_> = lines.windows(2).filter(is_bare).collect();
        assert!(bare.is_empty(), "{bare:?}");
    }
}

#[test]
fn a_stale_version_is_a_conflict_and_changes_nothing() {
    let (place, id) = Place::with_engagement();
    place.ok(&["item", "set", "jira", "-e", &id, "--status", "in-progress", "--version", "1"]);
    place.refused(
        4,
        &["item", "set", "jira", "-e", &id, "--comment", "late", "--status", "to_do", "--version", "1"],
        &["somebody else changed it"],
    );
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id])["comments"], 0);
}

#[test]
fn a_dry_run_explains_every_choice_and_saves_nothing() {
    let place = Place::with_people();
    let preview = place.json(&creating(&["--kickoff", "2026-01-06", "--dry-run"]));
    assert_eq!(preview["left_out"][0]["key"], "badge-of-everyone");
    let why = preview["items"][0]["due_because"].as_str().expect("why");
    assert!(why.contains("Delivery (Germany, Bayern)") && why.contains("Epiphany"), "{why}");
    let onsite: Vec<_> = creating(&["--kickoff", "2035-01-23", "--dry-run", "--answer", "onsite=yes"]);
    let text = place.ok(&onsite);
    assert!(text.contains("Get a badge") && text.contains("Nothing was saved"), "{text}");
    assert!(place.json(&["engagement", "list"]).as_array().is_some_and(Vec::is_empty));
}

#[test]
fn what_cannot_be_made_in_time_is_shown_with_its_ways_out() {
    let (place, id) = Place::with_engagement();
    let today = place.json(&["engagement", "status", &id])["today"].clone();
    let today: jiff::civil::Date = today.as_str().expect("today").parse().expect("a date");
    let soon = today.saturating_add(jiff::Span::new().days(30)).to_string();
    let text = place.ok(&creating(&["--kickoff", &soon, "--dry-run", "--answer", "onsite=yes"]));
    assert!(text.contains("it takes 400 business days"), "{text}");
    assert!(text.contains("→ move Kick-off, expedite it"), "{text}");
}

#[test]
fn unusable_values_are_refused_by_name_and_nothing_is_saved() {
    let place = Place::with_people();
    for (code, more, words) in [
        (2, ["--kickoff", "soon"], ["soon"]),
        (2, ["--milestone", "kickoff=tomorrow"], ["tomorrow"]),
        (1, ["--milestone", "lunch=2035-01-23"], ["“lunch”"]),
        (1, ["--answer", "onsite=perhaps"], ["“perhaps”"]),
        (1, ["--answer", "offsite=yes"], ["“offsite”"]),
        (2, ["--calendar", "Third:customer:XX"], ["XX"]),
        (1, ["--zone", "Mars/Base"], ["“Mars/Base”"]),
        (3, ["--kit", "nothing"], ["“nothing”"]),
        (3, ["--person", "eve@example.com function=customer_manager"], ["eve@example.com"]),
        (2, ["--person", "bob@example.com function=king"], ["king"]),
        (1, ["--closures", "Third=closures.ics"], ["“Third”"]),
        (3, ["--closures", "Delivery=closures.ics"], ["closures.ics"]),
    ] {
        let args = if more[0] == "--zone" { creating(&more) } else { creating(&[&more[..], &["--zone", "Europe/Berlin"]].concat()) };
        place.refused(code, &args, &words);
    }
    assert!(place.json(&["engagement", "list"]).as_array().is_some_and(Vec::is_empty));
}

#[test]
fn an_engagement_is_opened_from_a_file_and_flags_go_before_it() {
    let place = Place::with_people();
    let described = r#"
kits = ["small"]
title = "From a file"
customer = "Northwind"
zone = "Europe/Berlin"

[milestones]
kickoff = "2035-01-23"

[answers]
onsite = true

[[calendar]]
name = "Delivery"
side = "delivery"
region = "DE-BY"

[[person]]
email = "bob@example.com"
function = "customer_manager"
roles = ["customer-manager"]
"#;
    let file = place.file("engagement.toml", described).display().to_string();
    let created = place.json(&["engagement", "create", "--from", &file, "--title", "By flag"]);
    assert_eq!((&created["title"], &created["items"]), (&"By flag".into(), &3.into()));
    let wrong = place.file("wrong.toml", &described.replace("zone =", "zoen =")).display().to_string();
    place.refused(1, &["engagement", "create", "--from", &wrong], &["wrong.toml:5", "zoen"]);
}

#[test]
fn closures_of_a_calendar_are_counted() {
    let place = Place::with_people();
    let csv = place.file("closures.csv", "from,to,title,kind\n2035-01-18,2035-01-18,Plant closed,closure\n");
    let closures = format!("Delivery={}", csv.display());
    let preview = place.json(&creating(&["--kickoff", "2035-01-23", "--closures", &closures, "--dry-run"]));
    let why = preview["items"][0]["due_because"].as_str().expect("why");
    assert!(why.contains("Plant closed"), "{why}");
}
