//! Every route with every kind of key, and with what is no key: scopes, one engagement alone, people who left, ids of another customer.

use axum::http::StatusCode;
use jiff::{SignedDuration, civil::date};
use serde_json::json;
use tminus_app::{
    engagement::open::{OpenEngagement, open_engagement},
    people::{
        member::{remove_member, save_member},
        person::{AddPerson, add_person, end_person},
    },
    rights::{
        link::make_link,
        sign_in::{Client, actor, caller_of_token, sign_in},
        token::{CreateToken, create_token, list_tokens, revoke_token},
    },
    world::PASSWORD,
};
use tminus_domain::{
    ids::EngagementId,
    kit::Side,
    people::Member,
    rights::{Actor, Function, Pass, PassKind, PracticeRole, Right, Via},
};

use crate::{
    Api,
    rights::{Need, Places, ROUTES, Route, expected, try_route},
};

/// Somebody who manages an engagement of another customer, and nothing else.
async fn contoso(api: &mut Api) -> (Actor, EngagementId) {
    let (app, ann) = (&api.world.app, &api.world.ann);
    let max = AddPerson {
        name: "Max".to_owned(),
        email: "max@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    };
    let max = actor(add_person(app, ann, max).await.unwrap(), Via::Page);
    let ours = app.view(ann, &api.world.engagement, Right::ReadEngagement).await.unwrap().engagement;
    let mut setup = ours.plan.setup.clone();
    "Landing".clone_into(&mut setup.title);
    "Contoso".clone_into(&mut setup.customer);
    let member = |actor: &Actor, function| Member { person: actor.person.clone(), function, ..ours.members[2].clone() };
    let members = vec![member(&max, Function::EngagementManager), member(&api.world.mallory, Function::CustomerManager)];
    let opened =
        open_engagement(app, &max, OpenEngagement { kits: vec![api.world.kit.clone()], setup, members, portfolio: None }).await.unwrap();
    api.cut_key(("max", &max), Pass::KEY).await;
    (max, opened)
}

async fn revision(api: &Api) -> i64 {
    api.world.app.view(&api.world.ann, &api.world.engagement, Right::ReadEngagement).await.unwrap().engagement.revision
}

async fn holder(api: &Api, who: &str) -> Actor {
    caller_of_token(&api.world.app, api.key(who)).await.unwrap()
}

/// Tries a route, and gives what the table of rights says that comes of it and what came.
async fn tried(api: &Api, places: &Places, (route, who): (&Route, &str)) -> (StatusCode, StatusCode) {
    let expected = expected(api, route.need, &holder(api, who).await).await;
    let before = revision(api).await;
    let got = try_route(api, places, (route, who)).await;
    let at = format!("{who}: {} {}", route.method, route.path);
    if expected.is_success() {
        let denied = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&got);
        // Whom the key before this one took off at once is not there any more.
        let gone = route.path.ends_with("/at-once") && got == StatusCode::NOT_FOUND;
        assert!((!denied || gone) && !got.is_server_error(), "{at}: {got}");
    } else {
        assert_eq!(got, expected, "{at}");
        assert_eq!(revision(api).await, before, "{at} changed something");
    }
    (expected, got)
}

#[tokio::test]
async fn every_key_does_on_every_route_what_its_scope_and_its_person_allow_and_no_more() {
    let scopes = PassKind::SCOPES;
    let mut counts = [(0, 0); 6];
    for route in ROUTES {
        let mut api = Api::open().await;
        let places = Places::of(&api).await;
        let (ann, engagement) = (api.world.ann.clone(), api.world.engagement.clone());
        for (word, kind) in scopes {
            api.cut_key((word, &ann), Pass { kind, within: None }).await;
        }
        let (_, other) = contoso(&mut api).await;
        api.cut_key(("here", &ann), Pass { kind: PassKind::Key, within: Some(engagement) }).await;
        api.cut_key(("elsewhere", &ann), Pass { kind: PassKind::Key, within: Some(other) }).await;
        // Who is denied goes first: what was taken away cannot be taken away once more.
        let mut gone = false;
        for (index, who) in ["read", "people", "elsewhere", "work", "here", "all"].into_iter().enumerate() {
            let expected = if gone {
                expected(&api, route.need, &holder(&api, who).await).await
            } else {
                let (expected, got) = tried(&api, &places, (route, who)).await;
                gone = got.is_success() && route.method == "DELETE";
                expected
            };
            let count = &mut counts[index];
            if expected.is_success() { count.0 += 1 } else { count.1 += 1 }
        }
    }
    let [read, people, elsewhere, work, here, all] = counts;
    assert!(read.0 > 20 && read.1 > 30, "{counts:?}");
    assert!(people.0 > 5 && people.1 > 50, "{counts:?}");
    assert!(elsewhere.1 > 40 && work.0 > read.0 && here.0 > work.0 && all.0 > here.0, "{counts:?}");
}

#[tokio::test]
async fn whoever_left_was_removed_or_is_no_longer_there_does_nothing_with_the_key_they_have() {
    for how in ["after their last day", "removed"] {
        for who in ["dee", "bob"] {
            let mut api = Api::open().await;
            let places = Places::of(&api).await;
            let person = if who == "dee" { api.world.dee.person.clone() } else { api.world.bob.person.clone() };
            let (app, ann, engagement) = (&api.world.app, &api.world.ann, &api.world.engagement);
            if how == "removed" {
                remove_member(app, ann, engagement, &person).await.unwrap();
            } else {
                let member = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.member(&person).unwrap().clone();
                save_member(app, ann, engagement, Member { until: Some(date(2025, 12, 18)), ..member }).await.unwrap();
                api.world.clock.advance(SignedDuration::from_hours(24));
            }
            let mut hidden = 0;
            for route in ROUTES.iter().filter(|route| matches!(route.need, Need::Here(_) | Need::Both(..))) {
                let (expected, _) = tried(&api, &places, (route, who)).await;
                assert_eq!(expected, StatusCode::NOT_FOUND, "{who} {how}: {}", route.path);
                hidden += 1;
            }
            assert!(hidden > 40, "{hidden}");
            // Their access ends altogether: the key is no key any more.
            end_person(&api.world.app, &api.world.ann, &person).await.unwrap();
            api.keys.push(("ended".to_owned(), api.key(who).to_owned()));
            nobody(&api, &places, "ended").await;
        }
    }
}

/// Every route says that nobody is known to ask.
async fn nobody(api: &Api, places: &Places, who: &str) {
    let before = revision(api).await;
    for route in ROUTES {
        assert_eq!(try_route(api, places, (route, who)).await, StatusCode::UNAUTHORIZED, "{who}: {} {}", route.method, route.path);
    }
    assert_eq!(revision(api).await, before, "{who} changed something");
}

#[tokio::test]
async fn what_is_no_key_or_none_any_more_opens_no_route() {
    let mut api = Api::open().await;
    let places = Places::of(&api).await;
    let (app, ann) = (api.world.app.clone(), api.world.ann.clone());
    let key = |days| CreateToken { title: "CI".to_owned(), days, pass: Pass::KEY };
    let revoked = create_token(&app, &ann, key(None)).await.unwrap();
    revoke_token(&app, &ann, &revoked.token.id).await.unwrap();
    let expired = create_token(&app, &ann, key(Some(1))).await.unwrap();
    let link = make_link(&app, &ann, &api.world.engagement, (&api.world.bob.person, None)).await.unwrap();
    api.world.clock.advance(SignedDuration::from_hours(24));
    let session = sign_in(&app, ("ann@example.com", PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    let guess = format!("{}x", api.key("ann"));
    let forms = [
        ("a revoked key", revoked.secret),
        ("an expired key", expired.secret),
        ("the id of a key", revoked.token.id.0),
        ("the secret of a link", link.secret),
        ("a session", session.secret),
        ("a guess", guess),
    ];
    for (who, secret) in forms {
        api.keys.push((who.to_owned(), secret));
        nobody(&api, &places, who).await;
    }
}

#[tokio::test]
async fn what_belongs_to_another_customer_is_not_found_under_ones_own_address() {
    let mut api = Api::open().await;
    let mut places = Places::of(&api).await;
    let (max, own) = contoso(&mut api).await;
    let of_mobilize = places.fill("{engagement}");
    let engagement = places.names.iter_mut().find(|(name, _)| *name == "engagement").unwrap();
    engagement.1 = own.0.clone();
    let mut found = 0;
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/engagements/{engagement}/")) {
        // Anybody of the practice may join.
        let names_nothing = route.path.matches('{').count() < 2 || route.path.ends_with("/members/{person}") && route.method == "PUT";
        let by_body = ["/items/status", "/links", "/access", "/exceptions", "/carried"].iter().any(|end| route.path.ends_with(end));
        // What the kit names is called the same in every engagement of it.
        let by_kit = ["{seat}", "{row}", "{side}"].iter().any(|name| route.path.contains(name));
        if by_kit || names_nothing && !(by_body && route.method == "POST") {
            continue;
        }
        let before = revision(&api).await;
        let got = try_route(&api, &places, (route, "max")).await;
        let at = format!("{} {}", route.method, route.path);
        // Whom a body names is refused as nobody of this engagement.
        let refused = by_body && got == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(got == StatusCode::NOT_FOUND || refused, "{at}: {got}");
        assert_eq!(revision(&api).await, before, "{at} changed Mobilize");
        found += 1;
    }
    assert!(found >= 20, "only {found} routes name something below an engagement");
    // What is Ann's own stays hers.
    for (method, path) in [("DELETE", "/tokens/{token}"), ("DELETE", "/me/filters/{filter}"), ("GET", "/mail/{letter}")] {
        let got = api.ask("max", (method.parse().unwrap(), &places.fill(path)), None).await.status;
        assert!([StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&got), "{path}: {got}");
    }
    assert!(list_tokens(&api.world.app, &api.world.ann).await.unwrap().iter().all(|key| !key.revoked));
    // A link of one engagement is not revoked, and nobody is invited, from another.
    let links = api.get("ann", &format!("/engagements/{of_mobilize}/links")).await.is(200);
    assert!(links["entries"].as_array().unwrap().iter().all(|link| link["works"] == true), "{links}");
    let body = json!({ "person": api.world.bob.person });
    api.post("max", &format!("/engagements/{own}/links"), body.clone()).await.is(404);
    api.post("max", &format!("/engagements/{of_mobilize}/links"), body).await.is(404);
    assert_eq!(max.pass, Pass::SESSION);
}
