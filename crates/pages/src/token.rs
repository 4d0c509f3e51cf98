//! What every form carries besides what the browser says of where it comes from: a word that only pages of the same session know.

use axum::{
    extract::{FromRequest, Request},
    http::HeaderMap,
    response::Response,
};
use tminus_app::rights::session::form_token;

use crate::{
    caller::{SESSION, cookie},
    fields::Fields,
    page::Asked,
    shell::{Place, Shell},
    wrong::Wrong,
};

/// The field of a form that holds it.
pub(crate) const FIELD: &str = "token";

/// Of the session that a request comes with; `None` where it comes with none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Token(Option<String>);

impl Token {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(cookie(headers, SESSION).map(form_token))
    }

    /// Puts it into every form that changes something. A form that only looks would show it in its address.
    pub(crate) fn into_forms(self, html: String) -> String {
        let Some(token) = self.0 else { return html };
        let field = format!("<input type=\"hidden\" name=\"{FIELD}\" value=\"{token}\">");
        let mut parts = html.split("<form ");
        let mut whole = String::with_capacity(html.len() + html.len() / 8);
        whole.push_str(parts.next().unwrap_or_default());
        for part in parts {
            whole.push_str("<form ");
            let changes = part.split_once('>').is_some_and(|(attributes, _)| attributes.contains("method=\"post\""));
            match part.split_once("</form>").filter(|_| changes) {
                Some((inside, after)) => [inside, &field, "</form>", after].iter().for_each(|it| whole.push_str(it)),
                None => whole.push_str(part),
            }
        }
        whole
    }

    /// Takes it out of a form that was sent, or says that the form is of another session.
    pub(crate) fn take(self, headers: &HeaderMap, fields: &Fields) -> Result<Fields, Box<Response>> {
        if self.0.is_some_and(|token| token != fields.get(FIELD)) {
            let shell = Shell::new(t!("wrong.title"), Place::Elsewhere);
            return Err(Box::new(Wrong::other_session().show(&Asked::of(headers), shell)));
        }
        Ok(fields.without(FIELD))
    }
}

/// A button of a page of this session: a form in which nothing is typed.
pub(crate) struct Pressed;

impl<S: Send + Sync> FromRequest<S> for Pressed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        Fields::from_request(request, state).await.map(|_| Self)
    }
}
