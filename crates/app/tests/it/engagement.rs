//! Opening an engagement, changing its plan, closing Sprint 0.

use tminus_app::{
    Failure, Refusal,
    checklist::{
        arrange::{AddItem, EditDue, EditItem, add_item, edit_item},
        comment::{AddComment, add_comment},
        many::set_status_of_many,
        status::{SetStatus, set_status},
    },
    engagement::{
        closing::{SignReport, preview_report, sign_report},
        list::{list_engagements, list_my_items},
        open::{OpenEngagement, open_engagement, preview},
        plan::{ChangePlan, change_plan, preview_plan},
    },
    people::member::{remove_member, save_member},
    world::{self, World},
};
use tminus_domain::{
    checklist::status::State,
    engagement::setup::{Refused, Setup},
    kit::condition::Answer,
    people::Member,
    rights::{Function, Right},
    schedule::{Computed, Fit},
};
use tminus_store::engagement::Page;

async fn setup(world: &World) -> Setup {
    world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone()
}

fn plan(setup: Setup) -> ChangePlan {
    ChangePlan { setup, kits: None, reason: "the sponsor asked".to_owned(), revision: None }
}

async fn due(world: &World, key: &str) -> Option<String> {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    view.engagement.item_by_key(key).unwrap().due_on().map(|due| due.to_string())
}

#[tokio::test]
async fn dates_are_counted_over_both_calendars_and_say_so() {
    let world = world::own().await;
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let jira = view.engagement.item_by_key("jira").unwrap();
    // Kick-off is Tuesday 20 January; Monday 19 is Martin Luther King Jr. Day in the USA.
    assert_eq!(jira.due_on().unwrap().to_string(), "2026-01-12");
    let Some(Computed::Known { why, .. }) = &jira.due else { panic!("the date is known") };
    let said = why.to_string();
    assert!(
        said.contains("Martin Luther King") && said.contains("Delivery (Germany") && said.contains("Customer (United States"),
        "{said}"
    );
    // Five more back, past Epiphany, which is a holiday in Bavaria only.
    assert_eq!(jira.start_by.unwrap().to_string(), "2026-01-02");
}

#[tokio::test]
async fn a_kick_off_on_a_holiday_of_one_side_says_so() {
    let world = world::own().await;
    let mut setup = setup(&world).await;
    setup.milestones.insert("kickoff".into(), "2026-01-06".parse().unwrap());
    let input = OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None };
    let tailored = preview(&world.app, &world.ann, &input).await.unwrap();
    let kickoff = tailored.milestones.iter().find(|it| it.id.as_str() == "kickoff").unwrap();
    let said = kickoff.when.to_string();
    assert!(said.contains("Epiphany") && said.contains("Delivery"), "{said}");
    let end = tailored.milestones.iter().find(|it| it.id.as_str() == "sprint-0.end").unwrap();
    assert_eq!(end.when.date().unwrap().to_string(), "2026-01-13");
}

#[tokio::test]
async fn the_preview_says_what_is_in_what_is_out_and_what_cannot_be_made() {
    let world = world::own().await;
    let mut setup = setup(&world).await;
    setup.milestones.insert("kickoff".into(), "2026-01-02".parse().unwrap());
    let mut input = OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None };
    let open = preview(&world.app, &world.ann, &input).await.unwrap();
    assert_eq!(open.open, ["onsite".into()]);
    input.setup.answers.insert("onsite".into(), Answer::Yes(false));
    let without = preview(&world.app, &world.ann, &input).await.unwrap();
    assert_eq!(without.left_out[0].because, "Does anyone work on site?: no");
    input.setup.answers.insert("onsite".into(), Answer::Yes(true));
    let with = preview(&world.app, &world.ann, &input).await.unwrap();
    let badge = with.items.iter().find(|it| it.draft.key.starts_with("badge@")).unwrap();
    assert!(badge.is_infeasible() && matches!(badge.fit, Some(Fit::Impossible { needs: 10, .. })), "{:?}", badge.fit);
    assert_eq!(badge.draft.content.because, "Does anyone work on site?: yes");
}

#[tokio::test]
async fn an_unknown_kick_off_stays_unknown() {
    let world = world::own().await;
    let mut setup = setup(&world).await;
    setup.milestones.clear();
    let id = open_engagement(
        &world.app,
        &world.ann,
        OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None },
    )
    .await
    .unwrap();
    let view = world.app.view(&world.ann, &id, Right::ReadEngagement).await.unwrap();
    let jira = view.engagement.item_by_key("jira").unwrap();
    assert_eq!((jira.due_on(), jira.start_by), (None, None));
    assert!(jira.due.as_ref().unwrap().to_string().contains("kick-off not set"));
}

#[tokio::test]
async fn everything_unusable_is_refused_by_name_and_nothing_is_opened() {
    let world = world::own().await;
    let mut setup = setup(&world).await;
    setup.title.clear();
    setup.zone = "Mars/Base".to_owned();
    setup.milestones.insert("kickof".into(), "2026-01-02".parse().unwrap());
    setup.answers.insert("onsite".into(), Answer::Text("maybe".to_owned()));
    setup.answers.insert("colour".into(), Answer::Yes(true));
    let input = OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None };
    let Err(Failure::Refused(Refusal::Setup(problems))) = open_engagement(&world.app, &world.ann, input).await else { panic!("refused") };
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert!(problems.contains(&Refused::Milestone { milestone: "kickof".into() }));
    let listed = list_engagements(&world.app, &world.ann, &Page { limit: 10, ..Page::default() }).await.unwrap();
    assert_eq!(listed.len(), 1);
    let unheld = Setup { milestones: [("kickoff".into(), "2071-01-02".parse().unwrap())].into(), ..self::setup(&world).await };
    let far = preview(
        &world.app,
        &world.ann,
        &OpenEngagement { kits: vec![world.kit.clone()], setup: unheld, members: Vec::new(), portfolio: None },
    )
    .await;
    assert!(far.unwrap_err().to_string().contains("2071"));
}

#[tokio::test]
async fn moving_the_kick_off_is_one_diff_and_one_entry_and_done_and_pinned_stay() {
    let world = world::own().await;
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let (load, jira) = (view.engagement.item_by_key("load").unwrap().clone(), view.engagement.item_by_key("jira").unwrap().clone());
    let waive =
        SetStatus { item: load.id.clone(), to: State::Waived, reason: Some("loaded by hand".to_owned()), third_party: None, version: None };
    set_status(&world.app, &world.ann, &world.engagement, waive).await.unwrap();
    let pin = EditItem { item: jira.id.clone(), due: Some(EditDue::Pin("2026-01-08".parse().unwrap())), ..EditItem::default() };
    edit_item(&world.app, &world.ann, &world.engagement, pin).await.unwrap();
    let before = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.head.number;
    let mut setup = setup(&world).await;
    setup.milestones.insert("kickoff".into(), "2026-01-23".parse().unwrap());
    let seen = preview_plan(&world.app, &world.ann, &world.engagement, &plan(setup.clone())).await.unwrap();
    let done = change_plan(&world.app, &world.ann, &world.engagement, plan(setup)).await.unwrap();
    assert_eq!(seen, done);
    assert_eq!(
        done.stayed.iter().map(|line| (line.key.as_str(), line.why.as_str())).collect::<Vec<_>>(),
        [("jira", "date set by hand"), ("load", "closed")]
    );
    assert_eq!(done.milestones.len(), 2, "kick-off and the end of Sprint 0: {:?}", done.milestones);
    assert_eq!(due(&world, "jira").await.unwrap(), "2026-01-08");
    assert_eq!(due(&world, "load").await.unwrap(), load.due_on().unwrap().to_string());
    let after = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.head.number;
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn a_changed_answer_brings_items_and_takes_only_untouched_ones() {
    let world = world::own().await;
    let mut with = setup(&world).await;
    with.answers.insert("onsite".into(), Answer::Yes(true));
    change_plan(&world.app, &world.ann, &world.engagement, plan(with.clone())).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let badges: Vec<_> = view.engagement.listed().filter(|item| item.task.as_str() == "badge").cloned().collect();
    assert_eq!(badges.len(), 2, "one for Ann, one for Dee");
    let comment = AddComment { item: badges[0].id.clone(), text: "asked for it".to_owned(), internal: false };
    add_comment(&world.app, &world.ann, &world.engagement, comment).await.unwrap();
    let mut without = with;
    without.answers.insert("onsite".into(), Answer::Yes(false));
    let diff = change_plan(&world.app, &world.ann, &world.engagement, plan(without.clone())).await.unwrap();
    assert_eq!((diff.kept.len(), diff.left_out.len()), (1, 1));
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let states: Vec<_> = badges.iter().map(|it| view.engagement.item(&it.id).unwrap().state()).collect();
    assert_eq!(states, [State::ToDo, State::NotApplicable]);
    let again = change_plan(&world.app, &world.ann, &world.engagement, plan(without)).await.unwrap();
    assert!(again.added.is_empty() && again.left_out.is_empty() && again.moved.is_empty(), "tailoring twice is tailoring once: {again:?}");
}

#[tokio::test]
async fn whoever_joins_and_leaves_brings_and_takes_their_items() {
    let world = world::own().await;
    let mut setup = setup(&world).await;
    setup.answers.insert("onsite".into(), Answer::Yes(true));
    change_plan(&world.app, &world.ann, &world.engagement, plan(setup)).await.unwrap();
    remove_member(&world.app, &world.ann, &world.engagement, &world.dee.person).await.unwrap();
    let count = async |state| {
        let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
        view.engagement.listed().filter(|item| item.task.as_str() == "badge" && item.state() == state).count()
    };
    assert_eq!((count(State::ToDo).await, count(State::NotApplicable).await), (1, 1));
    let dee = Member { onsite: true, ..Member::new(world.dee.person.clone(), Function::DeliveryMember) };
    save_member(&world.app, &world.ann, &world.engagement, dee.clone()).await.unwrap();
    assert_eq!(count(State::ToDo).await, 2);
    // Whoever joins after the kick-off has their dates from their arrival.
    let joining = Member { from: Some("2026-02-02".parse().unwrap()), ..dee };
    save_member(&world.app, &world.ann, &world.engagement, joining).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let badge = view.engagement.listed().find(|item| item.person.as_ref() == Some(&world.dee.person)).unwrap();
    assert!(badge.due.as_ref().unwrap().to_string().contains("arrival"));
    assert_eq!(badge.due_on().unwrap().to_string(), "2026-01-28");
}

#[tokio::test]
async fn sprint_0_closes_when_both_sides_sign_the_same_report() {
    let world = world::own().await;
    let sign = |reason: Option<&str>| SignReport { reason: reason.map(str::to_owned), on_behalf_of: None };
    let open = sign_report(&world.app, &world.ann, &world.engagement, sign(None)).await;
    assert!(open.unwrap_err().to_string().contains("still open"));
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let waive = |item: &std::sync::Arc<tminus_domain::checklist::item::Item>| SetStatus {
        item: item.id.clone(),
        to: State::Waived,
        reason: Some("a rehearsal".to_owned()),
        third_party: None,
        version: None,
    };
    set_status_of_many(&world.app, &world.ann, &world.engagement, view.engagement.listed().map(waive).collect()).await.unwrap();
    let half = sign_report(&world.app, &world.ann, &world.engagement, sign(None)).await.unwrap();
    assert!(half.closed_at.is_none());
    assert!(sign_report(&world.app, &world.dee, &world.engagement, sign(None)).await.is_err());
    let closed = sign_report(&world.app, &world.bob, &world.engagement, sign(None)).await;
    // Bob sees fewer items than Ann; both sign the whole report, so his signature fits hers.
    assert!(closed.unwrap().closed_at.is_some());
    let (_, closing) = preview_report(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!(closing.report.unwrap().waived.len(), view.engagement.listed().count());
}

#[tokio::test]
async fn what_a_plan_change_does_to_internal_items_is_not_told_to_the_customer() {
    let world = world::own().await;
    let newer = world::KIT
        .replace("internal = true", "internal = true\ndue = \"T-4bd @ kickoff\"")
        .replace("version = \"1.0\"", "version = \"1.1\"");
    let files = tminus_kits::files::Files::from_bytes("kit.toml", newer.into_bytes());
    let (imported, _) = tminus_app::kit::import_kit(&world.app, &world.ann, files).await.unwrap();
    let input = ChangePlan { kits: Some(vec![imported[0].kit.hash.clone()]), ..plan(setup(&world).await) };
    let diff = change_plan(&world.app, &world.ann, &world.engagement, input).await.unwrap();
    assert_eq!(diff.moved.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["chat"]);
    let wanted = tminus_store::record::Wanted { limit: 1, ..Default::default() };
    let told = async |actor| {
        let read = tminus_app::record::read_record(&world.app, actor, &world.engagement, &wanted).await.unwrap();
        serde_json::to_string(&read).unwrap()
    };
    assert!(told(&world.ann).await.contains("internal chat room"));
    let bob = told(&world.bob).await;
    assert!(bob.contains("plan_changed") && !bob.contains("chat"), "{bob}");
}

#[tokio::test]
async fn my_items_are_mine_only() {
    let world = world::own().await;
    let mine = list_my_items(&world.app, &world.bob).await.unwrap();
    let titles: Vec<_> = mine[0].items.iter().map(|item| item.content.title.as_str()).collect();
    assert_eq!(titles, ["Get access to Jira", "Get a badge", "Get a badge", "Load the delivery kit"]);
    assert!(list_my_items(&world.app, &world.mallory).await.unwrap().is_empty());
}

/// Turns “Load the delivery kit” into something internal that the governance waits for, and adds a part of it.
async fn with_internal_steps(world: &World) {
    let id = |key: &str| {
        let (app, ann, engagement, key) = (world.app.clone(), world.ann.clone(), world.engagement.clone(), key.to_owned());
        async move { app.view(&ann, &engagement, Right::ReadEngagement).await.unwrap().engagement.item_by_key(&key).unwrap().id.clone() }
    };
    let chat = id("chat").await;
    let part = AddItem { activity: "tools".into(), parent: Some(chat), title: "ZZINTERNALZZ".to_owned(), ..AddItem::default() };
    let part = add_item(&world.app, &world.ann, &world.engagement, part).await.unwrap();
    let edit = EditItem { item: part.id.clone(), description: Some("ZZINTERNALZZ too".to_owned()), ..EditItem::default() };
    edit_item(&world.app, &world.ann, &world.engagement, edit).await.unwrap();
    let jira =
        EditItem { item: id("jira").await, title: Some("ZZINTERNALZZ jira".to_owned()), internal: Some(true), ..EditItem::default() };
    edit_item(&world.app, &world.ann, &world.engagement, jira).await.unwrap();
}

#[tokio::test]
async fn no_refusal_report_or_record_tells_a_customer_internal_words() {
    let world = world::own().await;
    with_internal_steps(&world).await;
    // It comes after the one that is internal now; the refusal must not name that one.
    let view = world.app.view(&world.bob, &world.engagement, Right::ReadEngagement).await.unwrap();
    let load = view.engagement.item_by_key("load").unwrap();
    let begin = SetStatus { item: load.id.clone(), to: State::InProgress, reason: None, third_party: None, version: None };
    let refused = set_status(&world.app, &world.bob, &world.engagement, begin).await.unwrap_err().to_string();
    assert!(refused.contains("a step of the delivery side") && !refused.contains("ZZ"), "{refused}");
    let sign = SignReport { reason: None, on_behalf_of: None };
    let refused = sign_report(&world.app, &world.bob, &world.engagement, sign).await.unwrap_err().to_string();
    assert!(refused.contains("a step of the delivery side") && !refused.contains("ZZ"), "{refused}");
    let sign = SignReport { reason: Some("the customer wants to begin".to_owned()), on_behalf_of: None };
    sign_report(&world.app, &world.ann, &world.engagement, sign).await.unwrap();
    let mut setup = setup(&world).await;
    setup.milestones.insert("kickoff".into(), "2026-01-21".parse().unwrap());
    change_plan(&world.app, &world.ann, &world.engagement, plan(setup)).await.unwrap();
    let (report, closing) = preview_report(&world.app, &world.bob, &world.engagement).await.unwrap();
    let wanted = tminus_store::record::Wanted { limit: 100, ..Default::default() };
    let record = tminus_app::record::read_record(&world.app, &world.bob, &world.engagement, &wanted).await.unwrap();
    assert!(record.iter().any(|entry| entry.fact == "plan_changed" && entry.to["diff"]["moved"][0]["key"] == "load"), "{record:?}");
    let said = format!("{report:?} {closing:?} {record:?}");
    assert!(!said.contains("ZZ"), "{said}");
}

#[tokio::test]
async fn another_name_is_in_the_diff_and_in_the_record() {
    let world = world::own().await;
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let setup = Setup { title: "Mobilize II".to_owned(), sow: "SOW-2".to_owned(), ..view.engagement.plan.setup.clone() };
    let diff = change_plan(&world.app, &world.ann, &world.engagement, plan(setup)).await.unwrap();
    let names: Vec<_> = diff.names.iter().map(|it| (it.field.as_str(), it.from.as_str(), it.to.as_str())).collect();
    assert_eq!(names, [("title", "Mobilize", "Mobilize II"), ("sow", "SOW-1", "SOW-2")]);
    let entries = world.app.store.stretch(world.engagement.as_str(), 0, 10).await.unwrap();
    let told = entries.last().unwrap().read().unwrap();
    assert_eq!((&told.from["title"], &told.to["plan"]["title"]), (&"Mobilize".into(), &"Mobilize II".into()));
    assert!(!entries.last().unwrap().content.contains("Mobilize II"), "what is free text stays out of what is hashed");
}
