use super::*;

#[test]
fn events_of_whole_days_end_the_day_before_their_end() {
    let text = calendar(
        &[
            event("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270102\nSUMMARY:Plant shutdown\\, Munich"),
            event("DTSTART;VALUE=DATE:20260501\nSUMMARY:Company\n  day\nCATEGORIES:Internal,Holiday"),
            event("DTSTART;VALUE=DATE:20260302\nDURATION:P5D\nSUMMARY:Release freeze\nCATEGORIES:Freeze"),
            event("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260601\nSUMMARY:Inventory"),
        ]
        .concat(),
    );
    let reading = read(&text);
    assert_eq!(
        told(&reading),
        [
            "2026-03-02 2026-03-06 Release freeze freeze",
            "2026-05-01 2026-05-01 Company day holiday",
            "2026-06-01 2026-06-01 Inventory closure",
            "2026-12-24 2027-01-01 Plant shutdown, Munich closure",
        ]
    );
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
}

#[test]
fn events_with_times_take_the_days_they_touch_and_say_so() {
    let cases = [
        ("DTSTART;TZID=America/New_York:20260306T180000\nDTEND;TZID=America/New_York:20260309T060000", "2026-03-06 2026-03-09"),
        ("DTSTART:20260306T180000\nDTEND:20260309T000000", "2026-03-06 2026-03-08"),
        // 23:30 in UTC is the next day in Berlin, by one hour in winter and two in summer.
        ("DTSTART:20260310T233000Z\nDTEND:20260311T010000Z", "2026-03-11 2026-03-11"),
        ("DTSTART:20260710T223000Z\nDURATION:PT8H", "2026-07-11 2026-07-11"),
    ];
    for (lines, days) in cases {
        let reading = read(&calendar(&event(&format!("{lines}\nSUMMARY:Move"))));
        assert_eq!(told(&reading), [format!("{days} Move closure")], "{lines}");
        let notes: Vec<_> = reading.problems.iter().map(ToString::to_string).collect();
        assert!(notes.len() == 1 && notes[0].starts_with("line 4: “Move”") && notes[0].contains("taken whole"), "{notes:?}");
    }
}

#[test]
fn repeating_events_are_taken_for_the_years_that_are_held() {
    let yearly = read(&calendar(&event("DTSTART;VALUE=DATE:20200229\nDTEND;VALUE=DATE:20200302\nRRULE:FREQ=YEARLY\nSUMMARY:Leap")));
    assert_eq!(
        told(&yearly),
        ["2024-02-29 2024-03-01 Leap closure", "2028-02-29 2028-03-01 Leap closure", "2032-02-29 2032-03-01 Leap closure"]
    );
    assert!(yearly.problems.iter().any(|note| note.message.contains("3 times from 2024 to 2035")), "{:?}", yearly.problems);
    let weekly = "DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20260123\nEXDATE;VALUE=DATE:20260116\nSUMMARY:No changes";
    let weekly = read_closures_ics(calendar(&event(weekly)).as_bytes(), ClosureKind::Freeze, &berlin());
    assert_eq!(told(&weekly), ["2026-01-02", "2026-01-09", "2026-01-23"].map(|day| format!("{day} {day} No changes freeze")));
    let counted =
        read(&calendar(&event("DTSTART;VALUE=DATE:20260331\nRRULE:FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;COUNT=3\nSUMMARY:Quarter")));
    assert_eq!(told(&counted), ["2026-03-31", "2026-06-30", "2026-09-30"].map(|day| format!("{day} {day} Quarter closure")));
}

#[test]
fn what_cannot_be_followed_is_refused_by_line_and_uid() {
    let cases = [
        ("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=HOURLY\nSUMMARY:X", "more often than daily"),
        ("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=YEARLY;COUNT=999999\nSUMMARY:X", "COUNT=999999"),
        ("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=SOMETIMES\nSUMMARY:X", "“FREQ=SOMETIMES”"),
        ("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=YEARLY;BYDAY=XX\nSUMMARY:X", "“FREQ=YEARLY;BYDAY=XX”"),
        ("DTSTART;VALUE=DATE:00010102\nRRULE:FREQ=DAILY\nSUMMARY:X", "start from 1970"),
        ("DTSTART;VALUE=DATE:20260102\nRDATE;VALUE=DATE:20260104\nSUMMARY:X", "RDATE"),
        ("DTSTART;VALUE=DATE:20260102\nRECURRENCE-ID;VALUE=DATE:20260104\nSUMMARY:X", "RECURRENCE-ID"),
        ("DTSTART;VALUE=DATE:20260230\nSUMMARY:X", "“20260230” is not a date"),
        ("DTSTART;VALUE=DATE:+2026123\nSUMMARY:X", "“+2026123” is not a date"),
        ("DTSTART:20260102T250000\nSUMMARY:X", "“20260102T250000” is not a date"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260102\nSUMMARY:X", "before it starts"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20290102\nSUMMARY:X", "at most 366 days"),
        ("DTSTART;VALUE=DATE:20260105\nDURATION:long\nSUMMARY:X", "“long” is not a duration"),
        ("SUMMARY:X", "DTSTART is missing"),
    ];
    for (lines, said) in cases {
        let fine = event("DTSTART;VALUE=DATE:20260105\nSUMMARY:Fine");
        let errors = errors(&read(&calendar(&format!("{fine}{}", event(lines)))));
        let first_line = if said.starts_with("at most") { "line 10: “X”" } else { "line 10: “X” (UID “1@northwind.example”)" };
        assert!(errors.len() == 1 && errors[0].starts_with(first_line) && errors[0].contains(said), "{errors:?}");
    }
    assert!(errors(&read(&calendar(&event("DTSTART;VALUE=DATE:20260105"))))[0].contains("no title"));
}

#[test]
fn cancelled_events_are_left_out_and_named() {
    let kept = event("DTSTART;VALUE=DATE:20260105\nSUMMARY:Kept");
    let gone = event("DTSTART;VALUE=DATE:20260106\nSUMMARY:Gone\nSTATUS:CANCELLED");
    let reading = read(&calendar(&format!("{kept}{gone}")));
    assert_eq!(told(&reading), ["2026-01-05 2026-01-05 Kept closure"]);
    assert!(reading.problems[0].to_string().starts_with("line 10: “Gone”"), "{:?}", reading.problems);
}
