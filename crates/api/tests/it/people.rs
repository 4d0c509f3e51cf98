//! People and members over the API, guarded by what was looked at; one's own password; closures.

use axum::http::{Method, header};
use serde_json::{Value, json};
use tminus_app::{
    rights::sign_in::{Client, sign_in},
    world::PASSWORD,
};

use crate::Api;

impl Api {
    async fn member(&self, name: &str) -> Value {
        let members = self.get("ann", &self.at("/members")).await.is(200);
        members["entries"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned().unwrap_or_default()
    }
}

fn quoted(edition: &Value) -> String {
    format!("\"{}\"", edition.as_str().unwrap())
}

#[tokio::test]
async fn a_member_who_was_changed_meanwhile_is_not_overwritten() {
    let api = Api::open().await;
    let path = api.at(&format!("/members/{}", api.world.dee.person));
    let seen = quoted(&api.member("Dee").await["edition"]);
    let put = async |body: Value, tag: &str| api.ask_with("ann", (Method::PUT, &path), Some(body), &[("if-match", tag)]).await;
    let saved = put(json!({ "function": "delivery_member", "onsite": true }), &seen).await;
    assert_eq!(saved.header(header::ETAG), quoted(&api.member("Dee").await["edition"]));
    let next = saved.header(header::ETAG).to_owned();
    saved.is(204);
    put(json!({ "function": "workstream_lead" }), &seen).await.is(412);
    api.ask_with("ann", (Method::DELETE, &path), None, &[("if-match", &seen)]).await.is(412);
    let now = api.member("Dee").await;
    assert_eq!((&now["function"], &now["onsite"]), (&json!("delivery_member"), &json!(true)));
    put(json!({ "function": "workstream_lead" }), &next).await.is(204);
    put(json!({ "function": "workstream_lead" }), "no quotes").await.is(400);
}

#[tokio::test]
async fn only_somebody_who_is_not_there_yet_is_added_where_that_is_meant() {
    let api = Api::open().await;
    let path = api.at(&format!("/members/{}", api.world.mallory.person));
    let add = async |body: Value| api.ask_with("ann", (Method::PUT, &path), Some(body), &[("if-none-match", "*")]).await;
    add(json!({ "function": "customer_member", "onsite": true })).await.is(204);
    let refused = add(json!({ "function": "customer_member" })).await.is(412);
    assert!(refused["detail"].as_str().unwrap().contains("already"), "{refused}");
    assert_eq!(api.member("Mallory").await["onsite"], true);
}

#[tokio::test]
async fn a_person_who_was_changed_meanwhile_is_not_overwritten() {
    let api = Api::open().await;
    let path = format!("/people/{}", api.world.bob.person);
    let tag = api.get("ann", &path).await.header(header::ETAG).to_owned();
    let change = async |body: Value, tag: &str| api.ask_with("ann", (Method::PATCH, &path), Some(body), &[("if-match", tag)]).await;
    let changed = change(json!({ "zone": "Europe/Paris" }), &tag).await;
    let next = changed.header(header::ETAG).to_owned();
    assert_ne!(next, tag);
    changed.is(200);
    change(json!({ "name": "Rob" }), &tag).await.is(412);
    let after = change(json!({ "name": "Rob" }), &next).await.is(200);
    assert_eq!((&after["name"], &after["zone"]), (&json!("Rob"), &json!("Europe/Paris")));
}

#[tokio::test]
async fn a_customer_gets_no_role_in_the_practice_and_is_told_which_field_says_so() {
    let api = Api::open().await;
    let path = format!("/people/{}", api.world.bob.person);
    let refused = api.ask("ann", (Method::PATCH, &path), Some(json!({ "practice": "lead" }))).await.is(422);
    assert_eq!(refused["problems"][0]["field"], "practice", "{refused}");
}

#[tokio::test]
async fn a_new_password_for_oneself_asks_for_the_old_one() {
    let api = Api::open().await;
    let put = async |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        api.ask("bob", (Method::PUT, "/me/password"), Some(body)).await
    };
    put("wrong horse battery", "another long password").await.is(422);
    put(PASSWORD, "short").await.is(422);
    assert!(sign_in(&api.world.app, ("bob@example.com", PASSWORD), &Client::default()).await.is_ok());
    put(PASSWORD, "another long password").await.is(204);
    // A key that was found is no way to guess the password: wrong ones make it wait.
    for _ in 0..5 {
        put("wrong horse battery", "another long password").await.is(422);
    }
    let later = put("another long password", "a third long password").await;
    assert!(later.header(header::RETRY_AFTER).parse::<u32>().unwrap() > 0);
    later.is(429);
    api.world.clock.advance(jiff::SignedDuration::from_mins(20));
    assert!(sign_in(&api.world.app, ("bob@example.com", "another long password"), &Client::default()).await.is_ok());
    assert!(sign_in(&api.world.app, ("bob@example.com", PASSWORD), &Client::default()).await.is_err());
}

#[tokio::test]
async fn closures_are_read_from_calendar_files_and_tables_and_fit_a_set_up() {
    let api = Api::open().await;
    let table = "from,to,title,kind\n2026-12-24,2027-01-01,Shutdown,closure\n";
    let read = api.upload("bob", "/closures/read", table.as_bytes()).await.is(200);
    assert_eq!(read["closures"][0], json!({ "from": "2026-12-24", "to": "2027-01-01", "title": "Shutdown", "kind": "closure" }));
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
               DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY:Freeze\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let events = api.upload("bob", "/closures/read?kind=freeze", ics.as_bytes()).await.is(200);
    assert_eq!((&events["closures"][0]["to"], &events["closures"][0]["kind"]), (&json!("2026-12-25"), &json!("freeze")));
    let mut setup = api.get("ann", &api.at("")).await.is(200)["setup"].clone();
    setup["calendars"][0]["closures"] = read["closures"].clone();
    api.post("ann", &api.at("/plan/preview"), json!({ "setup": setup })).await.is(200);
    let wrong = api.upload("bob", "/closures/read", b"from,to,title,kind\n2026-02-30,,Shutdown,closure\n2026-03-01,,,freeze").await.is(422);
    assert_eq!((&wrong["problems"][0]["line"], &wrong["problems"][1]["line"]), (&json!(2), &json!(3)), "{wrong}");
    api.upload("bob", "/closures/read?zone=Mars/Base", table.as_bytes()).await.is(400);
}

#[tokio::test]
async fn how_long_personal_data_is_kept_is_shown_and_set_and_a_person_is_erased_for_good() {
    let api = Api::open().await;
    let (path, bob) = (api.at("/retention"), format!("/people/{}", api.world.bob.person));
    let shown = api.get("bob", &path).await.is(200);
    assert_eq!((&shown["erase_after"], &shown["own"], &shown["erases_on"]), (&json!("24"), &json!(false), &Value::Null));
    for (sent, status) in [(json!("0"), 422), (json!("soon"), 422), (json!("never"), 200), (json!("6"), 200)] {
        api.ask_with("ann", (Method::PUT, &path), Some(json!({ "erase_after": sent })), &[]).await.is(status);
    }
    assert_eq!(api.get("ann", &path).await.is(200)["erase_after"], "6");
    let refused = api.ask_with("ann", (Method::POST, &format!("{bob}/erase")), None, &[]).await.is(422);
    assert!(refused.to_string().contains("Bob is a member of “Mobilize”, which has not ended"), "{refused}");
    api.ask_with("ann", (Method::POST, &api.at("/end")), Some(json!({ "note": "over" })), &[]).await.is(204);
    assert_eq!(api.get("ann", &path).await.is(200)["erases_on"], "2026-06-18");
    api.ask_with("ann", (Method::POST, &format!("{bob}/erase")), None, &[]).await.is(204);
    api.get("ann", &bob).await.is(404);
    assert_eq!(api.member("Erased person").await["email"], "");
    let record = api.get("ann", &api.at("/record")).await.is(200);
    assert!(!record.to_string().contains("bob@example.com"), "{record}");
}

#[tokio::test]
async fn other_addresses_are_said_anew_and_only_over_those_that_were_seen() {
    let api = Api::open().await;
    let path = format!("/people/{}/addresses", api.world.dee.person);
    let seen = api.get("ann", &path).await;
    let tag = seen.header(header::ETAG).to_owned();
    assert_eq!(seen.is(200)["addresses"], json!([]));
    let put = async |addresses: Value| {
        api.ask_with("ann", (Method::PUT, &path), Some(json!({ "addresses": addresses })), &[("if-match", &tag)]).await
    };
    assert_eq!(put(json!(["Dee.Alias@example.com"])).await.is(200)["addresses"], json!(["dee.alias@example.com"]));
    put(json!([])).await.is(412);
    let refused = api.ask("ann", (Method::PUT, &path), Some(json!({ "addresses": ["bob@example.com"] }))).await.is(422);
    assert_eq!(refused["problems"][0]["field"], "addresses", "{refused}");
    api.get("bob", &path).await.is(403);
}
