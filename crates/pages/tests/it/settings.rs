//! The practice's people, one's own password and keys.

use axum::http::StatusCode;
use tminus_app::{rights::sign_in::caller_of_token, world::PASSWORD};

use tminus_domain::people::ERASED;

use crate::signed::{Site, form, main_of};

fn sent(pairs: &[(&str, &str)]) -> String {
    form(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
}

const EVE: [(&str, &str); 6] = [
    ("name", "Eve <Adams>"),
    ("email", "eve@example.com"),
    ("side", "customer"),
    ("zone", "America/New_York"),
    ("practice", "none"),
    ("password", "a long new password"),
];

#[tokio::test]
async fn an_administrator_adds_and_changes_people() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert_eq!(ann.post("/people", &sent(&EVE)).await.header("location"), "/people");
    let page = ann.get("/people").await.text();
    assert!(page.contains("Eve &#60;Adams&#62;") && page.contains("eve@example.com"), "{page}");
    let bob = format!("/people/{}", site.world.bob.person);
    assert!(ann.get(&bob).await.text().contains("value=\"bob@example.com\""));
    let refused = ann
        .post(&bob, &sent(&[("name", "Bobby"), ("email", "no address"), ("side", "customer"), ("zone", "UTC"), ("practice", "none")]))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("“no address” is not an e-mail address") && refused.text().contains("value=\"Bobby\""),
        "{}",
        refused.text()
    );
    let changed = [
        ("name", "Bobby"),
        ("email", "bob@example.com"),
        ("side", "customer"),
        ("zone", "UTC"),
        ("practice", "none"),
        ("password", "another long password"),
    ];
    let bobs = site.as_person("bob").await;
    assert_eq!(ann.post(&bob, &sent(&changed)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(bobs.get("/").await.header("location"), "/sign-in", "a new password ends every session");
}

#[tokio::test]
async fn a_refused_person_is_not_added_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let twice = sent(&[("name", "Bob again"), ("email", "bob@example.com"), ("side", "customer"), ("zone", "UTC"), ("practice", "none")]);
    let answer = ann.post("/people", &twice).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("is there already") && answer.text().contains("value=\"Bob again\""), "{}", answer.text());
    let short = sent(&[
        ("name", "Fay"),
        ("email", "fay@example.com"),
        ("side", "delivery"),
        ("zone", "UTC"),
        ("practice", "member"),
        ("password", "short"),
    ]);
    assert!(ann.post("/people", &short).await.text().contains("at least 12 characters"));
}

#[tokio::test]
async fn others_read_people_or_nothing_and_change_nobody() {
    let site = Site::new().await;
    let (dee, bob) = (site.as_person("dee").await, site.as_person("bob").await);
    let page = dee.get("/people").await.text();
    assert!(page.contains("Bob") && !page.contains("Mallory") && !page.contains("Add a person"), "one's own customers: {page}");
    assert!(site.as_person("ann").await.page("/people").await.contains("Mallory"));
    assert_eq!(bob.get("/people").await.status, StatusCode::FORBIDDEN);
    for browser in [&dee, &bob] {
        assert_eq!(browser.post("/people", &sent(&EVE)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.get(&format!("/people/{}", site.world.ann.person)).await.status, StatusCode::FORBIDDEN);
        assert!(!browser.get("/settings").await.text().contains("People of the practice"));
    }
    assert!(site.as_person("ann").await.get("/settings").await.text().contains("People of the practice"));
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_can_be_revoked() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    let page = bob.post("/settings/keys", &sent(&[("title", "Nightly <report>"), ("days", "30")])).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::CREATED, "no-store"));
    let html = page.text();
    assert!(!html.contains("<report>"), "{html}");
    let secret = html
        .split_once("value=\"tminus_")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(secret, _)| format!("tminus_{secret}"))
        .unwrap();
    assert_eq!(caller_of_token(&site.world.app, &secret).await.unwrap().person, site.world.bob.person);
    let page = bob.get("/settings").await.text();
    assert!(page.contains("Nightly &#60;report&#62;") && !page.contains(&secret), "{page}");
    let revoke = page
        .split_once("action=\"/settings/keys/")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(id, _)| format!("/settings/keys/{id}"))
        .unwrap();
    assert_eq!(site.as_person("dee").await.post(&revoke, "").await.status, StatusCode::NOT_FOUND, "it is not hers");
    assert_eq!(bob.post(&revoke, "").await.status, StatusCode::SEE_OTHER);
    assert!(caller_of_token(&site.world.app, &secret).await.is_err());
    let refused = bob.post("/settings/keys", &sent(&[("title", " "), ("days", "30")])).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("Say what the key is for"), "{}", refused.text());
}

#[tokio::test]
async fn ones_own_password_needs_the_old_one() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    let wrong = bob.post("/settings/password", &sent(&[("old", "guessed"), ("new", "a long new password")])).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("This is not your password."), "{}", wrong.text());
    let short = bob.post("/settings/password", &sent(&[("old", PASSWORD), ("new", "short")])).await;
    assert!(short.text().contains("at least 12 characters"));
    assert_eq!(
        bob.post("/settings/password", &sent(&[("old", PASSWORD), ("new", "a long new password")])).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(bob.get("/").await.header("location"), "/sign-in");
    let login = sent(&[("email", "bob@example.com"), ("password", "a long new password")]);
    assert_eq!(site.as_nobody().post("/sign-in", &login).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn where_holidays_come_from_is_said() {
    let site = Site::new().await;
    let page = site.as_person("bob").await.get("/settings").await.text();
    assert!(page.contains("date-holidays") && page.contains("CC BY-SA 3.0"), "{page}");
}

#[tokio::test]
async fn the_public_holidays_of_a_region_can_be_looked_up() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let bavaria = ann.page("/settings?region=Germany,+Bayern&year=2026").await;
    assert!(bavaria.contains("Germany, Bayern, 2026") && bavaria.contains("Epiphany"), "{bavaria}");
    assert!(!ann.page("/settings?region=DE-BE&year=2026").await.contains("Epiphany"));
    for (query, said) in [
        ("region=Atlantis&year=2026", "Atlantis"),
        ("region=DE&year=1850", "Known are "),
        ("region=DE&year=soon", "soon"),
        ("region=DE&colour=red", "colour"),
    ] {
        assert!(ann.get(&format!("/settings?{query}")).await.text().contains(said), "{query}");
    }
}

#[tokio::test]
async fn an_administrator_ends_the_access_of_another_and_not_their_own() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let (anns, bobs) = (format!("/people/{}", site.world.ann.person), format!("/people/{}", site.world.bob.person));
    assert!(!ann.get(&anns).await.text().contains("End their access"));
    assert!(ann.get(&bobs).await.text().contains("End their access"));
    let answer = ann.post(&format!("{anns}/end"), "").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("nobody ends their own access"), "{}", answer.text());
    assert_eq!(bob.post(&format!("{anns}/end"), "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ann.post(&format!("{bobs}/end"), "").await.header("location"), "/people");
    let row = format!("id=\"p-{}\"", site.world.bob.person);
    let people = ann.page("/people").await;
    assert!(!people.contains(&row) && people.contains("Access ended"), "{people}");
    assert_eq!(bob.get("/").await.header("location"), "/sign-in");
    ann.post(&format!("{bobs}/take-back"), "").await.leads_to("/people");
    let people = ann.page("/people").await;
    assert!(people.contains(&row) && !people.contains("Access ended"), "{people}");
    assert_eq!(bob.get("/").await.header("location"), "/sign-in", "sessions of then stay ended");
}

#[tokio::test]
async fn an_administrator_erases_somebody_after_a_look_at_what_goes_and_what_stays() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let bobs = format!("/people/{}", site.world.bob.person);
    let refused = ann.post(&format!("{bobs}/erase"), "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Bob is a member of “Mobilize”, which has not ended"), "{}", refused.text());
    assert!(!ann.page(&format!("{bobs}/erase")).await.contains("Erase for good"), "a button that would be refused");
    ann.post(&site.at("/end"), "note=over").await;
    ann.post(&format!("{bobs}/end"), "").await.leads_to("/people");
    assert!(ann.page("/people").await.contains(&format!("{bobs}/erase")));
    let page = ann.page(&format!("{bobs}/erase")).await;
    for words in ["Erase Bob", "bob@example.com", "What goes", "What stays", "Erase for good"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    ann.post(&format!("{bobs}/erase"), "").await.leads_to("/people");
    for path in ["/people".to_owned(), site.at("/people"), site.at("/record"), site.at("/checklist")] {
        let page = ann.page(&path).await;
        assert!(!page.contains("Bob") && !page.contains("bob@example.com"), "{path}: {page}");
    }
    assert!(ann.page(&site.at("/people")).await.contains(ERASED));
    assert_eq!(ann.get(&bobs).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ann.get(&format!("{bobs}/erase")).await.status, StatusCode::NOT_FOUND);
    let word = tminus_pages::words::TABLE.iter().find(|(key, _)| *key == "person.erased").map(|(_, word)| *word);
    assert_eq!(word, Some(ERASED), "the catalogue and the store say the same of somebody who was erased");
}

#[tokio::test]
async fn the_end_names_the_day_on_which_personal_data_is_erased_and_it_is_set_there() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let end = site.at("/access/revoke?all=1");
    assert!(ann.page(&end).await.contains("Personal data is erased 24 months after the engagement has ended."));
    ann.post(&site.at("/end"), "note=over").await;
    assert!(ann.page(&end).await.contains("Personal data is erased on Sat 18 Dec 2027."), "{}", ann.page(&end).await);
    let refused = ann.post(&site.at("/retention"), "months=soon").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Give 1 to 240 months") && refused.text().contains("value=\"soon\""), "{}", refused.text());
    assert_eq!(bob.post(&site.at("/retention"), "months=1").await.status, StatusCode::FORBIDDEN);
    ann.post(&site.at("/retention"), "months=3").await.leads_to(&end);
    assert!(bob.page(&end).await.contains("Personal data is erased on Wed 18 Mar 2026."), "{}", bob.page(&end).await);
    assert!(!bob.page(&end).await.contains("name=\"months\""), "a customer sets nothing");
    assert!(ann.page(&site.at("/record")).await.contains("set how long personal data is kept"));
    site.world.clock.advance(jiff::SignedDuration::from_hours(24 * 90));
    tminus_app::engagement::retention::erase_due(&site.world.app).await.unwrap();
    let ann = site.as_person("ann").await;
    let page = ann.page(&end).await;
    assert!(page.contains("Personal data was erased on Wed 18 Mar 2026.") && !page.contains("name=\"months\""), "{page}");
    for path in ["/countdown", "/checklist", "/people", "/record", "/report", "/access"] {
        let page = ann.page(&site.at(path)).await;
        assert!(!page.contains("Bob") && !page.contains("Dee"), "{path}: {page}");
    }
}

#[tokio::test]
async fn when_one_is_told_what_is_theirs_is_chosen_and_stays() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    assert!(bob.page("/settings").await.contains("<option value=\"8\" selected>08:00"));
    bob.post("/settings/digest", "at=17").await.leads_to("/settings");
    assert!(bob.page("/settings").await.contains("<option value=\"17\" selected>17:00"));
    bob.post("/settings/digest", "at=never").await.leads_to("/settings");
    assert!(bob.page("/settings").await.contains("<option value=\"never\" selected>Never"));
    for wrong in ["24", "-1", "soon", ""] {
        assert_eq!(bob.post("/settings/digest", &format!("at={wrong}")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let by_link = site.by_link(&site.world.bob.person).await;
    let bare = by_link.post("/settings/digest", "at=9").await;
    assert_ne!(bare.header("location"), site.at("/yours"), "a forwarded link sets nobody's letters");
    assert_eq!(tminus_app::mail::digest::digest_time(&site.world.app, &site.world.bob).await.unwrap(), None);
    let by_link = site.by_link_with_code(&site.world.bob.person).await;
    by_link.post("/settings/digest", "at=9").await.leads_to("/yours");
    assert_eq!(
        tminus_app::mail::digest::digest_time(&site.world.app, &site.world.bob).await.unwrap(),
        Some(9 * 60),
        "letters come to those without an account too"
    );
    assert!(by_link.page(&site.at("/yours")).await.contains("<option value=\"9\" selected"));
    assert!(!by_link.page("/settings").await.contains("/settings/digest"));
}

#[tokio::test]
async fn other_addresses_are_kept_one_a_line_and_what_is_refused_stays_typed() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let at = format!("/people/{}", site.world.dee.person);
    let form = |seen: &str, addresses: &str| sent(&[("seen", seen), ("addresses", addresses)]);
    let seen = |page: &str| {
        let own = page.split_once("id=\"addresses\"").unwrap().1;
        own.split_once("name=\"seen\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
    };
    let before = seen(&ann.page(&at).await);
    let refused = ann.post(&format!("{at}/addresses"), &form(&before, "dee.alias@example.com\nbob@example.com")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    assert!(refused.contains("Somebody with the address bob@example.com is there already"), "{}", main_of(&refused));
    assert!(refused.contains("dee.alias@example.com\nbob@example.com</textarea>") && refused.contains("value=\"dee@example.com\""));
    ann.post(&format!("{at}/addresses"), &form(&before, "dee.alias@example.com, d@example.org")).await.leads_to(&at);
    assert!(ann.page(&at).await.contains("d@example.org\ndee.alias@example.com</textarea>"));
    // Somebody said others since: both are shown, and what was typed goes in their place when it is sent again.
    let stale = ann.post(&format!("{at}/addresses"), &form(&before, "new@example.com")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let stale = stale.text();
    assert!(stale.contains("Stands there now: d@example.org, dee.alias@example.com") && stale.contains("new@example.com</textarea>"));
    ann.post(&format!("{at}/addresses"), &form(&seen(&stale), "new@example.com")).await.leads_to(&at);
    let bob = site.as_person("bob").await;
    assert_eq!(bob.post(&format!("{at}/addresses"), &form("", "")).await.status, StatusCode::FORBIDDEN);
}
