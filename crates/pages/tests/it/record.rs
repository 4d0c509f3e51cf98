//! The record's page, its proof and its files.

use axum::http::StatusCode;
use tminus_domain::{
    kit::Side,
    record::chain::{Entry, Verifier},
    rights::Right,
};

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
    let opened = ann.get(&site.at("/record/export.jsonl")).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, site.at("/record").as_str()));
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

#[tokio::test]
async fn what_changed_is_told_in_names_and_only_where_something_is_there() {
    use tminus_app::{
        checklist::arrange::{EditItem, edit_item},
        engagement::plan::{ChangePlan, change_plan},
    };
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let jira = site.item("jira").await;
    let edit =
        EditItem { item: jira.id.clone(), assign: Some((Side::Customer, Some(site.world.bob.person.clone()))), ..EditItem::default() };
    edit_item(app, ann, engagement, edit).await.unwrap();
    let edit = EditItem { item: jira.id.clone(), owners: Some(vec!["customer-manager".into()]), ..EditItem::default() };
    edit_item(app, ann, engagement, edit).await.unwrap();
    let mut setup = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    setup.milestones.insert("kickoff".into(), "2026-01-23".parse().unwrap());
    let input = ChangePlan { setup, kits: None, reason: "the sponsor is away".to_owned(), revision: None };
    let moved = change_plan(app, ann, engagement, input).await.unwrap().moved.len();
    let browser = site.as_person("ann").await;
    let version = site.item("jira").await.version.to_string();
    let file = ("plan.txt", [b'x'; 2_300].as_slice());
    browser.upload(&site.item_path("jira", "/files").await, &[("version", &version)], file).await.leads_to("/checklist");

    let page = browser.page(&site.at("/record")).await;
    let kick_offs = "<del>Kick-off: 2026-01-20</del> <ins>Kick-off: 2026-01-23 · ";
    for words in
        ["<ins>assigned customer: Bob</ins>", "owners: Customer project manager", kick_offs, &format!("{moved} moved"), "<ins>3 kB</ins>"]
    {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    let shown = main_of(&page);
    for raw in ["sha256", "roles:", "[{", "{\"", "customer-manager"] {
        assert!(!shown.contains(raw), "{raw}: {shown}");
    }
}

#[tokio::test]
async fn a_change_that_was_taken_back_names_each_of_its_items() {
    let site = Site::new().await;
    let browser = site.as_person("ann").await;
    let chat = site.form("chat", &[("status", "in_progress")]).await;
    browser.post(&site.item_path("chat", "/status").await, &chat).await.leads_to("/items/");
    browser.post(&site.at("/undo?number=2"), "").await.leads_to("");
    let page = browser.page(&site.at("/record")).await;
    assert!(page.contains("took back") && page.contains("<ins>entry 2: To do again</ins>"), "{}", main_of(&page));
    let of_item = browser.page(&site.at(&format!("/record?item={}", site.item("chat").await.id))).await;
    assert_eq!(of_item.matches("data-row").count(), 2, "the item's own history has it");
    let customer = site.as_person("bob").await.page(&site.at("/record")).await;
    assert!(!customer.contains("entry 2"), "the room is internal, and so is what was done to it");
}
