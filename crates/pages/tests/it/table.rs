//! The register and the checklist as tables.

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

#[tokio::test]
async fn cards_of_an_address_book_join_with_the_function_that_is_chosen() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let at = site.at("/people/import");
    let cards = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Nia Ode\r\nEMAIL:nia@northwind.example\r\nEND:VCARD\r\n".as_bytes();
    let sent = |function| [("table", ""), ("function", function), ("do", "look")];
    let none = ann.upload_as("table.file", &at, &sent(""), ("people.vcf", cards)).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = none.text();
    // What was read stands in the field, to be mended there.
    assert!(page.contains("nia@northwind.example,Nia Ode,") && page.contains("say in “function”"), "{}", main_of(&page));
    let seen = ann.upload_as("table.file", &at, &sent("customer_member"), ("people.vcf", cards)).await;
    let page = seen.text();
    assert!(page.contains("new here, joins") && page.contains("<option value=\"customer_member\" selected>"), "{}", main_of(&page));
    let table = [("table", "email,name\nnia@northwind.example,Nia Ode\n"), ("function", "customer_member"), ("do", "take")];
    ann.post(&at, &form(table.map(|(name, value)| (name, value.to_owned())).into_iter())).await.leads_to("/people");
    assert!(ann.get(&site.at("/people.csv")).await.text().contains("nia@northwind.example,Nia Ode,customer,"));
    let chief = [("table", "email\n"), ("function", "chief"), ("do", "look")];
    let refused = ann.post(&at, &form(chief.map(|(name, value)| (name, value.to_owned())).into_iter())).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_and_what_was_typed_stays() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let typed = [("table", "email\nbob@example.com\n"), ("do", "look")];
    let broken = ann.upload_as("table.file", &site.at("/people/import"), &typed, ("people.xlsx", b"PK\x03\x04 broken")).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = broken.text();
    assert!(page.contains("save it as XLSX") && page.contains("bob@example.com"), "{}", main_of(&page));
    let latin =
        ann.upload_as("table.file", &site.at("/people/import"), &typed, ("people.csv", b"email,name\nzoe@example.com,Zo\xeb\n")).await;
    assert!(latin.text().contains("Zoë"), "{}", latin.text());
}

#[tokio::test]
async fn the_checklist_goes_out_as_a_table_and_what_was_filled_in_is_looked_at_and_taken_over() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let at = site.at("/checklist/table");
    assert!(ann.page(&site.at("/checklist?state=to_do")).await.contains("/checklist/table?state=to_do"));
    let page = ann.page(&format!("{at}?state=to_do")).await;
    assert!(page.contains("checklist.csv?state=to_do&#38;shared=1") && page.contains("Who filled it in"), "{}", main_of(&page));
    let whole = ann.get(&site.at("/checklist.csv")).await.text();
    assert!(
        whole.contains("internal chat room") && !ann.get(&site.at("/checklist.csv?shared=1")).await.text().contains("internal chat room")
    );
    assert!(!bob.get(&site.at("/checklist.csv")).await.text().contains("internal chat room"));
    assert_eq!(ann.get(&site.at("/checklist.csv?shared=perhaps")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (header, badge) = (whole.lines().next().unwrap(), whole.lines().find(|line| line.contains("Get a badge")).unwrap());
    let table = format!("{header}\n{}\nnothere.to_do.1,,,Something else\n", badge.replace("to do", "in progress"));
    let sent = |what: &str| form([("table", table.clone()), ("do", what.to_owned())].into_iter());
    let page = ann.post(&at, &sent("look")).await.text();
    for part in ["status: to do → in progress", "stays as it is", "no such item here", "Take one row over", "One row cannot be taken over"]
    {
        assert!(page.contains(part), "{part}: {}", main_of(&page));
    }
    ann.post(&at, &sent("take")).await.leads_to("/checklist");
    let again = ann.post(&at, &sent("look")).await.text();
    assert!(!again.contains("→ in progress") && !again.contains("Take one row over"), "twice is once: {}", main_of(&again));
    assert!(ann.page(&site.at("/record")).await.contains("took over a table"), "the record says so");
    let wrong = ann.post(&at, &form([("table", "title\nx\n".to_owned()), ("do", "take".to_owned())].into_iter())).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!bob.page(&at).await.contains("Who filled it in"), "a customer hands in what they filled in themselves");
}
