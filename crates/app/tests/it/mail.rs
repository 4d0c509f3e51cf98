//! Letters: who gets them, what they open, and what happens where they do not arrive.

use std::sync::Mutex;

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    engagement::list::show_engagement,
    mail::{deliver_due, digest::queue_digests, list_letters, read_letter},
    people::{
        colleague::{NameColleague, name_colleague},
        member::{list_unreached, remove_member},
        person::{ChangePerson, change_person},
    },
    record::{read_practice_record, read_record},
    rights::{
        code::{send_code, type_code},
        link::{ask_for_link, link_until, list_links, mail_link, make_link, name_from_link, open_link, revoke_link},
        sign_in::{Client, caller_of_session},
    },
    store::record::Wanted,
    world::{self, World},
};
use tminus_connect::mail::Undelivered;
use tminus_domain::{
    ids::PersonId,
    mail::{Fate, Letter, Message},
    record::fact::FactKind,
    rights::{Actor, PassKind, PracticeRole, Right, link::CODE_TRIES},
};

/// Sends what is due to a server that takes everything.
async fn delivered(world: &World) -> Vec<Letter> {
    let taken = Mutex::new(Vec::new());
    let sent = deliver_due(&world.app, async |letter| {
        taken.lock().unwrap().push(letter);
        Ok(())
    });
    let sent = sent.await.unwrap();
    let taken = taken.into_inner().unwrap();
    assert_eq!(sent, taken.len());
    taken
}

async fn answered(world: &World, answer: &Undelivered) -> usize {
    let tried = Mutex::new(0);
    let sent = deliver_due(&world.app, async |_| {
        *tried.lock().unwrap() += 1;
        Err(answer.clone())
    });
    assert_eq!(sent.await.unwrap(), 0);
    tried.into_inner().unwrap()
}

fn secret(letter: &Letter) -> &str {
    match &letter.message {
        Message::Link { secret, .. } => &secret.0,
        Message::Code { code, .. } => &code.0,
        Message::Access { .. } | Message::Security { .. } | Message::AtOnce { .. } | Message::Excepted { .. } => "",
        Message::Digest { parts } => parts[0].secret.as_ref().map_or("", |secret| &secret.0),
    }
}

/// Bob's visit by link: who he is there, and the secret of it.
async fn visit(world: &World) -> (Actor, String) {
    let made = make_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
    let (visit, _) = open_link(&world.app, &made.secret, &Client::default()).await.unwrap();
    (caller_of_session(&world.app, &visit.secret).await.unwrap().actor, visit.secret)
}

async fn may_attach(world: &World, secret: &str) -> bool {
    let actor = caller_of_session(&world.app, secret).await.unwrap().actor;
    match world.app.view(&actor, &world.engagement, Right::AttachFiles).await {
        Ok(_) => actor.pass.kind == PassKind::LinkWithCode,
        Err(Failure::NeedsCode) => false,
        Err(failure) => panic!("{failure}"),
    }
}

async fn kinds(world: &World, who: &Actor) -> Vec<FactKind> {
    let wanted = Wanted { limit: 20, ..Wanted::default() };
    let entries = read_record(&world.app, who, &world.engagement, &wanted).await.unwrap();
    entries.into_iter().map(|entry| entry.fact.parse().unwrap()).collect()
}

#[tokio::test]
async fn a_mailed_link_is_seen_by_its_person_alone() {
    let world = world::own().await;
    assert!(matches!(mail_link(&world.app, &world.bob, &world.engagement, (&world.bob.person, None)).await, Err(Failure::Forbidden)));
    mail_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, Some(7))).await.unwrap();
    let letters = delivered(&world).await;
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.address.as_str(), letter.name.as_str()), ("bob@example.com", "Bob"));
    let (_, engagement) = open_link(&world.app, secret(letter), &Client::default()).await.unwrap();
    assert_eq!(engagement, world.engagement);
    let kept = read_letter(&world.app, &world.ann, &letter.id).await.unwrap();
    assert!(matches!(kept.fate, Fate::Sent { .. }) && secret(&kept.letter).is_empty());
    assert_eq!(delivered(&world).await, [], "once");
}

#[tokio::test]
async fn what_waits_can_be_read_by_whoever_could_make_a_link_and_listed_by_the_operator() {
    let world = world::own().await;
    mail_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
    let operator = Actor { practice: PracticeRole::Operator, ..world.dee.clone() };
    let listed = list_letters(&world.app, &operator, None).await.unwrap();
    assert!(secret(&listed[0].letter).is_empty());
    let id = &listed[0].letter.id;
    assert!(!secret(&read_letter(&world.app, &world.ann, id).await.unwrap().letter).is_empty());
    let opened = Wanted { fact: Some(FactKind::LetterOpened.as_str().to_owned()), limit: 9, ..Wanted::default() };
    let (told, _) = read_practice_record(&world.app, &world.ann, &opened).await.unwrap();
    assert_eq!(told.len(), 1, "who read a link in a letter is in the record");
    assert!(matches!(read_letter(&world.app, &operator, id).await, Err(Failure::Forbidden)));
    for who in [&world.bob, &world.dee, &world.mallory] {
        assert!(matches!(list_letters(&world.app, who, None).await, Err(Failure::Forbidden)));
    }
}

#[tokio::test]
async fn a_code_from_the_mailbox_lets_a_visit_attach_files() {
    let world = world::own().await;
    let (bob, visit) = visit(&world).await;
    assert!(!may_attach(&world, &visit).await);
    assert!(matches!(type_code(&world.app, (&bob, &visit), "000000").await, Err(Failure::Refused(Refusal::Code(0)))), "none was sent");
    send_code(&world.app, (&bob, &visit)).await.unwrap();
    send_code(&world.app, (&bob, &visit)).await.unwrap();
    let letters = delivered(&world).await;
    let [letter] = &letters[..] else { panic!("one at a time: {letters:?}") };
    let code = secret(letter);
    assert!(code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit()), "{code}");
    type_code(&world.app, (&bob, &visit), &format!(" {} {} ", &code[..3], &code[3..])).await.unwrap();
    assert!(may_attach(&world, &visit).await);
    assert!(kinds(&world, &world.ann).await.starts_with(&[FactKind::CodeTyped, FactKind::CodeSent]));
    assert!(!kinds(&world, &world.bob).await.contains(&FactKind::CodeSent));
    for other in [&world.ann, &world.bob] {
        assert!(matches!(send_code(&world.app, (other, &visit)).await, Err(Failure::Forbidden)), "only links ask for codes");
    }
}

#[tokio::test]
async fn a_code_is_guessed_a_few_times_only_and_grows_old() {
    let world = world::own().await;
    let (bob, visit) = visit(&world).await;
    send_code(&world.app, (&bob, &visit)).await.unwrap();
    let code = secret(&delivered(&world).await[0]).to_owned();
    for left in (0..CODE_TRIES).rev() {
        let wrong = type_code(&world.app, (&bob, &visit), "wrong").await;
        assert!(matches!(wrong, Err(Failure::Refused(Refusal::Code(n))) if n == left), "{left}: {wrong:?}");
    }
    // One more than is free asks for a pause; after it the code is used up, also the right one.
    world.clock.advance(SignedDuration::from_mins(2));
    assert!(matches!(type_code(&world.app, (&bob, &visit), &code).await, Err(Failure::Refused(Refusal::Code(0)))));
    send_code(&world.app, (&bob, &visit)).await.unwrap();
    let again = secret(&delivered(&world).await[0]).to_owned();
    let wrong = type_code(&world.app, (&bob, &visit), &code).await;
    assert!(matches!(wrong, Err(Failure::Refused(Refusal::Code(_)))), "the newer one took its place: {wrong:?}");
    let paused = type_code(&world.app, (&bob, &visit), &again).await;
    assert!(matches!(paused, Err(Failure::Refused(Refusal::SignInLater(_)))), "{paused:?}");
    world.clock.advance(SignedDuration::from_mins(15));
    assert!(matches!(type_code(&world.app, (&bob, &visit), &again).await, Err(Failure::Refused(Refusal::Code(0)))), "too old");
    assert!(!may_attach(&world, &visit).await);
}

#[tokio::test]
async fn a_mail_server_that_is_down_for_an_hour_loses_no_letter() {
    let world = world::own().await;
    mail_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
    let away = Undelivered::Later("no connection".to_owned());
    let mut tries = 0;
    for _ in 0..60 {
        tries += answered(&world, &away).await;
        world.clock.advance(SignedDuration::from_mins(1));
    }
    assert!((5..=9).contains(&tries), "{tries} tries in an hour");
    let waiting = &list_letters(&world.app, &world.ann, None).await.unwrap()[0];
    assert!(matches!(&waiting.fate, Fate::Waiting { why: Some(why), .. } if why == "no connection"), "{waiting:?}");
    world.clock.advance(SignedDuration::from_mins(30));
    let letters = delivered(&world).await;
    assert!(open_link(&world.app, secret(&letters[0]), &Client::default()).await.is_ok());
}

#[tokio::test]
async fn a_refused_digest_becomes_an_item_on_each_engagement_that_it_told_of() {
    let world = world::own().await;
    assert!(queue_digests(&world.app).await.unwrap() > 0);
    assert!(answered(&world, &Undelivered::Refused("550 no such mailbox".to_owned())).await > 0);
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert!(view.engagement.items.iter().any(|item| item.content.title == "Fix the e-mail address of Ann"));
}

#[tokio::test]
async fn an_address_that_is_refused_becomes_one_item_that_only_the_delivery_side_sees() {
    let world = world::own().await;
    let refused = Undelivered::Refused("550 no such mailbox".to_owned());
    for _ in 0..2 {
        mail_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
        assert_eq!(answered(&world, &refused).await, 1);
    }
    let fixing = async |who: &Actor| {
        let view = show_engagement(&world.app, who, &world.engagement).await.unwrap();
        view.engagement.items.iter().filter(|item| item.content.title == "Fix the e-mail address of Bob").count()
    };
    assert_eq!((fixing(&world.ann).await, fixing(&world.bob).await), (1, 0));
    assert_eq!(kinds(&world, &world.ann).await.iter().filter(|kind| **kind == FactKind::LetterRefused).count(), 2);
    assert!(!kinds(&world, &world.bob).await.contains(&FactKind::LetterRefused));
    assert_eq!(delivered(&world).await, [], "not tried again");
    let unreached = list_unreached(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!(unreached, [(world.bob.person.clone(), "550 no such mailbox".to_owned())]);
    assert!(matches!(list_unreached(&world.app, &world.bob, &world.engagement).await, Err(Failure::Forbidden)));
    // The next letter that arrives says that the address is right again.
    world.clock.advance(SignedDuration::from_secs(1));
    mail_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
    assert_eq!(delivered(&world).await.len(), 1);
    assert_eq!(list_unreached(&world.app, &world.ann, &world.engagement).await.unwrap(), []);
}

#[tokio::test]
async fn a_named_colleague_of_the_same_company_gets_a_link_by_mail_and_nobody_else_does() {
    let world = world::own().await;
    let name = async |email: &str| {
        let named = NameColleague { name: "Carla Diaz".to_owned(), email: email.to_owned() };
        name_colleague(&world.app, &world.bob, &world.engagement, named).await.unwrap().person
    };
    name("carla@elsewhere.example").await;
    assert_eq!(delivered(&world).await, []);
    let carla = name("carla@EXAMPLE.com").await;
    let letters = delivered(&world).await;
    assert_eq!(letters.iter().map(|letter| &letter.person).collect::<Vec<_>>(), [&carla]);
    assert!(matches!(&letters[0].message, Message::Link { from, .. } if from == "Bob"));
    open_link(&world.app, secret(&letters[0]), &Client::default()).await.unwrap();
    let links = list_links(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!((&links[0].person, &links[0].made_by), (&carla, &world.bob.person));
}

#[tokio::test]
async fn whoever_got_a_forwarded_link_names_themselves_and_opens_nothing_in_anothers_name() {
    let world = world::own().await;
    let (app, engagement, client) = (&world.app, &world.engagement, Client::default());
    let made = make_link(app, &world.ann, engagement, (&world.bob.person, None)).await.unwrap();
    let carla = |email: &str| NameColleague { name: "Carla Diaz".to_owned(), email: email.to_owned() };
    assert!(name_from_link(app, &made.secret, &client, carla("nobody")).await.is_err());
    name_from_link(app, &made.secret, &client, carla("carla@example.com")).await.unwrap();
    let letters = delivered(&world).await;
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.name.as_str(), letter.address.as_str()), ("Carla Diaz", "carla@example.com"));
    let links = list_links(app, &world.ann, engagement).await.unwrap();
    assert!(links.iter().find(|link| link.id == made.link.id).unwrap().used_at.is_none(), "Bob's was not opened");
    let (visit, _) = open_link(app, secret(letter), &client).await.unwrap();
    assert_eq!(caller_of_session(app, &visit.secret).await.unwrap().actor.person, letter.person);
    // Twice is once, and of whom the practice knows nobody learns anything.
    for email in ["carla@example.com", "carla@elsewhere.example", "ann@example.com", "mallory@example.com"] {
        world.clock.advance(SignedDuration::from_mins(20));
        name_from_link(app, &made.secret, &client, carla(email)).await.unwrap();
    }
    let members = show_engagement(app, &world.ann, engagement).await.unwrap().engagement.members.len();
    assert_eq!(members, 6, "Carla twice, for she has two addresses, and Mallory of the customers; not Ann again");
    // By one link a few are named, and then more and more slowly.
    let more = async |number: usize| name_from_link(app, &made.secret, &client, carla(&format!("c{number}@example.com"))).await;
    let mut slow = false;
    for number in 0..4 {
        slow |= matches!(more(number).await, Err(Failure::Refused(Refusal::SignInLater(_))));
    }
    assert!(slow);
    world.clock.advance(SignedDuration::from_hours(1));
    revoke_link(app, &world.ann, engagement, &made.link.id).await.unwrap();
    let ended = name_from_link(app, &made.secret, &client, carla("dora@example.com")).await;
    assert!(matches!(ended, Err(Failure::Refused(Refusal::LinkEnded))), "a link that ended names nobody");
}

#[tokio::test]
async fn a_link_that_expired_gets_its_own_person_a_new_one_and_nobody_else() {
    let world = world::own().await;
    let (app, engagement, client) = (&world.app, &world.engagement, Client::default());
    let link = async |person: &PersonId| make_link(app, &world.ann, engagement, (person, Some(7))).await.unwrap();
    let (made, gone) = (link(&world.bob.person).await, link(&world.bob.person).await);
    revoke_link(app, &world.ann, engagement, &gone.link.id).await.unwrap();
    let ask = async |secret: &str| ask_for_link(app, secret, &client).await.unwrap();
    ask(&made.secret).await;
    assert_eq!(delivered(&world).await, [], "it still works");
    world.clock.advance(SignedDuration::from_hours(8 * 24));
    ask(&gone.secret).await;
    ask("nobody-s").await;
    assert_eq!(delivered(&world).await, [], "a revoked one and one that was never made get nobody anything");
    ask(&made.secret).await;
    ask(&made.secret).await;
    let letters = delivered(&world).await;
    let [letter] = &letters[..] else { panic!("once: {letters:?}") };
    assert_eq!(letter.address, "bob@example.com");
    assert!(matches!(&letter.message, Message::Link { from, .. } if from == "Ann"));
    let (visit, _) = open_link(app, secret(letter), &client).await.unwrap();
    let until = link_until(app, &visit.secret).await.unwrap().unwrap();
    assert!(until > visit.expires_at, "the visit ends before the link does");
    // Whose link somebody revoked does not get another by one that had expired before.
    let links = list_links(app, &world.ann, engagement).await.unwrap();
    revoke_link(app, &world.ann, engagement, &links[0].id).await.unwrap();
    ask(&made.secret).await;
    assert_eq!(delivered(&world).await, []);
    // Nor does whoever has left.
    let last = link(&world.bob.person).await;
    world.clock.advance(SignedDuration::from_hours(8 * 24));
    remove_member(app, &world.ann, engagement, &world.bob.person).await.unwrap();
    ask(&last.secret).await;
    assert_eq!(delivered(&world).await, []);
}

#[tokio::test]
async fn a_letter_says_the_last_day_of_a_link_where_its_reader_is() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    // It is 15:00 in Berlin and 00:00 of the next day in Wellington when it ends, eight days on.
    world.clock.advance(SignedDuration::from_hours(2));
    let zone = Some("Pacific/Auckland".to_owned());
    let person = world.bob.person.clone();
    change_person(app, ann, ChangePerson { person, zone, ..ChangePerson::default() }).await.unwrap();
    mail_link(app, ann, engagement, (&world.bob.person, Some(7))).await.unwrap();
    let letters = delivered(&world).await;
    let Message::Link { day, until, .. } = &letters[0].message else { panic!("{letters:?}") };
    assert_eq!((day.unwrap().to_string().as_str(), until.to_string().as_str()), ("2025-12-26", "2025-12-25T11:00:00Z"));
}
