//! Styles and scripts as a browser gets them.

use std::{fs, path::Path};

use axum::{Router, body::Body, http::Request, http::StatusCode};
use tminus_pages::assets_router;

use crate::{Answer, ask};

async fn fetch(path: &str, encodings: &str) -> Answer {
    let request = Request::get(path).header("accept-encoding", encodings).body(Body::empty()).unwrap();
    ask(Router::new().merge(assets_router()), request).await
}

/// Rows of the manifest: name, file, type, encodings.
fn manifest() -> Vec<[String; 4]> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/manifest.tsv")).unwrap();
    text.lines().map(|line| line.split('\t').map(ToOwned::to_owned).collect::<Vec<_>>().try_into().unwrap()).collect()
}

#[tokio::test]
async fn every_asset_is_served_for_good_and_as_its_type() {
    for [name, file, kind, _] in manifest() {
        let answer = fetch(&format!("/assets/{file}"), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_eq!(answer.header("content-type"), kind, "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{name}");
        assert_eq!(answer.header("content-encoding"), "", "{name}");
        assert!(!answer.body.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn the_smallest_form_that_the_browser_takes_is_sent() {
    let [_, file, _, _] = manifest().into_iter().find(|row| row[0] == "main.css").unwrap();
    let path = format!("/assets/{file}");
    let cases = [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("zstd", ""),
        ("identity", ""),
        ("br; q=0.000", ""),
    ];
    let whole = fetch(&path, "").await.body.len();
    for (asked, sent) in cases {
        let answer = fetch(&path, asked).await;
        assert_eq!(answer.header("content-encoding"), sent, "{asked}");
        assert_eq!(answer.header("vary"), "accept-encoding", "{asked}");
        assert_eq!(answer.body.len() < whole, !sent.is_empty(), "{asked}");
    }
}

#[tokio::test]
async fn an_address_of_an_older_build_is_not_found() {
    assert_eq!(fetch("/assets/main-00000000.css", "br").await.status, StatusCode::NOT_FOUND);
    assert_eq!(fetch("/assets/..%2fmanifest.tsv", "br").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_first_visit_stays_small() {
    let mut bytes = 0;
    for [_, file, _, _] in manifest() {
        bytes += fetch(&format!("/assets/{file}"), "br").await.body.len();
    }
    assert!(bytes < 106_000, "{bytes} bytes before the page itself");
    assert!(manifest().len() < 12, "at most twelve requests");
}
