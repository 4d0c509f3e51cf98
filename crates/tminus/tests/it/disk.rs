//! A disk that fills up while Tminus serves from it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    place::Place,
    serve::{Answer, Server},
};

/// Room that is left on the small disk, in bytes: enough for some changes, and not for a file of [`LARGE`].
const ROOM: u64 = 1024 * 1024;
const LARGE: usize = 4 * 1024 * 1024;

/// Serves from a file system of its own that has hardly room, and copies what is on it to `$OUT` in the end.
const ON_A_SMALL_DISK: &str = r#"
mount -t tmpfs -o size="$SIZE" tmpfs "$DISK" && cp -R "$SEED/." "$DISK" || exit 9
trap 'kill -TERM $pid' TERM
"$TMINUS" serve --data "$DISK" --listen 127.0.0.1:0 & pid=$!
wait $pid; wait $pid; cp -R "$DISK/." "$OUT"
"#;

/// The same where nobody may mount anything: no file may grow beyond a size, which the system says in place of a full disk.
const WITH_SMALL_FILES: &str = r#"
cp -R "$SEED/." "$OUT" && trap '' XFSZ && ulimit -f "$BLOCKS" || exit 9
exec "$TMINUS" serve --data "$OUT" --listen 127.0.0.1:0
"#;

fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

fn folder(place: &Place, name: &str) -> PathBuf {
    let path = place.path(name);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries.map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().expect("a file").len() + 4_096 }).sum()
}

/// A server whose disk is nearly full; its data is in `out` when it has ended.
fn served_from_a_small_disk(place: &Place) -> (Server, PathBuf) {
    let (seed, disk, out) = (place.path("data"), folder(place, "disk"), folder(place, "out"));
    let mounts = may_mount();
    eprintln!("the disk is full by {}", if mounts { "a file system of its own" } else { "the size of files: nobody may mount here" });
    let mut command = if mounts { Command::new("unshare") } else { Command::new("sh") };
    let database = fs::metadata(seed.join("tminus.db")).expect("a database").len();
    command.args(if mounts { &["-Urm", "sh", "-c", ON_A_SMALL_DISK][..] } else { &["-c", WITH_SMALL_FILES][..] });
    command.envs([("SEED", &seed), ("DISK", &disk), ("OUT", &out)]).env("TMINUS", env!("CARGO_BIN_EXE_tminus"));
    command.env("SIZE", (size(&seed) + ROOM).to_string()).env("BLOCKS", ((database + ROOM) / 512).to_string());
    (Server::of(command), out)
}

impl Server {
    fn post(&self, path: &str, more: &str, body: &str) -> Answer {
        self.ask("POST", path, more, body).expect("an answer")
    }

    /// Ends as when an operator ends it.
    fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        self.child.wait().expect("it ends");
    }
}

/// Comments in the record, and how often each is there.
fn comments(place: &Place, data: &str, id: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for line in place.ok(&["record", "export", id, "--data", data, "--as", "ann@example.com"]).lines() {
        let entry: Value = serde_json::from_str(line).expect("JSON");
        for sealed in entry["texts"].as_object().into_iter().flat_map(serde_json::Map::values) {
            let number = sealed["text"].as_str().and_then(|text| text.strip_prefix("number ")?.split(' ').next());
            *found.entry(number.unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn a_disk_that_fills_up_is_said_and_what_was_acknowledged_stays() {
    let (place, id) = Place::with_engagement();
    let key = place.json(&["token", "create", "test"])["secret"].as_str().expect("a secret").to_owned();
    let item = place.json(&["item", "show", "jira", "-e", &id])["id"].as_str().expect("an id").to_owned();
    let cy = ["person", "add", "Cy", "cy@example.com", "--practice", "administrator", "--password-stdin"];
    assert_eq!(place.run_with_input(&cy, "correct horse battery\n").code, 0);
    let (server, out) = served_from_a_small_disk(&place);
    let (browser, token) = server.sign_in("cy%40example.com", "correct+horse+battery");
    let program = format!("authorization: Bearer {key}\r\n");
    let bearer = format!("{program}content-type: application/json\r\n");
    let path = format!("/api/v1/engagements/{id}/items/{item}/comments");

    let mut acknowledged = 0;
    let refused = loop {
        let text = format!("number {acknowledged} {}", "much to say ".repeat(300));
        let answer = server.post(&path, &bearer, &json!({ "text": text }).to_string());
        if answer.status != 201 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 2_000, "the disk has to be full at some point");
    };
    assert!(acknowledged > 3, "{acknowledged}: there was room for some");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("disk") && refused.body.contains("nothing was saved"), "{}", refused.body);
    assert!(refused.head.contains("retry-after: "), "{}", refused.head);

    let form = format!("{token}&comment=too+much+{}&back=/", "much+to+say+".repeat(300));
    let page = server.post(&format!("/engagements/{id}/items/{item}/comments"), &browser, &form);
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.body.contains("disk") && page.body.contains("<!doctype html>"), "the page says why: {}", page.body);
    let large = "x".repeat(LARGE);
    let file = server.post(&format!("/api/v1/engagements/{id}/items/{item}/files?name=plan.txt"), &program, &large);
    assert_eq!(file.status, 503, "{}", file.body);
    assert!(file.body.contains("the disk is full"), "{}", file.body);
    let reading = server.ask("GET", &format!("/engagements/{id}/checklist"), &browser, "").expect("an answer");
    assert_eq!(reading.status, 200, "reading goes on");

    server.stop();
    let data = out.display().to_string();
    // The whole database file is read, and every chain.
    place.ok(&["record", "verify", "--data", &data]);
    let kept = comments(&place, &data, &id);
    for number in 0..acknowledged {
        assert_eq!(kept.get(&number.to_string()), Some(&1), "number {number} was acknowledged");
    }
    assert!(!kept.contains_key(&acknowledged.to_string()), "number {acknowledged} was refused");
    place.ok(&["item", "set", &item, "--data", &data, "--as", "ann@example.com", "--comment", "there is room again"]);
}
