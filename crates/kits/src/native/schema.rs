//! The JSON Schema of the native format, made from the types.

use std::sync::LazyLock;

use serde_json::Value;
use tminus_domain::kit::Kit;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Kit).to_value());

/// The JSON Schema of a whole kit, as editors use it.
pub fn json_schema() -> &'static Value {
    &SCHEMA
}

/// A schema with its references followed.
pub(super) fn follow(schema: &'static Value) -> &'static Value {
    let mut schema = schema;
    while let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        schema = &SCHEMA["$defs"][name];
    }
    schema
}

/// The names of all fields that the format has anywhere.
pub(super) fn all_fields() -> impl Iterator<Item = &'static str> {
    let own = SCHEMA["properties"].as_object();
    let parts = SCHEMA["$defs"].as_object().into_iter().flat_map(|defs| defs.values()).filter_map(|def| def["properties"].as_object());
    own.into_iter().chain(parts).flat_map(|fields| fields.keys()).map(String::as_str)
}
