//! Access over the API: looked at, moved together, refused by name.

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
