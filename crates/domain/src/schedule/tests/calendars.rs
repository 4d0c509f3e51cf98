use super::*;

#[test]
fn a_calendar_is_kept_as_json_and_reads_back() {
    let mut calendar = delivery("DE-BY");
    calendar.closures.push(closure("2026-12-24", "2027-01-01", "Plant shutdown", ClosureKind::Closure));
    calendar.source = "closures from plant.ics".to_owned();
    let json = serde_json::to_value(&calendar).expect("json");
    assert_eq!(json["working_days"], serde_json::json!(["mon", "tue", "wed", "thu", "fri"]));
    assert_eq!(json["region"], "DE-BY");
    assert_eq!(json["closures"][0]["from"], "2026-12-24");
    assert_eq!(serde_json::from_value::<WorkCalendar>(json).expect("reads back"), calendar);
}

#[test]
fn a_calendar_that_says_little_works_monday_to_friday_without_holidays() {
    let calendar: WorkCalendar = serde_json::from_str(r#"{"name": "Delivery", "side": "delivery"}"#).expect("short form");
    assert_eq!(calendar, WorkCalendar::new("Delivery", Side::Delivery));
    assert_eq!(calendar.label(), "Delivery");
}

#[test]
fn what_is_not_a_calendar_is_refused_by_name() {
    let cases = [
        (r#"{"name": "D", "side": "delivery", "working_days": []}"#, "no day of the week"),
        (r#"{"name": "D", "side": "delivery", "working_days": ["mon", "funday"]}"#, "“funday”"),
        (r#"{"name": "D", "side": "delivery", "region": "Bavaria"}"#, "“Bavaria”"),
        (r#"{"name": "D", "side": "delivery", "zone": "UTC"}"#, "zone"),
        (
            r#"{"name": "D", "side": "delivery", "closures": [{"from": "2026-02-30", "to": "2026-03-01", "title": "x", "kind": "closure"}]}"#,
            "parameter 'day'",
        ),
    ];
    for (json, said) in cases {
        let error = serde_json::from_str::<WorkCalendar>(json).expect_err(json).to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn calendars_that_cannot_be_counted_in_are_refused_by_name() {
    let refused = |calendar: WorkCalendar| Calendars::new(vec![calendar]).expect_err("refused").to_string();
    assert!(Calendars::new(Vec::new()).expect_err("none").to_string().contains("at least one"));
    assert!(refused(WorkCalendar::new(" ", Side::Customer)).contains("no name"));
    assert!(refused(delivery("DE-XX")).contains("“DE-XX”"));
    let mut backwards = delivery("DE");
    backwards.closures.push(closure("2026-03-02", "2026-03-01", "Shutdown", ClosureKind::Closure));
    let error = refused(backwards);
    assert!(error.contains("“Shutdown”") && error.contains("2026-03-01"), "{error}");
    let mut long = delivery("DE");
    long.closures.push(closure("-009999-01-01", "9999-12-31", "Closed for good", ClosureKind::Closure));
    assert!(refused(long).contains("at most 366 days"));
    assert!(refused(WorkCalendar::new("n".repeat(201), Side::Customer)).contains("at most 200 characters"));
    assert!(Calendars::new(vec![delivery("DE"); MAX_CALENDARS + 2]).expect_err("many").to_string().contains("at most 20"));
    let mut many = delivery("DE");
    many.closures = vec![closure("2026-03-02", "2026-03-02", "x", ClosureKind::Closure); MAX_CLOSURES + 1];
    assert!(refused(many).contains("2001 closures"));
}

#[test]
fn a_working_week_is_named_by_its_ends_or_its_days() {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let named = |days: &[Weekday]| Weekdays::new(days.iter().copied()).expect("days").to_string();
    assert_eq!(Weekdays::default().to_string(), "Mon–Fri");
    assert_eq!(named(&[Sunday, Monday, Tuesday, Wednesday, Thursday]), "Sun–Thu");
    assert_eq!(named(&[Monday, Wednesday, Friday]), "Mon, Wed, Fri");
    assert_eq!(named(&[Saturday, Sunday]), "Sat, Sun");
    assert_eq!(named(&[Monday]), "Mon");
    assert_eq!(named(&[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]), "every day");
    assert_eq!(WorkCalendar { region: Some(region("IL")), ..sunday_to_thursday() }.label(), "Customer (Israel; Sun–Thu)");
}

#[test]
fn a_freeze_is_worked_and_named_as_a_clash_and_a_shutdown_is_not_worked() {
    let mut calendar = customer("US");
    calendar.closures.push(closure("2026-03-09", "2026-03-13", "Release freeze", ClosureKind::Freeze));
    calendar.closures.push(closure("2026-03-11", "2026-03-11", "Inventory", ClosureKind::Closure));
    let calendars = Calendars::new(vec![calendar]).expect("usable");
    let frozen = calendars.working(day("2026-03-10")).expect("known");
    assert!(frozen.is_working());
    assert_eq!(frozen.clashes.first().map(|clash| clash.title.as_str()), Some("Release freeze"));
    let closed = calendars.working(day("2026-03-11")).expect("known");
    assert_eq!(closed.off, [Off { calendar: "Customer".into(), reason: OffReason::Closure, title: "Inventory".into() }]);
    assert!(calendars.working(day("2026-03-16")).expect("known").clashes.is_empty());
}

#[test]
fn a_day_says_what_each_calendar_has_against_it() {
    let state = both(delivery("DE-BY"), sunday_to_thursday()).working(day("2026-01-06")).expect("known");
    assert_eq!(state.off, [Off { calendar: "Delivery".into(), reason: OffReason::Holiday, title: "Epiphany".into() }]);
    let friday = both(delivery("DE-BY"), sunday_to_thursday()).working(day("2026-01-09")).expect("known");
    assert_eq!(friday.off, [Off { calendar: "Customer".into(), reason: OffReason::Weekend, title: "weekend".into() }]);
}
