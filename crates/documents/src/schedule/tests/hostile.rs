use proptest::prelude::*;

use super::*;

#[test]
fn what_is_no_calendar_file_is_named_with_its_line() {
    let fine = calendar(&event("DTSTART;VALUE=DATE:20260105\nSUMMARY:Fine"));
    let deep = format!("BEGIN:VCALENDAR\n{}", "BEGIN:X\n".repeat(50_000));
    let cases = [
        ("", "the file is empty"),
        ("\u{feff}\r\n\r\n", "the file is empty"),
        ("<html></html>", "line 1: “<html></html>” is not a line"),
        ("HTTP/1.1: 404", "line 1: “HTTP/1.1: 404” lies outside"),
        ("BEGIN:VCARD\nEND:VCARD", "line 1: the file begins with “BEGIN:VCARD”"),
        (fine.split("END:VEVENT").next().unwrap_or_default(), "line 4: BEGIN:VEVENT never ends: the file is cut off"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n", "line 3: “VTODO” ends here, but BEGIN:VEVENT of line 2"),
        ("END:VCALENDAR", "line 1: “VCALENDAR” ends here and never began"),
        (&deep, "nested more than 8 deep"),
        (&calendar(""), "the file has no closures"),
        (&calendar("BEGIN:VTODO\nSUMMARY:X\nEND:VTODO\n"), "the file has no closures"),
        (&format!("{fine}{fine}"), "line 11: a second calendar begins here"),
        (&calendar(&event("BEGIN:VEVENT\nEND:VEVENT")), "line 7: this event lies inside another block"),
    ];
    for (text, said) in cases {
        let errors = errors(&read(text));
        assert!(errors.len() == 1 && errors[0].contains(said), "{said}: {errors:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line_in_both_formats() {
    let bytes = b"from,to,title,kind\n2026-01-01,,ok,closure\n2026-01-02,,\xff,closure\n";
    for reading in [read_closures_csv(bytes), read_closures_ics(bytes, ClosureKind::Closure, &berlin())] {
        assert!(errors(&reading)[0].starts_with("line 3: this line is not UTF-8"), "{reading:?}");
    }
}

#[test]
fn files_over_a_limit_are_refused_by_that_limit() {
    let large = vec![b'x'; MAX_BYTES + 1];
    assert!(errors(&read_closures_csv(&large))[0].contains("at most 1048576 are read"));
    let rows = "2026-01-01,,Day,closure\n".repeat(2_001);
    assert!(errors(&read_closures_csv(format!("from,to,title,kind\n{rows}").as_bytes()))[0].contains("more than 2000 closures"));
    let wrong = "x,,Day,closure\n".repeat(30_000);
    let errors_of_wrong = errors(&read_closures_csv(format!("from,to,title,kind\n{wrong}").as_bytes()));
    assert!(errors_of_wrong.len() == 101 && errors_of_wrong[0].contains("100 errors or more"), "{}", errors_of_wrong.len());
    let daily = event("DTSTART;VALUE=DATE:19700101\nRRULE:FREQ=DAILY\nSUMMARY:Every day");
    assert!(errors(&read(&calendar(&daily)))[0].contains("more than 2000 closures"));
    let title = "x".repeat(201);
    assert!(errors(&read(&calendar(&event(&format!("DTSTART;VALUE=DATE:20260105\nSUMMARY:{title}")))))[0].contains("longer than 200"));
}

#[test]
fn a_title_is_text_and_stays_on_one_line() {
    let reading = read_closures_csv(b"from,to,title,kind\n2026-01-01,,\"=HYPERLINK(\"\"x\"\")<script>\",closure\n");
    assert_eq!(told(&reading), ["2026-01-01 2026-01-01 =HYPERLINK(\"x\")<script> closure"]);
    assert!(errors(&read_closures_csv(b"from,to,title,kind\n2026-01-01,,\"two\nlines\",closure\n"))[0].contains("line break"));
    assert!(errors(&read(&calendar(&event("DTSTART;VALUE=DATE:20260105\nSUMMARY:two\\nlines"))))[0].contains("line break"));
}

#[test]
fn rules_that_never_come_true_end_soon() {
    let started = std::time::Instant::now();
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;INTERVAL=65535",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=WEEKLY;BYSETPOS=-9",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;COUNT=5000",
    ] {
        let reading = read(&calendar(&event(&format!("DTSTART;VALUE=DATE:20260105\nRRULE:{rule}\nSUMMARY:X"))));
        assert!(reading.is_refused() || reading.closures.len() <= 12, "{rule}: {}", reading.closures.len());
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn a_full_megabyte_is_read_or_refused_soon() {
    let started = std::time::Instant::now();
    let many = event("DTSTART;VALUE=DATE:20260105\nSUMMARY:Same").repeat(9_000);
    let shapes = [";X=\"".repeat(250_000), ";".repeat(1_000_000), ";A=B".repeat(250_000), "\\".repeat(1_000_000), "\n ".repeat(300_000)];
    for shape in shapes.iter().map(|shape| event(&format!("DTSTART;VALUE=DATE:20260105\nSUMMARY{shape}:X"))).chain([many]) {
        let reading = read(&calendar(&shape));
        assert!(reading.is_refused() || reading.closures.len() == 1, "{}", reading.closures.len());
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,200}", line in "(DTSTART|DTEND|RRULE|EXDATE|DURATION|SUMMARY|BEGIN|END)[;:=A-Z0-9,+-]{0,40}") {
        read(&text);
        read_closures_csv(format!("from,to,title,kind\n{text}").as_bytes());
        let reading = read(&calendar(&event(&format!("DTSTART;VALUE=DATE:20260105\nSUMMARY:X\n{line}"))));
        prop_assert!(reading.is_refused() == reading.closures.is_empty());
    }

    #[test]
    fn no_rule_makes_it_panic(freq in "(YEARLY|MONTHLY|WEEKLY|DAILY)", parts in proptest::collection::vec("(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|WKST)=(-?[0-9]{1,4}|[-+]?[0-9]?(MO|TU|SU)|20300101)", 0..4)) {
        let rule = [vec![format!("FREQ={freq}")], parts].concat().join(";");
        let reading = read(&calendar(&event(&format!("DTSTART;VALUE=DATE:20260105\nSUMMARY:X\nRRULE:{rule}"))));
        prop_assert!(reading.is_refused() == reading.closures.is_empty(), "{rule}");
    }
}
