//! Engagements, their items and their record.

use sea_orm::{ConnectionTrait, Database};
use tminus_domain::{
    checklist::status::{State, Status},
    engagement::Plan,
    ids::EngagementId,
    kit::Side,
    people::{Member, escalation::Rung, part::Part, responsibility::Row},
    record::{
        chain::Verifier,
        fact::{Fact, FactKind},
    },
    rights::{Actor, Function, PracticeRole, practice_scope},
};
use tminus_store::{Store, StoreError, TakenBack, checklist::comment::Comment, engagement::Page, record::Wanted};

use crate::{
    on_each_database,
    world::{TODAY, add_engagement, add_people, ann, bob, member, now, scope},
};

/// Marks an item as begun, as Ann.
async fn begin(store: &Store, id: &EngagementId, item: &str) -> Result<(), StoreError> {
    let locked = store.lock(id).await?.unwrap();
    let mut change = locked_by_ann(locked, id);
    let mut item = tminus_domain::checklist::item::Item::clone(change.item(&item.into()).unwrap());
    item.status = Status { state: State::InProgress, ..Status::to_do(now()) };
    item.version += 1;
    change.record(Fact::new(FactKind::ItemStatusChanged, item.id.as_str(), "Item").from("to_do").to("in_progress"));
    change.save_item(item);
    change.can_be_undone();
    change.save(&ann(), now(), "salt").await.map(drop)
}

/// Says something, and saves nothing.
async fn comment(store: &Store, id: &EngagementId, number: usize) -> Result<(), StoreError> {
    let change = locked_by_ann(store.lock(id).await?.unwrap(), id);
    let said = Comment {
        id: format!("comment-{number}").as_str().into(),
        item: "item-1".into(),
        by: "ann".into(),
        at: now(),
        internal: false,
        body: "Half a change".to_owned(),
    };
    change.add_comment(&said).await
}

fn locked_by_ann(locked: tminus_store::Locked, id: &EngagementId) -> tminus_store::Change {
    let scope = scope(&ann(), id, locked.ground(TODAY).members);
    locked.enter(scope)
}

async fn verify(store: &Store, id: &EngagementId) -> u64 {
    let mut verifier = Verifier::default();
    for entry in store.stretch(id.as_str(), 0, 10_000).await.unwrap() {
        verifier.check(&entry).unwrap();
    }
    verifier.head().number
}

on_each_database! {
    async fn a_change_is_found_again_with_its_entry(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        begin(store, &id, "item-1").await.unwrap();
        let snapshot = store.snapshot(&id).await.unwrap().unwrap();
        let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
        let engagement = snapshot.open(scope).engagement;
        assert_eq!(engagement.revision, 2);
        assert_eq!(engagement.item(&"item-1".into()).unwrap().state(), State::InProgress);
        assert_eq!(engagement.name(&"ann".into()), "Ann");
        assert_eq!(verify(store, &id).await, 2);
    }

    async fn a_change_that_is_dropped_leaves_nothing(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        let mut change = locked_by_ann(store.lock(&id).await.unwrap().unwrap(), &id);
        let mut item = tminus_domain::checklist::item::Item::clone(change.item(&"item-1".into()).unwrap());
        item.version += 1;
        change.save_item(item);
        drop(change);
        let snapshot = store.snapshot(&id).await.unwrap().unwrap();
        let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
        assert_eq!(snapshot.open(scope).engagement.item(&"item-1".into()).unwrap().version, 1);
        assert_eq!(verify(store, &id).await, 1);
    }

    async fn what_is_internal_is_not_there_for_a_customer(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        let snapshot = store.snapshot(&id).await.unwrap().unwrap();
        let customer = scope(&bob(), &id, snapshot.ground(TODAY).members);
        let view = snapshot.open(customer.clone());
        assert_eq!(view.engagement.items.len(), 2);
        let locked = store.lock(&id).await.unwrap().unwrap();
        let mut change = locked.enter(customer.clone());
        assert!(change.item(&"item-3".into()).is_none());
        assert!(change.item(&"item-1".into()).is_some());
        change.record(Fact::new(FactKind::CommentAdded, "item-3", "Item 3").internal(true));
        change.record(Fact::new(FactKind::CommentAdded, "item-1", "Item 1"));
        change.save(&bob(), now(), "salt").await.unwrap();
        let seen = store.record(&customer, &Wanted { limit: 10, ..Wanted::default() }).await.unwrap();
        assert_eq!(seen.iter().map(|entry| entry.number).collect::<Vec<_>>(), [3, 1]);
    }

    async fn many_writers_at_once_lose_nothing(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        let writers = (0..16).map(|writer| {
            let (store, id) = (store.clone(), id.clone());
            tokio::spawn(async move { begin(&store, &id, if writer % 2 == 0 { "item-1" } else { "item-2" }).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(verify(store, &id).await, 17);
        let snapshot = store.snapshot(&id).await.unwrap().unwrap();
        let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
        let engagement = snapshot.open(scope).engagement;
        assert_eq!(engagement.item(&"item-1".into()).unwrap().version, 9);
        assert_eq!(engagement.revision, 17);
    }

    async fn whoever_reads_while_others_write_never_waits_for_a_quiet_moment(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        let writers = (0..4).map(|_| {
            let (store, id) = (store.clone(), id.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    begin(&store, &id, "item-1").await.unwrap();
                    let at_least = store.snapshot(&id).await.unwrap().unwrap();
                    let scope = scope(&ann(), &id, at_least.ground(TODAY).members);
                    assert!(at_least.open(scope).engagement.item(&"item-1".into()).unwrap().version > 1, "one's own change is there at once");
                }
            })
        });
        let writing: Vec<_> = writers.collect();
        let mut last = 0;
        while !writing.iter().all(tokio::task::JoinHandle::is_finished) {
            let asked = std::time::Instant::now();
            let snapshot = store.snapshot(&id).await.unwrap().unwrap();
            assert!(asked.elapsed() < std::time::Duration::from_secs(2));
            let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
            let revision = snapshot.open(scope).engagement.revision;
            assert!(revision >= last, "what was seen once is not taken back");
            last = revision;
        }
        for writer in writing {
            writer.await.unwrap();
        }
        assert_eq!(verify(store, &id).await, 101);
    }

    async fn who_gives_up_or_hangs_up_takes_nobody_elses_change_along(store: &Store) {
        add_people(store).await;
        let ids = [add_engagement(store, "e", "Mobilize").await, add_engagement(store, "f", "Migrate").await];
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        for turn in 0..120 {
            let (store, id) = (store.clone(), ids[turn % 2].clone());
            match turn % 4 {
                // Commented, and then refused.
                0 => gone.push(tokio::spawn(async move { comment(&store, &id, turn).await.map(drop) })),
                // The client hangs up at some point of its change.
                1 => {
                    let hangs_up = tokio::spawn(async move { begin(&store, &id, "item-1").await });
                    tokio::time::sleep(std::time::Duration::from_micros(u64::try_from(turn).unwrap() * 7)).await;
                    hangs_up.abort();
                }
                _ => kept.push(tokio::spawn(async move { begin(&store, &id, "item-2").await })),
            }
        }
        for turn in kept.into_iter().chain(gone) {
            turn.await.unwrap().unwrap();
        }
        let mut done = 0;
        for id in ids {
            let entries = verify(store, &id).await;
            let snapshot = store.snapshot(&id).await.unwrap().unwrap();
            let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
            assert_eq!(store.comments(&scope, &"item-1".into()).await.unwrap(), []);
            let engagement = snapshot.open(scope).engagement;
            assert_eq!(u64::try_from(engagement.revision).unwrap(), entries, "one entry a change");
            let versions = ["item-1", "item-2"].map(|item| u64::from(engagement.item(&item.into()).unwrap().version - 1));
            assert_eq!(versions.iter().sum::<u64>() + 1, entries, "one version a change");
            done += versions[1];
        }
        assert_eq!(done, 60, "every change that was confirmed is there");
    }

    async fn a_change_is_undone_once_and_only_by_who_made_it(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        begin(store, &id, "item-1").await.unwrap();
        let locked = store.lock(&id).await.unwrap().unwrap();
        let mut change = locked_by_ann(locked, &id);
        assert_eq!(change.take_back(&"bob".into(), None).await.unwrap(), TakenBack::Nothing);
        assert_eq!(change.take_back(&"ann".into(), None).await.unwrap(), TakenBack::Entry { number: 2, items: vec!["item-1".into()], grants: Vec::new() });
        change.record(Fact::new(FactKind::ChangeUndone, "e", "entry 2"));
        let after = change.save(&ann(), now(), "salt").await.unwrap();
        let item = after.item(&"item-1".into()).unwrap();
        assert_eq!((item.state(), item.version), (State::ToDo, 3));
        let mut again = locked_by_ann(store.lock(&id).await.unwrap().unwrap(), &id);
        assert_eq!(again.take_back(&"ann".into(), None).await.unwrap(), TakenBack::Nothing);
    }

    async fn work_by_somebody_else_since_keeps_a_change_from_being_undone(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        begin(store, &id, "item-1").await.unwrap();
        let mut change = locked_by_ann(store.lock(&id).await.unwrap().unwrap(), &id);
        let mut item = tminus_domain::checklist::item::Item::clone(change.item(&"item-1".into()).unwrap());
        item.version += 1;
        change.save_item(item);
        change.record(Fact::new(FactKind::ItemChanged, "item-1", "Item 1"));
        change.save(&bob(), now(), "salt").await.unwrap();
        let mut change = locked_by_ann(store.lock(&id).await.unwrap().unwrap(), &id);
        assert_eq!(change.take_back(&"ann".into(), Some(2)).await.unwrap(), TakenBack::WorkedOn("item-1".into()));
    }

    async fn the_list_goes_on_page_by_page_and_shows_each_their_own(store: &Store) {
        add_people(store).await;
        for index in 0..7 {
            add_engagement(store, &format!("e{index}"), &format!("Engagement {index}")).await;
        }
        let scope = practice_scope(&ann());
        let mut page = Page { limit: 3, ..Page::default() };
        let mut seen = Vec::new();
        loop {
            let lines = store.engagements(&scope, &page, TODAY).await.unwrap();
            let Some(last) = lines.last() else { break };
            page.after = Some((last.sort_key.clone(), last.id.clone()));
            seen.extend(lines.iter().map(|line| line.id.0.clone()));
        }
        assert_eq!(seen, ["e0", "e1", "e2", "e3", "e4", "e5", "e6"]);
        let stranger = tminus_domain::rights::Actor { person: "eve".into(), ..ann() };
        assert!(store.engagements(&practice_scope(&stranger), &Page { limit: 9, ..Page::default() }, TODAY).await.unwrap().is_empty());
        let lead = tminus_domain::rights::Actor { practice: PracticeRole::Lead, ..stranger };
        assert_eq!(store.engagements(&practice_scope(&lead), &Page { limit: 9, ..Page::default() }, TODAY).await.unwrap().len(), 7);
        let found = Page { limit: 9, text: Some("ENGAGEMENT 4 north".to_owned()), ..Page::default() };
        let line = store.engagements(&scope, &found, TODAY).await.unwrap();
        assert_eq!((line.len(), line[0].counts.begun), (1, false));
        begin(store, &"e4".into(), "item-1").await.unwrap();
        assert!(store.engagements(&scope, &found, TODAY).await.unwrap()[0].counts.begun, "a line that was kept in memory is of its revision");
    }

    async fn whoever_looks_is_told_of_a_change(store: &Store) {
        add_people(store).await;
        let id = add_engagement(store, "e", "Mobilize").await;
        let mut changes = store.changes();
        begin(store, &id, "item-1").await.unwrap();
        loop {
            let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv()).await.unwrap().unwrap();
            if told.revision == 2 {
                assert_eq!(told.engagement, "e");
                break;
            }
        }
    }
}

/// A second node has the same database open and knows nothing of the first one's memory.
#[tokio::test]
async fn a_second_node_sees_the_change_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (crate::world::sqlite(folder.path()).await, crate::world::sqlite(folder.path()).await);
    add_people(&first).await;
    let id = add_engagement(&first, "e", "Mobilize").await;
    let state = async |store: &Store| {
        let snapshot = store.snapshot(&id).await.unwrap().unwrap();
        let scope = scope(&ann(), &id, snapshot.ground(TODAY).members);
        snapshot.open(scope).engagement.item(&"item-1".into()).unwrap().state()
    };
    assert_eq!(state(&second).await, State::ToDo);
    begin(&first, &id, "item-1").await.unwrap();
    assert_eq!(state(&second).await, State::InProgress);
    begin(&second, &id, "item-2").await.unwrap();
    assert_eq!(verify(&first, &id).await, 3);
}

/// Parts, seats and responsibilities are read from the database as they were kept, and what is internal or left out stays with the delivery side.
#[tokio::test]
async fn a_second_node_reads_the_register_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (crate::world::sqlite(folder.path()).await, crate::world::sqlite(folder.path()).await);
    add_people(&first).await;
    let id = add_engagement(&first, "e", "Mobilize").await;
    let mut of_customer = Member { site: "Columbus".into(), calendar: Some("Plant".into()), ..member("bob", Function::CustomerManager) };
    of_customer.take("security".into(), Part::Alternate);
    of_customer.days = Some("tue-thu".parse().unwrap());
    let row = |text: &str, internal: bool, left_out: bool| -> Row {
        serde_json::from_value(
            serde_json::json!({ "id": text, "text": text, "marks": { "lead": "RA" }, "internal": internal, "left_out": left_out }),
        )
        .unwrap()
    };
    let seat = serde_json::json!({ "id": "seat", "role": "Architect", "side": "delivery", "days_a_week": "3-5", "person": "ann" });
    let mut change = locked_by_ann(first.lock(&id).await.unwrap().unwrap(), &id);
    let members = vec![member("ann", Function::EngagementManager), of_customer];
    change.save_members(members.clone());
    let mut plan = Plan::clone(&change.engagement().plan);
    plan.seats = vec![serde_json::from_value(seat).unwrap()];
    plan.escalation = [(Side::Delivery, vec![Rung::Manager, Rung::Person("ann".into())])].into();
    plan.responsibilities = vec![row("shared", false, false), row("internal", true, false), row("left out", false, true)];
    change.save_plan(plan.clone());
    change.record(Fact::new(FactKind::SeatFilled, "seat", "Architect"));
    change.save(&ann(), now(), "salt").await.unwrap();
    let seen_by = async |actor: &Actor| {
        let snapshot = second.snapshot(&id).await.unwrap().unwrap();
        let scope = scope(actor, &id, snapshot.ground(TODAY).members);
        snapshot.open(scope).engagement
    };
    let seen = seen_by(&ann()).await;
    assert_eq!((&*seen.members, &*seen.plan), (&members, &plan));
    let theirs: Vec<_> = seen_by(&bob()).await.plan.responsibilities.iter().map(|row| row.text.clone()).collect();
    assert_eq!(theirs, ["shared"]);
}

/// What the database holds is what the migrations made; a change made past the store breaks the chain.
#[tokio::test]
async fn an_entry_changed_in_the_database_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::world::sqlite(folder.path()).await;
    add_people(&store).await;
    let id = add_engagement(&store, "e", "Mobilize").await;
    begin(&store, &id, "item-1").await.unwrap();
    let database = Database::connect(format!("sqlite://{}", folder.path().join("tminus.db").display())).await.unwrap();
    database.execute_unprepared("UPDATE record SET content = replace(content, 'in_progress', 'done') WHERE number = 2").await.unwrap();
    let mut verifier = Verifier::default();
    let entries = store.stretch("e", 0, 10).await.unwrap();
    assert!(verifier.check(&entries[0]).is_ok());
    assert!(verifier.check(&entries[1]).is_err());
}
