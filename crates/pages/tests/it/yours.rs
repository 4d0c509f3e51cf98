//! The customer's own page, and the links that lead there.

use axum::http::StatusCode;
use tminus_app::rights::link::make_link;
use tminus_domain::{checklist::status::State, kit::Side, rights::Right};

use crate::signed::{Browser, Site, form, main_of};

impl Site {
    async fn yours(&self, key: &str) -> String {
        self.at(&format!("/yours/{}", self.item(key).await.id))
    }

    async fn sent(&self, key: &str, act: &str, more: &[(&str, &str)]) -> String {
        let own = [("act", act.to_owned()), ("version", self.item(key).await.version.to_string())];
        form(own.into_iter().chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))))
    }

    async fn owner(&self, key: &str, side: Side) -> String {
        let view = self.world.app.view(&self.world.ann, &self.world.engagement, Right::ReadEngagement).await.unwrap();
        let item = view.engagement.item_by_key(key).unwrap();
        let owners = view.engagement.owners(item, self.world.app.today("Europe/Berlin"));
        let person = owners.iter().find(|owner| owner.side == side).and_then(|owner| owner.person);
        person.map(|person| view.engagement.name(person).to_owned()).unwrap_or_default()
    }
}

async fn does(site: &Site, browser: &Browser<'_>, (key, act): (&str, &str), more: &[(&str, &str)]) -> crate::Answer {
    browser.post(&site.yours(key).await, &site.sent(key, act, more).await).await
}

#[tokio::test]
async fn a_link_is_made_on_the_register_shown_once_and_revoked() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = site.at(&format!("/people/{}/link", site.world.bob.person));
    assert!(ann.page(&site.at("/people")).await.contains("no link"));
    let made = ann.post(&path, "days=30").await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
    let html = made.text();
    let secret = html.split("/l/").nth(1).and_then(|rest| rest.split('"').next()).expect("the link").to_owned();
    assert!(html.contains("mailto:bob%40example.com?subject="), "{}", main_of(&html));
    assert!(!ann.page(&path).await.contains(&secret), "it is shown only once");
    assert!(ann.page(&site.at("/people")).await.contains("link until"));
    for (days, words) in [("0", "give 1 to 180 days"), ("900", "give 1 to 180 days"), ("soon", "soon")] {
        let refused = ann.post(&path, &format!("days={days}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        assert!(refused.text().to_lowercase().contains(words), "{}", main_of(&refused.text()));
    }
    let bob = site.visit(&secret).await;
    assert_eq!(bob.get("/").await.header("location"), site.at("/yours"));
    let link = html.split("name=\"link\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("to be revoked").to_owned();
    ann.post(&format!("{path}/revoke"), &format!("link={link}")).await.leads_to("/link");
    assert!(ann.page(&path).await.contains("Revoked"));
    assert!(bob.get(&site.at("/yours")).await.header("location").starts_with("/sign-in"), "the visit has ended with it");
    let delivery = ann.post(&site.at(&format!("/people/{}/link", site.world.dee.person)), "").await;
    assert_eq!(delivery.status, StatusCode::UNPROCESSABLE_ENTITY);
    let theirs = site.as_person("bob").await;
    assert_eq!(theirs.get(&path).await.status, StatusCode::FORBIDDEN);
    assert!(!theirs.page(&site.at("/people")).await.contains("/link\""));
}

#[tokio::test]
async fn whoever_comes_by_link_sees_what_is_theirs_why_and_by_when() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    let page = bob.page(&site.at("/yours")).await;
    for words in ["Bob, ", "things for you", "Get access to Jira", "Kick-off", "Where it stands", "mailto:ann@example.com", "by a link"] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    assert!(page.contains("class=\"portal\"") && !page.contains("class=\"rail\""), "one column, made for a phone");
    assert!(!page.contains("internal chat room"), "{page}");
    let waits = page.split("<li class=\"card").find(|card| card.contains("Load the delivery kit")).expect("a card");
    assert!(waits.contains("it comes after Get access to Jira") && !waits.contains("value=\"done\""), "{waits}");
}

#[tokio::test]
async fn an_item_is_done_with_what_it_asks_for_in_one_form() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    let bare = does(&site, &bob, ("jira", "done"), &[]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text().contains("Add the evidence first"), "{}", main_of(&bare.text()));
    let wrong = does(&site, &bob, ("jira", "done"), &[("e.0", "not <a> link")]).await.text();
    assert!(
        wrong.contains("value=\"not &#60;a&#62; link\"") && wrong.contains("is not a link"),
        "what was typed stays: {}",
        main_of(&wrong)
    );
    does(&site, &bob, ("jira", "done"), &[("e.0", "https://jira.customer.example")]).await.leads_to("/yours");
    assert_eq!(site.item("jira").await.state(), State::Done);
    let page = bob.page(&site.at("/yours")).await;
    let done = page.split("Done by you").nth(1).expect("what one did is there");
    assert!(done.contains("Get access to Jira"), "{}", main_of(&page));
}

#[tokio::test]
async fn a_question_is_a_comment_that_both_sides_read() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    assert_eq!(does(&site, &bob, ("jira", "ask"), &[("text", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    does(&site, &bob, ("jira", "ask"), &[("text", "Which <edition>?")]).await.leads_to("/yours");
    let page = site.as_person("ann").await.page(&site.item_path("jira", "").await).await;
    assert!(page.contains("Which &#60;edition&#62;?"), "{}", main_of(&page));
    // It waits for Ann until somebody of her side answers, and the answer is on Bob's card.
    let ann = site.as_person("ann").await;
    let mine = ann.page("/").await;
    let waits =
        mine.split("id=\"written\"").nth(1).expect("it waits for an answer").split("</table>").next().unwrap_or_default().to_owned();
    assert!(waits.contains("Bob") && waits.contains("Get access to Jira"), "{waits}");
    ann.post(&site.item_path("jira", "/comments").await, "comment=The+standard+one").await;
    assert!(!ann.page("/").await.contains("id=\"written\""), "answered");
    let card = bob.page(&site.at("/yours")).await;
    assert!(card.contains("The standard one") && card.contains("Which &#60;edition&#62;?"), "{}", main_of(&card));
    ann.post(&site.item_path("jira", "/comments").await, "comment=psst&internal=1").await;
    assert!(!bob.page(&site.at("/yours")).await.contains("psst"));
}

#[tokio::test]
async fn what_is_not_ones_own_is_handed_to_a_colleague_or_to_somebody_new() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    assert!(does(&site, &bob, ("jira", "hand"), &[]).await.text().contains("Choose a colleague, or name a new one."));
    let new = [("name", "Carla Diaz"), ("email", "carla@customer.example"), ("note", "you know the vendor")];
    let wrong = does(&site, &bob, ("jira", "hand"), &[new[0], ("email", "carla")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("value=\"Carla Diaz\""), "what was typed stays");
    does(&site, &bob, ("jira", "hand"), &new).await.leads_to("/yours");
    assert_eq!(site.owner("jira", Side::Customer).await, "Carla Diaz");
    assert!(!bob.page(&site.at("/yours")).await.contains("<h2>Get access to Jira"), "it is not with him any more");
    let ann = site.as_person("ann").await;
    let record = ann.page(&site.at("/record")).await;
    assert!(record.contains("handed over") && record.contains("<del>Bob</del> <ins>Carla Diaz</ins>"), "{}", main_of(&record));
    assert!(ann.page(&site.at("/people")).await.contains("Carla Diaz"), "whoever leads sees that she has no link yet");
}

#[tokio::test]
async fn what_changed_meanwhile_is_said_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    let sent = site.sent("jira", "hand", &[("name", "Carla Diaz"), ("email", "carla@customer.example")]).await;
    let path = site.yours("jira").await;
    let begun = site.form("jira", &[("status", "in_progress")]).await;
    site.as_person("ann").await.post(&site.item_path("jira", "/status").await, &begun).await.leads_to("/items/");
    let answer = bob.post(&path, &sent).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("value=\"carla@customer.example\""), "{}", main_of(&answer.text()));
}

#[tokio::test]
async fn what_is_sent_twice_over_a_poor_line_is_done_once() {
    let site = Site::new().await;
    let bob = site.by_link(&site.world.bob.person).await;
    let path = site.yours("jira").await;
    let asked = site.sent("jira", "ask", &[("text", "Which edition?")]).await;
    let done = site.sent("jira", "done", &[("e.0", "https://jira.customer.example")]).await;
    for form in [&asked, &asked, &done, &done] {
        bob.post(&path, form).await.leads_to("/yours");
    }
    let item = site.item("jira").await;
    assert_eq!((item.state(), item.comments, item.proofs.len()), (State::Done, 1, 1));
    // The same file is attached once; another of the same name is another one.
    let bob = site.as_person("bob").await;
    let (path, version) = (site.item_path("load", "/files").await, site.item("load").await.version.to_string());
    let yours = site.at("/yours");
    let fields = [("version", version.as_str()), ("back", yours.as_str())];
    for _ in 0..2 {
        bob.upload(&path, &fields, ("rooms.txt", b"Room 1")).await.leads_to("/yours");
    }
    let other = bob.upload(&path, &fields, ("rooms.txt", b"Room 2")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text().contains("class=\"portal\""), "{}", main_of(&other.text()));
    assert_eq!(site.item("load").await.proofs.len(), 1);
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_in_words_where_it_came_from_and_nothing_of_it_is_kept() {
    let site = Site::new().await;
    let bob = site.as_person("bob").await;
    let (path, item) = (site.item_path("jira", "/files").await, site.item_path("jira", "").await);
    let version = site.item("jira").await.version.to_string();
    for (back, place) in [(item, "id=\"item\""), (site.at("/yours"), "class=\"portal\"")] {
        // One is read to its end, the other is not: here it comes in one piece, and what stands before it is not read either.
        let far_over = if place == "id=\"item\"" { vec![26 * 1024 * 1024] } else { Vec::new() };
        for bytes in far_over.into_iter().chain([25 * 1024 * 1024 + 1]) {
            let large = vec![b'x'; bytes];
            let answer = bob.upload(&path, &[("version", &version), ("back", &back)], ("plan.txt", &large)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bytes} from {back}");
            let page = answer.text();
            assert!(page.contains("The file is larger than 25 MiB") && page.contains(place), "{bytes} from {back}: {}", main_of(&page));
        }
    }
    let kept = site.item("jira").await;
    assert_eq!((kept.version.to_string(), kept.proofs.len()), (version, 0));
}

#[tokio::test]
async fn whoever_a_link_was_forwarded_to_says_who_they_are_without_opening_it() {
    let site = Site::new().await;
    let made = make_link(&site.world.app, &site.world.ann, &site.world.engagement, (&site.world.bob.person, Some(7))).await.unwrap();
    let (nobody, path) = (site.as_nobody(), format!("/l/{}", made.secret));
    let page = nobody.page(&path).await;
    assert!(page.contains("This is for Bob") && page.contains("I am not Bob"), "{}", main_of(&page));
    let to = format!("{path}/name");
    let wrong = nobody.post(&to, "name=Carla+Diaz&email=nobody").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("value=\"Carla Diaz\""), "what was typed stays: {}", main_of(&wrong.text()));
    let named = nobody.post(&to, "name=Carla+Diaz&email=carla%40example.com").await;
    assert_eq!((named.status, named.header("set-cookie")), (StatusCode::OK, ""), "nobody is signed in by it");
    assert!(named.text().contains("Carla Diaz, a link of your own comes to you by mail"), "{}", main_of(&named.text()));
    let known = nobody.post(&to, "name=Carla+Diaz&email=mallory%40example.com").await.text();
    assert_eq!(main_of(&named.text()), main_of(&known), "who is known already is told to nobody");
    assert!(site.as_person("ann").await.page(&site.at("/people")).await.contains("Carla Diaz"));
    for guessed in ["/l/guessed/name", "/l/guessed/again"] {
        assert!(!nobody.post(guessed, "name=Dora&email=dora%40example.com").await.text().contains("Dora"));
    }
    // Once it has expired, a new one is asked for, and the answer is the same whether there is one or not.
    site.world.clock.advance(jiff::SignedDuration::from_hours(24 * 8));
    let crafted = nobody.get("/l/..%2Fpeople%2Fp%2Fend%23").await.text();
    assert!(!crafted.contains("action=\"/l/"), "an address is no part of a form: {}", main_of(&crafted));
    let ended = nobody.get(&path).await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND);
    assert!(ended.text().contains("Mail me a new link"), "{}", main_of(&ended.text()));
    let asked = nobody.post(&format!("{path}/again"), "").await.text();
    let guessed = nobody.post("/l/guessed/again", "").await.text();
    assert_eq!(main_of(&asked), main_of(&guessed));
    assert!(asked.contains("a new one is on its way"), "{}", main_of(&asked));
}
