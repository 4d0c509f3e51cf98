//! Personal data: kept as long as was said, then gone everywhere, and every chain still verifies.

use bytes::Bytes;
use jiff::SignedDuration;
use tminus_app::{
    Failure,
    access::{
        MoveAccess,
        holding::{AddHolding, MoveHolding, add_holding, move_holding},
        leaving::{CarryOver, carry_over},
        move_access,
    },
    checklist::{
        arrange::{AddItem, EditItem, add_item, edit_item},
        comment::{AddComment, add_comment},
        evidence::{AddEvidence, AttachFile, add_evidence, attach_file},
        hand_over::{HandOver, hand_over},
        saved::save_filter,
        status::{SetStatus, set_status},
    },
    engagement::{
        closing::{SignReport, end_engagement, sign_report},
        plan::{ChangePlan, change_plan},
        retention::{Erased, erase_due, erase_engagement, set_retention, show_retention},
        search::search,
    },
    people::{
        erase::erase_person,
        escalation::{SetEscalation, set_escalation},
        member::{list_members, remove_member, save_member},
        person::{AddPerson, ChangePerson, add_person, change_person, end_person, take_back_person},
        responsibility::{SaveRow, save_row},
        seat::{FillSeat, fill_seat},
    },
    record::export::{Format, begin_export},
    rights::{
        factor::offer_factor,
        link::{mail_link, make_link, open_link},
        sign_in::{Client, Entered, caller_of_session, caller_of_token, sign_in},
        token::{CreateToken, create_token},
    },
    store::{Opening, Store, testing::everything},
    world::{self, World},
};
use tminus_domain::{
    access::{Shown, Step, holding, work::Ask},
    checklist::{filter::Filter, item::Item, status::State},
    engagement::retention::{Erasure, Keep},
    kit::{Side, access::ResourceKind, task::EvidenceKind},
    people::{ERASED, Member, escalation::Rung},
    record::chain::Verifier,
    rights::{Actor, Pass, PracticeRole, Right},
    schedule::{Closure, ClosureKind},
};

/// Planted wherever somebody can write something, and in names.
const MARKER: &str = "Zebra4711";

fn planted(what: &str) -> String {
    format!("{MARKER} {what}")
}

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

/// Tables that still hold what was planted.
async fn found(world: &World) -> Vec<(String, String)> {
    let marker = MARKER.to_lowercase();
    let rows = everything(&world.app.store).await.unwrap();
    assert!(rows.iter().any(|(table, _)| table == "record"), "the walk over all tables found no record");
    let holds = |text: &str| text.to_lowercase().contains(&marker);
    let mut found: Vec<_> = rows.into_iter().filter(|(_, text)| holds(text)).collect();
    for (_, text) in &mut found {
        text.truncate(400);
    }
    found
}

/// Every chain, proved from its first entry to the head that is kept elsewhere. Says how many texts were erased.
async fn verify(world: &World) -> u64 {
    let store = &world.app.store;
    let mut erased = 0;
    for (chain, head) in store.chains().await.unwrap() {
        let mut verifier = Verifier::default();
        for entry in store.stretch(&chain, 0, 100_000).await.unwrap() {
            verifier.check(&entry).unwrap();
        }
        assert_eq!(verifier.head(), &head, "{chain}");
        erased += verifier.erased();
    }
    erased
}

async fn rename(world: &World, actor: &Actor) {
    let name = actor.name.to_lowercase();
    let change = ChangePerson {
        person: actor.person.clone(),
        name: Some(format!("{} {MARKER}", actor.name)),
        email: Some(format!("{name}.{MARKER}@example.com")),
        ..ChangePerson::default()
    };
    change_person(&world.app, &world.ann, change).await.unwrap();
}

/// Writes the marker into everything that takes a text, as three people.
#[expect(clippy::too_many_lines, reason = "one thing after another, each with a mark")]
async fn plant(world: &World) {
    let World { app, ann, bob, dee, engagement, .. } = world;
    for actor in [bob, dee] {
        rename(world, actor).await;
    }
    let (bob, dee) = (&named(bob), &named(dee));
    let (jira, load) = (item(world, "jira").await, item(world, "load").await);
    for internal in [false, true] {
        add_comment(app, dee, engagement, AddComment { item: jira.id.clone(), text: planted("comment"), internal }).await.unwrap();
    }
    for (kind, text) in [(EvidenceKind::Link, format!("https://{MARKER}.example.com")), (EvidenceKind::Note, planted("note"))] {
        let proof = AddEvidence { item: jira.id.clone(), kind, text, fact: None, version: None };
        add_evidence(app, ann, engagement, proof).await.unwrap();
    }
    let file =
        AttachFile { item: jira.id.clone(), name: format!("{MARKER}.txt"), bytes: Bytes::from(planted("in the file")), version: None };
    attach_file(app, ann, engagement, file).await.unwrap();
    let over = HandOver { item: jira.id.clone(), to: dee.person.clone(), note: planted("handed over"), version: None };
    hand_over(app, ann, engagement, over).await.unwrap();
    let blocked = SetStatus {
        item: load.id.clone(),
        to: State::Blocked,
        reason: Some(planted("reason")),
        third_party: Some(planted("third party")),
        version: None,
    };
    set_status(app, ann, engagement, blocked).await.unwrap();
    let waived = SetStatus { item: jira.id.clone(), to: State::Waived, reason: Some(planted("waiver")), third_party: None, version: None };
    set_status(app, ann, engagement, waived).await.unwrap();
    let words = EditItem {
        item: load.id.clone(),
        title: Some(planted("title by hand")),
        description: Some(planted("description")),
        ..EditItem::default()
    };
    edit_item(app, ann, engagement, words).await.unwrap();
    let added = AddItem {
        activity: jira.activity.clone(),
        parent: None,
        title: planted("item"),
        description: planted("of an item"),
        owners: vec!["engagement-manager".into()],
        due: Some("2026-01-12".parse().unwrap()),
        internal: false,
    };
    add_item(app, ann, engagement, added).await.unwrap();
    let details = [("User name".to_owned(), planted("detail"))].into();
    let ask = Ask { to: Some(Step::Requested), note: Some(planted("access")), ticket: Some(planted("ticket")), details, ..Ask::default() };
    let access = MoveAccess { person: dee.person.clone(), resource: "wiki".into(), ask, version: None };
    move_access(app, ann, engagement, vec![access]).await.unwrap();
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    let (from, to) = ("2026-01-07".parse().unwrap(), "2026-01-08".parse().unwrap());
    setup.calendars[0].closures.push(Closure { from, to, title: planted("is away"), kind: ClosureKind::Absence });
    setup.calendars[0].name = planted("calendar");
    let plan = ChangePlan { setup, kits: None, reason: planted("plan"), revision: None };
    change_plan(app, ann, engagement, plan).await.unwrap();
    plant_in_the_register(world).await;
    mail_link(app, ann, engagement, (&bob.person, None)).await.unwrap();
    save_filter(app, bob, &planted("filter"), Filter { late: true, ..Filter::default() }).await.unwrap();
    create_token(app, dee, CreateToken { title: planted("key"), days: None, pass: Pass::KEY }).await.unwrap();
    offer_factor(app, dee).await.unwrap();
    assert!(sign_in(app, (&format!("bob.{MARKER}@example.com"), "wrong"), &Client::default()).await.is_err());
}

/// Rooms, rows of the matrix, sites, seats and the way up when something is stuck.
async fn plant_in_the_register(world: &World) {
    let World { app, ann, bob, dee, engagement, .. } = world;
    let room = AddHolding { title: planted("room"), kind: ResourceKind::Room, side: Side::Delivery, owner: None, internal: false };
    let room = add_holding(app, ann, engagement, room).await.unwrap();
    let close =
        MoveHolding { holding: room.id, ask: holding::Ask::Close { note: planted("closed"), shown: Some(Shown::Refused) }, version: None };
    move_holding(app, ann, engagement, close).await.unwrap();
    let row = SaveRow {
        id: None,
        section: planted("heading"),
        text: planted("row"),
        marks: vec![("engagement-manager".to_owned(), "RA".to_owned())],
        internal: false,
        left_out: false,
        seen: None,
    };
    save_row(app, ann, engagement, row).await.unwrap();
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    let dees = view.engagement.member(&dee.person).unwrap().clone();
    save_member(app, ann, engagement, Member { site: planted("site"), ..dees }).await.unwrap();
    let seat = FillSeat { seat: "security.site-contact.delivery".into(), person: dee.person.clone(), seen: None };
    fill_seat(app, ann, engagement, seat).await.unwrap();
    let stuck = SetEscalation { side: Side::Customer, rungs: vec![Rung::Person(bob.person.clone())], seen: None };
    set_escalation(app, ann, engagement, stuck).await.unwrap();
}

/// The same person under the name they have by now.
fn named(actor: &Actor) -> Actor {
    Actor { name: format!("{} {MARKER}", actor.name), ..actor.clone() }
}

async fn end(world: &World) {
    let World { app, ann, bob, engagement, .. } = world;
    let sign = |on_behalf_of| SignReport { reason: Some(planted("open items")), on_behalf_of };
    sign_report(app, ann, engagement, sign(None)).await.unwrap();
    sign_report(app, ann, engagement, sign(Some((bob.person.clone(), planted("proof"))))).await.unwrap();
    end_engagement(app, ann, engagement, planted("the end")).await.unwrap();
}

fn days(world: &World, days: i64) {
    world.clock.advance(SignedDuration::from_hours(24 * days));
}

async fn with_files() -> (World, Option<tempfile::TempDir>) {
    if std::env::var("TMINUS_TEST_WORLD").as_deref() == Ok("postgres") {
        return (world::own().await, None);
    }
    let folder = tempfile::tempdir().unwrap();
    let opening = Opening { files: Some(folder.path().to_owned()), ..Opening::in_memory() };
    (world::build(Store::open(&opening).await.unwrap()).await, Some(folder))
}

#[tokio::test]
async fn what_was_planted_everywhere_is_kept_to_the_day_and_then_found_nowhere() {
    let (world, folder) = with_files().await;
    let World { app, ann, bob, dee, engagement, .. } = &world;
    plant(&world).await;
    let link = make_link(app, ann, engagement, (&bob.person, None)).await.unwrap();
    let (visit, _) = open_link(app, &link.secret, &Client::default()).await.unwrap();
    end_person(app, ann, &dee.person).await.unwrap();
    end(&world).await;
    set_retention(app, ann, engagement, Some(Keep::Months(3))).await.unwrap();
    let kept = show_retention(app, ann, engagement).await.unwrap();
    assert_eq!(kept.erasure, Erasure::On("2026-03-18".parse().unwrap()));
    let tables: std::collections::BTreeSet<_> = found(&world).await.into_iter().map(|(table, _)| table).collect();
    for table in ["person", "comment", "file", "item", "plan", "access", "record", "undo", "letter", "token", "sign_in_failure"] {
        assert!(tables.contains(table), "the marker was not planted in {table}: {tables:?}");
    }
    // 17 March, three months less a day.
    days(&world, 89);
    let before = everything(&app.store).await.unwrap();
    assert_eq!(erase_due(app).await.unwrap(), Erased::default());
    assert_eq!(everything(&app.store).await.unwrap(), before, "a day early something changed");
    assert_eq!(verify(&world).await, 0);
    days(&world, 1);
    assert_eq!(erase_due(app).await.unwrap(), Erased { engagements: 1, people: 2 });
    let left = found(&world).await;
    assert!(left.is_empty(), "{left:#?}");
    if let Some(folder) = &folder {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "bytes of files are left");
    }
    assert!(verify(&world).await > 50);
    assert!(caller_of_session(app, &visit.secret).await.is_err(), "the visit goes on");
    assert!(open_link(app, &link.secret, &Client::default()).await.is_err());
    // Twice is once.
    let after = everything(&app.store).await.unwrap();
    assert_eq!(erase_due(app).await.unwrap(), Erased::default());
    assert_eq!(everything(&app.store).await.unwrap(), after);
}

#[tokio::test]
async fn an_erased_engagement_keeps_states_dates_and_titles_of_the_kit_names_nobody_and_changes_no_more() {
    let (world, _folder) = with_files().await;
    let World { app, ann, bob, engagement, .. } = &world;
    plant(&world).await;
    end(&world).await;
    let was = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement;
    days(&world, 731);
    assert_eq!(erase_due(app).await.unwrap(), Erased { engagements: 1, people: 1 }, "Dee still works here");
    let is = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement;
    assert!(is.names.values().all(|name| name == ERASED), "{:?}", is.names);
    let kept: Vec<_> = was.members.iter().map(|member| Member { site: String::new(), calendar: None, ..member.clone() }).collect();
    assert_eq!((&*is.members, was.items.len()), (&kept, is.items.len()));
    for (was, is) in was.items.iter().zip(&is.items) {
        assert_eq!((&was.id, was.state(), was.due_on(), &was.done), (&is.id, is.state(), is.due_on(), &is.done));
    }
    assert_eq!(is.item_by_key("jira").unwrap().content.title, "Get access to Jira");
    let steps = |whole: &tminus_domain::engagement::Engagement| whole.grants.iter().map(|grant| grant.step).collect::<Vec<_>>();
    assert_eq!(steps(&is), steps(&was));
    for (_, person) in list_members(app, ann, engagement).await.unwrap() {
        assert_eq!((person.name.as_str(), person.email.as_str()), (ERASED, ""));
    }
    let comment = AddComment { item: is.items[0].id.clone(), text: "again".to_owned(), internal: false };
    assert!(matches!(add_comment(app, ann, engagement, comment).await, Err(Failure::Refused(_))));
    assert!(matches!(set_retention(app, ann, engagement, Some(Keep::Always)).await, Err(Failure::Refused(_))));
    assert!(search(app, ann, "title by hand", None).await.unwrap().is_empty());
    let mut export = begin_export(app, ann, engagement, Format::Lines).await.unwrap();
    let mut text = Vec::new();
    while let Some(part) = export.next().await.unwrap() {
        text.extend(part);
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("personal_data_erased") && text.contains("Get access to Jira") && !text.contains(MARKER), "{text}");
    verify(&world).await;
    // Nobody takes Bob back, and his address is free again.
    assert!(matches!(take_back_person(app, ann, &bob.person).await, Err(Failure::NotFound)));
    let anew = AddPerson {
        name: "Bob Again".to_owned(),
        email: format!("bob.{MARKER}@example.com"),
        side: Side::Customer,
        zone: "UTC".to_owned(),
        practice: PracticeRole::None,
        password: None,
    };
    assert_ne!(add_person(app, ann, anew).await.unwrap().id, bob.person);
}

#[tokio::test]
async fn what_a_crash_left_half_done_is_brought_to_its_end() {
    let (world, folder) = with_files().await;
    let World { app, ann, dee, .. } = &world;
    plant(&world).await;
    end_person(app, ann, &dee.person).await.unwrap();
    end(&world).await;
    days(&world, 731);
    let kept = app.store.kept_engagements().await.unwrap();
    assert!(erase_engagement(app, &kept[0]).await.unwrap());
    // Here it crashed: the bytes are there, and so are the people. Of one of them erasing had begun.
    if let Some(folder) = &folder {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    let writing = app.store.writing().await.unwrap();
    writing.begin_erasing(&dee.person, app.now()).await.unwrap();
    keep(app, writing, ann).await;
    assert!(matches!(take_back_person(app, ann, &dee.person).await, Err(Failure::NotFound)), "what was begun is not taken back");
    assert!(!erase_engagement(app, &kept[0]).await.unwrap(), "once is enough");
    assert_eq!(erase_due(app).await.unwrap(), Erased { engagements: 0, people: 2 });
    assert!(found(&world).await.is_empty());
    if let Some(folder) = &folder {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    verify(&world).await;
}

async fn keep(app: &tminus_app::App, mut writing: tminus_store::record::Writing, actor: &Actor) {
    use tminus_domain::record::fact::{Fact, FactKind};
    writing.record(Fact::new(FactKind::PersonChanged, "p", "p"));
    writing.save(actor, app.now(), "salt").await.unwrap();
}

#[tokio::test]
async fn never_is_never_and_nothing_is_counted_before_the_end() {
    let world = world::own().await;
    let World { app, ann, bob, engagement, .. } = &world;
    assert_eq!(show_retention(app, bob, engagement).await.unwrap().erasure, Erasure::Open);
    assert!(matches!(set_retention(app, bob, engagement, None).await, Err(Failure::Forbidden)), "a customer sets it");
    assert!(matches!(set_retention(app, &world.mallory, engagement, None).await, Err(Failure::NotFound)));
    days(&world, 2_000);
    assert_eq!(erase_due(app).await.unwrap(), Erased::default());
    set_retention(app, ann, engagement, Some(Keep::Always)).await.unwrap();
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    days(&world, 2_000);
    assert_eq!(
        (erase_due(app).await.unwrap(), show_retention(app, ann, engagement).await.unwrap().erasure),
        (Erased::default(), Erasure::Never)
    );
    let forever = app.clone().with_keep(Keep::Always);
    set_retention(app, ann, engagement, None).await.unwrap();
    assert_eq!(erase_due(&forever).await.unwrap(), Erased::default(), "the practice keeps it");
    assert_eq!(erase_due(app).await.unwrap().engagements, 1);
}

#[tokio::test]
async fn whoever_is_still_on_another_engagement_stays() {
    let world = world::own().await;
    let World { app, ann, bob, engagement, .. } = &world;
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    let another = tminus_app::engagement::open::OpenEngagement {
        kits: vec![world.kit.clone()],
        setup: view.engagement.plan.setup.clone(),
        members: view.engagement.members.to_vec(),
        portfolio: None,
    };
    let other = tminus_app::engagement::open::open_engagement(app, ann, another).await.unwrap();
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    set_retention(app, ann, engagement, Some(Keep::Months(1))).await.unwrap();
    days(&world, 40);
    assert_eq!(erase_due(app).await.unwrap(), Erased { engagements: 1, people: 0 });
    assert_eq!(app.store.account(&bob.person).await.unwrap().unwrap().person.name, "Bob");
    end_engagement(app, ann, &other, "over".to_owned()).await.unwrap();
    set_retention(app, ann, &other, Some(Keep::Months(1))).await.unwrap();
    days(&world, 40);
    assert_eq!(erase_due(app).await.unwrap(), Erased { engagements: 1, people: 1 });
    assert!(app.store.account(&bob.person).await.unwrap().is_none());
    assert!(app.store.account(&world.mallory.person).await.unwrap().is_some(), "who was on no erased engagement stays");
}

#[tokio::test]
async fn an_administrator_erases_somebody_at_once_and_they_are_gone_everywhere() {
    let (world, _folder) = with_files().await;
    let World { app, ann, bob, dee, engagement, .. } = &world;
    let key = create_token(app, dee, CreateToken { title: planted("key"), days: None, pass: Pass::KEY }).await.unwrap();
    let client = Client { agent: planted("browser"), ..Client::default() };
    let Entered::In(session) = sign_in(app, ("dee@example.com", world::PASSWORD), &client).await.unwrap() else {
        panic!("no second factor")
    };
    rename(&world, dee).await;
    let acting = &named(dee);
    let jira = item(&world, "jira").await;
    add_comment(app, acting, engagement, AddComment { item: jira.id.clone(), text: "I will".to_owned(), internal: false }).await.unwrap();
    let named = AddComment { item: jira.id.clone(), text: format!("ask Dee {MARKER}, she knows"), internal: false };
    add_comment(app, bob, engagement, named).await.unwrap();
    let mine = AddEvidence { item: jira.id.clone(), kind: EvidenceKind::Note, text: planted("seen"), fact: None, version: None };
    add_evidence(app, acting, engagement, mine).await.unwrap();
    let refused = |failure: Result<(), Failure>, what: &str| match failure {
        Err(Failure::Refused(refusal)) => assert!(refusal.to_string().contains(what), "{refusal}"),
        other => panic!("{other:?}"),
    };
    assert!(matches!(erase_person(app, acting, &bob.person).await, Err(Failure::Forbidden)));
    assert!(matches!(erase_person(app, bob, &dee.person).await, Err(Failure::Forbidden)));
    refused(erase_person(app, ann, &ann.person).await, "nobody erases themselves");
    refused(erase_person(app, ann, &dee.person).await, "is a member of “Mobilize”");
    let step = |to| MoveAccess {
        person: dee.person.clone(),
        resource: "backstage".into(),
        ask: Ask { to: Some(to), note: Some(planted("why")), ..Ask::default() },
        version: None,
    };
    move_access(app, ann, engagement, vec![step(Step::Granted)]).await.unwrap();
    remove_member(app, ann, engagement, &dee.person).await.unwrap();
    refused(erase_person(app, ann, &dee.person).await, "still has access: Backstage chat in “Mobilize”");
    move_access(app, ann, engagement, vec![step(Step::RevocationConfirmed)]).await.unwrap();
    erase_person(app, ann, &dee.person).await.unwrap();
    let left = found(&world).await;
    assert!(left.is_empty(), "{left:#?}");
    verify(&world).await;
    assert!(caller_of_session(app, &session.secret).await.is_err());
    assert!(caller_of_token(app, &key.secret).await.is_err());
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(view.engagement.names.get(&dee.person).map(String::as_str), Some(ERASED), "the proof's author");
    assert!(matches!(erase_person(app, ann, &dee.person).await, Err(Failure::NotFound)), "twice is once");
    let bob_stays = app.store.account(&bob.person).await.unwrap().unwrap();
    assert_eq!(bob_stays.person.name, "Bob");
}

#[tokio::test]
async fn erasing_waits_until_access_that_outlived_the_engagement_is_confirmed_gone() {
    let world = world::own().await;
    let World { app, ann, dee, engagement, .. } = &world;
    let step = |to| MoveAccess {
        person: dee.person.clone(),
        resource: "wiki".into(),
        ask: Ask { to: Some(to), note: Some("seen".to_owned()), shown: Some(Shown::Refused), ..Ask::default() },
        version: None,
    };
    move_access(app, ann, engagement, vec![step(Step::Granted)]).await.unwrap();
    let (owner, until) = (ann.person.clone(), "2026-06-30".parse().unwrap());
    let carried = CarryOver { person: dee.person.clone(), resource: "wiki".into(), owner, until, version: None };
    carry_over(app, ann, engagement, carried).await.unwrap();
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    assert_eq!(show_retention(app, ann, engagement).await.unwrap().erasure, Erasure::On("2027-12-18".parse().unwrap()));
    days(&world, 731);
    assert_eq!(erase_due(app).await.unwrap(), Erased::default());
    assert_eq!(show_retention(app, ann, engagement).await.unwrap().erasure, Erasure::Waits(1));
    for to in [Step::RevokeRequested, Step::RevocationConfirmed] {
        move_access(app, ann, engagement, vec![step(to)]).await.unwrap();
    }
    assert_eq!(erase_due(app).await.unwrap().engagements, 1);
}
