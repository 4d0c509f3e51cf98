//! Letters: a code that opens files to a link, and the outbox that not everybody reads.

use axum::http::StatusCode;
use tminus_app::{
    App,
    mail::{Undelivered, deliver_due, list_letters, read_letter},
};
use tminus_domain::{mail::Message, rights::Actor};

use crate::signed::{Site, main_of};

/// What the newest letter of the outbox opens.
async fn newest(app: &App, ann: &Actor) -> String {
    let listed = list_letters(app, ann, None).await.unwrap();
    match read_letter(app, ann, &listed[0].letter.id).await.unwrap().letter.message {
        Message::Link { secret, .. } | Message::Code { code: secret, .. } => secret.0,
        Message::Digest { .. } | Message::Access { .. } | Message::Security { .. } | Message::AtOnce { .. } | Message::Excepted { .. } => {
            String::new()
        }
    }
}

#[tokio::test]
async fn a_link_is_mailed_without_being_shown_and_read_in_the_outbox_by_administrators_alone() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = site.at(&format!("/people/{}/link", site.world.bob.person));
    ann.post(&path, "days=30&by=mail").await.leads_to("/link");
    let secret = newest(&site.world.app, &site.world.ann).await;
    assert!(!ann.page(&path).await.contains(&secret));
    assert_eq!(ann.post(&path, "days=30&by=pigeon").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let outbox = ann.page("/settings/mail").await;
    assert!(outbox.contains("No mail server is set") && outbox.contains("Bob &#60;bob@example.com&#62;") && !outbox.contains(&secret));
    let letter = outbox.split("/settings/mail/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let read = ann.get(&format!("/settings/mail/{letter}")).await;
    assert_eq!(read.header("cache-control"), "no-store");
    assert!(read.text().contains(&format!("/l/{secret}")), "{}", main_of(&read.text()));
    for name in ["bob", "dee"] {
        let other = site.as_person(name).await;
        for path in ["/settings/mail".to_owned(), format!("/settings/mail/{letter}")] {
            assert_eq!(other.get(&path).await.status, StatusCode::FORBIDDEN, "{name}: {path}");
        }
    }
    assert_eq!(ann.get("/settings/mail/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_by_link_asks_for_a_code_and_goes_on_where_it_began() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    let attach = site.item_path("jira", "/files").await;
    let version = site.item("jira").await.version.to_string();
    let upload = async || bob.upload(&attach, &[("version", &version)], ("rooms.txt", b"Room 1")).await;
    let asked = upload().await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains("href=\"/code\""), "{}", main_of(&asked.text()));
    let back = site.at("/yours");
    let begun = bob.page(&format!("/code?next={back}")).await;
    assert!(begun.contains("Send me a code") && begun.contains(&format!("value=\"{back}\"")));
    bob.post("/code/send", &format!("next={back}")).await.leads_to(&format!("/code?sent=1&next={back}"));
    let wrong = bob.post("/code", &format!("next={back}&code=0")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("4 more tries"), "{}", main_of(&wrong.text()));
    let code = newest(&site.world.app, &site.world.ann).await;
    bob.post("/code", &format!("next={back}&code={code}")).await.leads_to(&back);
    assert_ne!(upload().await.status, StatusCode::FORBIDDEN);
    assert!(site.item("jira").await.proofs.iter().any(|proof| proof.text == "rooms.txt"));
    assert_eq!(bob.get(&format!("/code?next={back}")).await.header("location"), back, "nothing more to prove");
}

#[tokio::test]
async fn a_code_leads_nowhere_else_and_is_nothing_for_whoever_signed_in() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    for foreign in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        assert!(!bob.page(&format!("/code?next={foreign}")).await.contains("evil"), "{foreign}");
        assert!(!bob.post("/code/send", &format!("next={foreign}")).await.header("location").contains("evil"), "{foreign}");
    }
    let signed_in = site.as_person("bob").await;
    assert_eq!(signed_in.get("/code").await.header("location"), "/");
    assert_eq!(signed_in.post("/code/send", "next=/").await.status, StatusCode::FORBIDDEN);
    assert_eq!(signed_in.post("/code", "next=/&code=1").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_letter_that_waits_for_its_next_try_is_sent_again_from_the_outbox() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = site.at(&format!("/people/{}/link", site.world.bob.person));
    ann.post(&path, "days=30&by=mail").await.leads_to("/link");
    let app = &site.world.app;
    assert!(!ann.page("/settings/mail").await.contains("Send again"), "it was not tried yet");
    deliver_due(app, async |_| Err(Undelivered::Later("down".to_owned()))).await.unwrap();
    let page = ann.page("/settings/mail").await;
    assert!(page.contains("Send again"), "{}", main_of(&page));
    let letter = list_letters(app, &site.world.ann, None).await.unwrap()[0].letter.id.clone();
    let sent = format!("letter={letter}");
    assert_eq!(site.as_person("dee").await.post("/settings/mail/again", &sent).await.status, StatusCode::FORBIDDEN);
    ann.post("/settings/mail/again", &sent).await.leads_to("/settings/mail");
    assert_eq!(deliver_due(app, async |_| Ok(())).await.unwrap(), 1);
    let refused = ann.post("/settings/mail/again", &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("went out already"), "{}", main_of(&refused.text()));
    assert_eq!(ann.post("/settings/mail/again", "letter=none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_asks_for_a_link_is_answered_alike_whether_they_were_invited_or_not() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    ann.post(&site.at(&format!("/people/{}/link", site.world.bob.person)), "days=30").await;
    let nobody = site.as_nobody();
    assert!(nobody.page("/sign-in").await.contains("action=\"/sign-in/link\""));
    let said = async |email: &str| {
        let answer = nobody.post("/sign-in/link", &format!("invited={email}")).await;
        (answer.status, answer.text())
    };
    let (before, invited) = (said("nobody@example.com").await, said("bob@example.com").await);
    assert_eq!(before, invited);
    assert!(invited.0 == StatusCode::OK && invited.1.contains("a link is on its way"), "{}", main_of(&invited.1));
    // The letter is written while the answer is read.
    let mut secret = String::new();
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let letters = list_letters(&site.world.app, &site.world.ann, None).await.unwrap();
        if !letters.is_empty() {
            secret = newest(&site.world.app, &site.world.ann).await;
            break;
        }
    }
    assert!(nobody.page(&format!("/l/{secret}")).await.contains("Bob"));
}
