//! What every answer carries, and whose changes are refused.

use axum::{Router, body::Body, http::Request, http::StatusCode, routing};
use tminus_pages::{guarded, scheme_router};

use crate::ask;

fn router() -> Router {
    guarded(Router::new().route("/items", routing::get(async || "items").post(async || "changed")).merge(scheme_router()))
}

#[tokio::test]
async fn every_answer_forbids_foreign_scripts_and_frames() {
    for path in ["/items", "/no-such-page"] {
        let answer = ask(router(), Request::get(path).body(Body::empty()).unwrap()).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "script-src 'self';",
            "style-src 'self';",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let refused: [&[(&str, &str)]; 7] = [
        // Whoever has a cookie is a browser, and says where it asks from.
        &[("cookie", "tminus_session=x")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://tminus.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://tminus.example.evil.example")],
    ];
    let taken: [&[(&str, &str)]; 6] = [
        &[("cookie", "tminus_session=x"), ("origin", "https://tminus.example")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://tminus.example")],
        &[("origin", "http://TMINUS.example")],
        &[],
    ];
    for (cases, expected) in [(&refused[..], StatusCode::FORBIDDEN), (&taken[..], StatusCode::OK)] {
        for headers in cases {
            let request = headers
                .iter()
                .fold(Request::post("/items").header("host", "tminus.example"), |request, (name, value)| request.header(*name, *value));
            assert_eq!(ask(router(), request.body(Body::empty()).unwrap()).await.status, expected, "{headers:?}");
        }
    }
    let read = Request::get("/items").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    assert_eq!(ask(router(), read).await.status, StatusCode::OK, "a link from elsewhere may be followed");
}

#[tokio::test]
async fn colours_too_are_chosen_by_a_form_of_the_session_alone() {
    let form = |token: &str| {
        let request = Request::post("/scheme").header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("cookie", "tminus_session=x").header("sec-fetch-site", "same-origin");
        request.body(Body::from(format!("scheme=dark&token={token}"))).unwrap()
    };
    assert_eq!(ask(router(), form("")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(router(), form(&tminus_app::rights::session::form_token("x"))).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn colours_are_chosen_by_a_plain_form_that_leads_back() {
    let back = [
        ("https://tminus.example/kits?show=all", "/kits?show=all"),
        ("https://evil.example//other.example/", "/"),
        ("nonsense", "/"),
        ("", "/"),
    ];
    for (referer, expected) in back {
        let request = Request::post("/scheme").header("content-type", "application/x-www-form-urlencoded").header("referer", referer);
        let answer = ask(router(), request.body(Body::from("scheme=dark")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), expected, "{referer}");
        assert!(answer.header("set-cookie").starts_with("scheme=dark; Path=/;"));
    }
}
