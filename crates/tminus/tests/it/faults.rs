//! Power cuts, full disks, read-only and locked databases.

use std::{
    collections::BTreeMap,
    fs,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use tminus_store::{Opening, Store};

use crate::{
    place::Place,
    serve::{self, Server},
};

/// Comments in the exported record, and how often each is there.
fn comments(place: &Place, id: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for line in place.ok(&["record", "export", id]).lines() {
        let entry: Value = serde_json::from_str(line).expect("JSON");
        for sealed in entry["texts"].as_object().into_iter().flat_map(serde_json::Map::values) {
            if let Some(text) = sealed["text"].as_str().filter(|text| text.starts_with("round ")) {
                *found.entry(text.to_owned()).or_default() += 1;
            }
        }
    }
    found
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_fifty_times() {
    const ROUNDS: usize = 50;
    let (place, id) = Place::with_engagement();
    let key = place.json(&["token", "create", "test"])["secret"].as_str().expect("a secret").to_owned();
    let item = place.json(&["item", "show", "jira", "-e", &id])["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/engagements/{id}/items/{item}/comments");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut server = Server::start(&place, &[]);
        let count = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (address, key, path, count) = (server.address.clone(), key.clone(), path.clone(), count.clone());
                let name = format!("round {round} writer {writer}");
                thread::spawn(move || stream_of_changes((&address, &key, &path), &name, &count))
            })
            .collect();
        // A different moment each round, always in the middle of things.
        let began = Instant::now();
        while count.load(Ordering::SeqCst) < 1 + round % 7 && began.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_micros(700 * (round as u64 % 11)));
        server.child.kill().expect("killed");
        server.child.wait().expect("ended");
        acknowledged.extend(writers.into_iter().flat_map(|writer| writer.join().expect("a writer")));
    }
    place.ok(&["record", "verify"]);
    let kept = comments(&place, &id);
    assert!(acknowledged.len() > ROUNDS, "only {} changes were acknowledged", acknowledged.len());
    for text in &acknowledged {
        assert_eq!(kept.get(text), Some(&1), "{text} was acknowledged");
    }
    // No half change: the item counts exactly the comments that the record has.
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id])["comments"], kept.len());
}

/// Comments until the server is gone. Those that it said are kept.
fn stream_of_changes((address, key, path): (&str, &str, &str), name: &str, count: &AtomicUsize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let more = format!("authorization: Bearer {key}\r\ncontent-type: application/json\r\n");
    for number in 0.. {
        let text = format!("{name} number {number}");
        let body = serde_json::json!({ "text": text }).to_string();
        match serve::ask(address, ("POST", path), &more, &body) {
            Ok(answer) if answer.status == 201 => {
                acknowledged.push(text);
                count.fetch_add(1, Ordering::SeqCst);
            }
            Ok(answer) => panic!("{}: {}", answer.status, answer.body),
            Err(_) => break,
        }
    }
    acknowledged
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_nothing_is_broken() {
    let (place, id) = Place::with_engagement();
    // No file may grow beyond what the write-ahead log and the database have room for: writing fails half-way.
    let database = place.path("data/tminus.db");
    let blocks = fs::metadata(&database).expect("a database").len() / 512 + 8;
    let binary = env!("CARGO_BIN_EXE_tminus");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {binary} item set jira -e {id} --comment \"$BIG\"");
    let mut failed = None;
    for _ in 0..40 {
        let mut command = std::process::Command::new("sh");
        let big = "much to say ".repeat(800);
        command.args(["-c", &script]).env("TMINUS_DATA", place.path("data")).env("BIG", big).stdout(Stdio::null());
        let output = command.output().expect("sh runs");
        if !output.status.success() {
            failed = Some((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()));
            break;
        }
    }
    let (code, said) = failed.expect("it has to fail at some point");
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("disk") && said.contains("nothing was saved"), "{said}");
    place.ok(&["record", "verify"]);
    place.ok(&["item", "set", "jira", "-e", &id, "--comment", "there is room again"]);
}

#[test]
fn a_locked_database_is_said_after_some_patience() {
    let (place, id) = Place::with_engagement();
    let database = format!("sqlite://{}", place.path("data/tminus.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store = runtime.block_on(Store::open(&Opening { database, files: None })).expect("it opens");
    let holding = runtime.block_on(store.writing()).expect("the write lock");
    let began = Instant::now();
    place.refused(
        5,
        &["item", "set", "jira", "-e", &id, "--comment", "hello"],
        &["another program is using the database", "nothing was saved"],
    );
    assert!(began.elapsed() >= Duration::from_secs(4), "it waits a while for others");
    let within = runtime.enter();
    drop(holding);
    drop(within);
    runtime.block_on(store.close()).expect("it closes");
    place.ok(&["item", "set", "jira", "-e", &id, "--comment", "hello"]);
}

#[test]
fn a_read_only_database_is_said_and_left_as_it_is() {
    let (place, id) = Place::with_engagement();
    let database = place.path("data/tminus.db");
    let before = fs::read(&database).expect("a database");
    let url = format!("sqlite://{}?mode=ro", database.display());
    place.refused(5, &["item", "set", "jira", "-e", &id, "--comment", "hello", "--database", &url], &["read-only", "nothing was saved"]);
    assert!(before == fs::read(&database).expect("a database"), "not one byte changed");
}

#[test]
fn a_file_that_is_no_database_is_said_and_left_as_it_is() {
    let place = Place::empty();
    let letter = place.file("letter.txt", "This is a letter and not a database. ".repeat(40).as_str());
    let before = fs::read(&letter).expect("text");
    place.refused(5, &["person", "list", "--database", &letter.display().to_string()], &["not a database"]);
    assert_eq!(before, fs::read(&letter).expect("text"));
}
