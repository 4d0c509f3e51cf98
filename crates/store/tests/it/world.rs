//! Stores to test, and an engagement to keep in them.

use std::{path::Path, sync::Arc};

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use tminus_domain::{
    checklist::{
        item::{Content, Item},
        status::{Court, CourtClock, Status},
    },
    engagement::{Activity, Engagement, Plan, closing::Closing, setup::Setup},
    ids::{EngagementId, ItemId},
    kit::Side,
    mail::reminder::Ladder,
    people::{Member, Person},
    record::{
        chain::Head,
        fact::{Fact, FactKind},
    },
    rights::{Actor, Function, Ground, Pass, PracticeRole, Right, Scope, Via, authorize},
    schedule::WorkCalendar,
};
use tminus_store::{Opening, Store, change::Opened};

pub(crate) async fn sqlite(folder: &Path) -> Store {
    let database = format!("sqlite://{}", folder.join("tminus.db").display());
    Store::open(&Opening { database, files: Some(folder.to_owned()) }).await.unwrap()
}

/// An empty database of its own on the server that `TMINUS_TEST_POSTGRES` names.
pub(crate) async fn empty_postgres(name: &str) -> Option<Opening> {
    let url = std::env::var("TMINUS_TEST_POSTGRES").expect("set TMINUS_TEST_POSTGRES to a server's URL, or to `off`");
    if url == "off" {
        return None;
    }
    Some(tminus_store::testing::postgres(&url, name).await.unwrap())
}

pub(crate) async fn postgres(name: &str) -> Option<Store> {
    Some(Store::open(&empty_postgres(name).await?).await.unwrap())
}

pub(crate) fn now() -> Timestamp {
    "2025-12-18T09:00:00Z".parse().unwrap()
}

/// The day of [`now`].
pub(crate) const TODAY: Date = date(2025, 12, 18);

pub(crate) fn ann() -> Actor {
    Actor {
        person: "ann".into(),
        name: "Ann".into(),
        zone: "Europe/Berlin".into(),
        via: Via::Page,
        practice: PracticeRole::Member,
        pass: Pass::SESSION,
    }
}

pub(crate) fn bob() -> Actor {
    Actor { person: "bob".into(), name: "Bob".into(), practice: PracticeRole::None, ..ann() }
}

pub(crate) fn person(id: &str) -> Person {
    let side = if id == "bob" { Side::Customer } else { Side::Delivery };
    let email = format!("{id}@example.com");
    let name = id[..1].to_uppercase() + &id[1..];
    Person { id: id.into(), name, email, side, zone: "UTC".to_owned(), practice: PracticeRole::Member }
}

pub(crate) async fn add_people(store: &Store) {
    let mut writing = store.writing().await.unwrap();
    for id in ["ann", "bob"] {
        writing.add_person(&person(id), None, now()).await.unwrap();
        writing.record(Fact::new(FactKind::PersonAdded, id, id));
    }
    writing.save(&ann(), now(), "salt").await.unwrap();
}

pub(crate) fn member(person: &str, function: Function) -> Member {
    Member::new(person.into(), function)
}

pub(crate) fn item(index: u32, internal: bool) -> Item {
    let id = ItemId(format!("item-{index}"));
    let title = format!("Item {index}");
    Item {
        key: format!("key-{index}"),
        id,
        kit: None,
        task: "task".into(),
        activity: "tools".into(),
        parent: None,
        position: index,
        content: Arc::new(Content { title, internal, ..Content::default() }),
        person: None,
        workstream: None,
        assigned: [].into(),
        status: Status::to_do(now()),
        clock: CourtClock::start(Court::Delivery, now()),
        due: None,
        start_by: None,
        moved: None,
        pinned: false,
        edited: [].into(),
        proofs: Vec::new(),
        submitted: None,
        accepted: None,
        done: None,
        way_out: None,
        comments: 0,
        word: None,
        internal_comments: 0,
        tailored_out: false,
        removed: false,
        version: 1,
    }
}

/// An engagement with three items, the last of them internal, kept under this id.
pub(crate) fn plan(title: &str) -> Plan {
    let setup = Setup {
        title: title.to_owned(),
        customer: "Northwind".to_owned(),
        zone: "UTC".to_owned(),
        calendars: vec![WorkCalendar::new("Delivery", Side::Delivery)],
        ..Setup::default()
    };
    let activity = Activity {
        id: "tools".into(),
        title: "Tools".into(),
        phase: String::new(),
        description: String::new(),
        src: String::new(),
        workstream: String::new(),
    };
    Plan {
        setup,
        kits: Vec::new(),
        roles: Vec::new(),
        facts: Vec::new(),
        gates: Vec::new(),
        milestones: Vec::new(),
        activities: vec![activity],
        left_out: Vec::new(),
        opened_at: now(),
        opened_by: "ann".into(),
        closing: Closing::default(),
        ladder: Ladder::default(),
        resources: Vec::new(),
        by_hand: Vec::new(),
        licences: [].into(),
        bookings: [].into(),
        resource_versions: [].into(),
        policies: Vec::new(),
        holdings: Vec::new(),
        urgent: Vec::new(),
        work_days: None,
        seats: Vec::new(),
        escalation: [].into(),
        responsibilities: Vec::new(),
    }
}

pub(crate) async fn add_engagement(store: &Store, id: &str, title: &str) -> EngagementId {
    let engagement = Engagement {
        id: id.into(),
        plan: Arc::new(plan(title)),
        members: Arc::new(vec![member("ann", Function::EngagementManager), member("bob", Function::CustomerManager)]),
        portfolio: None,
        names: Arc::default(),
        grants: Vec::new(),
        items: vec![Arc::new(item(1, false)), Arc::new(item(2, false)), Arc::new(item(3, true))],
        revision: 1,
        head: Head::default(),
    };
    let facts = vec![Fact::new(FactKind::EngagementOpened, id, title)];
    store.add_engagement(engagement, Opened { actor: &ann(), at: now(), salt: "salt", facts }).await.unwrap();
    id.into()
}

pub(crate) fn scope(actor: &Actor, engagement: &EngagementId, members: &[Member]) -> Scope {
    let ground = Ground { engagement, members, administrators: &[], today: TODAY };
    authorize(actor, ground, Right::WorkItems).unwrap()
}
