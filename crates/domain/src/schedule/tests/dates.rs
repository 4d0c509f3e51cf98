use super::*;

#[test]
fn business_days_are_worked_on_both_sides() {
    // (delivery, customer, from, count, lands on)
    let cases = [
        ("DE-BY", "US", "2026-01-07", -1, "2026-01-05"),
        ("DE-BE", "US", "2026-01-07", -1, "2026-01-06"),
        ("DE-BY", "US", "2026-01-20", -1, "2026-01-16"),
        ("DE-BY", "DE-BE", "2026-01-20", -1, "2026-01-19"),
        ("DE-BY", "US", "2026-01-02", -1, "2025-12-31"),
        ("DE-BY", "US", "2025-12-23", 1, "2025-12-24"),
        ("DE-BY", "US", "2025-12-24", 1, "2025-12-29"),
        ("DE-BY", "US", "2024-02-28", 1, "2024-02-29"),
        ("DE-BY", "US", "2024-03-01", -1, "2024-02-29"),
        // Clocks change on 29 March 2026 in Germany and on 8 March in the USA.
        ("DE-BY", "US", "2026-03-30", -1, "2026-03-27"),
        ("DE-BY", "US", "2026-03-06", 1, "2026-03-09"),
    ];
    for (one, other, from, count, expected) in cases {
        let calendars = both(delivery(one), customer(other));
        let steps = i32::unsigned_abs(count);
        let found = if count < 0 { calendars.before(day(from), steps) } else { calendars.after(day(from), steps) };
        assert_eq!(found.expect("held"), day(expected), "{one} {other} {from} {count}");
    }
}

#[test]
fn sides_with_different_weeks_meet_on_four_days() {
    let calendars = both(delivery("DE-BY"), sunday_to_thursday());
    assert_eq!(calendars.before(day("2026-02-09"), 1).expect("held"), day("2026-02-05"), "Monday, then Thursday");
    assert_eq!(calendars.business_days_between(day("2026-02-02"), day("2026-02-16")).expect("held"), 8);
}

#[test]
fn days_left_and_days_late_are_counted_apart() {
    let calendars = munich_and_usa();
    let cases = [
        ("2026-02-02", "2026-02-02", 0),
        ("2026-02-02", "2026-02-05", 3),
        ("2026-02-05", "2026-02-03", -2),
        ("2026-02-06", "2026-02-09", 1),
        ("2026-02-07", "2026-02-10", 1),
        ("2026-02-09", "2026-02-06", -1),
        ("2026-02-08", "2026-02-06", 0),
        ("2026-01-05", "2026-01-07", 1),
        ("2026-01-07", "2026-01-05", -1),
    ];
    for (from, to, count) in cases {
        assert_eq!(calendars.business_days_between(day(from), day(to)).expect("held"), count, "{from} {to}");
    }
    assert_eq!(calendars.t_minus(day("2026-01-05"), day("2026-01-20")).expect("held"), 9);
}

#[test]
fn lead_times_fit_or_say_what_is_missing() {
    let calendars = munich_and_usa();
    let due = day("2026-02-16"); // Washington's Birthday: off in the USA
    let cases = [
        ("2026-01-26", 15, Fit::Tight { needs: 15, left: 15 }),
        ("2026-01-23", 15, Fit::Fits { needs: 15, left: 16 }),
        ("2026-02-03", 10, Fit::Impossible { needs: 10, left: 9 }),
        ("2026-02-16", 0, Fit::Fits { needs: 0, left: 0 }),
        ("2026-02-18", 5, Fit::Past { late: 2 }),
        ("2026-02-17", 0, Fit::Past { late: 1 }),
    ];
    for (today, days, expected) in cases {
        assert_eq!(calendars.fit(day(today), due, lead(days)).expect("held"), expected, "{today} {days}");
    }
    assert_eq!(calendars.start_by(due, lead(15)).expect("held"), day("2026-01-26"));
    assert_eq!(calendars.start_by(due, lead(0)).expect("held"), day("2026-02-13"));
}

#[test]
fn dates_outside_of_the_data_are_errors() {
    let calendars = munich_and_usa();
    for error in [
        calendars.is_working(day("2036-01-02")).expect_err("after").to_string(),
        calendars.after(day("2035-12-27"), 10).expect_err("runs out").to_string(),
        calendars.business_days_between(day("2035-12-01"), day("2036-02-01")).expect_err("runs out").to_string(),
    ] {
        assert!(error.contains("Germany, Bayern") && error.contains("2036"), "{error}");
    }
    assert!(calendars.before(day("2024-01-03"), 5).expect_err("before").to_string().contains("2023"));
    let no_region = Calendars::new(vec![sunday_to_thursday()]).expect("usable");
    assert!(no_region.is_working(day("2036-01-02")).expect("no holidays to know"));
    assert!(no_region.is_working(day("1999-12-30")).expect_err("out of reach").to_string().contains("1999"));
    assert!(no_region.after(day("2099-12-30"), 9).expect_err("out of reach").to_string().contains("2100"));
    assert!(no_region.is_working(day("-009999-01-01")).is_err() && no_region.is_working(day("9999-12-31")).is_err());
}

#[test]
fn closures_without_end_find_no_day_and_says_so() {
    let mut calendar = sunday_to_thursday();
    let year = |year: i32| closure(&format!("{year}-01-01"), &format!("{year}-12-31"), "Closed for good", ClosureKind::Closure);
    calendar.closures.extend((2026..2100).map(year));
    let calendars = Calendars::new(vec![calendar]).expect("usable");
    assert_eq!(calendars.after(day("2026-01-01"), 1), Err(NoDate::OutOfReach { year: 2100 }));
}

#[test]
fn three_hundred_dates_take_well_under_twenty_milliseconds() {
    let rules: Vec<_> = (1..=300).map(|count| format!("T-{}bd @ kickoff", count % 60 + 1).parse().expect("rule")).collect();
    let anchor = kickoff("2026-01-20");
    let started = std::time::Instant::now();
    let calendars = munich_and_usa();
    for rule in &rules {
        assert!(calendars.compute(rule, &anchor).expect("held").date().is_some());
    }
    let spent = started.elapsed();
    // Unoptimised, and other tests run at the same time: a wide bound that still fails on a scan per date.
    assert!(spent.as_millis() < 200, "{spent:?}");
}
