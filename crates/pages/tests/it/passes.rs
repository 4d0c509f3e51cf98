//! Every address with every kind of pass: what each opens follows from the table of rights, and from nothing else.

use axum::http::{Method, StatusCode};
use jiff::{SignedDuration, civil::date};
use tminus_app::{
    access::{
        holding::{AddHolding, add_holding},
        resource::{Described, add_resource},
    },
    checklist::evidence::{AttachFile, attach_file},
    engagement::open::{OpenEngagement, open_engagement},
    mail::list_letters,
    people::{
        member::{remove_member, save_member},
        person::{AddPerson, add_person, end_person},
    },
    portfolio::{SavePortfolio, add_portfolio, set_portfolio},
    rights::{
        code::{send_code, type_code},
        link::{list_links, mail_link, make_link},
        provider::{Identity, admit},
        session::{form_token, list_sessions, viewed},
        sign_in::{Client, Entered, actor, caller_of_session, sign_in},
        token::{CreateToken, create_token, list_tokens},
    },
    store::rights::factor::Factor,
    world::PASSWORD,
};
use tminus_domain::{
    ids::{EngagementId, ItemId, PersonId},
    kit::Side,
    kit::access::ResourceKind,
    people::Member,
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, Pass, PassKind, PracticeRole, Right, Via, provider::Trust, standing_of},
};
use tminus_pages::{Needs, Route, routes};

use crate::{
    Answer,
    signed::{Browser, Site},
};

/// Words that tell of Mobilize: they are nowhere where it is not there.
const TELLING: [&str; 3] = ["Northwind", "Jira", "Mobilize"];

/// Everything of Mobilize and of Ann that an address can name.
struct Places(Vec<(&'static str, String)>);

impl Places {
    async fn of(site: &Site) -> Self {
        let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
        let item = site.item("jira").await.id;
        let bytes = b"the plan".to_vec().into();
        let attach = AttachFile { item: item.clone(), name: "plan.txt".to_owned(), bytes, version: None };
        let attached = attach_file(app, ann, engagement, attach).await.unwrap().into_inner();
        let file = attached.proofs[0].file.clone().unwrap().0;
        let link = make_link(app, ann, engagement, (&site.world.bob.person, None)).await.unwrap().link.id;
        mail_link(app, ann, engagement, (&site.world.bob.person, None)).await.unwrap();
        let letter = list_letters(app, ann, None).await.unwrap()[0].letter.id.clone();
        site.as_person("ann").await;
        let session = list_sessions(app, ann).await.unwrap()[0].id.clone();
        let room =
            AddHolding { title: "Room 4.12".to_owned(), kind: ResourceKind::Room, side: Side::Customer, owner: None, internal: false };
        let room = add_holding(app, ann, engagement, room).await.unwrap();
        let (owners, each) = (vec!["customer-manager".into()], Some("person".parse().unwrap()));
        let badge = Described { title: "Badge".to_owned(), owners, each, ..Described::default() };
        let badge = add_resource(app, ann, engagement, badge).await.unwrap();
        let key = CreateToken { title: "CI".to_owned(), days: None, pass: Pass::KEY };
        let key = create_token(app, ann, key).await.unwrap().token.id;
        Self(vec![
            ("{engagement}", engagement.0.clone()),
            ("{item}", item.0),
            ("{person}", site.world.dee.person.0.clone()),
            ("{file}", file),
            ("{link}", link.0),
            ("{letter}", letter.0),
            ("{portfolio}", site.portfolio.0.clone()),
            ("{holding}", room.id.0),
            ("{resource}", badge.0),
            ("{session}", session),
            ("{key}", key.0),
            ("{kit}", site.world.kit.0.clone()),
        ])
    }

    fn address(&self, route: &Route) -> String {
        let query = if route.path == "/kits/diff" && route.method == Method::GET { "?old={kit}&new={kit}" } else { "" };
        self.fill(&format!("{}{query}", route.path))
    }

    fn fill(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    fn form(&self, route: &Route) -> String {
        let form = FORMS.iter().find(|(path, _)| *path == route.path).map_or("version=1", |(_, form)| form);
        self.fill(form)
    }

    /// The same, but of another engagement.
    fn elsewhere(&self, engagement: &EngagementId) -> Self {
        let other = |(name, id): &(&'static str, String)| (*name, if *name == "{engagement}" { engagement.0.clone() } else { id.clone() });
        Self(self.0.iter().map(other).collect())
    }
}

/// Addresses that read before anybody is asked for a right: a file, and a choice among what one sees.
const READ_FIRST: [&str; 3] = ["/kits", "/engagements/{engagement}/items/{item}/files", "/engagements/{engagement}/access/many"];

/// What is sent to an address so that it is read, and only the right decides; `version=1` is enough for the others.
const FORMS: [(&str, &str); 42] = [
    ("/engagements/{engagement}/items/{item}/status", "version=1&status=in_progress"),
    ("/engagements/{engagement}/items/{item}/evidence", "version=1&kind=note&text=seen"),
    ("/engagements/{engagement}/access/holdings/{holding}", "version=1&do=close&note=seen&shown=refused"),
    ("/engagements/{engagement}/access", "version=1&person={person}&resource=wiki&to=requested"),
    ("/engagements/{engagement}/items", "activity=tools&title=More"),
    ("/engagements/{engagement}/items/status", "item={item}:1&status=in_progress"),
    ("/engagements/{engagement}/items/{item}/comments", "comment=hello"),
    ("/engagements/{engagement}/undo", "number=1"),
    ("/engagements/{engagement}/people/import", "table=email&do=look"),
    ("/engagements/{engagement}/checklist/table", "table=row&do=look"),
    ("/settings/record/verify", ""),
    ("/settings/record/export.jsonl", ""),
    ("/settings/record/export.csv", ""),
    ("/settings/mail/again", "letter={letter}"),
    ("/portfolios/{portfolio}/remove", ""),
    ("/engagements/{engagement}/portfolio", "portfolio={portfolio}"),
    ("/engagements/{engagement}/record/verify", ""),
    ("/engagements/{engagement}/record/export.jsonl", ""),
    ("/engagements/{engagement}/record/export.csv", ""),
    ("/engagements/{engagement}/people", "person={person}&function=delivery_member"),
    ("/engagements/{engagement}/people/{person}/remove", ""),
    ("/engagements/{engagement}/people/{person}/link/revoke", "link={link}"),
    ("/engagements/{engagement}/people/seats", "act=fill&seat=lead&person={person}"),
    ("/engagements/{engagement}/people/escalation", "side=customer&rung=manager"),
    ("/engagements/{engagement}/people/responsibility", "section=Plan&text=Write+it"),
    ("/engagements/{engagement}/retention", "months=6"),
    ("/engagements/{engagement}/items/{item}/way-out", "version=1&kind=waive&text=Soon&reason=agreed"),
    ("/engagements/{engagement}/items/{item}/assign", "version=1&side=delivery&person={person}"),
    ("/engagements/{engagement}/end", "note=over"),
    ("/engagements/{engagement}/reopen", "why=more"),
    ("/engagements/{engagement}/report/sign", "reason=half+done"),
    ("/engagements/{engagement}/as-customer", "person={person}"),
    ("/engagements/{engagement}/access/links/{link}", ""),
    ("/engagements/{engagement}/access/keys/{key}", ""),
    ("/engagements/{engagement}/access/resources", "title=Lake&owner=customer-manager"),
    ("/engagements/{engagement}/access/resources/{resource}/licences", "version=1&licences=20"),
    ("/engagements/{engagement}/access/resources/{resource}/booking", "version=1"),
    ("/engagements/{engagement}/access/resources/{resource}/members", "table=dee@example.com&do=look"),
    ("/engagements/{engagement}/access/holdings", "title=Room&kind=room&side=customer"),
    ("/engagements/{engagement}/access/at-once", "person={person}&reason=badge+found"),
    ("/engagements/{engagement}/access/carry", "version=1&person={person}&resource=wiki&owner={person}&until=2026-03-01"),
    ("/engagements/{engagement}/access/except", "version=1&person={person}&resource=wiki&approver={person}&until=2026-03-01&reason=x"),
];

/// What a pass gets on an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    In,
    Forbidden,
    Nothing,
}

async fn gets(site: &Site, actor: &Actor, needs: Needs) -> Gets {
    let if_may = |may: bool| if may { Gets::In } else { Gets::Forbidden };
    match needs {
        Needs::Nobody | Needs::SignedIn => Gets::In,
        Needs::Practice(right) => if_may(actor.may(right)),
        Needs::Engagement(right) => {
            let engagement = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap().engagement;
            let today = site.world.app.today(&engagement.plan.setup.zone);
            match standing_of(actor, engagement.ground(today)) {
                Some(standing) if standing.may(right) => Gets::In,
                Some(standing) if standing.may(Right::ReadEngagement) => Gets::Forbidden,
                _ => Gets::Nothing,
            }
        }
    }
}

async fn ask(browser: &Browser<'_>, route: &Route, places: &Places) -> Answer {
    let path = places.address(route);
    match route.method {
        Method::GET => browser.get(&path).await,
        _ => browser.post(&path, &places.form(route)).await,
    }
}

/// Tries every address. `who` is not let in where their pass is not enough, and where it is, they are.
async fn tries(site: &Site, places: &Places, (who, browser, actor): (&str, &Browser<'_>, &Actor)) -> [usize; 3] {
    let mut count = [0; 3];
    for route in routes().into_iter().filter(|route| route.needs != Needs::Nobody && !route.path.ends_with("/events")) {
        let gets = gets(site, actor, route.needs).await;
        // What ends a pass ends the test.
        if gets == Gets::In && (route.method == Method::POST || route.path == "/code") {
            continue;
        }
        let before = revision(site).await;
        let answer = ask(browser, &route, places).await;
        let (at, status) = (format!("{who}: {} {}", route.method, route.path), answer.status);
        assert!(!status.is_server_error(), "{at}: {status}");
        assert!(!answer.header("location").starts_with("/sign-in"), "{at}: nobody is known to ask");
        count[gets as usize] += 1;
        if gets == Gets::In {
            // Pages may ask for more than the right to open them: one's own account, a second right.
            let more = route.needs == Needs::SignedIn || actor.pass.kind != PassKind::Session;
            assert!(more || ![StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status), "{at}: {status}");
            continue;
        }
        let denied = if gets == Gets::Forbidden { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
        // Other eyes press nothing at all.
        let unread = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST];
        let is_read = READ_FIRST.contains(&route.path) && unread.contains(&status);
        let looks = actor.pass.kind == PassKind::View && status == StatusCode::UNPROCESSABLE_ENTITY;
        let is_form = route.method == Method::POST && (is_read || looks);
        // What is hidden within what may be seen is not found either.
        let is_hidden = gets == Gets::Forbidden && status == StatusCode::NOT_FOUND;
        assert!(status == denied || is_form || is_hidden, "{at}: {status} instead of {denied}");
        assert_eq!(revision(site).await, before, "{at} changed something");
        let text = answer.text();
        assert!(gets != Gets::Nothing || !TELLING.iter().any(|word| text.contains(word)), "{at}: {text:.900}");
    }
    count
}

/// Adds somebody who signs in, and puts them on the engagement if they have a function there.
async fn joins(site: &Site, name: &str, function: Option<Function>, practice: PracticeRole) {
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let person = AddPerson {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        side: function.map_or(Side::Delivery, Function::side),
        zone: "UTC".to_owned(),
        practice,
        password: Some(PASSWORD.to_owned()),
    };
    let person = add_person(app, ann, person).await.unwrap().id;
    if let Some(function) = function {
        save_member(app, ann, engagement, Member::new(person, function)).await.unwrap();
    }
}

/// Has somebody administer a portfolio with the engagement in it.
async fn administers(site: &Site, person: PersonId) {
    let (app, ann) = (&site.world.app, &site.world.ann);
    let retail = SavePortfolio { title: "Retail".to_owned(), administrators: vec![person], seen: None };
    let retail = add_portfolio(app, ann, retail).await.unwrap().id;
    set_portfolio(app, ann, &site.world.engagement, Some(&retail)).await.unwrap();
}

async fn revision(site: &Site) -> i64 {
    site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap().engagement.revision
}

async fn held(site: &Site, secret: &str) -> Actor {
    caller_of_session(&site.world.app, secret).await.unwrap().actor
}

/// An engagement of another customer, and who manages it: nothing of Mobilize is theirs.
async fn contoso(site: &Site) -> (Actor, EngagementId) {
    let (app, ann) = (&site.world.app, &site.world.ann);
    let max = AddPerson {
        name: "Max".to_owned(),
        email: "max@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: Some(PASSWORD.to_owned()),
    };
    let max = actor(add_person(app, ann, max).await.unwrap(), Via::Page);
    let ours = app.view(ann, &site.world.engagement, Right::ReadEngagement).await.unwrap().engagement;
    let mut setup = ours.plan.setup.clone();
    "Landing".clone_into(&mut setup.title);
    "Contoso".clone_into(&mut setup.customer);
    let member = |actor: &Actor, function| Member { person: actor.person.clone(), function, ..ours.members[2].clone() };
    let members = vec![member(&max, Function::EngagementManager), member(&site.world.mallory, Function::CustomerManager)];
    let opened =
        open_engagement(app, &max, OpenEngagement { kits: vec![site.world.kit.clone()], setup, members, portfolio: None }).await.unwrap();
    (max, opened)
}

#[tokio::test]
async fn everybody_else_who_can_be_here_opens_what_the_table_of_rights_gives_them() {
    for path in FORMS.iter().map(|(path, _)| path).chain(&READ_FIRST) {
        assert!(routes().iter().any(|route| route.method == Method::POST && route.path == *path), "{path} takes no form");
    }
    let site = Site::new().await;
    let places = Places::of(&site).await;
    for (name, function, practice) in [
        ("eva", Some(Function::EngagementManager), PracticeRole::Member),
        ("lea", Some(Function::WorkstreamLead), PracticeRole::Member),
        ("cas", Some(Function::CustomerMember), PracticeRole::None),
        ("sam", Some(Function::ExecutiveSponsor), PracticeRole::None),
        ("pat", Some(Function::PartnerMember), PracticeRole::None),
        ("lin", None, PracticeRole::Lead),
        ("oli", None, PracticeRole::Operator),
        ("poa", None, PracticeRole::Member),
    ] {
        joins(&site, name, function, practice).await;
        let browser = site.as_person(name).await;
        if name == "poa" {
            administers(&site, held(&site, browser.secret()).await.person).await;
        }
        let [inside, forbidden, hidden] = tries(&site, &places, (name, &browser, &held(&site, browser.secret()).await)).await;
        assert!(inside >= 5 && forbidden + hidden >= 10, "{name}: {inside} {forbidden} {hidden}");
    }
}

#[tokio::test]
async fn every_pass_opens_on_every_address_what_the_table_of_rights_gives_it() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let (app, bob) = (&site.world.app, &site.world.bob.person);
    for (name, [at_least_in, at_least_not]) in [("ann", [30, 0]), ("dee", [15, 10]), ("bob", [10, 10]), ("mallory", [5, 40])] {
        let browser = site.as_person(name).await;
        let actor = held(&site, browser.secret()).await;
        let [inside, forbidden, hidden] = tries(&site, &places, (name, &browser, &actor)).await;
        assert!(inside >= at_least_in && forbidden + hidden >= at_least_not, "{name}: {inside} {forbidden} {hidden}");
    }
    // One link opened twice: the code that is typed here counts here, and not in the other browser.
    let made = make_link(app, &site.world.ann, &site.world.engagement, (bob, None)).await.unwrap();
    let (proved, other) = (site.visit(&made.secret).await, site.visit(&made.secret).await);
    let by_link = held(&site, proved.secret()).await;
    assert_eq!(by_link.pass.kind, PassKind::Link);
    tries(&site, &places, ("by link", &proved, &by_link)).await;
    send_code(app, (&by_link, proved.secret())).await.unwrap();
    let code = site.sent_code().await;
    assert!(type_code(app, (&held(&site, other.secret()).await, other.secret()), &code).await.is_err(), "it was sent to the other visit");
    type_code(app, (&by_link, proved.secret()), &code).await.unwrap();
    let with_code = held(&site, proved.secret()).await;
    assert_eq!(with_code.pass.kind, PassKind::LinkWithCode);
    tries(&site, &places, ("by link with a code", &proved, &with_code)).await;
    let (file, opens) = (places.fill("/engagements/{engagement}/files/{file}"), |answer: Answer| answer.status);
    assert_eq!((opens(proved.get(&file).await), opens(other.get(&file).await)), (StatusCode::OK, StatusCode::FORBIDDEN));
    tries(&site, &places, ("by the same link without the code", &other, &by_link)).await;
    // Ann with Bob's eyes.
    let looking = site.as_seen_by(bob).await;
    let seen = viewed(app, &site.world.ann, (&site.world.engagement, bob)).await.unwrap().unwrap();
    assert_eq!(seen.pass.kind, PassKind::View);
    tries(&site, &places, ("with Bob's eyes", &looking, &seen)).await;
    for route in routes().into_iter().filter(|route| route.method == Method::POST && route.needs != Needs::Nobody) {
        let pressed = looking.post(&places.fill(route.path), "version=1").await;
        assert_eq!(pressed.status, StatusCode::UNPROCESSABLE_ENTITY, "other eyes pressed {}", route.path);
        assert!(pressed.text().contains("eyes"), "{}: {}", route.path, pressed.text());
    }
    // Dee by the account of her company: the same as by password.
    let trust = Trust {
        id: "acme".to_owned(),
        title: "Acme".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        domains: vec!["example.com".to_owned()],
        adds: false,
        unchecked: false,
        roles: None,
        hours: 8,
    };
    let email = Some("dee@example.com".to_owned());
    let identity = Identity { subject: "d".to_owned(), email, email_verified: Some(true), ..Identity::default() };
    let dee = site.with_secret(&admit(app, &trust, identity, &Client::default()).await.unwrap().secret);
    let by_provider = held(&site, dee.secret()).await;
    tries(&site, &places, ("by a provider", &dee, &by_provider)).await;
    // Whoever manages somebody else's engagement.
    let (max, _) = contoso(&site).await;
    let browser = site.as_person("max").await;
    tries(&site, &places, ("manager elsewhere", &browser, &max)).await;
}

#[tokio::test]
async fn whoever_left_was_removed_or_stays_no_longer_finds_nothing_of_it_on_any_address() {
    for how in ["after their last day", "removed"] {
        let site = Site::new().await;
        let places = Places::of(&site).await;
        let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
        let (bob, dee) = (&site.world.bob.person, &site.world.dee.person);
        // So late that a visit by link outlives the day.
        site.world.clock.advance(SignedDuration::from_hours(8));
        let open = [("bob", site.as_person("bob").await), ("dee", site.as_person("dee").await), ("by link", site.by_link(bob).await)];
        for person in [bob, dee] {
            if how == "removed" {
                remove_member(app, ann, engagement, person).await.unwrap();
                continue;
            }
            let member = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.member(person).unwrap().clone();
            save_member(app, ann, engagement, Member { until: Some(date(2025, 12, 18)), ..member }).await.unwrap();
        }
        site.world.clock.advance(SignedDuration::from_hours(7));
        let again = site.as_person("dee").await;
        for (who, browser) in open.iter().map(|(who, browser)| (*who, browser)).chain([("dee again", &again)]) {
            let Ok(held) = caller_of_session(app, browser.secret()).await else {
                assert_eq!(who, "by link", "{how}: a session ended that had more to open");
                nothing_at_all(&site, &places, (who, browser)).await;
                continue;
            };
            let [_, _, hidden] = tries(&site, &places, (&format!("{who}, {how}"), browser, &held.actor)).await;
            assert!(hidden > 40, "{who}, {how}: only {hidden} addresses of the engagement are hidden");
        }
    }
}

/// Every address that is not anybody's leads to sign-in, whatever is sent along.
async fn nothing_at_all(site: &Site, places: &Places, (who, browser): (&str, &Browser<'_>)) {
    let before = revision(site).await;
    for route in routes().into_iter().filter(|route| route.needs != Needs::Nobody) {
        let answer = ask(browser, &route, places).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{who}: {} {}", route.method, route.path);
        assert!(answer.header("location").starts_with("/sign-in"), "{who}: {}: {}", route.path, answer.header("location"));
    }
    assert_eq!(revision(site).await, before, "{who} changed something");
}

#[tokio::test]
async fn what_is_no_session_opens_no_address() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let (app, ann) = (&site.world.app, &site.world.ann);
    // The password was right, and the code is not typed yet: what the browser keeps is no session.
    let bob = &site.world.bob;
    let mut writing = app.store.writing().await.unwrap();
    let factor =
        Factor { secret: "JBSWY3DPEHPK3PXP".to_owned(), offered_at: app.now(), since: Some(app.now()), last_step: 0, spare: Vec::new() };
    writing.save_factor(&bob.person, &factor).await.unwrap();
    writing.record(Fact::new(FactKind::SecondFactorChanged, bob.person.as_str(), "Bob"));
    writing.save(bob, app.now(), "salt").await.unwrap();
    let half = match sign_in(app, ("bob@example.com", PASSWORD), &Client::default()).await.unwrap() {
        Entered::Half(half) => half.secret,
        Entered::In(_) => panic!("the password alone let Bob in"),
    };
    let key = create_token(app, ann, CreateToken { title: "CI".to_owned(), days: None, pass: Pass::KEY }).await.unwrap().secret;
    let link = make_link(app, ann, &site.world.engagement, (&site.world.bob.person, None)).await.unwrap();
    let of_dee = site.as_person("dee").await;
    let by_link = site.visit(&link.secret).await;
    end_person(app, ann, &site.world.dee.person).await.unwrap();
    end_person(app, ann, &site.world.bob.person).await.unwrap();
    let name_of_a_session = list_sessions(app, ann).await.unwrap()[0].id.clone();
    let forms = [
        ("half a sign-in as a session", site.with_secret(&half)),
        ("half a sign-in beside it", site.with_secret(&format!("x; tminus_half={half}"))),
        ("a key", site.with_secret(&key)),
        ("the secret of a link", site.with_secret(&link.secret)),
        ("the name of a session", site.with_secret(&name_of_a_session)),
        ("a guess", site.with_secret("0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk")),
        ("nothing", site.with_secret("")),
        ("somebody whose access was ended", of_dee),
        ("a link of somebody whose access was ended", by_link),
    ];
    for (who, browser) in &forms {
        nothing_at_all(&site, &places, (who, browser)).await;
    }
    // The link itself opens nothing any more, and the second factor of nobody goes on.
    let opened = site.as_nobody().post(&format!("/l/{}", link.secret), "").await;
    assert_eq!((opened.status, opened.header("set-cookie")), (StatusCode::NOT_FOUND, ""));
}

#[tokio::test]
async fn what_belongs_to_another_customer_is_not_found_under_ones_own_address() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let (max, own) = contoso(&site).await;
    let app = &site.world.app;
    let browser = site.as_person("max").await;
    let elsewhere = places.elsewhere(&own);
    let item = ItemId(places.fill("{item}"));
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| route.path.contains("{engagement}/") && route.path.matches('{').count() > 1) {
        let before = revision(&site).await;
        let path = elsewhere.fill(route.path);
        let sent =
            format!("version=1&status=in_progress&comment=x&title=x&days=3&link={}&item={item}&text=x&back=/", places.fill("{link}"));
        let answer = if route.method == Method::GET { browser.get(&path).await } else { browser.post(&path, &sent).await };
        let at = format!("{} {}", route.method, route.path);
        let unread = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST, StatusCode::UNSUPPORTED_MEDIA_TYPE];
        assert!(
            answer.status == StatusCode::NOT_FOUND || route.method == Method::POST && unread.contains(&answer.status),
            "{at}: {}",
            answer.status
        );
        assert_eq!(revision(&site).await, before, "{at} changed Mobilize");
        let text = answer.text();
        assert!(!text.contains("Northwind"), "{at}: {text:.900}");
        tried += 1;
    }
    assert!(tried >= 10, "only {tried} addresses name something below an engagement");
    // The same by the ids that forms and queries take.
    let dee = &site.world.dee.person;
    let link = places.fill("{link}");
    let forms = [
        ("/status", format!("item={item}:1&status=in_progress&version=1")),
        ("/undo?number=1", String::new()),
        (&format!("/people/{dee}/link/revoke"), format!("link={link}")),
        (&format!("/people/{}/link/revoke", max.person), format!("link={link}")),
        ("/access", format!("person={dee}&resource=wiki&to=requested")),
        ("/as-customer", format!("person={}", site.world.bob.person)),
    ];
    let before = revision(&site).await;
    for (rest, sent) in forms {
        let answer = browser.post(&format!("/engagements/{own}{rest}"), &sent).await;
        let denied = [StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::METHOD_NOT_ALLOWED];
        assert!(denied.contains(&answer.status), "{rest}: {}", answer.status);
    }
    assert_eq!(revision(&site).await, before, "Mobilize changed");
    let links = list_links(app, &site.world.ann, &site.world.engagement).await.unwrap();
    assert!(links.iter().all(|link| link.revoked_at.is_none()), "a link of Mobilize was revoked from elsewhere");
    let panel = browser.get(&format!("/engagements/{own}/checklist?item={item}")).await.text();
    assert!(!panel.contains("Northwind"), "{panel:.900}");
    // What is Ann's own stays hers.
    for path in ["/settings/keys/{key}/revoke", "/settings/sessions/{session}/end"] {
        assert_eq!(browser.post(&places.fill(path), "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(list_tokens(app, &site.world.ann).await.unwrap().iter().all(|key| !key.revoked));
    assert_eq!(browser.get(&places.fill("/settings/mail/{letter}")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_that_no_page_of_the_session_made_changes_nothing_on_any_address() {
    let site = Site::new().await;
    let places = Places::of(&site).await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let files = ["/kits", "/engagements/{engagement}/items/{item}/files"];
    let others = form_token(bob.secret());
    for route in routes().into_iter().filter(|route| route.method == Method::POST) {
        let path = places.fill(route.path);
        for token in [None, Some(&others)] {
            let fields: Vec<_> = token.iter().map(|token| ("token", token.as_str())).collect();
            let answer = if files.contains(&route.path) {
                ann.upload_bare("file", &path, &fields, ("plan.txt", b"plan")).await
            } else {
                let own = token.map(|token| format!("&token={token}")).unwrap_or_default();
                ann.post_bare(&path, &format!("{}{own}", places.form(&route)), &[]).await
            };
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {token:?}");
            assert!(answer.text().contains("before you signed in"), "{path}: {}", answer.text());
        }
    }
    // Every form that changes something has it, and none that only looks.
    for path in ["/engagements/{engagement}/items/{item}", "/engagements/{engagement}/checklist", "/settings", "/people/{person}"] {
        let page = ann.page(&places.fill(path)).await;
        let own = format!("name=\"token\" value=\"{}\"></form>", form_token(ann.secret()));
        let forms: Vec<_> = page.split("<form ").skip(1).map(|form| form.split_inclusive("</form>").next().unwrap()).collect();
        for form in &forms {
            assert_eq!(form.ends_with(&own), form.split('>').next().unwrap().contains("method=\"post\""), "{path}: {form}");
        }
        assert!(forms.len() > 2, "{path}");
    }
}
