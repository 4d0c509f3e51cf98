//! Access over the API: looked at, moved together, refused by name.

use axum::http::{Method, header};
use serde_json::json;

use crate::Api;

#[tokio::test]
async fn access_is_listed_moved_together_or_not_at_all_and_undone() {
    let api = Api::open().await;
    let (dee, bob) = (api.world.dee.person.clone(), api.world.bob.person.clone());
    let access = api.get("ann", &api.at("/access")).await.is(200);
    assert_eq!((access["ready"].clone(), access["ready_of"].clone()), (0.into(), 3.into()));
    let grants = access["grants"].as_array().unwrap();
    assert_eq!(grants.len(), 5, "the wiki for three, the room for the delivery side");
    assert!(grants.iter().all(|grant| grant["step"] == "needed" && grant["needed"] == true));
    assert_eq!(
        grants.iter().filter(|grant| grant["resource"] == "wiki").map(|grant| grant["due"].clone()).next(),
        Some("2026-01-15".into())
    );
    // What is internal is not there for Bob, and Bob may move what is shared.
    let bobs = api.get("bob", &api.at("/access")).await.is(200);
    assert_eq!(bobs["grants"].as_array().unwrap().len(), 3);

    let go = |person: &tminus_domain::ids::PersonId, to: &str| json!({ "person": person, "resource": "wiki", "to": to });
    let refused = api.post("ann", &api.at("/access"), json!({ "moves": [go(&dee, "granted"), go(&bob, "revoked")] })).await.is(422);
    assert_eq!(refused["problems"][0]["field"], format!("moves.{bob}/wiki"));
    assert!(refused["problems"][0]["message"].as_str().unwrap().contains("next are requested, granted"), "{refused}");
    let moved = api.post("bob", &api.at("/access"), json!({ "moves": [go(&dee, "granted"), go(&bob, "verified")] })).await.is(200);
    let of = |value: &serde_json::Value, person: &tminus_domain::ids::PersonId| {
        let grants = value["grants"].as_array().unwrap().clone();
        grants.into_iter().find(|grant| grant["person"] == person.as_str() && grant["resource"] == "wiki").unwrap()
    };
    assert_eq!((of(&moved, &dee)["step"].clone(), of(&moved, &bob)["how"].clone()), ("granted".into(), "person".into()));
    // Dee says when it ends; a version that is not there any more is refused.
    let until = json!({ "person": dee, "resource": "wiki", "to": "verified", "version": 1 });
    let refused = api.post("dee", &api.at("/access"), json!({ "moves": [until] })).await.is(422);
    assert!(refused["problems"][0]["message"].as_str().unwrap().contains("since you looked"), "{refused}");
    api.post("bob", &api.at("/undo"), json!({})).await.is(200);
    let after = api.get("ann", &api.at("/access")).await.is(200);
    assert_eq!((of(&after, &dee)["step"].clone(), of(&after, &bob)["step"].clone()), ("needed".into(), "needed".into()));
    let unknown = json!({ "person": dee, "resource": "wiki", "to": "given" });
    api.post("ann", &api.at("/access"), json!({ "moves": [unknown] })).await.is(422);
}

#[tokio::test]
async fn what_has_to_end_is_listed_closed_carried_over_and_ended() {
    let api = Api::open().await;
    let (ann, dee) = (api.world.ann.person.clone(), api.world.dee.person.clone());
    let room = json!({ "title": "Room 4.12", "kind": "room", "side": "customer" });
    api.post("dee", &api.at("/holdings"), room.clone()).await.is(403);
    let room = api.post("ann", &api.at("/holdings"), room).await.is(201);
    let back = json!({ "title": "Back room", "kind": "room", "side": "delivery", "internal": true });
    let back = api.post("ann", &api.at("/holdings"), back).await.is(201);
    let key = json!({ "title": "Nightly", "scope": "read", "engagement": api.world.engagement });
    let key = api.post("dee", "/tokens", key).await.is(201);
    let all = api.get("ann", &api.at("/ending?all=true")).await.is(200);
    assert_eq!((all["holdings"].as_array().unwrap().len(), all["keys"][0]["title"].as_str()), (2, Some("Nightly")));
    let bobs = api.get("bob", &api.at("/ending?all=true")).await.is(200);
    assert_eq!((bobs["holdings"].as_array().unwrap().len(), bobs["keys"].as_array().unwrap().len()), (1, 0));
    assert_eq!(api.get("ann", &api.at("/ending")).await.is(200)["holdings"].as_array().unwrap().len(), 0);

    let refused = api.post("ann", &api.at("/end"), json!({ "note": "" })).await.is(422);
    assert!(refused["detail"].as_str().unwrap().contains("2 still open: Room 4.12; Back room"), "{refused}");
    let at = |holding: &serde_json::Value| api.at(&format!("/holdings/{}", holding["id"].as_str().unwrap()));
    api.post("bob", &at(&back), json!({ "do": "close" })).await.is(404);
    let shown = json!({ "do": "close", "note": "booking cancelled", "shown": "refused", "version": 1 });
    let closed = api.post("ann", &at(&room), shown.clone()).await.is(200);
    assert_eq!((closed["note"].as_str(), closed["version"].as_u64()), (Some("booking cancelled"), Some(2)));
    api.post("ann", &at(&room), shown).await.is(409);
    let carried = api.post("ann", &at(&back), json!({ "do": "carry", "owner": ann, "until": "2026-03-31" })).await.is(200);
    assert_eq!(carried["carried_until"], "2026-03-31");
    let end = api.at(&format!("/keys/{}", key["id"].as_str().unwrap()));
    api.ask("bob", (Method::DELETE, &end), None).await.is(403);
    api.ask("ann", (Method::DELETE, &end), None).await.is(204);

    let grant = json!({ "moves": [{ "person": dee, "resource": "wiki", "to": "granted" }] });
    api.post("bob", &api.at("/access"), grant).await.is(200);
    let left = api.post("ann", &api.at("/access/at-once"), json!({ "person": dee, "reason": "badge found" })).await.is(200);
    assert_eq!((left["grants"][0]["at_once"].as_bool(), left["grants"][0]["due"].as_str()), (Some(true), Some("2025-12-18")));
}

#[tokio::test]
async fn a_resource_is_described_counted_and_taken_away() {
    let api = Api::open().await;
    let lake = json!({
        "title": "Data lake", "kind": "cloud", "owners": ["customer-manager"], "each": "person where side = delivery", "due": "T-2bd @ kickoff",
        "lead": "5bd", "after": ["wiki"],
    });
    let added = api.post("ann", &api.at("/resources"), lake.clone()).await.is(201);
    assert_eq!((added["version"].as_u64(), added["due"].as_str()), (Some(1), Some("T-2bd @ kickoff")));
    let at = api.at(&format!("/resources/{}", added["id"].as_str().unwrap()));
    let all = api.get("ann", &api.at("/access")).await.is(200);
    let needed = all["grants"].as_array().unwrap().iter().filter(|it| it["resource"] == added["id"]).count();
    assert_eq!((needed, all["resources"].as_array().unwrap().last().unwrap()["title"].as_str()), (2, Some("Data lake")));
    let unreadable = json!({ "title": "x", "owners": ["customer-manager"], "due": "soon" });
    let refused = api.post("ann", &api.at("/resources"), unreadable).await.is(422);
    assert!(refused["detail"].as_str().unwrap().contains("write “T-10bd @ kickoff”"), "{refused}");
    let counted = api.ask("bob", (Method::PUT, &format!("{at}/licences")), Some(json!({ "licences": 1 }))).await.is(200);
    assert_eq!((&counted["licences"], &counted["version"]), (&json!({ "of": 1, "taken": 0, "needed": 2 }), &json!(2)));
    let stale = Some(json!({ "licences": 4 }));
    api.ask_with("bob", (Method::PUT, &format!("{at}/licences")), stale, &[("if-match", "\"1\"")]).await.is(412);
    let list = |take: bool| Some(json!({ "list": "dee@example.com\nwho@elsewhere.example", "take": take }));
    let found = api.ask("bob", (Method::POST, &format!("{at}/members")), list(false)).await.is(200);
    assert_eq!((found["news"][0].as_str(), found["missing"].as_array().unwrap().len()), (Some(api.world.dee.person.as_str()), 1));
    assert_eq!((found["extra"][0]["said"].as_str(), found["extra"][0]["line"].as_u64()), (Some("who@elsewhere.example"), Some(2)));
    let held = api.ask("bob", (Method::POST, &format!("{at}/members")), list(true)).await.is(200)["held"].clone();
    assert!(held[0]["why"].as_str().unwrap().contains("it comes after Wiki"), "{held}");
    let mut renamed = lake;
    renamed["title"] = json!("The lake");
    let put = async |version: &str| api.ask_with("ann", (Method::PUT, &at), Some(renamed.clone()), &[("if-match", version)]).await;
    put("\"9\"").await.is(412);
    let changed = put("\"2\"").await;
    assert_eq!(changed.header(header::ETAG), "\"3\"");
    assert_eq!(changed.is(200)["version"], 3);
    let remove = async |version: &str| api.ask_with("ann", (Method::DELETE, &at), None, &[("if-match", version)]).await;
    remove("\"2\"").await.is(412);
    remove("\"3\"").await.is(204);
    api.ask("ann", (Method::DELETE, &at), None).await.is(404);
}

#[tokio::test]
async fn a_room_is_booked_and_says_what_is_wrong_with_that() {
    let api = Api::open().await;
    let room = json!({ "title": "Room 4.12", "kind": "room", "owners": ["customer-manager"] });
    let room = api.post("ann", &api.at("/resources"), room).await.is(201);
    let at = api.at(&format!("/resources/{}/booking", room["id"].as_str().unwrap()));
    let booked = json!({ "booking": { "days": ["tue", "wed"], "until": "2026-01-19", "seats": 12, "reference": "R-4711" } });
    let shown = api.ask("bob", (Method::PUT, &at), Some(booked.clone())).await.is(200);
    assert_eq!((&shown["booking"], shown["booking_faults"].as_array().unwrap().len()), (&booked["booking"], 0));
    let none = json!({ "booking": { "days": [], "seats": 2 } });
    api.ask("bob", (Method::PUT, &at), Some(none)).await.is(422);
    let of_wiki = api.at("/resources/wiki/booking");
    assert!(api.ask("bob", (Method::PUT, &of_wiki), Some(booked)).await.is(422)["detail"].as_str().unwrap().contains("only a room"));
    let none =
        async |version: &str| api.ask_with("bob", (Method::PUT, &at), Some(json!({ "booking": null })), &[("if-match", version)]).await;
    none("\"1\"").await.is(412);
    assert!(none("\"2\"").await.is(200)["booking"].is_null());
}

#[tokio::test]
async fn an_appointment_is_made_shown_and_taken_away() {
    let api = Api::open().await;
    let dee = api.world.dee.person.clone();
    let badge = json!({ "title": "Badge", "kind": "badge", "owners": ["customer-manager"], "each": "person where side = delivery" });
    let badge = api.post("ann", &api.at("/resources"), badge).await.is(201)["id"].as_str().unwrap().to_owned();
    let books = |on: serde_json::Value| json!({ "moves": [{ "person": dee, "resource": badge, "appointment": on }] });
    let booked = json!({ "on": "2026-01-13", "at": "10:00:00", "place": "Building 7" });
    let mine = |after: &serde_json::Value| {
        let of = |it: &&serde_json::Value| it["person"] == json!(dee) && it["resource"] == json!(badge);
        after["grants"].as_array().unwrap().iter().find(of).unwrap().clone()
    };
    let after = api.post("bob", &api.at("/access"), books(booked.clone())).await.is(200);
    assert_eq!(mine(&after)["appointment"], booked);
    let sunday = json!({ "on": "2026-01-11" });
    let refused = api.post("bob", &api.at("/access"), books(sunday)).await.is(422);
    assert!(refused["detail"].as_str().unwrap().contains("does not work on 2026-01-11"), "{refused}");
    let after = api.post("bob", &api.at("/access"), books(json!(null))).await.is(200);
    assert!(mine(&after)["appointment"].is_null());
}
