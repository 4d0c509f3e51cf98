use std::{fs, path::Path};

use tminus_domain::kit::governance::Responsibility;
use tminus_kits::{
    files::Files,
    inspect::{content_hash, inspect},
    native,
    problem::Severity,
};

use crate::corpus::{corpus, entries};

fn inspected(path: &Path) -> tminus_kits::inspect::Inspection {
    inspect(&Files::open(path))
}

#[test]
fn every_kit_of_the_corpus_reads_back_as_it_was_written() {
    let kits = corpus();
    let mut count = 0;
    let mut sources = vec![kits.join("templates"), kits.join("synthetic/templates"), kits.join("seed"), kits.join("guidance")];
    sources.extend(entries(&kits.join("synthetic/pages")));
    for source in sources {
        for found in inspected(&source).kits {
            let written = native::write(&found.kit);
            let mut problems = Vec::new();
            let read = native::read(&written, &mut problems).pop();
            assert_eq!(problems, [], "{} {}", source.display(), found.name);
            let read = read.expect("a kit without problems");
            for (one, other) in found.kit.modules.iter().zip(&read.modules) {
                assert_eq!(one, other, "{} {}", source.display(), found.name);
            }
            assert_eq!(read, found.kit, "{} {}", source.display(), found.name);
            assert_eq!(content_hash(&read), content_hash(&found.kit));
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn the_json_schema_in_the_repository_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits/kit.schema.json");
    let schema = serde_json::to_string_pretty(&native::schema()).expect("JSON") + "\n";
    if std::env::var_os("TMINUS_WRITE").is_some() {
        fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        fs::write(&path, &schema).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == schema, "kits/kit.schema.json is not that of the types; run the tests once with TMINUS_WRITE=1");
}

#[test]
fn a_native_kit_in_a_folder_is_read_with_every_file() {
    let inspection = inspected(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/lamp"));
    assert_eq!(inspection.problems, []);
    let kit = inspection.kit.expect("kit");
    assert_eq!((inspection.format, kit.id.as_str(), kit.modules.len(), kit.pages.len()), ("native", "lamp", 2, 1));
    assert_eq!(kit.modules[0].tasks[0].items[0].title, "Bring the form");
    assert_eq!(kit.gates[0].id.as_str(), "lit");
    assert_eq!(kit.banks[0].questions[0].questions[0].text, "Who has the key?");
}

#[test]
fn every_wrong_name_and_form_is_reported_with_its_line() {
    let inspection = inspected(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/wrong.toml"));
    assert!(inspection.is_rejected() && inspection.kit.is_none());
    let lines: Vec<u32> = inspection.problems.iter().filter(|it| it.severity == Severity::Error).map(|it| it.line).collect();
    let said = inspection.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for (line, word) in [
        (4, "did you mean “summary”"),
        (9, "no role “nobody”"),
        (10, "no milestone “kickof”; did you mean “kickoff”"),
        (11, "not a lead time"),
        (12, "no fact “onsight”"),
        (13, "no gate"),
        (14, "file"),
        (15, "a list was expected"),
    ] {
        assert!(lines.contains(&line), "line {line} in:\n{said}");
        assert!(said.contains(word), "{word} in:\n{said}");
    }
}

#[test]
fn a_newer_version_is_compared_task_by_task_through_its_change_log() {
    let inspection = inspected(&corpus().join("templates/Mainframe-Migration"));
    let (old, new) = (&inspection.kits[0].kit, &inspection.kits[1].kit);
    let diff = tminus_kits::diff::diff(old, new);
    assert!(diff.renamed.len() >= 10, "{}", diff.renamed.len());
    assert!(diff.renamed.iter().all(|(from, to)| from.title.eq_ignore_ascii_case(&to.title)), "{:?}", diff.renamed);
    assert_eq!(old.tasks().count() - diff.removed.len() + diff.added.len(), new.tasks().count());
    assert!(tminus_kits::diff::diff(new, new).is_empty());
}

#[test]
fn slips_that_leave_a_kit_readable_are_named_by_the_check() {
    let inspection = inspected(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/lamp"));
    let mut kit = inspection.kit.expect("kit");
    kit.modules[0].tasks[0].gates.clear();
    kit.modules[0].tasks[0].owners.clear();
    kit.modules[1].tasks[0].links[0].page = "no-such-page".to_owned();
    let row = |text: &str, marks: &[(&str, &str)]| Responsibility {
        text: text.to_owned(),
        marks: marks.iter().map(|(role, mark)| ((*role).to_owned(), (*mark).to_owned())).collect(),
        ..Responsibility::default()
    };
    kit.responsibilities = vec![
        row("Light it", &[("who", "A"), ("other", "RA")]),
        row("Fill it", &[("who", "A")]),
        row("Clean it", &[("who", "R")]),
        row("Watch it", &[("who", "RA")]),
        row("Sell it", &[("Customer", "X")]),
        row("Buy it", &[("Delivery", "X")]),
    ];
    let said = tminus_kits::check::check(&kit).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(said.matches("the responsibility “").count(), 3, "{said}");
    assert_eq!(said.matches("but not as R, A, C or I").count(), 1, "{said}");
    for words in [
        "“Light it” names 2 who are accountable",
        "“Fill it” names nobody who is responsible",
        "“Clean it” names nobody who is accountable",
        "2 rows of the responsibility matrix",
    ] {
        assert!(said.contains(words), "{words} in:\n{said}");
    }
    for words in ["the gate “The lamp is lit”", "the role “Lamp keeper”", "nobody owns “Badge”", "the page “no-such-page”"]
    {
        assert!(said.contains(words), "{words} in:\n{said}");
    }
}
