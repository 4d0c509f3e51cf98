//! The description of the API: OpenAPI 3.1, made from the handlers and their types.

use serde_json::{Map, Value, json};
use tminus_domain::{
    access::{Step, need::Becomes, turn::Turn},
    checklist::status::{Court, State},
    kit::{Fact, Kit, Side, access::ResourceKind, condition::Answer},
    people::{Device, part::Part},
    record::fact::FactKind,
    rights::{Function, PassKind, PracticeRole},
    schedule::{Computed, Fit, WorkCalendar},
};
use utoipa::openapi::{
    OpenApi, Ref, RefOr,
    schema::{Object, ObjectBuilder, Schema, SchemaType, Type},
};

macro_rules! words {
    ($($name:ident = $all:expr, $doc:literal;)*) => {$(
        pub(crate) fn $name() -> Object {
            let words = $all.iter().map(|it| it.as_str());
            ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).description(Some($doc)).enum_values(Some(words)).build()
        }
    )*};
}

words! {
    state = State::ALL, "Where an item stands.";
    court = Court::ALL, "Who has to move next.";
    side = Side::ALL, "A side of an engagement.";
    function = Function::ALL, "What a member may do on an engagement.";
    practice_role = PracticeRole::ALL, "What a person may do in the whole practice.";
    step = Step::ALL, "How far access has come.";
    becomes = Becomes::ALL, "What becomes of somebody's access.";
    resource_kind = ResourceKind::ALL, "What kind of thing it is.";
    turn = Turn::ALL, "What has to be done next about access.";
    device = Device::ALL, "Whose device somebody works on.";
    part = Part::ALL, "What somebody is in a workstream.";
    fact_kind = FactKind::ALL, "What happened.";
}

/// The most that a key may do.
pub(crate) fn scope() -> Object {
    let words = PassKind::SCOPES.map(|(word, _)| word);
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some("The most that a key may do."))
        .enum_values(Some(words))
        .build()
}

macro_rules! refer {
    ($($name:ident = $schema:literal;)*) => {$(
        pub(crate) fn $name() -> RefOr<Schema> {
            Ref::from_schema_name($schema).into()
        }
    )*};
}

refer! {
    kit = "Kit";
    computed = "Computed";
    fit = "Fit";
    way_out = "WayOut";
    way_out_kind = "WayOutKind";
    evidence_kind = "EvidenceKind";
    closure_kind = "ClosureKind";
    weekdays = "Weekdays";
}

macro_rules! refer_list {
    ($($name:ident = $schema:literal;)*) => {$(
        pub(crate) fn $name() -> Schema {
            utoipa::openapi::schema::ArrayBuilder::new().items(RefOr::from(Ref::from_schema_name($schema))).build().into()
        }
    )*};
}

refer_list! {
    calendars = "WorkCalendar";
    questions = "Fact";
    kit_roles = "Role";
    ways_out = "WayOut";
    evidence_rules = "EvidenceRule";
    criteria = "Criterion";
    links = "Link";
    closures = "Closure";
}

/// Answers by the id of their question.
pub(crate) fn answers() -> Object {
    ObjectBuilder::new()
        .description(Some("Answers by the id of their question."))
        .additional_properties(Some(RefOr::<Schema>::from(Ref::from_schema_name("Answer"))))
        .build()
}

/// What somebody is in workstreams, by their ids.
pub(crate) fn parts() -> Object {
    let parts = RefOr::<Schema>::from(Schema::from(part()));
    ObjectBuilder::new().description(Some("What somebody is in each workstream, by its id.")).additional_properties(Some(parts)).build()
}

/// Any JSON: what it is follows from what it is the value of.
pub(crate) fn anything() -> Object {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).build()
}

pub(crate) fn lead_time() -> Object {
    let doc = "How long something takes, in business days: `15bd`.";
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).description(Some(doc)).build()
}

/// What may go wrong, by status.
const PROBLEMS: [(&str, &str, &str); 13] = [
    ("400", "BadRequest", "The request cannot be read: its syntax, its query or one of its headers."),
    ("401", "SignedOut", "No key was given, or one that is unknown, revoked or expired."),
    ("403", "Forbidden", "The caller may know of it, and may not do this."),
    ("404", "NotFound", "It is not there, or the caller may not know of it."),
    ("405", "MethodNotAllowed", "The path does not take the method; `Allow` says which it takes."),
    ("409", "Conflict", "Somebody else changed it first, or a request with this idempotency key has no answer yet."),
    ("412", "ChangedSince", "It changed since the `ETag` in `If-Match`. Nothing was saved; the item as it stands is in `current`."),
    ("413", "TooLarge", "The body is larger than the path takes."),
    ("415", "MediaType", "The body is of another media type than the path reads."),
    ("422", "Refused", "It can be read, and a rule or a field refuses it; everything that is wrong is in `problems`."),
    ("429", "TooMany", "Too many wrong passwords; `Retry-After` says when the next one is looked at."),
    ("500", "Broken", "Something broke on our side; nothing was saved."),
    (
        "503",
        "Unavailable",
        "The disk is full, the database is locked or read-only, or too many passwords wait to be checked; nothing was saved. Try again after `Retry-After`.",
    ),
];

/// The whole document: what the handlers say, with what all of them have in common.
pub(crate) fn finish(api: &OpenApi) -> Value {
    let mut document = serde_json::to_value(api).unwrap_or_default();
    refer_entries(&mut document);
    add_domain(&mut document);
    document["components"]["securitySchemes"] =
        json!({ "key": { "type": "http", "scheme": "bearer", "description": "A key of a person; it may do what they may do." } });
    document["security"] = json!([{ "key": [] }]);
    let problem = |doc: &str| json!({ "description": doc, "content": { crate::problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    document["components"]["responses"] =
        PROBLEMS.iter().map(|(_, name, doc)| ((*name).to_owned(), problem(doc))).collect::<Map<_, _>>().into();
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                add_shared(path, method, operation);
            }
        }
    }
    document
}

/// Pages refer to what they hold, in place of saying it again.
fn refer_entries(document: &mut Value) {
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if let Some(held) = name.strip_prefix("Page_") {
            schema["properties"]["entries"]["items"] = json!({ "$ref": format!("#/components/schemas/{held}") });
        }
    }
}

fn add_shared(path: &str, method: &str, operation: &mut Value) {
    let mut parameters: Vec<Value> = path.split(['{', '}']).skip(1).step_by(2).map(path_parameter).collect();
    parameters.extend(operation["parameters"].as_array().cloned().unwrap_or_default());
    if method == "post" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": { "type": "string", "maxLength": 255 },
            "description": "The same key with the same request is done once and answered the same, for a day.",
        }));
    }
    let has = |name: &str| parameters.iter().any(|it| it["name"] == name);
    let writes = method != "get";
    let bodied = !operation["requestBody"].is_null();
    let applies = |status: &str| match status {
        // A name in the path that is no text cannot be read either.
        "400" => bodied || !parameters.is_empty(),
        "404" => path.contains('{'),
        "409" | "422" => writes,
        "412" => has("If-Match"),
        "413" | "415" => bodied,
        "429" => path.ends_with("/password"),
        _ => true,
    };
    let unchanged = !writes && has("If-None-Match");
    for (status, name, _) in PROBLEMS.into_iter().filter(|(status, ..)| applies(status)) {
        operation["responses"][status] = json!({ "$ref": format!("#/components/responses/{name}") });
    }
    if unchanged {
        operation["responses"]["304"] = json!({ "description": "Nothing changed since the `ETag` in `If-None-Match`." });
    }
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
}

fn path_parameter(name: &str) -> Value {
    let doc = match name {
        "engagement" => "Id of the engagement.",
        "item" => "Id of the item.",
        "person" => "Id of the person.",
        "proof" => "Id of the piece of evidence.",
        "file" => "Id of the file.",
        "link" => "Id of the link.",
        "letter" => "Id of the letter.",
        "token" => "Id of the key.",
        _ => "A kit: its hash, or at least 8 characters of it; or `id`, or `id@version`.",
    };
    json!({ "name": name, "in": "path", "required": true, "description": doc, "schema": { "type": "string" } })
}

/// Types of the domain that are sent as they are: their schemas come from the same place as the kit format's.
fn add_domain(document: &mut Value) {
    let mut generator =
        schemars::generate::SchemaSettings::draft2020_12().with(|it| it.definitions_path = "/components/schemas".into()).into_generator();
    generator.subschema_for::<Kit>();
    generator.subschema_for::<Computed>();
    generator.subschema_for::<Fit>();
    generator.subschema_for::<WorkCalendar>();
    generator.subschema_for::<Fact>();
    generator.subschema_for::<Answer>();
    for (name, schema) in generator.take_definitions(true) {
        debug_assert!(document["components"]["schemas"][&name].is_null(), "two schemas are called {name}");
        document["components"]["schemas"][name] = schema;
    }
}
