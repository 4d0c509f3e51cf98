//! Who asks: the session's cookie becomes an actor, or the way leads to sign-in.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use tminus_app::{
    App, Failure, Refusal,
    rights::{
        session::viewed,
        sign_in::{Client, Visitor, caller_of_session},
    },
};
use tminus_domain::{
    checklist::filter::SavedFilter,
    rights::{Actor, PracticeRole, Right},
};

use crate::{
    mark::{Face, Side},
    page::{Asked, Page},
    routes::Front,
    said,
    shell::{Notice, Place, Shell},
    wrong::Wrong,
};

/// The cookie that holds a session's secret.
pub(crate) const SESSION: &str = "tminus_session";

/// Somebody signed in, and what their browser asked for.
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) asked: Asked,
    pub(crate) front: Front,
    /// The filters of the checklist that they keep.
    pub(crate) filters: Vec<SavedFilter>,
    /// What was just done; said once.
    pub(crate) notice: Option<Notice>,
    /// The session's secret.
    pub(crate) session: String,
    /// The name of whoever looks through the actor's eyes.
    pub(crate) looking: Option<String>,
}

/// Numbers failures, so that the one a person sees on a page is found in the log.
static BROKEN: AtomicU64 = AtomicU64::new(0);

impl FromRequestParts<Front> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Response> {
        let asked = Asked::of(&parts.headers);
        let Some(secret) = cookie(&parts.headers, SESSION) else { return Err(to_sign_in(parts, &asked)) };
        let notice = said::notice(&parts.headers);
        let found = async {
            let Visitor { actor, filters, view } = caller_of_session(&front.app, secret).await?;
            let seen = match &view {
                Some((engagement, person)) => viewed(&front.app, &actor, (engagement, person)).await?,
                None => None,
            };
            Ok(match seen {
                Some(seen) => (seen, Vec::new(), Some(actor.name)),
                None => (actor, filters, None),
            })
        };
        match found.await {
            Ok((actor, filters, looking)) => {
                let caller = Self { actor, filters, notice, asked, front: front.clone(), looking, session: secret.to_owned() };
                // Whoever looks through somebody's eyes has not their hands.
                if caller.looking.is_some() && ![Method::GET, Method::HEAD].contains(&parts.method) {
                    return Err(caller.wrong(Wrong::refused(t!("view.no_hands").text())));
                }
                Ok(caller)
            }
            Err(Failure::SignedOut) => Err(to_sign_in(parts, &asked)),
            Err(failure) => Err(wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere))),
        }
    }
}

/// Where a request comes from, as far as it shows.
pub(crate) struct From(pub(crate) Client);

impl FromRequestParts<Front> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Self::Rejection> {
        let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // The last one is what the nearest proxy saw; those before it anybody can invent.
        let told = text(HeaderName::from_static("x-forwarded-for")).rsplit(',').next().and_then(|it| it.trim().parse().ok());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let address = if front.config.behind_proxy { told.or(peer) } else { peer };
        Ok(Self(Client { agent: text(header::USER_AGENT).to_owned(), address }))
    }
}

impl Caller {
    pub(crate) fn app(&self) -> &App {
        &self.front.app
    }

    /// Refuses whoever has not this right of the whole practice.
    pub(crate) fn practice(&self, right: Right) -> Result<(), Failure> {
        if self.actor.may(right) { Ok(()) } else { Err(Failure::Forbidden) }
    }

    pub(crate) fn face(&self) -> Face {
        let side = if self.actor.practice == PracticeRole::None { Side::Customer } else { Side::Delivery };
        Face::new(&self.actor.name, side)
    }

    /// The surroundings of a page outside any engagement.
    pub(crate) fn shell(&self, title: impl Into<String>, at: Place) -> Shell {
        Shell {
            person: Some(self.face()),
            notice: self.notice.clone(),
            scheme: self.asked.scheme(),
            looking: self.looking.clone().map(|name| (name, self.actor.name.clone())),
            shut: [(Place::Kits, Right::ReadKits), (Place::People, Right::ReadPeople)]
                .into_iter()
                .filter_map(|(place, right)| (!self.actor.may(right)).then_some(place))
                .collect(),
            ..Shell::new(title, at)
        }
    }

    pub(crate) fn show(&self, page: &impl Page) -> Response {
        self.asked.show(page)
    }

    /// What was wrong, in the shell.
    pub(crate) fn wrong(&self, wrong: Wrong) -> Response {
        wrong.show(&self.asked, self.shell(t!("wrong.title"), Place::Elsewhere))
    }

    /// The answer, or what was wrong.
    pub(crate) fn answer(&self, result: Result<Response, Failure>) -> Response {
        result.unwrap_or_else(|failure| self.wrong(wrong_of(&failure)))
    }

    /// An instant as this person reads it.
    pub(crate) fn local(&self, at: jiff::Timestamp) -> jiff::Zoned {
        at.to_zoned(jiff::tz::TimeZone::get(&self.actor.zone).unwrap_or(jiff::tz::TimeZone::UTC))
    }
}

/// How a failure is said where no form can be shown again.
pub(crate) fn wrong_of(failure: &Failure) -> Wrong {
    match failure {
        Failure::NotFound | Failure::SignedOut => Wrong::not_found(),
        Failure::Forbidden => Wrong::forbidden(),
        Failure::NeedsCode => Wrong { what: t!("code.needed").into(), ..Wrong::forbidden() }.then(t!("code.get"), "/code"),
        Failure::Refused(refusal) => Wrong::refused(sentence(refusal)),
        Failure::Conflict(_) => Wrong::conflict(t!("wrong.conflict.what"), t!("wrong.conflict.kept")),
        Failure::Unavailable(error) => {
            tracing::warn!(%error, "the store is not available");
            Wrong::full()
        }
        Failure::Broken(error) => {
            let reference = format!("{:06}", BROKEN.fetch_add(1, Ordering::Relaxed) + 1);
            tracing::error!(%error, source = ?std::error::Error::source(error), reference, "an operation failed");
            Wrong::broken(&reference)
        }
    }
}

/// A refusal as a sentence: a capital and a full stop.
pub(crate) fn sentence(refusal: &Refusal) -> String {
    let text = match refusal {
        Refusal::Field { why, .. } => why.clone(),
        other => other.to_string(),
    };
    capital(&text)
}

/// A text as a sentence: a capital and a full stop.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '”']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    all.filter_map(|cookie| cookie.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Sign-in, and back to the page that was asked for.
fn to_sign_in(parts: &Parts, asked: &Asked) -> Response {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let next = if parts.method == Method::GET && path != "/" { format!("/sign-in?next={}", escaped(path)) } else { "/sign-in".to_owned() };
    if asked.is_part() {
        let to = HeaderValue::from_str(&next).unwrap_or(HeaderValue::from_static("/sign-in"));
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", to)]).into_response();
    }
    Redirect::to(&next).into_response()
}

/// A text as one value of a query.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}
