//! The second factor: set under Settings, asked for after the password.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use fast_qr::{
    QRBuilder,
    convert::{Builder as _, Shape, svg::SvgBuilder},
};
use tminus_app::{
    Failure, Refusal,
    rights::{
        factor::{HALF_LIFE, Offer, Standing, confirm_factor, end_factor, finish_sign_in, offer_factor, show_factor},
        sign_in::{Half, SESSION as LIFETIME},
    },
};

use super::sign_in::{refused, safe_next, with_cookie};
use crate::{
    caller::{Caller, From, cookie, escaped, sentence, wrong_of},
    fields::Fields,
    mark::Mark,
    page::{Asked, Page},
    routes::Front,
    said,
    shell::{Place, Shell},
    token::Pressed,
    when::full_day,
};

/// What a browser keeps between the password and the code.
const HALF: &str = "tminus_half";

#[derive(Template)]
#[template(path = "rights/second.html", blocks = ["inside"])]
struct SecondPage {
    shell: Shell,
    next: String,
    refused: String,
}

impl Page for SecondPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl SecondPage {
    fn new(asked: &Asked, next: &str) -> Self {
        let shell = Shell { scheme: asked.scheme(), ..Shell::new(t!("second.title"), Place::Elsewhere) };
        Self { shell, next: next.to_owned(), refused: String::new() }
    }
}

/// Goes on to the code after a password that was right.
pub(super) fn go_on(front: &Front, next: &str, half: &Half) -> Response {
    let query = if next == "/" { String::new() } else { format!("?next={}", escaped(next)) };
    keeping(Redirect::to(&format!("/sign-in/code{query}")).into_response(), front, &half.secret, HALF_LIFE.as_secs())
}

pub(super) async fn ask(asked: Asked, headers: HeaderMap, query: Fields) -> Response {
    if cookie(&headers, HALF).is_none_or(str::is_empty) {
        return Redirect::to("/sign-in").into_response();
    }
    asked.show(&SecondPage::new(&asked, safe_next(query.get("next"))))
}

pub(super) async fn type_in(State(front): State<Front>, asked: Asked, From(client): From, headers: HeaderMap, fields: Fields) -> Response {
    let next = safe_next(fields.get("next"));
    let half = cookie(&headers, HALF).unwrap_or_default();
    match finish_sign_in(&front.app, half, fields.get("code"), &client).await {
        Ok(signed_in) => keeping(with_cookie(Redirect::to(next), &front, &signed_in.secret, LIFETIME.as_secs()), &front, "", 0),
        Err(Failure::Refused(refusal @ (Refusal::FactorCode | Refusal::SignInLater(_)))) => {
            let status =
                if matches!(refusal, Refusal::FactorCode) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
            asked.show_as(status, &SecondPage { refused: sentence(&refusal), ..SecondPage::new(&asked, next) })
        }
        Err(failure @ Failure::Refused(_)) => keeping(refused(&front, &asked, next, failure), &front, "", 0),
        Err(failure) => wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere)),
    }
}

fn keeping(mut response: Response, front: &Front, secret: &str, seconds: i64) -> Response {
    let secure = if front.config.secure_cookies { "; Secure" } else { "" };
    if let Ok(value) = HeaderValue::from_str(&format!("{HALF}={secret}; Path=/sign-in; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[derive(Template)]
#[template(path = "rights/factor.html", blocks = ["inside"])]
struct FactorPage {
    shell: Shell,
    standing: Shown,
    /// Shown once.
    spare: Vec<String>,
    refused: String,
}

/// A second factor as its page shows it.
enum Shown {
    NotNeeded,
    None,
    Offered { secret: String, picture: String },
    Set { since: String, spare: usize },
}

impl Page for FactorPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl FactorPage {
    async fn of(caller: &Caller) -> Result<Self, Failure> {
        let standing = match show_factor(caller.app(), &caller.actor).await? {
            Standing::NotNeeded => Shown::NotNeeded,
            Standing::None => Shown::None,
            Standing::Offered(offer) => Shown::Offered { picture: picture(&offer), secret: in_fours(&offer.secret) },
            Standing::Set { since, spare } => Shown::Set { since: full_day(caller.local(since).date()), spare },
        };
        let shell = caller.shell(t!("factor.title"), Place::Settings).below(t!("rail.settings"), "/settings");
        Ok(Self { shell, standing, spare: Vec::new(), refused: String::new() })
    }
}

/// What an app reads with its camera: an SVG of black squares on white, whatever the colours of the page.
fn picture(offer: &Offer) -> String {
    let code = QRBuilder::new(offer.url.as_str()).build();
    code.map(|code| SvgBuilder::default().shape(Shape::Square).margin(2).to_str(&code)).unwrap_or_default()
}

fn in_fours(secret: &str) -> String {
    secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

pub(super) async fn show(caller: Caller) -> Response {
    match FactorPage::of(&caller).await {
        Ok(page) => unkept(caller.show(&page)),
        Err(failure) => caller.answer(Err(failure)),
    }
}

pub(super) async fn offer(caller: Caller, _: Pressed) -> Response {
    let offered = offer_factor(caller.app(), &caller.actor).await;
    caller.answer(offered.map(|()| Redirect::to("/settings/second-factor").into_response()))
}

pub(super) async fn confirm(caller: Caller, fields: Fields) -> Response {
    let confirmed = async {
        match confirm_factor(caller.app(), &caller.actor, fields.get("code")).await {
            Ok(spare) => Ok(unkept(caller.asked.show_as(StatusCode::CREATED, &FactorPage { spare, ..FactorPage::of(&caller).await? }))),
            Err(failure) => refused_here(&caller, failure).await,
        }
    };
    let confirmed = confirmed.await;
    caller.answer(confirmed)
}

pub(super) async fn end(caller: Caller, fields: Fields) -> Response {
    let ended = async {
        match end_factor(caller.app(), &caller.actor, fields.get("code")).await {
            Ok(()) => Ok(said::redirect("/settings/second-factor", t!("factor.ended"), None)),
            Err(failure) => refused_here(&caller, failure).await,
        }
    };
    let ended = ended.await;
    caller.answer(ended)
}

async fn refused_here(caller: &Caller, failure: Failure) -> Result<Response, Failure> {
    let (refusal, status) = match failure {
        Failure::Refused(refusal @ Refusal::FactorCode) => (refusal, StatusCode::UNPROCESSABLE_ENTITY),
        Failure::Refused(refusal @ Refusal::SignInLater(_)) => (refusal, StatusCode::TOO_MANY_REQUESTS),
        failure => return Err(failure),
    };
    let page = FactorPage { refused: sentence(&refusal), ..FactorPage::of(caller).await? };
    Ok(unkept(caller.asked.show_as(status, &page)))
}

/// A secret on a page is kept nowhere.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
