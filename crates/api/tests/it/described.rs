//! The description says what the API does, and all of it.

use std::{collections::BTreeSet, path::Path};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::Value;

use crate::{Api, rights::ROUTES};

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

/// Run with `TMINUS_WRITE=1` after a deliberate change of the API.
#[test]
fn the_committed_description_is_the_api() {
    let now = serde_json::to_string_pretty(&tminus_api::description()).unwrap() + "\n";
    if std::env::var_os("TMINUS_WRITE").is_some() {
        std::fs::write(committed(), &now).unwrap();
    }
    let committed = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(committed == now, "the API changed: look at it, then run this test with TMINUS_WRITE=1");
}

fn operations() -> Vec<(String, String, Value)> {
    let description = tminus_api::description();
    let paths = description["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter().map(|(method, operation)| (method.to_uppercase(), path.clone(), operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn every_route_that_is_tested_is_described_and_the_reverse() {
    let described: BTreeSet<_> = operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let tested: BTreeSet<_> =
        ROUTES.iter().map(|route| format!("{} /api/v1{}", route.method, route.path.split('?').next().unwrap())).collect();
    assert_eq!(described, tested);
}

#[tokio::test]
async fn every_route_that_is_described_is_served() {
    let api = Api::open().await;
    for (method, path, _) in operations() {
        let path = path.replace(['{', '}'], "x");
        let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(&path).body(Body::empty()).unwrap();
        // A path or method that nobody serves is refused before anybody asks who is calling.
        assert_eq!(api.send(request).await.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[test]
fn every_operation_says_who_it_is_what_it_answers_and_what_may_go_wrong() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let at = format!("{method} {path}: {operation}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "twice: {at}");
        assert!(operation["summary"].as_str().is_some_and(|it| !it.is_empty()), "{at}");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{at}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}");
        for needed in ["401", "403", "500", "503"] {
            assert!(responses.contains_key(needed), "{needed}: {at}");
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named: BTreeSet<_> =
            parameters.iter().filter(|it| it["in"] == "path").map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        let wanted: BTreeSet<_> = path.split(['{', '}']).skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(named, wanted, "{at}");
        assert!(parameters.iter().all(|it| it["description"].is_string() || it["in"] == "query"), "{at}");
        assert_eq!(parameters.iter().any(|it| it["name"] == "Idempotency-Key"), method == "POST", "{at}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_no_schema_is_left_over() {
    let description = tminus_api::description();
    let mut referred = BTreeSet::new();
    collect(&description, &mut referred);
    for reference in &referred {
        let found = description.pointer(reference.trim_start_matches('#'));
        assert!(found.is_some(), "{reference} leads nowhere");
    }
    for part in ["schemas", "responses"] {
        for name in description["components"][part].as_object().unwrap().keys() {
            assert!(referred.contains(&format!("#/components/{part}/{name}")), "nothing refers to {part} {name}");
        }
    }
    assert_eq!(description["openapi"], "3.1.0");
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn everybody_may_read_the_description() {
    let api = Api::open().await;
    let said = api.send(Request::get("/api/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(said.is(200), tminus_api::description());
}
