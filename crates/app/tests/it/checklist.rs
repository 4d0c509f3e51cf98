//! Working the checklist, as Ann, Bob and Dee.

use bytes::Bytes;
use jiff::SignedDuration;
use tminus_app::{
    App, Failure, Refusal,
    checklist::{
        arrange::{AddItem, EditDue, EditItem, add_item, edit_item, move_item, remove_item},
        comment::{AddComment, add_comment, list_comments, say_once},
        copy::copy_item,
        evidence::{AddEvidence, AttachFile, add_evidence, attach_file, read_file, withdraw_evidence},
        many::set_status_of_many,
        saved::{forget_filter, list_filters, save_filter},
        status::{AcceptItem, SetStatus, accept_item, set_status},
        undo::undo,
    },
    engagement::open::{OpenEngagement, open_engagement},
    kit::import_kit,
    kits::files::Files,
    rights::sign_in::{Client, caller_of_session, sign_in},
    world::{self, World},
};
use tminus_domain::{
    checklist::{
        filter::{Filter, SavedFilter},
        item::Item,
        status::{Court, State},
        work::Refused,
    },
    ids::ItemId,
    kit::task::EvidenceKind,
    people::Member,
    record::chain::Verifier,
    rights::{Actor, Right},
};
use tminus_store::record::Wanted;

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    Item::clone(view.engagement.item_by_key(key).unwrap())
}

fn to(item: &Item, state: State) -> SetStatus {
    SetStatus { item: item.id.clone(), to: state, reason: None, third_party: None, version: Some(item.version) }
}

fn because(item: &Item, state: State, reason: &str) -> SetStatus {
    SetStatus { reason: Some(reason.to_owned()), ..to(item, state) }
}

async fn prove(world: &World, actor: &Actor, item: &ItemId, text: &str) -> Result<Item, Failure> {
    let input = AddEvidence { item: item.clone(), kind: EvidenceKind::Link, text: text.to_owned(), fact: None, version: None };
    Ok(add_evidence(&world.app, actor, &world.engagement, input).await?.into_inner())
}

/// The chain of the engagement proves itself after whatever a test did.
async fn verified(app: &App, world: &World) -> u64 {
    let mut verifier = Verifier::default();
    for entry in app.store.stretch(world.engagement.as_str(), 0, 10_000).await.unwrap() {
        verifier.check(&entry).unwrap();
    }
    let view = app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(&view.engagement.head, verifier.head());
    verifier.head().number
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Refused {
    match result {
        Err(Failure::Refused(Refusal::Work(refused))) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_item_is_done_only_with_the_evidence_it_asks_for() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let done = set_status(&world.app, &world.ann, &world.engagement, to(&jira, State::Done)).await;
    assert_eq!(refused(done), Refused::EvidenceMissing(vec!["a link: a link that opens".to_owned()]));
    assert_eq!(
        refused(prove(&world, &world.ann, &jira.id, "javascript:alert(1)").await),
        Refused::NotALink("javascript:alert(1)".to_owned())
    );
    let proven = prove(&world, &world.ann, &jira.id, "https://jira.example.com").await.unwrap();
    let done = set_status(&world.app, &world.ann, &world.engagement, to(&proven, State::Done)).await.unwrap();
    assert_eq!(done.state(), State::Done);
    assert_eq!(verified(&world.app, &world).await, 3);
}

#[tokio::test]
async fn what_comes_before_is_done_before_or_a_reason_is_given() {
    let world = world::own().await;
    let load = item(&world, "load").await;
    let early = set_status(&world.app, &world.ann, &world.engagement, to(&load, State::InProgress)).await;
    assert_eq!(refused(early), Refused::Before(vec!["Get access to Jira".to_owned()]));
    let begun =
        set_status(&world.app, &world.ann, &world.engagement, because(&load, State::InProgress, "on our own site first")).await.unwrap();
    assert_eq!(begun.state(), State::InProgress);
}

#[tokio::test]
async fn a_state_that_needs_a_reason_gets_one() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    for state in [State::Blocked, State::Waived, State::NotApplicable] {
        let bare = set_status(&world.app, &world.ann, &world.engagement, to(&jira, state)).await;
        assert_eq!(refused(bare), Refused::ReasonMissing(state));
    }
    let waiting = set_status(&world.app, &world.ann, &world.engagement, to(&jira, State::WaitingThirdParty)).await;
    assert_eq!(refused(waiting), Refused::ThirdPartyMissing);
}

#[tokio::test]
async fn the_court_clock_counts_where_an_item_lies() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    assert_eq!(jira.court(), Court::Delivery);
    world.clock.advance(SignedDuration::from_hours(2));
    let waiting = set_status(&world.app, &world.ann, &world.engagement, to(&jira, State::WaitingCustomer)).await.unwrap();
    world.clock.advance(SignedDuration::from_hours(3));
    let back = set_status(&world.app, &world.ann, &world.engagement, to(&waiting, State::InProgress)).await.unwrap();
    assert_eq!((back.clock.spent[0], back.clock.spent[1]), (2 * 3600, 3 * 3600));
    assert_eq!(back.court(), Court::Delivery);
}

#[tokio::test]
async fn what_the_customer_accepts_is_not_done_before() {
    let world = world::own().await;
    let part = item(&world, "calendar").await;
    let whole = item(&world, "governance").await;
    let open = set_status(&world.app, &world.ann, &world.engagement, to(&whole, State::Done)).await;
    assert_eq!(refused(open), Refused::PartsOpen(vec!["Set up the team calendar".to_owned()]));
    set_status(&world.app, &world.ann, &world.engagement, to(&part, State::Done)).await.unwrap();
    let submitted = set_status(&world.app, &world.ann, &world.engagement, to(&whole, State::Done)).await.unwrap();
    assert_eq!((submitted.state(), submitted.court()), (State::Submitted, Court::Customer));
    let accept = |on_behalf_of| AcceptItem { item: whole.id.clone(), on_behalf_of, version: None };
    let own = accept_item(&world.app, &world.ann, &world.engagement, accept(None)).await;
    assert!(matches!(refused(own), Refused::OtherSideAccepts(_)));
    let bare = accept_item(&world.app, &world.ann, &world.engagement, accept(Some(world.bob.person.clone()))).await;
    assert_eq!(refused(bare), Refused::BehalfWithoutProof);
    let accepted = accept_item(&world.app, &world.bob, &world.engagement, accept(None)).await.unwrap().into_inner();
    assert_eq!(accepted.state(), State::Done);
    assert_eq!(accepted.accepted.unwrap().by, world.bob.person);
}

#[tokio::test]
async fn the_second_of_two_editors_sees_what_the_first_did() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    set_status(&world.app, &world.dee, &world.engagement, to(&jira, State::InProgress)).await.unwrap();
    match set_status(&world.app, &world.ann, &world.engagement, because(&jira, State::Blocked, "no licence")).await {
        Err(Failure::Conflict(Some(now))) => assert_eq!(now.state(), State::InProgress),
        other => panic!("no conflict: {other:?}"),
    }
}

#[tokio::test]
async fn a_customer_never_reads_internal_items() {
    let world = world::own().await;
    let chat = item(&world, "chat").await;
    let view = world.app.view(&world.bob, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert!(view.engagement.item(&chat.id).is_none());
    let touched = set_status(&world.app, &world.bob, &world.engagement, to(&chat, State::InProgress)).await;
    assert!(matches!(touched, Err(Failure::NotFound)));
    let comments = list_comments(&world.app, &world.bob, &world.engagement, &chat.id).await;
    assert!(matches!(comments, Err(Failure::NotFound)));
    set_status(&world.app, &world.ann, &world.engagement, because(&chat, State::Blocked, "secret")).await.unwrap();
    let seen = tminus_app::record::read_record(&world.app, &world.bob, &world.engagement, &Wanted { limit: 50, ..Wanted::default() })
        .await
        .unwrap();
    assert!(seen.iter().all(|entry| entry.subject != chat.id.0 && entry.why.as_deref() != Some("secret")));
}

#[tokio::test]
async fn an_internal_comment_stays_internal() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let say = |text: &str, internal| AddComment { item: jira.id.clone(), text: text.to_owned(), internal };
    add_comment(&world.app, &world.ann, &world.engagement, say("they are slow", true)).await.unwrap();
    add_comment(&world.app, &world.ann, &world.engagement, say("<b>hello</b>", false)).await.unwrap();
    assert!(matches!(add_comment(&world.app, &world.bob, &world.engagement, say("x", true)).await, Err(Failure::Forbidden)));
    let seen = list_comments(&world.app, &world.bob, &world.engagement, &jira.id).await.unwrap();
    assert_eq!(seen.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["<b>hello</b>"]);
    assert_eq!(list_comments(&world.app, &world.dee, &world.engagement, &jira.id).await.unwrap().len(), 2);
    verified(&world.app, &world).await;
}

/// Says it by a form, and how many comments the item has then.
async fn says(world: &World, actor: &Actor, on: &Item, (text, internal): (&str, bool)) -> usize {
    let said = AddComment { item: on.id.clone(), text: text.to_owned(), internal };
    say_once(&world.app, actor, &world.engagement, said).await.unwrap();
    list_comments(&world.app, &world.ann, &world.engagement, &on.id).await.unwrap().len()
}

#[tokio::test]
async fn what_a_form_sends_twice_is_said_once() {
    let world = world::own().await;
    let (jira, chat) = (item(&world, "jira").await, item(&world, "chat").await);
    for _ in 0..2 {
        assert_eq!(says(&world, &world.ann, &chat, ("Which edition?", false)).await, 1, "what is hidden too");
    }
    let (bob, ann) = (&world.bob, &world.ann);
    for (actor, said, count) in [
        (bob, ("Which edition?", false), 1),
        (bob, (" Which edition? ", false), 1),
        (ann, ("Which edition?", true), 2),
        (ann, ("Which edition?", true), 2),
        (ann, ("Which edition?", false), 3),
        (bob, ("Which one?", false), 4),
        (bob, ("Which edition?", false), 4),
    ] {
        assert_eq!(says(&world, actor, &jira, said).await, count, "{}: {said:?}", actor.name);
    }
    let kept = item(&world, "jira").await;
    assert_eq!((kept.comments, kept.internal_comments), (3, 1));
    world.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(says(&world, bob, &jira, ("Which edition?", false)).await, 5, "later it is said again");
    verified(&world.app, &world).await;
}

#[tokio::test]
async fn a_stranger_finds_nothing_at_all() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let view = world.app.view(&world.mallory, &world.engagement, Right::ReadEngagement).await;
    assert!(matches!(view, Err(Failure::NotFound)));
    assert!(matches!(prove(&world, &world.mallory, &jira.id, "https://x.example").await, Err(Failure::NotFound)));
    assert!(matches!(undo(&world.app, &world.mallory, &world.engagement, None).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn a_file_is_kept_and_only_found_by_those_who_see_its_item() {
    let world = world::own().await;
    let chat = item(&world, "chat").await;
    let file = AttachFile { item: chat.id.clone(), name: "../../plan.pdf".to_owned(), bytes: Bytes::from_static(b"%PDF"), version: None };
    let proven = attach_file(&world.app, &world.ann, &world.engagement, file).await.unwrap();
    let id = proven.proofs[0].file.clone().unwrap();
    let (file, bytes) = read_file(&world.app, &world.dee, &world.engagement, &id).await.unwrap();
    assert_eq!((file.name.as_str(), &bytes[..]), ("plan.pdf", &b"%PDF"[..]));
    assert!(matches!(read_file(&world.app, &world.bob, &world.engagement, &id).await, Err(Failure::NotFound)));
    let withdrawn = withdraw_evidence(&world.app, &world.ann, &world.engagement, &chat.id, &proven.proofs[0].id).await.unwrap();
    assert!(withdrawn.proofs[0].withdrawn);
}

#[tokio::test]
async fn the_last_change_is_taken_back_and_both_are_recorded() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    set_status(&world.app, &world.ann, &world.engagement, because(&jira, State::Blocked, "no licence")).await.unwrap();
    assert_eq!(undo(&world.app, &world.ann, &world.engagement, None).await.unwrap(), 2);
    assert_eq!(item(&world, "jira").await.state(), State::ToDo);
    assert!(matches!(undo(&world.app, &world.ann, &world.engagement, None).await, Err(Failure::Refused(_))));
    assert_eq!(verified(&world.app, &world).await, 3);
}

#[tokio::test]
async fn what_comes_first_is_moved_first_among_many() {
    let world = world::own().await;
    let (jira, load) = (item(&world, "jira").await, item(&world, "load").await);
    prove(&world, &world.ann, &jira.id, "https://jira.example").await.unwrap();
    let jira = item(&world, "jira").await;
    let both = vec![to(&load, State::Done), to(&jira, State::Done)];
    set_status_of_many(&world.app, &world.ann, &world.engagement, both).await.unwrap();
    assert_eq!((item(&world, "jira").await.state(), item(&world, "load").await.state()), (State::Done, State::Done));
}

#[tokio::test]
async fn every_item_that_holds_a_change_of_many_up_is_told_once_with_its_reason() {
    let world = world::own().await;
    let (jira, load, chat, part) =
        (item(&world, "jira").await, item(&world, "load").await, item(&world, "chat").await, item(&world, "calendar").await);
    let seen_before = SetStatus { version: Some(part.version + 1), ..to(&part, State::Done) };
    let all = vec![to(&load, State::Done), to(&jira, State::Done), to(&chat, State::Done), seen_before];
    let refused = set_status_of_many(&world.app, &world.ann, &world.engagement, all).await.unwrap_err();
    let Failure::Refused(refusal @ Refusal::Items(held)) = &refused else { panic!("not a list: {refused}") };
    let told: Vec<_> = held.iter().map(|it| (&it.item, it.why.as_str())).collect();
    assert_eq!(told.len(), 3, "{refusal}");
    for (id, why) in
        [(&jira.id, "a link that opens"), (&load.id, "it comes after Get access to Jira"), (&part.id, "somebody else changed it")]
    {
        assert!(told.iter().any(|(item, said)| *item == id && said.contains(why)), "{why} is not in {refusal}");
    }
    assert_eq!(refusal.to_string().matches("no item was changed").count(), 1, "{refusal}");
    assert_eq!(item(&world, "chat").await.state(), State::ToDo, "one was moved without the others");
}

#[tokio::test]
async fn who_may_move_none_of_many_is_forbidden_it() {
    let world = world::own().await;
    let governance = item(&world, "governance").await;
    let bobs = set_status_of_many(&world.app, &world.bob, &world.engagement, vec![to(&governance, State::InProgress)]).await;
    assert!(matches!(bobs, Err(Failure::Forbidden)), "{bobs:?}");
    let load = item(&world, "load").await;
    let both = vec![because(&load, State::Blocked, "strike"), because(&governance, State::Blocked, "strike")];
    let refused = set_status_of_many(&world.app, &world.bob, &world.engagement, both).await.unwrap_err();
    assert!(matches!(&refused, Failure::Refused(Refusal::Items(held)) if held[0].item == governance.id && held.len() == 1), "{refused}");
}

#[tokio::test]
async fn many_items_move_together_or_not_at_all() {
    let world = world::own().await;
    let (jira, load, whole, part) =
        (item(&world, "jira").await, item(&world, "load").await, item(&world, "governance").await, item(&world, "calendar").await);
    let all = vec![because(&load, State::Waived, "not needed"), to(&jira, State::Blocked)];
    let refused = set_status_of_many(&world.app, &world.ann, &world.engagement, all).await;
    assert!(refused.unwrap_err().to_string().contains("Get access to Jira"));
    assert_eq!(item(&world, "load").await.state(), State::ToDo);
    let done =
        set_status_of_many(&world.app, &world.ann, &world.engagement, vec![to(&whole, State::Done), to(&part, State::Done)]).await.unwrap();
    assert_eq!(done.len(), 2);
    assert_eq!(item(&world, "governance").await.state(), State::Submitted);
    undo(&world.app, &world.ann, &world.engagement, None).await.unwrap();
    assert_eq!(item(&world, "calendar").await.state(), State::ToDo);
}

#[tokio::test]
async fn a_date_set_by_hand_explains_itself_and_can_go_back_to_its_rule() {
    let world = world::own().await;
    let jira = item(&world, "jira").await;
    let edit = |due, version| EditItem { item: jira.id.clone(), version: Some(version), due: Some(due), ..EditItem::default() };
    let pinned = edit_item(&world.app, &world.ann, &world.engagement, edit(EditDue::Pin("2026-01-09".parse().unwrap()), jira.version))
        .await
        .unwrap();
    assert!(pinned.pinned);
    // Five business days before Friday 9 January, past Epiphany (delivery, Bavaria), New Year (both) and two weekends.
    assert_eq!(pinned.start_by.unwrap().to_string(), "2025-12-31");
    let back = edit_item(&world.app, &world.ann, &world.engagement, edit(EditDue::Rule(None), pinned.version)).await.unwrap().into_inner();
    assert_eq!((back.pinned, back.due, back.start_by), (false, jira.due, jira.start_by));
}

#[tokio::test]
async fn the_checklist_is_arranged_by_hand() {
    let world = world::own().await;
    let input = AddItem {
        activity: "tools".into(),
        title: "  Order   headsets ".to_owned(),
        owners: vec!["engagement-manager".into()],
        ..AddItem::default()
    };
    let added = add_item(&world.app, &world.ann, &world.engagement, input.clone()).await.unwrap();
    assert_eq!(added.content.title, "Order headsets");
    let wrong = add_item(&world.app, &world.ann, &world.engagement, AddItem { owners: vec!["nobody".into()], ..input.clone() }).await;
    assert!(wrong.unwrap_err().to_string().contains("nobody"));
    assert!(matches!(add_item(&world.app, &world.bob, &world.engagement, input).await, Err(Failure::Forbidden)));
    let jira = item(&world, "jira").await;
    move_item(&world.app, &world.ann, &world.engagement, &added.id, Some(&jira.id)).await.unwrap();
    let governance = item(&world, "governance").await;
    let copy = copy_item(&world.app, &world.ann, &world.engagement, &governance.id).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let titles: Vec<_> = view.engagement.listed().map(|item| item.content.title.as_str()).collect();
    assert_eq!(titles[..2], ["Order headsets", "Get access to Jira"]);
    assert_eq!(view.engagement.parts(&copy.id).count(), 1);
    let kits_own = remove_item(&world.app, &world.ann, &world.engagement, &jira.id, None).await;
    assert!(kits_own.unwrap_err().to_string().contains("reason"));
    remove_item(&world.app, &world.ann, &world.engagement, &copy.id, None).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert!(view.engagement.listed().all(|item| item.id != copy.id && item.parent.as_ref() != Some(&copy.id)));
    undo(&world.app, &world.ann, &world.engagement, None).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert!(view.engagement.listed().any(|item| item.id == copy.id));
    verified(&world.app, &world).await;
}

#[tokio::test]
async fn a_customer_works_on_their_own_sides_items_only() {
    let world = world::own().await;
    let part = item(&world, "calendar").await;
    let theirs = item(&world, "jira").await;
    assert!(matches!(set_status(&world.app, &world.bob, &world.engagement, to(&part, State::InProgress)).await, Err(Failure::Forbidden)));
    assert!(set_status(&world.app, &world.bob, &world.engagement, to(&theirs, State::InProgress)).await.is_ok());
    let waived = set_status(&world.app, &world.dee, &world.engagement, because(&part, State::Waived, "no")).await;
    assert!(matches!(waived, Err(Failure::Forbidden)));
}

#[tokio::test]
async fn a_filter_is_kept_for_who_made_it_alone() {
    let world = world::own().await;
    let late = Filter { late: true, ..Filter::default() };
    save_filter(&world.app, &world.ann, "Late ones", late.clone()).await.unwrap();
    let signed = sign_in(&world.app, ("ann@example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    let filters = caller_of_session(&world.app, &signed.secret).await.unwrap().filters;
    assert_eq!(filters, [SavedFilter { name: "Late ones".to_owned(), filter: late.clone() }]);
    assert_eq!(list_filters(&world.app, &world.bob).await.unwrap(), []);
    let unnamed = save_filter(&world.app, &world.ann, "", late).await;
    assert!(matches!(unnamed, Err(Failure::Refused(Refusal::Field { field: "name", .. }))), "{unnamed:?}");
    assert!(matches!(forget_filter(&world.app, &world.bob, "Late ones").await, Err(Failure::NotFound)));
    assert_eq!(forget_filter(&world.app, &world.ann, "late ones").await.unwrap(), []);
}

#[tokio::test]
async fn a_role_of_everybody_is_held_by_whom_the_item_is_about() {
    let world = world::own().await;
    let kit = KIT_OF_EVERYBODY.as_bytes().to_vec();
    let (imported, _) = import_kit(&world.app, &world.ann, Files::from_bytes("kit.toml", kit)).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let opening = OpenEngagement {
        kits: vec![imported[0].kit.hash.clone()],
        setup: view.engagement.plan.setup.clone(),
        members: view.engagement.members.iter().map(|member| Member { roles: Vec::new(), ..member.clone() }).collect(),
        portfolio: None,
    };
    let id = open_engagement(&world.app, &world.ann, opening).await.unwrap();
    let opened = world.app.view(&world.ann, &id, Right::ReadEngagement).await.unwrap().engagement;
    let today = world.app.today(&opened.plan.setup.zone);
    let owners: Vec<_> = opened.listed().map(|item| opened.owners(item, today)[0].person.cloned()).collect();
    assert_eq!(owners, [Some(world.ann.person.clone()), Some(world.dee.person.clone())]);
}

const KIT_OF_EVERYBODY: &str = r#"
schema = "kit/1"
id = "badges"
title = "Badges"
version = "1"

[[milestone]]
id = "kickoff"
title = "Kick-off"

[[role]]
id = "everybody"
title = "Everybody on the delivery side"
side = "delivery"
everyone = true

[[module]]
id = "site"
title = "Site"

[[module.task]]
id = "badge"
title = "Get a badge"
owners = ["everybody"]
each = "person where side = delivery"
"#;
