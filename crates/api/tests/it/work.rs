//! The main job over the API: list, look, work, prove, read the record.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use tminus_domain::record::chain::{Entry, Verifier};

use crate::Api;

#[tokio::test]
async fn items_are_listed_page_by_page_in_order_and_each_once() {
    let api = Api::open().await;
    let whole = api.get("ann", &api.at("/items")).await.is(200);
    let ids = |page: &Value| page["entries"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut next = Some(format!("/api/v1{}", api.at("/items?limit=2&open=true")));
    while let Some(path) = next {
        let said = api.get("ann", path.strip_prefix("/api/v1").unwrap()).await;
        let link = said.header(header::LINK).to_owned();
        let page = said.is(200);
        assert!(ids(&page).len() <= 2);
        found.extend(ids(&page));
        next = page["next"].as_str().map(str::to_owned);
        assert_eq!(link, next.as_ref().map_or(String::new(), |next| format!("<{next}>; rel=\"next\"")));
    }
    assert_eq!(found, ids(&whole));
    assert!(found.len() > 4);
}

#[tokio::test]
async fn people_engagements_and_the_record_are_listed_page_by_page() {
    let api = Api::open().await;
    let jira = api.item_path("jira", "/comments").await;
    api.post("bob", &jira, json!({ "text": "hello" })).await.is(201);
    let setup = api.get("ann", &api.at("")).await.is(200)["setup"].clone();
    api.post("ann", "/engagements", json!({ "kits": [api.world.kit.0], "setup": setup })).await.is(201);
    for (path, count) in [("/people".to_owned(), 6), ("/engagements".to_owned(), 2), (api.at("/record"), 3)] {
        let mut found = Vec::new();
        let mut next = Some(format!("{path}?limit=1"));
        while let Some(path) = next {
            let page = api.get("ann", &path).await.is(200);
            found.push(page["entries"][0].clone());
            next = page["next"].as_str().map(|next| next.strip_prefix("/api/v1").unwrap().to_owned());
        }
        assert_eq!(found.len(), count, "{path}: {found:?}");
        found.dedup();
        assert_eq!(found.len(), count, "{path}");
    }
}

#[tokio::test]
async fn filters_are_those_of_the_checklist() {
    let api = Api::open().await;
    let titles = async |query: &str| {
        let page = api.get("bob", &api.at(&format!("/items?{query}"))).await.is(200);
        page["entries"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("text=ACCESS+jira").await, ["jira"]);
    assert_eq!(titles("gate=tools").await, ["jira", "load"]);
    assert_eq!(titles("state=done").await, Vec::<String>::new());
    api.world.clock.advance(jiff::SignedDuration::from_hours(24 * 40));
    assert!(titles("late=true").await.contains(&"jira".to_owned()));
}

#[tokio::test]
async fn an_item_that_did_not_change_is_not_sent_again() {
    let api = Api::open().await;
    let path = api.item_path("jira", "").await;
    let tag = api.get("ann", &path).await.header(header::ETAG).to_owned();
    let again = async |tag: &str| api.ask_with("ann", (Method::GET, &path), None, &[("if-none-match", tag)]).await;
    let unchanged = again(&tag).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.text.as_str(), unchanged.header(header::ETAG)), (304, "", tag.as_str()));
    // A comment is no new version of the item, and still something to see.
    api.post("bob", &format!("{path}/comments"), json!({ "text": "hello" })).await.is(201);
    assert_eq!(again(&tag).await.is(200)["comments"], 1);
    let engagement = api.get("ann", &api.at("")).await.header(header::ETAG).to_owned();
    let same = api.ask_with("ann", (Method::GET, &api.at("")), None, &[("if-none-match", &engagement)]).await;
    assert_eq!(same.status.as_u16(), 304);
    // What is late follows from the day.
    api.world.clock.advance(jiff::SignedDuration::from_hours(24));
    api.ask_with("ann", (Method::GET, &api.at("")), None, &[("if-none-match", &engagement)]).await.is(200);
}

#[tokio::test]
async fn a_write_to_an_item_that_changed_since_is_not_saved() {
    let api = Api::open().await;
    let jira = api.item_path("jira", "").await;
    let first = api.get("ann", &jira).await.header(header::ETAG).to_owned();
    let started =
        api.ask_with("bob", (Method::POST, &format!("{jira}/status")), Some(json!({ "to": "in_progress" })), &[("if-match", &first)]).await;
    assert_ne!(started.header(header::ETAG), first);
    let proven = api.upload("ann", &format!("{jira}/files?name=plan.pdf"), b"%PDF").await.is(200);
    let proof = proven["evidence"][0]["id"].as_str().unwrap().to_owned();
    let writes: [(Method, &str, Option<Value>); 9] = [
        (Method::POST, "/status", Some(json!({ "to": "blocked", "reason": "x" }))),
        (Method::POST, "/accept", Some(json!({}))),
        (Method::POST, "/evidence", Some(json!({ "kind": "note", "text": "x" }))),
        (Method::DELETE, &format!("/evidence/{proof}"), None),
        (Method::POST, "/way-out", Some(json!({ "kind": "waive", "text": "x", "reason": "x" }))),
        (Method::PATCH, "", Some(json!({ "title": "x" }))),
        (Method::DELETE, "?reason=x", None),
        (Method::POST, "/copy", None),
        (Method::POST, "/move", Some(json!({}))),
    ];
    for (method, rest, body) in writes {
        let said = api.ask_with("ann", (method.clone(), &format!("{jira}{rest}")), body, &[("if-match", &first)]).await;
        assert_eq!(said.header(header::CONTENT_TYPE), "application/problem+json");
        let problem = said.is(412);
        assert_eq!(
            (&problem["current"]["state"], &problem["current"]["title"]),
            (&json!("in_progress"), &json!("Get access to Jira")),
            "{method} {rest}"
        );
    }
    let request =
        Request::post(format!("/api/v1{jira}/files?name=more.pdf")).header(header::AUTHORIZATION, format!("Bearer {}", api.key("ann")));
    api.send(request.header(header::IF_MATCH, &first).body(Body::from("%PDF")).unwrap()).await.is(412);
    let now = api.get("ann", &jira).await.is(200);
    assert_eq!((now["version"].clone(), now["evidence"].as_array().unwrap().len()), (proven["version"].clone(), 1));
    let version = format!("\"{}\"", now["version"]);
    api.ask_with("ann", (Method::PATCH, &jira), Some(json!({ "title": "x" })), &[("if-match", &version)]).await.is(200);
    api.ask_with("ann", (Method::PATCH, &jira), Some(json!({ "title": "y" })), &[("if-match", "2")]).await.is(400);
}

#[tokio::test]
async fn many_are_moved_together_or_not_at_all() {
    let api = Api::open().await;
    let (jira, load) = (api.item("jira").await, api.item("load").await);
    let path = api.at("/items/status");
    let move_both = |version: Value| json!({ "items": [{ "item": load, "to": "blocked", "reason": "x" }, { "item": jira, "to": "in_progress", "version": version }] });
    let conflict = api.post("ann", &path, move_both(json!(7))).await.is(409);
    assert_eq!(conflict["current"]["id"], jira.as_str());
    assert_eq!(api.get("ann", &api.at("/items?state=blocked")).await.is(200)["entries"], json!([]));
    let moved = api.post("ann", &path, move_both(json!(1))).await.is(200);
    assert_eq!(moved["items"].as_array().unwrap().len(), 2);
    api.ask("ann", (Method::POST, &api.at("/undo")), None).await.is(200);
    assert_eq!(api.get("ann", &api.at("/items?state=blocked")).await.is(200)["entries"], json!([]));
    api.post("ann", &api.at("/undo"), json!({ "number": 2 })).await.is(422);
    api.post("ann", &path, move_both(json!(3))).await.is(200);
    api.post("ann", &api.item_path("jira", "/status").await, json!({ "to": "done", "reason": "x" })).await;
    let title = api.ask("ann", (Method::PATCH, &api.item_path("jira", "").await), Some(json!({ "title": "Jira for all" }))).await.is(200);
    let number =
        api.get("ann", &api.at("/record")).await.is(200)["entries"].as_array().unwrap().iter().filter_map(|it| it["number"].as_u64()).max();
    let both = number.map(|it| it - 1);
    assert_eq!(api.post("ann", &api.at("/undo"), json!({ "number": both })).await.is(409)["current"]["title"], title["title"]);
    assert_eq!(api.post("ann", &api.at("/undo"), json!({ "number": number })).await.is(200)["undone"].as_u64(), number);
    assert_eq!(api.post("ann", &api.at("/undo"), json!({ "number": both })).await.is(200)["undone"].as_u64(), both);
}

#[tokio::test]
async fn an_item_is_edited_field_by_field_and_emptied_only_by_null() {
    let api = Api::open().await;
    let jira = api.item_path("jira", "").await;
    let edit = async |body: Value| api.ask("ann", (Method::PATCH, &jira), Some(body)).await.is(200);
    let titled = edit(json!({ "title": "Jira for all" })).await;
    assert_eq!((&titled["lead"], &titled["due"]), (&json!("5bd"), &json!("2026-01-12")));
    assert!(edit(json!({ "lead": null })).await["lead"].is_null());
    let pinned = edit(json!({ "due": { "date": "2026-01-15" }, "lead": "2bd" })).await;
    assert_eq!((&pinned["due"], &pinned["pinned"], &pinned["start_by"]), (&json!("2026-01-15"), &json!(true), &json!("2026-01-13")));
    assert_eq!(edit(json!({ "due": { "rule": "T-1bd @ kickoff" } })).await["due"], "2026-01-16");
    assert!(edit(json!({ "due": { "date": null } })).await["due"].is_null());
    let assigned = edit(json!({ "assign": { "side": "delivery", "person": api.world.dee.person } })).await;
    assert_eq!(assigned["owners"][0]["person"]["name"], "Dee");
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_cannot_run() {
    let api = Api::open().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Plän.html\"\r\nContent-Type: text/html\r\n\r\n<script>\r\n--x--\r\n";
    let path = format!("/api/v1{}", api.item_path("jira", "/files").await);
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", api.key("bob")))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let attached = api.send(request.body(Body::from(form)).unwrap()).await.is(200);
    let path = attached["evidence"][0]["file"].as_str().unwrap();
    let said = api.get("ann", path.strip_prefix("/api/v1").unwrap()).await;
    assert_eq!(said.text, "<script>");
    assert_eq!(said.header(header::CONTENT_DISPOSITION), "attachment; filename*=UTF-8''Pl%C3%A4n.html");
    assert_eq!(said.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(said.header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
}

#[tokio::test]
async fn a_change_by_key_is_recorded_as_one_and_the_export_proves_itself() {
    let api = Api::open().await;
    api.post("bob", &api.item_path("jira", "/status").await, json!({ "to": "in_progress" })).await.is(200);
    let record = api.get("ann", &api.at("/record?fact=item_status_changed")).await.is(200);
    let entry = &record["entries"][0];
    assert_eq!((&entry["via"], &entry["name"], &entry["to"]), (&json!("api"), &json!("Bob"), &json!("in_progress")));
    let said = api.get("ann", &api.at("/record/export")).await;
    assert_eq!(said.header(header::CONTENT_TYPE), "application/jsonl");
    let lines: Vec<_> = said.text.lines().collect();
    let mut verifier = Verifier::default();
    for line in &lines[1..lines.len() - 1] {
        verifier.check(&serde_json::from_str::<Entry>(line).unwrap()).unwrap();
    }
    // The export itself is the entry after it.
    assert_eq!(verifier.head().number, entry["number"].as_u64().unwrap() + 1);
    assert!(lines[0].contains("tminus_record") && lines[lines.len() - 1].contains(&verifier.head().hash), "{said:?}");
}

#[tokio::test]
async fn a_long_record_is_exported_whole() {
    let api = Api::open().await;
    let path = api.item_path("jira", "/comments").await;
    for _ in 0..tminus_app::record::EXPORT_STRETCH + 5 {
        api.post("ann", &path, json!({ "text": "x" })).await.is(201);
    }
    let said = api.get("dee", &api.at("/record/export")).await;
    // What it is, the opening, its portfolio, the comments, the export itself, the head.
    assert_eq!(said.text.lines().count() as u64, tminus_app::record::EXPORT_STRETCH + 5 + 5);
    let table = api.get("dee", &api.at("/record/export?format=csv")).await;
    assert_eq!(table.text.matches("\r\n").count() as u64, tminus_app::record::EXPORT_STRETCH + 5 + 5);
}

#[tokio::test]
async fn a_plan_is_looked_at_changed_and_refused_when_it_is_outdated() {
    let api = Api::open().await;
    let said = api.get("ann", &api.at("")).await;
    let tag = said.header(header::ETAG).to_owned();
    let mut setup = said.is(200)["setup"].clone();
    setup["milestones"]["kickoff"] = "2026-01-23".into();
    let plan = json!({ "setup": setup, "reason": "the sponsor is away" });
    let diff = api.post("ann", &api.at("/plan/preview"), plan.clone()).await.is(200);
    assert!(diff["moved"].as_array().unwrap().iter().any(|it| it["key"] == "jira"), "{diff}");
    let change = async || api.ask_with("ann", (Method::PUT, &api.at("/plan")), Some(plan.clone()), &[("if-match", &tag)]).await;
    assert_eq!(change().await.is(200), diff);
    change().await.is(412);
    assert_eq!(api.get("ann", &api.at("/record?fact=plan_changed")).await.is(200)["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_nul_character_is_refused_wherever_it_stands() {
    let api = Api::open().await;
    let comments = api.item_path("jira", "/comments").await;
    let said = api.post("ann", &comments, json!({ "text": "a\u{0}b" })).await.is(422);
    assert!(said["detail"].as_str().unwrap().contains("NUL"), "{said}");
    // The same six characters, typed as text, are text.
    let kept = api.post("ann", &comments, json!({ "text": "a\\u0000b" })).await.is(201);
    assert_eq!(kept["text"], "a\\u0000b");
    api.get("ann", "/people/%00").await.is(400);
    api.get("ann", &api.at("/items?text=%00")).await.is(400);
}
