//! Whatever cannot be done comes back as a problem that says what was wrong and where.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

use crate::{Api, Said};

fn problem(said: Said, status: u16) -> Value {
    assert_eq!(said.header(header::CONTENT_TYPE), "application/problem+json", "{said:?}");
    let problem = said.is(status);
    assert_eq!(problem["status"], status);
    assert!(problem["type"].as_str().unwrap().starts_with("urn:tminus:problem:"), "{problem}");
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty(), "{problem}");
    problem
}

#[tokio::test]
async fn who_is_not_known_is_told_how_to_say_who_they_are() {
    let api = Api::open().await;
    let said = api.get("", "/me").await;
    assert_eq!(said.header(header::WWW_AUTHENTICATE), "Bearer realm=\"tminus\"");
    problem(said, 401);
    for wrong in ["Bearer tminus_nonsense", "Bearer ", "Basic YTpi", "tminus_x"] {
        let request = Request::get("/api/v1/me").header(header::AUTHORIZATION, wrong).body(Body::empty()).unwrap();
        let said = api.send(request).await;
        assert!(said.header(header::WWW_AUTHENTICATE).starts_with("Bearer realm"), "{said:?}");
        problem(said, 401);
    }
}

#[tokio::test]
async fn a_session_cookie_is_no_way_in() {
    let api = Api::open().await;
    let signed = tminus_app::rights::sign_in::sign_in(
        &api.world.app,
        ("ann@example.com", tminus_app::world::PASSWORD),
        &tminus_app::rights::sign_in::Client::default(),
    )
    .await
    .unwrap()
    .signed_in()
    .unwrap();
    let bearer = Request::get("/api/v1/me").header(header::AUTHORIZATION, format!("Bearer {}", signed.secret)).body(Body::empty()).unwrap();
    problem(api.send(bearer).await, 401);
    let cookie = Request::get("/api/v1/me").header(header::COOKIE, format!("session={}", signed.secret)).body(Body::empty()).unwrap();
    problem(api.send(cookie).await, 401);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_named() {
    let api = Api::open().await;
    let nowhere = problem(api.get("ann", "/nowhere").await, 404);
    assert!(nowhere["detail"].as_str().unwrap().contains("/api/v1/nowhere"), "{nowhere}");
    let said = api.ask("ann", (Method::DELETE, "/kits"), None).await;
    assert!(said.header(header::ALLOW).contains("POST"), "{said:?}");
    problem(said, 405);
}

#[tokio::test]
async fn an_unusable_body_is_named_with_its_field_line_and_column() {
    let api = Api::open().await;
    let path = format!("/api/v1{}", api.item_path("jira", "/status").await);
    let send = |kind: &'static str, body: &'static str| {
        let request =
            Request::post(&path).header(header::AUTHORIZATION, format!("Bearer {}", api.key("ann"))).header(header::CONTENT_TYPE, kind);
        api.send(request.body(Body::from(body)).unwrap())
    };
    problem(send("text/plain", "{}").await, 415);
    let syntax = problem(send("application/json", "{\n  \"to\": done }").await, 400);
    assert_eq!((&syntax["problems"][0]["line"], &syntax["problems"][0]["column"]), (&json!(2), &json!(9)), "{syntax}");
    let word = problem(send("application/json", "{\n  \"to\": \"finished\" }").await, 422);
    assert_eq!((&word["problems"][0]["field"], &word["problems"][0]["line"]), (&json!("to"), &json!(2)), "{word}");
    assert!(word["detail"].as_str().unwrap().contains("finished"), "{word}");
    let unknown = problem(send("application/json", "{ \"to\": \"done\", \"resaon\": \"x\" }").await, 422);
    assert!(unknown["detail"].as_str().unwrap().contains("`resaon`"), "{unknown}");
    let twice = problem(send("application/json", "{ \"to\": \"done\" } {}").await, 400);
    assert!(twice["detail"].as_str().unwrap().contains("trailing"), "{twice}");
    problem(send("application/json", "").await, 400);
}

#[tokio::test]
async fn a_field_deep_inside_is_named_by_its_path() {
    let api = Api::open().await;
    let mut setup = api.get("ann", &api.at("")).await.is(200)["setup"].clone();
    setup["milestones"]["kickoff"] = "2026-13-40".into();
    let refused = problem(api.post("ann", "/engagements/preview", json!({ "kits": [], "setup": setup })).await, 422);
    assert_eq!(refused["problems"][0]["field"], "setup.milestones.kickoff", "{refused}");
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_setup_is_named_at_once() {
    let api = Api::open().await;
    let mut setup = api.get("ann", &api.at("")).await.is(200)["setup"].clone();
    setup["title"] = "".into();
    setup["zone"] = "Mars/Base".into();
    setup["milestones"]["kickof"] = "2026-01-20".into();
    setup["answers"]["onsite"] = "perhaps".into();
    let refused = problem(api.post("ann", "/engagements", json!({ "kits": [api.world.kit.0], "setup": setup })).await, 422);
    let fields: Vec<_> = refused["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["setup.title", "setup.zone", "setup.milestones.kickof", "setup.answers.onsite"], "{refused}");
}

#[tokio::test]
async fn an_unusable_query_is_refused_by_name() {
    let api = Api::open().await;
    for (query, named) in [
        ("lat=true", "lat"),
        ("late=perhaps", "late"),
        ("state=finished", "finished"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=xyz", "after"),
    ] {
        let refused = problem(api.get("ann", &api.at(&format!("/items?{query}"))).await, 400);
        assert!(refused["detail"].as_str().unwrap().contains(named), "{query}: {refused}");
    }
    problem(api.get("ann", &api.at("/record?fact=item_vanished")).await, 400);
    problem(api.get("ann", &api.at("/record?from=yesterday")).await, 400);
    problem(api.get("ann", "/people/%FF").await, 400);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let api = Api::open().await;
    let long = json!({ "text": "x".repeat(3 * 1024 * 1024) });
    problem(api.post("ann", &api.item_path("jira", "/comments").await, long).await, 413);
    let path = api.item_path("jira", "/files?name=large.bin").await;
    problem(api.upload("ann", &path, &vec![0; 26 * 1024 * 1024]).await, 413);
    problem(api.upload("ann", "/kits?name=large.zip", &vec![0; 33 * 1024 * 1024]).await, 413);
    problem(api.upload("ann", &path.replace("?name=large.bin", ""), b"x").await, 422);
}
