use std::{fmt::Write, time::Instant};

use tminus_kits::{files::Files, inspect::inspect};

use crate::corpus::corpus;

/// As many rows and tasks as the limits allow take time in step with their number.
#[test]
fn the_largest_kits_that_are_allowed_are_read_in_time() {
    let (mut backlog, mut tasks) =
        (String::from("Summary,Description,Issue Type,Epic Link,Story Points\n"), String::from("# Module: Many\n"));
    for n in 0..900 {
        writeln!(backlog, "E{n},x,Epic,,").expect("text");
    }
    for n in 0..49_000 {
        writeln!(backlog, "S{n},As a X I want Y,Story,E{},3", n % 9_000).expect("text");
    }
    for n in 1..20_000 {
        write!(tasks, "## Task {n}: Step number {n}\n#### Description\nPrerequisites:\nStep number {} is done\n", n + 1).expect("text");
    }
    for (name, text) in [("a.csv", backlog), ("tasks.md", tasks)] {
        let start = Instant::now();
        let inspection = inspect(&Files::from_bytes(name, text.into_bytes()));
        let took = start.elapsed().as_secs_f64();
        assert!(!inspection.is_rejected(), "{:?}", inspection.problems.first());
        let limit = if cfg!(debug_assertions) { 40.0 } else { 10.0 };
        assert!(took < limit, "{name} took {took:.2} s");
    }
}

/// The limit is for an optimised build; a debug build gets ten times as long.
#[test]
fn all_templates_are_inspected_within_a_second() {
    let folder = corpus().join("templates");
    let start = Instant::now();
    let inspection = inspect(&Files::open(&folder));
    let took = start.elapsed().as_secs_f64();
    let limit = if cfg!(debug_assertions) { 10.0 } else { 1.0 };
    assert!(!inspection.is_rejected());
    assert_eq!(inspection.totals.modules, 321);
    assert!(took < limit, "{took:.2} s");
}
