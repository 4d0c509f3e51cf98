//! What this door can do, for directories that ask (RFC 7643, sections 5 to 7).

use serde_json::{Value, json};
use tminus_app::people::provision::MOST_LISTED;

use super::user::SCHEMA;

pub(super) fn config() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MOST_LISTED },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Key",
            "description": "A key of Tminus with the scope “people”, in Authorization: Bearer",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": "/scim/v2/ServiceProviderConfig" },
    })
}

pub(super) fn resource_types() -> Vec<Value> {
    vec![json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "A person of the practice",
        "schema": SCHEMA,
        "meta": { "resourceType": "ResourceType", "location": "/scim/v2/ResourceTypes/User" },
    })]
}

pub(super) fn schemas() -> Vec<Value> {
    let text = |name: &str, what: &str| attribute(name, "string", what);
    let mut login = text("userName", "The name at the directory's sign-in; best the e-mail address");
    login["required"] = true.into();
    login["uniqueness"] = "server".into();
    let mut name = attribute("name", "complex", "Their name");
    name["subAttributes"] = json!([
        text("formatted", "As people say it; what is kept"),
        text("givenName", "Used where no whole name is given"),
        text("familyName", "Used where no whole name is given"),
    ]);
    let mut emails =
        attribute("emails", "complex", "Where they are written to: the primary one, else the one for work, else the first is kept");
    emails["multiValued"] = true.into();
    emails["subAttributes"] =
        json!([text("value", "The address"), text("type", "work, home or other"), attribute("primary", "boolean", "Whether it is kept")]);
    let mut kind = text("userType", "The side they stand on: delivery, customer or partner; other words are passed over");
    kind["canonicalValues"] = json!(["delivery", "customer", "partner"]);
    vec![json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": SCHEMA,
        "name": "User",
        "description": "A person of the practice",
        "attributes": [
            login,
            name,
            text("displayName", "Their name"),
            emails,
            text("timezone", "An IANA time zone, such as Europe/Berlin"),
            kind,
            attribute("active", "boolean", "Whether they can sign in"),
        ],
        "meta": { "resourceType": "Schema", "location": format!("/scim/v2/Schemas/{SCHEMA}") },
    })]
}

fn attribute(name: &str, kind: &str, what: &str) -> Value {
    let mut attribute = json!({
        "name": name,
        "type": kind,
        "description": what,
        "multiValued": false,
        "required": false,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    });
    if kind == "string" {
        attribute["caseExact"] = false.into();
    }
    attribute
}
