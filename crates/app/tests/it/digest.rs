//! What people are told once a day, through a whole month.

use std::{collections::BTreeSet, sync::Mutex};

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use tminus_app::{
    Failure, Refusal,
    access::{MoveAccess, move_access},
    checklist::{
        hand_over::{HandOver, hand_over},
        status::{SetStatus, set_status},
    },
    engagement::{
        list::show_engagement,
        open::{OpenEngagement, open_engagement},
        plan::{ChangePlan, change_plan},
    },
    mail::{
        deliver_due,
        digest::{queue_digests, set_digest_time},
        ladder::{set_ladder, show_ahead, show_ladder},
    },
    people::{
        colleague::{NameColleague, name_colleague},
        member::save_member,
    },
    rights::{
        link::{make_link, open_link, revoke_link},
        sign_in::{Client, caller_of_session},
    },
    world::{self, World},
};
use tminus_domain::{
    access::{Step, work::Ask},
    checklist::status::State,
    ids::{EngagementId, ItemId, PersonId},
    mail::{
        Letter, Message,
        reminder::{Ladder, Reason},
    },
    people::Member,
    rights::Function,
    schedule::Weekdays,
};

fn berlin(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::get("Europe/Berlin").unwrap())
}

async fn item(world: &World, key: &str) -> ItemId {
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    view.engagement.item_by_key(key).unwrap().id.clone()
}

/// The digests that wait, in order.
async fn told(world: &World) -> Vec<Letter> {
    queue_digests(&world.app).await.unwrap();
    let taken = Mutex::new(Vec::new());
    let sent = deliver_due(&world.app, async |letter| {
        taken.lock().unwrap().push(letter);
        Ok(())
    });
    sent.await.unwrap();
    let mut taken = taken.into_inner().unwrap();
    taken.retain(|letter| matches!(letter.message, Message::Digest { .. }));
    taken
}

fn lines(letter: &Letter) -> Vec<(Reason, &str)> {
    let Message::Digest { parts } = &letter.message else { panic!("{letter:?}") };
    parts.iter().flat_map(|part| &part.reminders).map(|it| (it.reason, it.title.as_str())).collect()
}

/// Lives through the hours until a day is over, with everything that was told meanwhile.
async fn live(world: &World, until: &str) -> Vec<Letter> {
    let until: Date = until.parse().unwrap();
    let mut letters = Vec::new();
    while berlin(world.app.now()).date() <= until {
        letters.extend(told(world).await);
        world.clock.advance(SignedDuration::from_hours(1));
    }
    letters
}

/// The days on which somebody was told of an item, and why.
fn days(letters: &[Letter], person: &PersonId, title: &str) -> Vec<(String, Reason)> {
    let mut days = Vec::new();
    for letter in letters.iter().filter(|letter| &letter.person == person) {
        let day = berlin(letter.written_at).date().to_string();
        days.extend(lines(letter).into_iter().filter(|(_, it)| *it == title).map(|(reason, _)| (day.clone(), reason)));
    }
    days
}

fn expected(days: &[(&str, Reason)]) -> Vec<(String, Reason)> {
    days.iter().map(|(day, reason)| ((*day).to_owned(), *reason)).collect()
}

#[tokio::test]
async fn the_ladder_goes_up_to_both_managers_and_never_on_a_day_off() {
    let world = world::own().await;
    let letters = live(&world, "2026-02-01").await;
    let (ann, bob) = (&world.ann.person, &world.bob.person);
    let jira = "Get access to Jira";
    let of_ann = expected(&[
        ("2025-12-18", Reason::New),
        ("2026-01-07", Reason::DueSoon),
        ("2026-01-12", Reason::DueToday),
        ("2026-01-14", Reason::Late),
        ("2026-01-16", Reason::Leads),
    ]);
    assert_eq!(days(&letters, ann, jira), of_ann);
    assert_eq!(days(&letters, bob, jira), expected(&[("2026-01-14", Reason::Late), ("2026-01-16", Reason::Leads)]));
    for person in [ann, bob] {
        assert_eq!(days(&letters, person, "Load the delivery kit"), [], "what comes after something open is nobody's yet");
    }
    assert_eq!(days(&letters, bob, "Set up the internal chat room"), [], "it is internal");
    let mut seen = BTreeSet::new();
    for letter in &letters {
        let at = berlin(letter.written_at);
        assert!(at.hour() == 8 || at.date().to_string() == "2025-12-18", "{at}");
        assert!(seen.insert((letter.person.clone(), at.date())), "twice on {}", at.date());
        let off = ["2025-12-25", "2025-12-26", "2026-01-01", "2026-01-06"].contains(&at.date().to_string().as_str());
        let weekend = at.date().weekday().to_monday_one_offset() > 5;
        assert!(&letter.person == bob || !(off || weekend), "Ann is off on {}", at.date());
    }
}

#[tokio::test]
async fn whoever_gives_some_days_of_the_week_is_told_on_those_of_any_of_their_engagements() {
    let world = world::own().await;
    let (app, ann) = (&world.app, &world.ann);
    let give = async |engagement: &EngagementId, days: [Weekday; 2]| {
        let whole = show_engagement(app, ann, engagement).await.unwrap().engagement;
        let member = whole.member(&ann.person).unwrap().clone();
        save_member(app, ann, engagement, Member { days: Some(Weekdays::new(days).unwrap()), ..member }).await.unwrap();
    };
    let weekdays = |letters: &[Letter]| -> BTreeSet<i8> {
        let of_ann = letters.iter().filter(|letter| letter.person == ann.person);
        of_ann.map(|letter| berlin(letter.written_at).date().weekday().to_monday_one_offset()).collect()
    };
    give(&world.engagement, [Weekday::Monday, Weekday::Tuesday]).await;
    assert_eq!(weekdays(&live(&world, "2026-01-04").await), BTreeSet::from([1]), "only what was new, on the next Monday");
    let whole = show_engagement(app, ann, &world.engagement).await.unwrap().engagement;
    let members = whole.members.iter().filter(|member| member.person == ann.person).cloned().collect();
    let open = OpenEngagement { kits: vec![world.kit.clone()], setup: whole.plan.setup.clone(), members, portfolio: None };
    let second = open_engagement(app, ann, open).await.unwrap();
    give(&second, [Weekday::Wednesday, Weekday::Thursday]).await;
    assert_eq!(weekdays(&live(&world, "2026-02-01").await), BTreeSet::from([1, 2, 3, 4]));
}

#[tokio::test]
async fn what_is_done_or_with_the_other_side_is_not_told() {
    let world = world::own().await;
    told(&world).await;
    world.clock.advance(SignedDuration::from_mins(1));
    let status =
        |to, reason: Option<&str>, id| SetStatus { item: id, to, reason: reason.map(str::to_owned), third_party: None, version: None };
    let jira = item(&world, "jira").await;
    set_status(&world.app, &world.ann, &world.engagement, status(State::WaitingCustomer, None, jira.clone())).await.unwrap();
    let letters = live(&world, "2026-01-12").await;
    let (ann, bob) = (&world.ann.person, &world.bob.person);
    let title = "Get access to Jira";
    assert_eq!(days(&letters, ann, title), [], "it is with the customer");
    let of_bob = [("2025-12-19", Reason::New), ("2026-01-07", Reason::DueSoon), ("2026-01-12", Reason::DueToday)];
    assert_eq!(days(&letters, bob, title), expected(&of_bob));
    set_status(&world.app, &world.ann, &world.engagement, status(State::Waived, Some("not needed"), jira)).await.unwrap();
    let letters = live(&world, "2026-01-20").await;
    assert_eq!((days(&letters, ann, title), days(&letters, bob, title)), (vec![], vec![]));
    // The 19th is a holiday of the customer: the second business day after the 15th is the 20th.
    let of_ann = [("2026-01-13", Reason::New), ("2026-01-15", Reason::DueToday), ("2026-01-20", Reason::Late)];
    assert_eq!(days(&letters, ann, "Load the delivery kit"), expected(&of_ann));
}

#[tokio::test]
async fn whoever_comes_by_link_is_told_with_a_link_while_they_are_invited() {
    let world = world::own().await;
    let named = NameColleague { name: "Carla".to_owned(), email: "carla@elsewhere.example".to_owned() };
    let carla = name_colleague(&world.app, &world.bob, &world.engagement, named).await.unwrap().person;
    let jira = item(&world, "jira").await;
    let over = HandOver { item: jira.clone(), to: carla.clone(), note: String::new(), version: None };
    hand_over(&world.app, &world.bob, &world.engagement, over).await.unwrap();
    let waits = SetStatus { item: jira, to: State::WaitingCustomer, reason: None, third_party: None, version: None };
    set_status(&world.app, &world.ann, &world.engagement, waits).await.unwrap();
    assert!(!told(&world).await.iter().any(|letter| letter.person == carla), "nobody invited her");
    let made = make_link(&world.app, &world.ann, &world.engagement, (&carla, Some(30))).await.unwrap();
    let letters = live(&world, "2025-12-19").await;
    let hers: Vec<_> = letters.iter().filter(|letter| letter.person == carla).collect();
    let [letter] = hers[..] else { panic!("{hers:?}") };
    assert_eq!(lines(letter), [(Reason::New, "Get access to Jira"), (Reason::New, "Wiki")]);
    let Message::Digest { parts } = &letter.message else { unreachable!() };
    let secret = &parts[0].secret.as_ref().unwrap().0;
    let (visit, _) = open_link(&world.app, secret, &Client::default()).await.unwrap();
    assert!(visit.expires_at <= made.link.expires_at);
    assert_eq!(caller_of_session(&world.app, &visit.secret).await.unwrap().actor.person, carla);
    for link in tminus_app::rights::link::list_links(&world.app, &world.ann, &world.engagement).await.unwrap() {
        assert!(link.expires_at <= made.link.expires_at, "a digest does not make an invitation longer");
        revoke_link(&world.app, &world.ann, &world.engagement, &link.id).await.unwrap();
    }
    assert!(!live(&world, "2026-01-31").await.iter().any(|letter| letter.person == carla));
}

#[tokio::test]
async fn access_of_whoever_comes_by_link_is_told_with_a_link_and_their_invitation_goes_on_working() {
    let world = world::own().await;
    let named = NameColleague { name: "Carla".to_owned(), email: "carla@elsewhere.example".to_owned() };
    let carla = name_colleague(&world.app, &world.bob, &world.engagement, named).await.unwrap().person;
    let go = async |by: &tminus_domain::rights::Actor, to: Step| {
        let input =
            MoveAccess { person: carla.clone(), resource: "wiki".into(), ask: Ask { to: Some(to), ..Ask::default() }, version: None };
        move_access(&world.app, by, &world.engagement, vec![input]).await.unwrap();
        world.clock.advance(SignedDuration::from_hours(1));
        let sent = Mutex::new(Vec::new());
        let carry = async |letter: Letter| {
            if let (true, Message::Access { secret, .. }) = (letter.person == carla, letter.message) {
                sent.lock().unwrap().push(secret.expect("she has no account").0);
            }
            Ok(())
        };
        deliver_due(&world.app, carry).await.unwrap();
        sent.into_inner().unwrap()
    };
    assert_eq!(go(&world.ann, Step::Requested).await.len(), 0, "nobody invited her");
    let made = make_link(&world.app, &world.ann, &world.engagement, (&carla, Some(30))).await.unwrap();
    let mut last = Vec::new();
    for (by, to) in [(&world.bob, Step::Granted), (&world.ann, Step::RevokeRequested), (&world.bob, Step::Revoked)] {
        last = go(by, to).await;
        assert_eq!(last.len(), 1, "{to:?}");
    }
    for secret in [&last[0], &made.secret] {
        let (visit, _) = open_link(&world.app, secret, &Client::default()).await.unwrap();
        assert_eq!(caller_of_session(&world.app, &visit.secret).await.unwrap().actor.person, carla);
    }
}

#[tokio::test]
async fn however_many_nodes_look_each_is_told_once() {
    let world = world::own().await;
    let looks: Vec<_> =
        (0..4).map(|_| world.app.clone()).map(|app| tokio::spawn(async move { queue_digests(&app).await.unwrap() })).collect();
    let mut queued = 0;
    for look in looks {
        queued += look.await.unwrap();
    }
    let letters = told(&world).await;
    assert_eq!(letters.len(), queued);
    let people: std::collections::BTreeSet<_> = letters.iter().map(|letter| &letter.person).collect();
    assert!(people.len() == letters.len() && people.contains(&world.ann.person), "{letters:?}");
}

#[tokio::test]
async fn people_choose_when_or_never() {
    let world = world::own().await;
    for minute in [-1, 24 * 60] {
        assert!(matches!(set_digest_time(&world.app, &world.ann, Some(minute)).await, Err(Failure::Refused(_))));
    }
    set_digest_time(&world.app, &world.ann, Some(16 * 60)).await.unwrap();
    set_digest_time(&world.app, &world.bob, None).await.unwrap();
    let letters = live(&world, "2025-12-18").await;
    assert!(!letters.iter().any(|letter| letter.person == world.bob.person));
    let hers: Vec<_> = letters.iter().filter(|letter| letter.person == world.ann.person).map(|it| berlin(it.written_at).hour()).collect();
    assert_eq!(hers, [16]);
}

#[tokio::test]
async fn the_steps_are_set_for_each_engagement_and_make_sense() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let ladder = |owners, managers| Ladder { owners, managers, ..Ladder::default() };
    for (ladder, field) in [(ladder(Some(5), Some(4)), "managers"), (ladder(Some(0), None), "owners"), (ladder(Some(61), None), "owners")] {
        match set_ladder(app, ann, engagement, ladder).await {
            Err(Failure::Refused(Refusal::Field { field: named, .. })) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    assert!(matches!(set_ladder(app, &world.bob, engagement, Ladder::default()).await, Err(Failure::Forbidden)));
    let revision = async || show_engagement(app, ann, engagement).await.unwrap().engagement.revision;
    let before = revision().await;
    set_ladder(app, ann, engagement, Ladder::default()).await.unwrap();
    assert_eq!(revision().await, before, "nothing changed, and nothing is told");
    set_ladder(app, ann, engagement, ladder(None, Some(1))).await.unwrap();
    assert_eq!(show_ladder(app, ann, engagement).await.unwrap(), ladder(None, Some(1)));
    assert_eq!(revision().await, before + 1);
}

#[tokio::test]
async fn access_that_waits_is_told_to_whose_turn_it_is_once_a_step_and_internal_access_to_no_customer() {
    let world = world::own().await;
    let (ann, bob, dee) = (&world.ann.person, &world.bob.person, &world.dee.person);
    let go = async |by: &tminus_domain::rights::Actor, to: Step, until: Option<&str>| {
        let ask = Ask { to: Some(to), until: until.map(|until| Some(until.parse().unwrap())), ..Ask::default() };
        let input = MoveAccess { person: dee.clone(), resource: "wiki".into(), ask, version: None };
        move_access(&world.app, by, &world.engagement, vec![input]).await.unwrap();
    };
    // Hers to ask for: it is due on 15 January.
    let mut letters = live(&world, "2026-01-12").await;
    assert_eq!(days(&letters, dee, "Wiki"), expected(&[("2025-12-18", Reason::New), ("2026-01-12", Reason::DueSoon)]));
    assert_eq!(days(&letters, bob, "Wiki, Dee"), [], "nobody has asked Bob yet");
    // His to give.
    go(&world.dee, Step::Requested, None).await;
    letters = live(&world, "2026-01-15").await;
    assert_eq!(days(&letters, bob, "Wiki, Dee"), expected(&[("2026-01-13", Reason::New), ("2026-01-15", Reason::DueToday)]));
    assert_eq!(days(&letters, dee, "Wiki"), [], "it is with Bob");
    letters = live(&world, "2026-01-22").await;
    // The 19th is a holiday of the customer. Bob leads, and Ann does on the other side.
    assert_eq!(days(&letters, bob, "Wiki, Dee"), expected(&[("2026-01-20", Reason::Late), ("2026-01-22", Reason::Leads)]));
    assert_eq!(days(&letters, ann, "Wiki, Dee"), expected(&[("2026-01-22", Reason::Leads)]));
    // Hers to try, and then to look after before it ends.
    go(&world.bob, Step::Granted, Some("2026-03-31")).await;
    letters = live(&world, "2026-01-23").await;
    assert_eq!(days(&letters, dee, "Wiki"), expected(&[("2026-01-23", Reason::New)]));
    go(&world.dee, Step::Verified, None).await;
    letters = live(&world, "2026-03-31").await;
    // Thirty days before it is a Sunday: told on the Monday. Then three business days before.
    assert_eq!(days(&letters, dee, "Wiki"), expected(&[("2026-03-02", Reason::DueSoon), ("2026-03-26", Reason::DueSoon)]));
    // His to take away, and to say that it is gone.
    go(&world.ann, Step::RevokeRequested, None).await;
    letters = live(&world, "2026-04-01").await;
    assert_eq!(days(&letters, bob, "Wiki, Dee").len(), 1, "{:?}", days(&letters, bob, "Wiki, Dee"));
    for letter in letters.iter().filter(|letter| &letter.person == bob) {
        assert!(!format!("{letter:?}").contains("Backstage"), "{letter:?}");
    }
}

#[tokio::test]
async fn whose_dates_were_moved_is_told_once_and_in_one_letter() {
    let world = world::own().await;
    live(&world, "2025-12-19").await;
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    setup.milestones.insert("kickoff".into(), "2026-02-03".parse().unwrap());
    let change = ChangePlan { setup, kits: None, reason: "the sponsor is away".to_owned(), revision: None };
    change_plan(&world.app, &world.ann, &world.engagement, change).await.unwrap();
    let letters = live(&world, "2026-01-09").await;
    let title = "Get access to Jira";
    assert_eq!(days(&letters, &world.ann.person, title), expected(&[("2025-12-22", Reason::Moved)]));
    let moved = letters.iter().filter(|it| it.person == world.ann.person && lines(it).iter().any(|(why, _)| *why == Reason::Moved));
    let moved: Vec<_> = moved.collect();
    let [letter] = moved[..] else { panic!("{moved:?}") };
    assert!(lines(letter).len() > 1, "all of them in one: {letter:?}");
    // What waits for something else is not hers to think of yet.
    assert_eq!(days(&letters, &world.ann.person, "Load the delivery kit"), []);
}

#[tokio::test]
async fn who_manages_sees_what_the_sponsor_will_hear_a_day_before_and_only_that() {
    let world = world::own().await;
    let (app, ann, engagement, sponsor) = (&world.app, &world.ann, &world.engagement, &world.mallory.person);
    let seen = async || -> Vec<(String, String)> {
        let sponsors = show_ahead(app, ann, engagement).await.unwrap();
        let days = sponsors.into_iter().flat_map(|sponsor| sponsor.days);
        days.flat_map(|(day, told)| told.into_iter().map(move |it| (day.to_string(), it.title))).collect()
    };
    let ladder = Ladder { sponsor: Some(6), ..Ladder::default() };
    set_ladder(app, ann, engagement, ladder).await.unwrap();
    assert!(show_ahead(app, ann, engagement).await.unwrap().is_empty(), "there is no sponsor");
    save_member(app, ann, engagement, Member::new(sponsor.clone(), Function::ExecutiveSponsor)).await.unwrap();
    assert!(matches!(show_ahead(app, &world.bob, engagement).await, Err(Failure::Forbidden)));
    assert_eq!(seen().await, [], "nothing is that late in two weeks");

    live(&world, "2026-01-15").await;
    let ahead = seen().await;
    assert!(ahead.contains(&("2026-01-21".to_owned(), "Get access to Jira".to_owned())), "{ahead:?}");
    assert!(!ahead.iter().any(|(_, title)| title == "Set up the internal chat room"), "it is internal");
    let letters = live(&world, "2026-01-30").await;
    let told = |person: &PersonId, why: Reason| -> BTreeSet<(String, String)> {
        let theirs = letters.iter().filter(|letter| &letter.person == person);
        let lines = theirs.flat_map(|letter| {
            let day = berlin(letter.written_at).date().to_string();
            lines(letter).into_iter().filter(|(it, _)| *it == why).map(|(_, title)| (day.clone(), title.to_owned())).collect::<Vec<_>>()
        });
        lines.collect()
    };
    let heard = told(sponsor, Reason::Leads);
    assert!(!heard.is_empty());
    let foreseen: BTreeSet<_> = ahead.into_iter().filter(|(day, _)| day.as_str() <= "2026-01-29").collect();
    assert_eq!(heard.iter().filter(|(day, _)| day.as_str() <= "2026-01-29").cloned().collect::<BTreeSet<_>>(), foreseen);
    let warned = told(&ann.person, Reason::Escalates);
    for (day, title) in &heard {
        // What is her own bears no name in her letter.
        let to_ann = title.trim_end_matches(", Ann");
        assert!(warned.iter().any(|(before, it)| it == to_ann && before < day), "nobody told Ann of {title} before {day}: {warned:?}");
    }
}
