//! Kits over the API.

use serde_json::json;

use crate::Api;

#[tokio::test]
async fn a_kit_is_looked_at_imported_once_and_compared() {
    let api = Api::open().await;
    let newer = tminus_app::world::KIT.replace("version = \"1.0\"", "version = \"1.1\"").replace("Get a badge", "Get a visitor's badge");
    let seen = api.upload("ann", "/kits/inspect?name=kit.toml", newer.as_bytes()).await.is(200);
    assert_eq!((&seen["format"], &seen["rejected"], &seen["kit"]["version"]), (&json!("native"), &json!(false), &json!("1.1")));
    assert_eq!(api.get("ann", "/kits").await.is(200)["entries"].as_array().unwrap().len(), 1);
    assert_eq!(api.upload("ann", "/kits?name=kit.toml", newer.as_bytes()).await.is(201)["kits"][0]["new"], true);
    assert_eq!(api.upload("ann", "/kits?name=kit.toml", newer.as_bytes()).await.is(200)["kits"][0]["new"], false);
    assert_eq!(api.get("ann", "/kits").await.is(200)["entries"].as_array().unwrap().len(), 2);
    let diff = api.get("ann", "/kits/small@1.0/diff/small@1.1").await.is(200);
    assert_eq!((&diff["changed"][0]["id"], &diff["changed"][0]["fields"][0]["name"]), (&json!("badge"), &json!("title")));
    let shown = api.get("ann", "/kits/small@1.0").await.is(200);
    assert_eq!((&shown["hash"], &shown["document"]["id"]), (&json!(api.world.kit.0), &json!("small")));
}

#[tokio::test]
async fn all_problems_of_a_kit_come_at_once_with_their_lines() {
    let api = Api::open().await;
    let wrong =
        tminus_app::world::KIT.replace("after = [\"jira\"]", "after = [\"jirra\"]").replace("gates = [\"tools\"]", "gates = [\"toools\"]");
    let refused = api.upload("ann", "/kits?name=kit.toml", wrong.as_bytes()).await.is(422);
    let problems = refused["problems"].as_array().unwrap();
    assert!(problems.len() >= 2, "{refused}");
    assert!(problems.iter().all(|it| it["line"].as_u64().is_some_and(|line| line > 1) && it["file"] == "kit.toml"), "{refused}");
    assert_eq!(api.get("ann", "/kits").await.is(200)["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wiki_page_and_a_backlog_are_read_by_their_names() {
    let api = Api::open().await;
    let csv = b"Issue Type,Summary,Epic Name,Epic Link,Story Points\nEpic,Access,Access,,\nStory,Get in,,Access,3\n";
    let backlog = api.upload("dee", "/kits/inspect?name=backlog.csv", csv).await.is(200);
    assert_eq!(backlog["format"], "backlog", "{backlog}");
    let nothing = api.upload("dee", "/kits/inspect?name=picture.png", b"\x89PNG").await.is(200);
    assert_eq!((&nothing["rejected"], nothing["problems"].as_array().unwrap().is_empty()), (&json!(true), false));
}
