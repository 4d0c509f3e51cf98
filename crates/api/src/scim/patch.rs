//! Changes of single attributes (RFC 7644, section 3.5.2), and how the common directories write them.

use serde_json::{Map, Value, json};

use super::{
    filter::equals,
    refused::Refused,
    user::{REMOVED_EXTERNAL, SCHEMA, get},
};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// More than these no directory sends at once.
const MOST: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Replace,
    Remove,
}

/// `emails[type eq "work"].value`: the attribute, the condition in brackets, the part of it.
struct Place<'a> {
    attribute: &'a str,
    of: Option<&'a str>,
    part: Option<&'a str>,
}

/// Applies all operations to a user, in their order; the user is for throwing away if one is refused.
pub(super) fn apply(body: &Map<String, Value>, user: &mut Map<String, Value>) -> Result<(), Refused> {
    let speaks = get(body, "schemas").and_then(Value::as_array).is_some_and(|all| all.iter().any(|schema| schema == PATCH));
    let operations = get(body, "Operations").and_then(Value::as_array);
    let (true, Some(operations)) = (speaks, operations) else {
        return Err(Refused::invalid("invalidSyntax", format!("send the schema {PATCH} and a list of Operations")));
    };
    if operations.is_empty() || operations.len() > MOST {
        return Err(Refused::invalid("tooMany", format!("send 1 to {MOST} operations")));
    }
    operations.iter().try_for_each(|operation| one(operation, user))
}

fn one(operation: &Value, user: &mut Map<String, Value>) -> Result<(), Refused> {
    let unusable = || Refused::invalid("invalidSyntax", "an operation has an op of add, replace or remove");
    let operation = operation.as_object().ok_or_else(unusable)?;
    let op = match get(operation, "op").and_then(Value::as_str).map(str::to_lowercase).as_deref() {
        Some("add") => Op::Add,
        Some("replace") => Op::Replace,
        Some("remove") => Op::Remove,
        _ => return Err(unusable()),
    };
    let value = get(operation, "value");
    let path = match get(operation, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.as_str()),
        Some(_) => return Err(Refused::invalid("invalidPath", "a path is a text")),
    };
    match (op, path, value) {
        (Op::Remove, None, _) => Err(Refused::invalid("noTarget", "say in the path what to remove")),
        (Op::Remove, Some(path), _) => at(user, path, op, &Value::Null),
        (_, Some(path), Some(value)) => at(user, path, op, value),
        (_, None, Some(Value::Object(values))) => values.iter().try_for_each(|(path, value)| at(user, path, op, value)),
        _ => Err(Refused::invalid("invalidValue", "give a value; without a path, an object of attributes")),
    }
}

fn at(user: &mut Map<String, Value>, path: &str, op: Op, value: &Value) -> Result<(), Refused> {
    let Some(path) = own(path) else { return Ok(()) };
    let place = place(path).ok_or_else(|| Refused::invalid("invalidPath", format!("“{path}” is no path of a user")))?;
    let known = ["userName", "externalId", "displayName", "name", "emails", "active", "timezone", "userType"];
    let fixed = ["id", "meta", "schemas"];
    let is = |name: &&str| name.eq_ignore_ascii_case(place.attribute);
    if fixed.iter().any(is) {
        // Some send the whole resource back: what is the same is no change.
        let same = get(user, place.attribute).is_some_and(|now| now == value);
        return if same { Ok(()) } else { Err(Refused::invalid("mutability", format!("{} cannot be changed", place.attribute))) };
    }
    // What is not kept here is passed over, as it is in a whole resource.
    let Some(name) = known.into_iter().find(is) else { return Ok(()) };
    match (name, op) {
        ("userName" | "active" | "emails", Op::Remove) => Err(Refused::invalid("mutability", format!("{name} cannot be taken away"))),
        ("emails", _) => email(user, &place, op, value),
        ("name", _) => part_of_name(user, &place, op, value),
        _ if place.of.is_some() || place.part.is_some() => Err(Refused::invalid("invalidPath", format!("{name} has no parts"))),
        (_, Op::Remove) => {
            user.remove(name);
            if name == "externalId" {
                user.insert(REMOVED_EXTERNAL.to_owned(), Value::Null);
            }
            Ok(())
        }
        _ => {
            user.insert(name.to_owned(), value.clone());
            if name == "externalId" {
                user.remove(REMOVED_EXTERNAL);
            }
            Ok(())
        }
    }
}

/// The path within the core schema. `None` for one of a schema that is not kept here.
fn own(path: &str) -> Option<&str> {
    let path = path.trim();
    if !path.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) {
        return Some(path);
    }
    let (schema, rest) = path.split_at_checked(SCHEMA.len())?;
    if schema.eq_ignore_ascii_case(SCHEMA) { rest.strip_prefix(':') } else { None }
}

fn place(path: &str) -> Option<Place<'_>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_$".contains(c))
    };
    let (attribute, of, rest) = match path.split_once('[') {
        Some((attribute, rest)) => {
            let (of, rest) = rest.split_once(']')?;
            (attribute, Some(of), rest)
        }
        None => match path.find('.') {
            Some(dot) => (&path[..dot], None, &path[dot..]),
            None => (path, None, ""),
        },
    };
    let part = match rest.strip_prefix('.') {
        Some(part) => Some(part).filter(|part| is_name(part))?.into(),
        None if rest.is_empty() => None,
        None => return None,
    };
    is_name(attribute).then_some(Place { attribute, of, part })
}

fn part_of_name(user: &mut Map<String, Value>, place: &Place<'_>, op: Op, value: &Value) -> Result<(), Refused> {
    if place.of.is_some() {
        return Err(Refused::invalid("invalidPath", "name is one, not a list"));
    }
    let all = user.entry("name").or_insert_with(|| json!({}));
    let Some(parts) = all.as_object_mut() else { return Err(Refused::invalid("invalidValue", "name: give an object")) };
    match (place.part, op, value) {
        (None, Op::Remove, _) => parts.clear(),
        (None, _, Value::Object(given)) => parts.extend(given.clone()),
        (None, ..) => return Err(Refused::invalid("invalidValue", "name: give an object")),
        (Some(part), Op::Remove, _) => parts.retain(|name, _| !name.eq_ignore_ascii_case(part)),
        (Some(part), _, value) => {
            parts.retain(|name, _| !name.eq_ignore_ascii_case(part));
            parts.insert(canonical(part).to_owned(), value.clone());
        }
    }
    Ok(())
}

fn email(user: &mut Map<String, Value>, place: &Place<'_>, op: Op, value: &Value) -> Result<(), Refused> {
    let unusable = || Refused::invalid("invalidValue", "emails: give a list of objects, each with a value");
    let all = user.entry("emails").or_insert_with(|| json!([]));
    let all = all.as_array_mut().ok_or_else(unusable)?;
    let Some(of) = place.of else {
        if place.part.is_some_and(|part| !part.eq_ignore_ascii_case("value")) {
            return Err(Refused::invalid("invalidPath", "of all emails together only the value can be said"));
        }
        let given = match (place.part, value) {
            (None, Value::Array(given)) => given.clone(),
            (None, one @ Value::Object(_)) => vec![one.clone()],
            (_, text @ Value::String(_)) => vec![json!({ "value": text, "primary": true })],
            _ => return Err(unusable()),
        };
        // A new primary one takes the place of the one before.
        if op == Op::Replace || given.iter().any(|email| email["primary"] == true) {
            all.clear();
        }
        all.extend(given);
        return Ok(());
    };
    let (part, is) = condition(of).ok_or_else(|| Refused::invalid("invalidFilter", format!("“{of}” is no condition that is read here")))?;
    let meant = |email: &Value| {
        let now = email.as_object().and_then(|email| get(email, &part));
        now.is_some_and(|now| now == &is || now.as_str().zip(is.as_str()).is_some_and(|(now, is)| now.eq_ignore_ascii_case(is)))
    };
    if !all.iter().any(meant) {
        if op == Op::Replace && part != "type" {
            return Err(Refused::invalid("noTarget", format!("no e-mail address is meant by “{of}”")));
        }
        let mut new = Map::new();
        new.insert(part.clone(), is.clone());
        all.push(new.into());
    }
    for email in all.iter_mut().filter(|email| meant(email)) {
        let Some(email) = email.as_object_mut() else { return Err(unusable()) };
        match (place.part, value) {
            (Some(part), value) => {
                email.insert(canonical(part).to_owned(), value.clone());
            }
            (None, Value::Object(given)) => email.extend(given.clone()),
            (None, _) => return Err(unusable()),
        }
    }
    Ok(())
}

/// `type eq "work"`, `primary eq true`
fn condition(of: &str) -> Option<(String, Value)> {
    if let Some((part, text)) = equals(of) {
        return Some((part.to_lowercase(), text.into()));
    }
    let (part, is) = of.split_once(" eq ")?;
    Some((part.trim().to_lowercase(), Value::Bool(is.trim().parse().ok()?)))
}

/// The name of a part as it is kept, whatever its case.
fn canonical(part: &str) -> &str {
    ["value", "type", "primary", "display", "formatted", "givenName", "familyName"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(part))
        .unwrap_or(part)
}
