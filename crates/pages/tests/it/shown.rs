//! What the pages say, so that nobody has to guess.

use axum::http::StatusCode;

use crate::{
    engagement::{new_form, with},
    signed::{Site, main_of},
};

/// The row of one item on the checklist.
async fn row(site: &Site, page: &str, key: &str) -> String {
    let id = format!("<tr id=\"i-{}\"", site.item(key).await.id);
    page.split(&id).nth(1).and_then(|rest| rest.split("</tr>").next()).expect("a row").to_owned()
}

async fn set(site: &Site, key: &str, status: &str) {
    let sent = site.form(key, &[("status", status), ("reason", "agreed")]).await;
    site.as_person("ann").await.post(&site.item_path(key, "/status").await, &sent).await.leads_to("/items/");
}

#[tokio::test]
async fn what_is_done_shows_when_it_was_due_and_says_when_it_was_done() {
    let site = Site::new().await;
    let path = site.at("/checklist");
    let ann = site.as_person("ann").await;
    let due = site.item("jira").await.due_on().expect("a date").to_string();
    set(&site, "jira", "waived").await;
    let waived = row(&site, &ann.page(&path).await, "jira").await;
    assert!(waived.contains(&format!("datetime=\"{due}\"")) && waived.contains("<span>waived "), "{waived}");
    assert!(!waived.contains("done "), "what was waived was not done: {waived}");
}

#[tokio::test]
async fn titles_in_sentences_stand_in_quotes() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert!(ann.page(&site.at("/checklist")).await.contains("after “Get access to Jira”"));
    let countdown = ann.page(&site.at("/countdown")).await;
    assert!(countdown.contains("What holds “Tools ready”"), "{}", main_of(&countdown));
}

#[tokio::test]
async fn what_does_not_apply_is_told_beside_the_number_that_leaves_it_out() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert!(!ann.page(&site.at("/countdown")).await.contains("not applicable"));
    set(&site, "jira", "not_applicable").await;
    let page = ann.page(&site.at("/countdown")).await;
    assert!(page.contains("0 of 6") && page.contains("<br>1 not applicable"), "{}", main_of(&page));
}

#[tokio::test]
async fn the_plan_has_a_title_of_its_own() {
    let site = Site::new().await;
    let page = site.as_person("ann").await.page(&site.at("/plan")).await;
    assert!(page.contains("<title>Plan · Tminus</title>") && page.contains("<span aria-current=\"page\">Plan</span>"), "{page:.3000}");
}

#[tokio::test]
async fn gates_say_what_hard_and_soft_mean() {
    let site = Site::new().await;
    let page = site.as_person("ann").await.page(&site.at("/countdown")).await;
    assert!(
        page.contains("hard: going on needs a reason on the record") && page.contains("soft: going on is a decision"),
        "{}",
        main_of(&page)
    );
}

#[tokio::test]
async fn what_cannot_be_made_is_not_called_wrong() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let kit = site.world.kit.to_string();
    let typed = with(&new_form(&ann).await, &[("kit", kit.as_str()), ("ms.kickoff", "2025-12-19")]);
    let page = ann.post("/engagements/new/preview", &typed).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = page.text();
    let short = page.split("data-short").nth(1).unwrap_or_else(|| panic!("nothing is short: {}", main_of(&page)));
    assert!(short.contains("<span class=\"vh\">Cannot be made in time</span>") && !short.contains(">Wrong<"), "{short:.900}");
}

#[tokio::test]
async fn the_report_counts_what_was_done_late_and_says_so() {
    let site = Site::new().await;
    let page = site.as_person("ann").await.page(&site.at("/report")).await;
    assert!(page.contains("<small>done late</small>"), "{}", main_of(&page));
}

#[tokio::test]
async fn what_is_late_and_cannot_be_made_has_its_ways_out_until_one_is_chosen() {
    use tminus_app::engagement::plan::{ChangePlan, change_plan};
    use tminus_domain::rights::Right;
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let mut setup = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    setup.milestones.insert("kickoff".into(), "2025-12-23".parse().unwrap());
    let input = ChangePlan { setup, kits: None, reason: "earlier".to_owned(), revision: None };
    change_plan(app, ann, engagement, input).await.unwrap();
    let browser = site.as_person("ann").await;
    let page = browser.page(&site.at("/countdown")).await;
    let section = |page: &str| {
        page.split("Cannot be made in time</h2>").nth(1).map(|rest| rest.split("</section>").next().unwrap_or_default().to_owned())
    };
    let short = section(&page).unwrap_or_else(|| panic!("nothing is short: {}", main_of(&page)));
    assert!(short.contains("Get access to Jira"), "it was due yesterday, and nobody has begun: {short}");
    assert!(page.contains("checklist?late=1") && page.contains("checklist?start=1"), "{}", main_of(&page));

    let form = site.form("jira", &[("kind", "work_around"), ("text", "share one account"), ("reason", "two days are enough")]).await;
    let answer = browser.post(&site.item_path("jira", "/way-out").await, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", main_of(&answer.text()));
    let after = section(&browser.page(&site.at("/countdown")).await).expect("the others are short");
    let (short, chosen) = after.split_once("Ways out that were chosen").expect("what was chosen is told");
    assert!(!short.contains("Get access to Jira") && chosen.contains("Get access to Jira"), "{after}");
    assert!(chosen.contains("share one account (Ann: two days are enough)"), "{chosen}");
}
