//! Signing in and out at a real OpenID provider.

use tminus_connect::openid::{Failed, Flow, Identity, Left, Provider, Settings, Unusable};

use crate::provider::{BACK, Browser, Running, SECRET, ear};

fn settings(issuer: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: "tminus".to_owned(),
        client_secret: Some(SECRET.to_owned()),
        scopes: vec!["groups".to_owned()],
        groups: Some("groups".to_owned()),
        authority: None,
        back: BACK.to_owned(),
    }
}

fn flow(number: u8) -> Flow {
    let secret = |what: &str| format!("{what}{number}").repeat(10);
    Flow { state: secret("state"), nonce: secret("nonce"), verifier: secret("verifier") }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Failed>) -> String {
    match answer {
        Err(Failed::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_signs_in_there_is_told_apart_for_ever_whether_the_token_says_it_all_or_not() {
    for in_token in [true, false] {
        let running = Running::start(in_token, None).await;
        let provider = Provider::new(settings(&running.issuer)).unwrap();
        let url = provider.begin(&flow(1)).await.unwrap();
        assert!(url.contains("code_challenge_method=S256") && !url.contains(&flow(1).verifier), "{url}");
        let back = Browser::new().sign_in(&url, "ann").await;
        assert_eq!(back["state"], flow(1).state);
        let identity = provider.finish(&back["code"], back.get("iss").map(String::as_str), &flow(1)).await.unwrap();
        let ann = Identity {
            subject: "ann".to_owned(),
            email: Some("Ann@Example.com".to_owned()),
            email_verified: Some(true),
            name: Some("Ann Lee".to_owned()),
            zone: Some("Europe/Berlin".to_owned()),
            groups: vec!["consultants".to_owned(), "leads".to_owned()],
            session: identity.session.clone(),
        };
        assert_eq!(identity, ann, "in the token: {in_token}");
        let again = provider.finish(&back["code"], back.get("iss").map(String::as_str), &flow(1)).await;
        assert!(refused(again).contains("invalid_grant"), "a code works once");
    }
}

#[tokio::test]
async fn what_was_begun_by_somebody_else_or_answered_for_something_else_is_refused() {
    let running = Running::start(true, None).await;
    let provider = Provider::new(settings(&running.issuer)).unwrap();
    let issuer = Some(running.issuer.as_str());
    let code = async |flow: &Flow| {
        let back = Browser::new().sign_in(&provider.begin(flow).await.unwrap(), "bob").await;
        back["code"].clone()
    };
    let other_verifier = Flow { verifier: flow(2).verifier, ..flow(1) };
    assert!(refused(provider.finish(&code(&flow(1)).await, issuer, &other_verifier).await).contains("invalid_grant"));
    let other_nonce = Flow { nonce: flow(2).nonce, ..flow(1) };
    let why = refused(provider.finish(&code(&flow(1)).await, issuer, &other_nonce).await);
    assert!(why.to_lowercase().contains("nonce"), "{why}");
    for stranger in [None, Some("https://evil.example")] {
        let why = refused(provider.finish(&code(&flow(1)).await, stranger, &flow(1)).await);
        assert!(why.contains("does not come from this provider"), "{why}");
    }
    assert!(refused(provider.finish("made-up", issuer, &flow(1)).await).contains("invalid_grant"));
    let wrong = Provider::new(Settings { client_secret: Some("wrong".to_owned()), ..settings(&running.issuer) }).unwrap();
    assert!(refused(wrong.finish(&code(&flow(1)).await, issuer, &flow(1)).await).contains("invalid_client"));
    let other = Provider::new(Settings { client_id: "other".to_owned(), ..settings(&running.issuer) }).unwrap();
    assert!(refused(other.finish(&code(&flow(1)).await, issuer, &flow(1)).await).contains("invalid_grant"));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_taken_over_and_one_that_is_away_is_said_to_be() {
    let mut running = Running::start(true, None).await;
    let provider = Provider::new(settings(&running.issuer)).unwrap();
    let issuer = running.issuer.clone();
    let mut browser = Browser::new();
    let url = provider.begin(&flow(1)).await.unwrap();
    running.say("rotate").await;
    let back = browser.sign_in(&url, "ann").await;
    assert_eq!(provider.finish(&back["code"], Some(&issuer), &flow(1)).await.unwrap().subject, "ann");
    let back = browser.sign_in(&provider.begin(&flow(2)).await.unwrap(), "ann").await;
    running.stop().await;
    // What it said of itself is still known; that the code cannot be exchanged is told.
    assert!(provider.begin(&flow(3)).await.is_ok());
    let away = provider.finish(&back["code"], Some(&issuer), &flow(2)).await;
    assert!(matches!(&away, Err(Failed::Away(why)) if why.contains("does not answer") || why.contains("refused")), "{away:?}");
    let never_there = Provider::new(settings(&issuer)).unwrap();
    assert!(matches!(never_there.begin(&flow(1)).await, Err(Failed::Away(_))));
}

#[tokio::test]
async fn whoever_signs_out_there_is_told_to_us() {
    let (port, mut heard) = ear().await;
    let running = Running::start(true, Some(port)).await;
    let provider = Provider::new(settings(&running.issuer)).unwrap();
    let mut browser = Browser::new();
    let back = browser.sign_in(&provider.begin(&flow(1)).await.unwrap(), "ann").await;
    let identity = provider.finish(&back["code"], Some(&running.issuer), &flow(1)).await.unwrap();
    assert!(identity.session.is_some());
    let out = provider.end("http://127.0.0.1:9999/sign-in").await.unwrap();
    browser.sign_out(&out).await;
    let token = tokio::time::timeout(std::time::Duration::from_secs(20), heard.recv()).await.unwrap().unwrap();
    assert_eq!(provider.left(&token).await.unwrap(), Left { subject: "ann".to_owned(), session: identity.session });
    let other = Provider::new(Settings { client_id: "other".to_owned(), ..settings(&running.issuer) }).unwrap();
    refused(other.left(&token).await);
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{rest}.{}", signature.chars().rev().collect::<String>());
    refused(provider.left(&forged).await);
    assert!(refused(provider.left("nonsense").await).contains("no logout token"));
}

#[test]
fn settings_that_cannot_work_are_told_before_anybody_comes() {
    for (issuer, why) in [
        ("login.example.com", Unusable::Issuer("login.example.com".to_owned())),
        ("ftp://login.example.com", Unusable::Issuer("ftp://login.example.com".to_owned())),
        ("https://login.example.com?a=b", Unusable::Issuer("https://login.example.com?a=b".to_owned())),
        ("http://login.example.com", Unusable::Plain("login.example.com".to_owned())),
    ] {
        assert_eq!(Provider::new(settings(issuer)).err(), Some(why));
    }
    let nowhere = Settings { back: "nowhere".to_owned(), ..settings("https://login.example.com") };
    assert_eq!(Provider::new(nowhere).err(), Some(Unusable::Back("nowhere".to_owned())));
    let untrusted = Settings { authority: Some(b"no PEM".to_vec()), ..settings("https://login.example.com") };
    assert!(matches!(Provider::new(untrusted).err(), Some(Unusable::Authority(_))));
}
