//! The API as programs use it: the router in process, over a real store and a clock that is set.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod described;
mod internal;
mod kits;
mod links;
mod mail;
mod once;
mod passes;
mod people;
mod problems;
mod register;
mod rights;
mod schemas;
mod scim;
mod work;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tminus_app::{
    people::{
        member::save_member,
        person::{AddPerson, add_person},
    },
    portfolio::{SavePortfolio, add_portfolio, set_portfolio},
    rights::{
        sign_in::actor,
        token::{CreateToken, create_token},
    },
    world::{self, World},
};
use tminus_domain::{
    kit::Side,
    people::Member,
    rights::{Actor, Function, PracticeRole, Right, Via},
};
use tower::ServiceExt as _;

/// The named world with a key for everybody, and the door to it.
struct Api {
    world: World,
    router: Router,
    /// Leads the practice, and is on no engagement.
    lea: Actor,
    /// Administers the portfolio that the engagement is in, and is on no engagement.
    pia: Actor,
    /// One of each other kind of person, where they are asked for.
    others: Vec<(&'static str, Actor)>,
    keys: Vec<(String, String)>,
}

/// An answer, read whole.
#[derive(Debug)]
struct Said {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn is(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

async fn person(world: &World, name: &str, side: Side, practice: PracticeRole) -> Actor {
    let input = AddPerson {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        side,
        zone: "Europe/Berlin".to_owned(),
        practice,
        password: None,
    };
    actor(add_person(&world.app, &world.ann, input).await.unwrap(), Via::Page)
}

impl Api {
    async fn open() -> Self {
        let world = world::own().await;
        let lea = person(&world, "Lea", Side::Delivery, PracticeRole::Lead).await;
        let pia = person(&world, "Pia", Side::Delivery, PracticeRole::Member).await;
        let banking = SavePortfolio { title: "Banking".to_owned(), administrators: vec![pia.person.clone()], seen: None };
        let banking = add_portfolio(&world.app, &world.ann, banking).await.unwrap();
        set_portfolio(&world.app, &world.ann, &world.engagement, Some(&banking.id)).await.unwrap();
        let router = tminus_api::router(world.app.clone());
        let mut api = Self { router, lea, pia, others: Vec::new(), keys: Vec::new(), world };
        for (name, actor) in api.actors() {
            api.whole_key(name, &actor).await;
        }
        api
    }

    /// With one of each kind of person that the named world has not: on the engagement, and the operator.
    async fn open_to_everybody() -> Self {
        let mut api = Self::open().await;
        let operator = person(&api.world, "Otto", Side::Delivery, PracticeRole::Operator).await;
        let mut others = vec![("operator", operator)];
        for (name, function) in [
            ("sponsor", Function::ExecutiveSponsor),
            ("partner", Function::PartnerMember),
            ("customer", Function::CustomerMember),
            ("workstream lead", Function::WorkstreamLead),
        ] {
            let word = name.split(' ').next().unwrap();
            let practice = if function.side() == Side::Delivery { PracticeRole::Member } else { PracticeRole::None };
            let actor = person(&api.world, word, function.side(), practice).await;
            save_member(&api.world.app, &api.world.ann, &api.world.engagement, Member::new(actor.person.clone(), function)).await.unwrap();
            others.push((name, actor));
        }
        for (name, actor) in &others {
            api.whole_key(name, actor).await;
        }
        api.others = others;
        api
    }

    fn actors(&self) -> Vec<(&'static str, Actor)> {
        let World { ann, bob, dee, mallory, .. } = &self.world;
        let (first, last) = ([("mallory", mallory)], [("bob", bob), ("lea", &self.lea), ("dee", dee), ("pia", &self.pia), ("ann", ann)]);
        let others = self.others.iter().map(|(name, actor)| (*name, actor));
        first.into_iter().chain(others).chain(last).map(|(name, actor)| (name, actor.clone())).collect()
    }

    /// A key that does all that somebody may.
    async fn whole_key(&mut self, name: &str, actor: &Actor) {
        let input = CreateToken { title: "tests".to_owned(), days: None, pass: tminus_domain::rights::Pass::KEY };
        let created = create_token(&self.world.app, actor, input).await.unwrap();
        self.keys.push((name.to_owned(), created.secret));
    }

    /// A key of somebody that does no more than its scope, and opens no more than its engagement.
    async fn cut_key(&mut self, (name, actor): (&str, &Actor), pass: tminus_domain::rights::Pass) {
        let input = CreateToken { title: name.to_owned(), days: Some(30), pass };
        let created = create_token(&self.world.app, actor, input).await.unwrap();
        self.keys.push((name.to_owned(), created.secret));
    }

    fn key(&self, who: &str) -> &str {
        self.keys.iter().find(|(name, _)| name == who).map_or("", |(_, key)| key)
    }

    async fn send(&self, request: Request<Body>) -> Said {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let said = Said { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() };
        schemas::check(&method, &path, &said);
        said
    }

    /// Somebody's request below `/api/v1`, with JSON or without a body.
    async fn ask(&self, who: &str, (method, path): (Method, &str), body: Option<Value>) -> Said {
        self.ask_with(who, (method, path), body, &[]).await
    }

    async fn ask_with(&self, who: &str, (method, path): (Method, &str), body: Option<Value>, headers: &[(&str, &str)]) -> Said {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !who.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.key(who)));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
    }

    async fn get(&self, who: &str, path: &str) -> Said {
        self.ask(who, (Method::GET, path), None).await
    }

    async fn post(&self, who: &str, path: &str, body: Value) -> Said {
        self.ask(who, (Method::POST, path), Some(body)).await
    }

    /// Puts bytes on a path that takes uploads.
    async fn upload(&self, who: &str, path: &str, bytes: &[u8]) -> Said {
        let request = Request::post(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "application/octet-stream");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.key(who)));
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    /// The path of the engagement, and what follows.
    fn at(&self, rest: &str) -> String {
        format!("/engagements/{}{rest}", self.world.engagement)
    }

    async fn item(&self, key: &str) -> String {
        let view = self.world.app.view(&self.world.ann, &self.world.engagement, Right::ReadEngagement).await.unwrap();
        view.engagement.item_by_key(key).unwrap().id.0.clone()
    }

    async fn item_path(&self, key: &str, rest: &str) -> String {
        self.at(&format!("/items/{}{rest}", self.item(key).await))
    }
}
