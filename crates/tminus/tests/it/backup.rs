use std::fs;

use tminus_store::{Opening, Store};

use crate::place::Place;

fn worked() -> (Place, String) {
    let (place, id) = Place::with_engagement();
    let letter = place.file("letter.txt", "signed").display().to_string();
    place.ok(&["item", "set", "jira", "-e", &id, "--file", &letter, "--comment", "sent"]);
    (place, id)
}

#[test]
fn a_backup_brings_everything_back() {
    let (place, id) = worked();
    let archive = place.path("backup.zip").display().to_string();
    assert_eq!(place.json(&["backup", &archive])["files"], 1);
    let before = place.json(&["engagement", "show", &id]);
    let other = place.path("other").display().to_string();
    let restored = place.json(&["restore", &archive, "--data", &other]);
    assert_eq!((&restored["files"], &restored["records"]), (&1.into(), &2.into()));
    assert_eq!(place.json(&["engagement", "show", &id, "--data", &other]), before);
    let file = fs::read_dir(place.path("other/files")).expect("a folder").next().expect("a file").expect("a file").path();
    assert_eq!(fs::read_to_string(file).expect("text"), "signed");
    place.ok(&["record", "verify", "--data", &other]);
}

#[test]
fn a_practice_that_is_there_is_kept_unless_it_is_replaced_and_then_kept_beside() {
    let (place, id) = worked();
    let archive = place.path("backup.zip").display().to_string();
    place.ok(&["backup", &archive]);
    place.refused(1, &["backup", &archive], &["--replace"]);
    place.ok(&["item", "set", "jira", "-e", &id, "--comment", "after the backup"]);
    place.refused(1, &["restore", &archive], &["--replace", "nothing was changed"]);
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id])["comments"], 2);
    let restored = place.json(&["restore", &archive, "--replace"]);
    assert_eq!(restored["kept"].as_array().map(Vec::len), Some(2), "{restored}");
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id])["comments"], 1);
    let kept = restored["kept"][0].as_str().expect("a path");
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id, "--database", kept])["comments"], 2);
}

#[test]
fn a_damaged_backup_changes_nothing() {
    let (place, id) = worked();
    let archive = place.path("backup.zip");
    place.ok(&["backup", &archive.display().to_string()]);
    let whole = fs::read(&archive).expect("an archive");
    let damaged = place.path("damaged.zip");
    for change in [whole.len() / 4, whole.len() / 3, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[change] ^= 0x55;
        fs::write(&damaged, bytes).expect("a file");
        place.refused(1, &["restore", &damaged.display().to_string(), "--replace"], &["nothing was changed"]);
    }
    fs::write(&damaged, &whole[..whole.len() / 2]).expect("a file");
    place.refused(1, &["restore", &damaged.display().to_string(), "--replace"], &["nothing was changed"]);
    place.refused(3, &["restore", "nowhere.zip", "--replace"], &["nowhere.zip"]);
    assert_eq!(place.json(&["item", "show", "jira", "-e", &id])["comments"], 1);
}

#[test]
fn a_backup_whose_record_was_changed_is_refused() {
    let (place, _) = worked();
    let archive = place.path("backup.zip").display().to_string();
    let database = place.path("data/tminus.db");
    place.ok(&["record", "verify"]);
    into_one_file(&database);
    let mut bytes = fs::read(&database).expect("the database");
    let at = bytes.windows(26).position(|window| window == b"\"fact\":\"engagement_opened\"").expect("an entry");
    bytes[at + 9] ^= 0x01;
    fs::write(&database, bytes).expect("written");
    place.refused(1, &["record", "verify"], &["record "]);
    place.ok(&["backup", &archive]);
    let other = place.path("other").display().to_string();
    place.refused(1, &["restore", &archive, "--data", &other], &["the backup is not whole", "nothing was changed"]);
}

#[test]
fn over_postgresql_its_own_tools_are_named() {
    let place = Place::empty();
    let database = "postgres://ann:secret@localhost/tminus";
    place.refused(1, &["backup", "b.zip", "--database", database], &["pg_dump", "postgres://localhost/tminus"]);
    let said = place.run(&["restore", "b.zip", "--database", database]);
    assert!(said.code == 1 && said.err.contains("pg_restore") && !said.err.contains("secret"), "{said:?}");
}

/// What still is in the write-ahead log goes into the database file.
fn into_one_file(database: &std::path::Path) {
    let opening = Opening { database: format!("sqlite://{}", database.display()), files: None };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { Store::open(&opening).await.expect("it opens").close().await.expect("it closes") });
}
