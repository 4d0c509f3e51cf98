//! The orderly end: what the engagement has as a whole, links and keys, the off-boarding kit, and access that ends at once.

use std::path::Path;

use jiff::{SignedDuration, civil::Date};
use tminus_app::{
    Failure,
    access::{
        MoveAccess,
        at_once::{EndAtOnce, end_at_once},
        ending::{Count, Ending, end_key, list_ending},
        holding::{AddHolding, MoveHolding, add_holding, move_holding},
        move_access,
    },
    engagement::{
        closing::end_engagement,
        offboarding::offboarding_kit,
        plan::{ChangePlan, change_plan, preview_plan},
    },
    kit::import_kit,
    kits::files::Files,
    mail::list_letters,
    people::member::{remove_member, save_member},
    rights::{
        link::make_link,
        sign_in::caller_of_token,
        token::{CreateToken, Created, create_token},
    },
    world::{self, World},
};
use tminus_domain::{
    access::{Shown, Step, holding::Ask as Becomes, need::Becomes as Turns, work::Ask},
    ids::PersonId,
    kit::{Side, access::ResourceKind},
    mail::Message,
    people::Member,
    record::fact::FactKind,
    rights::{Actor, Pass, PassKind, Right},
};
use tminus_store::record::Wanted;

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) async fn go(world: &World, by: &Actor, (person, resource): (&PersonId, &str), (to, note): (Step, &str)) {
    let ask = Ask { to: Some(to), note: Some(note.to_owned()), ..Ask::default() };
    let input = MoveAccess { person: person.clone(), resource: resource.into(), ask, version: None };
    move_access(&world.app, by, &world.engagement, vec![input]).await.unwrap();
}

pub(crate) async fn ending(world: &World, actor: &Actor) -> Ending {
    list_ending(&world.app, actor, &world.engagement).await.unwrap()
}

pub(crate) fn room(internal: bool) -> AddHolding {
    let (title, side) = if internal { ("Back room", Side::Delivery) } else { ("Room 4.12", Side::Customer) };
    AddHolding { title: title.to_owned(), kind: ResourceKind::Room, side, owner: None, internal }
}

pub(crate) async fn holding(world: &World, by: &Actor, title: &str, ask: Becomes) -> Result<(), Failure> {
    let found = ending(world, &world.ann).await.holdings.into_iter().find(|it| it.title == title).unwrap();
    let input = MoveHolding { holding: found.id, ask, version: Some(found.version) };
    move_holding(&world.app, by, &world.engagement, input).await.map(|_| ())
}

pub(crate) fn close(note: &str) -> Becomes {
    Becomes::Close { note: note.to_owned(), shown: Some(Shown::Refused) }
}

async fn key(world: &World, actor: &Actor) -> Created {
    let pass = Pass { kind: PassKind::WorkingKey, within: Some(world.engagement.clone()) };
    create_token(&world.app, actor, CreateToken { title: "Reports".to_owned(), days: None, pass }).await.unwrap()
}

pub(crate) async fn entries(world: &World, kind: FactKind) -> usize {
    let scope = world.app.view(&world.ann, &world.engagement, Right::ReadRecord).await.unwrap().scope;
    let wanted = Wanted { fact: Some(kind.as_str().to_owned()), limit: 500, ..Wanted::default() };
    world.app.store.record(&scope, &wanted).await.unwrap().len()
}

#[tokio::test]
async fn an_engagement_does_not_end_over_a_room_that_nobody_closed_and_links_and_keys_end_with_it() {
    let world = world::own().await;
    let (app, ann, bob, dee, engagement) = (&world.app, &world.ann, &world.bob, &world.dee.person, &world.engagement);
    go(&world, ann, (dee, "backstage"), (Step::Granted, "")).await;
    go(&world, ann, (dee, "backstage"), (Step::Revoked, "")).await;
    go(&world, ann, (dee, "backstage"), (Step::RevocationConfirmed, "")).await;
    add_holding(app, ann, engagement, room(false)).await.unwrap();
    make_link(app, ann, engagement, (&bob.person, None)).await.unwrap();
    let made = key(&world, &world.dee).await;
    assert_eq!(ending(&world, ann).await.count(true), Count { grants: 0, holdings: 2, links: 1, keys: 1 });
    let refused = end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap_err().to_string();
    assert_eq!(refused, "2 still open: Backstage chat; Room 4.12; confirm that it is gone, or carry it over by name");

    let alone = holding(&world, ann, "Room 4.12", close("")).await.unwrap_err().to_string();
    assert!(alone.contains("the customer side confirms that it is closed"), "{alone}");
    holding(&world, bob, "Room 4.12", close("")).await.unwrap();
    let until = date("2026-03-31");
    assert!(holding(&world, ann, "Backstage chat", Becomes::Carry { owner: world.mallory.person.clone(), until }).await.is_err());
    holding(&world, ann, "Backstage chat", Becomes::Carry { owner: dee.clone(), until }).await.unwrap();
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    let after = ending(&world, ann).await;
    let ended = after.access.engagement.plan.closing.ended.clone().unwrap();
    assert_eq!((ended.carried, ended.links, ended.keys), (1, 1, 1));
    assert!(after.links.is_empty() && after.keys.is_empty() && caller_of_token(app, &made.secret).await.is_err());
    assert_eq!((entries(&world, FactKind::LinkRevoked).await, entries(&world, FactKind::TokenRevoked).await), (1, 1));
    assert_eq!((entries(&world, FactKind::HoldingClosed).await, entries(&world, FactKind::HoldingChanged).await), (1, 1));
    let closed = after.holdings.iter().find(|it| it.title == "Room 4.12").unwrap();
    assert_eq!(closed.closed.as_ref().unwrap().mark.by, bob.person);
}

#[tokio::test]
async fn what_is_internal_of_it_a_customer_neither_sees_nor_moves_and_two_do_not_move_the_same() {
    let world = world::own().await;
    let (app, ann, bob, engagement) = (&world.app, &world.ann, &world.bob, &world.engagement);
    let back = add_holding(app, ann, engagement, room(true)).await.unwrap();
    let shared = add_holding(app, bob, engagement, room(false)).await.unwrap();
    assert!(add_holding(app, bob, engagement, room(true)).await.is_err());
    let titles: Vec<_> = ending(&world, bob).await.holdings.iter().map(|it| it.title.clone()).collect();
    assert_eq!(titles, ["Room 4.12"]);
    let input = MoveHolding { holding: back.id.clone(), ask: close("x"), version: None };
    assert!(matches!(move_holding(app, bob, engagement, input).await, Err(Failure::NotFound)));
    let owned = MoveHolding { holding: back.id, ask: Becomes::Give { owner: Some(bob.person.clone()) }, version: None };
    assert!(move_holding(app, ann, engagement, owned).await.unwrap_err().to_string().contains("delivery side"));
    // Dee is no manager, and it is not hers to close; whoever is named to see to it closes it.
    let hers = |version| MoveHolding { holding: shared.id.clone(), ask: close("they cancelled it"), version };
    assert!(move_holding(app, &world.dee, engagement, hers(None)).await.unwrap_err().to_string().contains("its owner"));
    let given = MoveHolding { ask: Becomes::Give { owner: Some(world.dee.person.clone()) }, ..hers(Some(1)) };
    move_holding(app, ann, engagement, given).await.unwrap();
    assert!(matches!(move_holding(app, &world.dee, engagement, hers(Some(1))).await, Err(Failure::Conflict(_))));
    move_holding(app, &world.dee, engagement, hers(Some(2))).await.unwrap();
    // The customer reads neither the links nor the keys nor the internal entries.
    make_link(app, ann, engagement, (&bob.person, None)).await.unwrap();
    key(&world, &world.dee).await;
    let seen = ending(&world, bob).await;
    assert!(seen.links.is_empty() && seen.keys.is_empty());
    let wanted = Wanted { limit: 100, ..Wanted::default() };
    let told = format!("{:?}", tminus_app::record::read_record(app, bob, engagement, &wanted).await.unwrap());
    assert!(told.contains("Room 4.12") && !told.contains("Back room") && !told.contains("Reports"), "{told}");
}

#[tokio::test]
async fn whoever_leaves_loses_the_keys_that_open_nothing_else_and_a_manager_ends_one() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let (first, second) = (key(&world, &world.dee).await, key(&world, ann).await);
    let wide = CreateToken { title: "Everything".to_owned(), days: None, pass: Pass::KEY };
    let wide = create_token(app, &world.dee, wide).await.unwrap();
    assert_eq!(ending(&world, ann).await.keys.len(), 2, "the wide one is Dee's own");
    assert!(matches!(end_key(app, ann, engagement, &wide.token.id).await, Err(Failure::NotFound)));
    assert!(matches!(end_key(app, &world.bob, engagement, &second.token.id).await, Err(Failure::Forbidden)));
    remove_member(app, ann, engagement, &world.dee.person).await.unwrap();
    assert!(caller_of_token(app, &first.secret).await.is_err() && caller_of_token(app, &wide.secret).await.is_ok());
    end_key(app, ann, engagement, &second.token.id).await.unwrap();
    assert!(caller_of_token(app, &second.secret).await.is_err());
    assert_eq!(entries(&world, FactKind::TokenRevoked).await, 2);
}

#[tokio::test]
async fn access_that_ends_at_once_is_first_and_due_today_and_whoever_sees_to_it_is_told() {
    let world = world::own().await;
    let (app, ann, bob, dee, engagement) = (&world.app, &world.ann, &world.bob, &world.dee.person, &world.engagement);
    for person in [&ann.person, dee] {
        go(&world, bob, (person, "wiki"), (Step::Granted, "")).await;
    }
    go(&world, ann, (&ann.person, "wiki"), (Step::RevokeRequested, "")).await;
    let made = key(&world, &world.dee).await;
    let at_once = |person: &PersonId, reason: &str| EndAtOnce { person: person.clone(), reason: reason.to_owned() };
    assert!(matches!(end_at_once(app, &world.dee, engagement, at_once(&ann.person, "x")).await, Err(Failure::Forbidden)));
    assert!(end_at_once(app, ann, engagement, at_once(&ann.person, "x")).await.unwrap_err().to_string().contains("your own"));
    assert!(end_at_once(app, ann, engagement, at_once(dee, " ")).await.unwrap_err().to_string().contains("say why"));
    assert!(matches!(end_at_once(app, ann, engagement, at_once(&world.mallory.person, "x")).await, Err(Failure::NotFound)));

    // Bob may not take anybody off: Ann is told, and does.
    assert_eq!(end_at_once(app, bob, engagement, at_once(dee, "seen with another badge")).await.unwrap(), 1);
    let seen = ending(&world, ann).await;
    assert!(seen.access.engagement.member(dee).is_some());
    let lines: Vec<_> = seen.grants(false, None).into_iter().map(|(due, it)| (it.person.clone(), due)).collect();
    assert_eq!(lines[0], (dee.clone(), Some(date("2025-12-18"))));
    assert_eq!(lines.len(), 2);
    assert!(caller_of_token(app, &made.secret).await.is_ok(), "links and keys are a manager's to end");
    assert!(matches!(end_at_once(app, bob, engagement, at_once(&ann.person, "x")).await, Err(Failure::Forbidden)));
    let by_link = Actor { pass: Pass { kind: PassKind::Link, within: Some(engagement.clone()) }, ..bob.clone() };
    assert!(matches!(end_at_once(app, &by_link, engagement, at_once(dee, "x")).await, Err(Failure::NeedsCode)));
    let withdrawn = seen.access.engagement.grant(dee, &"backstage".into()).unwrap().step;
    assert_eq!(withdrawn, Step::Withdrawn);
    let told = async || {
        let letters = list_letters(app, ann, None).await.unwrap();
        let urgent = |message: &Message| match message {
            Message::AtOnce { whose, why, lines, .. } => Some((whose.clone(), why.clone(), lines.clone())),
            _ => None,
        };
        letters.iter().filter_map(|kept| Some((kept.letter.person.clone(), urgent(&kept.letter.message)?))).collect::<Vec<_>>()
    };
    let wiki = vec!["Wiki".to_owned()];
    assert_eq!(told().await, [(ann.person.clone(), ("Dee".to_owned(), "seen with another badge".to_owned(), wiki.clone()))]);

    end_at_once(app, ann, engagement, at_once(dee, "suspended by security")).await.unwrap();
    assert!(caller_of_token(app, &made.secret).await.is_err());
    assert!(ending(&world, ann).await.access.engagement.member(dee).is_none());
    let bobs: Vec<_> = told().await.into_iter().filter(|(person, _)| person == &bob.person).map(|(_, it)| it).collect();
    assert_eq!(bobs, [("Dee".to_owned(), String::new(), wiki)], "why is for the delivery side");
    let shown = ending(&world, bob).await.access.engagement;
    assert!(shown.plan.urgent.iter().all(|it| it.reason.is_empty()));
    // Confirmed, nothing is urgent any more.
    go(&world, bob, (dee, "wiki"), (Step::RevocationConfirmed, "")).await;
    let back = Member { person: dee.clone(), ..shown.members[0].clone() };
    let back = Member { function: tminus_domain::rights::Function::DeliveryMember, roles: vec![], ..back };
    save_member(app, ann, engagement, back).await.unwrap();
    assert!(ending(&world, ann).await.access.engagement.plan.urgent.is_empty());
}

/// The built-in kit, imported, and the change that adds it with the day on which the engagement ends.
async fn offboarding(world: &World) -> ChangePlan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits/offboarding");
    import_kit(&world.app, &world.ann, Files::open(&path)).await.unwrap();
    let kit = offboarding_kit(&world.app, &world.ann, &world.engagement).await.unwrap().unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::EditPlan).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    setup.milestones.insert("engagement.end".into(), date("2026-03-31"));
    ChangePlan { setup, kits: Some(vec![world.kit.clone(), kit]), reason: "it ends".to_owned(), revision: None }
}

#[tokio::test]
async fn the_offboarding_kit_is_added_once_and_everything_counts_from_the_end() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    assert_eq!(offboarding_kit(app, ann, engagement).await.unwrap(), None, "the practice does not have it yet");
    let change = offboarding(&world).await;
    assert_eq!(offboarding_kit(app, &world.dee, engagement).await.unwrap(), None, "she does not change the plan");
    let diff = preview_plan(app, ann, engagement, &change).await.unwrap();
    assert!(diff.added.iter().any(|line| line.title.contains("etrospective")), "{:?}", diff.added);
    let applied = change_plan(app, ann, engagement, change.clone()).await.unwrap();
    assert_eq!(applied.added, diff.added);
    assert_eq!(offboarding_kit(app, ann, engagement).await.unwrap(), None, "twice is once");
    assert!(change_plan(app, ann, engagement, change).await.unwrap().is_empty());
    let after = ending(&world, ann).await;
    let items = after.access.engagement.items.iter().filter(|item| item.kit.as_ref().is_some_and(|kit| kit.as_str() == "offboarding"));
    let undated: Vec<_> = items.filter(|item| item.content.due.is_some() && item.due_on().is_none()).map(|item| &item.key).collect();
    assert_eq!(undated, [] as [&String; 0]);

    // Access ends on the last day, a room ten business days after it: Good Friday and Easter Monday are off in Bavaria.
    go(&world, &world.bob, (&world.dee.person, "wiki"), (Step::Granted, "")).await;
    let added = add_holding(app, ann, engagement, room(false)).await.unwrap();
    let after = ending(&world, ann).await;
    assert_eq!((after.grants(true, None)[0].0, after.due(&added)), (Some(date("2026-03-31")), Some(date("2026-04-16"))));
    assert_eq!(after.grants(false, None).len(), 0, "it is not yet to end");
    assert_eq!(after.grants(false, Some(&world.dee.person)).len(), 1, "one person is all of theirs");
    // Whoever leaves before loses it on their own last day.
    let dee = after.access.engagement.member(&world.dee.person).unwrap().clone();
    save_member(app, ann, engagement, Member { until: Some(date("2026-02-13")), ..dee }).await.unwrap();
    assert_eq!(ending(&world, ann).await.grants(true, None)[0].0, Some(date("2026-02-13")));
}

#[tokio::test]
async fn a_device_and_a_badge_come_back_five_business_days_after_an_account_is_gone_and_a_room_is_closed_ten_after() {
    let world = world::own().await;
    let (app, ann, engagement, dee) = (&world.app, &world.ann, &world.engagement, &world.dee.person);
    let resource = |id: &str, kind: &str| {
        let need = format!("[[need]]\nresource = \"{id}\"\neach = \"person where side = delivery\"\n");
        format!("\n[[resource]]\nid = \"{id}\"\ntitle = \"{id}\"\nkind = \"{kind}\"\nowners = [\"customer-manager\"]\n{need}")
    };
    let kit =
        world::KIT.replace("version = \"1.0\"", "version = \"1.1\"") + &resource("laptop", "device") + &resource("gate-badge", "badge");
    let (imported, problems) = import_kit(app, ann, Files::from_bytes("kit.toml", kit.into_bytes())).await.unwrap();
    assert_eq!(imported.len(), 1, "{problems:?}");
    let change = offboarding(&world).await;
    let kits = change.kits.iter().flatten().map(|kit| if *kit == world.kit { imported[0].kit.hash.clone() } else { kit.clone() }).collect();
    change_plan(app, ann, engagement, ChangePlan { kits: Some(kits), ..change }).await.unwrap();
    for resource in ["wiki", "laptop", "gate-badge"] {
        go(&world, &world.bob, (dee, resource), (Step::Granted, "")).await;
    }
    let due = async || {
        let list = ending(&world, ann).await;
        let days = list.grants(true, Some(dee)).into_iter().map(|(due, grant)| (grant.resource.0.clone(), due.unwrap().to_string()));
        days.collect::<Vec<_>>()
    };
    let expected = |account: &str, back: &str| {
        [("wiki", account), ("laptop", back), ("gate-badge", back)].map(|(resource, day)| (resource.to_owned(), day.to_owned()))
    };
    // Good Friday and Easter Monday are off in Bavaria.
    let sorted = |mut days: Vec<(String, String)>| {
        days.sort();
        days
    };
    assert_eq!(due().await[0].0, "wiki", "what is gone first stands first");
    assert_eq!(sorted(due().await), sorted(expected("2026-03-31", "2026-04-09").to_vec()));
    let held = async |kind: ResourceKind| {
        let thing = AddHolding { title: format!("{kind:?}"), kind, side: Side::Customer, owner: None, internal: false };
        let added = add_holding(app, ann, engagement, thing).await.unwrap();
        ending(&world, ann).await.due(&added).unwrap().to_string()
    };
    let days = [
        (ResourceKind::Account, "2026-03-31"),
        (ResourceKind::Device, "2026-04-09"),
        (ResourceKind::Badge, "2026-04-09"),
        (ResourceKind::Room, "2026-04-16"),
        (ResourceKind::List, "2026-04-16"),
        (ResourceKind::Other, "2026-04-16"),
    ];
    for (kind, day) in days {
        assert_eq!(held(kind).await, day, "{kind:?}");
    }
    // Whoever leaves before counts from their own last day.
    let dees = ending(&world, ann).await.access.engagement.member(dee).unwrap().clone();
    save_member(app, ann, engagement, Member { until: Some(date("2026-03-06")), ..dees }).await.unwrap();
    assert_eq!(sorted(due().await), sorted(expected("2026-03-06", "2026-03-13").to_vec()));
}

#[tokio::test]
async fn a_change_of_the_plan_names_whose_access_comes_goes_and_moves_and_keeps_internal_to_itself() {
    let world = world::own().await;
    let (app, ann, engagement, dee) = (&world.app, &world.ann, &world.engagement, &world.dee.person);
    go(&world, &world.bob, (dee, "wiki"), (Step::Granted, "")).await;
    go(&world, ann, (dee, "backstage"), (Step::Requested, "")).await;
    // Only the customer needs the wiki now, nobody the room behind the scenes, and everybody a new one.
    let newer = world::KIT
        .replace("resource = \"wiki\"\neach = \"person\"", "resource = \"wiki\"\neach = \"person where side = customer\"")
        .replace(
            "resource = \"backstage\"\neach = \"person where side = delivery\"",
            "resource = \"backstage\"\neach = \"person where side = partner\"",
        )
        .replace("version = \"1.0\"", "version = \"1.1\"")
        + "\n[[resource]]\nid = \"mail\"\ntitle = \"Mail\"\nowners = [\"customer-manager\"]\n[[need]]\nresource = \"mail\"\neach = \"person where side = delivery\"\n";
    let (imported, _) = import_kit(app, ann, Files::from_bytes("kit.toml", newer.into_bytes())).await.unwrap();
    let view = app.view(ann, engagement, Right::EditPlan).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    setup.milestones.insert("kickoff".into(), date("2026-01-27"));
    let kits = Some(vec![imported[0].kit.hash.clone()]);
    let change = ChangePlan { setup, kits, reason: "other tools".to_owned(), revision: None };
    let diff = preview_plan(app, ann, engagement, &change).await.unwrap();
    let names = [(&ann.person, "Ann"), (&world.bob.person, "Bob"), (dee, "Dee")];
    let name = |id: &PersonId| names.iter().find(|(person, _)| *person == id).unwrap().1;
    let mut told: Vec<_> = diff.access.iter().map(|it| (it.becomes.as_str(), name(&it.person), it.title.as_str())).collect();
    told.sort_unstable();
    let expected = [
        ("moved", "Bob", "Wiki"),
        ("needed", "Ann", "Mail"),
        ("needed", "Dee", "Mail"),
        ("to_revoke", "Dee", "Wiki"),
        ("withdrawn", "Ann", "Backstage chat"),
        ("withdrawn", "Ann", "Wiki"),
        ("withdrawn", "Dee", "Backstage chat"),
    ];
    assert_eq!(told, expected);
    let moved = diff.access.iter().find(|it| it.becomes == Turns::Moved).unwrap();
    assert_eq!((moved.from, moved.to), (Some(date("2026-01-15")), Some(date("2026-01-23"))));
    assert_eq!(change_plan(app, ann, engagement, change.clone()).await.unwrap().access, diff.access);
    assert!(preview_plan(app, ann, engagement, &change).await.unwrap().access.is_empty(), "twice is once");
    let wanted = Wanted { fact: Some(FactKind::PlanChanged.as_str().to_owned()), limit: 1, ..Wanted::default() };
    let told = async |actor| format!("{:?}", tminus_app::record::read_record(app, actor, engagement, &wanted).await.unwrap());
    assert!(told(ann).await.contains("Backstage"));
    let bobs = told(&world.bob).await;
    assert!(bobs.contains("\"to_revoke\"") && !bobs.contains("ackstage"), "{bobs}");
}

#[tokio::test]
async fn an_engagement_whose_sprint_0_is_closed_is_still_told_of_and_one_that_ended_is_not() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let sign =
        |on_behalf_of| tminus_app::engagement::closing::SignReport { reason: Some("the customer wants to begin".to_owned()), on_behalf_of };
    for actor in [ann, &world.bob] {
        tminus_app::engagement::closing::sign_report(app, actor, engagement, sign(None)).await.unwrap();
    }
    let mine = async || tminus_app::engagement::list::list_my_items(app, ann).await.unwrap();
    let after = mine().await;
    assert_eq!((after.len(), after[0].items.len()), (1, 0), "what it was closed in spite of is nobody's any more");
    assert!(!after[0].access.is_empty(), "access still waits");
    let change = offboarding(&world).await;
    change_plan(app, ann, engagement, change).await.unwrap();
    assert!(!mine().await[0].items.is_empty(), "the off-boarding is Ann's to do");
    world.clock.advance(SignedDuration::from_hours(1));
    end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap();
    assert!(mine().await.is_empty());
}
