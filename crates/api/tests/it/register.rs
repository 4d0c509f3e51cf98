//! Parts, seats, escalation and responsibilities over the API.

use axum::http::{Method, header};
use serde_json::{Value, json};

use crate::Api;

#[tokio::test]
async fn a_member_has_parts_a_site_a_calendar_and_days_and_old_bodies_still_do() {
    let api = Api::open().await;
    let path = api.at(&format!("/members/{}", api.world.dee.person));
    let dee = async || {
        let members = api.get("ann", &api.at("/members")).await.is(200);
        members["entries"].as_array().unwrap().iter().find(|it| it["name"] == "Dee").cloned().unwrap()
    };
    let put = async |body: Value| api.ask("ann", (Method::PUT, &path), Some(body)).await;
    put(json!({ "function": "workstream_lead", "workstreams": ["security"] })).await.is(204);
    assert_eq!(
        (&dee().await["parts"], &dee().await["site"], &dee().await["days"]),
        (&json!({ "security": "lead" }), &json!(""), &Value::Null)
    );
    let all = json!({ "function": "delivery_member", "parts": { "security": "alternate" }, "site": "Berlin", "calendar": "Customer", "days": ["tue", "wed"], "account_team": true });
    put(all).await.is(204);
    let now = dee().await;
    assert_eq!((&now["parts"], &now["workstreams"]), (&json!({ "security": "alternate" }), &json!(["security"])));
    assert_eq!(
        (&now["site"], &now["calendar"], &now["days"], &now["account_team"]),
        (&json!("Berlin"), &json!("Customer"), &json!(["tue", "wed"]), &json!(true))
    );
    for wrong in [json!({ "parts": { "moon": "lead" } }), json!({ "calendar": "Mars" }), json!({ "site": "x".repeat(121) })] {
        let mut body = wrong.clone();
        body["function"] = "delivery_member".into();
        put(body).await.is(422);
    }
    put(json!({ "function": "delivery_member", "days": ["someday"] })).await.is(422);
}

#[tokio::test]
async fn seats_and_paths_are_read_and_changed_as_they_were_seen() {
    let api = Api::open().await;
    let seat = async || api.get("ann", &api.at("/seats")).await.is(200)["entries"][0].clone();
    let open = seat().await;
    assert_eq!((&open["id"], &open["people"]), (&json!("security.site-contact.delivery"), &json!([])));
    let (person, days) = (api.at("/seats/security.site-contact.delivery/person"), api.at("/seats/security.site-contact.delivery/days"));
    let tag = format!("\"{}\"", open["edition"].as_str().unwrap());
    let dee = json!({ "person": api.world.dee.person });
    api.ask_with("ann", (Method::PUT, &person), Some(dee.clone()), &[("if-match", &tag)]).await.is(204);
    api.ask_with("ann", (Method::PUT, &person), Some(dee), &[("if-match", &tag)]).await.is(412);
    api.ask("ann", (Method::PUT, &days), Some(json!({ "days_a_week": "3-5" }))).await.is(204);
    let filled = seat().await;
    assert_eq!((&filled["people"][0]["days"], &filled["days_a_week"]), (&json!(5), &json!("3-5")));
    api.ask("ann", (Method::PUT, &days), Some(json!({ "days_a_week": "often" }))).await.is(422);
    api.ask("ann", (Method::DELETE, &person), None).await.is(204);
    assert_eq!(seat().await["people"], json!([]));
    assert_eq!(api.get("bob", &api.at("/seats")).await.is(200)["entries"], json!([]), "it is a seat of the other side");
    api.ask("ann", (Method::PUT, &api.at("/escalation/delivery")), Some(json!({ "steps": ["manager", api.world.dee.person] })))
        .await
        .is(204);
    let paths = api.get("bob", &api.at("/escalation")).await.is(200);
    let delivery = paths["entries"].as_array().unwrap().iter().find(|it| it["side"] == "delivery").cloned().unwrap();
    assert_eq!(
        (&delivery["steps"][1]["people"][0]["email"], &delivery["steps"][0]["step"]),
        (&json!("dee@example.com"), &json!("manager"))
    );
    api.ask("ann", (Method::PUT, &api.at("/escalation/delivery")), Some(json!({ "steps": ["nobody"] }))).await.is(422);
}

#[tokio::test]
async fn the_matrix_is_read_with_what_is_wrong_and_changed_row_by_row() {
    let api = Api::open().await;
    let matrix = async || api.get("ann", &api.at("/responsibilities")).await.is(200);
    assert_eq!(matrix().await["problems"], json!([]));
    let row = matrix().await["entries"][0].clone();
    let path = api.at(&format!("/responsibilities/{}", row["id"].as_str().unwrap()));
    let body = |letters: Value| json!({ "section": "Tools", "text": "Give access", "letters": letters });
    let tag = format!("\"{}\"", row["edition"].as_str().unwrap());
    let put = async |letters: Value, tag: &str| api.ask_with("ann", (Method::PUT, &path), Some(body(letters)), &[("if-match", tag)]).await;
    let saved = put(json!({ "engagement-manager": "ra", "customer-manager": "A" }), &tag).await;
    let next = saved.header(header::ETAG).to_owned();
    assert_eq!(saved.is(200)["letters"]["engagement-manager"], "RA");
    let wrong = matrix().await["problems"][0].clone();
    assert_eq!((&wrong["problem"], &wrong["count"], &wrong["row"]), (&json!("many_a"), &json!(2), &row["id"]));
    put(json!({ "engagement-manager": "RA" }), &tag).await.is(412);
    put(json!({ "engagement-manager": "RA", "customer-manager": "X" }), &next).await.is(422);
    put(json!({ "engagement-manager": "RA" }), &next).await.is(200);
    let added = api.post("ann", &api.at("/responsibilities"), json!({ "text": "Water the plants" })).await.is(201);
    let wrong: Vec<_> =
        matrix().await["problems"].as_array().unwrap().iter().map(|it| (it["problem"].clone(), it["row"].clone())).collect();
    assert_eq!(wrong, [(json!("no_a"), added["id"].clone()), (json!("no_r"), added["id"].clone())]);
}
