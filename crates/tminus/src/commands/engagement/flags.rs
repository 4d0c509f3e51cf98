//! The small languages of `engagement create`: `NAME=VALUE`, calendars, people. What is not understood is refused by name.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tminus_domain::{
    kit::{Fact, FactKind, condition::Answer},
    people::{Device, part::Part},
    rights::Function,
    schedule::{Weekdays, WorkCalendar},
};

use crate::commands::reference;

/// A person on the engagement, by e-mail address.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedMember {
    pub(super) email: String,
    pub(super) function: Function,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default)]
    pub(super) workstreams: Vec<String>,
    /// What they are in a workstream, where it does not follow from their function.
    #[serde(default)]
    pub(super) parts: BTreeMap<String, Part>,
    #[serde(default)]
    pub(super) site: String,
    pub(super) calendar: Option<String>,
    pub(super) days: Option<Weekdays>,
    #[serde(default)]
    pub(super) account_team: bool,
    #[serde(default)]
    pub(super) onsite: bool,
    pub(super) device: Option<Device>,
    #[serde(default)]
    pub(super) from: Option<Date>,
    #[serde(default)]
    pub(super) until: Option<Date>,
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("“{text}” is not a date: write one such as 2026-01-20"))
}

pub(super) fn milestone(text: &str) -> Result<(String, Date), String> {
    let (id, day) = text.split_once('=').ok_or("write ID=DATE, such as lrp.start=2026-01-08")?;
    Ok((id.trim().to_owned(), date(day.trim())?))
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// `Delivery:delivery:DE-BY`, and after a further colon the days that are worked: `mon,tue,wed,thu`.
pub(super) fn calendar(text: &str) -> Result<WorkCalendar, String> {
    let parts: Vec<_> = text.split(':').map(str::trim).collect();
    let (name, side, region, days) = match parts.as_slice() {
        [name, side] => (name, side, "", ""),
        [name, side, region] => (name, side, *region, ""),
        [name, side, region, days] => (name, side, *region, *days),
        _ => return Err("write NAME:SIDE:REGION, such as Delivery:delivery:DE-BY".to_owned()),
    };
    let side = reference::side(side)?;
    let mut calendar = WorkCalendar::new(*name, side);
    if !region.is_empty() {
        calendar = calendar.in_region(region.parse().map_err(|error: tminus_domain::schedule::Unusable| error.to_string())?);
    }
    if !days.is_empty() {
        let days: Vec<String> = days.split(',').map(|day| day.trim().to_owned()).collect();
        calendar.working_days = Weekdays::try_from(days).map_err(|error| error.to_string())?;
    }
    calendar.check().map_err(|error| error.to_string())?;
    Ok(calendar)
}

/// `security`, or `security=Security and identity`.
pub(super) fn workstream(text: &str) -> Result<(String, String), String> {
    let (id, title) = text.split_once('=').unwrap_or((text, text));
    let (id, title) = (id.trim(), title.trim());
    let usable = !id.is_empty() && !title.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if usable { Ok((id.to_owned(), title.to_owned())) } else { Err("write ID or ID=TITLE; an id has letters, digits, - and _".to_owned()) }
}

/// `bob@example.com function=customer_manager roles=customer-project-manager onsite from=2026-01-08`
pub(super) fn person(text: &str) -> Result<NamedMember, String> {
    let mut words = text.split_whitespace();
    let email = words.next().filter(|email| email.contains('@')).ok_or("begin with an e-mail address")?;
    let mut function = None;
    let empty = Vec::new;
    let mut member = NamedMember {
        email: email.to_owned(),
        function: Function::DeliveryMember,
        roles: empty(),
        workstreams: empty(),
        parts: BTreeMap::new(),
        site: String::new(),
        calendar: None,
        days: None,
        account_team: false,
        onsite: false,
        device: None,
        from: None,
        until: None,
    };
    let list = |value: &str| value.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("function", value) => function = Some(reference::function(value)?),
            ("roles", value) => member.roles = list(value),
            ("workstreams", value) => member.workstreams = list(value),
            ("lead", value) => member.parts.extend(list(value).into_iter().map(|id| (id, Part::Lead))),
            ("alternate", value) => member.parts.extend(list(value).into_iter().map(|id| (id, Part::Alternate))),
            ("days", value) => member.days = Some(value.parse().map_err(|error: tminus_domain::schedule::Unusable| error.to_string())?),
            ("calendar", value) => member.calendar = Some(value.to_owned()),
            ("account-team", "" | "yes") => member.account_team = true,
            ("onsite", "" | "yes") => member.onsite = true,
            ("onsite", "no") => member.onsite = false,
            ("device", value) => {
                let unknown = || format!("“{value}” is no device: give customer, delivery or own");
                member.device = Some(value.parse().map_err(|()| unknown())?);
            }
            ("from", value) => member.from = Some(date(value)?),
            ("until", value) => member.until = Some(date(value)?),
            _ => {
                return Err(format!(
                    "“{word}” is not understood: give function=…, roles=…, workstreams=…, lead=…, alternate=…, days=…, calendar=…, account-team, onsite, device=…, from=DATE or until=DATE"
                ));
            }
        }
    }
    member.function = function.ok_or_else(|| format!("say what {email} may do: function=… ({})", reference::functions()))?;
    Ok(member)
}

/// Functions that come with a person's role in the practice, and are not given on an engagement.
pub(super) fn is_of_practice(function: Function) -> bool {
    !function.is_of_members()
}

/// An answer as the question takes it. What does not answer it stays a text, and is refused by name.
pub(crate) fn answer(fact: Option<&Fact>, text: &str) -> Answer {
    let as_text = || Answer::Text(text.to_owned());
    match fact.map(|fact| fact.kind) {
        Some(FactKind::Bool) => match text.to_lowercase().as_str() {
            "yes" | "true" => Answer::Yes(true),
            "no" | "false" => Answer::Yes(false),
            _ => as_text(),
        },
        Some(FactKind::Number) => text.parse().map_or_else(|_| as_text(), Answer::Number),
        Some(FactKind::Many) => Answer::Many(text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()),
        _ => as_text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_read_with_everything_that_is_said_of_them() {
        let bob =
            person("bob@example.com function=customer-manager roles=a,b onsite from=2026-01-08 lead=security days=tue-thu").expect("reads");
        assert_eq!((bob.parts["security"], bob.days.map(|days| days.to_string()).as_deref()), (Part::Lead, Some("Tue–Thu")));
        assert_eq!((bob.function, bob.roles.len(), bob.onsite), (Function::CustomerManager, 2, true));
        assert_eq!(bob.from, Some(jiff::civil::date(2026, 1, 8)));
    }

    #[test]
    fn what_is_not_understood_of_a_person_is_named() {
        for (text, named) in [
            ("bob", "e-mail"),
            ("bob@example.com", "function="),
            ("bob@example.com function=king", "“king”"),
            ("bob@example.com function=practice_administrator", "“practice_administrator”"),
            ("bob@example.com function=customer_manager form=2026-01-01", "“form=2026-01-01”"),
            ("bob@example.com function=customer_manager from=soon", "“soon”"),
            ("bob@example.com function=customer_manager days=someday", "someday"),
        ] {
            let error = person(text).expect_err(text);
            assert!(error.contains(named), "{text}: {error}");
        }
    }

    #[test]
    fn calendars_that_cannot_be_counted_in_are_named() {
        for (text, named) in [
            ("Delivery", "NAME:SIDE:REGION"),
            ("Delivery:us:DE", "“us”"),
            ("Delivery:delivery:XX-YY", "XX-YY"),
            ("Delivery:delivery:DE:mon,someday", "someday"),
            (":delivery:DE", "name"),
        ] {
            let error = calendar(text).expect_err(text);
            assert!(error.contains(named), "{text}: {error}");
        }
        assert!(calendar("Customer:customer:IL:sun,mon,tue,wed,thu").is_ok());
    }

    #[test]
    fn an_answer_takes_the_form_of_its_question() {
        let of = |kind| Fact { kind, ..Fact::default() };
        assert_eq!(answer(Some(&of(FactKind::Bool)), "yes"), Answer::Yes(true));
        assert_eq!(answer(Some(&of(FactKind::Bool)), "perhaps"), Answer::Text("perhaps".to_owned()));
        assert_eq!(answer(Some(&of(FactKind::Number)), "12"), Answer::Number(12));
        assert_eq!(answer(Some(&of(FactKind::Many)), "a, b"), Answer::Many(["a".to_owned(), "b".to_owned()].into()));
        assert_eq!(answer(None, "x"), Answer::Text("x".to_owned()));
    }
}
