//! A form as it was sent: every field is known by name, or refused by name.

use std::str::FromStr;

use axum::{
    extract::{FromRequest, RawForm, Request},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use tminus_app::{Failure, Refusal};

use crate::token::Token;

/// What was typed, in the order of the form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        // A form that only looks is in the address, and carries nothing.
        let looks = [Method::GET, Method::HEAD].contains(request.method());
        let headers = request.headers().clone();
        let RawForm(bytes) = RawForm::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let token = if looks { Token::default() } else { Token::of(&headers) };
        let fields = token.take(&headers, &Self::parse(&bytes)).map_err(|refused| *refused)?;
        // No text has it, PostgreSQL keeps none, and no browser sends one.
        if fields.pairs().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err((StatusCode::UNPROCESSABLE_ENTITY, t!("form.nul").text()).into_response());
        }
        Ok(fields)
    }
}

impl Fields {
    /// Reads `a=1&b=2`.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(bytes).unwrap_or_default())
    }

    pub(crate) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// All but the fields of this name.
    pub(crate) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| known != name).cloned().collect())
    }

    pub(crate) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Puts a value in the place of those under a name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(known, _)| known != name);
        self.add(name, value);
    }

    /// The first value under a name; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The value without blanks around it, if anything is left.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    pub(crate) fn text(&self, name: &str) -> String {
        // Browsers send line ends as CR LF.
        self.get(name).replace("\r\n", "\n")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Refuses a form with a field that it has not.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Failure> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(60).collect();
                Err(refused("form", t!("form.unknown_field").with("name", name)))
            }
        }
    }

    /// A value of a type, if one is given.
    pub(crate) fn parsed<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Failure> {
        let Some(given) = self.given(name) else { return Ok(None) };
        let unusable = || refused(name, t!("form.unusable").with("value", given.chars().take(60).collect::<String>()));
        given.parse().map(Some).map_err(|_| unusable())
    }

    pub(crate) fn date(&self, name: &'static str) -> Result<Option<Date>, Failure> {
        let Some(given) = self.given(name) else { return Ok(None) };
        let unusable = || refused(name, t!("form.no_date").with("value", given.chars().take(60).collect::<String>()));
        given.parse().map(Some).map_err(|_| unusable())
    }

    /// The version that the form was made of. Every form that changes something has one.
    pub(crate) fn version(&self) -> Result<Option<u32>, Failure> {
        match self.parsed("version")? {
            Some(version) => Ok(Some(version)),
            None => Err(refused("version", t!("form.no_version"))),
        }
    }
}

/// A refusal of one field, in words of the catalogue.
pub(crate) fn refused(field: &'static str, why: impl Into<String>) -> Failure {
    Refusal::Field { field, why: why.into() }.into()
}

#[cfg(test)]
mod tests {
    use crate::fields::Fields;

    #[test]
    fn a_field_that_the_form_has_not_is_refused_by_name() {
        let fields = Fields::parse(b"reason=a%20b&colour=red");
        assert_eq!(fields.get("reason"), "a b");
        let refusal = fields.only(&["reason"]).expect_err("colour is none of its fields").to_string();
        assert!(refusal.contains("colour"), "{refusal}");
        assert!(fields.only(&["reason", "colour"]).is_ok());
    }

    #[test]
    fn a_date_that_is_none_is_refused_with_what_was_typed() {
        let refusal = Fields::parse(b"due=2026-02-30").date("due").expect_err("no such day").to_string();
        assert!(refusal.contains("2026-02-30"), "{refusal}");
        assert_eq!(Fields::parse(b"due=").date("due").expect("nothing given"), None);
    }
}
