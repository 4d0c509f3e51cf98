//! The register as a table.

use axum::http::StatusCode;

use crate::signed::{Site, form, main_of};

#[tokio::test]
async fn a_table_is_looked_at_first_and_taken_over_after() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let at = site.at("/people/import");
    assert!(ann.page(&site.at("/people")).await.contains("From a table"));
    let sent = |table: &str, what: &str| form([("table", table.to_owned()), ("do", what.to_owned())].into_iter());
    let table = "email,name,function\nnia@northwind.example,Nia Ode,customer_member\ndee@example.com,,workstream_lead\n";
    let seen = ann.post(&at, &sent(table, "look")).await;
    let page = seen.text();
    assert!(page.contains("new here, joins") && page.contains("changes") && page.contains("Take 2 people over"), "{}", main_of(&page));
    assert!(!ann.page(&site.at("/people")).await.contains("Nia Ode"), "looking changed something");
    ann.post(&at, &sent(table, "take")).await.leads_to("/people");
    assert!(ann.page(&site.at("/people")).await.contains("Nia Ode"));
    let csv = ann.get(&site.at("/people.csv")).await.text();
    assert!(csv.contains("nia@northwind.example,Nia Ode,customer"), "{csv}");

    let wrong = ann.post(&at, &sent("email,function\nx@y.example,chief\n", "take")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = wrong.text();
    assert!(page.contains("Line 2") && page.contains("x@y.example,chief"), "what was typed is gone: {}", main_of(&page));
    let file = ann.upload_as("table.file", &at, &[("table", ""), ("do", "look")], ("people.csv", b"email\nbob@example.com\n")).await;
    assert!(file.text().contains("stays as it is"), "{}", file.text());
    assert_eq!(site.as_person("bob").await.get(&at).await.status, StatusCode::FORBIDDEN);
}
