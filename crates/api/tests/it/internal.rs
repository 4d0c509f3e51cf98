//! No answer to a customer has a word that is internal.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{Api, rights::ROUTES};

const MARK: &str = "ZZINTERNALZZ";

/// Ids of what is internal, which a customer may guess.
struct Planted {
    names: Vec<(&'static str, String)>,
    setup: Value,
    /// Dee and Bob.
    people: [String; 2],
}

/// Writes the mark into everything that is internal.
async fn plant(api: &Api) -> Planted {
    let kit = tminus_app::world::KIT.replace("version = \"1.0\"", "version = \"1.1\"");
    let kit = format!("{kit}\n{}", include_str!("planted.toml").replace("MARK", MARK));
    let imported = api.upload("ann", "/kits?name=kit.toml", kit.as_bytes()).await.is(201);
    let chat = api.item_path("chat", "").await;
    let edit = json!({ "title": format!("{MARK} title"), "description": format!("{MARK} description") });
    api.ask("ann", (Method::PATCH, &chat), Some(edit)).await.is(200);
    let part = json!({ "activity": "tools", "parent": api.item("chat").await, "title": format!("{MARK} part") });
    let part = api.post("ann", &api.at("/items"), part).await.is(201);
    let part = api.at(&format!("/items/{}", part["id"].as_str().unwrap()));
    api.post("ann", &format!("{part}/comments"), json!({ "text": format!("{MARK} on a part") })).await.is(201);
    api.post("ann", &format!("{part}/status"), json!({ "to": "blocked", "reason": format!("{MARK} reason") })).await.is(200);
    let attached = api.upload("ann", &format!("{chat}/files?name={MARK}.pdf"), b"%PDF").await.is(200);
    api.post("ann", &api.item_path("jira", "/comments").await, json!({ "text": format!("{MARK} comment"), "internal": true }))
        .await
        .is(201);
    let room = json!({ "person": api.world.dee.person, "resource": "backstage", "to": "requested", "note": format!("{MARK} room"), "ticket": format!("{MARK} ticket") });
    api.post("ann", &api.at("/access"), json!({ "moves": [room] })).await.is(200);
    // An item that Bob could see becomes internal; another one comes after it.
    let load = api.item_path("load", "").await;
    let jira = api.item_path("jira", "").await;
    api.ask("ann", (Method::PATCH, &jira), Some(json!({ "title": format!("{MARK} jira"), "internal": true }))).await.is(200);
    let mut setup = api.get("ann", &api.at("")).await.is(200)["setup"].clone();
    setup["milestones"]["kickoff"] = "2026-01-22".into();
    setup["answers"]["onsite"] = true.into();
    let hash = imported["kits"][0]["kit"]["hash"].clone();
    let plan = |setup: &Value| json!({ "setup": setup, "kits": [hash], "reason": "later" });
    api.ask("ann", (Method::PUT, &api.at("/plan")), Some(plan(&setup))).await.is(200);
    setup["answers"]["onsite"] = false.into();
    api.ask("ann", (Method::PUT, &api.at("/plan")), Some(plan(&setup))).await.is(200);
    // What is internal of the new kit: notes, an exception and its reason.
    let (ann, dee, bob) = (&api.world.ann.person, &api.world.dee.person, &api.world.bob.person);
    let step =
        |person, to: &str| json!({ "person": person, "resource": "vault", "to": to, "note": format!("{MARK} note"), "ticket": MARK });
    api.post("ann", &api.at("/access"), json!({ "moves": [step(bob, "requested")] })).await.is(200);
    let except =
        json!({ "person": dee, "resource": "vault", "approver": ann, "until": "2026-03-01", "reason": format!("{MARK} exception") });
    api.post("ann", &api.at("/access/exceptions"), except).await.is(200);
    plant_ending(api).await;
    // Without a reason, what is still open is named: for Bob without the titles that he may not read.
    let refused = api.post("bob", &api.at("/report/signatures"), json!({})).await.is(422).to_string();
    assert!(refused.contains("a step of the delivery side") && !refused.contains(MARK), "{refused}");
    api.post("ann", &api.at("/report/signatures"), json!({ "reason": "the customer begins" })).await.is(200);
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let file = id(attached["evidence"][0]["file"].as_str().unwrap());
    let proof = attached["evidence"][0]["id"].as_str().unwrap().to_owned();
    let engagement = api.world.engagement.0.clone();
    let names = vec![
        ("load", id(&load)),
        ("chat", id(&chat)),
        ("part", id(&part)),
        ("jira", id(&jira)),
        ("file", file),
        ("proof", proof),
        ("engagement", engagement),
    ];
    Planted { names, setup, people: [dee.0.clone(), bob.0.clone()] }
}

/// An internal room, and why somebody had to go at once.
async fn plant_ending(api: &Api) {
    let room = json!({ "title": format!("{MARK} war room"), "kind": "room", "side": "delivery", "internal": true });
    api.post("ann", &api.at("/holdings"), room).await.is(201);
    let safe = json!({
        "title": format!("{MARK} safe"), "note": format!("{MARK} cellar"), "owners": ["engagement-manager"], "each": "person",
        "details": [format!("{MARK} tag")], "internal": true,
    });
    let safe = api.post("ann", &api.at("/resources"), safe).await.is(201)["id"].as_str().unwrap().to_owned();
    api.ask("ann", (Method::PUT, &api.at(&format!("/resources/{safe}/licences"))), Some(json!({ "licences": 1 }))).await.is(200);
    let quinn = json!({ "name": "Quinn", "email": "quinn@example.com", "side": "delivery", "zone": "UTC", "practice": "member" });
    let quinn = api.post("ann", "/people", quinn).await.is(201)["id"].as_str().unwrap().to_owned();
    let member = json!({ "function": "delivery_member" });
    api.ask("ann", (Method::PUT, &api.at(&format!("/members/{quinn}"))), Some(member)).await.is(204);
    let asked = json!({ "moves": [{ "person": quinn, "resource": "wiki", "to": "requested" }] });
    api.post("ann", &api.at("/access"), asked).await.is(200);
    api.post("ann", &api.at("/access/at-once"), json!({ "person": quinn, "reason": format!("{MARK} badge") })).await.is(200);
}

#[tokio::test]
async fn what_is_internal_is_there_for_delivery() {
    let api = Api::open().await;
    let planted = plant(&api).await;
    let comments = format!("/items/{}/comments", planted.names[3].1);
    for path in ["", "/access", "/items", "/record", "/record/export", "/report", "/responsibilities", &comments] {
        let said = api.get("dee", &api.at(path)).await;
        assert!(said.text.contains(MARK), "{path}: {said:?}");
    }
    let shown = api.get("dee", &api.at("")).await.is(200);
    assert!(shown["left_out"].to_string().contains(MARK), "{shown}");
}

#[tokio::test]
async fn no_answer_to_a_customer_has_an_internal_word() {
    let api = Api::open().await;
    let planted = plant(&api).await;
    let person = api.world.dee.person.0.as_str();
    let mut tried = 0;
    for route in ROUTES {
        for item in ["load", "chat", "part", "jira"] {
            let mut path =
                route.path.replace("{person}", person).replace("{kit}", "small").replace("{newer}", "small").replace("{token}", "x");
            path = path
                .replace("{seat}", "security.site-contact.delivery")
                .replace("{side}", "delivery")
                .replace("{row}", "small.zzinternalzz-margin");
            path = path.replace("{item}", &planted.names.iter().find(|(name, _)| *name == item).unwrap().1);
            for (name, id) in &planted.names {
                path = path.replace(&format!("{{{name}}}"), id);
            }
            path = path.replace("{link}", "x").replace("{letter}", "x").replace("{filter}", "x");
            for body in bodies(route.method, &planted, &path) {
                let said = api.ask("bob", (route.method.parse().unwrap(), &path), body).await;
                assert!(!said.status.is_server_error(), "{} {path}: {said:?}", route.method);
                assert!(!format!("{said:?}").contains(MARK), "{} {path}: {said:?}", route.method);
                tried += 1;
            }
            if !route.path.contains("{item}") {
                break;
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

/// Bodies that rules refuse in as many ways as possible: refusals name things.
fn bodies(method: &str, planted: &Planted, path: &str) -> Vec<Option<Value>> {
    if matches!(method, "GET" | "DELETE") {
        return vec![None];
    }
    let all: Vec<_> = planted.names.iter().take(4).map(|(_, id)| json!({ "item": id, "to": "done" })).collect();
    let one = |index: usize| json!({ "items": [all[index]] });
    let texts = json!({ "text": "hello" });
    let mut bodies = vec![
        json!({}),
        json!({ "to": "done" }),
        json!({ "to": "in_progress" }),
        json!({ "to": "waived", "reason": "why" }),
        json!({ "items": all }),
        one(0),
        one(1),
        one(3),
        json!({ "title": "x" }),
        json!({ "before": planted.names[1].1 }),
        json!({ "kind": "note", "text": "x" }),
        json!({ "moves": [{ "person": planted.people[0], "resource": "vpn", "to": "granted" }] }),
        json!({ "moves": [{ "person": planted.people[1], "resource": "vpn", "to": "granted" }] }),
        json!({ "moves": [{ "person": planted.people[1], "resource": "vault", "to": "granted" }] }),
        json!({ "person": planted.people[0], "resource": "vault", "approver": planted.people[1], "until": "2026-03-01", "reason": "x" }),
        json!({ "person": planted.people[0], "resource": "vault", "owner": planted.people[1], "until": "2026-03-01" }),
        json!({ "to": planted.people[0], "note": "x" }),
        json!({ "name": "Nia", "email": "dee@example.com" }),
        json!({ "setup": planted.setup, "reason": "x" }),
        texts,
    ];
    if path.ends_with("signatures") {
        bodies.push(json!({ "reason": "x" }));
    }
    bodies.into_iter().map(Some).chain([None]).collect()
}
