//! What each side may say for the other, and what it never learns.

use bytes::Bytes;
use tminus_app::{
    Failure,
    checklist::{
        arrange::{AddItem, EditItem, add_item, edit_item},
        comment::{AddComment, add_comment, list_comments},
        evidence::{AddEvidence, AttachFile, add_evidence, attach_file, read_file, withdraw_evidence},
        status::{AcceptItem, SetStatus, accept_item, set_status},
    },
    engagement::{
        closing::{SignReport, preview_report, sign_report},
        list::show_engagement,
        open::{OpenEngagement, open_engagement, preview},
    },
    people::member::save_member,
    world::{self, World},
};
use tminus_domain::{
    checklist::status::State,
    engagement::setup::{MAX_WORKSTREAMS, Workstream},
    ids::ItemId,
    kit::{Side, task::EvidenceKind},
    people::Member,
    rights::{Function, Right},
    schedule::{MAX_CALENDARS, WorkCalendar},
};

async fn id(world: &World, key: &str) -> ItemId {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    view.engagement.item_by_key(key).unwrap().id.clone()
}

fn member(person: &tminus_domain::rights::Actor, function: Function) -> Member {
    Member::new(person.person.clone(), function)
}

fn refused_field<T: std::fmt::Debug>(outcome: Result<T, Failure>, field: &str) -> String {
    let said = outcome.expect_err("it is refused").to_string();
    assert!(said.starts_with(&format!("{field}: ")), "{said}");
    said
}

#[tokio::test]
async fn only_the_delivery_side_writes_down_a_signature_and_only_of_who_may_sign() {
    let world = world::own().await;
    let sign = |person: Option<&tminus_domain::rights::Actor>| SignReport {
        reason: Some("we go on".to_owned()),
        on_behalf_of: person.map(|person| (person.person.clone(), "said so in the meeting".to_owned())),
    };
    sign_report(&world.app, &world.bob, &world.engagement, sign(None)).await.unwrap();
    refused_field(sign_report(&world.app, &world.bob, &world.engagement, sign(Some(&world.ann))).await, "on_behalf_of");
    refused_field(sign_report(&world.app, &world.ann, &world.engagement, sign(Some(&world.dee))).await, "on_behalf_of");
    save_member(&world.app, &world.ann, &world.engagement, member(&world.mallory, Function::CustomerMember)).await.unwrap();
    let said = refused_field(sign_report(&world.app, &world.ann, &world.engagement, sign(Some(&world.mallory))).await, "on_behalf_of");
    assert!(said.contains("Mallory may not sign"), "{said}");
    let (_, closing) = preview_report(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!((closing.signatures.len(), closing.closed_at), (1, None));
}

#[tokio::test]
async fn nobody_accepts_for_somebody_of_their_own_side() {
    let world = world::own().await;
    save_member(&world.app, &world.ann, &world.engagement, member(&world.mallory, Function::CustomerMember)).await.unwrap();
    let item = id(&world, "governance").await;
    let to = |item, to| SetStatus { item, to, reason: None, third_party: None, version: None };
    set_status(&world.app, &world.ann, &world.engagement, to(id(&world, "calendar").await, State::Done)).await.unwrap();
    set_status(&world.app, &world.ann, &world.engagement, to(item.clone(), State::Done)).await.unwrap();
    let note = AddEvidence { item: item.clone(), kind: EvidenceKind::Note, text: "Bob agrees".to_owned(), fact: None, version: None };
    add_evidence(&world.app, &world.ann, &world.engagement, note).await.unwrap();
    let accept = AcceptItem { item: item.clone(), on_behalf_of: Some(world.bob.person.clone()), version: None };
    refused_field(accept_item(&world.app, &world.mallory, &world.engagement, accept).await, "on_behalf_of");
    let view = world.app.view(&world.bob, &world.engagement, Right::ReadEngagement).await.unwrap();
    assert_eq!(view.engagement.item(&item).unwrap().state(), State::Submitted);
}

#[tokio::test]
async fn evidence_is_withdrawn_by_its_own_side_and_not_from_under_an_acceptance() {
    let world = world::own().await;
    let (app, engagement, item) = (&world.app, &world.engagement, id(&world, "governance").await);
    let note = |text: &str| AddEvidence { item: item.clone(), kind: EvidenceKind::Note, text: text.to_owned(), fact: None, version: None };
    let added = add_evidence(app, &world.ann, engagement, note("the minutes")).await.unwrap();
    let proof = added.proofs[0].id.clone();
    let jira = id(&world, "jira").await;
    let hers = AddEvidence { item: jira.clone(), kind: EvidenceKind::Link, text: "https://jira.example.com".to_owned(), ..note("") };
    let linked = add_evidence(app, &world.ann, engagement, hers).await.unwrap().proofs[0].id.clone();
    refused_field(withdraw_evidence(app, &world.bob, engagement, &jira, &linked).await, "evidence");
    assert!(withdraw_evidence(app, &world.dee, engagement, &jira, &linked).await.is_ok(), "her own side");
    let to = |item, to| SetStatus { item, to, reason: None, third_party: None, version: None };
    set_status(app, &world.ann, engagement, to(id(&world, "calendar").await, State::Done)).await.unwrap();
    set_status(app, &world.ann, engagement, to(item.clone(), State::Done)).await.unwrap();
    accept_item(app, &world.bob, engagement, AcceptItem { item: item.clone(), on_behalf_of: None, version: None }).await.unwrap();
    refused_field(withdraw_evidence(app, &world.ann, engagement, &item, &proof).await, "evidence");
}

#[tokio::test]
async fn what_was_said_while_the_whole_was_internal_stays_with_the_delivery_side() {
    let world = world::own().await;
    let (app, engagement) = (&world.app, &world.engagement);
    let whole = id(&world, "chat").await;
    let part =
        AddItem { activity: "tools".into(), parent: Some(whole.clone()), title: "Invite everybody".to_owned(), ..AddItem::default() };
    let part = add_item(app, &world.ann, engagement, part).await.unwrap();
    let comment = AddComment { item: part.id.clone(), text: "between us".to_owned(), internal: false };
    assert!(add_comment(app, &world.ann, engagement, comment).await.unwrap().internal);
    let name = "list.txt".to_owned();
    let file = AttachFile { item: part.id.clone(), name, bytes: Bytes::from_static(b"between us"), version: None };
    let proven = attach_file(app, &world.ann, engagement, file).await.unwrap();
    let file = proven.proofs[0].file.clone().unwrap();
    edit_item(app, &world.ann, engagement, EditItem { item: whole, internal: Some(false), ..EditItem::default() }).await.unwrap();
    assert_eq!(list_comments(app, &world.bob, engagement, &part.id).await.unwrap(), []);
    assert!(matches!(read_file(app, &world.bob, engagement, &file).await, Err(Failure::NotFound)));
    assert!(read_file(app, &world.ann, engagement, &file).await.is_ok());
}

#[tokio::test]
async fn the_report_tells_a_customer_no_number_of_what_is_hidden() {
    let world = world::own().await;
    let sign = SignReport { reason: Some("we go on".to_owned()), on_behalf_of: None };
    sign_report(&world.app, &world.ann, &world.engagement, sign).await.unwrap();
    let (now, closing) = preview_report(&world.app, &world.bob, &world.engagement).await.unwrap();
    let signed = closing.report.unwrap();
    assert_eq!((signed.applicable, signed.done, signed.left_out), (now.applicable, now.done, 0));
    let (whole, closing) = preview_report(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!(closing.report.unwrap().applicable, whole.applicable);
    assert!(whole.applicable > now.applicable, "something is internal");
}

#[tokio::test]
async fn whoever_opens_an_engagement_sees_it_and_gives_nobody_a_role_of_the_practice() {
    let world = world::own().await;
    let setup = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    let opening = |function| OpenEngagement {
        kits: vec![world.kit.clone()],
        setup: setup.clone(),
        members: vec![member(&world.ann, function)],
        portfolio: None,
    };
    let opened = open_engagement(&world.app, &world.dee, opening(Function::EngagementManager)).await.unwrap();
    let view = show_engagement(&world.app, &world.dee, &opened).await.expect("Dee opened it");
    assert_eq!(view.engagement.members.len(), 2);
    refused_field(open_engagement(&world.app, &world.ann, opening(Function::PracticeAdministrator)).await, "function");
    let lead = member(&world.dee, Function::PracticeLead);
    refused_field(save_member(&world.app, &world.ann, &world.engagement, lead).await, "function");
}

#[tokio::test]
async fn a_setup_of_any_size_costs_little() {
    let world = world::own().await;
    let setup = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    let asked = |setup| OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None };
    let mut calendars = setup.clone();
    calendars.calendars = vec![WorkCalendar::new("Delivery", Side::Delivery); MAX_CALENDARS + 2];
    let said = preview(&world.app, &world.dee, &asked(calendars)).await.unwrap_err().to_string();
    assert!(said.contains("at most 20"), "{said}");
    let mut workstreams = setup;
    let workstream = |number: usize| Workstream { id: format!("w{number}").as_str().into(), title: format!("Workstream {number}") };
    workstreams.workstreams = (0..=MAX_WORKSTREAMS).map(workstream).collect();
    let said = preview(&world.app, &world.dee, &asked(workstreams)).await.unwrap_err().to_string();
    assert!(said.contains("at most 50"), "{said}");
}
