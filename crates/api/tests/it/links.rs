//! Links, colleagues and handing over, by program.

use axum::http::Method;
use serde_json::json;
use tminus_app::rights::link::{look_at_link, open_link};
use tminus_app::rights::sign_in::Client;

use crate::Api;

#[tokio::test]
async fn a_link_is_made_with_its_secret_once_listed_without_it_and_revoked_for_good() {
    let api = Api::open().await;
    let (at, body) = (api.at("/links"), json!({ "person": api.world.bob.person, "days": 7 }));
    let once = [("idempotency-key", "k")];
    let ask = async || api.ask_with("ann", (Method::POST, &at), Some(body.clone()), &once).await;
    let made = ask().await.is(201);
    let secret = made["path"].as_str().unwrap().strip_prefix("/l/").unwrap();
    assert_eq!((&made["person"]["name"], &made["works"]), (&"Bob".into(), &true.into()));
    let again = ask().await.is(201);
    assert_eq!((&again["id"], again.get("path")), (&made["id"], None), "the secret is given out once");
    assert!(look_at_link(&api.world.app, secret, &Client::default()).await.is_ok());
    let listed = api.get("ann", &at).await;
    assert!(!listed.text.contains(secret));
    let link = format!("{at}/{}", made["id"].as_str().unwrap());
    api.ask("ann", (Method::DELETE, &link), None).await.is(204);
    assert!(open_link(&api.world.app, secret, &Client::default()).await.is_err());
    api.ask("ann", (Method::DELETE, &link), None).await.is(204);
    let listed = api.get("ann", &at).await.is(200);
    assert_eq!((&listed["entries"][0]["works"], listed["entries"][0]["revoked_at"].is_string()), (&false.into(), true));
    for (body, field) in
        [(json!({ "person": api.world.dee.person }), "person"), (json!({ "person": api.world.bob.person, "days": 1000 }), "days")]
    {
        assert_eq!(api.post("ann", &at, body).await.is(422)["problems"][0]["field"], field);
    }
    api.post("ann", &at, json!({ "person": api.world.mallory.person })).await.is(404);
}

#[tokio::test]
async fn a_mailed_link_is_in_no_answer() {
    let api = Api::open().await;
    let made = api.post("ann", &api.at("/links"), json!({ "person": api.world.bob.person, "mail": true })).await;
    assert!(made.is(201).get("path").is_none());
    let letters = api.get("ann", "/mail").await.is(200);
    assert_eq!((&letters["entries"][0]["kind"], &letters["entries"][0]["state"]), (&"link".into(), &"waiting".into()));
}

#[tokio::test]
async fn somebody_of_the_customer_names_a_colleague_and_hands_an_item_over_to_them() {
    let api = Api::open().await;
    let named = api.post("bob", &api.at("/colleagues"), json!({ "name": "Nia", "email": "nia@example.com" })).await.is(201);
    let nia = named["person"].as_str().unwrap();
    let again = api.post("bob", &api.at("/colleagues"), json!({ "name": "Nia", "email": "nia@example.com" })).await.is(201);
    assert_eq!(again["person"], nia, "twice is once");
    let members = api.get("ann", &api.at("/members")).await;
    assert!(members.text.contains("nia@example.com"));
    // A colleague is of one's own side: nobody of the practice.
    api.post("bob", &api.at("/colleagues"), json!({ "name": "Lea", "email": "lea@example.com" })).await.is(422);
    let path = api.item_path("jira", "/hand-over").await;
    let handed = api.post("bob", &path, json!({ "to": nia, "note": "you know the site" })).await.is(200);
    assert!(handed["owners"].to_string().contains(nia), "{handed}");
    assert_eq!(api.post("bob", &path, json!({ "to": api.world.ann.person })).await.is(422)["problems"][0]["field"], "to");
}

#[tokio::test]
async fn the_register_goes_out_and_comes_in_as_a_table_after_a_look_at_it() {
    let api = Api::open().await;
    let at = api.at("/register");
    let taken = api.get("bob", &at).await;
    assert!(taken.header("content-type").starts_with("text/csv") && taken.text.contains("dee@example.com,Dee,delivery"), "{taken:?}");
    let table = "email,name,function\nnia@northwind.example,Nia Ode,customer_member\ndee@example.com,,workstream_lead\n";
    let looked = api.upload("ann", &at, table.as_bytes()).await.is(200);
    assert_eq!(
        (&looked["applied"], &looked["lines"][0]["what"], &looked["lines"][1]["what"]),
        (&false.into(), &"added".into(), &"changes".into())
    );
    assert!(!api.get("ann", &at).await.text.contains("Nia Ode"), "looking changed something");
    let done = api.upload("ann", &format!("{at}?apply=true"), table.as_bytes()).await.is(200);
    assert_eq!(done["applied"], true);
    assert!(api.get("ann", &at).await.text.contains("nia@northwind.example,Nia Ode,customer,"));
    let wrong = "email,function\nx@y.example,chief\n".as_bytes();
    assert_eq!(api.upload("ann", &at, wrong).await.is(200)["problems"][0]["line"], 2);
    assert_eq!(api.upload("ann", &format!("{at}?apply=true"), wrong).await.is(422)["problems"][0]["line"], 2);
    let cards = b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Omar Ito\r\nEMAIL:omar@northwind.example\r\nEND:VCARD\r\n";
    let looked = api.upload("ann", &format!("{at}?function=customer_member"), cards).await.is(200);
    assert_eq!((&looked["lines"][0]["name"], &looked["lines"][0]["what"]), (&"Omar Ito".into(), &"added".into()));
    api.upload("ann", &at, b"PK\x03\x04 broken").await.is(422);
}

#[tokio::test]
async fn the_checklist_goes_out_as_a_table_and_what_was_filled_in_comes_back() {
    let api = Api::open().await;
    let at = api.at("/checklist");
    let taken = api.get("bob", &at).await;
    assert!(taken.header("content-type").starts_with("text/csv") && !taken.text.contains("internal chat room"), "{taken:?}");
    assert!(!api.get("ann", &format!("{at}?shared=true")).await.text.contains("internal chat room"));
    let (header, badge) = (taken.text.lines().next().unwrap(), taken.text.lines().find(|line| line.contains("Get a badge")).unwrap());
    let table = format!("{header}\n{}\n", badge.replace("to do", "in progress"));
    let looked = api.upload("ann", &at, table.as_bytes()).await.is(200);
    assert_eq!((&looked["applied"], &looked["lines"][0]["what"]), (&false.into(), &"changes".into()));
    assert_eq!(looked["lines"][0]["changes"][0], "status: to do → in progress");
    let bob = &api.world.bob.person;
    let done = api.upload("ann", &format!("{at}?apply=true&of={bob}"), table.as_bytes()).await.is(200);
    assert_eq!(done["applied"], true);
    let wrong = api.upload("ann", &format!("{at}?apply=true"), b"title\nx\n").await.is(422);
    assert_eq!(wrong["problems"][0]["line"], 1, "{wrong}");
}
