//! Twice is once.

use axum::http::Method;
use serde_json::json;

use crate::Api;

const KEY: &[(&str, &str)] = &[("idempotency-key", "k-1")];

async fn comments(api: &Api) -> usize {
    let path = api.item_path("jira", "/comments").await;
    api.get("ann", &path).await.is(200)["entries"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_twice_is_done_once_and_answered_the_same() {
    let api = Api::open().await;
    let path = api.at("/items");
    let add = || api.ask_with("ann", (Method::POST, &path), Some(json!({ "activity": "tools", "title": "More" })), KEY);
    let (first, again) = (add().await, add().await);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    for header in ["etag", "location", "content-type"] {
        assert!(!first.header(header).is_empty());
        assert_eq!(first.header(header), again.header(header));
    }
    let found = api.get("ann", &api.at("/items?text=More")).await.is(200);
    assert_eq!(found["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_answered_the_same_too() {
    let api = Api::open().await;
    let path = api.item_path("jira", "/status").await;
    let done = || api.ask_with("ann", (Method::POST, &path), Some(json!({ "to": "done" })), KEY);
    let first = done().await;
    let evidence = json!({ "kind": "link", "text": "https://jira.example.com" });
    api.post("ann", &api.item_path("jira", "/evidence").await, evidence).await.is(200);
    let again = done().await;
    assert_eq!((again.status.as_u16(), first.text), (422, again.text));
}

#[tokio::test]
async fn a_key_is_for_one_request_and_one_person() {
    let api = Api::open().await;
    let path = api.item_path("jira", "/comments").await;
    let say = |who: &'static str, text: &'static str| api.ask_with(who, (Method::POST, &path), Some(json!({ "text": text })), KEY);
    say("ann", "one").await.is(201);
    let other = say("ann", "two").await.is(422);
    assert_eq!(other["problems"][0]["field"], "Idempotency-Key");
    say("bob", "one").await.is(201);
    assert_eq!(comments(&api).await, 2);
}

#[tokio::test]
async fn at_the_same_moment_one_is_done_and_the_others_wait() {
    let api = Api::open().await;
    let path = api.item_path("jira", "/comments").await;
    let say = || api.ask_with("ann", (Method::POST, &path), Some(json!({ "text": "hello" })), KEY);
    let (a, b, c, d) = tokio::join!(say(), say(), say(), say());
    for said in [&a, &b, &c, &d] {
        assert!(matches!(said.status.as_u16(), 201 | 409), "{said:?}");
    }
    assert_eq!(comments(&api).await, 1);
    say().await.is(201);
    assert_eq!(comments(&api).await, 1);
}

#[tokio::test]
async fn a_request_that_began_and_never_ended_is_not_done_again() {
    let api = Api::open().await;
    let path = api.item_path("jira", "/comments").await;
    let say = || api.ask_with("ann", (Method::POST, &path), Some(json!({ "text": "hello" })), KEY);
    say().await.is(201);
    // As after a crash between the change and its answer.
    let digest = api.world.app.store.answered(&api.world.ann.person, "k-1").await.unwrap().unwrap().digest;
    api.world.app.store.release_key(&api.world.ann.person, "k-1").await.unwrap();
    assert!(api.world.app.store.take_key(&api.world.ann.person, "k-1", &digest, api.world.app.now()).await.unwrap());
    say().await.is(409);
    assert_eq!(comments(&api).await, 1);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_not_kept() {
    let api = Api::open().await;
    let make = || api.ask_with("ann", (Method::POST, "/tokens"), Some(json!({ "title": "ci" })), KEY);
    let (first, again) = (make().await.is(201), make().await.is(201));
    let secret = first["secret"].as_str().unwrap();
    assert!(secret.starts_with("tminus_") && again["secret"].is_null() && again["id"] == first["id"], "{again}");
    let kept = api.world.app.store.answered(&api.world.ann.person, "k-1").await.unwrap().unwrap();
    assert!(!kept.body.contains(secret));
}

#[tokio::test]
async fn an_unusable_key_is_refused_and_nobody_uses_one_without_a_name() {
    let api = Api::open().await;
    let long = "x".repeat(256);
    let body = || Some(json!({ "title": "ci" }));
    api.ask_with("ann", (Method::POST, "/tokens"), body(), &[("idempotency-key", &long)]).await.is(400);
    api.ask_with("ann", (Method::POST, "/tokens"), body(), &[("idempotency-key", "")]).await.is(400);
    api.ask_with("", (Method::POST, "/tokens"), body(), KEY).await.is(401);
}
