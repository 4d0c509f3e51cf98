//! Wiki pages: every page of the corpus against a careful reading of it.

mod hostile;
mod natively;
mod variants;

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use tminus_domain::kit::{Kit, SCHEMA, Side};
use tminus_kits::{
    page::{self, PageReading},
    problem::{Problem, Severity},
    text::{decode, links, norm1},
};

use crate::corpus::{corpus, differences, entries, json as expected_json};

fn read(path: &Path, name: &str) -> (PageReading, Vec<Problem>) {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut problems = Vec::new();
    let text = decode(name, &bytes, &mut problems).expect("text").text;
    let page = page::read(name, &text, &mut problems);
    (page, problems)
}

/// The expected files of a folder that are wiki pages, with the page each is about.
fn pages(folder: &str, sources: &str) -> Vec<(Value, PageReading, Vec<Problem>)> {
    let all = entries(&corpus().join(folder)).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    let read_one = |path: std::path::PathBuf| {
        let expected = expected_json(&path);
        let file = expected["file"].as_str()?.to_owned();
        if expected["kind"] != "wiki_page" {
            return None;
        }
        let (page, problems) = read(&corpus().join(sources).join(&file), &file);
        Some((expected, page, problems))
    };
    all.filter_map(read_one).collect()
}

/// Brings both readings to the same shape where the format leaves two readings open.
fn comparable(mut object: Value) -> Value {
    strip(&mut object, &["other", "glued_notes", "above"]);
    if let Some(activities) = object.get_mut("activities").and_then(Value::as_array_mut) {
        for link in activities.iter_mut().filter_map(|activity| activity.get_mut("links")?.as_array_mut()).flatten() {
            if let Some(url) = link.get("url_clean").cloned() {
                *link = json!({ "text": link["text"], "url": url });
            }
        }
    }
    object
}

fn strip(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !keys.contains(&key.as_str()));
            map.values_mut().for_each(|value| strip(value, keys));
        }
        Value::Array(all) => all.iter_mut().for_each(|value| strip(value, keys)),
        _ => {}
    }
}

fn sorted(objects: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut objects: Vec<Value> = objects.map(comparable).collect();
    objects.sort_by_key(|object| (object["line"].as_u64(), object["kind"].to_string()));
    objects
}

fn compare(expected: &Value, page: &PageReading, out: &mut Vec<String>) {
    let file = expected["file"].as_str().unwrap_or_default();
    let got = page.objects.iter().map(|object| serde_json::to_value(object).expect("JSON")).filter(|object| object["kind"] != "table");
    let expected_objects = expected["objects"].as_array().expect("objects").iter().cloned();
    let (expected_objects, got) = (sorted(expected_objects), sorted(got));
    let kinds = |all: &[Value]| all.iter().map(|object| format!("{} {}", object["line"], object["kind"])).collect::<Vec<_>>();
    if kinds(&expected_objects) != kinds(&got) {
        out.push(format!("{file}: kinds\n  expected {:?}\n  got      {:?}", kinds(&expected_objects), kinds(&got)));
    }
    for (expected, got) in expected_objects.iter().zip(&got) {
        differences(expected, got, &format!("{file}:{}", expected["line"]), out);
    }
    let whole = json!({ "tables": page.tables, "attachments": page.attachments, "empty": page.empty, "toc_macro": page.toc });
    for key in ["tables", "attachments", "empty", "toc_macro"] {
        differences(&expected[key], &whole[key], &format!("{file}.{key}"), out);
    }
}

fn assert_none(out: &[String]) {
    assert!(out.is_empty(), "{} differences:\n{}", out.len(), out.iter().take(60).cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_page_of_the_corpus_reads_as_a_careful_reader_reads_it() {
    let pages = pages("expected/pages", "guidance");
    assert_eq!(pages.len(), 59);
    let mut out = Vec::new();
    for (expected, page, _) in &pages {
        compare(expected, page, &mut out);
    }
    assert_none(&out);
}

#[test]
fn every_invented_page_reads_as_a_careful_reader_reads_it() {
    let pages = pages("expected/synthetic-dev", "synthetic");
    assert_eq!(pages.len(), 18);
    let mut out = Vec::new();
    for (expected, page, problems) in &pages {
        compare(expected, page, &mut out);
        let wanted: BTreeSet<u64> =
            expected["warnings"].as_array().expect("warnings").iter().filter_map(|one| one["line"].as_u64()).collect();
        let warned = problems.iter().filter(|problem| problem.severity == Severity::Warning);
        let got: BTreeSet<u64> = warned.map(|problem| u64::from(problem.line)).collect();
        if !wanted.is_subset(&got) {
            out.push(format!("{}: warned at {got:?}, expected {wanted:?}", expected["file"]));
        }
    }
    assert_none(&out);
}

/// Every string of a kit, as words in small letters.
fn words_of(kit: &Kit) -> BTreeSet<String> {
    fn gather(value: &Value, out: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => out.extend(words(text)),
            Value::Array(all) => all.iter().for_each(|value| gather(value, out)),
            Value::Object(map) => {
                map.keys().for_each(|key| out.extend(words(key)));
                map.values().for_each(|value| gather(value, out));
            }
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    gather(&serde_json::to_value(kit).expect("JSON"), &mut out);
    out
}

fn words(text: &str) -> Vec<String> {
    let plain = norm1(text).replace(['\\', '*', '_'], " ");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The words of a page without what an export leaves on every page: attachments, tables of contents, conflict markers, list numbers.
fn words_of_source(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut footer = false;
    for (index, line) in text.lines().enumerate() {
        footer |= line.trim() == "**Attachments:**";
        let marker = ["<<<<<<<", "\\=======", "\\>>>>>>>"].iter().any(|marker| line.starts_with(marker));
        if footer || marker || line.trim() == "[[_TOC_]]" {
            continue;
        }
        let mut kept = String::new();
        let mut seen = 0;
        for link in links(line) {
            kept.push_str(&line[seen..link.start]);
            kept.push_str(link.text);
            seen = link.end;
            let web = link.url.starts_with("http") && !link.image;
            kept.push_str(&[" ", if web { link.url } else { "" }, " "].concat());
        }
        kept.push_str(&line[seen..]);
        out.extend(words(&kept).into_iter().map(|word| (index + 1, word)));
    }
    out.retain(|(_, word)| !word.bytes().all(|byte| byte.is_ascii_digit()));
    out
}

#[test]
fn no_word_of_a_page_is_lost_on_the_way_to_a_kit() {
    let mut lost = Vec::new();
    let mut seen = 0;
    for (folder, sources) in [("expected/pages", "guidance"), ("expected/synthetic-dev", "synthetic")] {
        for (expected, page, _) in pages(folder, sources) {
            let file = expected["file"].as_str().expect("file").to_owned();
            let source = fs::read_to_string(corpus().join(sources).join(&file)).expect("source");
            let kit = words_of(&page.into_kit());
            for (line, word) in words_of_source(&source) {
                seen += 1;
                if !kit.contains(&word) {
                    lost.push(format!("{file}:{line}: {word}"));
                }
            }
        }
    }
    assert!(seen > 10_000, "only {seen} words were looked at");
    assert_none(&lost);
}

fn seed() -> PageReading {
    let (page, problems) = read(&corpus().join("seed/customer-onboarding-checklist.md"), "customer-onboarding-checklist.md");
    assert_eq!(problems, [], "the seed is sound");
    page
}

#[test]
fn the_seed_has_seven_activities_and_off_boarding_five() {
    let totals = seed().totals();
    assert_eq!((totals.activities, totals.items, totals.subitems, totals.owners), (7, 14, 27, 16));
    let path =
        "guidance/General-Migration/v1.0/MobilizeAccelerator/MobilizeAccelerator/Mobilize-Artifacts/Customer-Offboarding-Checklist.md";
    let totals = read(&corpus().join(path), "Customer-Offboarding-Checklist.md").0.totals();
    assert_eq!((totals.activities, totals.items, totals.subitems, totals.owners), (5, 13, 0, 9));
}

#[test]
fn the_seed_becomes_a_kit_that_an_engagement_can_be_opened_from() {
    let page = seed();
    assert_eq!(page.title, "Customer Onboarding Checklist");
    let kit = page.into_kit();
    assert_eq!((kit.schema.as_str(), kit.id.as_str()), (SCHEMA, "customer-onboarding-checklist"));
    let titles: Vec<&str> = kit.modules.iter().map(|module| module.title.as_str()).collect();
    assert_eq!(titles[..3], ["Delivery Tools", "Site/Network Access", "Team Collaboration"]);
    assert_eq!(titles[6], "Customer Kick-off/Project Launch");
    let roles: Vec<(&str, Side)> = kit.roles.iter().map(|role| (role.title.as_str(), role.side)).collect();
    assert_eq!(roles, [("AWS Engagement Manager", Side::Delivery), ("Customer", Side::Customer), ("Workstream Leads", Side::Delivery)]);
    assert_eq!(kit.tasks().count(), 14 + 27);
    let ids: BTreeSet<&str> = kit.tasks().map(|(_, task)| task.id.as_str()).collect();
    assert_eq!(ids.len(), 14 + 27, "ids are unique");
    for (_, task) in kit.tasks() {
        assert!((3..=255).contains(&task.title.chars().count()), "{}", task.title);
        assert!(task.src.starts_with("customer-onboarding-checklist.md#L2"), "{}", task.src);
    }
    assert!(
        kit.modules
            .iter()
            .flat_map(|module| &module.tasks)
            .all(|task| task.owners.first().is_some_and(|owner| owner.as_str() == "aws-engagement-manager"))
    );
    let long = &kit.modules[2].tasks[0];
    assert!(long.title.ends_with("MS Teams, etc)") && long.description.contains("1 chat room for Customer Team"), "{long:?}");
    assert_eq!(kit.modules[3].tasks[0].items.len(), 8);
    assert_eq!(kit.modules[0].links[0].url, "http://Draw.io");
    assert!(kit.pages[0].text.contains("guide only") && kit.summary.starts_with("The AWS Professional Services"), "{}", kit.summary);
}

fn kit_of(name: &str) -> Kit {
    read(&corpus().join("synthetic/pages").join(name), name).0.into_kit()
}

#[test]
fn a_countdown_becomes_due_dates_from_a_milestone() {
    let kit = kit_of("T-Minus.md");
    let dues: Vec<(i32, &str)> =
        kit.tasks().filter_map(|(_, task)| task.due.as_ref()).map(|due| (due.offset, due.anchor.as_str())).collect();
    assert_eq!(dues, [(-20, "t"), (-14, "t"), (0, "t"), (3, "t")]);
    assert_eq!(kit.milestones.len(), 1);
    assert_eq!(kit.modules[0].tasks[0].description, "weekly");
}

#[test]
fn plans_matrices_grids_and_questions_find_their_places() {
    let kit = kit_of("Activity-Plan.md");
    let phases: Vec<&str> = kit.phases.iter().map(|phase| phase.title.as_str()).collect();
    assert_eq!(phases, ["Pre-Planning", "Sprint 0"]);
    assert_eq!(kit.modules[0].tasks[1].items[0].items.len(), 2);
    assert_eq!(kit.modules[0].tasks[0].links[0].page, "method-page");
    let kit = kit_of("Activity-Plan-Conflict.md");
    assert_eq!(kit.tasks().count(), 2, "only our side is imported");
    assert!(kit.extra.iter().any(|extra| extra.kind == "merge-conflict"));
    let kit = kit_of("Epic-Plan.md");
    assert_eq!(kit.modules[0].tasks[1].accept.len(), 3);
    let kit = kit_of("RACI.md");
    assert_eq!(kit.responsibilities[0].marks["Customer"], "R,A");
    let kit = kit_of("Governance.md");
    assert_eq!((kit.communications.len(), kit.grids[0].rows.len()), (2, 3));
    let kit = kit_of("Interviews.md");
    assert_eq!((kit.banks[0].questions[1].questions.len(), kit.banks[1].links[0].page.as_str()), (2, "hull-checklist"));
    let kit = kit_of("Form.md");
    assert_eq!(kit.banks[0].questions[1].options, ["Yes", "No", "Unknown"]);
    let kit = kit_of("Kit-Home.md");
    assert_eq!((kit.milestones.len(), kit.risks.len(), kit.decisions.len()), (2, 1, 1));
    assert_eq!(kit.summary, "Bring the ship home safe.");
}

#[test]
fn an_activity_that_others_wait_for_comes_before_them() {
    let (expected, page, _) = pages("expected/pages", "guidance").into_iter().nth(1).expect("the plan");
    assert!(expected["file"].as_str().expect("file").ends_with("Activity-Plan.md"));
    let kit = page.into_kit();
    let (_, deploy) = kit.tasks().find(|(_, task)| task.title == "Deploy Delivery Kits").expect("task");
    assert_eq!(deploy.after.len(), 2);
}
