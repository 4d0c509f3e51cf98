//! Every route as every kind of caller: what they get follows from the table of rights, and from nothing else.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tminus_app::portfolio::{SavePortfolio, add_portfolio};
use tminus_domain::rights::{Actor, Pass, PassKind, Right, standing_of};

use crate::Api;

/// What somebody needs for a route.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Only to be somebody.
    Key,
    /// A right on the engagement.
    Here(Right),
    /// Both rights on the engagement.
    Both(Right, Right),
    /// A right in the practice.
    Practice(Right),
    /// To read all engagements, or to administer the portfolio; to others of the delivery side it is not there.
    Portfolio,
    /// To look after people, and not for a directory: that erases nobody, and lets nobody in by another address.
    Erases,
    /// To edit the plan with more than a key to this engagement: whoever may, administers the portfolio here.
    Moves,
    /// To be somebody who may be named as administrator of one.
    Portfolios,
    /// All that one's account holds: a session, or a key that does all of it.
    Account,
    /// To hold at least what the new key would do.
    Makes,
    /// To do more than to read.
    Keeps,
    /// The same, and to be Ann, whose it is; to others it is not there.
    AnnsKept,
    /// All that Ann's account holds; to others it is not there.
    AnnsAccount,
}

pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    body: Body,
}

#[derive(Clone, Copy)]
enum Body {
    Without,
    Json(fn(&Places) -> Value),
    File,
    Text(&'static str),
}

/// What the paths and bodies name.
pub(crate) struct Places {
    pub(crate) names: Vec<(&'static str, String)>,
    setup: Value,
    hash: String,
}

const fn get(path: &'static str, need: Need) -> Route {
    Route { method: "GET", path, need, body: Body::Without }
}

const fn with(method: &'static str, path: &'static str, need: Need, body: fn(&Places) -> Value) -> Route {
    Route { method, path, need, body: Body::Json(body) }
}

const fn bare(method: &'static str, path: &'static str, need: Need) -> Route {
    Route { method, path, need, body: Body::Without }
}

const fn file(path: &'static str, need: Need) -> Route {
    Route { method: "POST", path, need, body: Body::File }
}

const fn text(path: &'static str, need: Need, text: &'static str) -> Route {
    Route { method: "POST", path, need, body: Body::Text(text) }
}

const READ: Need = Need::Here(Right::ReadEngagement);
const WORK: Need = Need::Here(Right::WorkItems);
const INVITE: Need = Need::Here(Right::InvitePeople);
const EDIT: Need = Need::Here(Right::EditChecklist);

pub(crate) const ROUTES: &[Route] = &[
    get("/me", Need::Key),
    get("/me/items", Need::Key),
    get("/me/filters", Need::Key),
    with("POST", "/me/filters", Need::Keeps, |_| json!({ "name": "Late", "late": true })),
    bare("DELETE", "/me/filters/{filter}", Need::AnnsKept),
    with("PUT", "/me/password", Need::Account, |_| json!({ "old": tminus_app::world::PASSWORD, "new": "another long password" })),
    text("/closures/read?kind=freeze&zone=Europe/Berlin", Need::Key, "from,to,title,kind\n2026-12-24,2027-01-01,Shutdown,closure\n"),
    get("/tokens", Need::Key),
    with("POST", "/tokens", Need::Makes, |_| json!({ "title": "mine" })),
    bare("DELETE", "/tokens/{token}", Need::AnnsAccount),
    get("/people", Need::Practice(Right::ReadPeople)),
    with(
        "POST",
        "/people",
        Need::Practice(Right::EditPeople),
        |_| json!({ "name": "Eve", "email": "eve@example.com", "side": "delivery", "zone": "UTC", "practice": "member" }),
    ),
    get("/people/{person}", Need::Practice(Right::ReadPeople)),
    with("PATCH", "/people/{person}", Need::Practice(Right::EditPeople), |_| json!({ "zone": "Europe/Paris" })),
    get("/people/{person}/addresses", Need::Practice(Right::EditPeople)),
    with("PUT", "/people/{person}/addresses", Need::Erases, |_| json!({ "addresses": ["alias@example.org"] })),
    bare("DELETE", "/people/{person}", Need::Practice(Right::EditPeople)),
    bare("POST", "/people/{person}/take-back", Need::Practice(Right::EditPeople)),
    get("/portfolios", Need::Portfolios),
    with("POST", "/portfolios", Need::Practice(Right::EditPortfolios), |_| json!({ "title": "Another" })),
    get("/portfolios/{portfolio}", Need::Portfolio),
    with("PUT", "/portfolios/{portfolio}", Need::Practice(Right::EditPortfolios), |_| json!({ "title": "Banking and trade" })),
    bare("DELETE", "/portfolios/{portfolio}", Need::Practice(Right::EditPortfolios)),
    with("PUT", "/engagements/{engagement}/portfolio", Need::Moves, |_| json!({ "portfolio": null })),
    get("/me/digest", Need::Key),
    with("PUT", "/me/digest", Need::Account, |_| json!({ "at": "07:30" })),
    get("/mail", Need::Practice(Right::Operate)),
    get("/mail/{letter}", Need::Practice(Right::ReadLetters)),
    bare("POST", "/mail/{letter}/again", Need::Practice(Right::Operate)),
    get("/practice/record", Need::Practice(Right::ReadPracticeRecord)),
    get("/practice/record/export", Need::Practice(Right::ReadPracticeRecord)),
    bare("POST", "/people/{person}/erase", Need::Erases),
    get("/kits", Need::Practice(Right::ReadKits)),
    file("/kits", Need::Practice(Right::ImportKit)),
    file("/kits/inspect", Need::Practice(Right::ReadKits)),
    get("/kits/{kit}", Need::Practice(Right::ReadKits)),
    get("/kits/{kit}/diff/{newer}", Need::Practice(Right::ReadKits)),
    get("/engagements", Need::Key),
    with("POST", "/engagements", Need::Practice(Right::CreateEngagement), |it| json!({ "kits": [it.hash], "setup": it.setup })),
    with("POST", "/engagements/preview", Need::Practice(Right::CreateEngagement), |it| json!({ "kits": [it.hash], "setup": it.setup })),
    get("/engagements/{engagement}", READ),
    get("/engagements/{engagement}/milestones", READ),
    get("/engagements/{engagement}/gates", READ),
    get("/engagements/{engagement}/readiness", READ),
    get("/engagements/{engagement}/report", READ),
    with("POST", "/engagements/{engagement}/report/signatures", Need::Here(Right::CloseSprint), |_| json!({ "reason": "enough" })),
    get("/engagements/{engagement}/retention", READ),
    with("PUT", "/engagements/{engagement}/retention", Need::Here(Right::EndEngagement), |_| json!({ "erase_after": "12" })),
    with("POST", "/engagements/{engagement}/plan/preview", Need::Here(Right::EditPlan), |it| json!({ "setup": it.setup })),
    with("PUT", "/engagements/{engagement}/plan", Need::Here(Right::EditPlan), |it| json!({ "setup": it.setup, "reason": "asked for" })),
    get("/engagements/{engagement}/members", READ),
    with("PUT", "/engagements/{engagement}/members/{person}", Need::Here(Right::EditMembers), |_| json!({ "function": "workstream_lead" })),
    bare("DELETE", "/engagements/{engagement}/members/{person}", Need::Here(Right::EditMembers)),
    get("/engagements/{engagement}/links", INVITE),
    with("POST", "/engagements/{engagement}/links", INVITE, |it| json!({ "person": it.name("bob"), "days": 3 })),
    bare("DELETE", "/engagements/{engagement}/links/{link}", INVITE),
    with(
        "POST",
        "/engagements/{engagement}/colleagues",
        Need::Here(Right::NameColleague),
        |_| json!({ "name": "Nia", "email": "nia@example.com" }),
    ),
    with(
        "POST",
        "/engagements/{engagement}/people",
        Need::Here(Right::EditMembers),
        |_| json!({ "name": "Ida", "email": "ida@example.com", "side": "customer", "zone": "Europe/Berlin" }),
    ),
    get("/engagements/{engagement}/register", READ),
    get("/engagements/{engagement}/checklist", READ),
    text("/engagements/{engagement}/checklist?apply=true", Need::Here(Right::WorkItems), "row,status\n"),
    text("/engagements/{engagement}/register?apply=true", Need::Here(Right::EditMembers), "email,onsite\nbob@example.com,yes\n"),
    get("/engagements/{engagement}/seats", READ),
    with(
        "PUT",
        "/engagements/{engagement}/seats/{seat}/person",
        Need::Here(Right::EditMembers),
        |it| json!({ "person": it.name("person") }),
    ),
    bare("DELETE", "/engagements/{engagement}/seats/{seat}/person", Need::Here(Right::EditMembers)),
    with("PUT", "/engagements/{engagement}/seats/{seat}/days", Need::Here(Right::EditMembers), |_| json!({ "days_a_week": "3-5" })),
    get("/engagements/{engagement}/escalation", READ),
    with("PUT", "/engagements/{engagement}/escalation/{side}", Need::Here(Right::EditMembers), |_| json!({ "steps": ["manager"] })),
    get("/engagements/{engagement}/responsibilities", READ),
    with("POST", "/engagements/{engagement}/responsibilities", Need::Here(Right::EditPlan), |_| json!({ "text": "Water the plants" })),
    with(
        "PUT",
        "/engagements/{engagement}/responsibilities/{row}",
        Need::Here(Right::EditPlan),
        |_| json!({ "text": "Give access", "letters": { "engagement-manager": "RA" } }),
    ),
    get("/engagements/{engagement}/record", Need::Here(Right::ReadRecord)),
    get("/engagements/{engagement}/record/export", Need::Both(Right::ReadRecord, Right::ReadInternal)),
    get("/engagements/{engagement}/files/{file}", Need::Here(Right::ReadFiles)),
    get("/engagements/{engagement}/items", READ),
    with("POST", "/engagements/{engagement}/items", EDIT, |_| json!({ "activity": "tools", "title": "More" })),
    with(
        "POST",
        "/engagements/{engagement}/items/status",
        WORK,
        |it| json!({ "items": [{ "item": it.name("item"), "to": "in_progress" }] }),
    ),
    bare("POST", "/engagements/{engagement}/undo", WORK),
    get("/engagements/{engagement}/reminders", Need::Here(Right::EditPlan)),
    get("/engagements/{engagement}/reminders/sponsor", Need::Here(Right::EditPlan)),
    with(
        "PUT",
        "/engagements/{engagement}/reminders",
        Need::Here(Right::EditPlan),
        |_| json!({ "before": 2, "due": true, "owners": 3, "managers": 5, "sponsor": null }),
    ),
    with("POST", "/engagements/{engagement}/end", Need::Here(Right::EndEngagement), |_| json!({ "note": "over" })),
    with("POST", "/engagements/{engagement}/reopen", Need::Here(Right::EndEngagement), |_| json!({ "why": "more" })),
    get("/engagements/{engagement}/access", READ),
    with(
        "POST",
        "/engagements/{engagement}/access",
        WORK,
        |it| json!({ "moves": [{ "person": it.name("person"), "resource": "wiki", "to": "requested" }] }),
    ),
    with(
        "POST",
        "/engagements/{engagement}/access/exceptions",
        Need::Here(Right::MoveAccess),
        |it| json!({ "person": it.name("person"), "resource": "wiki", "approver": it.name("person"), "until": "2026-03-01", "reason": "x" }),
    ),
    with(
        "POST",
        "/engagements/{engagement}/access/carried",
        Need::Here(Right::MoveAccess),
        |it| json!({ "person": it.name("person"), "resource": "wiki", "owner": it.name("person"), "until": "2026-03-01" }),
    ),
    with(
        "POST",
        "/engagements/{engagement}/access/at-once",
        Need::Here(Right::MoveAccess),
        |it| json!({ "person": it.name("person"), "reason": "a badge was found" }),
    ),
    get("/engagements/{engagement}/ending?all=true", READ),
    with(
        "POST",
        "/engagements/{engagement}/holdings",
        Need::Here(Right::MoveAccess),
        |_| json!({ "title": "Room 4.13", "kind": "room", "side": "customer" }),
    ),
    with(
        "POST",
        "/engagements/{engagement}/holdings/{holding}",
        WORK,
        |_| json!({ "do": "close", "note": "cancelled", "shown": "refused" }),
    ),
    bare("DELETE", "/engagements/{engagement}/holdings/{holding}", Need::Here(Right::EditPlan)),
    with("POST", "/engagements/{engagement}/resources", Need::Here(Right::EditPlan), |_| lake()),
    with("PUT", "/engagements/{engagement}/resources/{resource}", Need::Here(Right::EditPlan), |_| lake()),
    with("PUT", "/engagements/{engagement}/resources/{resource}/licences", Need::Here(Right::MoveAccess), |_| json!({ "licences": 20 })),
    with("PUT", "/engagements/{engagement}/resources/{resource}/booking", Need::Here(Right::MoveAccess), |_| json!({ "booking": null })),
    with(
        "POST",
        "/engagements/{engagement}/resources/{resource}/members",
        Need::Here(Right::MoveAccess),
        |_| json!({ "list": "dee@example.com", "take": true }),
    ),
    bare("DELETE", "/engagements/{engagement}/resources/{resource}", Need::Here(Right::EditPlan)),
    bare("DELETE", "/engagements/{engagement}/keys/{key}", Need::Here(Right::EditMembers)),
    get("/engagements/{engagement}/items/{item}", READ),
    with("PATCH", "/engagements/{engagement}/items/{item}", EDIT, |_| json!({ "title": "Another title" })),
    bare("DELETE", "/engagements/{engagement}/items/{item}?reason=gone", EDIT),
    with("POST", "/engagements/{engagement}/items/{item}/status", WORK, |_| json!({ "to": "in_progress" })),
    with("POST", "/engagements/{engagement}/items/{item}/hand-over", WORK, |it| json!({ "to": it.name("person"), "note": "yours" })),
    with("POST", "/engagements/{engagement}/items/{item}/accept", Need::Here(Right::AcceptItems), |_| json!({})),
    bare("POST", "/engagements/{engagement}/items/{item}/copy", EDIT),
    with("POST", "/engagements/{engagement}/items/{item}/move", EDIT, |_| json!({})),
    with("POST", "/engagements/{engagement}/items/{item}/way-out", EDIT, |_| json!({ "kind": "waive", "text": "none", "reason": "late" })),
    with("POST", "/engagements/{engagement}/items/{item}/evidence", WORK, |_| json!({ "kind": "note", "text": "seen" })),
    bare("DELETE", "/engagements/{engagement}/items/{item}/evidence/{proof}", WORK),
    file("/engagements/{engagement}/items/{item}/files", Need::Here(Right::AttachFiles)),
    get("/engagements/{engagement}/items/{item}/comments", READ),
    with("POST", "/engagements/{engagement}/items/{item}/comments", WORK, |_| json!({ "text": "hello" })),
];

fn lake() -> Value {
    json!({ "title": "Data lake", "owners": ["customer-manager"], "each": "person where side = delivery" })
}

impl Places {
    fn name(&self, name: &str) -> &str {
        self.names.iter().find(|(known, _)| *known == name).map_or("", |(_, id)| id)
    }

    pub(crate) async fn of(api: &Api) -> Self {
        let item = api.item("jira").await;
        let attached = api.upload("ann", &api.at(&format!("/items/{item}/files?name=plan.pdf")), b"%PDF").await.is(200);
        let file = attached["evidence"][0]["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let proof = attached["evidence"][0]["id"].as_str().unwrap().to_owned();
        let token = api.post("ann", "/tokens", json!({ "title": "spare" })).await.is(201)["id"].as_str().unwrap().to_owned();
        let kept = api.post("ann", "/me/filters", json!({ "name": "kept", "open": true, "waiting_on": "customer" })).await.is(200);
        assert_eq!(kept["entries"][0]["waiting_on"], "customer");
        let made = |mail: bool| json!({ "person": api.world.bob.person, "mail": mail });
        let link = api.post("ann", &api.at("/links"), made(false)).await.is(201);
        api.post("ann", &api.at("/links"), made(true)).await.is(201);
        let letter = api.get("ann", "/mail").await.is(200)["entries"][0]["id"].as_str().unwrap().to_owned();
        let room = json!({ "title": "Room 4.12", "kind": "room", "side": "customer" });
        let holding = api.post("ann", &api.at("/holdings"), room).await.is(201)["id"].as_str().unwrap().to_owned();
        let carried = json!({ "do": "carry", "owner": api.world.ann.person, "until": "2026-03-31" });
        api.post("ann", &api.at(&format!("/holdings/{holding}")), carried).await.is(200);
        let badge = json!({ "title": "Badge", "owners": ["customer-manager"] });
        let resource = api.post("ann", &api.at("/resources"), badge).await.is(201)["id"].as_str().unwrap().to_owned();
        let bound = json!({ "title": "bound", "scope": "read", "engagement": api.world.engagement });
        let key = api.post("dee", "/tokens", bound).await.is(201)["id"].as_str().unwrap().to_owned();
        let shown = api.get("ann", &api.at("")).await.is(200);
        let engagement = api.world.engagement.0.clone();
        let person = api.world.dee.person.0.clone();
        let spare = SavePortfolio { title: "Spare".to_owned(), administrators: vec![api.pia.person.clone()], seen: None };
        let spare = add_portfolio(&api.world.app, &api.world.ann, spare).await.unwrap().id.0;
        let kit = || "small".to_owned();
        Self {
            names: vec![
                ("letter", letter),
                ("link", link["id"].as_str().unwrap().to_owned()),
                ("bob", api.world.bob.person.0.clone()),
                ("ann", api.world.ann.person.0.clone()),
                ("item", item),
                ("file", file),
                ("proof", proof),
                ("token", token),
                ("filter", "kept".to_owned()),
                ("holding", holding),
                ("resource", resource),
                ("key", key),
                ("engagement", engagement),
                ("person", person),
                ("portfolio", spare),
                ("seat", "security.site-contact.delivery".to_owned()),
                ("side", "delivery".to_owned()),
                ("row", "small.tools-give-access".to_owned()),
                ("kit", kit()),
                ("newer", kit()),
            ],
            setup: shown["setup"].clone(),
            hash: api.world.kit.0.clone(),
        }
    }

    pub(crate) fn fill(&self, path: &str) -> String {
        self.names.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }
}

/// What the table of rights says of a route: 401, 403, 404, or 200 for “let in”.
pub(crate) async fn expected(api: &Api, need: Need, actor: &Actor) -> StatusCode {
    let engagement = api.world.app.view(&api.world.ann, &api.world.engagement, Right::ReadEngagement).await.unwrap().engagement;
    let here = |rights: &[Right]| match standing_of(actor, engagement.ground(api.world.app.today("UTC"))) {
        Some(standing) if rights.iter().all(|right| standing.may(*right)) => StatusCode::OK,
        Some(standing) if standing.may(Right::ReadEngagement) => StatusCode::FORBIDDEN,
        _ => StatusCode::NOT_FOUND,
    };
    let may_administer = actor.practice.may_administer() && actor.pass.within.is_none() && actor.pass.kind.may(Right::ReadInternal);
    match need {
        Need::Account | Need::AnnsAccount | Need::Makes if !actor.pass.covers(&Pass::KEY) => StatusCode::FORBIDDEN,
        Need::Keeps | Need::AnnsKept if !actor.pass.kind.may(Right::WorkItems) => StatusCode::FORBIDDEN,
        Need::AnnsKept | Need::AnnsAccount if actor.person != api.world.ann.person => StatusCode::NOT_FOUND,
        Need::Erases if actor.pass.kind == PassKind::ProvisioningKey || !actor.may(Right::EditPeople) => StatusCode::FORBIDDEN,
        Need::Moves if actor.pass.within.is_some() => here(&[Right::EditPlan]).max(StatusCode::FORBIDDEN),
        Need::Moves => here(&[Right::EditPlan]),
        Need::Here(right) => here(&[right]),
        Need::Both(one, other) => here(&[one, other]),
        Need::Practice(right) if actor.may(right) => StatusCode::OK,
        Need::Practice(_) => StatusCode::FORBIDDEN,
        Need::Portfolio | Need::Portfolios if !may_administer => StatusCode::FORBIDDEN,
        Need::Portfolio if actor.person != api.pia.person && !actor.may(Right::ReadAllEngagements) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

pub(crate) async fn try_route(api: &Api, places: &Places, (route, who): (&Route, &str)) -> StatusCode {
    let path = places.fill(route.path);
    match route.body {
        Body::File => {
            let glue = if path.contains('?') { '&' } else { '?' };
            api.upload(who, &format!("{path}{glue}name=kit.toml"), tminus_app::world::KIT.as_bytes()).await.status
        }
        Body::Text(text) => api.upload(who, &path, text.as_bytes()).await.status,
        body => {
            let body = if let Body::Json(body) = body { Some(body(places)) } else { None };
            api.ask(who, (route.method.parse().unwrap(), &path), body).await.status
        }
    }
}

#[tokio::test]
async fn everybody_gets_on_every_route_what_the_table_of_rights_gives_them() {
    let mut wrong = Vec::new();
    for route in ROUTES {
        let api = Api::open_to_everybody().await;
        let places = Places::of(&api).await;
        let at = format!("{} {}", route.method, route.path);
        assert_eq!(try_route(&api, &places, (route, "")).await, StatusCode::UNAUTHORIZED, "nobody: {at}");
        let mut succeeded = 0;
        for (who, actor) in api.actors() {
            let expected = expected(&api, route.need, &actor).await;
            let got = try_route(&api, &places, (route, who)).await;
            let denied = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&got);
            if expected.is_success() {
                // What somebody with the same right took away is not there any more.
                let gone = (route.method == "DELETE" || route.path.ends_with("/at-once")) && succeeded > 0 && got == StatusCode::NOT_FOUND;
                // Whoever may work does so on what their side owns, and nothing here is the partner's; of others' access they know nothing.
                let foreign = match got {
                    StatusCode::FORBIDDEN => who == "partner" && route.path.contains("/items"),
                    StatusCode::NOT_FOUND => {
                        ["partner", "customer"].contains(&who) && ["/access", "/holdings"].iter().any(|it| route.path.contains(it))
                    }
                    _ => false,
                };
                if (denied && !gone && !foreign) || got.is_server_error() {
                    wrong.push(format!("{who}: {at}: {got}"));
                }
                succeeded += u32::from(got.is_success());
            } else if got != expected {
                wrong.push(format!("{who}: {at}: {got} instead of {expected}"));
            }
        }
        // Where nothing is there to do, a rule refuses whoever has the right.
        let refused =
            ["/accept", "/undo", "/way-out", "/exceptions", "/carried", "/erase", "/reopen"].iter().any(|end| route.path.ends_with(end));
        assert!(succeeded > 0 || refused, "nobody gets anything from {at}");
    }
    assert_eq!(wrong, [""; 0]);
}
