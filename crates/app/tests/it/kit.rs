//! Importing kits.

use tminus_app::{
    Failure, Refusal,
    kit::{compare_kits, find_kit, import_kit, list_kits},
    world,
};
use tminus_kits::files::Files;

fn kit(text: &str) -> Files {
    Files::from_bytes("kit.toml", text.as_bytes().to_vec())
}

#[tokio::test]
async fn the_same_content_twice_changes_nothing() {
    let world = world::own().await;
    let (imported, _) = import_kit(&world.app, &world.ann, kit(world::KIT)).await.unwrap();
    assert!(!imported[0].new);
    assert_eq!(list_kits(&world.app, &world.ann).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_new_version_sits_beside_the_old_one() {
    let world = world::own().await;
    let newer = world::KIT.replace("version = \"1.0\"", "version = \"1.1\"").replace("Get a badge", "Get a visitor's badge");
    import_kit(&world.app, &world.ann, kit(&newer)).await.unwrap();
    assert_eq!(list_kits(&world.app, &world.ann).await.unwrap().len(), 2);
    let (_, _, diff) = compare_kits(&world.app, &world.ann, "small@1.0", "small@1.1").await.unwrap();
    assert_eq!(diff.changed.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["badge"]);
    assert_eq!(find_kit(&world.app, &world.ann, "small@1.0").await.unwrap().0.version, "1.0");
}

#[tokio::test]
async fn a_kit_with_a_mistake_is_not_imported_at_all() {
    let world = world::own().await;
    let wrong = world::KIT.replace("version = \"1.0\"", "version = \"2.0\"").replace("after = [\"jira\"]", "after = [\"jirra\"]");
    let Err(Failure::Refused(Refusal::Kit(problems))) = import_kit(&world.app, &world.ann, kit(&wrong)).await else { panic!("refused") };
    assert!(problems.iter().any(|problem| problem.message.contains("jirra") && problem.line > 1), "{problems:?}");
    assert_eq!(list_kits(&world.app, &world.ann).await.unwrap().len(), 1);
}

#[tokio::test]
async fn customers_do_not_read_kits() {
    let world = world::own().await;
    assert!(matches!(list_kits(&world.app, &world.bob).await, Err(Failure::Forbidden)));
    assert!(matches!(import_kit(&world.app, &world.dee, kit(world::KIT)).await, Err(Failure::Forbidden)));
}
