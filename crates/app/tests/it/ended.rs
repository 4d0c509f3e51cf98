//! After the end: what still changes, opening again, and what the tools themselves say of access.

use jiff::SignedDuration;
use tminus_app::{
    Failure,
    access::{
        MoveAccess,
        holding::add_holding,
        leaving::{CarryOver, carry_over},
        move_access,
        probe::probe_access,
    },
    checklist::{
        comment::{AddComment, add_comment},
        status::{SetStatus, set_status},
    },
    engagement::{
        closing::{end_engagement, reopen_engagement},
        list::list_my_items,
        plan::{ChangePlan, change_plan},
    },
    kit::import_kit,
    kits::files::Files,
    mail::{digest::queue_digests, list_letters},
    people::member::save_member,
    rights::link::make_link,
    world,
};
use tminus_connect::probe::Probe;
use tminus_domain::{
    access::{How, Step, holding::Ask as Becomes, turn::Turn, work::Ask},
    checklist::status::State,
    ids::PersonId,
    kit::Side,
    mail::Message,
    people::Member,
    record::fact::FactKind,
    rights::{Actor, Right},
};

use crate::leaving::{close, date, ending, entries, go, holding, room};

#[tokio::test]
async fn after_the_end_nothing_changes_but_access_that_was_carried_over_and_it_is_told_on_its_day() {
    let world = world::own().await;
    let (app, ann, bob, dee, engagement) = (&world.app, &world.ann, &world.bob, &world.dee.person, &world.engagement);
    go(&world, bob, (dee, "wiki"), (Step::Granted, "")).await;
    go(&world, bob, (dee, "wiki"), (Step::Verified, "")).await;
    let until = date("2026-01-30");
    let carry = CarryOver { person: dee.clone(), resource: "wiki".into(), owner: ann.person.clone(), until, version: None };
    carry_over(app, ann, engagement, carry).await.unwrap();
    add_holding(app, ann, engagement, room(false)).await.unwrap();
    holding(&world, ann, "Room 4.12", Becomes::Carry { owner: ann.person.clone(), until }).await.unwrap();
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();

    // The customer works on nothing any more, and nobody changes the plan.
    let whole = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement;
    let item = whole.item_by_key("jira").unwrap().id.clone();
    let text = AddComment { item, text: "still here".to_owned(), internal: false };
    let over = "the engagement has ended";
    for actor in [ann, bob] {
        assert!(add_comment(app, actor, engagement, text.clone()).await.unwrap_err().to_string().contains(over));
    }
    assert!(save_member(app, ann, engagement, whole.members[2].clone()).await.unwrap_err().to_string().contains(over));
    let again = Ask { to: Some(Step::Requested), ..Ask::default() };
    let again = MoveAccess { person: ann.person.clone(), resource: "wiki".into(), ask: again, version: None };
    let given = move_access(app, ann, engagement, vec![again]).await.unwrap_err().to_string();
    assert!(given.contains(over), "{given}");

    let kept = Ask { ticket: Some("SEC-1".to_owned()), ..Ask::default() };
    let kept = MoveAccess { person: dee.clone(), resource: "wiki".into(), ask: kept, version: None };
    assert!(move_access(app, bob, engagement, vec![kept]).await.unwrap_err().to_string().contains(over), "nor its details");
    assert!(add_holding(app, bob, engagement, room(false)).await.unwrap_err().to_string().contains(over), "nor a new room");

    // It is told while it ends, and once it should be gone, to whoever answers for it.
    let told = async || {
        let letters = list_letters(app, ann, None).await.unwrap();
        let of = |message: &Message| match message {
            Message::Digest { parts } => parts.iter().flat_map(|it| &it.reminders).map(|it| it.title.clone()).collect(),
            _ => Vec::new(),
        };
        letters.iter().filter(|it| it.letter.person == ann.person).map(|it| of(&it.letter.message)).next().unwrap_or_default()
    };
    let until_day = async |day: &str| {
        let end: jiff::Timestamp = format!("{day}T09:00:00Z").parse().unwrap();
        while app.now() < end {
            world.clock.advance(SignedDuration::from_hours(1));
            queue_digests(app).await.unwrap();
        }
    };
    until_day("2026-01-28").await;
    let titles = told().await;
    assert!(titles.iter().any(|it| it == "Wiki, Dee") && titles.iter().any(|it| it == "Room 4.12"), "three days ahead: {titles:?}");
    until_day("2026-01-31").await;
    let mine = list_my_items(app, ann).await.unwrap();
    assert!(mine[0].items.is_empty() && mine[0].access.iter().any(|(waits, _)| waits.turn == Turn::AskEnd), "{:?}", mine[0].access);

    // Its giver sees it to its end, and then nobody is told of the engagement any more.
    go(&world, ann, (dee, "wiki"), (Step::RevokeRequested, "")).await;
    go(&world, bob, (dee, "wiki"), (Step::RevocationConfirmed, "")).await;
    holding(&world, bob, "Room 4.12", close("")).await.unwrap();
    assert!(list_my_items(app, ann).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_ended_is_opened_again_by_whoever_may_end_it_with_a_reason() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let reopen = async |actor: &Actor, why: &str| reopen_engagement(app, actor, engagement, why.to_owned()).await;
    assert!(reopen(ann, "x").await.unwrap_err().to_string().contains("has not ended"));
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    assert!(matches!(reopen(&world.bob, "x").await, Err(Failure::Forbidden)));
    assert!(reopen(ann, " ").await.unwrap_err().to_string().contains("say why"));
    reopen(ann, "the sponsor wants a second wave").await.unwrap();
    assert_eq!(entries(&world, FactKind::EngagementReopened).await, 1);
    make_link(app, ann, engagement, (&world.bob.person, None)).await.unwrap();
    assert!(!list_my_items(app, ann).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_room_that_a_task_booked_for_everybody_has_to_be_closed_in_the_end() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let booked = world::KIT.replace("version = \"1.0\"", "version = \"1.1\"")
        + "\n[[resource]]\nid = \"room\"\ntitle = \"Team room\"\nkind = \"room\"\nowners = [\"customer-manager\"]\ntasks = [\"load\"]\n";
    let (imported, inspected) = import_kit(app, ann, Files::from_bytes("kit.toml", booked.into_bytes())).await.unwrap();
    let told: Vec<_> = inspected.problems.iter().map(ToString::to_string).collect();
    assert!(!told.iter().any(|it| it.contains("Team room")), "nobody needs it by name: {told:?}");
    let setup = app.view(ann, engagement, Right::EditPlan).await.unwrap().engagement.plan.setup.clone();
    let change = ChangePlan { setup, kits: Some(vec![imported[0].kit.hash.clone()]), reason: "rooms".to_owned(), revision: None };
    change_plan(app, ann, engagement, change).await.unwrap();
    assert_eq!(ending(&world, ann).await.holdings.len(), 0, "nothing is booked yet");
    let whole = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement;
    for (key, to) in [("jira", State::Waived), ("load", State::Done)] {
        let item = whole.item_by_key(key).unwrap().id.clone();
        let reason = Some("it is there".to_owned());
        set_status(app, ann, engagement, SetStatus { item, to, reason, third_party: None, version: None }).await.unwrap();
    }
    let holdings = ending(&world, ann).await.holdings;
    assert_eq!(holdings.iter().map(|it| (it.title.as_str(), it.side)).collect::<Vec<_>>(), [("Team room", Side::Customer)]);
    assert!(end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap_err().to_string().contains("Team room"));
}

#[tokio::test]
async fn a_tool_that_is_asked_says_what_works_and_what_is_gone() {
    let world = world::own().await;
    let (bob, dee) = (&world.bob, &world.dee.person);
    go(&world, bob, (dee, "wiki"), (Step::Granted, "")).await;
    go(&world, bob, (&world.ann.person, "wiki"), (Step::Granted, "")).await;
    let script = tempfile::NamedTempFile::new().unwrap();
    let says = |lines: &str| std::fs::write(script.path(), lines).unwrap();
    let app = world.app.clone().with_probe(Probe::new(&format!("sh {}", script.path().display())));
    let step = async |person: &PersonId| {
        let grant = ending(&world, &world.ann).await.access.engagement.grant(person, &"wiki".into()).unwrap().clone();
        (grant.step, grant.how, grant.note.clone())
    };
    assert_eq!(probe_access(&world.app).await.unwrap(), 0, "nobody asks where there is no program");
    // It lets Dee in, cannot tell of Ann, and reads whom it is about.
    says(
        "q=$(cat); case $q in *dee@example.com*\\\"kind\\\"*|*\\\"resource\\\":\\\"wiki\\\"*dee@example.com*) echo seen as Dee;; *) exit 3;; esac",
    );
    assert_eq!(probe_access(&app).await.unwrap(), 1);
    assert_eq!(step(dee).await, (Step::Verified, Some(How::Probe), "seen as Dee".to_owned()));
    assert_eq!(step(&world.ann.person).await.0, Step::Granted);
    go(&world, bob, (dee, "wiki"), (Step::Revoked, "")).await;
    says("cat >/dev/null; echo still there; exit 0");
    assert_eq!(probe_access(&app).await.unwrap(), 2, "Ann is let in, and Dee is still");
    assert_eq!(step(dee).await, (Step::RevokeRequested, None, "still there".to_owned()));
    go(&world, bob, (dee, "wiki"), (Step::Revoked, "")).await;
    says("cat >/dev/null; echo account disabled; exit 1");
    assert_eq!(probe_access(&app).await.unwrap(), 1);
    assert_eq!(step(dee).await, (Step::RevocationConfirmed, Some(How::Probe), "account disabled".to_owned()));
    assert_eq!(probe_access(&app).await.unwrap(), 0, "twice is once");
}

#[tokio::test]
async fn whose_last_day_is_known_and_near_has_the_end_of_their_access_asked_for_before_it() {
    let world = world::own().await;
    let (app, ann, bob, dee) = (&world.app, &world.ann, &world.bob, &world.dee.person);
    let asked = async || -> Vec<_> {
        let mine = list_my_items(app, ann).await.unwrap();
        let access = mine.into_iter().flat_map(|it| it.access);
        access.filter(|(waits, _)| waits.turn == Turn::AskEnd).map(|(waits, due)| (waits.person, due)).collect()
    };
    go(&world, &world.dee, (dee, "wiki"), (Step::Requested, "")).await;
    go(&world, bob, (dee, "wiki"), (Step::Granted, "")).await;
    let leaves = async |until: Option<&str>| {
        let whole = app.view(ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement;
        let member = Member { until: until.map(date), ..whole.member(dee).unwrap().clone() };
        save_member(app, ann, &world.engagement, member).await.unwrap();
    };
    leaves(Some("2026-01-09")).await;
    assert_eq!(asked().await, [], "it is hers to try first");
    go(&world, &world.dee, (dee, "wiki"), (Step::Verified, "")).await;
    assert_eq!(asked().await, [(dee.clone(), Some(date("2026-01-09")))]);
    leaves(Some("2026-03-20")).await;
    assert_eq!(asked().await, [], "it is far away");
    leaves(None).await;
    assert_eq!(asked().await, []);
}
