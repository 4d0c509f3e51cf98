//! The world of the tests, as somebody signed in sees it in a browser.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use tminus_app::{
    mail::{list_letters, read_letter},
    portfolio::{SavePortfolio, add_portfolio},
    rights::{
        link::{make_link, open_link},
        session::{begin_view, form_token},
        sign_in::{Client, sign_in},
    },
    world::{self, PASSWORD, World},
};
use tminus_domain::{
    checklist::item::Item,
    ids::{ItemId, PersonId, PortfolioId},
    mail::Message,
};
use tminus_pages::{Config, router};

use crate::{Answer, ask};

pub(crate) struct Site {
    pub(crate) world: World,
    router: Router,
    /// A portfolio in which nothing is.
    pub(crate) portfolio: PortfolioId,
}

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    site: &'a Site,
    cookie: String,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let world = world::own().await;
        let banking = SavePortfolio { title: "Banking".to_owned(), ..SavePortfolio::default() };
        let portfolio = add_portfolio(&world.app, &world.ann, banking).await.unwrap().id;
        Self { router: router(world.app.clone(), Config::default()), world, portfolio }
    }

    pub(crate) async fn as_person(&self, name: &str) -> Browser<'_> {
        let signed =
            sign_in(&self.world.app, (&format!("{name}@example.com"), PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
        Browser { site: self, cookie: format!("tminus_session={}", signed.secret) }
    }

    /// A person of the customer, by a link of their own.
    pub(crate) async fn by_link(&self, person: &PersonId) -> Browser<'_> {
        let made = make_link(&self.world.app, &self.world.ann, &self.world.engagement, (person, None)).await.unwrap();
        self.visit(&made.secret).await
    }

    /// Whoever opens a link.
    pub(crate) async fn visit(&self, secret: &str) -> Browser<'_> {
        let (visit, _) = open_link(&self.world.app, secret, &Client::default()).await.unwrap();
        Browser { site: self, cookie: format!("tminus_session={}", visit.secret) }
    }

    /// Ann, who looks at the engagement as somebody else.
    pub(crate) async fn as_seen_by(&self, person: &PersonId) -> Browser<'_> {
        let ann = self.as_person("ann").await;
        let session = ann.cookie.trim_start_matches("tminus_session=");
        begin_view(&self.world.app, (&self.world.ann, session), &self.world.engagement, person).await.unwrap();
        ann
    }

    /// Whoever opens a link and types the code that was sent to them.
    pub(crate) async fn by_link_with_code(&self, person: &PersonId) -> Browser<'_> {
        let browser = self.by_link(person).await;
        browser.post("/code/send", "").await;
        let code = self.sent_code().await;
        browser.post("/code", &format!("code={code}")).await;
        browser
    }

    /// The code that was sent last.
    pub(crate) async fn sent_code(&self) -> String {
        let (app, ann) = (&self.world.app, &self.world.ann);
        for kept in list_letters(app, ann, None).await.unwrap() {
            if let Message::Code { code, .. } = read_letter(app, ann, &kept.letter.id).await.unwrap().letter.message {
                return code.0;
            }
        }
        panic!("no code was sent")
    }

    /// Whoever holds the secret of a session, or says so.
    pub(crate) fn with_secret(&self, secret: &str) -> Browser<'_> {
        Browser { site: self, cookie: format!("tminus_session={secret}") }
    }

    pub(crate) fn as_nobody(&self) -> Browser<'_> {
        Browser { site: self, cookie: String::new() }
    }

    /// `/engagements/…` with the rest.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("/engagements/{}{rest}", self.world.engagement)
    }

    /// The item with this key as it stands now.
    pub(crate) async fn item(&self, key: &str) -> Item {
        let app = &self.world.app;
        let view = app.view(&self.world.ann, &self.world.engagement, tminus_domain::rights::Right::ReadEngagement).await.unwrap();
        Item::clone(view.engagement.item_by_key(key).unwrap())
    }

    pub(crate) async fn item_path(&self, key: &str, rest: &str) -> String {
        self.at(&format!("/items/{}{rest}", self.item(key).await.id))
    }

    /// The fields that every form of an item sends, and more.
    pub(crate) async fn form(&self, key: &str, more: &[(&str, &str)]) -> String {
        let item = self.item(key).await;
        let own = [("version", item.version.to_string()), ("back", self.at(&format!("/items/{}", item.id)))];
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        form(own.into_iter().chain(more))
    }

    pub(crate) async fn listed(&self, id: &ItemId) -> bool {
        let right = tminus_domain::rights::Right::ReadEngagement;
        let view = self.world.app.view(&self.world.ann, &self.world.engagement, right).await.unwrap();
        view.engagement.listed().any(|item| &item.id == id)
    }
}

pub(crate) fn form<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> String {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    pairs.map(|(name, value)| format!("{name}={}", escaped(&value))).collect::<Vec<_>>().join("&")
}

impl Browser<'_> {
    /// The secret of its session.
    pub(crate) fn secret(&self) -> &str {
        self.cookie.trim_start_matches("tminus_session=")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        ask(self.site.router.clone(), request.header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap()).await
    }

    /// An answer that is not read to its end.
    pub(crate) async fn open(&self, path: &str) -> axum::response::Response {
        use tower::ServiceExt;
        let request = Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
        self.site.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, form, &[]).await
    }

    pub(crate) async fn post_with(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        self.post_bare(path, &format!("{form}&token={}", self.token()), headers).await
    }

    /// What its forms carry besides.
    fn token(&self) -> String {
        form_token(self.secret())
    }

    /// Sends what no page of the session made.
    pub(crate) async fn post_bare(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        ask(
            self.site.router.clone(),
            request.header(header::COOKIE, &self.cookie).header("sec-fetch-site", "same-origin").body(Body::from(form.to_owned())).unwrap(),
        )
        .await
    }

    /// Sends a form with one file.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        self.upload_as("file", path, fields, file).await
    }

    /// The same, with the file in a field of this name.
    pub(crate) async fn upload_as(&self, field: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let token = self.token();
        let fields: Vec<_> = fields.iter().copied().chain([("token", token.as_str())]).collect();
        self.upload_bare(field, path, &fields, file).await
    }

    /// Sends a file by what no page of the session made.
    pub(crate) async fn upload_bare(&self, field: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!(
            "--line\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{}\"\r\nContent-Type: text/plain\r\n\r\n",
            file.0
        );
        body.extend(head.bytes());
        body.extend(file.1);
        body.extend(b"\r\n--line--\r\n");
        let body = Body::from(body);
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=line");
        ask(
            self.site.router.clone(),
            request.header(header::COOKIE, &self.cookie).header("sec-fetch-site", "same-origin").body(body).unwrap(),
        )
        .await
    }

    /// The page under a path; fails if it is none.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{path}: {text:.600}");
        assert!(text.trim_end().ends_with("</html>"), "{path} is not a whole page");
        text
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Fails with what was said if it did not lead on.
    pub(crate) fn leads_to(&self, place: &str) {
        let text = self.text();
        let said = text.split_once("class=\"err\"").map_or_else(|| main_of(&text), |(_, refusal)| refusal);
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{said:.1500}");
        assert!(self.header("location").contains(place), "{} instead of {place}", self.header("location"));
    }
}

/// What stands inside `main`, for messages of failed tests.
pub(crate) fn main_of(html: &str) -> &str {
    html.split_once("<main").map_or(html, |(_, rest)| rest)
}
