//! Looking for something, as Ann, Bob and Mallory.

use axum::http::StatusCode;

use crate::signed::{Browser, Site};

/// What the palette asks for while somebody types.
async fn lines(browser: &Browser<'_>, q: &str, within: &str) -> Vec<String> {
    let headers = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "div#found")];
    found(&browser.get_with(&format!("/search?q={q}&within={within}"), &headers).await.text())
}

/// The lines of the answer: where they lead, in order.
fn found(page: &str) -> Vec<String> {
    let (_, list) = page.split_once("id=\"found\"").expect("what was found");
    list.match_indices("href=\"").filter_map(|(at, found)| list[at + found.len()..].split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_palette_finds_items_of_this_engagement_by_words_and_by_number() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let jira = site.item("jira").await.id;
    let within = site.world.engagement.to_string();
    let ask = async |q: &str| lines(&ann, q, &within).await;
    let item = format!("/engagements/{within}/checklist?item={jira}");
    for q in ["J%C3%8DRA", "access+jira", "1.1", "1.1."] {
        assert_eq!(ask(q).await.first(), Some(&item), "{q}");
    }
    assert_eq!(ask("Northwind").await.first(), Some(&format!("/engagements/{within}/countdown")));
    assert!(ask("bob").await.iter().any(|href| href.starts_with("/people/")));
    assert!(ask("").await.is_empty() && ask("9.9.9").await.is_empty());
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_know_of() {
    let site = Site::new().await;
    let within = site.world.engagement.to_string();
    let (bob, mallory) = (site.as_person("bob").await, site.as_person("mallory").await);
    let chat = site.item("chat").await.id;
    for q in ["chat", "internal+chat", "1.3", "1"] {
        let page = bob.page(&format!("/search?q={q}&within={within}")).await;
        assert!(!page.contains(chat.as_str()) && !page.contains("internal chat room"), "{q}: {page}");
    }
    assert!(bob.page(&format!("/search?q=jira&within={within}")).await.contains("Get access to Jira"));
    for q in ["jira", "northwind", "ann", "1.1"] {
        let page = mallory.page(&format!("/search?q={q}&within={within}")).await;
        assert!(!page.contains(&within) && page.contains("Nothing goes by"), "{q}: {page}");
    }
}

#[tokio::test]
async fn the_page_of_the_search_works_by_its_form_alone() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.page("/search").await;
    assert!(page.contains("name=\"q\"") && page.contains("Words from the name"), "{page}");
    let page = ann.page("/search?q=settings").await;
    assert!(page.contains("<h2 class=\"hd\">Go to</h2>") && page.contains("href=\"/settings\""), "{page}");
    let hostile = ann.page("/search?q=%3Cscript%3E").await;
    assert!(hostile.contains("Nothing goes by") && !hostile.contains("<script>"), "{hostile}");
    assert_eq!(ann.get("/search?query=jira").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
