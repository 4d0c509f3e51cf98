//! A person as the core User schema has them (RFC 7643, section 4.1).

use serde_json::{Map, Value, json};
use tminus_app::people::provision::{Provision, Provisioned};
use tminus_domain::kit::Side;

use super::refused::Refused;

pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(super) fn shown(of: &Provisioned) -> Value {
    let Provisioned { person, active, login, external } = of;
    let mut user = json!({
        "schemas": [SCHEMA],
        "id": person.id,
        "userName": login.as_ref().unwrap_or(&person.email),
        "name": { "formatted": person.name },
        "displayName": person.name,
        "emails": [{ "value": person.email, "type": "work", "primary": true }],
        "timezone": person.zone,
        "userType": person.side.as_str(),
        "active": active,
        "meta": { "resourceType": "User", "location": format!("/scim/v2/Users/{}", person.id) },
    });
    if let Some(external) = external {
        user["externalId"] = json!(external);
    }
    user
}

/// What somebody is to be, as a resource says it. What it says nothing of stays as it was; what is not kept here is passed over.
pub(super) fn wanted(user: &Map<String, Value>, before: Option<&Provisioned>) -> Result<Provision, Refused> {
    let login = text(user, "userName")?.ok_or_else(|| Refused::invalid("invalidValue", "userName: give one"))?;
    let (email, login) = address(user, login, before)?;
    let side = match text(user, "userType")?.map(|word| word.to_lowercase().parse()) {
        Some(Ok(side)) => side,
        // Their own words for kinds of people.
        Some(Err(())) | None => before.map_or(Side::Delivery, |before| before.person.side),
    };
    let name = name(user, before)?.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
    let external = if user.contains_key(REMOVED_EXTERNAL) { None } else { text(user, "externalId")?.or_else(|| before?.external.clone()) };
    let active = flag(user, "active")?.unwrap_or_else(|| before.is_none_or(|before| before.active));
    Ok(Provision { name, email, side, zone: text(user, "timezone")?, active, login: Some(login), external })
}

/// Set by a change that takes the external id away: leaving it out of a resource leaves it as it was.
pub(super) const REMOVED_EXTERNAL: &str = "-externalId";

/// The address to write to, and the name at the directory's sign-in.
fn address(user: &Map<String, Value>, login: String, before: Option<&Provisioned>) -> Result<(String, String), Refused> {
    let first = emails(user)?;
    let is_address = login.contains('@');
    let email = match (first, before) {
        (Some(first), _) => Some(first),
        // They sign in there with their address, whatever it is by now.
        (None, Some(Provisioned { login: Some(_), person, .. })) => Some(person.email.clone()),
        (None, _) if is_address => Some(login.clone()),
        (None, before) => before.map(|before| before.person.email.clone()),
    };
    let email = email.ok_or_else(|| {
        Refused::invalid("invalidValue", "emails: give an e-mail address, or let userName be one; people are written to and known by it")
    })?;
    Ok((email, login))
}

/// The primary address, else the one for work, else the first.
fn emails(user: &Map<String, Value>) -> Result<Option<String>, Refused> {
    let unusable = || Refused::invalid("invalidValue", "emails: give a list of objects, each with a value");
    let all = match get(user, "emails") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(all)) => all,
        Some(_) => return Err(unusable()),
    };
    let mut best: Option<(u8, String)> = None;
    for email in all {
        let email = email.as_object().ok_or_else(unusable)?;
        let Some(value) = text(email, "value")? else { continue };
        let is_work = text(email, "type")?.is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
        let rank = if flag(email, "primary")? == Some(true) { 0 } else { 2 - u8::from(is_work) };
        if best.as_ref().is_none_or(|(least, _)| rank < *least) {
            best = Some((rank, value));
        }
    }
    Ok(best.map(|(_, value)| value))
}

/// What they are called: as it is shown, else whole, else put together. `None` if nothing says it.
fn name(user: &Map<String, Value>, before: Option<&Provisioned>) -> Result<Option<String>, Refused> {
    let parts = match get(user, "name") {
        None | Some(Value::Null) => None,
        Some(Value::Object(parts)) => Some(parts),
        Some(_) => return Err(Refused::invalid("invalidValue", "name: give an object, as in {\"formatted\": \"Bob Brandt\"}")),
    };
    let part = |name| parts.map_or(Ok(None), |parts| text(parts, name));
    let (formatted, given, family) = (part("formatted")?, part("givenName")?, part("familyName")?);
    let both = match (given, family) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        // Half a name does not change a whole one.
        (given, family) => given.or(family).filter(|_| before.is_none()),
    };
    Ok(text(user, "displayName")?.or(formatted).or(both).or_else(|| Some(before?.person.name.clone())))
}

/// An attribute, whatever the case of its name.
pub(super) fn get<'a>(of: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    of.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text(of: &Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match get(of, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refused::invalid("invalidValue", format!("{name}: give a text"))),
    }
}

/// A truth; some directories send it as a word.
fn flag(of: &Map<String, Value>, name: &str) -> Result<Option<bool>, Refused> {
    match get(of, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is)) => Ok(Some(*is)),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(Refused::invalid("invalidValue", format!("{name}: give true or false"))),
    }
}
