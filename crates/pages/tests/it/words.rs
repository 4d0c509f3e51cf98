//! The catalogue and the templates agree.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use tminus_pages::words::TABLE;

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found
}

/// A key that is missing does not compile; one that is left over is found here.
#[test]
fn no_words_are_left_over() {
    let text = ["src", "templates"].into_iter().flat_map(files).map(|file| fs::read_to_string(file).unwrap()).collect::<String>();
    let used = text.match_indices('"').filter_map(|(at, _)| text[at + 1..].split('"').next()).collect::<BTreeSet<_>>();
    let left: Vec<_> = TABLE.iter().map(|(key, _)| *key).filter(|key| !used.contains(key)).collect();
    assert!(left.is_empty(), "in locales/en.toml and nowhere used: {left:?}");
}

/// Words between tags belong in the catalogue, or nobody can ever translate them.
#[test]
fn templates_hold_no_words_of_their_own() {
    let mut found = Vec::new();
    for file in files("templates").into_iter().filter(|file| !file.ends_with("gallery.html")) {
        let text = bare(&fs::read_to_string(&file).unwrap());
        let words = text.split_whitespace().filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 2);
        let words = words.filter(|word| !["Tminus", "Ctrl"].contains(word) && !word.contains("=\""));
        found.extend(words.map(|word| format!("{}: {word}", file.display())));
    }
    for file in files("templates").into_iter().filter(|file| !file.ends_with("gallery.html")) {
        let text = fs::read_to_string(&file).unwrap();
        for start in ["aria-label=\"", "title=\"", "placeholder=\"", "alt=\""] {
            let said = text.match_indices(start).map(|(at, _)| &text[at + start.len()..]);
            found.extend(
                said.filter(|said| !said.starts_with('{') && !said.starts_with('"'))
                    .map(|said| format!("{}: {start}{said:.20}", file.display())),
            );
        }
    }
    assert!(found.is_empty(), "say it with t!(…): {found:#?}");
}

/// The text without tags, template tags and comments.
fn bare(template: &str) -> String {
    let without = |text: String, open: &str, close: &str| {
        let mut kept = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(open) {
            kept.push_str(before);
            rest = after.split_once(close).map_or("", |(_, after)| after);
        }
        kept + rest
    };
    let text = without(template.to_owned(), "{#", "#}");
    let text = without(text, "{%", "%}");
    let text = without(text, "{{", "}}");
    without(text, "<", ">").replace("&nbsp;", " ")
}

#[test]
fn words_are_plain() {
    for (key, words) in TABLE {
        assert!(
            !words.contains('!') && !words.to_lowercase().contains("please") && !words.to_lowercase().contains("successfully"),
            "{key}: {words}"
        );
        assert_eq!(words.matches('{').count(), words.matches('}').count(), "{key}: {words}");
    }
}
