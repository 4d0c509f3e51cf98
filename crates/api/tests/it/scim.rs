//! SCIM as directories speak it: the resources of RFC 7643, the requests of RFC 7644, and what Entra ID and Okta send.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tminus_app::{
    rights::{
        sign_in::{Client, sign_in},
        token::{CreateToken, create_token},
    },
    world::PASSWORD,
};
use tminus_domain::rights::{Pass, PassKind};
use tower::ServiceExt as _;

use crate::{Api, Said};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The world with a key for a directory.
struct Directory {
    api: Api,
    key: String,
}

impl Directory {
    async fn open() -> Self {
        let api = Api::open().await;
        let pass = Pass { kind: PassKind::ProvisioningKey, within: None };
        let made = create_token(&api.world.app, &api.world.ann, CreateToken { title: "directory".to_owned(), days: None, pass }).await;
        Self { key: made.unwrap().secret, api }
    }

    async fn ask_as(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Said {
        let mut request = Request::builder().method(method).uri(format!("/scim/v2{path}"));
        if !key.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let request = request.header(header::CONTENT_TYPE, "application/scim+json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (parts, body) = self.api.router.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let said = Said { status: parts.status, headers: parts.headers, text };
        if !said.text.is_empty() {
            assert_eq!(said.header(header::CONTENT_TYPE), "application/scim+json");
        }
        if said.status.is_client_error() {
            let error = said.json();
            assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
            assert_eq!(error["status"], said.status.as_str(), "as a text: {error}");
            assert!(error["detail"].as_str().is_some_and(|it| !it.is_empty()), "{error}");
        }
        said
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Said {
        self.ask_as(&self.key, method, path, Some(body)).await
    }

    async fn get(&self, path: &str) -> Said {
        self.ask_as(&self.key, Method::GET, path, None).await
    }

    async fn patch(&self, id: &str, operations: Value) -> Said {
        self.ask(Method::PATCH, &format!("/Users/{id}"), json!({ "schemas": [PATCH], "Operations": operations })).await
    }

    async fn find(&self, filter: &str) -> Value {
        let query = serde_urlencoded::to_string([("filter", filter)]).unwrap();
        self.get(&format!("/Users?{query}")).await.is(200)
    }

    async fn barbara(&self) -> Value {
        self.ask(Method::POST, "/Users", full()).await.is(201)
    }
}

/// A user with all that the core schema knows, as in RFC 7643, section 8.2.
fn full() -> Value {
    json!({
        "schemas": [USER],
        "id": "2819c223-7f76-453a-919d-413861904646",
        "externalId": "701984",
        "userName": "bjensen@example.com",
        "name": {
            "formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara",
            "middleName": "Jane", "honorificPrefix": "Ms.", "honorificSuffix": "III",
        },
        "displayName": "Babs Jensen",
        "nickName": "Babs",
        "profileUrl": "https://login.example.com/bjensen",
        "emails": [
            { "value": "babs@jensen.example", "type": "home" },
            { "value": "bjensen@example.com", "type": "work", "primary": true },
        ],
        "addresses": [{ "type": "work", "locality": "Hollywood", "country": "USA", "primary": true }],
        "phoneNumbers": [{ "value": "555-555-5555", "type": "work" }],
        "photos": [{ "value": "https://photos.example.com/profilephoto/7293/F", "type": "photo" }],
        "userType": "Employee",
        "title": "Tour Guide",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "active": true,
        "password": "t1meMa$heen and more",
        "groups": [{ "value": "e9e30dba", "display": "Tour Guides" }],
        "x509Certificates": [{ "value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAw" }],
        "meta": { "resourceType": "User", "created": "2010-01-23T04:56:22Z", "version": "W/\"a330bc54f0671c9\"" },
    })
}

#[tokio::test]
async fn a_full_user_of_the_rfc_is_kept_as_far_as_it_is_needed() {
    let directory = Directory::open().await;
    let said = directory.ask(Method::POST, "/Users", full()).await;
    let location = said.header(header::LOCATION).to_owned();
    let made = said.is(201);
    let id = made["id"].as_str().unwrap();
    assert_ne!(id, "2819c223-7f76-453a-919d-413861904646", "ids are ours");
    assert_eq!(location, format!("/scim/v2/Users/{id}"));
    let kept = json!({
        "schemas": [USER], "id": id, "externalId": "701984", "userName": "bjensen@example.com",
        "name": { "formatted": "Babs Jensen" }, "displayName": "Babs Jensen",
        "emails": [{ "value": "bjensen@example.com", "type": "work", "primary": true }],
        "timezone": "America/Los_Angeles", "userType": "delivery", "active": true,
        "meta": { "resourceType": "User", "location": location },
    });
    assert_eq!(made, kept);
    assert_eq!(directory.get(&format!("/Users/{id}")).await.is(200), kept);
    let refused = sign_in(&directory.api.world.app, ("bjensen@example.com", "t1meMa$heen and more"), &Client::default()).await;
    assert!(refused.is_err(), "a directory sets no passwords");
    let again = directory.ask(Method::POST, "/Users", full()).await.is(409);
    assert_eq!(again["scimType"], "uniqueness");
}

#[tokio::test]
async fn the_shortest_user_of_the_rfc_is_asked_for_an_address() {
    let directory = Directory::open().await;
    let name = json!({ "formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara" });
    let short = json!({ "schemas": [USER], "userName": "bjensen", "externalId": "bjensen", "name": name });
    let refused = directory.ask(Method::POST, "/Users", short.clone()).await.is(400);
    assert_eq!(refused["scimType"], "invalidValue");
    assert!(refused["detail"].as_str().unwrap().contains("e-mail address"), "{refused}");
    let mut with = short;
    with["emails"] = json!([{ "value": "barbara@example.com" }]);
    let made = directory.ask(Method::POST, "/Users", with).await.is(201);
    assert_eq!((&made["userName"], &made["displayName"]), (&json!("bjensen"), &json!("Ms. Barbara J Jensen III")));
    assert_eq!(directory.find(r#"userName eq "bjensen""#).await["totalResults"], 1);
    assert_eq!(directory.find(r#"userName eq "barbara@example.com""#).await["totalResults"], 0, "that is her address, not her name there");
    assert_eq!(directory.find(r#"emails.value eq "barbara@example.com""#).await["totalResults"], 1);
}

#[tokio::test]
async fn people_are_found_by_one_attribute_and_listed_in_pages() {
    let directory = Directory::open().await;
    let id = directory.barbara().await["id"].clone();
    for filter in [
        r#"userName eq "bjensen@example.com""#,
        r#"username EQ "BJensen@Example.com""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bjensen@example.com""#,
        r#"externalId eq "701984""#,
        r#"emails[type eq "work"].value eq "bjensen@example.com""#,
    ] {
        let found = directory.find(filter).await;
        assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &id), "{filter}");
        assert_eq!(found["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    }
    assert_eq!(directory.find(r#"externalId eq "none""#).await["Resources"], json!([]));
    let bob = directory.find(r#"userName eq "bob@example.com""#).await;
    assert_eq!(bob["totalResults"], 1, "whoever was here before is found, and taken over: {bob}");
    let refused = directory.get("/Users?filter=title%20pr%20and%20userType%20eq%20%22Employee%22").await.is(400);
    assert_eq!(refused["scimType"], "invalidFilter");

    let all = directory.get("/Users").await.is(200);
    let total = all["totalResults"].as_u64().unwrap();
    assert_eq!(all["Resources"].as_array().unwrap().len() as u64, total);
    let mut seen = Vec::new();
    for start in (1..=total).step_by(3) {
        let page = directory.get(&format!("/Users?startIndex={start}&count=3&attributes=userName")).await.is(200);
        assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(total), &json!(start)));
        for user in page["Resources"].as_array().unwrap() {
            assert_eq!(user.as_object().unwrap().len(), 3, "id, schemas and what was asked for: {user}");
            seen.push(user["id"].clone());
        }
    }
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len() as u64, total, "everybody once");
    assert_eq!(directory.get("/Users?count=0").await.is(200)["Resources"], json!([]));
    assert_eq!(directory.get("/Users?startIndex=-5&count=1").await.is(200)["startIndex"], 1);
    directory.get("/Users?count=many").await.is(400);
}

#[tokio::test]
async fn who_is_disabled_there_is_out_here_and_comes_back_with_no_role() {
    let directory = Directory::open().await;
    let world = &directory.api.world;
    let id = world.bob.person.to_string();
    let enters = async || sign_in(&world.app, ("bob@example.com", PASSWORD), &Client::default()).await.is_ok();
    assert!(enters().await);
    directory.api.get("bob", "/me").await.is(200);
    // As Entra ID writes it: a capital, and a truth as a word.
    let said = directory.patch(&id, json!([{ "op": "Replace", "path": "active", "value": "False" }])).await.is(200);
    assert_eq!(said["active"], false);
    assert!(!enters().await);
    directory.api.get("bob", "/me").await.is(401);
    assert_eq!(directory.find(r#"userName eq "bob@example.com""#).await["Resources"][0]["active"], false, "still found there");
    // As Okta writes it.
    assert_eq!(directory.patch(&id, json!([{ "op": "replace", "value": { "active": true } }])).await.is(200)["active"], true);
    assert!(enters().await);
    directory.api.get("bob", "/me").await.is(401);
    directory.ask_as(&directory.key, Method::DELETE, &format!("/Users/{id}"), None).await.is(204);
    assert!(!enters().await);
    assert_eq!(directory.get(&format!("/Users/{id}")).await.is(200)["active"], false, "what he did stays, and so does he");
    directory.ask_as(&directory.key, Method::DELETE, &format!("/Users/{id}"), None).await.is(404);

    // Somebody with a role comes back as anybody.
    let lea = directory.api.lea.person.to_string();
    directory.patch(&lea, json!([{ "op": "replace", "path": "active", "value": false }])).await.is(200);
    directory.patch(&lea, json!([{ "op": "replace", "path": "active", "value": true }])).await.is(200);
    assert_eq!(directory.api.get("ann", &format!("/people/{lea}")).await.is(200)["practice"], "member");
}

#[tokio::test]
async fn single_attributes_change_as_the_rfc_and_the_directories_say_it() {
    let directory = Directory::open().await;
    let id = directory.barbara().await["id"].as_str().unwrap().to_owned();
    let change = async |operations: Value| directory.patch(&id, operations).await.is(200);
    // RFC 7644, section 3.5.2.1: several attributes at once, without a path.
    let said = change(json!([{ "op": "add", "value": {
        "emails": [{ "value": "babs@jensen.example", "type": "home" }], "nickname": "Babs",
    } }]))
    .await;
    assert_eq!(said["emails"][0]["value"], "bjensen@example.com", "the primary one is kept");
    let said = change(json!([{ "op": "replace", "path": "name.familyName", "value": "Smith" }])).await;
    assert_eq!(said["displayName"], "Babs Jensen", "half a name changes no whole one");
    let said = change(json!([
        { "op": "Replace", "path": "name.givenName", "value": "Barbara" },
        { "op": "Replace", "path": "name.familyName", "value": "Smith" },
        { "op": "Add", "path": "title", "value": "Guide" },
        { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Tours" },
    ]))
    .await;
    assert_eq!(said["name"]["formatted"], "Barbara Smith");
    let said = change(json!([{ "op": "replace", "value": { "displayName": "Babs", "name.formatted": "Ms. B" } }])).await;
    assert_eq!(said["displayName"], "Babs");
    let said = change(json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "Barbara@Example.com" }])).await;
    assert_eq!(said["emails"], json!([{ "value": "barbara@example.com", "type": "work", "primary": true }]));
    assert_eq!(said["userName"], "bjensen@example.com", "the name at the sign-in there stays");
    let said = change(json!([{ "op": "replace", "path": "userName", "value": "barbara@example.com" }])).await;
    assert_eq!(said["userName"], "barbara@example.com");
    let said = change(json!([{ "op": "replace", "path": format!("{USER}:userName"), "value": "bs@example.com" }])).await;
    assert_eq!(said["emails"][0]["value"], "bs@example.com", "they sign in there with their address");
    let said = change(json!([{ "op": "remove", "path": "externalId" }])).await;
    assert_eq!(said.get("externalId"), None);
    let said =
        change(json!([{ "op": "add", "path": "externalId", "value": "a-2" }, { "op": "replace", "path": "userType", "value": "partner" }]))
            .await;
    assert_eq!((&said["externalId"], &said["userType"]), (&json!("a-2"), &json!("partner")));
    let before = change(json!([{ "op": "replace", "path": "active", "value": true }])).await;

    for (operations, kind) in [
        (json!([]), "tooMany"),
        (json!([{ "op": "move", "path": "active", "value": false }]), "invalidSyntax"),
        (json!([{ "op": "remove" }]), "noTarget"),
        (json!([{ "op": "remove", "path": "userName" }]), "mutability"),
        (json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
        (json!([{ "op": "replace", "path": "emails[", "value": "x" }]), "invalidPath"),
        (json!([{ "op": "replace", "path": "1st", "value": "x" }]), "invalidPath"),
        (json!([{ "op": "replace", "path": "emails[value eq \"none@example.com\"].type", "value": "x" }]), "noTarget"),
        (json!([{ "op": "replace", "path": "emails[value co \"x\"].type", "value": "x" }]), "invalidFilter"),
        (json!([{ "op": "replace", "path": "active", "value": "perhaps" }]), "invalidValue"),
        (json!([{ "op": "replace", "path": "timezone", "value": "Mars/Olympus" }]), "invalidValue"),
        (json!([{ "op": "replace", "path": "userName", "value": 5 }]), "invalidValue"),
        (
            json!([{ "op": "replace", "path": "displayName", "value": "Good" }, { "op": "replace", "path": "emails", "value": 7 }]),
            "invalidValue",
        ),
    ] {
        let refused = directory.patch(&id, operations.clone()).await.is(400);
        assert_eq!(refused["scimType"], kind, "{operations}: {refused}");
    }
    let taken = directory.patch(&id, json!([{ "op": "replace", "path": "userName", "value": "bob@example.com" }])).await.is(409);
    assert_eq!(taken["scimType"], "uniqueness");
    assert_eq!(directory.get(&format!("/Users/{id}")).await.is(200), before, "what was refused changed nothing");
    directory.ask(Method::PATCH, &format!("/Users/{id}"), json!({ "Operations": [] })).await.is(400);
}

#[tokio::test]
async fn a_whole_resource_replaces_and_says_the_same_again_without_a_trace() {
    let directory = Directory::open().await;
    let made = directory.barbara().await;
    let path = format!("/Users/{}", made["id"].as_str().unwrap());
    let last = async || directory.api.world.app.store.stretch("practice", 0, 1000).await.unwrap().len();
    let before = last().await;
    assert_eq!(directory.ask(Method::PUT, &path, full()).await.is(200), made);
    assert_eq!(last().await, before, "nothing changed, nothing is recorded");
    let mut other = full();
    other["displayName"] = "Barbara".into();
    other["active"] = false.into();
    other.as_object_mut().unwrap().remove("timezone");
    let said = directory.ask(Method::PUT, &path, other).await.is(200);
    assert_eq!((&said["displayName"], &said["active"], &said["timezone"]), (&json!("Barbara"), &json!(false), &made["timezone"]));
    directory.ask(Method::PUT, &path, json!({ "schemas": [USER] })).await.is(400);
    directory.ask(Method::PUT, "/Users/nobody", full()).await.is(404);
}

#[tokio::test]
async fn a_directorys_key_opens_this_door_only_and_raises_nobody() {
    let directory = Directory::open().await;
    let api = &directory.api;
    for (key, status) in [("", 401), ("tminus_wrong", 401), (api.key("bob"), 403), (api.key("lea"), 403)] {
        directory.ask_as(key, Method::POST, "/Users", Some(full())).await.is(status);
    }
    directory.ask_as(api.key("mallory"), Method::GET, "/Users", None).await.is(403);
    let asks = async |method: Method, path: &str, body: Option<Value>| {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", directory.key));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        api.router.clone().oneshot(request.body(body).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!(asks(Method::GET, &format!("/engagements/{}", api.world.engagement), None).await, 404);
    let bob = format!("/people/{}", api.world.bob.person);
    assert_eq!(asks(Method::PATCH, &bob, Some(json!({ "practice": "administrator" }))).await, 403);
    assert_eq!(asks(Method::PATCH, &bob, Some(json!({ "password": "a new one for Bob" }))).await, 403);
    let eve = json!({ "name": "Eve", "email": "eve@example.com", "side": "delivery", "zone": "UTC", "practice": "administrator" });
    assert_eq!(asks(Method::POST, "/people", Some(eve)).await, 403);
    assert_eq!(asks(Method::POST, "/tokens", Some(json!({ "title": "more", "scope": "all" }))).await, 403);
    // The only administrator, who is also whose key it is.
    let ann = format!("/Users/{}", api.world.ann.person);
    directory.ask_as(&directory.key, Method::DELETE, &ann, None).await.is(400);
    assert_eq!(directory.get(&ann).await.is(200)["active"], true);
}

#[tokio::test]
async fn the_door_says_what_it_can_do() {
    let directory = Directory::open().await;
    let config = directory.get("/ServiceProviderConfig").await.is(200);
    for what in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        assert!(config[what]["supported"].is_boolean(), "{what}");
    }
    assert_eq!(directory.get("/ResourceTypes").await.is(200)["Resources"][0]["endpoint"], "/Users");
    assert_eq!(directory.get("/ResourceTypes/User").await.is(200)["schema"], USER);
    assert_eq!(directory.get("/Schemas").await.is(200)["Resources"][0]["id"], USER);
    let schema = directory.get(&format!("/Schemas/{USER}")).await.is(200);
    let shown = directory.barbara().await;
    for attribute in schema["attributes"].as_array().unwrap() {
        assert!(shown.get(attribute["name"].as_str().unwrap()).is_some(), "{attribute}");
    }
    directory.get("/Groups").await.is(404);
    directory.get("/Schemas/none").await.is(404);
    directory.ask(Method::POST, "/Schemas", json!({})).await.is(405);
    for body in ["", "{", "[]", "null", "\"x\""] {
        let request = Request::post("/scim/v2/Users").header(header::AUTHORIZATION, format!("Bearer {}", directory.key));
        let answer = directory.api.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        assert_eq!(answer.status().as_u16(), 400, "{body}");
    }
}
