//! The filters that directories look for somebody with: one attribute that equals one text.

use tminus_app::people::provision::By;
use tminus_domain::ids::PersonId;

use super::refused::Refused;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:user:";

/// `userName eq "bob@example.com"`
pub(super) fn by(filter: &str) -> Result<By, Refused> {
    let unknown = || {
        Refused::invalid(
            "invalidFilter",
            "people are found by userName, externalId, id or emails.value that equals one text, as in: userName eq \"bob@example.com\"",
        )
    };
    let (path, value) = equals(filter).ok_or_else(unknown)?;
    let path = path.to_lowercase();
    match path.strip_prefix(CORE).unwrap_or(&path) {
        "username" => Ok(By::Login(value)),
        "externalid" => Ok(By::External(value)),
        "id" => Ok(By::Id(PersonId(value))),
        "emails" | "emails.value" | "emails[type eq \"work\"].value" => Ok(By::Email(value)),
        _ => Err(unknown()),
    }
}

/// The attribute and the text of an equation. `None` if it is anything else.
pub(super) fn equals(filter: &str) -> Option<(&str, String)> {
    let filter = filter.trim();
    // After an attribute's own condition in brackets.
    let bracket = filter.find(']').map_or(0, |end| end + 1);
    let bracket = if filter[..bracket].to_ascii_lowercase().starts_with("emails[") { bracket } else { 0 };
    let operator = bracket + filter[bracket..].to_ascii_lowercase().find(" eq ")?;
    let value = serde_json::from_str(filter[operator + 4..].trim()).ok()?;
    Some((filter[..operator].trim(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_attribute_that_equals_one_text_is_read() {
        for (filter, by_what) in [
            (r#"userName eq "Bob@Example.com""#, By::Login("Bob@Example.com".to_owned())),
            (r#"USERNAME Eq "a \"b\" eq c""#, By::Login(r#"a "b" eq c"#.to_owned())),
            (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bob""#, By::Login("bob".to_owned())),
            (r#" externalId  eq  "a-1" "#, By::External("a-1".to_owned())),
            (r#"id eq "x""#, By::Id("x".into())),
            (r#"emails eq "a@b.example""#, By::Email("a@b.example".to_owned())),
            (r#"emails[type eq "work"].value eq "a@b.example""#, By::Email("a@b.example".to_owned())),
        ] {
            assert_eq!(by(filter).ok(), Some(by_what), "{filter}");
        }
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName eq bob",
            "userName sw \"b\"",
            "title pr",
            "active eq true",
            "]",
            "[] eq \"\"",
            "ü eq \"x\"",
            r#"userName eq "a" and externalId eq "b""#,
            r#"userName eq "a" or id eq "b""#,
            r#"not (userName eq "a")"#,
        ] {
            assert_eq!(by(filter).ok(), None, "{filter}");
        }
    }
}
