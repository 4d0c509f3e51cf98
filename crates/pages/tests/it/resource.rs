//! A resource that no kit names, its licences, and who is really in it.

use axum::http::StatusCode;

use crate::{
    access::sent,
    leaving::id_after,
    signed::{Browser, Site, main_of},
};

const LAKE: [(&str, &str); 11] = [
    ("title", "Data lake"),
    ("note", "Columbus"),
    ("kind", "cloud"),
    ("owner", "customer-manager"),
    ("each", "person where side = delivery"),
    ("days", "2"),
    ("unit", "bd"),
    ("from", "kickoff"),
    ("lead", ""),
    ("detail", "User name, Licence"),
    ("after", "wiki"),
];

/// Where the resource that Ann adds is.
async fn lake(site: &Site, ann: &Browser<'_>) -> String {
    ann.post(&site.at("/access/resources"), &sent(&LAKE)).await.leads_to("/access?all=1");
    let grid = ann.page(&site.at("/access")).await;
    assert!(grid.contains("Data lake") && grid.contains("to 3 resources"), "{}", main_of(&grid));
    let newest = grid.rfind("/access/resources/").unwrap();
    site.at(&format!("/access/resources/{}", id_after(&grid[newest..], "/access/resources/")))
}

#[tokio::test]
async fn a_resource_that_no_kit_names_is_added_changed_and_taken_away() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let page = ann.page(&site.at("/access/resources")).await;
    assert!(page.contains("person where side = delivery") && page.contains("Each person with the role"), "{}", main_of(&page));
    // What is refused keeps what was typed, and shows the reason at its field.
    let nobody = LAKE.map(|(field, text)| if field == "owner" { (field, "") } else { (field, text) });
    let refused = ann.post(&site.at("/access/resources"), &sent(&nobody)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    assert!(refused.contains("value=\"Data lake\"") && refused.contains("id=\"res-owner-e\""), "{}", main_of(&refused));

    let at = lake(&site, &ann).await;
    let page = ann.page(&at).await;
    for told in
        ["2 business days before kick-off", "Bob", "Cloud account", "User name, Licence", "this engagement", "name=\"title\" type=\"text\""]
    {
        assert!(page.contains(told), "{told}: {}", main_of(&page));
    }
    assert_eq!(bob.get(&site.at("/access/resources")).await.status, StatusCode::FORBIDDEN);
    assert!(!bob.page(&at).await.contains("name=\"title\""), "the customer changes nothing of it");

    // Somebody changed it since; then it is changed, and taken away.
    let change = |version: &str| sent(&[("version", version), ("title", "The lake"), ("owner", "customer-manager"), ("each", "")]);
    let stale = ann.post(&at, &change("7")).await.text();
    assert!(stale.contains("Somebody else") && stale.contains("What you typed is kept") && stale.contains("value=\"The lake\""));
    assert!(stale.contains("name=\"version\" value=\"1\""), "sent again it goes in the place of what stands there");
    ann.post(&at, &change("1")).await.leads_to("/access/resources/");
    ann.post(&format!("{at}/remove"), "version=2").await.leads_to("/access");
    let record = ann.page(&site.at("/record")).await;
    for told in ["added the resource", "changed the resource", "took the resource away"] {
        assert!(record.contains(told), "{told}: {}", main_of(&record));
    }
}

#[tokio::test]
async fn licences_are_counted_and_a_list_of_members_is_held_against_the_register() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let at = lake(&site, &ann).await;
    let resource = at.rsplit('/').next().unwrap();
    assert!(bob.post(&format!("{at}/licences"), "version=1&licences=many").await.text().contains("value=\"many\""));
    bob.post(&format!("{at}/licences"), "version=1&licences=1").await.leads_to("/access/resources/");
    assert!(ann.post(&format!("{at}/licences"), "version=1&licences=9").await.text().contains("Somebody else changed this"));
    let grid = ann.page(&site.at("/access")).await;
    assert!(grid.contains("Data lake: 2 people need a licence, and there are 1.") && grid.contains("licences 0/1"), "{}", main_of(&grid));
    let (dee, own) = (site.world.dee.person.as_str(), site.world.ann.person.as_str());
    for person in [dee, own] {
        let wiki = [("person", person), ("resource", "wiki"), ("version", "1"), ("to", "verified"), ("note", "seen")];
        ann.post(&site.at("/access"), &sent(&wiki)).await.leads_to("/access?person=");
    }
    let gives = |person: &str| sent(&[("person", person), ("resource", resource), ("version", "1"), ("to", "granted")]);
    bob.post(&site.at("/access"), &gives(dee)).await.leads_to("/access?person=");
    let none = bob.post(&site.at("/access"), &gives(own)).await.text();
    assert!(none.contains("No licence is left"), "{}", main_of(&none));

    let members = format!("{at}/members");
    assert!(bob.page(&members).await.contains("Who is really in Data lake"));
    assert!(bob.post(&members, "table=&do=look").await.text().contains("One address or name a line"));
    let people = "dee@example.com\nann@example.com\nBob <bob@example.com>\nwho@elsewhere.example";
    let list = |act: &str| sent(&[("table", people), ("do", act)]);
    let found = bob.post(&members, &list("look")).await.text();
    for told in ["In it, and should not be", "nobody of this engagement", "does not need it", "1 person is in it, as the grid says."] {
        assert!(found.contains(told), "{told}: {}", main_of(&found));
    }
    // There is one licence: Ann's stays as it is, and says why.
    let held = bob.post(&members, &list("take")).await;
    assert!(held.status == StatusCode::OK && held.text().contains("Ann: No licence is left"), "{}", main_of(&held.text()));
    assert!(ann.page(&site.at("/record")).await.contains("held a list of members against"));
}
