//! Every route as every kind of person: nobody sees or does what is not theirs.

use axum::http::{Method, StatusCode};
use futures_util::StreamExt as _;
use tminus_app::{
    access::{MoveAccess, move_access},
    checklist::comment::{AddComment, add_comment},
    mail::{digest::queue_digests, list_letters, read_letter},
    people::{member::remove_member, person::end_person},
    rights::link::{mail_link, make_link, revoke_link},
};
use tminus_domain::{
    access::{Step, work::Ask},
    rights::{PracticeRole, Right},
};
use tminus_pages::{
    Needs, Route,
    mail::{Written, write},
    routes,
};

use crate::{
    planted::{MARKER, Planted, plant},
    signed::{Browser, Site},
};

impl Site {
    /// A route's path with the world's names in it.
    async fn path(&self, path: &str, item: &str) -> String {
        let item = self.item(item).await.id;
        let ids = [
            ("{engagement}", self.world.engagement.as_str()),
            ("{item}", item.as_str()),
            ("{person}", self.world.dee.person.as_str()),
            ("{kit}", self.world.kit.as_str()),
            ("{resource}", "wiki"),
            ("{letter}", "no-such-letter"),
            ("{portfolio}", self.portfolio.as_str()),
            ("{file}", "no-such-file"),
        ];
        ids.into_iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }
}

#[tokio::test]
async fn nobody_gets_past_sign_in() {
    let site = Site::new().await;
    let nobody = site.as_nobody();
    for route in routes() {
        if route.needs == Needs::Nobody {
            continue;
        }
        let path = site.path(route.path, "jira").await;
        let answer = if route.method == Method::GET { nobody.get(&path).await } else { nobody.post(&path, "").await };
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} {}", route.method, route.path);
        assert!(answer.header("location").starts_with("/sign-in"), "{}: {}", route.path, answer.header("location"));
    }
    let part = nobody.get_with(&site.at("/checklist?late=1"), &[("hx-request-type", "partial")]).await;
    assert_eq!(
        (part.status, part.header("hx-redirect")),
        (StatusCode::UNAUTHORIZED, format!("/sign-in?next=/engagements/{}/checklist%3Flate%3D1", site.world.engagement).as_str())
    );
}

#[tokio::test]
async fn who_opens_the_address_of_a_form_comes_to_a_page() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let is_page = |route: &Route| routes().iter().any(|other| other.method == Method::GET && other.path == route.path);
    let forms: Vec<_> = routes().into_iter().filter(|route| !is_page(route)).collect();
    assert!(forms.len() > 20);
    for form in forms {
        let path = site.path(form.path, "jira").await.replace(['{', '}'], "");
        let answer = ann.get(&path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        let up = answer.header("location");
        assert!(path.starts_with(up), "{path} leads to {up}");
        // A link that nobody made is a page too, which says so.
        let shown = ann.get(up).await.status;
        let leads = [StatusCode::OK, StatusCode::SEE_OTHER].contains(&shown) || (up.starts_with("/l/") && shown == StatusCode::NOT_FOUND);
        assert!(leads, "{path} leads to {up}");
    }
    assert_eq!(ann.get(&site.at("/end")).await.header("location"), site.at(""));
}

#[tokio::test]
async fn an_engagement_is_not_there_for_a_stranger() {
    let site = Site::new().await;
    let mallory = site.as_person("mallory").await;
    for route in routes().into_iter().filter(|route| matches!(route.needs, Needs::Engagement(_))) {
        let path = site.path(route.path, "jira").await;
        let answer = if route.method == Method::GET { mallory.get(&path).await } else { mallory.post(&path, "version=1").await };
        let expected =
            [StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST, StatusCode::UNSUPPORTED_MEDIA_TYPE];
        assert!(expected.contains(&answer.status), "{} {}: {}", route.method, route.path, answer.status);
        let text = answer.text();
        assert!(!text.contains("Northwind") && !text.contains("Jira"), "{}: {text:.800}", route.path);
    }
}

#[tokio::test]
async fn a_right_of_the_practice_is_asked_for() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    let practice = routes().into_iter().filter(|route| matches!(route.needs, Needs::Practice(_)) && route.path.starts_with("/kits"));
    for route in practice.filter(|route| route.method == Method::GET) {
        let answer = bob.get(&(site.path(route.path, "jira").await + if route.path == "/kits/diff" { "?old=x&new=y" } else { "" })).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
        assert!(!answer.text().contains("Small kit"), "{}", route.path);
    }
}

#[tokio::test]
async fn a_customer_never_reads_what_is_internal() {
    let site = Site::new().await;
    let planted = plant(&site).await;
    let room = format!("person={}&resource=backstage&to=requested&note={MARKER}", site.world.dee.person);
    let ann = site.as_person("ann").await;
    ann.post(&site.at("/report/sign"), "reason=half+done").await.leads_to("/report");
    let mut seen_by_ann = 0;
    for key in ["jira", "chat"] {
        for route in routes().into_iter().filter(|route| route.method == Method::GET && !route.path.ends_with("/events")) {
            seen_by_ann += usize::from(ann.get(&site.path(route.path, key).await).await.text().contains(MARKER));
        }
    }
    assert!(seen_by_ann >= 10, "the marker is on {seen_by_ann} of Ann's pages: it must be there to be hidden");
    for path in [format!("/items/{}", planted.part), format!("/files/{}", planted.file)] {
        assert!(ann.get(&site.at(&path)).await.text().contains(MARKER), "{path}");
    }
    let (bob, id) = (site.as_person("bob").await, &site.world.bob.person);
    let (pia, pia_by_link) = (site.as_person("pia").await, site.by_link(&planted.pia).await);
    let (by_link, proved, seen) = (site.by_link(id).await, site.by_link(id).await, site.as_seen_by(id).await);
    proved.post("/code/send", "next=/").await.leads_to("/code");
    proved.post("/code", &format!("next=/&code={}", site.sent_code().await)).await.leads_to("/");
    let readers = [
        ("signed in", &bob, 15),
        ("by link", &by_link, 8),
        ("by link with a code", &proved, 8),
        ("looked at by Ann", &seen, 8),
        ("a partner", &pia, 8),
        ("a partner by link", &pia_by_link, 5),
    ];
    for (who, reader, at_least) in readers {
        let read = reads_no_marker(&site, who, reader, &planted).await;
        assert!(read >= at_least, "{who} read {read} pages: what nobody reads hides nothing");
    }
    // What is refused names nothing internal: what comes before, and what is allowed in its place.
    for (person, words) in [(&site.world.dee.person, "a step of the delivery side"), (id, "No VPN for the customer")] {
        let ask = Ask { to: Some(Step::Granted), ..Ask::default() };
        let given = vec![MoveAccess { person: person.clone(), resource: "vpn".into(), ask, version: None }];
        let refused = move_access(&site.world.app, &site.world.bob, &site.world.engagement, given).await.unwrap_err().to_string();
        assert!(refused.contains(words) && !refused.contains(MARKER), "{refused}");
    }
    assert_eq!(bob.get(&site.item_path("chat", "").await).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bob.post(&site.at("/record/export.jsonl"), "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.post(&site.at("/access"), &room).await.status, StatusCode::NOT_FOUND);
    let cell = format!("/access?person={}&resource=backstage", site.world.dee.person);
    assert_eq!(bob.get(&site.at(&cell)).await.status, StatusCode::NOT_FOUND);
    let letters = letters_to_customers(&site).await;
    for letter in &letters {
        assert!(!format!("{letter:?}").contains(MARKER), "{letter:?}");
    }
    // Letters on access are among them, with what is shared.
    for subject in ["Your access at Northwind: one thing changed", "At once: the access of Quinn ends today, Northwind"] {
        let told = letters.iter().find(|letter| letter.subject == subject).unwrap_or_else(|| panic!("{subject}: {letters:?}"));
        assert!(told.text.contains("Wiki") && told.html.contains("Wiki"), "{told:?}");
    }
}

/// Every letter that somebody from outside gets, whole.
async fn letters_to_customers(site: &Site) -> Vec<Written> {
    let (app, ann) = (&site.world.app, &site.world.ann);
    mail_link(app, ann, &site.world.engagement, (&site.world.bob.person, None)).await.unwrap();
    let visit = site.by_link(&site.world.bob.person).await;
    visit.post("/code/send", "next=/").await.leads_to("/code");
    // Shortly before things are due, when everybody is told what is theirs.
    site.world.clock.advance(jiff::SignedDuration::from_hours(24 * 25));
    queue_digests(app).await.unwrap();
    let mut letters = Vec::new();
    for kept in list_letters(app, ann, None).await.unwrap() {
        let kept = read_letter(app, ann, &kept.letter.id).await.unwrap();
        if ["Ann", "Dee", "Quinn"].contains(&kept.letter.name.as_str()) {
            continue;
        }
        letters.push(write(&kept.letter, "https://tminus.example.com"));
    }
    assert!(
        letters.len() >= 3 && letters.iter().all(|letter| letter.text.contains("Hello Bob") || letter.text.contains("Hello Pia")),
        "{letters:?}"
    );
    letters
}

async fn reads_no_marker(site: &Site, who: &str, reader: &Browser<'_>, planted: &Planted) -> usize {
    let mut read = 0;
    for rest in [format!("/items/{}", planted.part), format!("/files/{}", planted.file), format!("/checklist?item={}", planted.part)] {
        let answer = reader.get(&site.at(&rest)).await;
        assert!(!answer.text().contains(MARKER), "{who}: {rest}");
    }
    for key in ["jira", "chat"] {
        for route in routes().into_iter().filter(|route| route.method == Method::GET && !route.path.ends_with("/events")) {
            let answer = reader.get(&site.path(route.path, key).await).await;
            read += usize::from(answer.status == StatusCode::OK);
            let text = answer.text();
            assert!(!text.contains(MARKER), "{who}: {}: {text}", route.path);
        }
        let part = [("hx-request-type", "partial"), ("hx-target", "aside#item")];
        let panel = site.at(&format!("/checklist?item={}", site.item(key).await.id));
        assert!(!reader.get_with(&panel, &part).await.text().contains(MARKER), "{who}");
        let found = reader.get(&format!("/search?q={MARKER}&within={}", site.world.engagement)).await.text();
        assert_eq!(
            found.matches(MARKER).count(),
            found.matches(&format!("value=\"{MARKER}\"")).count() + title_of(&found),
            "{who}: {found}"
        );
        for route in routes().into_iter().filter(|route| route.method == Method::POST && matches!(route.needs, Needs::Engagement(_))) {
            let sent = "version=1&status=done&reason=x&comment=x&act=ask&text=x&back=/";
            let text = reader.post(&site.path(route.path, key).await, sent).await.text();
            assert!(!text.contains(MARKER), "{who}: {}: {text}", route.path);
        }
    }
    // Live events say that something changed, and nothing of what.
    let events = reader.open(&site.at("/events")).await;
    let mut events = events.into_body().into_data_stream();
    let ann = &site.world.ann;
    let comment = AddComment { item: site.item("chat").await.id, text: MARKER.to_owned(), internal: true };
    add_comment(&site.world.app, ann, &site.world.engagement, comment).await.unwrap();
    let told = tokio::time::timeout(std::time::Duration::from_secs(5), events.next()).await.unwrap().unwrap().unwrap();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(told.contains("changed") && !told.contains(MARKER), "{who}: {told}");
    read
}

/// How often the searched word itself stands on the page that says that nothing was found.
fn title_of(found: &str) -> usize {
    found.matches(&format!("“{MARKER}”")).count()
}

#[tokio::test]
async fn a_pass_that_ended_opens_nothing_whatever_the_address() {
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let bob = &site.world.bob.person;
    let made = make_link(app, ann, engagement, (bob, None)).await.unwrap();
    let revoked = site.visit(&made.secret).await;
    revoke_link(app, ann, engagement, &made.link.id).await.unwrap();
    let old = site.by_link(bob).await;
    let (disabled, signed_in) = (site.as_person("dee").await, site.as_person("bob").await);
    end_person(app, ann, &site.world.dee.person).await.unwrap();
    site.world.clock.advance(jiff::SignedDuration::from_hours(24 * 200));
    for (who, browser) in
        [("a revoked link", &revoked), ("an expired link", &old), ("a disabled person", &disabled), ("an old session", &signed_in)]
    {
        for route in routes().into_iter().filter(|route| route.needs != Needs::Nobody) {
            let path = site.path(route.path, "jira").await;
            let answer = if route.method == Method::GET { browser.get(&path).await } else { browser.post(&path, "").await };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{who}: {} {}", route.method, route.path);
            assert!(answer.header("location").starts_with("/sign-in"), "{who}: {}: {}", route.path, answer.header("location"));
        }
    }
    for guessed in [made.secret.as_str(), "guessed"] {
        let answer = site.as_nobody().post(&format!("/l/{guessed}"), "").await;
        assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::NOT_FOUND, ""), "{guessed}");
    }
}

#[tokio::test]
async fn whoever_was_taken_off_and_whoever_came_by_link_see_no_other_engagement() {
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let bob = &site.world.bob.person;
    let (signed_in, by_link) = (site.as_person("bob").await, site.by_link(bob).await);
    remove_member(app, ann, engagement, bob).await.unwrap();
    for (who, browser) in [("signed in", &signed_in), ("by link", &by_link)] {
        for route in routes().into_iter().filter(|route| matches!(route.needs, Needs::Engagement(_))) {
            let path = site.path(route.path, "jira").await;
            let answer = if route.method == Method::GET { browser.get(&path).await } else { browser.post(&path, "version=1").await };
            let text = answer.text();
            assert!(!text.contains("Northwind") && !text.contains("Jira"), "{who}: {}: {text:.800}", route.path);
            assert!(route.method != Method::GET || answer.status != StatusCode::OK, "{who}: {}", route.path);
        }
    }
}

#[tokio::test]
async fn whoever_may_only_look_is_offered_no_forms() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    let page = bob.page(&site.item_path("jira", "").await).await;
    assert!(
        page.contains("/status\"") && !page.contains("/remove\"") && !page.contains("/copy\""),
        "a customer works items and edits none"
    );
    assert!(!PracticeRole::None.may(Right::ReadKits));
    assert!(!bob.page(&site.at("/people")).await.contains("?edit="));
}
