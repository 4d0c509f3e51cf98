//! The outbox, one's own time of day for the digest, and the practice's own record, by program.

use axum::http::Method;
use serde_json::json;
use tminus_app::{
    mail::{Undelivered, deliver_due},
    rights::token::{CreateToken, create_token},
};
use tminus_domain::rights::{Pass, PassKind};

use crate::Api;

#[tokio::test]
async fn a_letter_is_listed_without_what_it_opens_and_read_by_administrators_with_a_whole_key_alone() {
    let mut api = Api::open().await;
    api.post("ann", &api.at("/links"), json!({ "person": api.world.bob.person, "mail": true })).await.is(201);
    let listed = api.get("ann", "/mail").await;
    let id = listed.json()["entries"][0]["id"].as_str().unwrap().to_owned();
    let read = api.get("ann", &format!("/mail/{id}")).await;
    assert_eq!(read.header("cache-control"), "no-store");
    let secret = read.json()["message"]["secret"].as_str().unwrap().to_owned();
    assert!(secret.len() > 20 && !listed.text.contains(&secret));
    // A directory's key may change people, and may not become them.
    let ann = api.world.ann.clone();
    for kind in [PassKind::ProvisioningKey, PassKind::ReadingKey, PassKind::WorkingKey] {
        let created = create_token(&api.world.app, &ann, CreateToken { title: "k".into(), days: None, pass: Pass { kind, within: None } });
        api.keys.push((format!("{kind:?}"), created.await.unwrap().secret));
        api.get(&format!("{kind:?}"), &format!("/mail/{id}")).await.is(403);
    }
}

#[tokio::test]
async fn a_letter_is_sent_again_unless_it_went_out_or_has_forgotten_what_it_opened() {
    let api = Api::open().await;
    let change = json!({ "old": tminus_app::world::PASSWORD, "new": "another long password" });
    api.ask("bob", (Method::PUT, "/me/password"), Some(change)).await.is(204);
    api.post("ann", &api.at("/links"), json!({ "person": api.world.bob.person, "mail": true })).await.is(201);
    let letters = async || {
        let listed = api.get("ann", "/mail").await.is(200)["entries"].as_array().unwrap().clone();
        let of = |kind: &str| listed.iter().find(|it| it["kind"] == kind).unwrap().clone();
        (of("security"), of("link"))
    };
    let again = async |letter: &serde_json::Value| {
        api.ask("ann", (Method::POST, &format!("/mail/{}/again", letter["id"].as_str().unwrap())), None).await
    };
    // A server that is down: both wait for their next try, and are tried at once.
    deliver_due(&api.world.app, async |_| Err(Undelivered::Later("down".to_owned()))).await.unwrap();
    let (security, link) = letters().await;
    assert_eq!((&security["state"], &link["why"]), (&"waiting".into(), &"down".into()));
    again(&link).await.is(204);
    assert_eq!(deliver_due(&api.world.app, async |_| Ok(())).await.unwrap(), 1, "only the one that was asked for");
    assert!(again(&link).await.is(422).to_string().contains("went out already"));
    // Refused for good: what opens nothing can go again, a link cannot.
    api.world.clock.advance(jiff::SignedDuration::from_secs(60));
    api.post("ann", &api.at("/links"), json!({ "person": api.world.bob.person, "mail": true })).await.is(201);
    again(&security).await.is(204);
    deliver_due(&api.world.app, async |_| Err(Undelivered::Refused("no such user".to_owned()))).await.unwrap();
    let (security, link) = letters().await;
    assert_eq!((&security["state"], &link["state"]), (&"given_up".into(), &"given_up".into()));
    assert!(again(&link).await.is(422).to_string().contains("forgotten"));
    again(&security).await.is(204);
    assert_eq!(deliver_due(&api.world.app, async |_| Ok(())).await.unwrap(), 1);
    let told = api.get("ann", "/practice/record?fact=letter_sent_again").await.is(200);
    assert_eq!(told["entries"].as_array().unwrap().len(), 3, "{told}");
    api.ask("ann", (Method::POST, "/mail/none/again"), None).await.is(404);
}

#[tokio::test]
async fn the_time_of_the_digest_is_read_and_set_by_its_person() {
    let api = Api::open().await;
    let set = async |body: serde_json::Value| api.ask("bob", (Method::PUT, "/me/digest"), Some(body)).await;
    assert_eq!(set(json!({ "at": "06:45" })).await.is(200)["at"], "06:45");
    assert_eq!(api.get("bob", "/me/digest").await.is(200)["at"], "06:45");
    assert!(set(json!({ "at": null })).await.is(200)["at"].is_null());
    for wrong in [json!({}), json!({ "at": "25:00" }), json!({ "at": "soon" })] {
        assert_eq!(set(wrong).await.is(422)["problems"][0]["field"], "at");
    }
    assert_ne!(api.get("ann", "/me/digest").await.is(200)["at"], json!(null), "hers is another one");
}

#[tokio::test]
async fn the_practices_own_record_is_read_by_page_and_exported() {
    let api = Api::open().await;
    let first = api.get("ann", "/practice/record?limit=3").await.is(200);
    assert_eq!(first["entries"].as_array().unwrap().len(), 3);
    let next = first["next"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    let then = api.get("ann", next).await.is(200);
    assert_eq!(then["entries"][0]["number"].as_u64().unwrap() + 3, first["entries"][0]["number"].as_u64().unwrap());
    let about = api.get("ann", &format!("/practice/record?about={}", api.world.dee.person)).await.is(200);
    assert!(
        about["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["person"] == json!(api.world.dee.person) || it["subject"] == json!(api.world.dee.person))
    );
    let lines = api.get("ann", "/practice/record/export").await.text;
    assert!(lines.starts_with("{\"tminus_record\":1,\"engagement\":\"practice\"") && lines.contains("record_exported"), "{lines:.200}");
    api.get("dee", "/practice/record").await.is(403);
}
