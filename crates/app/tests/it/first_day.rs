//! Access that does not work, ends too early, or is said to be gone; and what of it others read.

use tminus_app::{
    access::{ExceptAccess, except_access},
    engagement::plan::{ChangePlan, change_plan},
    people::member::save_member,
};
use tminus_domain::{
    access::{How, Shown, Step, appointment::Appointment, turn::Turn, work::Ask},
    checklist::status::{Court, State},
    kit::Side,
    mail::reminder::{Reason, Window, reminders},
    people::Member,
    record::fact::FactKind,
    rights::Right,
    schedule::{Calendars, Closure, ClosureKind, WorkCalendar},
};

use crate::crew::{crew, crew_with, date, member};

#[tokio::test]
async fn that_access_is_gone_somebody_of_the_customer_says_or_a_refused_sign_in_shows() {
    let crew = crew(2).await;
    let (bob, ann) = (&crew.world.bob, &crew.world.ann);
    let shown = [Shown::Refused, Shown::Word(bob.person.clone())];
    for (consultant, shown) in crew.consultants.iter().zip(shown) {
        let person = &consultant.person;
        crew.go(bob, person, "network-account", Step::Granted).await.unwrap();
        crew.go(bob, person, "network-account", Step::Revoked).await.unwrap();
        crew.confirm(person, "network-account", "12 January, 10:02", Some(shown)).await.unwrap();
    }
    let access = crew.seen_by(ann).await;
    let how = |place: usize| {
        let grant = access.engagement.grant(&crew.consultants[place].person, &"network-account".into()).unwrap();
        (grant.step, grant.how, grant.word_of.clone())
    };
    assert_eq!(how(0), (Step::RevocationConfirmed, Some(How::Refused), None));
    assert_eq!(how(1), (Step::RevocationConfirmed, Some(How::Word), Some(bob.person.clone())));
}

#[tokio::test]
async fn what_fails_on_the_first_day_blocks_its_item_with_the_ticket_and_waits_for_whoever_gives_it() {
    let crew = crew(1).await;
    let (bob, one) = (&crew.world.bob, &crew.consultants[0]);
    let id = &one.person;
    crew.go(bob, id, "network-account", Step::Granted).await.unwrap();
    let ask = Ask {
        to: Some(Step::Broken),
        note: Some("the second factor is refused".to_owned()),
        ticket: Some("SEC-2291".to_owned()),
        ..Ask::default()
    };
    crew.ask(one, id, "network-account", ask).await.unwrap();
    let item = crew.item(id).await;
    let reason = item.status.reason.as_deref();
    assert_eq!((item.state(), reason), (State::Blocked, Some("Network account does not work: the second factor is refused (SEC-2291)")));
    assert_eq!(item.court(), Court::Customer, "the customer gives it");
    let access = crew.seen_by(bob).await;
    let grant = access.engagement.grant(id, &"network-account".into()).unwrap();
    assert_eq!(access.engagement.turn(grant, access.today), Some(Turn::Repair));
    let giver = access.engagement.member(&bob.person).unwrap();
    assert!(access.engagement.is_turn_of(Turn::Repair, grant, giver));
    assert!(access.engagement.access_ready(access.today).people == 0 && grant.step.is_live());
    // The number comes later: the item says it too.
    let ask = Ask { ticket: Some("SEC-2292".to_owned()), ..Ask::default() };
    crew.ask(bob, id, "network-account", ask).await.unwrap();
    assert!(crew.item(id).await.status.reason.unwrap().ends_with("(SEC-2292)"));
    crew.say(one, id, "network-account", (Step::Verified, "works now")).await.unwrap();
    assert_eq!(crew.item(id).await.state(), State::Done);
    // What worked, and does not any more.
    crew.say(one, id, "network-account", (Step::Broken, "")).await.unwrap_err();
    crew.say(one, id, "network-account", (Step::Broken, "the password ran out")).await.unwrap();
    assert_eq!(crew.item(id).await.state(), State::Blocked);
}

#[tokio::test]
async fn access_that_ends_while_it_is_still_needed_is_pointed_out_as_soon_as_that_is_known() {
    let crew = crew(1).await;
    let (app, ann, bob, one) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.consultants[0]);
    let last = Member { until: Some(date("2026-03-27")), ..member(one) };
    save_member(app, ann, &crew.engagement, last).await.unwrap();
    crew.go(bob, &one.person, "network-account", Step::Granted).await.unwrap();
    for (until, needed) in [("2026-03-20", Some(date("2026-03-27"))), ("2026-03-27", None)] {
        let ask = Ask { until: Some(Some(date(until))), ..Ask::default() };
        crew.ask(bob, &one.person, "network-account", ask).await.unwrap();
        let grant = crew.grant(&one.person, "network-account").await;
        assert_eq!(crew.seen_by(ann).await.engagement.ends_early(&grant), needed, "until {until}");
    }
}

#[tokio::test]
async fn what_is_internal_has_no_words_in_an_item_that_the_customer_reads() {
    let vault = r#"
[[resource]]
id = "vault"
title = "Secret vault"
owners = ["engagement-manager"]
internal = true
tasks = ["network-account"]
details = []

[[need]]
resource = "vault"
each = "person where device = delivery"
"#;
    let crew = crew_with(1, vault).await;
    let (app, ann, bob, id) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.consultants[0].person);
    for (to, note) in [
        (Step::Requested, "ask"),
        (Step::Rejected, "hush: no budget"),
        (Step::Requested, "ask"),
        (Step::Granted, ""),
        (Step::Broken, "hush: it hangs"),
    ] {
        let ask = Ask { to: Some(to), note: Some(note.to_owned()), ticket: Some("HUSH-1".to_owned()), ..Ask::default() };
        crew.ask(ann, id, "vault", ask).await.unwrap();
        let told = format!("{:?}", app.view(bob, &crew.engagement, Right::ReadEngagement).await.unwrap().engagement.items);
        let told = told.to_lowercase();
        assert!(!told.contains("hush") && !told.contains("vault"), "{to:?}: {told}");
    }
    let item = crew.item(id).await;
    assert_eq!(item.status.reason.as_deref(), Some("a step of the delivery side does not work"));
    crew.go(bob, id, "network-account", Step::Granted).await.unwrap();
    crew.say(ann, id, "network-account", (Step::Verified, "seen")).await.unwrap();
    crew.say(ann, id, "vault", (Step::Verified, "hush: works")).await.unwrap();
    let item = crew.item(id).await;
    assert!(item.state() == State::Done && item.proofs.iter().all(|proof| !proof.text.contains("hush")), "{:?}", item.proofs);
}

#[tokio::test]
async fn an_account_that_two_people_would_share_is_refused_and_the_record_says_so() {
    let tool = r#"
[[resource]]
id = "tool"
title = "Discovery tool"
owners = ["customer-network"]
details = ["User name", "Licence"]
own = ["User name"]

[[need]]
resource = "tool"
each = "person where device = delivery"
"#;
    let crew = crew_with(2, tool).await;
    let bob = &crew.world.bob;
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    let says = async |person: &tminus_domain::ids::PersonId, to: Option<Step>, name: &str, text: &str| {
        let ask = Ask { to, details: [(name.to_owned(), text.to_owned())].into(), ..Ask::default() };
        crew.ask(bob, person, "tool", ask).await
    };
    says(one, Some(Step::Granted), "User name", "team1").await.unwrap();
    says(one, None, "Licence", "full").await.unwrap();
    says(two, None, "Licence", "full").await.unwrap();
    let refused = says(two, Some(Step::Granted), "User name", " TEAM1 ").await.unwrap_err();
    assert!(refused.to_string().contains("somebody else has this one"), "{refused}");
    assert_eq!(crew.grant(two, "tool").await.step, Step::Needed);
    assert_eq!(crew.entries(FactKind::SharedRefused).await, 1);
    // What somebody gave back is free, until they have it again.
    for to in [Step::Revoked, Step::RevocationConfirmed] {
        crew.go(bob, one, "tool", to).await.unwrap();
    }
    says(two, Some(Step::Granted), "User name", "team1").await.unwrap();
    crew.go(bob, one, "tool", Step::Needed).await.unwrap();
    assert!(crew.go(bob, one, "tool", Step::Requested).await.unwrap_err().to_string().contains("each person’s own"));
    says(one, Some(Step::Requested), "User name", "team2").await.unwrap();
    assert_eq!(crew.entries(FactKind::SharedRefused).await, 2);
}

const BADGE: &str = r#"
[[resource]]
id = "badge"
title = "Site badge"
kind = "badge"
owners = ["customer-network"]
after = ["network-account"]
bring = ["Two forms of identification"]

[[need]]
resource = "badge"
each = "person where device = delivery"
"#;

#[tokio::test]
async fn an_appointment_is_on_a_day_that_can_be_and_is_told_the_day_before() {
    let crew = crew_with(1, BADGE).await;
    let (app, bob, one) = (&crew.world.app, &crew.world.bob, &crew.consultants[0]);
    let id = &one.person;
    let books = async |resource: &str, on: &str, place: &str| {
        let booked = Appointment { on: date(on), at: Some("10:00".parse().unwrap()), place: place.to_owned() };
        let ask = Ask { appointment: Some(Some(booked)), ..Ask::default() };
        crew.ask(bob, id, resource, ask).await
    };
    let refused = books("badge", "2026-01-12", "Building 7").await.unwrap_err();
    assert!(refused.to_string().contains("it comes after Network account"), "{refused}");
    crew.go(bob, id, "network-account", Step::Granted).await.unwrap();
    crew.say(one, id, "network-account", (Step::Verified, "")).await.unwrap();
    for (resource, on, place, why) in [
        ("network-account", "2026-01-12", "", "no appointment"),
        ("badge", "2025-12-01", "", "before today"),
        ("badge", "2026-01-11", "", "does not work on 2026-01-11"),
        ("badge", "2026-01-12", "two\nlines", "one line"),
    ] {
        let refused = books(resource, on, place).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{why}: {refused}");
    }
    let leaves = Member { until: Some(date("2026-01-09")), ..member(one) };
    save_member(app, &crew.world.ann, &crew.engagement, leaves).await.unwrap();
    assert!(books("badge", "2026-01-12", "").await.unwrap_err().to_string().contains("not on the engagement"));
    save_member(app, &crew.world.ann, &crew.engagement, member(one)).await.unwrap();
    books("badge", "2026-01-12", "Building 7, ask for Hugo").await.unwrap();

    let letters = format!("{:?}", tminus_app::mail::list_letters(app, &crew.world.ann, None).await.unwrap());
    assert!(letters.contains("2026-01-12, 10:00, Building 7, ask for Hugo: Two forms of identification"), "{letters}");

    let access = crew.seen_by(one).await;
    let whole = &access.engagement;
    let grant = whole.grant(id, &"badge".into()).unwrap();
    assert_eq!(whole.turn(grant, access.today), Some(Turn::Attend));
    let (me, calendars) = (whole.member(id).unwrap(), Calendars::new(whole.plan.setup.calendars.clone()).unwrap());
    let told = |after: &str, until: &str| {
        let at = |day: &str| (date(day), date(day).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp());
        let all = reminders(whole, me, &calendars, Window { after: at(after), until: at(until) });
        all.into_iter()
            .filter(|it| it.access.as_ref().is_some_and(|waits| waits.turn == Turn::Attend))
            .map(|it| (it.reason, it.title))
            .collect::<Vec<_>>()
    };
    let title = "Site badge, 10:00, Building 7, ask for Hugo: Two forms of identification".to_owned();
    assert_eq!(told("2026-01-08", "2026-01-09"), [(Reason::DueSoon, title.clone())], "the Friday before a Monday");
    assert_eq!(told("2026-01-09", "2026-01-12"), [(Reason::DueToday, title)]);
    assert_eq!(told("2026-01-07", "2026-01-08"), []);
    // Once it is there, nobody is sent anywhere.
    crew.go(bob, id, "badge", Step::Granted).await.unwrap();
    let access = crew.seen_by(one).await;
    assert_eq!(access.engagement.turn(access.engagement.grant(id, &"badge".into()).unwrap(), access.today), Some(Turn::Try));
}

#[tokio::test]
async fn nobody_has_an_appointment_while_they_are_on_leave() {
    let crew = crew_with(1, BADGE).await;
    let (app, ann, bob, one) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.consultants[0]);
    let whole = app.view(ann, &crew.engagement, Right::ReadEngagement).await.unwrap();
    let mut setup = whole.engagement.plan.setup.clone();
    let mut own = WorkCalendar::new("Leave of one", Side::Delivery);
    let (from, to) = (date("2026-01-12"), date("2026-01-16"));
    own.closures.push(Closure { from, to, title: "Leave".to_owned(), kind: ClosureKind::Absence });
    setup.calendars.push(own);
    change_plan(app, ann, &crew.engagement, ChangePlan { setup, kits: None, reason: "leave".to_owned(), revision: None }).await.unwrap();
    let away = Member { calendar: Some("Leave of one".to_owned()), ..member(one) };
    save_member(app, ann, &crew.engagement, away).await.unwrap();
    crew.go(bob, &one.person, "network-account", Step::Granted).await.unwrap();
    crew.say(one, &one.person, "network-account", (Step::Verified, "")).await.unwrap();
    let books = async |on: &str| {
        let booked = Appointment { on: date(on), at: None, place: String::new() };
        let ask = Ask { appointment: Some(Some(booked)), ..Ask::default() };
        crew.ask(bob, &one.person, "badge", ask).await
    };
    let refused = books("2026-01-14").await.unwrap_err();
    assert!(refused.to_string().contains("they do not work on 2026-01-14"), "{refused}");
    books("2026-01-20").await.unwrap();
}

const GUESTS: &str = r#"
[[resource]]
id = "wiki"
title = "Wiki"
owners = ["customer-network"]
details = ["Licence"]

[[need]]
resource = "wiki"
each = "person where device = delivery"

[[policy]]
id = "no-guest"
title = "A guest sees one space, and there are two."
refuses = "wiki"
each = "person"
detail = { name = "Licence", is = "guest" }
ways = ["A full licence"]
exception_by = "delivery-security"

[[policy]]
id = "not-here"
title = "Nobody may."
refuses = "wiki"
each = "person"
when = "device = customer"
ways = ["Something else"]
"#;

#[tokio::test]
async fn a_licence_that_does_not_do_is_refused_with_what_does() {
    let crew = crew_with(1, GUESTS).await;
    let (bob, id) = (&crew.world.bob, &crew.consultants[0].person);
    let says = async |to: Option<Step>, text: &str| {
        let ask = Ask { to, details: [("Licence".to_owned(), text.to_owned())].into(), ..Ask::default() };
        crew.ask(bob, id, "wiki", ask).await
    };
    assert_eq!(crew.grant(id, "wiki").await.step, Step::Needed, "whoever may have it with another licence needs it");
    let refused = says(Some(Step::Granted), "Guest").await.unwrap_err();
    assert!(refused.to_string().contains("A guest sees one space, and there are two. What is allowed: A full licence."), "{refused}");
    says(Some(Step::Granted), "full").await.unwrap();
    assert!(says(None, " guest ").await.is_err(), "also afterwards");
    says(None, "").await.unwrap();
    // The form sends what is kept with everything: what was kept before there was a policy stands in nobody's way.
    says(Some(Step::Revoked), "").await.unwrap();
}

#[tokio::test]
async fn an_exception_is_written_down_before_what_it_lets_past() {
    let crew = crew_with(2, GUESTS).await;
    let (app, ann, bob, dee) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.world.dee);
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    let approves = Member { roles: vec!["delivery-security".into()], ..member(dee) };
    save_member(app, ann, &crew.engagement, approves).await.unwrap();
    let input = ExceptAccess {
        person: one.clone(),
        resource: "wiki".into(),
        approver: dee.person.clone(),
        until: date("2026-02-27"),
        reason: "one space is enough for this one".to_owned(),
        version: None,
    };
    except_access(app, ann, &crew.engagement, input).await.unwrap();
    let guest = |person| {
        let ask = Ask { to: Some(Step::Granted), details: [("Licence".to_owned(), "guest".to_owned())].into(), ..Ask::default() };
        crew.ask(bob, person, "wiki", ask)
    };
    guest(one).await.unwrap();
    assert!(guest(two).await.is_err(), "it is one person's");
}
