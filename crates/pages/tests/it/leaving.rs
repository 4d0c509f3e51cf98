//! The list of what has to end: rooms and the like, links, keys, one person, the off-boarding kit, and access that ends at once.

use std::path::Path;

use axum::http::StatusCode;
use tminus_app::{
    access::{MoveAccess, move_access},
    kit::import_kit,
    kits::files::Files,
    rights::{
        link::make_link,
        token::{CreateToken, create_token},
    },
};
use tminus_domain::{
    access::{Step, work::Ask},
    rights::{Pass, PassKind},
};

use crate::signed::{Site, form, main_of};

fn sent(pairs: &[(&str, &str)]) -> String {
    form(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
}

/// The id of the only thing of its kind in a page: what follows these words, up to the quote.
pub(crate) fn id_after(page: &str, words: &str) -> String {
    page.split(words).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{words}: {}", main_of(page))).to_owned()
}

#[tokio::test]
async fn rooms_links_and_keys_are_lines_and_an_engagement_ends_only_when_the_rooms_are_closed() {
    let site = Site::new().await;
    let (app, engagement) = (&site.world.app, &site.world.engagement);
    make_link(app, &site.world.ann, engagement, (&site.world.bob.person, None)).await.unwrap();
    let pass = Pass { kind: PassKind::ReadingKey, within: Some(engagement.clone()) };
    create_token(app, &site.world.dee, CreateToken { title: "Nightly report".to_owned(), days: None, pass }).await.unwrap();
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let list = site.at("/access/revoke?all=1");
    let add = [("title", "Room 4.12"), ("kind", "room"), ("side", "customer"), ("owner", ""), ("back", "all")];
    ann.post(&site.at("/access/holdings"), &sent(&add)).await.leads_to("/access/revoke?all=1");
    let nameless = ann.post(&site.at("/access/holdings"), &sent(&[("title", " "), ("back", "all")])).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.text().contains("Say what it is"), "{}", nameless.text());
    let page = ann.page(&list).await;
    for words in ["Room 4.12", "To close", "no end date yet", "Nightly report", "Links", "Keys of programs"] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    assert!(page.contains("At the end of the engagement <span class=\"n\">3</span>"), "{}", main_of(&page));
    let report = ann.page(&site.at("/report")).await;
    assert!(report.contains("Access of people: 0. Rooms, lists and accounts: 1. Links: 1. Keys: 1."), "{}", main_of(&report));
    // Bob sees the room, and neither links nor keys.
    let bobs = bob.page(&list).await;
    assert!(bobs.contains("Room 4.12") && !bobs.contains("Nightly report") && !bobs.contains("id=\"links\""), "{}", main_of(&bobs));

    let refused = ann.post(&site.at("/end"), "note=").await;
    assert!(refused.text().contains("1 still open: Room 4.12"), "{}", refused.text());
    let room = id_after(&page, "/access/holdings/");
    let to = site.at(&format!("/access/holdings/{room}"));
    let alone = ann.post(&to, &sent(&[("do", "close"), ("note", ""), ("version", "1"), ("back", "all")])).await.text();
    assert!(alone.contains("The customer side confirms that it is closed"), "{}", main_of(&alone));
    bob.post(&to, &sent(&[("do", "close"), ("note", "booking cancelled"), ("version", "1"), ("back", "all")])).await.leads_to("?all=1");
    let page = ann.page(&list).await;
    assert!(page.contains("booking cancelled") && page.contains("Bob, "), "{}", main_of(&page));
    let key = id_after(&page, "/access/keys/");
    ann.post(&site.at(&format!("/access/keys/{key}")), "back=all").await.leads_to("?all=1");
    let link = id_after(&page, "/access/links/");
    assert!(!ann.page(&list).await.contains("Nightly report"));
    assert_eq!(bob.post(&site.at(&format!("/access/links/{link}")), "").await.status, StatusCode::FORBIDDEN);
    ann.post(&site.at(&format!("/access/links/{link}")), "back=all").await.leads_to("?all=1");
    ann.post(&site.at("/end"), "note=done").await.leads_to("?all=1");
    // It is over on every page, and opened again from the list.
    let over = "Nothing in it changes but access that still has to end";
    for path in ["/checklist", "/countdown", "/access", "/people", "/report"] {
        assert!(ann.page(&site.at(path)).await.contains(over), "{path}");
    }
    let bobs = bob.page(&site.at("/yours")).await;
    assert!(bobs.contains(over) && !bobs.contains("value=\"done\""), "{}", main_of(&bobs));
    assert!(!ann.page(&site.item_path("jira", "").await).await.contains("name=\"status\""), "nothing is moved");
    let unsaid = ann.post(&site.at("/reopen"), "why=+").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text().contains("Say why it is open again"), "{}", main_of(&unsaid.text()));
    ann.post(&site.at("/reopen"), "why=a+second+wave").await.leads_to("/countdown");
    assert!(!ann.page(&site.at("/checklist")).await.contains(over));
    let record = ann.page(&site.at("/record")).await;
    assert!(record.contains("opened again") && record.contains("a second wave"), "{}", main_of(&record));
    assert!(record.contains("Room 4.12") && record.contains("added to what has to be closed"), "{}", main_of(&record));
}

#[tokio::test]
async fn all_of_one_person_is_shown_and_ends_at_once() {
    let site = Site::new().await;
    let (world, dee) = (&site.world, &site.world.dee.person);
    let ask = Ask { to: Some(Step::Granted), ..Ask::default() };
    let grant = MoveAccess { person: dee.clone(), resource: "wiki".into(), ask, version: None };
    move_access(&world.app, &world.bob, &world.engagement, vec![grant]).await.unwrap();
    let ann = site.as_person("ann").await;
    let hers = site.at(&format!("/access/revoke?person={dee}"));
    let page = ann.page(&hers).await;
    assert!(page.contains("End all access of Dee today") && page.contains("Wiki"), "{}", main_of(&page));
    assert_eq!(ann.get(&site.at("/access/revoke?person=nobody")).await.status, StatusCode::NOT_FOUND);
    assert!(!site.as_person("dee").await.page(&hers).await.contains("End all access of"), "not by herself");
    let to = site.at("/access/at-once");
    let silent = ann.post(&to, &sent(&[("person", dee.as_str()), ("reason", ""), ("back", dee.as_str())])).await;
    assert!(silent.text().contains("Say why, in 1 to"), "{}", silent.text());
    ann.post(&to, &sent(&[("person", dee.as_str()), ("reason", "badge found"), ("back", dee.as_str())])).await.leads_to("/access/revoke");
    let list = ann.page(&site.at("/access/revoke")).await;
    assert!(list.contains("At once") && list.contains("Dee"), "{}", main_of(&list));
    let bob = site.as_person("bob").await;
    let record = bob.page(&site.at("/record")).await + &bob.page(&site.at("/access/revoke")).await;
    assert!(!record.contains("badge found"), "why is for the delivery side");
}

#[tokio::test]
async fn the_offboarding_kit_is_offered_shown_as_a_diff_and_applied_as_one_change() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert!(!ann.page(&site.at("/access/revoke")).await.contains("Add the off-boarding kit"), "the practice has none");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits/offboarding");
    import_kit(&site.world.app, &site.world.ann, Files::open(&path)).await.unwrap();
    for page in ["/access/revoke", "/report"] {
        assert!(ann.page(&site.at(page)).await.contains("/plan?add=offboarding"), "{page}");
        assert!(!site.as_person("dee").await.page(&site.at(page)).await.contains("add=offboarding"), "{page}");
    }
    let plan = ann.page(&site.at("/plan?add=offboarding&ms.kickoff=2026-01-21")).await;
    for words in
        ["The off-boarding kit is chosen below", "name=\"ms.engagement.end\"", "Hold the final retrospective", "Access whose date moves"]
    {
        assert!(plan.contains(words), "{words}: {}", main_of(&plan));
    }
    assert!(plan.contains("Wiki, Dee"), "{}", main_of(&plan));
}

#[tokio::test]
async fn what_is_refused_in_the_list_of_what_ends_is_said_in_its_line_with_what_was_typed() {
    let site = Site::new().await;
    let (ann, dee) = (site.as_person("ann").await, site.world.dee.person.as_str());
    let go = |version: &str, to: &str| sent(&[("person", dee), ("resource", "wiki"), ("version", version), ("to", to)]);
    ann.post(&site.at("/access"), &go("1", "granted")).await.leads_to("/access?person=");
    ann.post(&site.at("/access"), &go("2", "revoked")).await.leads_to("/access?person=");
    let unproved = [("note", "helpdesk SEC-9"), ("shown", ""), ("back", "all")];
    let confirm = go("3", "revocation_confirmed") + "&" + &sent(&unproved);
    let refused = ann.post(&site.at("/access"), &confirm).await;
    let page = refused.text();
    let line = page.split_once("value=\"helpdesk SEC-9\"").map(|(before, _)| before.rsplit("<tr").next().unwrap_or_default());
    assert!(line.is_some_and(|line| line.contains("Dee") && line.contains("role=\"alert\"")), "{}", main_of(&page));
    assert!(page.contains("action=\"/engagements/") && page.contains("name=\"back\" value=\"all\""), "it is still the list");
}
