//! Access: who needs what, moving it, and its orderly end.

use jiff::SignedDuration;
use tminus_app::{
    Failure,
    access::{
        ExceptAccess, MoveAccess, except_access,
        leaving::{CarryOver, carry_over, leave_of_ended, revoke_of_leavers},
        list_access, move_access,
    },
    checklist::{
        status::{SetStatus, set_status},
        undo::undo,
    },
    engagement::closing::end_engagement,
    people::{
        member::{remove_member, save_member},
        person::{AddPerson, add_person, end_person, take_back_person},
    },
    rights::{
        link::{list_links, make_link},
        sign_in::actor,
    },
};
use tminus_domain::{
    access::{How, Ready, Shown, Step, work::Ask},
    checklist::{item::Content, status::State},
    ids::PersonId,
    kit::Side,
    mail::Message,
    people::{Device, Member},
    record::fact::FactKind,
    rights::{Actor, Function, Pass, PassKind, PracticeRole, Via},
};

use crate::crew::{Crew, consultant, crew, date, member};

#[tokio::test]
async fn consultant_fifteen_joins_later_and_gets_exactly_what_is_theirs_and_consultant_three_leaves_in_order() {
    let crew = crew(14).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    for consultant in &crew.consultants {
        for (resource, step) in [("network-account", Step::Granted), ("workspace", Step::Granted)] {
            crew.go(bob, &consultant.person, resource, step).await.unwrap();
            crew.go(consultant, &consultant.person, resource, Step::Verified).await.unwrap();
        }
    }
    // Ann and Dee need some too, and are no part of the count that this is about.
    for (actor, others) in [(ann, vec!["network-account"]), (&crew.world.dee, vec!["network-account", "vpn", "backstage"])] {
        for resource in others {
            crew.go(bob, &actor.person, resource, Step::Granted)
                .await
                .or(crew.go(ann, &actor.person, resource, Step::Granted).await)
                .unwrap();
            crew.go(actor, &actor.person, resource, Step::Verified).await.unwrap();
        }
    }
    assert_eq!(crew.seen_by(ann).await.engagement.access_ready(date("2025-12-18")), Ready { people: 16, of: 16 });

    // In the second week after kick-off, which is on 20 January.
    crew.world.clock.advance(SignedDuration::from_hours(24 * 39));
    let late = consultant(&crew.world, 15).await;
    let arrives = Member { from: Some(date("2026-02-10")), ..member(&late) };
    save_member(app, ann, &crew.engagement, arrives).await.unwrap();
    let access = crew.seen_by(ann).await;
    let theirs: Vec<_> = access.engagement.grants.iter().filter(|grant| grant.person == late.person).collect();
    assert_eq!(theirs.iter().map(|grant| grant.resource.as_str()).collect::<Vec<_>>(), ["network-account", "workspace"]);
    // Twelve and seven business days before 10 February, over a Bavarian and a US calendar (19 January is off in the USA).
    assert_eq!(theirs.iter().map(|grant| grant.due_on()).collect::<Vec<_>>(), [Some(date("2026-01-23")), Some(date("2026-01-30"))]);
    assert!(theirs[0].due.as_ref().unwrap().to_string().contains("arrival"), "{}", theirs[0].due.as_ref().unwrap());
    assert_eq!(access.engagement.access_ready(access.today), Ready { people: 16, of: 17 });

    // Consultant 3 leaves: what they have is to be taken away the same day, and nobody says that it is gone but the customer.
    let third = &crew.consultants[2].person;
    let entries = crew.entries(FactKind::GrantMoved).await;
    remove_member(app, ann, &crew.engagement, third).await.unwrap();
    let access = crew.seen_by(ann).await;
    let left: Vec<_> = access.engagement.to_revoke(access.today, false).map(|grant| (grant.resource.as_str(), grant.step)).collect();
    assert_eq!(left, [("network-account", Step::RevokeRequested), ("workspace", Step::RevokeRequested)]);
    assert_eq!(crew.entries(FactKind::GrantMoved).await, entries + 2, "each is told");
    for resource in ["network-account", "workspace"] {
        crew.go(bob, third, resource, Step::Revoked).await.unwrap();
        assert!(crew.go(ann, third, resource, Step::RevocationConfirmed).await.is_err(), "we alone do not know");
        let ours = Some(Shown::Word(ann.person.clone()));
        let alone = crew.confirm(third, resource, "it is gone, I think", ours).await.unwrap_err().to_string();
        assert!(alone.contains("who of them said so"), "one of us is no witness: {alone}");
        crew.confirm(third, resource, "", Some(Shown::Refused)).await.unwrap_err();
        crew.go(bob, third, resource, Step::RevocationConfirmed).await.unwrap();
    }
    let access = crew.seen_by(ann).await;
    assert_eq!(access.engagement.to_revoke(access.today, false).count(), 0);
}

#[tokio::test]
async fn an_engagement_does_not_end_over_access_that_nobody_answers_for() {
    let crew = crew(2).await;
    let (app, ann, bob, engagement) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.engagement);
    let (one, two) = (&crew.consultants[0].person, &crew.consultants[1].person);
    for person in [one, two] {
        crew.go(bob, person, "network-account", Step::Granted).await.unwrap();
    }
    make_link(app, ann, engagement, (&bob.person, None)).await.unwrap();
    assert!(matches!(end_engagement(app, bob, engagement, "over".to_owned()).await, Err(Failure::Forbidden)));
    let refused = end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap_err().to_string();
    assert!(refused.starts_with("2 still have access: Consultant") && refused.contains("Network account"), "{refused}");
    crew.go(bob, one, "network-account", Step::Revoked).await.unwrap();
    let refused = end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap_err().to_string();
    assert!(refused.starts_with("2 still have access"), "revoked is not yet confirmed: {refused}");
    crew.go(bob, one, "network-account", Step::RevocationConfirmed).await.unwrap();
    let input = CarryOver {
        person: two.clone(),
        resource: "network-account".into(),
        owner: ann.person.clone(),
        until: date("2026-03-31"),
        version: None,
    };
    carry_over(app, ann, engagement, input).await.unwrap();
    end_engagement(app, ann, engagement, "handed over to operations".to_owned()).await.unwrap();
    let ended = crew.seen_by(ann).await.engagement.plan.closing.ended.clone().unwrap();
    assert_eq!((ended.carried, ended.note.as_str()), (1, "handed over to operations"));
    let now = app.now();
    assert!(list_links(app, ann, engagement).await.unwrap().iter().all(|link| !link.is_live(now)), "a link still works");
    assert!(end_engagement(app, ann, engagement, "over".to_owned()).await.unwrap_err().to_string().contains("ended already"));
}

/// Whether the item of the network account, if it took two weeks, took longer than the day that is left, by itself and with what its grants say.
async fn short(crew: &Crew, person: &PersonId) -> (bool, bool) {
    let (mut item, engagement) = (crew.item(person).await, crew.seen_by(&crew.world.ann).await.engagement);
    item.content = Content { lead: Some("10bd".parse().unwrap()), ..Content::clone(&item.content) }.into();
    let (to, day) = (|_| Some(1), |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    (item.short(to, day).is_some(), engagement.short(&item, to, day).is_some())
}

#[tokio::test]
async fn whose_last_day_has_passed_loses_access_that_day_without_anybody_asking() {
    let crew = crew(1).await;
    let (app, ann, one) = (&crew.world.app, &crew.world.ann, &crew.consultants[0]);
    crew.go(&crew.world.bob, &one.person, "network-account", Step::Granted).await.unwrap();
    let leaves = Member { until: Some(date("2025-12-19")), ..member(one) };
    save_member(app, ann, &crew.engagement, leaves).await.unwrap();
    assert_eq!(revoke_of_leavers(app).await.unwrap(), 0, "they are still here");
    crew.world.clock.advance(SignedDuration::from_hours(48));
    assert_eq!(revoke_of_leavers(app).await.unwrap(), 1);
    assert_eq!(crew.grant(&one.person, "network-account").await.step, Step::RevokeRequested);
    assert_eq!(crew.grant(&one.person, "workspace").await.step, Step::Withdrawn);
    assert_eq!(crew.entries(FactKind::MemberLeft).await, 1);
    assert_eq!(revoke_of_leavers(app).await.unwrap(), 0, "twice is once");
}

#[tokio::test]
async fn whoever_is_ended_in_the_practice_has_access_to_revoke_the_same_day() {
    let crew = crew(1).await;
    let (app, ann, one) = (&crew.world.app, &crew.world.ann, &crew.consultants[0]);
    crew.go(&crew.world.bob, &one.person, "network-account", Step::Granted).await.unwrap();
    end_person(app, ann, &one.person).await.unwrap();
    assert_eq!(crew.grant(&one.person, "network-account").await.step, Step::RevokeRequested);
    let engagement = crew.seen_by(ann).await.engagement;
    let today = app.today(&engagement.plan.setup.zone);
    assert!(!engagement.member(&one.person).unwrap().is_here(today), "they are still counted on");
    assert_eq!(leave_of_ended(app).await.unwrap(), 0, "twice is once");
    let refused = end_engagement(app, ann, &crew.engagement, "over".to_owned()).await.unwrap_err().to_string();
    assert!(refused.contains("access"), "{refused}");
    // Taken back, somebody puts them on it anew.
    take_back_person(app, ann, &one.person).await.unwrap();
    assert_eq!(leave_of_ended(app).await.unwrap(), 0);
    assert!(!crew.seen_by(ann).await.engagement.member(&one.person).unwrap().is_here(today));
}

#[tokio::test]
async fn what_was_asked_for_and_never_given_is_withdrawn_at_the_end() {
    let crew = crew(1).await;
    let (app, ann, one) = (&crew.world.app, &crew.world.ann, &crew.consultants[0]);
    crew.go(ann, &one.person, "network-account", Step::Requested).await.unwrap();
    end_engagement(app, ann, &crew.engagement, "over".to_owned()).await.unwrap();
    assert_eq!(crew.grant(&one.person, "network-account").await.step, Step::Withdrawn);
}

#[tokio::test]
async fn a_link_alone_waives_no_rule_and_carries_nothing_over_the_end() {
    let crew = crew(1).await;
    let (app, bob, one) = (&crew.world.app, &crew.world.bob, &crew.consultants[0]);
    let by_link = Actor { pass: Pass { kind: PassKind::Link, within: Some(crew.engagement.clone()) }, ..bob.clone() };
    let (person, approver, until) = (one.person.clone(), bob.person.clone(), date("2026-03-31"));
    let except =
        ExceptAccess { person: person.clone(), resource: "network-account".into(), approver, until, reason: "x".to_owned(), version: None };
    assert!(matches!(except_access(app, &by_link, &crew.engagement, except).await, Err(Failure::NeedsCode)));
    let carry = CarryOver { person, resource: "network-account".into(), owner: bob.person.clone(), until, version: None };
    assert!(matches!(carry_over(app, &by_link, &crew.engagement, carry).await, Err(Failure::NeedsCode)));
}

#[tokio::test]
async fn an_item_and_its_grant_are_one_truth_whichever_is_moved() {
    let crew = crew(1).await;
    let (app, ann, bob, one) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.consultants[0]);
    let id = &one.person;
    crew.go(one, id, "network-account", Step::Requested).await.unwrap();
    assert_eq!(crew.item(id).await.state(), State::WaitingCustomer);
    crew.say(bob, id, "network-account", (Step::Rejected, "the form is not signed")).await.unwrap();
    let item = crew.item(id).await;
    assert_eq!((item.state(), item.status.reason.as_deref()), (State::Blocked, Some("the form is not signed")));
    crew.go(one, id, "network-account", Step::Requested).await.unwrap();
    crew.go(bob, id, "network-account", Step::Granted).await.unwrap();
    assert_eq!(crew.item(id).await.state(), State::InProgress, "somebody has to try it");
    assert_eq!(short(&crew, id).await, (true, false), "how long it takes to be given is no matter any more");
    crew.say(one, id, "network-account", (Step::Verified, "signed in with the second factor")).await.unwrap();
    let item = crew.item(id).await;
    assert_eq!(item.state(), State::Done);
    assert!(item.proofs[0].text.contains("signed in with the second factor"), "{:?}", item.proofs);

    // Undone, both go back; and the other way round.
    undo(app, one, &crew.engagement, None).await.unwrap();
    assert_eq!((crew.item(id).await.state(), crew.grant(id, "network-account").await.step), (State::InProgress, Step::Granted));
    crew.say(one, id, "network-account", (Step::Verified, "it works")).await.unwrap();
    let item = crew.item(id).await;
    let reopen =
        SetStatus { item: item.id, to: State::InProgress, reason: Some("locked out".to_owned()), third_party: None, version: None };
    set_status(app, ann, &crew.engagement, reopen).await.unwrap();
    let grant = crew.grant(id, "network-account").await;
    assert_eq!((grant.step, grant.note.as_str(), grant.how), (Step::Granted, "locked out", None));
    let item = crew.item(id).await;
    let done = SetStatus { item: item.id, to: State::Done, reason: Some("unlocked".to_owned()), third_party: None, version: None };
    set_status(app, ann, &crew.engagement, done).await.unwrap();
    let grant = crew.grant(id, "network-account").await;
    assert_eq!((grant.step, grant.how), (Step::Verified, Some(How::Evidence)));
    undo(app, ann, &crew.engagement, None).await.unwrap();
    assert_eq!((crew.item(id).await.state(), crew.grant(id, "network-account").await.step), (State::InProgress, Step::Granted));
}

#[tokio::test]
async fn chains_hold_and_a_forbidden_way_is_refused_with_those_that_are_allowed() {
    let crew = crew(1).await;
    let (app, ann, bob, dee, one) = (&crew.world.app, &crew.world.ann, &crew.world.bob, &crew.world.dee, &crew.consultants[0]);
    let refused = crew.go(bob, &one.person, "workspace", Step::Granted).await.unwrap_err();
    assert!(refused.to_string().contains("it comes after Network account"), "{refused}");
    crew.go(one, &one.person, "workspace", Step::Requested).await.unwrap();

    // On a device of the delivery side nobody needs a VPN, and whoever asks for one all the same is refused.
    assert!(matches!(crew.go(one, &one.person, "vpn", Step::Requested).await, Err(Failure::NotFound)));
    let refused = crew.go(ann, &one.person, "vpn", Step::Requested).await.unwrap_err().to_string();
    assert!(refused.contains("not allowed on a device of the delivery side"), "{refused}");
    crew.go(bob, &dee.person, "network-account", Step::Granted).await.unwrap();
    crew.go(dee, &dee.person, "network-account", Step::Verified).await.unwrap();
    crew.go(dee, &dee.person, "vpn", Step::Requested).await.unwrap();
    let moved = Member { device: Some(Device::Delivery), roles: vec!["delivery-security".into()], ..member(dee) };
    save_member(app, ann, &crew.engagement, moved).await.unwrap();
    assert_eq!(crew.grant(&dee.person, "vpn").await.step, Step::Withdrawn, "what is not allowed is no longer needed");
    let refused = crew.go(dee, &dee.person, "vpn", Step::Requested).await.unwrap_err().to_string();
    assert!(
        refused.contains("not allowed on a device of the delivery side. What is allowed: Virtual workspace; Work from a wired place"),
        "{refused}"
    );

    let mut allows = crew.seen_by(ann).await.engagement.member(&one.person).unwrap().clone();
    allows.roles.push("delivery-security".into());
    save_member(app, ann, &crew.engagement, allows).await.unwrap();
    let except = |approver: &Actor, until: &str| ExceptAccess {
        person: dee.person.clone(),
        resource: "vpn".into(),
        approver: approver.person.clone(),
        until: date(until),
        reason: "the workspace cannot show the drawings".to_owned(),
        version: None,
    };
    let engagement = &crew.engagement;
    assert!(matches!(except_access(app, one, engagement, except(dee, "2026-01-09")).await, Err(Failure::Forbidden)));
    let refused = except_access(app, ann, engagement, except(ann, "2026-01-09")).await.unwrap_err().to_string();
    assert!(refused.contains("does not hold the role “Delivery security officer”"), "{refused}");
    let refused = except_access(app, ann, engagement, except(dee, "2026-01-09")).await.unwrap_err().to_string();
    assert!(refused.contains("nobody allows an exception for themselves"), "{refused}");
    assert!(except_access(app, ann, engagement, except(one, "2025-12-01")).await.is_err());
    except_access(app, ann, engagement, except(one, "2026-01-09")).await.unwrap();
    let told = std::sync::Mutex::new(Vec::new());
    let sent = tminus_app::mail::deliver_due(app, async |letter| {
        if let Message::Excepted { whose, until, .. } = letter.message {
            told.lock().unwrap().push((letter.person, whose, until));
        }
        Ok(())
    });
    sent.await.unwrap();
    assert_eq!(
        told.into_inner().unwrap(),
        [(one.person.clone(), "Dee".to_owned(), date("2026-01-09"))],
        "who is said to allow it hears of it"
    );
    crew.go(dee, &dee.person, "vpn", Step::Requested).await.unwrap();
    crew.go(bob, &dee.person, "vpn", Step::Granted).await.unwrap();
    crew.world.clock.advance(SignedDuration::from_hours(24 * 30));
    let access = crew.seen_by(ann).await;
    let ends: Vec<_> = access.engagement.to_revoke(access.today, false).map(|grant| grant.resource.as_str()).collect();
    assert_eq!(ends, ["vpn"], "the exception has ended");
}

#[tokio::test]
async fn everybody_sees_and_moves_what_is_theirs() {
    let crew = crew(2).await;
    let (world, one, two) = (&crew.world, &crew.consultants[0], &crew.consultants[1]);
    assert!(matches!(list_access(&world.app, &world.mallory, &crew.engagement).await, Err(Failure::NotFound)));
    assert!(matches!(crew.go(&world.mallory, &one.person, "network-account", Step::Requested).await, Err(Failure::NotFound)));
    assert!(crew.go(two, &one.person, "network-account", Step::Requested).await.is_err(), "it is not theirs");
    assert!(crew.go(one, &one.person, "network-account", Step::Granted).await.is_err(), "nobody gives themselves access");
    // What is internal is not there for the customer, who manages access otherwise.
    let bobs = crew.seen_by(&world.bob).await;
    assert!(bobs.engagement.resource(&"backstage".into()).is_none());
    assert!(bobs.engagement.grants.iter().all(|grant| grant.resource.as_str() != "backstage"));
    assert!(matches!(crew.go(&world.bob, &world.dee.person, "backstage", Step::Granted).await, Err(Failure::NotFound)));
    // A customer's member who manages nothing sees their own and what they give, and that is nothing.
    let eve = AddPerson {
        name: "Eve".to_owned(),
        email: "eve@example.com".to_owned(),
        side: Side::Customer,
        zone: "UTC".to_owned(),
        practice: PracticeRole::None,
        password: None,
    };
    let eve = actor(add_person(&world.app, &world.ann, eve).await.unwrap(), Via::Page);
    let joins = Member { function: Function::CustomerMember, device: None, ..member(&eve) };
    save_member(&world.app, &world.ann, &crew.engagement, joins.clone()).await.unwrap();
    let seen = crew.seen_by(&eve).await;
    assert!(seen.engagement.grants.is_empty() && seen.engagement.plan.resources.is_empty());
    assert!(matches!(crew.go(&eve, &one.person, "network-account", Step::Granted).await, Err(Failure::NotFound)));
    save_member(&world.app, &world.ann, &crew.engagement, Member { roles: vec!["customer-network".into()], ..joins }).await.unwrap();
    assert!(!crew.seen_by(&eve).await.engagement.grants.is_empty());
    crew.go(&eve, &one.person, "network-account", Step::Granted).await.unwrap();
}

#[tokio::test]
async fn many_are_moved_in_one_change_with_an_entry_each_and_one_letter_a_person() {
    let crew = crew(20).await;
    let (app, ann, bob) = (&crew.world.app, &crew.world.ann, &crew.world.bob);
    let all = |to, resources: &[&str]| -> Vec<MoveAccess> {
        let one = |person: &PersonId, resource: &str| MoveAccess {
            person: person.clone(),
            resource: resource.into(),
            ask: Ask { to: Some(to), ticket: Some("SEC-2291".to_owned()), ..Ask::default() },
            version: None,
        };
        crew.consultants.iter().flat_map(|it| resources.iter().map(move |resource| one(&it.person, resource))).collect()
    };
    let before = crew.seen_by(ann).await.engagement.revision;
    // Asked for in the wrong order; the chain is put right.
    assert_eq!(*move_access(app, ann, &crew.engagement, all(Step::Requested, &["workspace", "network-account"])).await.unwrap(), 40);
    assert_eq!(crew.seen_by(ann).await.engagement.revision, before + 1);
    assert_eq!(crew.entries(FactKind::GrantMoved).await, 40);
    let letters = crew.letters().await;
    assert_eq!((letters.len(), letters.iter().all(|(_, lines)| *lines == 2)), (20, true), "{letters:?}");
    assert_eq!(crew.grant(&crew.consultants[7].person, "workspace").await.ticket, "SEC-2291");

    // If one cannot be moved, none is, and each that holds it up is named.
    let refused = move_access(app, bob, &crew.engagement, all(Step::Granted, &["workspace"])).await.unwrap_err().to_string();
    assert!(refused.contains("Consultant 20, Virtual workspace: not yet: it comes after Network account"), "{refused}");
    assert_eq!(crew.seen_by(ann).await.engagement.revision, before + 1);
    let done = move_access(app, bob, &crew.engagement, all(Step::Granted, &["network-account"])).await.unwrap();
    undo(app, bob, &crew.engagement, done.undo).await.unwrap();
    assert_eq!(crew.grant(&crew.consultants[7].person, "network-account").await.step, Step::Requested);
    let letters = tminus_app::mail::list_letters(app, ann, None).await.unwrap();
    let given = |message: &Message| matches!(message, Message::Access { lines, .. } if lines.iter().any(|it| it.step == Step::Granted));
    assert!(!letters.iter().any(|kept| given(&kept.letter.message)), "what was taken back is told to nobody");
    assert_eq!(crew.item(&crew.consultants[7].person).await.state(), State::WaitingCustomer);

    // What follows within minutes goes into the letter that waits, and is told as it stands then.
    let fifth_self = &crew.consultants[5];
    let fifth = &fifth_self.person;
    crew.go(bob, fifth, "network-account", Step::Granted).await.unwrap();
    let letters = crew.letters().await;
    assert_eq!((letters.len(), letters.iter().all(|(_, lines)| *lines == 2)), (20, true), "{letters:?}");
    crew.world.clock.advance(SignedDuration::from_mins(11));
    crew.go(fifth_self, fifth, "network-account", Step::Verified).await.unwrap();
    crew.go(bob, fifth, "workspace", Step::Granted).await.unwrap();
    assert_eq!(crew.letters().await.len(), 21, "the first went out meanwhile");
}

#[tokio::test]
async fn what_outlives_the_engagement_is_carried_over_by_name() {
    let crew = crew(1).await;
    let (app, ann, one) = (&crew.world.app, &crew.world.ann, &crew.consultants[0]);
    let carry = |until: &str| CarryOver {
        person: one.person.clone(),
        resource: "network-account".into(),
        owner: ann.person.clone(),
        until: date(until),
        version: None,
    };
    assert!(carry_over(app, ann, &crew.engagement, carry("2026-03-31")).await.is_err(), "there is nothing to carry over");
    crew.go(&crew.world.bob, &one.person, "network-account", Step::Granted).await.unwrap();
    assert!(carry_over(app, ann, &crew.engagement, carry("2025-03-31")).await.is_err());
    let carried = carry_over(app, ann, &crew.engagement, carry("2026-03-31")).await.unwrap();
    assert_eq!((carried.until, carried.carried.as_ref().unwrap().owner.clone()), (Some(date("2026-03-31")), ann.person.clone()));
    assert_eq!(crew.entries(FactKind::GrantCarriedOver).await, 1);
}

#[tokio::test]
async fn whoever_manages_access_says_that_somebody_needs_more_than_the_table_gives() {
    let crew = crew(1).await;
    let (app, ann, one) = (&crew.world.app, &crew.world.ann, &crew.consultants[0]);
    crew.go(ann, &one.person, "backstage", Step::Requested).await.unwrap();
    save_member(app, ann, &crew.engagement, Member { onsite: true, ..member(one) }).await.unwrap();
    let grant = crew.grant(&one.person, "backstage").await;
    assert_eq!((grant.step, grant.wanted, grant.by_hand), (Step::Requested, true, true), "tailoring again leaves it");
    undo(app, ann, &crew.engagement, None).await.unwrap();
    let grant = crew.grant(&one.person, "backstage").await;
    assert_eq!((grant.step, grant.wanted), (Step::Withdrawn, false));
}

#[tokio::test]
async fn two_who_move_the_same_access_see_each_other() {
    let crew = crew(1).await;
    let one = &crew.consultants[0];
    let seen = crew.grant(&one.person, "workspace").await.version;
    let ask = |to| MoveAccess {
        person: one.person.clone(),
        resource: "workspace".into(),
        ask: Ask { to: Some(to), ..Ask::default() },
        version: Some(seen),
    };
    move_access(&crew.world.app, &crew.world.ann, &crew.engagement, vec![ask(Step::Requested)]).await.unwrap();
    let refused = move_access(&crew.world.app, &crew.world.bob, &crew.engagement, vec![ask(Step::Requested)]).await.unwrap_err();
    assert!(refused.to_string().contains("somebody else moved it since you looked"), "{refused}");
}
