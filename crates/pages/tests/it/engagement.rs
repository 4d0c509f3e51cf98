//! My items, the list, opening an engagement, its countdown, changing its plan: as people do it, without JavaScript.

use axum::http::StatusCode;
use tminus_app::{engagement::plan::pinned_kits, kit::import_kit};
use tminus_domain::{checklist::status::State, rights::Right};

use crate::signed::{Browser, Site, form};

const HTMX: [(&str, &str); 2] = [("hx-request-type", "partial"), ("hx-target", "aside#preview")];

/// The fields of a form as a browser would send them: every input, chosen option and text of the page's setup form.
fn fields(html: &str) -> Vec<(String, String)> {
    let start = html.find("id=\"setup\"").expect("a setup form");
    let html = &html[start..html[start..].find("</form>").map_or(html.len(), |end| start + end)];
    let mut fields = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag_end = rest[at..].find('>').map_or(rest.len(), |end| at + end);
        let tag = &rest[at..tag_end];
        let after = &rest[(tag_end + 1).min(rest.len())..];
        let attribute = |name: &str| Some(unescaped(tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0));
        if let Some(name) = attribute("name") {
            let kind = attribute("type").unwrap_or_default();
            if tag.starts_with("<input") && kind != "file" && (!["radio", "checkbox"].contains(&kind.as_str()) || tag.contains(" checked"))
            {
                fields.push((name, attribute("value").unwrap_or_default()));
            } else if tag.starts_with("<textarea") {
                let text = after.split("</textarea>").next().unwrap_or_default();
                fields.push((name, unescaped(text.trim_start_matches('\n'))));
            } else if tag.starts_with("<select") {
                let options = after.split("</select>").next().unwrap_or_default();
                let chosen =
                    options.split("<option").find(|option| option.contains(" selected")).or_else(|| options.split("<option").nth(1));
                let value = chosen.and_then(|option| option.split_once("value=\"")?.1.split_once('"')).map_or("", |(value, _)| value);
                fields.push((name, value.to_owned()));
            }
        }
        rest = after;
    }
    fields
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

pub(crate) fn with(fields: &[(String, String)], changes: &[(&str, &str)]) -> String {
    let kept = fields.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.clone()));
    form(kept.chain(changes.iter().map(|(name, value)| (*name, (*value).to_owned()))))
}

pub(crate) async fn new_form(browser: &Browser<'_>) -> Vec<(String, String)> {
    let page = browser.get("/engagements/new").await;
    assert_eq!(page.status, StatusCode::OK);
    fields(&page.text())
}

#[tokio::test]
async fn my_items_are_mine_by_urgency_and_one_press_moves_them() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get("/").await.text();
    assert!(page.contains("Get access to Jira") && page.contains("Northwind, Mobilize"), "{page}");
    let bob = site.as_person("bob").await.get("/").await.text();
    assert!(bob.contains("Get a badge") && !bob.contains("internal chat room"), "{bob}");
    let jira = site.item("jira").await;
    let sent = form([("version", jira.version.to_string()), ("back", "/".to_owned()), ("status", "in_progress".to_owned())].into_iter());
    let answer = ann.post(&site.item_path("jira", "/status").await, &sent).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(site.item("jira").await.state(), State::InProgress);
    let late = ann.post(&site.item_path("jira", "/status").await, &sent).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "the version it saw is old");
}

#[tokio::test]
async fn what_the_other_side_submitted_waits_with_who_may_accept_it() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    for (key, status) in [("calendar", "done"), ("governance", "done")] {
        let sent = site.form(key, &[("status", status)]).await;
        assert_eq!(ann.post(&site.item_path(key, "/status").await, &sent).await.status, StatusCode::SEE_OTHER, "{key}");
    }
    let page = bob.get("/").await.text();
    assert!(page.contains("Waiting for you to accept") && page.contains("Accept: Agree the governance"), "{page}");
    assert!(!ann.get("/").await.text().contains("Accept: Agree the governance"));
}

#[tokio::test]
async fn the_list_shows_each_engagement_and_finds_by_text() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get("/engagements").await.text();
    // From Thu 18 Dec to Tue 20 Jan in both calendars, Christmas to Epiphany off in Bavaria, New Year and King's Day in the USA.
    assert!(page.contains("Northwind") && page.contains("<span class=\"tm\"><span>T−</span>"), "{page}");
    assert!(ann.get("/engagements?text=NORTH").await.text().contains("Mobilize"));
    let none = ann.get("/engagements?text=%3Cb%3E").await.text();
    assert!(none.contains("No engagement goes by “&#60;b&#62;”") && !none.contains("Mobilize"), "{none}");
    assert!(ann.get("/engagements?closed=1").await.text().contains("No engagement is closed yet"));
    assert_eq!(ann.get("/engagements?colour=red").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ann.get("/engagements?after=nowhere").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mallory = site.as_person("mallory").await.get("/engagements").await.text();
    assert!(mallory.contains("You are on no engagement yet") && !mallory.contains("Northwind"), "{mallory}");
}

#[tokio::test]
async fn numbers_of_the_list_do_not_count_what_is_internal_for_a_customer() {
    let site = Site::new().await;
    let complete = |html: &str| html.matches(" % ready").count();
    let ann = site.as_person("ann").await;
    let sent = site.form("chat", &[("status", "done")]).await;
    ann.post(&site.item_path("chat", "/status").await, &sent).await;
    let (ours, theirs) = (ann.get("/engagements").await.text(), site.as_person("bob").await.get("/engagements").await.text());
    assert!(complete(&ours) == 1 && complete(&theirs) == 1);
    assert!(ours.contains("<td class=\"r hide-s\">14 %</td>"), "one of seven is done: {ours}");
    assert!(theirs.contains("<td class=\"r hide-s\">0 %</td>"), "the one is internal: {theirs}");
}

#[tokio::test]
async fn an_engagement_is_opened_from_its_form_alone() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let blank = new_form(&ann).await;
    assert!(blank.iter().any(|(name, value)| name == "kit" && value == site.world.kit.as_str()), "the only kit is chosen: {blank:?}");
    let typed = [
        ("customer", "Tamarind <Airways>"),
        ("title", "Landing zone"),
        ("ms.kickoff", "2026-01-06"),
        ("c0.region", "Germany, Bayern"),
        ("c1.region", "us"),
        ("c0.closures", "from,to,title,kind\n2025-12-22,2025-12-23,Office moves,closure"),
        ("workstreams", "Security\nData & Analytics"),
        ("p1.person", site.world.bob.person.as_str()),
        ("p1.function", "customer_manager"),
        ("p1.role", "customer-manager"),
        ("p1.workstreams", "data & analytics"),
        ("p1.onsite", "1"),
        ("a.onsite", "yes"),
    ];
    let preview = ann.post("/engagements/new/preview", &with(&blank, &typed)).await;
    assert_eq!(preview.status, StatusCode::OK);
    let page = preview.text();
    assert!(
        page.contains("Tamarind &#60;Airways&#62;") && page.contains("Office moves") && page.contains("Data &#38; Analytics"),
        "{page}"
    );
    assert!(page.contains("Epiphany") || page.contains("no working day"), "the kick-off is a holiday in Munich, and it says so: {page}");
    let short = page.split("data-short").nth(1).expect("something cannot be made");
    assert!(short.contains("Get a badge") && short.contains("10 bd, "), "a badge takes ten days: {page}");
    // What came back is sent as it stands: nothing typed was lost.
    let again = fields(&page);
    let opened = ann.post("/engagements", &with(&again, &[])).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    let countdown = opened.header("location").to_owned();
    let page = ann.get(&countdown).await.text();
    assert!(
        page.contains("Tamarind &#60;Airways&#62;") && page.contains("Cannot be made in time") && page.contains("Choose a way out"),
        "{page}"
    );
    assert!(page.contains("Landing zone") && !page.contains("<Airways>"));
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_its_field_and_nothing_is_lost() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let typed = [
        ("customer", ""),
        ("title", "Kept title"),
        ("ms.kickoff", "2026-02-30"),
        ("c0.region", "Atlantis"),
        ("c1.closures", "from,to,title,kind\n2026-01-05,,Kept shutdown,holidays"),
        ("p1.person", site.world.bob.person.as_str()),
        ("p1.function", "engagement_manager"),
        ("zone", "Mars/Base"),
    ];
    let answer = ann.post("/engagements", &with(&new_form(&ann).await, &typed)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    for said in [
        "“2026-02-30” is not a date",
        "No public holidays are known for “Atlantis”",
        "line 2: ",
        "Bob is on the customer side",
        "“Mars/Base” is not a time zone",
        "Name the customer",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    for kept in ["value=\"Kept title\"", "value=\"2026-02-30\"", "value=\"Atlantis\"", "Kept shutdown"] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
}

#[tokio::test]
async fn while_answering_the_preview_comes_alone_with_the_questions() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let sent = with(&new_form(&ann).await, &[("ms.kickoff", "2026-01-20")]);
    let part = ann.post_with("/engagements/new/preview", &sent, &HTMX).await.text();
    assert!(
        part.starts_with("<aside class=\"card p0 follow\" id=\"preview\"") && part.contains("id=\"questions\" hx-swap-oob=\"outerMorph\""),
        "{part}"
    );
    assert!(part.contains("1 question is open") && !part.contains("<html"), "{part}");
}

#[tokio::test]
async fn a_file_of_closures_becomes_text_of_the_form() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let typed =
        [("customer", "Kept customer"), ("c0.side", "delivery"), ("c0.name", "Delivery"), ("c0.day", "mon"), ("zone", "Europe/Berlin")];
    let file = b"from,to,title,kind\n2026-01-05,,Stock-taking,closure\n";
    let page = ann.upload_as("c0.closures.file", "/engagements/new/preview", &typed, ("closures.csv", file)).await.text();
    assert!(page.contains("2026-01-05,,Stock-taking,closure") && page.contains("value=\"Kept customer\""), "{page}");
    let broken =
        ann.upload_as("c0.closures.file", "/engagements/new/preview", &typed, ("closures.xlsx", b"PK\x03\x04 broken")).await.text();
    assert!(broken.contains("save it as XLSX") && broken.contains("value=\"Kept customer\""), "{broken}");
}

#[tokio::test]
async fn only_who_may_open_engagements_sees_the_form() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    assert_eq!(bob.get("/engagements/new").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.post("/engagements", "customer=x").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_built_in_kit_previews_with_its_questions_and_reasons() {
    let site = Site::new().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits/mobilize-onboarding");
    let files = tminus_kits::files::Files::open(&folder);
    let (imported, _) = import_kit(&site.world.app, &site.world.ann, files).await.unwrap();
    let ann = site.as_person("ann").await;
    let blank = fields(&ann.get("/engagements/new?kit=mobilize-onboarding").await.text());
    assert!(blank.iter().any(|(name, value)| name == "kit" && value == imported[0].kit.hash.as_str()));
    let shown = ann
        .post(
            "/engagements/new/preview",
            &with(&blank, &[("ms.kickoff", "2026-01-08"), ("a.background_checks", "yes"), ("a.onsite", "no")]),
        )
        .await
        .text();
    assert!(shown.contains("Does the customer accept a letter"), "an answer leads to a further question: {shown}");
    assert!(
        shown.contains("left out, and why") && shown.contains("Does anyone of the delivery team work at the customer&#39;s site?: no"),
        "{shown}"
    );
    let other = ann
        .post("/engagements/new/preview", &with(&fields(&shown), &[("a.attestation_accepted", "yes"), ("a.background_checks", "no")]))
        .await
        .text();
    assert!(!other.contains("Does the customer accept a letter"), "{other}");
    assert!(
        other.contains("<input type=\"hidden\" name=\"a.attestation_accepted\" value=\"yes\">"),
        "the answer is kept for when it is asked again"
    );
}

#[tokio::test]
async fn the_countdown_says_where_it_stands_and_hides_what_is_internal() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get(&site.at("/countdown")).await.text();
    for said in [
        "business days to go: Kick-off, Tue 20 Jan 2026",
        "Tools ready",
        "Onboarding complete",
        "What holds “Tools ready”",
        "The day of kick-off on Tue 20 Jan 2026, counted in Delivery (Germany, Bayern) and Customer (United States",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("0 % complete: 0 of 7"), "{page}");
    let bob = site.as_person("bob").await.get(&site.at("/countdown")).await.text();
    assert!(!bob.contains("internal chat room") && bob.contains("0 % complete: 0 of 6"), "what is internal is not counted: {bob}");
    assert!(!bob.contains("/plan\""), "a customer does not change the plan");
    assert_eq!(site.as_person("mallory").await.get(&site.at("/countdown")).await.status, StatusCode::NOT_FOUND);
    let seen = ann.get(&site.at("/countdown")).await;
    let again = ann.get_with(&site.at("/countdown"), &[("if-none-match", seen.header("etag"))]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_waived_item_counts_by_name_and_an_empty_gate_is_not_green() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    for key in ["load", "jira"] {
        let sent = site.form(key, &[("status", "waived"), ("reason", "they use <another> tool")]).await;
        assert_eq!(ann.post(&site.item_path(key, "/status").await, &sent).await.status, StatusCode::SEE_OTHER, "{key}");
    }
    let page = ann.get(&site.at("/countdown")).await.text();
    assert!(page.contains("Waived by Ann: “Get access to Jira” (they use &#60;another&#62; tool)"), "{page}");
    for key in ["load", "jira"] {
        let sent = site.form(key, &[("status", "not_applicable"), ("reason", "no tools")]).await;
        ann.post(&site.item_path(key, "/status").await, &sent).await;
    }
    let page = ann.get(&site.at("/countdown")).await.text();
    assert!(page.contains("That is not green"), "{page}");
}

#[tokio::test]
async fn a_plan_is_looked_at_and_then_changed_once() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get(&site.at("/plan")).await.text();
    assert!(page.contains("Nothing changes yet"), "{page}");
    let typed = with(
        &fields(&page),
        &[("ms.kickoff", "2026-01-23"), ("customer", "Northwind AG"), ("a.onsite", "no"), ("reason", "the sponsor is away")],
    );
    let unseen = ann.post(&site.at("/plan"), &typed).await;
    assert!(unseen.status == StatusCode::OK && unseen.text().contains("Nothing was changed yet"), "what was not looked at is not applied");
    let diff = ann.post(&site.at("/plan/preview"), &typed).await.text();
    for said in [
        "<del class=\"sm\">Tue 20 Jan 2026</del> → <ins class=\"sm b5\">Fri 23 Jan 2026</ins>",
        "<del class=\"sm\">Northwind</del> → <ins class=\"sm b5\">Northwind AG</ins>",
        "Get a badge, Ann",
        "Left out: nobody had begun",
        "Does anyone work on site?: no",
    ] {
        assert!(diff.contains(said), "{said}: {diff}");
    }
    let without = ann.post(&site.at("/plan"), &with(&fields(&diff), &[("reason", " ")])).await;
    assert!(
        without.status == StatusCode::UNPROCESSABLE_ENTITY && without.text().contains("Say why the plan changes."),
        "{}",
        without.text()
    );
    let applied = ann.post(&site.at("/plan"), &with(&fields(&diff), &[])).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text());
    assert!(ann.get(&site.at("/countdown")).await.text().contains("Fri 23 Jan 2026"));
    assert_eq!(pinned_kits(&site.world.app, &site.world.ann, &site.world.engagement).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_plan_opens_with_the_dates_of_its_address() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get(&site.at("/plan?ms.kickoff=2026-01-23")).await.text();
    assert!(page.contains("value=\"2026-01-23\"") && page.contains("<del class=\"sm\">Tue 20 Jan 2026</del>"), "{page}");
    let no_date = ann.get(&site.at("/plan?ms.kickoff=soon")).await.text();
    assert!(no_date.contains("“soon” is not a date"), "{no_date}");
    assert_eq!(ann.get(&site.at("/plan?ms.launch=2026-01-23")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_plan_that_changed_meanwhile_keeps_what_was_typed() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.get(&site.at("/plan")).await.text();
    let typed = with(&fields(&page), &[("ms.kickoff", "2026-01-27"), ("reason", "my <own> reason")]);
    let diff = fields(&ann.post(&site.at("/plan/preview"), &typed).await.text());
    let sent = site.form("chat", &[("status", "in_progress")]).await;
    ann.post(&site.item_path("chat", "/status").await, &sent).await;
    let answer = ann.post(&site.at("/plan"), &with(&diff, &[])).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = answer.text();
    assert!(
        page.contains("Somebody changed this engagement")
            && page.contains("my &#60;own&#62; reason")
            && page.contains("value=\"2026-01-27\""),
        "{page}"
    );
    assert_eq!(ann.post(&site.at("/plan"), &with(&fields(&page), &[])).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn only_who_may_plan_changes_the_plan() {
    let site = Site::new().await;
    for (name, status) in [("bob", StatusCode::FORBIDDEN), ("dee", StatusCode::FORBIDDEN), ("mallory", StatusCode::NOT_FOUND)] {
        let browser = site.as_person(name).await;
        assert_eq!(browser.get(&site.at("/plan")).await.status, status, "{name}");
        assert_eq!(browser.post(&site.at("/plan"), "reason=x").await.status, status, "{name}");
    }
    let view = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(view.engagement.revision, 1);
}

#[tokio::test]
async fn calendars_are_added_and_left_out_by_hand() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = format!("/engagements/{}/plan", site.world.engagement);
    let before = fields(&ann.get(&path).await.text());
    assert!(before.iter().any(|(name, _)| name == "c2.more"), "there is a place for one more: {before:?}");
    // A place that nobody filled in is no calendar.
    let same = ann.post(&format!("{path}/preview"), &with(&before, &[])).await.text();
    assert!(same.contains("Nothing changes"), "{same}");
    let partner = [("c2.name", "Partner"), ("c2.side", "partner"), ("c2.region", "FR"), ("c0.out", "1")];
    let looked = ann.post(&format!("{path}/preview"), &with(&before, &partner)).await.text();
    let mut seen = fields(&looked);
    seen.retain(|(name, _)| name != "reason");
    let applied = ann.post(&path, &with(&seen, &[("reason", "The partner works from Paris")])).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text());
    let view = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap();
    let names: Vec<_> = view.engagement.plan.setup.calendars.iter().map(|it| (it.name.as_str(), it.side.as_str())).collect();
    assert_eq!(names, [("Customer", "customer"), ("Partner", "partner")]);
}

#[tokio::test]
async fn what_cannot_be_made_is_red_before_anybody_is_named_for_it() {
    let site = Site::new().await;
    let on_site = tminus_app::world::KIT
        .replace("each = \"person where side = delivery\"", "each = \"person where side = delivery and onsite = yes\"")
        .replace("id = \"small\"", "id = \"on-site\"");
    let files = tminus_kits::files::Files::from_bytes("kit.toml", on_site.into_bytes());
    let (imported, _) = import_kit(&site.world.app, &site.world.ann, files).await.unwrap();
    let ann = site.as_person("ann").await;
    let typed = with(&new_form(&ann).await, &[("kit", imported[0].kit.hash.as_str()), ("ms.kickoff", "2025-12-23"), ("a.onsite", "yes")]);
    let page = ann.post("/engagements/new/preview", &typed).await.text();
    let badge = "Get a badge (for each person of the delivery side who works on site: none is named yet)";
    assert!(page.split("data-short").skip(1).any(|line| line.contains(badge)), "{page}");
}
