//! Resources that no kit names, and licences that run out.

use tminus_app::{
    Failure,
    access::{
        MoveAccess, move_access,
        resource::{Described, Seen, add_resource, book_room, change_resource, count_licences, remove_resource},
    },
    checklist::undo::undo,
    engagement::plan::{ChangePlan, change_plan},
    people::member::save_member,
};
use tminus_domain::{
    access::{
        Step,
        booking::{Booking, Fault},
        licence::Licences,
        work::Ask,
    },
    engagement::Engagement,
    ids::ResourceId,
    kit::{access::ResourceKind, condition::Answer},
    people::Member,
    record::fact::FactKind,
    rights::{Function, Right},
};
use tminus_store::record::Wanted;

use crate::crew::{Crew, consultant, crew, crew_with, date, member};

fn lake() -> Described {
    Described {
        title: " Data lake ".to_owned(),
        kind: ResourceKind::Cloud,
        note: "Columbus".to_owned(),
        owners: vec!["customer-network".into()],
        each: Some("person where side = delivery".parse().unwrap()),
        due: Some("T-2bd @ kickoff".parse().unwrap()),
        lead: Some("5bd".parse().unwrap()),
        after: vec!["network-account".into()],
        details: vec!["User name".to_owned(), String::new()],
        internal: false,
    }
}

async fn add(crew: &Crew, input: Described) -> ResourceId {
    add_resource(&crew.world.app, &crew.world.ann, &crew.engagement, input).await.unwrap()
}

/// Whichever version it has.
fn any(id: &ResourceId) -> Seen {
    Seen { resource: id.clone(), version: None }
}

async fn whole(crew: &Crew) -> std::sync::Arc<Engagement> {
    crew.world.app.view(&crew.world.ann, &crew.engagement, Right::ReadEngagement).await.unwrap().engagement
}

#[tokio::test]
async fn what_somebody_adds_is_needed_by_those_it_is_for_dated_and_chained_like_what_a_kit_names() {
    let crew = crew(2).await;
    let (app, ann, bob, one) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.consultants[0]);
    let id = add(&crew, lake()).await;
    let engagement = whole(&crew).await;
    let resource = engagement.resource(&id).unwrap();
    assert_eq!((resource.title.as_str(), resource.details.len()), ("Data lake", 1));
    let delivery = engagement.members.iter().filter(|it| it.side() == tminus_domain::kit::Side::Delivery).count();
    assert_eq!(engagement.grants.iter().filter(|it| it.resource == id && it.wanted).count(), delivery);
    let (grant, of_kit) = (crew.grant(&one.person, id.as_str()).await, crew.grant(&one.person, "network-account").await);
    assert!(grant.due_on() > of_kit.due_on() && grant.start_by < grant.due_on(), "{grant:?}");
    assert_eq!(grant.because, "each person of the delivery side");
    let refused = crew.go(bob, &one.person, id.as_str(), Step::Granted).await.unwrap_err();
    assert!(refused.to_string().contains("it comes after Network account"), "{refused}");
    // Whoever joins later has it from their arrival on, and another answer leaves it where it is.
    let late = consultant(&crew.world, 9).await;
    save_member(app, ann, &crew.engagement, Member { from: Some(date("2026-02-16")), ..member(&late) }).await.unwrap();
    assert!(crew.grant(&late.person, id.as_str()).await.due_on() > grant.due_on());
    let mut moved = engagement.plan.setup.clone();
    let kickoff = moved.milestones.get_mut(&"kickoff".into()).unwrap();
    *kickoff = kickoff.tomorrow().unwrap().tomorrow().unwrap();
    let input = ChangePlan { setup: moved, kits: None, reason: "the kick-off moved".to_owned(), revision: None };
    let diff = change_plan(app, ann, &crew.engagement, input).await.unwrap();
    assert!(diff.access.iter().any(|turned| turned.resource == id && turned.from != turned.to), "its date moves with the kick-off");
    assert!(whole(&crew).await.by_hand(&id).is_some());
}

#[tokio::test]
async fn what_is_changed_or_taken_away_is_withdrawn_where_it_was_asked_for_and_has_to_end_where_it_works() {
    let crew = crew(2).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    let id = add(&crew, Described { after: Vec::new(), ..lake() }).await;
    let own = |version| Seen { resource: id.clone(), version };
    crew.go(bob, one, id.as_str(), Step::Granted).await.unwrap();
    crew.go(ann, two, id.as_str(), Step::Requested).await.unwrap();
    // Somebody else changed it since.
    let only = Described { each: Some("person where role = delivery-security".parse().unwrap()), title: "The lake".to_owned(), ..lake() };
    change_resource(app, ann, &crew.engagement, (own(Some(1)), only.clone())).await.unwrap();
    let stale = change_resource(app, ann, &crew.engagement, (own(Some(1)), lake())).await.unwrap_err();
    assert!(matches!(stale, Failure::Conflict(_)));
    let access = crew.seen_by(ann).await;
    let ends: Vec<_> = access.engagement.to_revoke(access.today, false).map(|it| it.person.clone()).collect();
    assert_eq!((ends, crew.grant(two, id.as_str()).await.step), (vec![one.clone()], Step::Withdrawn));
    assert_eq!(access.engagement.resource(&id).unwrap().title, "The lake");

    remove_resource(app, ann, &crew.engagement, own(None)).await.unwrap();
    let engagement = whole(&crew).await;
    assert!(engagement.resource(&id).is_some(), "it stays until nobody has access");
    assert!(engagement.grants.iter().all(|it| it.resource != id || !it.wanted));
    // Somebody who joins now does not get it, and its words go with the rest of what people wrote.
    let late = consultant(&crew.world, 9).await;
    save_member(app, ann, &crew.engagement, member(&late)).await.unwrap();
    let engagement = whole(&crew).await;
    assert!(engagement.grant(&late.person, &id).is_none());
    assert!(!engagement.impersonal_titles().contains("The lake"));
    let erased = serde_json::to_string(&engagement.erased(app.now()).plan).unwrap();
    assert!(!erased.contains("lake") && !erased.contains("Columbus") && !erased.contains("User name"), "{erased}");
    // Its name is free while somebody still has it. What nobody ever had is gone for good.
    add(&crew, Described { title: "The lake".to_owned(), ..lake() }).await;
    let unused = add(&crew, Described { title: "Wiki".to_owned(), ..lake() }).await;
    remove_resource(app, ann, &crew.engagement, Seen { resource: unused.clone(), version: Some(1) }).await.unwrap();
    let engagement = whole(&crew).await;
    assert!(engagement.resource(&unused).is_none() && engagement.by_hand(&unused).is_none());
    for (kind, count) in [(FactKind::ResourceAdded, 3), (FactKind::ResourceChanged, 1), (FactKind::ResourceRemoved, 2)] {
        assert_eq!(crew.entries(kind).await, count, "{kind:?}");
    }
}

#[tokio::test]
async fn what_cannot_stand_is_refused_at_its_field_and_what_a_kit_names_is_the_kits() {
    let crew = crew(1).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let id = add(&crew, lake()).await;
    let second = add(&crew, Described { title: "Lake house".to_owned(), after: vec![id.clone()], ..lake() }).await;
    let each = |text: &str| Some(text.parse().unwrap());
    let wrong = [
        ("title", Described { title: " ".to_owned(), ..lake() }),
        ("title", Described { title: "data LAKE".to_owned(), ..lake() }),
        ("note", Described { note: "x".repeat(121), ..lake() }),
        ("owners", Described { owners: Vec::new(), ..lake() }),
        ("owners", Described { owners: vec!["nobody".into()], ..lake() }),
        ("owners", Described { internal: true, ..lake() }),
        ("each", Described { each: each("workstream"), ..lake() }),
        ("each", Described { each: each("person where role = nobody"), ..lake() }),
        ("due", Described { due: Some("T-2bd @ nothing".parse().unwrap()), ..lake() }),
        ("after", Described { after: vec!["nothing".into()], ..lake() }),
        ("details", Described { details: vec!["Tag".to_owned(), "Tag".to_owned()], ..lake() }),
    ];
    for (at, input) in wrong {
        let input = if at == "title" { input } else { Described { title: format!("Another {at}"), ..input } };
        let refused = add_resource(app, ann, &crew.engagement, input).await.unwrap_err();
        assert!(matches!(&refused, Failure::Refused(tminus_app::Refusal::Field { field, .. }) if *field == at), "{at}: {refused}");
    }
    let circle = Described { after: vec![second], ..lake() };
    let refused = change_resource(app, ann, &crew.engagement, (any(&id), circle)).await.unwrap_err();
    assert!(refused.to_string().contains("wait for itself"), "{refused}");
    let refused = remove_resource(app, ann, &crew.engagement, any(&"vpn".into())).await.unwrap_err();
    assert!(refused.to_string().contains("a kit names it"), "{refused}");
    assert!(matches!(add_resource(app, bob, &crew.engagement, lake()).await, Err(Failure::Forbidden)));
}

#[tokio::test]
async fn what_is_internal_only_the_delivery_side_needs_gives_and_hears_of() {
    let crew = crew(1).await;
    let (app, bob) = (&crew.world.app, &crew.world.bob);
    let inside = Described {
        title: "Hush room".to_owned(),
        owners: vec!["engagement-manager".into()],
        each: Some("person".parse().unwrap()),
        internal: true,
        ..lake()
    };
    let id = add(&crew, inside).await;
    count_licences(app, &crew.world.ann, &crew.engagement, (any(&id), Some(3))).await.unwrap();
    assert!(whole(&crew).await.grant(&bob.person, &id).is_none(), "everybody is everybody of the delivery side");
    let view = app.view(bob, &crew.engagement, Right::ReadEngagement).await.unwrap();
    let told = format!("{:?} {:?}", view.engagement.plan, view.engagement.grants);
    assert!(!told.contains("Hush") && !told.contains(id.as_str()), "{told}");
    let counted = count_licences(app, bob, &crew.engagement, (any(&id), Some(1))).await;
    assert!(matches!(counted, Err(Failure::NotFound)));
    // It is no resource any more: what is left of it is not told either.
    remove_resource(app, &crew.world.ann, &crew.engagement, any(&id)).await.unwrap();
    let view = app.view(bob, &crew.engagement, Right::ReadEngagement).await.unwrap();
    assert!(!format!("{:?}", view.engagement.grants).contains(id.as_str()));
    assert!(whole(&crew).await.plan.licences.is_empty());
}

#[tokio::test]
async fn where_no_licence_is_left_nobody_gets_one_until_somebody_gives_theirs_back() {
    let crew = crew(3).await;
    let (app, bob) = (&crew.world.app, &crew.world.bob);
    let people: Vec<_> = crew.consultants.iter().map(|it| it.person.clone()).collect();
    count_licences(app, bob, &crew.engagement, (any(&"network-account".into()), Some(2))).await.unwrap();
    let all = |to| {
        let one = |person: &tminus_domain::ids::PersonId| MoveAccess {
            person: person.clone(),
            resource: "network-account".into(),
            ask: Ask { to: Some(to), ..Ask::default() },
            version: None,
        };
        people.iter().map(one).collect::<Vec<_>>()
    };
    let refused = move_access(app, bob, &crew.engagement, all(Step::Granted)).await.unwrap_err();
    assert!(refused.to_string().contains("Consultant 3, Network account: no licence is left"), "{refused}");
    move_access(app, bob, &crew.engagement, all(Step::Requested)).await.unwrap();
    crew.go(bob, &people[0], "network-account", Step::Approved).await.unwrap();
    crew.go(bob, &people[1], "network-account", Step::Granted).await.unwrap();
    crew.go(bob, &people[2], "network-account", Step::Approved).await.unwrap_err();
    crew.go(bob, &people[0], "network-account", Step::Granted).await.unwrap();
    let access = crew.seen_by(&crew.world.ann).await;
    let resource = access.engagement.resource(&"network-account".into()).unwrap();
    let counted = access.licences(resource).unwrap();
    assert_eq!(counted, Licences { of: 2, taken: 2, needed: 5 }, "Ann and Dee need one too");
    assert_eq!((counted.left(), counted.short()), (0, 3));
    let guest = Member { function: Function::CustomerMember, roles: Vec::new(), ..access.engagement.member(&bob.person).unwrap().clone() };
    save_member(app, &crew.world.ann, &crew.engagement, guest).await.unwrap();
    assert_eq!(crew.seen_by(bob).await.licences(resource), None, "who neither gives it nor sees all access learns no count");
    let back = access.engagement.member(&bob.person).unwrap().clone();
    save_member(app, &crew.world.ann, &crew.engagement, back).await.unwrap();
    for to in [Step::Revoked, Step::RevocationConfirmed] {
        crew.go(bob, &people[1], "network-account", to).await.unwrap();
    }
    crew.go(bob, &people[2], "network-account", Step::Granted).await.unwrap();
    // Somebody counted them since.
    let stale = Seen { version: Some(1), ..any(&"network-account".into()) };
    let counted = count_licences(app, bob, &crew.engagement, (stale, Some(9))).await;
    assert!(matches!(counted, Err(Failure::Conflict(_))));
    count_licences(app, bob, &crew.engagement, (any(&"network-account".into()), None)).await.unwrap();
    crew.go(bob, &crew.world.dee.person, "network-account", Step::Granted).await.unwrap();
    assert_eq!(crew.entries(FactKind::LicencesCounted).await, 2);
}

#[tokio::test]
async fn a_room_that_is_not_there_when_people_meet_is_pointed_out() {
    let room = r#"
[[milestone]]
id = "engagement.end"
title = "Engagement ends"

[[fact]]
id = "contact_days"
type = "many"
ask = "On which days do both sides work together?"
options = [{ id = "mon", title = "Monday" }, { id = "tue", title = "Tuesday" }, { id = "wed", title = "Wednesday" }]

[[resource]]
id = "room"
title = "Meeting room"
kind = "room"
owners = ["customer-network"]
days = "contact_days"
"#;
    let crew = crew_with(2, room).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    for one in &crew.consultants {
        save_member(app, ann, &crew.engagement, Member { onsite: true, ..member(one) }).await.unwrap();
    }
    let mut setup = whole(&crew).await.plan.setup.clone();
    setup.answers.insert("contact_days".into(), Answer::Many(["mon".to_owned(), "tue".to_owned()].into()));
    setup.milestones.insert("engagement.end".into(), date("2026-03-27"));
    let input = ChangePlan { setup, kits: None, reason: "agreed".to_owned(), revision: None };
    change_plan(app, ann, &crew.engagement, input).await.unwrap();
    let book = async |days: &str, until: Option<&str>, seats: Option<u32>| {
        let booking = Booking { days: days.parse().unwrap(), from: None, until: until.map(date), seats, reference: "R-4711".to_owned() };
        book_room(app, bob, &crew.engagement, (any(&"room".into()), Some(booking))).await.unwrap();
        let access = crew.seen_by(ann).await;
        access.engagement.booking_faults(access.engagement.resource(&"room".into()).unwrap(), access.today)
    };
    let faults = book("tue,wed", Some("2026-01-30"), Some(1)).await;
    let missing = Fault::Days("mon".parse().unwrap());
    assert_eq!(faults, [missing, Fault::EndsEarly(date("2026-03-27")), Fault::Seats { seats: 1, people: 2 }]);
    assert_eq!(book("mon-wed", Some("2026-03-27"), Some(2)).await, []);
    let erased = serde_json::to_string(&whole(&crew).await.erased(app.now()).plan).unwrap();
    assert!(!erased.contains("R-4711"));
    let stale = Seen { version: Some(1), ..any(&"room".into()) };
    assert!(matches!(book_room(app, bob, &crew.engagement, (stale, None)).await, Err(Failure::Conflict(_))));
    book_room(app, bob, &crew.engagement, (Seen { version: Some(3), ..any(&"room".into()) }, None)).await.unwrap();
    // A room that no kit names is held against the same days.
    let own = Described { title: "Room 4.12".to_owned(), kind: ResourceKind::Room, ..Described::default() };
    let own = add(&crew, Described { owners: vec!["customer-network".into()], ..own }).await;
    let tuesdays = Booking { days: "tue".parse().unwrap(), from: None, until: None, seats: None, reference: String::new() };
    book_room(app, bob, &crew.engagement, (any(&own), Some(tuesdays))).await.unwrap();
    let engagement = whole(&crew).await;
    let faults = engagement.booking_faults(engagement.resource(&own).unwrap(), date("2026-01-07"));
    assert_eq!(faults, [Fault::Days("mon".parse().unwrap())]);
    assert_eq!(crew.entries(FactKind::RoomBooked).await, 4);
}

#[tokio::test]
async fn whom_somebody_chose_loses_what_is_taken_away_like_everybody_else() {
    let crew = crew(2).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    let id = add(&crew, Described { each: None, after: Vec::new(), ..lake() }).await;
    assert!(whole(&crew).await.grants.iter().all(|grant| grant.resource != id), "nobody needs it by itself");
    for person in [one, two] {
        crew.go(ann, person, id.as_str(), Step::Requested).await.unwrap();
    }
    crew.go(bob, one, id.as_str(), Step::Granted).await.unwrap();
    remove_resource(app, ann, &crew.engagement, Seen { resource: id.clone(), version: Some(1) }).await.unwrap();
    let access = crew.seen_by(ann).await;
    let ends: Vec<_> = access.engagement.to_revoke(access.today, false).map(|it| it.person.clone()).collect();
    assert_eq!((ends, crew.grant(two, id.as_str()).await.step), (vec![one.clone()], Step::Withdrawn));
}

#[tokio::test]
async fn what_waits_for_much_is_moved_at_once_and_what_is_internal_is_not_named_among_what_comes_first() {
    let crew = crew(1).await;
    let (app, ann) = (&crew.world.app, &crew.world.ann);
    let mut before: Vec<ResourceId> = vec!["backstage".into()];
    for number in 0..40 {
        let again = before.iter().chain(&before).cloned().collect();
        before.push(add(&crew, Described { title: format!("Lake {number}"), each: None, after: again, ..lake() }).await);
    }
    let last = before.last().unwrap();
    assert_eq!(whole(&crew).await.resource(last).unwrap().after.len(), 40, "each once");
    crew.go(ann, &crew.consultants[0].person, last.as_str(), Step::Requested).await.unwrap();
    let scope = app.view(&crew.world.bob, &crew.engagement, Right::ReadRecord).await.unwrap().scope;
    let wanted = Wanted { fact: Some("resource_added".to_owned()), limit: 500, ..Wanted::default() };
    let told = format!("{:?}", app.store.record(&scope, &wanted).await.unwrap());
    assert!(told.contains("Lake 1") && !told.contains("backstage"), "{told}");
    let strange = Described { title: "Sea".to_owned(), each: Some("person where workstream = nothing".parse().unwrap()), ..lake() };
    assert!(add_resource(app, ann, &crew.engagement, strange).await.unwrap_err().to_string().contains("workstreams that there are"));
}

#[tokio::test]
async fn taking_back_gives_nobody_a_licence_or_a_name_that_somebody_else_has_by_now() {
    let tool = r#"
[[resource]]
id = "tool"
title = "Tool"
owners = ["customer-network"]
details = ["User name"]
own = ["User name"]

[[need]]
resource = "tool"
each = "person where device = delivery"
"#;
    let crew = crew_with(2, tool).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    let named = async |person: &tminus_domain::ids::PersonId, name: &str| {
        let ask = Ask { details: [("User name".to_owned(), name.to_owned())].into(), ..Ask::default() };
        crew.ask(ann, person, "tool", ask).await.unwrap().undo
    };
    named(one, "team1").await;
    let renamed = named(one, "team2").await;
    named(two, "team1").await;
    let refused = undo(app, ann, &crew.engagement, renamed).await.unwrap_err();
    assert!(refused.to_string().contains("somebody else has this one by now"), "{refused}");
    assert_eq!(crew.grant(one, "tool").await.details["User name"], "team2");

    count_licences(app, bob, &crew.engagement, (any(&"tool".into()), Some(1))).await.unwrap();
    crew.go(ann, one, "tool", Step::Granted).await.unwrap();
    crew.go(ann, one, "tool", Step::Revoked).await.unwrap();
    let ask = Ask { to: Some(Step::RevocationConfirmed), ..Ask::default() };
    let gone = crew.ask(bob, one, "tool", ask).await.unwrap().undo;
    crew.go(ann, two, "tool", Step::Granted).await.unwrap();
    let refused = undo(app, bob, &crew.engagement, gone).await.unwrap_err();
    assert!(refused.to_string().contains("no licence is left"), "{refused}");
    crew.go(ann, two, "tool", Step::Revoked).await.unwrap();
    crew.go(bob, two, "tool", Step::RevocationConfirmed).await.unwrap();
    undo(app, bob, &crew.engagement, gone).await.unwrap();
    assert_eq!(crew.grant(one, "tool").await.step, Step::Revoked);
}
