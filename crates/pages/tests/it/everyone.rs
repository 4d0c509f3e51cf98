//! Every route as every kind of person: nobody sees or does what is not theirs.

use axum::http::{Method, StatusCode};
use tminus_app::checklist::{
    arrange::{EditItem, edit_item},
    comment::{AddComment, add_comment},
};
use tminus_domain::rights::{PracticeRole, Right};
use tminus_pages::{Needs, routes};

use crate::signed::Site;

/// What only the delivery side may ever read.
const MARKER: &str = "Zebra4711";

impl Site {
    /// A route's path with the world's names in it.
    async fn path(&self, path: &str, item: &str) -> String {
        let item = self.item(item).await.id;
        let ids = [
            ("{engagement}", self.world.engagement.as_str()),
            ("{item}", item.as_str()),
            ("{person}", self.world.dee.person.as_str()),
            ("{kit}", self.world.kit.as_str()),
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
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let chat = site.item("chat").await;
    let words = EditItem {
        item: chat.id.clone(),
        title: Some(format!("{MARKER} room")),
        description: Some(MARKER.to_owned()),
        ..EditItem::default()
    };
    edit_item(app, ann, engagement, words).await.unwrap();
    let jira = site.item("jira").await.id;
    add_comment(app, ann, engagement, AddComment { item: jira, text: MARKER.to_owned(), internal: true }).await.unwrap();
    let status = site.form("chat", &[("status", "blocked"), ("reason", MARKER)]).await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    ann.post(&site.item_path("chat", "/status").await, &status).await.leads_to("/items/");
    ann.post(&site.at("/report/sign"), "reason=half+done").await.leads_to("/report");
    let mut seen_by_ann = 0;
    for key in ["jira", "chat"] {
        for route in routes().into_iter().filter(|route| route.method == Method::GET && !route.path.ends_with("/events")) {
            let path = site.path(route.path, key).await;
            let text = bob.get(&path).await.text();
            assert!(!text.contains(MARKER), "{}: {text}", route.path);
            seen_by_ann += usize::from(ann.get(&path).await.text().contains(MARKER));
        }
        let part = [("hx-request-type", "partial"), ("hx-target", "aside#item")];
        let panel = site.at(&format!("/checklist?item={}", site.item(key).await.id));
        assert!(!bob.get_with(&panel, &part).await.text().contains(MARKER));
        for route in routes().into_iter().filter(|route| route.method == Method::POST && matches!(route.needs, Needs::Engagement(_))) {
            let text = bob.post(&site.path(route.path, key).await, "version=1&status=done&reason=x&comment=x&back=/").await.text();
            assert!(!text.contains(MARKER), "{}: {text}", route.path);
        }
    }
    assert!(seen_by_ann >= 5, "the marker is on {seen_by_ann} of Ann's pages: it must be there to be hidden");
    assert_eq!(bob.get(&site.item_path("chat", "").await).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bob.post(&site.at("/record/export.jsonl"), "").await.status, StatusCode::FORBIDDEN);
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
