use std::time::Instant;

use tminus_kits::{files::Files, inspect::inspect};

use crate::corpus::corpus;

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
