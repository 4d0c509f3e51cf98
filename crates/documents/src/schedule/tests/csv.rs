use super::*;

#[test]
fn a_table_gives_its_closures_by_first_day() {
    let reading = read_closures_csv(
        b"from,to,title,kind\r\n2026-12-24,2027-01-01,\"Plant shutdown, Munich\",closure\r\n2026-03-30,,Quarter end,Quarter end\r\n\
          2026-02-02,2026-02-06,Release freeze,FREEZE\r\n",
    );
    assert_eq!(
        told(&reading),
        [
            "2026-02-02 2026-02-06 Release freeze freeze",
            "2026-03-30 2026-03-30 Quarter end quarter_end",
            "2026-12-24 2027-01-01 Plant shutdown, Munich closure",
        ]
    );
    assert!(reading.problems.is_empty());
}

#[test]
fn semicolons_a_byte_order_mark_and_another_order_of_columns_are_read() {
    let reading = read_closures_csv("\u{feff}Kind;Title;From;To\nholiday;Fête;2026-07-14;\n".as_bytes());
    assert_eq!(told(&reading), ["2026-07-14 2026-07-14 Fête holiday"]);
}

#[test]
fn all_errors_come_at_once_with_their_lines_and_nothing_is_taken() {
    let reading = read_closures_csv(
        b"from,to,title,kind\n2026-01-02,2026-01-02,fine,closure\n24.12.2026,2026-02-30,Shutdown,holidays\n2026-03-04,2026-03-01,Backwards,closure\n\
          2026-03-04,,,closure\n2026-03-04,,too,many,closure\n2026-01-01,2028-01-01,Long,freeze\n",
    );
    let errors = errors(&reading);
    let expected = [
        ("line 3: ", "“24.12.2026” is not a date"),
        ("line 3: ", "“2026-02-30” is not a date"),
        ("line 3: ", "“holidays” is not a kind"),
        ("line 4: ", "ends on 2026-03-01, before it starts on 2026-03-04"),
        ("line 5: ", "no title"),
        ("line 6: ", "5 fields instead of 4"),
        ("line 7: ", "at most 366 days"),
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for (error, (line, said)) in errors.iter().zip(expected) {
        assert!(error.starts_with(line) && error.contains(said), "{error}");
    }
}

#[test]
fn a_heading_that_is_not_ours_is_refused_by_column() {
    for (heading, said) in [
        ("from,to,title", "“kind” is missing"),
        ("from,to,title,kind,who", "“who” is not known"),
        ("from,to,title,kind,from", "“from” is there twice"),
        ("", "“from” is missing"),
    ] {
        let errors = errors(&read_closures_csv(format!("{heading}\n2026-01-01,,x,closure\n").as_bytes()));
        assert!(errors.iter().any(|error| error.contains(said)) || heading.is_empty(), "{errors:?}");
    }
}
