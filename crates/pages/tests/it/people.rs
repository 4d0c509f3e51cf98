//! The register, and closing Sprint 0.

use axum::http::StatusCode;
use tminus_domain::rights::Right;

use crate::signed::{Site, form, main_of};

#[tokio::test]
async fn the_register_shows_members_by_side_and_workstream() {
    let site = Site::new().await;
    let page = site.as_person("ann").await.page(&site.at("/people")).await;
    for words in
        ["Ann", "Engagement manager", "Bob", "Customer&#39;s project manager", "Security", "Berlin", "10:00", "3 people by workstream"]
    {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
}

#[tokio::test]
async fn a_role_that_nobody_has_is_named() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert!(!ann.page(&site.at("/people")).await.contains("nobody yet;"));
    let bob = site.world.bob.person.as_str();
    let sent = form([("person", bob), ("function", "customer_manager")].into_iter().map(|(name, value)| (name, value.to_owned())));
    ann.post(&site.at("/people"), &sent).await.leads_to("/people");
    let page = ann.page(&site.at("/people")).await;
    assert!(
        page.contains("1 role has nobody yet; its items have no owner.") && page.contains("Customer project manager (customer)"),
        "{}",
        main_of(&page)
    );
    let list = ann.page(&site.at("/checklist")).await;
    assert!(list.contains("Customer project manager: nobody yet"), "{}", main_of(&list));
}

#[tokio::test]
async fn the_role_that_a_function_means_is_given_with_it_or_offered() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let (bob, mallory) = (site.world.bob.person.to_string(), site.world.mallory.person.to_string());
    let send = async |pairs: &[(&str, &str)]| {
        ann.post(&site.at("/people"), &form(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))).await
    };
    let roles = async |person: &str| {
        let view = site.world.app.view(&site.world.ann, &site.world.engagement, Right::ReadEngagement).await.unwrap();
        view.engagement.member(&person.into()).unwrap().roles.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    send(&[("person", &bob), ("function", "customer_manager")]).await.leads_to("/people");
    assert_eq!(roles(&bob).await, [""; 0], "a role that was taken away came back");
    let page = ann.page(&site.at("/people")).await;
    assert!(
        page.contains("Give Bob the role “Customer project manager”") && page.contains("Open items that wait for it"),
        "{}",
        main_of(&page)
    );
    assert!(!site.as_person("bob").await.page(&site.at("/people")).await.contains("Give Bob"), "who may not give it is offered to");
    let (before, _) = page.split_once("Give Bob").unwrap();
    let (_, offer) = before.rsplit_once("<form").unwrap();
    let value = |name: &str| offer.split_once(&format!("name=\"{name}\" value=\"")).and_then(|(_, rest)| rest.split('"').next()).unwrap();
    send(&["person", "seen", "function", "role", "from", "until"].map(|name| (name, value(name)))).await.leads_to("/people");
    assert_eq!(roles(&bob).await, ["customer-manager"]);
    assert!(!ann.page(&site.at("/people")).await.contains("Give Bob"));

    ann.post(&site.at(&format!("/people/{bob}/remove")), "").await.leads_to("/people");
    let added = send(&[("person", &mallory), ("function", "customer_manager")]).await;
    assert!(added.header("set-cookie").contains("with%20the%20role"), "{}", added.header("set-cookie"));
    assert_eq!(roles(&mallory).await, ["customer-manager"]);
    send(&[("person", &bob), ("function", "customer_manager")]).await.leads_to("/people");
    assert_eq!(roles(&bob).await, [""; 0], "two have the role");
}

#[tokio::test]
async fn two_who_edit_a_member_lose_nothing_of_each_other() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let dee = site.world.dee.person.to_string();
    let hidden = |page: &str| {
        let (_, rest) = page.split_once("name=\"seen\" value=\"").expect("what the form was made of");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let seen = hidden(&ann.page(&site.at(&format!("/people?edit={dee}"))).await);
    let send = async |seen: &str, more: (&str, &str)| {
        let pairs = [("person", dee.as_str()), ("seen", seen), ("function", "delivery_member"), more];
        ann.post(&site.at("/people"), &form(pairs.into_iter().map(|(name, value)| (name, value.to_owned())))).await
    };
    send(&seen, ("onsite", "1")).await.leads_to("/people");
    let refused = send(&seen, ("part.security", "member")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = refused.text();
    assert!(page.contains("since you looked") && page.contains("What you typed is kept"), "{}", main_of(&page));
    assert!(page.contains("<option value=\"member\" selected>"), "{}", main_of(&page));
    // Sent again after having seen it, it takes the place of what stands there now.
    let again = hidden(&page);
    assert_ne!(again, seen);
    send(&again, ("part.security", "member")).await.leads_to("/people");
    let removed = ann.post(&site.at(&format!("/people/{dee}/remove")), &form([("seen", seen)].into_iter())).await;
    assert_eq!(removed.status, StatusCode::CONFLICT);
    assert!(ann.page(&site.at("/people")).await.contains("Dee"));
}

#[tokio::test]
async fn two_who_change_a_person_notice_it() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = format!("/people/{}", site.world.bob.person);
    let page = ann.page(&path).await;
    let seen = page.split_once("name=\"seen\" value=\"").expect("hidden").1.split('"').next().unwrap_or_default().to_owned();
    let send = async |zone: &str| {
        let pairs =
            [("name", "Bob"), ("email", "bob@example.com"), ("side", "customer"), ("practice", "none"), ("zone", zone), ("seen", &seen)];
        ann.post(&path, &form(pairs.into_iter().map(|(name, value)| (name, value.to_owned())))).await
    };
    send("Europe/Paris").await.leads_to("/people");
    let refused = send("Europe/Rome").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = refused.text();
    assert!(page.contains("since you looked") && page.contains("value=\"Europe/Rome\""), "{}", main_of(&page));
    assert!(ann.page(&path).await.contains("value=\"Europe/Paris\""));
}

#[tokio::test]
async fn a_member_is_added_changed_and_taken_off() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let mallory = site.world.mallory.person.to_string();
    assert!(ann.page(&site.at("/people?edit=new")).await.contains("Mallory, customer"));
    let send = async |pairs: &[(&str, &str)]| {
        ann.post(&site.at("/people"), &form(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))).await
    };
    let wrong_side = send(&[("person", &mallory), ("function", "delivery_member"), ("from", "2026-01-02"), ("onsite", "1")]).await;
    assert_eq!(wrong_side.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong_side.text();
    assert!(
        text.contains("member-function-e") && text.contains("value=\"2026-01-02\"") && text.contains("name=\"onsite\" value=\"1\" checked"),
        "{}",
        main_of(&text)
    );
    let early = send(&[("person", &mallory), ("function", "customer_member"), ("from", "2026-02-02"), ("until", "2026-01-01")]).await;
    assert!(early.text().contains("member-until-e"));
    send(&[("person", &mallory), ("function", "customer_member"), ("workstream", "security"), ("from", "2026-01-02")])
        .await
        .leads_to("/people");
    let page = ann.page(&site.at("/people")).await;
    assert!(page.contains("Mallory") && page.contains("data-r=\"M\"") && page.contains("2 Jan"), "{}", main_of(&page));
    assert!(ann.page(&site.at(&format!("/people?edit={mallory}"))).await.contains("value=\"customer_member\" selected"));
    ann.post(&site.at(&format!("/people/{mallory}/remove")), "").await.leads_to("/people");
    assert!(!main_of(&ann.page(&site.at("/people")).await).contains("Mallory"));
}

#[tokio::test]
async fn sprint_0_closes_when_both_sides_sign() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let path = site.at("/report/sign");
    let page = ann.page(&site.at("/report")).await;
    assert!(page.contains("0 of 7 items are done, 0 waived, 7 open") && page.contains("Nobody has signed yet"), "{}", main_of(&page));
    let refused = ann.post(&path, "reason=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("sign-reason-e") && refused.text().contains("still open"));
    ann.post(&path, "reason=Customer+asked+%3Cb%3E").await.leads_to("/report");
    let unproven = ann.post(&path, &format!("on_behalf_of={}&proof=+", site.world.bob.person)).await;
    assert!(unproven.text().contains("behalf-proof-e"), "{}", main_of(&unproven.text()));
    assert!(bob.page(&site.at("/report")).await.contains("Customer asked &#60;b&#62;"));
    bob.post(&path, "").await.leads_to("/report");
    let page = ann.page(&site.at("/report")).await;
    for words in ["Sprint 0 was closed on", "This is what was true then", "Ann", "Bob"] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    assert!(!page.contains("/report/sign\""), "nothing is left to sign");
    let digest_covers = "what is internal to the delivery side, which is not counted here";
    assert!(bob.page(&site.at("/report")).await.contains(digest_covers) && !page.contains(digest_covers));

    let closed = ann.page(&site.at("/countdown")).await;
    assert!(closed.contains("Sprint 0 was closed on") && !closed.contains("open again"), "{}", main_of(&closed));
    let added = form([("title", "One more room".to_owned()), ("activity", "tools".to_owned())].into_iter());
    ann.post(&site.at("/items"), &added).await.leads_to("/checklist");
    let page = ann.page(&site.at("/countdown")).await;
    assert!(page.contains("One item is open again or new since.") && page.contains("Open again"), "{}", main_of(&page));
    assert!(ann.page(&site.at("/report")).await.contains("one item was opened again or added"));
}

#[tokio::test]
async fn the_report_says_who_waived_what_and_counts_it_as_the_countdown_does() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let keys: Vec<_> = {
        let view =
            site.world.app.view(&site.world.ann, &site.world.engagement, tminus_domain::rights::Right::ReadEngagement).await.unwrap();
        view.engagement.listed().map(|item| item.key.clone()).collect()
    };
    for key in &keys {
        let form = site.form(key, &[("status", "waived"), ("reason", "out of scope")]).await;
        ann.post(&site.item_path(key, "/status").await, &form).await.leads_to("/items/");
    }
    let page = ann.page(&site.at("/report")).await;
    assert!(page.contains("100 <small>% complete</small>") && page.contains("Ann: out of scope"), "{}", main_of(&page));
    let countdown = ann.page(&site.at("/countdown")).await;
    assert!(countdown.contains("100 % complete"));
    let more = countdown.split("checklist?gate=complete&#38;state=waived").nth(1).expect("the rest is one link away");
    assert!(more.contains(&format!("and {} more waived", keys.len() - 3)), "{}", main_of(&countdown));
    assert_eq!(ann.page(&site.at("/checklist?gate=complete&state=waived")).await.matches("data-row").count(), keys.len());
    let main = main_of(&page);
    let at = |title: &str| main.find(title).unwrap_or_else(|| panic!("{title}: {main}"));
    assert!(at("Agree the governance") < at("Set up the team calendar") && at("Get access to Jira") < at("Get a badge"));
}
