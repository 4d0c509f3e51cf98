//! The rules of the house that no compiler knows: sizes, names, which crate may use which, and that the documents tell the truth.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use tminus_kits::{files::Files, limits};

const MAX_LINES: usize = 400;
const MAX_TEMPLATE_LINES: usize = 160;
const MAX_STYLE_LINES: usize = 200;
/// Bytes of the style sheet as it is sent, before compression.
const MAX_STYLES: u64 = 35_000;

/// Which of our crates each may use. The arrows are those of ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("kits", &["domain"]),
    ("store", &["domain"]),
    ("connect", &["domain"]),
    ("documents", &["domain"]),
    ("app", &["domain", "kits", "store", "connect", "documents"]),
    ("pages", &["app", "domain", "kits"]),
    ("api", &["app", "domain", "kits"]),
    ("tminus", &["api", "app", "connect", "documents", "domain", "kits", "pages", "store"]),
];

/// Foreign crates that stay in one of ours, so that a change of them is a change there.
const ROOMS: [(&str, &[&str]); 12] = [
    ("sea-orm", &["store"]),
    ("sea-orm-migration", &["store"]),
    ("sqlx", &["store"]),
    ("object_store", &["store"]),
    ("reqwest", &["connect"]),
    ("lettre", &["connect"]),
    ("typst", &["documents"]),
    ("icalendar", &["documents"]),
    ("rust_xlsxwriter", &["documents"]),
    ("askama", &["pages"]),
    ("utoipa", &["api"]),
    ("axum", &["api", "pages", "tminus"]),
];

const FORBIDDEN: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "manager", "service", "services"];
/// Roles that people really have.
const ROLES: [&str; 2] = ["engagement_manager", "project_manager"];
const DECLARING: [&str; 9] = ["fn", "struct", "enum", "mod", "trait", "type", "const", "static", "macro_rules!"];

#[test]
fn a_source_file_is_short_and_begins_with_what_it_is_about() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().filter(|file| !is_test(file)) {
        let text = read(&file);
        let lines = text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{}: {lines} lines, at most {MAX_LINES}: two rooms?", shown(&file)));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{}: begin with a line `//! ` that says what the file is about", shown(&file)));
        }
    }
    none(&wrong);
}

#[test]
fn templates_and_styles_are_short() {
    let pages = root().join("crates/pages");
    let mut wrong = Vec::new();
    for (folder, ending, most) in [("templates", "html", MAX_TEMPLATE_LINES), ("assets/css", "css", MAX_STYLE_LINES)] {
        let files = under(&pages.join(folder), ending);
        assert!(!files.is_empty(), "{folder} is empty: has it moved?");
        for file in files {
            let lines = read(&file).lines().count();
            if lines > most {
                wrong.push(format!("{}: {lines} lines, at most {most}", shown(&file)));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_style_sheet_stays_small() {
    let sheets = under(&root().join("crates/pages/dist"), "css");
    assert_eq!(sheets.len(), 1, "one style sheet is sent, found {sheets:?}: run `make assets`");
    let bytes = fs::metadata(&sheets[0]).expect("it was just listed").len();
    assert!(bytes <= MAX_STYLES, "{bytes} bytes of styles, at most {MAX_STYLES}: pay for a rule by removing one");
}

#[test]
fn a_crate_uses_only_the_crates_below_it() {
    let mut wrong = Vec::new();
    let listed: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, folders(&root().join("crates")), "the crates and the list of arrows differ");
    for (name, allowed) in ARROWS {
        for used in dependencies(name) {
            if let Some(ours) = used.strip_prefix("tminus-")
                && ours != name
                && !allowed.contains(&ours)
            {
                wrong.push(format!("crates/{name} uses {used}; it may use {allowed:?}"));
            }
            if let Some((_, homes)) = ROOMS.iter().find(|(foreign, _)| *foreign == used)
                && !homes.contains(&name)
            {
                wrong.push(format!("crates/{name} uses {used}, which stays in {homes:?}"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn names_say_what_a_thing_is() {
    let mut wrong = Vec::new();
    for file in sources() {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(word) = forbidden(&stem) {
            wrong.push(format!("{}: a file is not named {word}", shown(&file)));
        }
        for (number, line) in read(&file).lines().enumerate() {
            if let Some(name) = declared(line)
                && let Some(word) = forbidden(name)
            {
                wrong.push(format!("{}:{}: {name} has {word} in it: say what it is", shown(&file), number + 1));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_documents_name_only_what_is_there() {
    let mut wrong = Vec::new();
    for file in documents() {
        let text = read(&file);
        let home = file.parent().unwrap_or_else(|| Path::new("")).to_owned();
        for (number, line) in text.lines().enumerate() {
            let links = links(line).map(|link| home.join(link));
            let paths = paths(line).map(|path| root().join(path));
            for path in links.chain(paths).filter(|path| !path.exists() && !is_made(path)) {
                wrong.push(format!("{}:{}: {} is not there", shown(&file), number + 1, path.display()));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_test_that_the_documents_name_exists() {
    let sources: String = sources().iter().chain(&under(&root().join("e2e"), "mjs")).map(|file| read(file)).collect();
    let mut named = 0;
    let mut wrong = Vec::new();
    for file in documents() {
        for word in read(&file).split('`').skip(1).step_by(2).filter(|word| is_sentence(word)) {
            named += 1;
            if !sources.contains(&format!("fn {word}(")) {
                wrong.push(format!("{}: there is no {word}", shown(&file)));
            }
        }
    }
    none(&wrong);
    assert!(named > 10, "ARCHITECTURE.md names a test for each invariant; only {named} were found");
}

#[test]
fn the_example_of_the_kit_format_is_a_kit() {
    let text = read(&root().join("docs/kit-format.md"));
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example in the page");
    let files = Files::from_texts("example", BTreeMap::from([("kit.toml".to_owned(), example.as_bytes().to_vec())]));
    let inspection = tminus_kits::inspect::inspect(&files);
    assert!(inspection.problems.is_empty(), "{:#?}", inspection.problems);
    let kit = inspection.kit.expect("a kit");
    assert_eq!(tminus_kits::check::check(&kit), [], "an author would be told to look at it again");
}

#[test]
fn the_limits_of_kits_are_in_their_page() {
    let page = read(&root().join("docs/kit-format.md"));
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    let rows = [
        ("one file", mib(limits::MAX_FILE)),
        ("all text files of a kit together", mib(limits::MAX_TOTAL)),
        ("one line", mib(limits::MAX_LINE as u64)),
        ("files and folders, or entries of an archive", thousands(limits::MAX_ENTRIES)),
        ("an archive", mib(limits::MAX_ARCHIVE)),
        ("how many times larger an archive's entry may become", limits::MAX_RATIO.to_string()),
        ("folders in each other", limits::MAX_FOLDERS.to_string()),
        ("one part of a path in an archive", limits::MAX_NAME.to_string()),
        ("a title", limits::MAX_TITLE.to_string()),
        ("tasks and subtasks", thousands(limits::MAX_TASKS)),
        ("rows of a CSV file", thousands(limits::MAX_ROWS)),
    ];
    for (what, most) in rows {
        assert!(page.contains(&format!("| {what} | {most}")), "docs/kit-format.md does not say that {what} may have at most {most}");
    }
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert_eq!(forbidden("KitManager"), Some("manager"));
    assert_eq!(forbidden("date_utils"), Some("utils"));
    assert_eq!(forbidden("the_engagement_manager_opens_it"), None);
    assert_eq!(forbidden("communication"), None);
    assert_eq!(declared("    pub(crate) async fn fill_seat(app: &App) {"), Some("fill_seat"));
    assert_eq!(declared("// a struct of ours"), None);
    assert_eq!(links("see [limits](docs/kit-format.md#limits), [web](https://example.org)").collect::<Vec<_>>(), ["docs/kit-format.md"]);
    assert_eq!(paths("in `crates/kits/src/limits.rs`, not `crates/X/src`").collect::<Vec<_>>(), ["crates/kits/src/limits.rs"]);
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    if digits.len() > 3 { format!("{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]) } else { digits }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn under(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(under(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn folders(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder of crates");
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.join("Cargo.toml").is_file());
    paths.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}

fn sources() -> Vec<PathBuf> {
    let files = under(&root().join("crates"), "rs");
    assert!(files.len() > 50, "the sources have moved");
    files
}

fn is_test(file: &Path) -> bool {
    let name = shown(file);
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.contains("/examples/") || name.contains("/benches/")
}

fn dependencies(name: &str) -> Vec<String> {
    let manifest = root().join(format!("crates/{name}/Cargo.toml"));
    let table: toml::Table = read(&manifest).parse().unwrap_or_else(|error| panic!("{}: {error}", manifest.display()));
    let list = table.get("dependencies").and_then(toml::Value::as_table);
    list.into_iter().flat_map(toml::Table::keys).cloned().collect()
}

/// What a line of Rust declares, if it does.
fn declared(line: &str) -> Option<&str> {
    if line.trim_start().starts_with("//") {
        return None;
    }
    let mut words = line.split_whitespace().skip_while(|word| !DECLARING.contains(word));
    words.next()?;
    let name = words.next()?;
    Some(name.split(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap_or(name))
}

fn forbidden(name: &str) -> Option<&'static str> {
    let mut snake = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() && snake.ends_with(char::is_lowercase) {
            snake.push('_');
        }
        snake.extend(sign.to_lowercase());
    }
    let plain = ROLES.iter().fold(snake, |name, role| name.replace(role, ""));
    FORBIDDEN.into_iter().find(|word| plain.split('_').any(|part| part == *word))
}

fn documents() -> Vec<PathBuf> {
    let mut files = under(&root().join("docs"), "md");
    let entries = fs::read_dir(root()).expect("the root");
    files.extend(
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "md")),
    );
    assert!(files.iter().any(|file| file.ends_with("README.md")), "there is no README.md");
    files
}

/// Where a line's Markdown links lead inside the repository.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', '#', ' ']).next()?;
        (!target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")).then_some(target)
    })
}

/// Paths from the root that a line names in backticks. `X` and `…` stand for something the reader fills in.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let tops = ["crates/", "docs/", "tools/", "e2e/", "kits/", "benches/", "fuzz/", ".ci/"];
    let spoken = line.split('`').skip(1).step_by(2);
    let open = |path: &str| path.contains(['…', '*', '<', '{', ' ', '$']) || path.split('/').any(|part| part.starts_with('X'));
    spoken
        .filter(move |path| tops.iter().any(|top| path.starts_with(top)) && !open(path))
        .map(|path| path.split(':').next().unwrap_or(path))
}

/// The name of a test, as `an_empty_gate_is_not_green`.
fn is_sentence(word: &str) -> bool {
    word.matches('_').count() >= 3 && word.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
}

/// What a build makes, and git does not keep.
fn is_made(path: &Path) -> bool {
    let name = shown(path);
    ["crates/pages/dist", "crates/domain/holidays", "e2e/shots", "target"].iter().any(|made| name.starts_with(made))
}
