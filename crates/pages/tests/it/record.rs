//! The record's page, its proof and its files.

use axum::http::StatusCode;
use tminus_domain::record::chain::{Entry, Verifier};

use crate::signed::{Site, main_of};

async fn worked() -> Site {
    let site = Site::new().await;
    {
        let ann = site.as_person("ann").await;
        for (status, reason) in [("in_progress", ""), ("blocked", "waits for <legal>"), ("in_progress", "")] {
            let form = site.form("chat", &[("status", status), ("reason", reason)]).await;
            ann.post(&site.item_path("chat", "/status").await, &form).await.leads_to("/items/");
        }
    }
    site
}

#[tokio::test]
async fn the_record_tells_who_did_what_when_and_why() {
    let site = worked().await;
    let page = site.as_person("ann").await.page(&site.at("/record")).await;
    for words in [
        "4 entries",
        "set the status of",
        "<del>To do</del>",
        "<ins>In progress</ins>",
        "waits for &#60;legal&#62;",
        "Ann",
        "page",
        "2025-12-18T09:00:00Z",
        "10:00 Europe/Berlin",
        "Times in Europe/Berlin",
    ] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
}

#[tokio::test]
async fn the_record_is_filtered_by_fact_person_item_and_day() {
    let site = worked().await;
    let ann = site.as_person("ann").await;
    let rows = async |query: &str| ann.page(&site.at(&format!("/record?{query}"))).await.matches("data-row").count();
    let chat = site.item("chat").await.id;
    assert_eq!(rows("fact=item_status_changed").await, 3);
    assert_eq!(rows(&format!("item={chat}")).await, 3);
    assert_eq!(rows(&format!("person={}", site.world.bob.person)).await, 0);
    assert_eq!(rows("from=2025-12-18&to=2025-12-18").await, 4);
    assert_eq!(rows("from=2025-12-19").await, 0);
    assert_eq!(rows("before=3").await, 2);
    for (query, words) in [
        ("fact=eaten", "eaten"),
        ("from=yesterday", "yesterday"),
        ("from=2026-01-02&to=2026-01-01", "before the beginning"),
        ("sort=up", "sort"),
    ] {
        let answer = ann.get(&site.at(&format!("/record?{query}"))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text().contains(words), "{query}");
    }
}

#[tokio::test]
async fn checking_reads_the_whole_chain() {
    let site = worked().await;
    let ann = site.as_person("ann").await;
    let page = ann.post(&site.at("/record/verify"), "").await.text();
    let right = tminus_domain::rights::Right::ReadRecord;
    let head = site.world.app.view(&site.world.ann, &site.world.engagement, right).await.unwrap().engagement.head.clone();
    assert!(page.contains(&format!("4 entries verified, head {}", head.hash)), "{}", main_of(&page));
    let bob = site.as_person("bob").await;
    assert_eq!(bob.post(&site.at("/record/verify"), "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_export_is_asked_for_with_a_button_and_noted() {
    let site = worked().await;
    let ann = site.as_person("ann").await;
    assert_eq!(ann.get(&site.at("/record/export.jsonl")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let lines = ann.post(&site.at("/record/export.jsonl"), "").await;
    assert!(lines.header("content-disposition").contains(".jsonl"));
    let text = lines.text();
    let lines: Vec<_> = text.lines().collect();
    let mut verifier = Verifier::default();
    for line in &lines[1..lines.len() - 1] {
        let entry: Entry = serde_json::from_str(line).unwrap();
        verifier.check(&entry).unwrap();
    }
    // The last entry is the one of the export itself.
    assert_eq!(verifier.head().number, 5);
    assert!(lines[5].contains("record_exported") && lines[6].contains(&verifier.head().hash), "{text}");
    let csv = ann.post(&site.at("/record/export.csv"), "").await.text();
    assert_eq!(csv.matches("\r\n").count(), 7, "{csv}");
    assert!(csv.starts_with("number,at,zone,person,") && csv.contains("waits for <legal>"));
    let bob = site.as_person("bob").await;
    assert_eq!(bob.post(&site.at("/record/export.csv"), "").await.status, StatusCode::FORBIDDEN);
}
