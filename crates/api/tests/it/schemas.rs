//! Every answer that a test gets is held against the description: status, media type, and the body against its schema.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use axum::http::{Method, header};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Said;

/// The description, with schemas of answers closed: a field that no schema names is a fault, too.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let mut description = tminus_api::description();
    let schemas = description["components"]["schemas"].as_object_mut().unwrap();
    // What others are put together of stays open: they are closed as a whole.
    let parts: Vec<_> = schemas.values().flat_map(|it| it["allOf"].as_array().cloned().unwrap_or_default()).collect();
    let parts: Vec<_> = parts.iter().filter_map(|part| part["$ref"].as_str()?.rsplit('/').next()).collect();
    schemas.iter_mut().filter(|(name, _)| !parts.contains(&name.as_str())).for_each(|(_, schema)| close(schema));
    description
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, std::sync::Arc<Validator>>>> = LazyLock::new(Mutex::default);

fn close(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    let is_object = fields.contains_key("properties") || fields.contains_key("allOf");
    if is_object && !fields.contains_key("additionalProperties") && !fields.contains_key("oneOf") {
        fields.insert("unevaluatedProperties".to_owned(), false.into());
    }
}

/// The operation that a path leads to. A path whose names are given goes before one that takes any name.
fn operation<'a>(method: &Method, path: &str) -> Option<(&'a str, &'a Value)> {
    let parts: Vec<_> = path.split('/').collect();
    let named = |template: &str| template.split('/').filter(|part| part.starts_with('{')).count();
    let fits = |template: &str| {
        let wanted: Vec<_> = template.split('/').collect();
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let found = paths.iter().filter(|(template, _)| fits(template)).min_by_key(|(template, _)| named(template));
    found.and_then(|(template, item)| Some((template.as_str(), item.get(method.as_str().to_lowercase())?)))
}

fn resolved(answer: &Value) -> &Value {
    match answer["$ref"].as_str() {
        Some(reference) => DESCRIPTION.pointer(reference.trim_start_matches('#')).unwrap(),
        None => answer,
    }
}

/// Panics where an answer is not as it is described. Paths that are not served have no description to be held against.
pub(crate) fn check(method: &Method, path: &str, said: &Said) {
    let Some((template, operation)) = operation(method, path) else {
        assert!(said.status.is_client_error() || !path.starts_with("/api/v1"), "{method} {path} is not described: {said:?}");
        return;
    };
    let at = format!("{method} {template} {}", said.status.as_u16());
    let described = &operation["responses"][said.status.as_str()];
    assert!(!described.is_null(), "{at} is not described: {said:?}");
    let content = resolved(described)["content"].as_object();
    let given = said.header(header::CONTENT_TYPE);
    let media_type = given.split(';').next().unwrap_or_default();
    let Some(content) = content else { return assert!(said.text.is_empty(), "{at}: a body that is not described: {said:?}") };
    let known = content.get(media_type).or_else(|| content.get("*/*")).or_else(|| content.get("application/octet-stream"));
    let schema = &known.unwrap_or_else(|| panic!("{at}: {media_type} is not described"))["schema"];
    if !media_type.ends_with("json") {
        return;
    }
    let validator = VALIDATORS.lock().unwrap().entry(at.clone()).or_insert_with(|| compiled(schema).into()).clone();
    let wrong: Vec<_> = validator.iter_errors(&said.json()).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{at} is not as described: {}\n{}", wrong.join("\n"), said.text);
}

fn compiled(schema: &Value) -> Validator {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "components": DESCRIPTION["components"], "allOf": [schema],
    });
    jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

#[test]
fn an_answer_that_is_not_as_described_is_found() {
    let schema = json!({ "$ref": "#/components/schemas/Person" });
    let person = json!({ "id": "p", "name": "Ann", "email": "a@b.c", "side": "delivery", "zone": "UTC", "practice": "none" });
    let with = |name: &str, value: Value| {
        let mut person = person.clone();
        person[name] = value;
        person
    };
    let validator = compiled(&schema);
    assert!(validator.is_valid(&person));
    for wrong in [with("side", "left".into()), with("name", 1.into()), with("shoe_size", 43.into()), json!({ "id": "p" })] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}
