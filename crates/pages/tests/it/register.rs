//! Parts, seats, escalation and the responsibility matrix, as pages.

use axum::http::StatusCode;
use tminus_app::{
    engagement::plan::{ChangePlan, change_plan},
    kit::import_kit,
};
use tminus_domain::{people::part::Part, rights::Right};
use tminus_kits::files::Files;

use crate::signed::{Site, form, main_of};

/// The small kit, with somebody to ask for and somebody to be responsible.
const MORE: &str = r#"
[[stakeholder]]
workstream = "Security"
role = "Workstream lead"
side = "customer"
days_a_week = "3-5"

[[stakeholder]]
workstream = "Account team"
role = "Cloud architect"
side = "delivery"

[[responsibility]]
section = "Governance"
text = "Report the status"
marks = { engagement-manager = "RA", customer-manager = "A" }

[[responsibility]]
section = "Governance"
text = "Count the Zebra4711 margin"
marks = { engagement-manager = "RA" }
internal = true
"#;

async fn site() -> Site {
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let kit = format!("{}{MORE}", tminus_app::world::KIT).replace("version = \"1.0\"", "version = \"1.1\"");
    let (imported, _) = import_kit(app, ann, Files::from_bytes("kit.toml", kit.into_bytes())).await.unwrap();
    let setup = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    let plan = ChangePlan { setup, kits: Some(vec![imported[0].kit.hash.clone()]), reason: "more".into(), revision: None };
    change_plan(app, ann, engagement, plan).await.unwrap();
    site
}

fn sent(pairs: &[(&str, &str)]) -> String {
    form(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
}

#[tokio::test]
async fn a_part_days_and_a_site_are_chosen_in_a_form_and_shown_by_letter() {
    let site = site().await;
    let ann = site.as_person("ann").await;
    let bob = site.world.bob.person.to_string();
    let edit = site.at(&format!("/people?edit={bob}"));
    let shown = ann.page(&edit).await;
    assert!(shown.contains("name=\"part.security\"") && shown.contains("value=\"alternate\""), "{}", main_of(&shown));
    let own = [("person", bob.as_str()), ("function", "customer_manager"), ("role", "customer-manager"), ("part.security", "alternate")];
    let more = [("site", "Columbus, building 2"), ("calendar", "Delivery"), ("day", "tue"), ("day", "wed"), ("day", "thu")];
    ann.post(&site.at("/people"), &sent(&[&own[..], &more[..]].concat())).await.leads_to("/people");
    let page = ann.page(&site.at("/people")).await;
    for words in ["data-r=\"A\" title=\"Alternate\">A<", "Columbus, building 2", "Tue to Thu", "Mon to Fri"] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    let view = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(view.engagement.member(&site.world.bob.person).unwrap().part(&"security".into()), Some(Part::Alternate));
    // The form comes back as it was filled in, and what is wrong stands there.
    let again = ann.page(&edit).await;
    assert!(again.contains("<option value=\"alternate\" selected>") && again.contains("value=\"tue\" checked"), "{}", main_of(&again));
    for wrong in [("part.security", "king"), ("calendar", "Mars"), ("day", "someday"), ("part.moon", "lead")] {
        let refused = ann.post(&site.at("/people"), &sent(&[&own[..3], &[wrong]].concat())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(refused.text().contains("class=\"err\""), "{wrong:?}: {}", main_of(&refused.text()));
    }
    for person in [&bob, &site.world.mallory.person.to_string()] {
        let lead = [("person", person.as_str()), ("function", "customer_member"), ("part.security", "lead")];
        ann.post(&site.at("/people"), &sent(&lead)).await.leads_to("/people");
    }
    let page = ann.page(&site.at("/people")).await;
    assert!(page.contains("Two people think that they lead Security (customer): Bob, Mallory."), "{}", main_of(&page));
}

#[tokio::test]
async fn seats_are_filled_left_and_asked_for_and_paths_set() {
    let site = site().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let page = ann.page(&site.at("/people")).await;
    assert!(page.contains("3 seats are open.") && page.contains("Security, customer: 1"), "{}", main_of(&page));
    let theirs = bob.page(&site.at("/people")).await;
    assert!(theirs.contains("1 seat is open.") && !theirs.contains("Account team"), "{}", main_of(&theirs));
    let seats = site.at("/people/seats");
    let (lead, architect) = ("security.workstream-lead.customer", "account-team.cloud-architect.delivery");
    assert!(ann.page(&format!("{seats}?seat={lead}")).await.contains("Who fills it gets the part"));
    let act = async |pairs: &[(&str, &str)]| ann.post(&seats, &sent(pairs)).await;
    act(&[("act", "fill"), ("seat", lead), ("person", site.world.bob.person.as_str())]).await.leads_to("/people/seats");
    act(&[("act", "fill"), ("seat", architect), ("person", site.world.dee.person.as_str())]).await.leads_to("/people/seats");
    act(&[("act", "days"), ("seat", lead), ("days", "5-7")]).await.leads_to("/people/seats");
    assert!(ann.page(&seats).await.contains("5 to 7"));
    act(&[("act", "days"), ("seat", lead), ("days", "6")]).await.leads_to("/people/seats");
    let shown = ann.page(&seats).await;
    assert!(
        shown.contains("Bob has 5 days a week here; Workstream lead (Security) asks for 6.") && shown.contains("mailto:dee@example.com"),
        "{}",
        main_of(&shown)
    );
    for (wrong, status) in [
        (vec![("act", "days"), ("seat", lead), ("days", "often")], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("act", "fill"), ("seat", lead), ("person", site.world.dee.person.as_str())], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("act", "leave"), ("seat", lead), ("seen", "older")], StatusCode::CONFLICT),
        (vec![("act", "leave"), ("seat", "nothing")], StatusCode::NOT_FOUND),
    ] {
        assert_eq!(act(&wrong).await.status, status, "{wrong:?}");
    }
    act(&[("act", "leave"), ("seat", lead)]).await.leads_to("/people/seats");
    let path = ann.page(&format!("{seats}?path=delivery")).await;
    assert!(path.contains("Step 1") && path.contains("<option value=\"leads\" selected>"), "{}", main_of(&path));
    let dee = site.world.dee.person.as_str();
    ann.post(&site.at("/people/escalation"), &sent(&[("side", "delivery"), ("rung", "manager"), ("rung", ""), ("rung", dee)]))
        .await
        .leads_to("/people/seats");
    // Everybody on the engagement knows to whom to turn, on the customer's own page too.
    for page in [bob.page(&seats).await, bob.page(&site.at("/yours")).await] {
        let (_, stuck) = page.split_once("When something is stuck").expect("the paths");
        assert!(stuck.contains("mailto:ann@example.com") && stuck.contains("mailto:dee@example.com"), "{}", main_of(&page));
    }
    assert_eq!(bob.post(&seats, &sent(&[("act", "leave"), ("seat", architect)])).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_matrix_names_what_is_wrong_and_a_row_is_mended_by_form() {
    let site = site().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let matrix = site.at("/people/responsibility");
    let page = ann.page(&matrix).await;
    for words in [
        "1 thing is wrong with the matrix.",
        "2 answer for it (A): it has to be one",
        "Count the Zebra4711 margin",
        "title=\"R: does it\">R<",
    ] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    let theirs = bob.page(&matrix).await;
    assert!(theirs.contains("Report the status") && !theirs.contains("Zebra4711") && !theirs.contains("?edit="), "{}", main_of(&theirs));
    let view = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap();
    let row = view.engagement.plan.responsibilities.iter().find(|row| row.text == "Report the status").unwrap().clone();
    let edit = ann.page(&format!("{matrix}?edit={}", row.id)).await;
    let seen = tminus_app::people::edition(&row);
    assert!(edit.contains(&seen) && edit.contains("<option value=\"RA\" selected>"), "{}", main_of(&edit));
    let mended = [
        ("id", row.id.as_str()),
        ("seen", seen.as_str()),
        ("section", "Governance"),
        ("text", "Report the status"),
        ("role.engagement-manager", "RA"),
        ("role.customer-manager", "I"),
    ];
    ann.post(&matrix, &sent(&mended)).await.leads_to("/people/responsibility");
    let page = ann.page(&matrix).await;
    assert!(!page.contains("wrong:") && page.contains("changed here"), "{}", main_of(&page));
    let conflict = ann.post(&matrix, &sent(&mended)).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text().contains("<option value=\"I\" selected>"), "what was typed stays: {}", main_of(&conflict.text()));
    let refused = ann.post(&matrix, &sent(&[("text", ""), ("role.engagement-manager", "RA")])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("say in 1 to 300 characters") || refused.text().contains("Say in 1 to 300 characters"),
        "{}",
        main_of(&refused.text())
    );
    ann.post(&matrix, &sent(&[("text", "Water the plants"), ("role.engagement-manager", "R"), ("role.customer-manager", "A")]))
        .await
        .leads_to("/people/responsibility");
    let out = [&mended[..1], &[("text", "Report the status"), ("left_out", "1")]].concat();
    ann.post(&matrix, &sent(&out)).await.leads_to("/people/responsibility");
    let page = ann.page(&matrix).await;
    assert!(page.contains("Water the plants") && page.contains("1 left out"), "{}", main_of(&page));
    assert!(!bob.page(&matrix).await.contains("Report the status"), "what is left out is nobody's business");
    let csv = bob.get(&site.at("/responsibility.csv")).await.text();
    assert!(csv.starts_with("section,text,") && csv.contains("Water the plants") && !csv.contains("Zebra4711"), "{csv}");
    assert_eq!(bob.post(&matrix, &sent(&mended)).await.status, StatusCode::FORBIDDEN);
    let record = ann.page(&site.at("/record")).await;
    assert!(record.contains("changed the responsibilities for"), "{}", main_of(&record));
}
