//! Letters to a real mail server: encrypted, as somebody, refused, late.

use tminus_connect::mail::{Server, Settings, Undelivered, Written};

use crate::server::{Authority, Running};

fn settings(scheme: &str, running: &Running, authority: Option<&Authority>) -> Settings {
    Settings {
        server: format!("{scheme}://localhost:{}", running.port),
        from: "Tminus <tminus@practice.example>".to_owned(),
        user: None,
        authority: authority.map(Authority::pem),
    }
}

fn letter(address: &str) -> Written {
    Written {
        id: "01j9letter".to_owned(),
        name: "Zoë Łuczak".to_owned(),
        address: address.to_owned(),
        subject: "3 things for you at Ørsted".to_owned(),
        text: "Open it: https://tminus.example.com/l/abc\n".to_owned(),
        html: "<p>Open it</p>".to_owned(),
    }
}

#[tokio::test]
async fn a_letter_arrives_encrypted_with_text_html_and_a_name_that_stays() {
    let authority = Authority::new();
    for (scheme, tls) in [("smtp", "starttls"), ("smtps", "always")] {
        let mut running = Running::start(&authority, tls, None, 0).await;
        let server = Server::new(&settings(scheme, &running, Some(&authority))).unwrap();
        for _ in 0..2 {
            server.send(&letter("zoe@northwind.example")).await.unwrap();
            let taken = running.next().await;
            assert!(taken.secure, "{scheme}");
            assert_eq!((taken.from.as_str(), taken.to.as_slice()), ("tminus@practice.example", &["zoe@northwind.example".to_owned()][..]));
            for part in ["Message-ID: <01j9letter@practice.example>", "Auto-Submitted: auto-generated", "text/plain", "text/html", "/l/abc"]
            {
                assert!(taken.text.contains(part), "{part} is not in\n{}", taken.text);
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_where_encryption_fails() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let plain = Running::start(&authority, "none", None, 0).await;
    let no_tls = Server::new(&settings("smtp", &plain, Some(&authority))).unwrap();
    assert!(matches!(no_tls.send(&letter("zoe@northwind.example")).await, Err(Undelivered::Later(_))));
    let running = Running::start(&authority, "starttls", None, 0).await;
    for trusted in [None, Some(&stranger)] {
        let server = Server::new(&settings("smtp", &running, trusted)).unwrap();
        let refused = server.send(&letter("zoe@northwind.example")).await.unwrap_err();
        assert!(matches!(&refused, Undelivered::Later(why) if why.contains("certificate")), "{refused}");
    }
}

#[tokio::test]
async fn a_server_on_this_machine_may_do_without() {
    let mut running = Running::start(&Authority::new(), "none", None, 0).await;
    let server = Server::new(&settings("smtp+plain", &running, None)).unwrap();
    server.send(&letter("zoe@northwind.example")).await.unwrap();
    assert!(!running.next().await.secure);
}

#[tokio::test]
async fn an_address_that_is_refused_is_told_from_a_server_that_is_busy_or_away() {
    let authority = Authority::new();
    let running = Running::start(&authority, "starttls", None, 0).await;
    let server = Server::new(&settings("smtp", &running, Some(&authority))).unwrap();
    let refused = server.send(&letter("refused@northwind.example")).await;
    assert!(matches!(&refused, Err(Undelivered::Refused(why)) if why.contains("No such mailbox")), "{refused:?}");
    let busy = server.send(&letter("later@northwind.example")).await;
    assert!(matches!(&busy, Err(Undelivered::Later(why)) if why.contains("Try again later")), "{busy:?}");
    let port = running.port;
    running.stop().await;
    assert!(matches!(server.send(&letter("zoe@northwind.example")).await, Err(Undelivered::Later(_))));
    let mut again = Running::start(&authority, "starttls", None, port).await;
    server.send(&letter("zoe@northwind.example")).await.unwrap();
    assert_eq!(again.next().await.to, ["zoe@northwind.example"]);
}

#[tokio::test]
async fn a_password_that_is_wrong_loses_no_letter() {
    let authority = Authority::new();
    let mut running = Running::start(&authority, "starttls", Some(("tminus", "right")), 0).await;
    let as_user = |password: &str| Settings {
        user: Some(("tminus".to_owned(), password.to_owned())),
        ..settings("smtp", &running, Some(&authority))
    };
    let (wrong, right) = (Server::new(&as_user("wrong")).unwrap(), Server::new(&as_user("right")).unwrap());
    let refused = wrong.send(&letter("zoe@northwind.example")).await;
    assert!(matches!(refused, Err(Undelivered::Later(_))), "{refused:?}");
    right.send(&letter("zoe@northwind.example")).await.unwrap();
    running.next().await;
}
