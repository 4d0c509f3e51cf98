//! What holds for every date and count.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;

fn dates() -> impl Strategy<Value = Date> {
    (0_i32..3_000).prop_map(|days| day("2025-06-01").checked_add(days.days()).expect("near"))
}

fn closures() -> impl Strategy<Value = Vec<Closure>> {
    let one = (dates(), 0_i32..20, any::<bool>()).prop_map(|(from, length, freeze)| Closure {
        from,
        to: from.checked_add(length.days()).expect("near"),
        title: format!("Closed from {from}"),
        kind: if freeze { ClosureKind::Freeze } else { ClosureKind::Closure },
    });
    proptest::collection::vec(one, 0..12)
}

fn weeks() -> impl Strategy<Value = Weekdays> {
    (1_u8..128).prop_map(|bits| {
        let days = (0..7).filter(|day| bits >> day & 1 == 1).filter_map(|day| Weekday::from_monday_zero_offset(day).ok());
        Weekdays::new(days).expect("at least one")
    })
}

prop_compose! {
    fn sides()(code in prop::sample::select(vec!["DE-BY", "DE-BE", "US", "GB-SCT", "JP", "BR"]), closures in closures(), week in weeks()) -> Calendars {
        let german = WorkCalendar { closures, ..delivery(code) };
        // One day at least is shared with Monday to Friday, or nothing would ever be worked.
        let mut days = (0..7).filter_map(|day| Weekday::from_monday_zero_offset(day).ok()).filter(|day| week.contains(*day)).collect::<Vec<_>>();
        days.push(Weekday::Wednesday);
        let other = WorkCalendar { working_days: Weekdays::new(days).expect("days"), ..customer("US") };
        both(german, other)
    }
}

/// Works it out again, day by day, from the rules alone.
fn is_worked(calendars: &Calendars, date: Date) -> bool {
    calendars.list().iter().all(|calendar| {
        let holidays = public_holidays(calendar.region.as_ref().expect("region"), date.year()).expect("held");
        calendar.working_days.contains(date.weekday())
            && !holidays.iter().any(|holiday| holiday.date == date)
            && !calendar.closures.iter().any(|closure| closure.kind == ClosureKind::Closure && closure.from <= date && date <= closure.to)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_day_is_worked_if_every_calendar_works(calendars in sides(), date in dates()) {
        let state = calendars.working(date).expect("held");
        prop_assert_eq!(state.is_working(), is_worked(&calendars, date));
        prop_assert_eq!(calendars.is_working(date).expect("held"), state.is_working());
    }

    #[test]
    fn going_back_and_forth_returns(calendars in sides(), date in dates(), count in 1_u32..60) {
        let start = calendars.after(date, 0).expect("held");
        let back = calendars.before(start, count).expect("held");
        prop_assert!(back < start && is_worked(&calendars, back));
        prop_assert_eq!(calendars.after(back, count).expect("held"), start);
    }

    #[test]
    fn the_count_between_is_the_count_that_was_gone(calendars in sides(), date in dates(), count in 1_u32..60) {
        let signed = i32::try_from(count).expect("small");
        let before = calendars.before(date, count).expect("held");
        prop_assert_eq!(calendars.business_days_between(before, date).expect("held"), signed);
        let after = calendars.after(date, count).expect("held");
        prop_assert_eq!(calendars.business_days_between(after, date).expect("held"), -signed);
    }

    #[test]
    fn more_days_are_further_away(calendars in sides(), date in dates(), count in 1_u32..60) {
        prop_assert!(calendars.before(date, 1).expect("held") <= calendars.before(date, 0).expect("held"));
        prop_assert!(calendars.after(date, 1).expect("held") >= calendars.after(date, 0).expect("held"));
        let fewer = calendars.before(date, count).expect("held");
        prop_assert!(calendars.before(date, count + 1).expect("held") < fewer);
        prop_assert!(calendars.after(date, count + 1).expect("held") > calendars.after(date, count).expect("held"));
    }

    #[test]
    fn a_later_anchor_never_makes_a_date_earlier(calendars in sides(), date in dates(), moved in 0_i32..40, offset in -40_i32..40, business in any::<bool>()) {
        let unit = if business { "bd" } else { "d" };
        let rule = if offset == 0 { "T @ kickoff".to_owned() } else { format!("T{offset:+}{unit} @ kickoff") };
        let later = date.checked_add(moved.days()).expect("near");
        let (earlier_date, _) = computed(&calendars, &rule, &Anchor { date: Some(date), ..kickoff("2026-01-01") });
        let (later_date, _) = computed(&calendars, &rule, &Anchor { date: Some(later), ..kickoff("2026-01-01") });
        prop_assert!(earlier_date <= later_date, "{rule}");
        prop_assert!(offset == 0 || is_worked(&calendars, later_date), "{rule}");
    }

    #[test]
    fn starting_in_time_fits_and_a_day_later_does_not(calendars in sides(), due in dates(), days in 1_u16..40) {
        let start = calendars.start_by(due, lead(days)).expect("held");
        let needs = i32::from(days);
        prop_assert_eq!(calendars.fit(start, due, lead(days)).expect("held"), Fit::Tight { needs, left: needs });
        let late = calendars.after(start, 1).expect("held");
        let fit = calendars.fit(late, due, lead(days)).expect("held");
        prop_assert!(matches!(fit, Fit::Impossible { .. } | Fit::Past { .. }), "{fit:?}");
    }

    #[test]
    fn everything_named_as_skipped_was_off(calendars in sides(), date in dates(), count in 1_u32..60) {
        let rule = format!("T-{count}bd @ kickoff").parse().expect("rule");
        let anchor = Anchor { date: Some(date), ..kickoff("2026-01-01") };
        let Computed::Known { date: found, why } = calendars.compute(&rule, &anchor).expect("held") else { panic!("known") };
        for skipped in why.skipped {
            for off in skipped.from.series(1.day()).take_while(|day| *day <= skipped.to) {
                prop_assert!(found < off && off < date && !is_worked(&calendars, off), "{off} {skipped:?}");
            }
        }
    }
}
