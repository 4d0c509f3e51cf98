//! What a member's last day ends, whichever way somebody comes.

use jiff::{SignedDuration, civil::date};
use tminus_app::{
    Failure,
    engagement::{
        list::{list_engagements, list_my_items, show_engagement},
        search::search,
    },
    people::member::save_member,
    rights::{
        link::{make_link, open_link},
        sign_in::{Client, caller_of_session, caller_of_token},
        token::{CreateToken, create_token},
    },
    store::engagement::Page,
    world::{self, World},
};
use tminus_domain::{
    people::Member,
    rights::{Actor, Pass, PracticeRole, Right},
};

async fn leaves(world: &World, actor: &Actor) {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let member = view.engagement.member(&actor.person).unwrap().clone();
    let leaving = Member { until: Some(date(2025, 12, 19)), ..member };
    save_member(&world.app, &world.ann, &world.engagement, leaving).await.unwrap();
}

/// What somebody reaches: the engagement, their list of engagements, their items, what a search finds.
async fn reaches(world: &World, actor: &Actor) -> [bool; 4] {
    let page = Page { limit: 9, ..Page::default() };
    let shown = match show_engagement(&world.app, actor, &world.engagement).await {
        Ok(_) => true,
        Err(Failure::NotFound) => false,
        Err(other) => panic!("{other:?}"),
    };
    let listed = !list_engagements(&world.app, actor, &page).await.unwrap().is_empty();
    let mine = !list_my_items(&world.app, actor).await.unwrap().is_empty();
    [shown, listed, mine, !search(&world.app, actor, "jira", None).await.unwrap().is_empty()]
}

#[tokio::test]
async fn the_day_after_a_members_last_day_nothing_is_theirs_whichever_way_they_come() {
    let world = world::own().await;
    let key = CreateToken { title: "CI".to_owned(), days: None, pass: Pass::KEY };
    let key = create_token(&world.app, &world.dee, key).await.unwrap();
    let link = make_link(&world.app, &world.ann, &world.engagement, (&world.bob.person, None)).await.unwrap();
    leaves(&world, &world.dee).await;
    leaves(&world, &world.bob).await;
    world.clock.advance(SignedDuration::from_hours(24));
    let by_key = caller_of_token(&world.app, &key.secret).await.unwrap();
    let (visit, _) = open_link(&world.app, &link.secret, &Client::default()).await.unwrap();
    let by_link = caller_of_session(&world.app, &visit.secret).await.unwrap().actor;
    let everybody = [&world.dee, &by_key, &world.bob, &by_link];
    for actor in everybody {
        assert_eq!(reaches(&world, actor).await, [true; 4], "{actor:?} on the last day");
    }
    world.clock.advance(SignedDuration::from_hours(24));
    for actor in everybody {
        assert_eq!(reaches(&world, actor).await, [false; 4], "{actor:?} the day after");
    }
    assert_eq!(reaches(&world, &world.ann).await, [true; 4]);
}

#[tokio::test]
async fn a_practice_lead_who_was_a_member_reads_on_and_works_no_more() {
    let world = world::own().await;
    let lead = Actor { practice: PracticeRole::Lead, ..world.dee.clone() };
    leaves(&world, &world.dee).await;
    assert!(world.app.view(&lead, &world.engagement, Right::WorkItems).await.is_ok());
    world.clock.advance(SignedDuration::from_hours(48));
    assert!(world.app.view(&lead, &world.engagement, Right::ReadEngagement).await.is_ok());
    assert!(matches!(world.app.view(&lead, &world.engagement, Right::WorkItems).await, Err(Failure::Forbidden)));
}
