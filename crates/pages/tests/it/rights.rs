//! Signing in and out, in a browser.

use axum::http::StatusCode;
use jiff::SignedDuration;
use tminus_app::{rights::link::make_link, world::PASSWORD};
use tminus_pages::{Config, router};

use crate::{
    Answer, ask,
    signed::{Site, form},
};

fn login(email: &str, password: &str, next: &str) -> String {
    form([("email", email.to_owned()), ("password", password.to_owned()), ("next", next.to_owned())].into_iter())
}

/// The secret of the session that begins with an answer.
fn begun(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default();
    cookie.strip_prefix("tminus_session=").unwrap_or_else(|| panic!("no session begins with {cookie:?}")).to_owned()
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_and_goes_on_to_the_page() {
    let site = Site::new().await;
    let nobody = site.as_nobody();
    let path = site.at("/checklist?late=1");
    let answer = nobody.get(&path).await;
    let to = answer.header("location").to_owned();
    assert!(to.starts_with("/sign-in?next=/engagements/"), "{to}");
    let page = nobody.get(&to).await;
    assert!(page.text().contains(&format!("name=\"next\" value=\"{path}\"")), "{}", page.text());
    let answer = nobody.post("/sign-in", &login("Ann@Example.com ", PASSWORD, &path)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, path.as_str()));
    let cookie = answer.header("set-cookie");
    for part in ["tminus_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn over_https_the_cookie_goes_over_https_only() {
    let site = Site::new().await;
    let request = axum::http::Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(login("ann@example.com", PASSWORD, "/").into()).unwrap();
    let answer = ask(router(site.world.app.clone(), Config { secure_cookies: true, ..Config::default() }), request).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"), "{}", answer.header("set-cookie"));
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let site = Site::new().await;
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "/sign-out"] {
        let answer = site.as_nobody().post("/sign-in", &login("ann@example.com", PASSWORD, next)).await;
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_address_and_many_have_to_wait() {
    let site = Site::new().await;
    let nobody = site.as_nobody();
    let answer = nobody.post("/sign-in", &login("<b>@example.com", "wrong", "/")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text().contains("E-mail address or password is wrong.") && answer.text().contains("value=\"&#60;b&#62;@example.com\""),
        "{}",
        answer.text()
    );
    assert!(answer.header("set-cookie").is_empty());
    for _ in 0..6 {
        nobody.post("/sign-in", &login("ann@example.com", "wrong", "/")).await;
    }
    let answer = nobody.post("/sign-in", &login("ann@example.com", PASSWORD, "/")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text().contains("try again in") && !answer.header("retry-after").is_empty());
    site.world.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(nobody.post("/sign-in", &login("ann@example.com", PASSWORD, "/")).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert_eq!(ann.get("/").await.status, StatusCode::OK);
    assert_eq!(ann.get("/sign-in?next=/settings").await.header("location"), "/settings", "who is in needs no sign-in");
    let answer = ann.post("/sign-out", "").await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(ann.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn a_session_that_somebody_planted_before_opens_nothing_of_whoever_signs_in() {
    let site = Site::new().await;
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let link = make_link(app, ann, engagement, (&site.world.bob.person, None)).await.unwrap().secret;
    let doors = [("/sign-in".to_owned(), login("bob@example.com", PASSWORD, "/")), (format!("/l/{link}"), String::new())];
    // A guess is no session, and one's own stays one's own.
    let mallory = site.as_person("mallory").await;
    let guess = "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk";
    let theirs = site.at("/yours");
    let mut secrets = Vec::new();
    for (door, sent) in &doors {
        for (planted, expected) in [(guess, StatusCode::SEE_OTHER), (mallory.secret(), StatusCode::NOT_FOUND)] {
            let victim = site.with_secret(planted);
            let answer = victim.post(door, sent).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{door}: {:.900}", answer.text());
            let secret = begun(&answer);
            assert_eq!(site.with_secret(&secret).get(&theirs).await.status, StatusCode::OK, "{door}");
            let opened = victim.get(&theirs).await;
            assert_eq!(opened.status, expected, "{door}: what was planted");
            assert!(!opened.text().contains("Northwind"), "{door}: {:.900}", opened.text());
            secrets.extend([planted.to_owned(), secret]);
        }
    }
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), 2 + 4, "each session has a secret of its own");
}
