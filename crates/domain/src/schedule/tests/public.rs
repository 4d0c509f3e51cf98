use super::*;

fn titles(code: &str, date: &str) -> Vec<&'static str> {
    let date = day(date);
    let days = public_holidays(&region(code), date.year()).expect(code);
    days.iter().filter(|holiday| holiday.date == date).map(|holiday| holiday.title).collect()
}

#[test]
fn epiphany_is_off_in_bavaria_only() {
    assert_eq!(titles("DE-BY", "2026-01-06"), ["Epiphany"]);
    for code in ["DE", "DE-BE", "US", "US-CA"] {
        assert!(titles(code, "2026-01-06").is_empty(), "{code}");
    }
}

#[test]
fn known_holidays_are_where_they_belong() {
    let cases = [
        ("US", "2026-01-19", "Martin Luther King Jr. Day"),
        ("US", "2026-07-03", "Independence Day (substitute day)"),
        ("DE-BE", "2026-03-08", "International Women's Day"),
        ("DE-BY-A", "2026-08-08", "Augsburg Peace Festival"),
        ("DE-BY-KATH", "2028-08-15", "Assumption"),
        ("DE-BE", "2026-04-03", "Good Friday"),
        ("GB-SCT", "2026-11-30", "St Andrew’s Day"),
        ("IL", "2026-09-21", "Day of Atonement (Yom Kippur)"),
        ("TR", "2026-05-30", "Feast of the Sacrifice (Eid al-Adha)"),
    ];
    for (code, date, title) in cases {
        assert!(titles(code, date).contains(&title), "{code} {date}: {:?}", titles(code, date));
    }
    assert!(titles("TR", "2026-05-31").is_empty(), "half a day before does not make a day after");
    assert!(titles("GB-ENG", "2026-11-30").is_empty());
}

#[test]
fn every_region_can_be_chosen_and_read_and_every_year_has_days() {
    let mut before = "";
    let mut count = 0;
    for name in regions() {
        assert!(before < name.code, "{before} then {}", name.code);
        before = name.code;
        count += 1;
        assert_eq!(region(name.code).to_string(), name.code);
        assert!(!name.country.is_empty() && !name.title.is_empty(), "{}", name.code);
        let mut year = 2024;
        while let Ok(days) = public_holidays(&region(name.code), year) {
            assert!(!days.is_empty() && days.is_sorted(), "{} {year}", name.code);
            assert!(days.iter().all(|holiday| holiday.date.year() == year && !holiday.title.is_empty()));
            year += 1;
        }
        assert!((2025..=2036).contains(&year), "{} is held to {}", name.code, year - 1);
    }
    assert!(count > 600, "{count}");
    assert_eq!(regions().filter(RegionName::is_country).count(), 207);
}

#[test]
fn a_year_that_is_not_held_is_an_error_that_names_it() {
    for year in [2023, 2036] {
        let error = public_holidays(&region("DE-BY"), year).expect_err("not held").to_string();
        assert!(error.contains("Germany, Bayern") && error.contains(&year.to_string()) && error.contains("2024 to 2035"), "{error}");
    }
}

#[test]
fn days_that_are_listed_year_by_year_are_not_held_beyond_the_list() {
    public_holidays(&region("SG"), 2026).expect("Vesak Day 2026 is listed");
    let error = public_holidays(&region("SG"), 2031).expect_err("Vesak Day 2031 is not listed").to_string();
    assert!(error.contains("Singapore") && error.contains("2031"), "{error}");
}

#[test]
fn an_unknown_region_is_refused_by_name() {
    for code in ["XX", "DE-XX", "DE-BY-XX"] {
        let error = public_holidays(&region(code), 2026).expect_err(code).to_string();
        assert!(error.contains(code), "{error}");
    }
    for code in ["", "D", "Germany", "DE-", "DE BY", "DE--A", "D\u{130}"] {
        let error = code.parse::<Region>().expect_err(code).to_string();
        assert!(error.contains(&format!("“{code}”")), "{error}");
    }
}

#[test]
fn the_source_of_the_holidays_is_named_with_its_version() {
    let version = HOLIDAY_SOURCE.strip_prefix("date-holidays ").expect("package");
    assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()), "{version}");
}
