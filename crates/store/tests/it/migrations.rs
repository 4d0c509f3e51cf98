//! What an older release kept is there after an update, on both databases.

use jiff::civil::date;
use tminus_domain::{
    checklist::{
        filter::Filter,
        item::{Content, Item, Mark},
    },
    engagement::closing::Ended,
    ids::PersonId,
    people::Member,
    rights::{Actor, Function, PracticeRole, Right, authorize, practice_scope},
    search::Sought,
};
use tminus_store::{Opening, Store, engagement::Page, testing};

const ANN: &str = "INSERT INTO person (id, name, email, side, zone, practice, added_at)
    VALUES ('ann', 'Ann', 'ann@example.com', 'delivery', 'UTC', 'member', '2025-12-18T09:00:00Z')";

async fn check(opening: &Opening) {
    let mark = Mark { by: "ann".into(), at: "2025-12-17T09:00:00Z".parse().unwrap(), on_behalf_of: None };
    let mut ended = crate::world::plan("Mobilize");
    ended.closing.ended = Some(Ended { mark, note: String::new(), carried: 0, links: 0, keys: 0 });
    let mut plan = serde_json::to_value(&ended).unwrap();
    // What plans had not yet.
    for new in ["seats", "escalation", "responsibilities"] {
        plan.as_object_mut().unwrap().remove(new).unwrap();
    }
    let engagement = format!(
        "INSERT INTO engagement (id, title, customer, state, sort_key, revision, head_number, head_hash, counts, plan)
        VALUES ('e', 'Mobilize', 'Northwind', 'open', '9999-12-31', 7, 0, '', '{}', '{plan}')",
        serde_json::to_string(&tminus_domain::engagement::counts::Counts::default()).unwrap(),
    );
    let item = |id: &str, title: &str, removed: bool| {
        let item = Item { id: id.into(), removed, ..crate::world::item(1, false) };
        let content = Content { title: title.to_owned(), ..Content::clone(&item.content) };
        let (content, work) = (serde_json::to_string(&content).unwrap(), serde_json::to_string(&item).unwrap());
        format!(
            "INSERT INTO item (engagement_id, id, position, state, internal, version, content, work)
            VALUES ('e', '{id}', 0, 'to_do', false, 1, '{content}', '{work}')"
        )
    };
    let items = format!("{}; {}", item("here", "Agrée the rooms", false), item("gone", "Rooms of old", true));
    let left = Member { until: Some(date(2025, 12, 17)), ..crate::world::member("ann", Function::DeliveryMember) };
    let left = serde_json::to_string(&left).unwrap();
    let members = format!("INSERT INTO member (engagement_id, person_id, position, document) VALUES ('e', 'ann', 0, '{left}')");
    testing::oldest(opening, &format!("{ANN}; {engagement}; {items}; {members}")).await.unwrap();
    let store = Store::open(opening).await.unwrap();
    let ann = PersonId::from("ann");
    assert_eq!(store.account(&ann).await.unwrap().unwrap().person.email, "ann@example.com");
    assert_eq!(store.saved_filters(&ann).await.unwrap(), []);
    let keep = |saved: &mut Vec<_>| tminus_domain::checklist::filter::keep(saved, "Late", Filter { late: true, ..Filter::default() });
    assert_eq!(store.change_filters(&ann, keep).await.unwrap().unwrap().len(), 1);
    let kept = store.snapshot(&"e".into()).await.unwrap().expect("the engagement of the older release");
    let actor = Actor { practice: PracticeRole::Lead, ..crate::world::ann() };
    let scope = authorize(&actor, kept.ground(crate::world::TODAY), Right::ReadEngagement).unwrap();
    assert_eq!(*kept.open(scope).engagement.plan, ended);
    let kept = store.kept_engagements().await.unwrap();
    assert_eq!(
        kept.iter().map(|it| (it.id.as_str(), it.ended_at.to_string(), it.keep)).collect::<Vec<_>>(),
        [("e", "2025-12-17T09:00:00Z".to_owned(), None)]
    );
    let reach = store.reach(&actor, crate::world::TODAY).await.unwrap();
    let found = store.find_items(&reach, &Sought::new("agree ROOMS"), None, 9).await.unwrap();
    assert_eq!(found.iter().map(|it| it.item.as_str()).collect::<Vec<_>>(), ["here"]);
    assert_eq!(store.find_items(&reach, &Sought::new("old"), None, 9).await.unwrap(), [], "what is off the checklist is found");
    // Her last day was yesterday.
    let (mine, page) = (practice_scope(&crate::world::ann()), Page { limit: 9, closed: true, ..Page::default() });
    assert_eq!(store.engagements(&mine, &page, date(2025, 12, 17)).await.unwrap().len(), 1);
    assert_eq!(store.engagements(&mine, &page, crate::world::TODAY).await.unwrap().len(), 0);
    // Opened again, nothing is done twice.
    let again = Store::open(opening).await.unwrap();
    assert_eq!(again.saved_filters(&ann).await.unwrap()[0].name, "Late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_release_is_taken_over_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}?mode=rwc", folder.path().join("tminus.db").display());
    check(&Opening { database, files: Some(folder.path().to_owned()) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_release_is_taken_over_on_postgres() {
    if let Some(opening) = crate::world::empty_postgres("oldest").await {
        check(&opening).await;
    }
}
