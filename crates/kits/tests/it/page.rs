//! Wiki pages: every page of the corpus against a careful reading of it.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use tminus_kits::{
    page::{self, PageReading},
    problem::{Problem, Severity},
    text::decode,
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
