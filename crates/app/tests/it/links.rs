//! Coming in by a link, and looking through somebody else's eyes.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    checklist::{
        evidence::read_file,
        status::{SetStatus, set_status},
    },
    engagement::list::{list_engagements, list_my_items, show_engagement},
    mail::list_letters,
    people::{
        member::{remove_member, save_member},
        person::{change_own_password, end_person},
    },
    rights::{
        link::{Made, ask_for_links, list_links, look_at_link, make_link, open_link, revoke_link},
        session::{begin_view, end_session, end_view, list_sessions, viewed},
        sign_in::{Client, caller_of_session, caller_of_token, sign_in},
        token::{CreateToken, create_token},
    },
    store::engagement::Page,
    world::{self, PASSWORD, World},
};
use tminus_domain::{
    checklist::status::State,
    mail::Message,
    rights::{Actor, Pass, PassKind, Right, link::MAX_LIVE},
};

async fn bobs_link(world: &World) -> Made {
    make_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap()
}

async fn visit(world: &World, secret: &str) -> Result<Actor, Failure> {
    let (visit, engagement) = open_link(&world.app, secret, &Client::default()).await?;
    assert_eq!(engagement, world.engagement);
    Ok(caller_of_session(&world.app, &visit.secret).await?.actor)
}

fn ended<T>(tried: &Result<T, Failure>) -> bool {
    matches!(tried, Err(Failure::Refused(Refusal::LinkEnded)))
}

#[tokio::test]
async fn a_link_opens_one_engagement_as_its_person_and_looking_at_it_opens_nothing() {
    let world = world::own().await;
    let made = bobs_link(&world).await;
    let shown = look_at_link(&world.app, &made.secret, &Client::default()).await.unwrap();
    assert_eq!(shown.person, "Bob");
    assert_eq!(list_links(&world.app, &world.ann, &world.engagement).await.unwrap()[0].used_at, None);
    let bob = visit(&world, &made.secret).await.unwrap();
    assert_eq!((&bob.person, bob.pass.kind), (&world.bob.person, PassKind::Link));
    assert!(show_engagement(&world.app, &bob, &world.engagement).await.is_ok());
    assert!(list_links(&world.app, &world.ann, &world.engagement).await.unwrap()[0].used_at.is_some());
    // Another engagement of the same person is not there by this link.
    let elsewhere = Actor { pass: Pass { kind: PassKind::Link, within: Some("another".into()) }, ..bob.clone() };
    assert!(matches!(show_engagement(&world.app, &elsewhere, &world.engagement).await, Err(Failure::NotFound)));
    assert!(list_engagements(&world.app, &elsewhere, &Page { limit: 9, ..Page::default() }).await.unwrap().is_empty());
    assert!(list_my_items(&world.app, &elsewhere).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_that_ended_opens_nothing_and_ends_the_visits_that_it_began() {
    let world = world::own().await;
    let made = bobs_link(&world).await;
    let (visit_now, _) = open_link(&world.app, &made.secret, &Client::default()).await.unwrap();
    assert!(matches!(revoke_link(&world.app, &world.bob, &world.engagement, &made.link.id).await, Err(Failure::Forbidden)));
    revoke_link(&world.app, &world.ann, &world.engagement, &made.link.id).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &visit_now.secret).await, Err(Failure::SignedOut)));
    assert!(ended(&visit(&world, &made.secret).await));
    assert!(ended(&look_at_link(&world.app, &made.secret, &Client::default()).await));
    let old = bobs_link(&world).await;
    world.clock.advance(SignedDuration::from_hours(24 * 31));
    assert!(ended(&visit(&world, &old.secret).await), "it is older than a month");
    assert!(ended(&visit(&world, "guessed").await));
}

#[tokio::test]
async fn the_newest_few_links_of_a_person_work_and_none_of_whoever_left() {
    let world = world::own().await;
    let first = bobs_link(&world).await;
    let mut last = None;
    for _ in 0..MAX_LIVE {
        world.clock.advance(SignedDuration::from_secs(1));
        last = Some(bobs_link(&world).await);
    }
    assert!(ended(&visit(&world, &first.secret).await));
    let last = last.unwrap();
    let bob = visit(&world, &last.secret).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let was = view.engagement.member(&world.bob.person).unwrap().clone();
    remove_member(&world.app, &world.ann, &world.engagement, &world.bob.person).await.unwrap();
    assert!(ended(&visit(&world, &last.secret).await));
    assert!(matches!(show_engagement(&world.app, &bob, &world.engagement).await, Err(Failure::NotFound)));
    // Who comes back gets a new link; an old one, wherever it went meanwhile, stays ended.
    save_member(&world.app, &world.ann, &world.engagement, was).await.unwrap();
    assert!(ended(&visit(&world, &last.secret).await));
    assert!(list_links(&world.app, &world.ann, &world.engagement).await.unwrap().iter().all(|link| !link.is_live(world.app.now())));
    assert!(visit(&world, &bobs_link(&world).await.secret).await.is_ok());
    end_person(&world.app, &world.ann, &world.bob.person).await.unwrap();
    assert!(ended(&look_at_link(&world.app, &last.secret, &Client::default()).await));
}

#[tokio::test]
async fn what_weighs_more_asks_a_visitor_by_link_for_a_code() {
    let world = world::own().await;
    let bob = visit(&world, &bobs_link(&world).await.secret).await.unwrap();
    let item = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let item = item.engagement.item_by_key("jira").unwrap().id.clone();
    let to = |to| SetStatus { item: item.clone(), to, reason: Some("no Jira here".to_owned()), third_party: None, version: None };
    assert!(matches!(set_status(&world.app, &bob, &world.engagement, to(State::Waived)).await, Err(Failure::NeedsCode)));
    assert!(matches!(read_file(&world.app, &bob, &world.engagement, &"f".into()).await, Err(Failure::NeedsCode)));
    let proved = Actor { pass: Pass { kind: PassKind::LinkWithCode, ..bob.pass.clone() }, ..bob.clone() };
    assert!(matches!(read_file(&world.app, &proved, &world.engagement, &"f".into()).await, Err(Failure::NotFound)));
    // And there is no account behind it to look after.
    assert!(matches!(change_own_password(&world.app, &bob, PASSWORD, "another long password".to_owned()).await, Err(Failure::Forbidden)));
    let key = CreateToken { title: "mine".to_owned(), days: Some(3), pass: Pass::KEY };
    assert!(matches!(create_token(&world.app, &bob, key).await, Err(Failure::Forbidden)));
}

#[tokio::test]
async fn links_are_for_people_outside_the_delivery_side() {
    let world = world::own().await;
    for person in [&world.dee.person, &world.mallory.person] {
        let made = make_link(&world.app, &world.ann, &world.engagement, (person, None)).await;
        assert!(matches!(made, Err(Failure::Refused(_) | Failure::NotFound)));
    }
    for (who, days) in [(&world.bob, None), (&world.dee, None), (&world.ann, Some(0)), (&world.ann, Some(400))] {
        assert!(make_link(&world.app, who, &world.engagement, (&world.bob.person, days)).await.is_err());
    }
}

#[tokio::test]
async fn guesses_from_one_address_have_to_wait() {
    let world = world::own().await;
    let office = Client { agent: String::new(), address: Some("203.0.113.7".parse().unwrap()) };
    for number in 0..40 {
        let _ = look_at_link(&world.app, &format!("guess {number}"), &office).await;
    }
    let made = bobs_link(&world).await;
    let waiting = look_at_link(&world.app, &made.secret, &office).await;
    assert!(matches!(waiting, Err(Failure::Refused(Refusal::SignInLater(1..)))));
    let elsewhere = Client { address: Some("203.0.113.8".parse().unwrap()), ..office.clone() };
    assert!(look_at_link(&world.app, &made.secret, &elsewhere).await.is_ok());
    assert!(matches!(sign_in(&world.app, ("ann@example.com", PASSWORD), &office).await, Err(Failure::Refused(Refusal::SignInLater(_)))));
    world.clock.advance(SignedDuration::from_mins(20));
    assert!(sign_in(&world.app, ("ann@example.com", PASSWORD), &office).await.is_ok());
}

#[tokio::test]
async fn whoever_looks_through_a_customers_eyes_sees_as_little_and_does_nothing() {
    let world = world::own().await;
    let ann = sign_in(&world.app, ("ann@example.com", PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    begin_view(&world.app, (&world.ann, &ann.secret), &world.engagement, &world.bob.person).await.unwrap();
    let visitor = caller_of_session(&world.app, &ann.secret).await.unwrap();
    let (engagement, person) = visitor.view.clone().unwrap();
    let seen = viewed(&world.app, &visitor.actor, (&engagement, &person)).await.unwrap().unwrap();
    let through = show_engagement(&world.app, &seen, &world.engagement).await.unwrap();
    let own = show_engagement(&world.app, &world.bob, &world.engagement).await.unwrap();
    let keys = |view: &tminus_app::store::View| view.engagement.listed().map(|item| item.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&through), keys(&own));
    assert!(!through.scope.sees_internal());
    let item = own.engagement.item_by_key("jira").unwrap().id.clone();
    let done = SetStatus { item, to: State::InProgress, reason: None, third_party: None, version: None };
    assert!(matches!(set_status(&world.app, &seen, &world.engagement, done).await, Err(Failure::Forbidden)));
    assert!(list_sessions(&world.app, &seen).await.is_err());
    end_view(&world.app, &ann.secret).await.unwrap();
    assert!(caller_of_session(&world.app, &ann.secret).await.unwrap().view.is_none());
    // Only whoever reads internal things may, and only through eyes that see less.
    assert!(begin_view(&world.app, (&world.bob, "x"), &world.engagement, &world.bob.person).await.is_err());
    assert!(begin_view(&world.app, (&world.ann, &ann.secret), &world.engagement, &world.dee.person).await.is_err());
    assert!(viewed(&world.app, &world.mallory, (&engagement, &person)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_person_ends_their_own_sessions_and_nobody_elses() {
    let world = world::own().await;
    let here = Client { agent: "Firefox on a desk".to_owned(), address: None };
    let ann = sign_in(&world.app, ("ann@example.com", PASSWORD), &here).await.unwrap().signed_in().unwrap();
    let sessions = list_sessions(&world.app, &world.ann).await.unwrap();
    assert_eq!(sessions[0].agent, "Firefox on a desk");
    assert!(matches!(end_session(&world.app, &world.bob, &sessions[0].id).await, Err(Failure::NotFound)));
    assert!(matches!(end_session(&world.app, &world.ann, "").await, Err(Failure::NotFound)));
    end_session(&world.app, &world.ann, &sessions[0].id).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &ann.secret).await, Err(Failure::SignedOut)));
}

#[tokio::test]
async fn a_key_does_no_more_than_its_scope_and_makes_none_that_does() {
    let world = world::own().await;
    let key = |kind, within| CreateToken { title: "CI".to_owned(), days: Some(9), pass: Pass { kind, within } };
    let reading = create_token(&world.app, &world.ann, key(PassKind::ReadingKey, None)).await.unwrap();
    let reader = caller_of_token(&world.app, &reading.secret).await.unwrap();
    assert!(show_engagement(&world.app, &reader, &world.engagement).await.is_ok());
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let item = view.engagement.item_by_key("jira").unwrap().id.clone();
    let begin = || SetStatus { item: item.clone(), to: State::InProgress, reason: None, third_party: None, version: None };
    assert!(matches!(set_status(&world.app, &reader, &world.engagement, begin()).await, Err(Failure::Forbidden)));
    assert!(matches!(create_token(&world.app, &reader, key(PassKind::WorkingKey, None)).await, Err(Failure::Forbidden)));
    let working = create_token(&world.app, &world.ann, key(PassKind::WorkingKey, Some(world.engagement.clone()))).await.unwrap();
    let worker = caller_of_token(&world.app, &working.secret).await.unwrap();
    set_status(&world.app, &worker, &world.engagement, begin()).await.unwrap();
    assert!(matches!(remove_member(&world.app, &worker, &world.engagement, &world.dee.person).await, Err(Failure::Forbidden)));
    let within = Some("another".into());
    assert!(matches!(create_token(&world.app, &worker, key(PassKind::WorkingKey, within)).await, Err(Failure::Forbidden)));
    assert!(matches!(create_token(&world.app, &world.ann, key(PassKind::Link, None)).await, Err(Failure::Refused(_))));
}

#[tokio::test]
async fn whoever_lost_their_mail_has_a_link_sent_to_where_they_were_invited_and_nobody_else_has() {
    let world = world::own().await;
    let links = async || {
        let letters = list_letters(&world.app, &world.ann, None).await.unwrap();
        letters
            .into_iter()
            .filter(|kept| matches!(kept.letter.message, Message::Link { .. }))
            .map(|kept| kept.letter.address)
            .collect::<Vec<_>>()
    };
    let ask = async |email: &str| ask_for_links(&world.app, email, &Client::default()).await.unwrap().await.unwrap();
    for email in ["bob@example.com", "dee@example.com", "nobody@example.com", ""] {
        ask(email).await;
    }
    assert_eq!(links().await, [""; 0], "nobody was invited");
    let made = bobs_link(&world).await;
    ask(" Bob@Example.com ").await;
    assert_eq!(links().await, ["bob@example.com"]);
    assert!(look_at_link(&world.app, &made.secret, &Client::default()).await.is_ok(), "what works goes on working");
    for _ in 0..20 {
        ask("bob@example.com").await;
    }
    assert_eq!(links().await.len(), 1, "nobody fills a mailbox");
    world.clock.advance(SignedDuration::from_mins(61));
    ask("bob@example.com").await;
    assert_eq!(links().await.len(), 2);
    // Whose link was revoked is not invited any more.
    world.clock.advance(SignedDuration::from_hours(24));
    for link in list_links(&world.app, &world.ann, &world.engagement).await.unwrap() {
        revoke_link(&world.app, &world.ann, &world.engagement, &link.id).await.unwrap();
    }
    let before = links().await.len();
    ask("bob@example.com").await;
    assert_eq!(links().await.len(), before);
}
