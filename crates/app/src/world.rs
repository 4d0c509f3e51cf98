//! The named world that tests use: customer Northwind, engagement Mobilize, Ann (engagement manager), Bob (customer's project manager).

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use jiff::{SignedDuration, Timestamp, civil::Date};
use tminus_domain::{
    engagement::setup::{Setup, Workstream},
    ids::{EngagementId, KitHash},
    kit::Side,
    people::{Member, Person},
    rights::{Actor, Function, PracticeRole, Via},
    schedule::WorkCalendar,
};
use tminus_kits::files::Files;
use tminus_store::{Opening, Store};

use crate::{
    App, Surroundings,
    engagement::open::{OpenEngagement, open_engagement},
    kit::import_kit,
    people::person::{AddPerson, add_first_person, add_person},
    rights::sign_in::actor,
};

/// A clock that tests set, and chance that repeats.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn at(instant: &str) -> Self {
        let at: Timestamp = instant.parse().expect("an instant such as 2025-12-18T09:00:00Z");
        Self(Arc::new(AtomicI64::new(at.as_second())))
    }

    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    pub fn surroundings(&self) -> Surroundings {
        let (clock, count) = (self.0.clone(), Arc::new(AtomicU64::new(1)));
        Surroundings {
            now: Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).expect("a set clock is in range")),
            random: Arc::new(move || {
                // Consecutive numbers, spread so that ids do not look alike.
                let count = count.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&count.to_be_bytes());
                bytes[8..].copy_from_slice(&count.rotate_left(29).to_be_bytes());
                bytes
            }),
        }
    }
}

pub struct World {
    pub app: App,
    pub clock: Clock,
    /// Engagement manager, and administrator of the practice.
    pub ann: Actor,
    /// The customer's project manager.
    pub bob: Actor,
    /// A delivery member.
    pub dee: Actor,
    /// A customer's project manager of somebody else's engagement.
    pub mallory: Actor,
    pub kit: KitHash,
    pub engagement: EngagementId,
}

pub const PASSWORD: &str = "correct horse battery";

/// A small kit with everything that rules ask for.
pub const KIT: &str = r#"
schema = "kit/1"
id = "small"
title = "Small kit"
version = "1.0"

[[role]]
id = "engagement-manager"
title = "Engagement manager"
side = "delivery"

[[role]]
id = "customer-manager"
title = "Customer project manager"
side = "customer"

[[milestone]]
id = "kickoff"
title = "Kick-off"

[[milestone]]
id = "sprint-0.end"
title = "Sprint 0 ends"
follows = "T+5bd @ kickoff"

[[fact]]
id = "onsite"
ask = "Does anyone work on site?"

[[gate]]
id = "tools"
title = "Tools ready"
milestone = "kickoff"

[[gate]]
id = "complete"
title = "Onboarding complete"
milestone = "sprint-0.end"
hardness = "hard"
everything = true

[[module]]
id = "tools"
title = "Delivery tools"
owners = ["engagement-manager", "customer-manager"]

[[module.task]]
id = "jira"
title = "Get access to Jira"
due = "T-5bd @ kickoff"
lead = "5bd"
gates = ["tools"]
evidence = [{ kind = "link", ask = "a link that opens" }]

[[module.task]]
id = "load"
title = "Load the delivery kit"
due = "T-2bd @ kickoff"
after = ["jira"]
gates = ["tools"]

[[module.task]]
id = "chat"
title = "Set up the internal chat room"
internal = true

[[module]]
id = "site"
title = "Site access"
owners = ["customer-manager"]

[[module.task]]
id = "badge"
title = "Get a badge"
due = "T-3bd @ kickoff"
lead = "10bd"
each = "person where side = delivery"
when = "onsite"

[[module.task]]
id = "governance"
title = "Agree the governance"
owners = ["engagement-manager"]
accepted_by = "customer"

[[module.task.item]]
id = "calendar"
title = "Set up the team calendar"

[[resource]]
id = "wiki"
title = "Wiki"
owners = ["customer-manager"]
due = "T-2bd @ kickoff"
details = ["User name"]

[[resource]]
id = "backstage"
title = "Backstage chat"
kind = "chat"
owners = ["engagement-manager"]
internal = true

[[need]]
resource = "wiki"
each = "person"

[[need]]
resource = "backstage"
each = "person where side = delivery"

[[stakeholder]]
workstream = "Security"
role = "Site contact"
side = "delivery"

[[responsibility]]
section = "Tools"
text = "Give access"
marks = { engagement-manager = "A", customer-manager = "R" }
"#;

/// Builds the world in a store. It is Thursday 18 December 2025, 09:00 in UTC; kick-off is on Tuesday 20 January 2026.
pub async fn build(store: Store) -> World {
    let clock = Clock::at("2025-12-18T09:00:00Z");
    let app = App::new(store, clock.surroundings());
    let person = |name: &str, side, practice| AddPerson {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        side,
        zone: "Europe/Berlin".to_owned(),
        practice,
        password: Some(PASSWORD.to_owned()),
    };
    let acting = |person: Person| actor(person, Via::Page);
    let ann = add_first_person(&app, person("Ann", Side::Delivery, PracticeRole::Administrator)).await.expect("Ann");
    let ann = acting(ann);
    let bob = acting(add_person(&app, &ann, person("Bob", Side::Customer, PracticeRole::None)).await.expect("Bob"));
    let dee = acting(add_person(&app, &ann, person("Dee", Side::Delivery, PracticeRole::Member)).await.expect("Dee"));
    let mallory = acting(add_person(&app, &ann, person("Mallory", Side::Customer, PracticeRole::None)).await.expect("Mallory"));
    let (imported, _) = import_kit(&app, &ann, Files::from_bytes("kit.toml", KIT.as_bytes().to_vec())).await.expect("imports");
    let kit = imported[0].kit.hash.clone();
    let ids = (&ann, &bob, &dee, &kit);
    let engagement = open_engagement(&app, &ann, opening(ids)).await.expect("opens");
    World { app, clock, ann, bob, dee, mallory, kit, engagement }
}

/// A world of its own: in memory, or where `TMINUS_TEST_WORLD=postgres` says so, in a database on the server that `TMINUS_TEST_POSTGRES` names.
pub async fn own() -> World {
    let opening = match std::env::var("TMINUS_TEST_WORLD").as_deref() {
        Err(_) | Ok("sqlite") => Opening::in_memory(),
        Ok("postgres") => {
            let url = std::env::var("TMINUS_TEST_POSTGRES").expect("TMINUS_TEST_POSTGRES names a server");
            let test = std::thread::current().name().expect("tests run in threads that are named after them").to_owned();
            tminus_store::testing::postgres(&url, &format!("{test} of {}", std::env::var("CARGO_PKG_NAME").unwrap_or_default()))
                .await
                .expect("a database")
        }
        Ok(other) => panic!("TMINUS_TEST_WORLD is sqlite or postgres, not {other}"),
    };
    build(Store::open(&opening).await.expect("a store")).await
}

fn opening((ann, bob, dee, kit): (&Actor, &Actor, &Actor, &KitHash)) -> OpenEngagement {
    let member = |actor: &Actor, function, roles: &[&str]| Member {
        roles: roles.iter().map(|role| (*role).into()).collect(),
        ..Member::new(actor.person.clone(), function)
    };
    let kickoff: Date = "2026-01-20".parse().expect("a date");
    let calendar = |name: &str, side, region: &str| WorkCalendar::new(name, side).in_region(region.parse().expect("a region"));
    OpenEngagement {
        kits: vec![kit.clone()],
        setup: Setup {
            title: "Mobilize".to_owned(),
            customer: "Northwind".to_owned(),
            sow: "SOW-1".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            milestones: [("kickoff".into(), kickoff)].into(),
            calendars: vec![calendar("Delivery", Side::Delivery, "DE-BY"), calendar("Customer", Side::Customer, "US")],
            workstreams: vec![Workstream { id: "security".into(), title: "Security".to_owned() }],
            answers: [].into(),
        },
        members: vec![
            member(ann, Function::EngagementManager, &["engagement-manager"]),
            member(bob, Function::CustomerManager, &["customer-manager"]),
            member(dee, Function::DeliveryMember, &[]),
        ],
        portfolio: None,
    }
}
