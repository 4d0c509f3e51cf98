//! The kits beside the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The corpus, which must be there: a test without it proves nothing.
pub(crate) fn corpus() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/kits");
    assert!(path.is_dir(), "the corpus is missing: put the kits at {} to run these tests", path.display());
    path
}

pub(crate) fn json(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The entries of a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    paths
}

pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().expect("name").to_string_lossy().into_owned()
}

/// The first few places where two values differ, each with its path.
pub(crate) fn differences(expected: &serde_json::Value, actual: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    use serde_json::Value;
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                differences(value, right.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), found);
            }
            for key in right.keys().filter(|key| !left.contains_key(*key)) {
                found.push(format!("{path}.{key} is not expected"));
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                found.push(format!("{path}: {} expected, {} read", left.len(), right.len()));
            }
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                differences(left, right, &format!("{path}[{at}]"), found);
            }
        }
        _ if expected == actual => {}
        _ => found.push(format!("{path}\n    expected {expected}\n    read     {actual}")),
    }
}
