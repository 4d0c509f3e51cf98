//! The practice's own record.

use axum::http::StatusCode;
use tminus_domain::record::chain::{Entry, Verifier};

use crate::signed::{Site, main_of};

#[tokio::test]
async fn the_record_of_the_practice_tells_administrators_who_signed_in_and_whose_access_changed() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let dee = site.as_person("dee").await;
    assert!(ann.page("/settings").await.contains("/settings/record"));
    assert!(!dee.page("/settings").await.contains("/settings/record"));
    let page = ann.page("/settings/record").await;
    for words in ["signed in", "added the person", "imported", "Dee", "Times in Europe/Berlin"] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    let rows = async |query: &str| ann.page(&format!("/settings/record?{query}")).await.matches("data-row").count();
    // Four people; what Dee did, and what was done to her.
    assert_eq!(rows("fact=person_added").await, 4);
    assert_eq!(rows("person=Dee@example.com").await, 2);
    assert_eq!(rows("person=dee@example.com&fact=signed_in").await, 1);
    assert_eq!((rows("from=2025-12-19").await, rows("before=3").await), (0, 2));
    for (query, words) in [("fact=eaten", "eaten"), ("person=eve@example.com", "eve@example.com"), ("sort=up", "sort")] {
        let answer = ann.get(&format!("/settings/record?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text().contains(words), "{query}");
    }
}

#[tokio::test]
async fn the_record_of_the_practice_is_checked_and_exported_and_says_so() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let head = site.world.app.store.practice_head().await.unwrap();
    let page = ann.post("/settings/record/verify", "").await.text();
    assert!(page.contains(&format!("{} entries verified, head {}", head.number, head.hash)), "{}", main_of(&page));
    let lines = ann.post("/settings/record/export.jsonl", "").await;
    assert!(lines.header("content-disposition").contains("record-practice.jsonl"));
    let text = lines.text();
    let lines: Vec<_> = text.lines().collect();
    let mut verifier = Verifier::default();
    for line in &lines[1..lines.len() - 1] {
        verifier.check(&serde_json::from_str::<Entry>(line).unwrap()).unwrap();
    }
    assert_eq!(verifier.head().number, head.number + 1, "the export itself is the last entry");
    assert!(
        lines[lines.len() - 2].contains("record_exported")
            && text.ends_with("}\n")
            && lines[lines.len() - 1].contains(&verifier.head().hash)
    );
    let csv = ann.post("/settings/record/export.csv", "").await.text();
    assert!(csv.starts_with("number,at,zone,person,") && csv.contains("signed_in"), "{csv}");
    for name in ["dee", "bob"] {
        let other = site.as_person(name).await;
        for path in ["/settings/record/verify", "/settings/record/export.jsonl", "/settings/record/export.csv"] {
            assert_eq!(other.post(path, "").await.status, StatusCode::FORBIDDEN, "{name}: {path}");
        }
    }
}
