use super::*;

#[test]
fn a_date_says_its_rule_its_calendars_and_what_it_skipped() {
    let (date, why) = computed(&munich_and_usa(), "T-9bd @ kickoff", &kickoff("2026-01-20"));
    assert_eq!(date, day("2026-01-05"));
    assert_eq!(
        why,
        "9 business days before kick-off on Tue 20 Jan 2026, counted in Delivery (Germany, Bayern) and Customer (United States); \
         skipped Tue 6 Jan Epiphany (Delivery), Mon 19 Jan Martin Luther King Jr. Day (Customer)"
    );
}

#[test]
fn a_kickoff_on_epiphany_in_munich_says_so() {
    let (date, why) = computed(&munich_and_usa(), "T-3bd @ kickoff", &kickoff("2026-01-06"));
    assert_eq!(date, day("2025-12-31"));
    assert!(why.contains("; Tue 6 Jan is no working day: Epiphany (Delivery)"), "{why}");
    assert!(why.contains("skipped Thu 1 Jan New Year's Day (Delivery, Customer)"), "{why}");
    let (date, why) = computed(&both(delivery("DE-BE"), customer("US")), "T-3bd @ kickoff", &kickoff("2026-01-06"));
    assert_eq!(date, day("2025-12-31"));
    assert!(!why.contains("Epiphany") && !why.contains("no working day"), "{why}");
}

#[test]
fn the_day_itself_stays_and_is_named_if_it_is_not_worked() {
    let (date, why) = computed(&munich_and_usa(), "T @ kickoff", &kickoff("2026-01-06"));
    assert_eq!(date, day("2026-01-06"));
    assert_eq!(
        why,
        "the day of kick-off on Tue 6 Jan 2026, counted in Delivery (Germany, Bayern) and Customer (United States); \
         Tue 6 Jan is no working day: Epiphany (Delivery)"
    );
}

#[test]
fn calendar_days_go_to_the_earlier_working_day_before_and_to_the_later_after() {
    let calendars = munich_and_usa();
    let (date, why) = computed(&calendars, "T-16d @ kickoff", &kickoff("2026-02-03"));
    assert_eq!(date, day("2026-01-16"));
    assert!(why.contains("; moved from Sun 18 Jan to Fri 16 Jan: weekend (Delivery, Customer)"), "{why}");
    let (date, why) = computed(&calendars, "T+1d @ kickoff", &kickoff("2026-01-16"));
    assert_eq!(date, day("2026-01-20"));
    assert!(why.contains("moved from Sat 17 Jan to Tue 20 Jan"), "{why}");
    assert!(why.ends_with("; skipped Mon 19 Jan Martin Luther King Jr. Day (Customer)"), "{why}");
    let (date, why) = computed(&calendars, "T-15d @ kickoff", &kickoff("2026-02-02"));
    assert_eq!(date, day("2026-01-16"));
    assert!(why.contains("moved from Sun 18 Jan"), "{why}");
    let (date, why) = computed(&calendars, "T-1d @ kickoff", &kickoff("2026-02-05"));
    assert_eq!(date, day("2026-02-04"));
    assert_eq!(why.split(';').count(), 1, "nothing to add: {why}");
}

#[test]
fn without_a_kickoff_the_date_stays_unknown() {
    let anchor = Anchor { date: None, ..kickoff("2026-01-20") };
    let found = munich_and_usa().compute(&"T-10bd @ kickoff".parse().expect("rule"), &anchor).expect("no data needed");
    assert_eq!(found.date(), None);
    assert_eq!(found.to_string(), "10 business days before kick-off, kick-off not set");
}

#[test]
fn a_long_closure_is_one_span_and_a_freeze_is_a_clash() {
    let mut plant = delivery("DE-BE");
    plant.closures.push(closure("2026-02-09", "2026-02-17", "Plant shutdown", ClosureKind::Closure));
    plant.closures.push(closure("2026-02-02", "2026-02-06", "Release freeze", ClosureKind::Freeze));
    let (date, why) = computed(&both(plant, sunday_to_thursday()), "T-3bd @ kickoff", &kickoff("2026-02-19"));
    assert_eq!(date, day("2026-02-04"));
    assert!(why.contains("counted in Delivery (Germany, Berlin) and Customer (Sun–Thu)"), "{why}");
    assert!(why.contains("; skipped Mon 9 Feb–Tue 17 Feb Plant shutdown (Delivery)"), "{why}");
    assert!(why.ends_with("; falls into Release freeze (Delivery, Mon 2 Feb–Fri 6 Feb)"), "{why}");
}

#[test]
fn one_day_is_singular_and_another_year_is_named() {
    let (_, why) = computed(&munich_and_usa(), "T-1bd @ kickoff", &kickoff("2026-01-02"));
    assert!(why.starts_with("1 business day before kick-off"), "{why}");
    let (_, why) = computed(&munich_and_usa(), "T-5bd @ kickoff", &kickoff("2026-01-05"));
    assert!(why.contains("Thu 25 Dec 2025 Christmas Day (Delivery, Customer)"), "{why}");
}

#[test]
fn an_explanation_is_kept_as_json_and_reads_back() {
    let rule = "T-16d @ kickoff".parse().expect("rule");
    let found = munich_and_usa().compute(&rule, &kickoff("2026-02-03")).expect("held");
    let json = serde_json::to_value(&found).expect("json");
    assert_eq!((&json["state"], &json["date"], &json["why"]["rule"]), (&"known".into(), &"2026-01-16".into(), &"T-16d @ kickoff".into()));
    assert_eq!(serde_json::from_value::<Computed>(json).expect("reads back"), found);
}

#[test]
fn a_year_without_data_gives_no_date_at_all() {
    let error = munich_and_usa().compute(&"T+5bd @ kickoff".parse().expect("rule"), &kickoff("2036-01-20"));
    assert!(error.expect_err("not held").to_string().contains("2036"));
}
