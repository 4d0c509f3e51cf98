//! Attached files: what is refused leaves nothing behind.

use std::path::Path;

use bytes::Bytes;
use tminus_app::{
    Failure, Refusal,
    checklist::{
        evidence::{AttachFile, attach_file},
        status::SetStatus,
        together::{WorkOn, work_on},
    },
    store::{Opening, Store},
    world::{self, World},
};
use tminus_connect::scanner::Scanner;
use tminus_domain::{
    checklist::{item::Item, status::State},
    ids::ItemId,
    rights::Right,
};

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

fn file(item: &ItemId, version: Option<u32>) -> AttachFile {
    AttachFile { item: item.clone(), name: "plan.pdf".to_owned(), bytes: Bytes::from_static(b"%PDF"), version }
}

fn kept(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn a_refused_file_leaves_no_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let opening = Opening { files: Some(folder.path().to_owned()), ..Opening::in_memory() };
    let world = world::build(Store::open(&opening).await.unwrap()).await;
    let (jira, chat) = (item(&world, "jira").await, item(&world, "chat").await);
    let (app, engagement) = (&world.app, &world.engagement);
    assert!(matches!(attach_file(app, &world.mallory, engagement, file(&jira.id, None)).await, Err(Failure::NotFound)));
    assert!(matches!(attach_file(app, &world.bob, engagement, file(&chat.id, None)).await, Err(Failure::NotFound)));
    assert!(matches!(attach_file(app, &world.ann, engagement, file(&jira.id, Some(9))).await, Err(Failure::Conflict(_))));
    let blocked = SetStatus { item: jira.id.clone(), to: State::Blocked, reason: None, third_party: None, version: None };
    let both = WorkOn {
        item: jira.id.clone(),
        files: vec![file(&jira.id, None), file(&jira.id, None)],
        status: Some(blocked),
        ..WorkOn::default()
    };
    assert!(matches!(work_on(app, &world.ann, engagement, both).await, Err(Failure::Refused(_))), "a reason is missing");
    let unnamed = WorkOn {
        item: jira.id.clone(),
        files: vec![file(&jira.id, None), AttachFile { name: String::new(), ..file(&jira.id, None) }],
        ..WorkOn::default()
    };
    assert!(matches!(work_on(app, &world.ann, engagement, unnamed).await, Err(Failure::Refused(_))), "a name is missing");
    assert_eq!(kept(folder.path()), 0);
    attach_file(app, &world.ann, engagement, file(&jira.id, None)).await.unwrap();
    assert_eq!(kept(folder.path()), 1);
}

#[tokio::test]
async fn one_of_two_at_once_is_refused_and_only_the_other_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let opening = Opening { files: Some(folder.path().to_owned()), ..Opening::in_memory() };
    let world = world::build(Store::open(&opening).await.unwrap()).await;
    let jira = item(&world, "jira").await;
    let attach = || attach_file(&world.app, &world.ann, &world.engagement, file(&jira.id, Some(jira.version)));
    // Both look at the same version; the bytes of both are kept before either holds the engagement.
    let (first, second) = tokio::join!(attach(), attach());
    assert_ne!(first.is_ok(), second.is_ok(), "one of them, whichever comes first");
    assert_eq!(kept(folder.path()), 1);
}

#[tokio::test]
async fn a_file_with_malware_or_that_nobody_can_look_at_is_not_kept() {
    let (folder, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let opening = Opening { files: Some(folder.path().to_owned()), ..Opening::in_memory() };
    let world = world::build(Store::open(&opening).await.unwrap()).await;
    let jira = item(&world, "jira").await;
    let script = beside.path().join("scan");
    std::fs::write(&script, "if grep -q virus; then exit 1; fi\n").unwrap();
    let app = world.app.clone().with_scanner(Scanner::new(&format!("sh {}", script.display())));
    let bad = || AttachFile { bytes: Bytes::from_static(b"a virus"), ..file(&jira.id, None) };
    let refused = attach_file(&app, &world.ann, &world.engagement, bad()).await;
    assert!(matches!(refused, Err(Failure::Refused(Refusal::Malware))));
    let both = WorkOn { item: jira.id.clone(), files: vec![file(&jira.id, None), bad()], ..WorkOn::default() };
    assert!(matches!(work_on(&app, &world.ann, &world.engagement, both).await, Err(Failure::Refused(Refusal::Malware))));
    let away = world.app.clone().with_scanner(Scanner::new("/nowhere/scanner"));
    let unknown = attach_file(&away, &world.ann, &world.engagement, file(&jira.id, None)).await;
    assert!(matches!(unknown, Err(Failure::Refused(Refusal::Unscanned))));
    assert_eq!(kept(folder.path()), 0);
    attach_file(&app, &world.ann, &world.engagement, file(&jira.id, None)).await.unwrap();
    assert_eq!(kept(folder.path()), 1);
}
