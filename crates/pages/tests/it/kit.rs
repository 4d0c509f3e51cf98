//! Kits: looked at, taken in, compared.

use axum::http::StatusCode;
use tminus_app::world::KIT;

use crate::signed::{Site, main_of};

#[tokio::test]
async fn a_kit_is_shown_with_what_it_holds() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let list = ann.page("/kits").await;
    assert!(list.contains("Small kit") && list.contains("6 tasks") || list.contains("tasks"), "{}", main_of(&list));
    let page = ann.page(&format!("/kits/{}", site.world.kit)).await;
    for words in [
        "Delivery tools",
        "Get a badge",
        "one for each person where side = delivery",
        "onsite",
        "Does anyone work on site?",
        "Tools ready",
        "Engagement manager",
    ] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    assert_eq!(ann.get("/kits/no-such-kit").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_is_imported() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let newer = KIT.replace("version = \"1.0\"", "version = \"1.1\"").replace("Get a badge", "Get a <badge>");
    let looked = ann.upload("/kits", &[("do", "inspect")], ("kit.toml", newer.as_bytes())).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.text().contains("can be imported") && looked.text().contains("1.1"), "{}", main_of(&looked.text()));
    assert!(!ann.page("/kits").await.contains("1.1"), "nothing is imported by looking");
    let taken = ann.upload("/kits", &[("do", "import")], ("kit.toml", newer.as_bytes())).await;
    taken.leads_to("/kits/");
    let page = ann.page(taken.header("location")).await;
    assert!(page.contains("Get a &#60;badge&#62;"));
    let hash = taken.header("location").rsplit('/').next().unwrap();
    let compared = ann.page(&format!("/kits/diff?old={}&new={hash}", site.world.kit)).await;
    assert!(
        compared.contains("0 added, 0 removed, 1 changed")
            && compared.contains("<del>Get a badge</del>")
            && compared.contains("<ins>Get a &#60;badge&#62;</ins>"),
        "{}",
        main_of(&compared)
    );
    let again = ann.upload("/kits", &[("do", "import")], ("kit.toml", newer.as_bytes())).await;
    assert!(again.header("set-cookie").contains("already"), "{}", again.header("set-cookie"));
}

#[tokio::test]
async fn a_kit_with_errors_is_refused_with_file_and_line() {
    let site = Site::new().await;
    let (ann, dee) = (site.as_person("ann").await, site.as_person("dee").await);
    let broken = KIT.replace("due = \"T-5bd @ kickoff\"", "due = \"T-5bd @ kickof\"");
    for act in ["inspect", "import"] {
        let answer = ann.upload("/kits", &[("do", act)], ("kit.toml", broken.as_bytes())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        let text = answer.text();
        assert!(text.contains("cannot be imported") && text.contains("kit.toml:") && text.contains("kickof"), "{act}: {}", main_of(&text));
    }
    let nothing = ann.upload("/kits", &[("do", "import")], ("", b"")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forbidden = dee.upload("/kits", &[("do", "import")], ("kit.toml", KIT.as_bytes())).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn comparing_needs_two_versions() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    assert_eq!(ann.get("/kits/diff").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kit = &site.world.kit;
    assert!(ann.page(&format!("/kits/diff?old={kit}&new={kit}")).await.contains("No difference"));
}
