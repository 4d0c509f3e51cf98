//! Who leads, stands in and belongs, by which calendar, in which seat, and who is responsible for what.

use jiff::SignedDuration;
use tminus_app::{
    Failure,
    access::list_access,
    engagement::{
        open::{OpenEngagement, open_engagement},
        plan::{ChangePlan, change_plan},
    },
    kit::import_kit,
    mail::digest::queue_digests,
    people::{
        escalation::{SetEscalation, list_escalation, set_escalation},
        member::save_member,
        responsibility::{SaveRow, matrix_csv, save_row, show_matrix},
        seat::{FillSeat, ask_days, fill_seat, leave_seat, list_seats},
        table::{What, import_register, preview_register, register_csv},
    },
    world::{self, World},
};
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, KitHash, PersonId},
    kit::{Side, letters::Fault},
    people::{Member, part::Part, responsibility::Flaw},
    record::chain::Read,
    rights::{Actor, Function, Right},
    schedule::{Closure, ClosureKind, WorkCalendar},
};
use tminus_kits::files::Files;

const KIT: &str = r#"
schema = "kit/1"
id = "register"
title = "A register"
version = "1"

[[role]]
id = "engagement-manager"
title = "Engagement manager"
side = "delivery"

[[role]]
id = "workstream-lead"
title = "Workstream lead"
side = "delivery"

[[role]]
id = "customer-project-manager"
title = "Customer project manager"
side = "customer"

[[role]]
id = "customer-security"
title = "Customer security"
side = "customer"
aliases = ["Information Security"]

[[milestone]]
id = "kickoff"
title = "Kick-off"

[[module]]
id = "tools"
title = "Tools"
owners = ["workstream-lead"]

[[module.task]]
id = "backlog"
title = "Fill the backlog"
each = "workstream"

[[resource]]
id = "wiki"
title = "Wiki"
owners = ["customer-security"]
due = "T-2bd @ kickoff"
lead = "5bd"

[[need]]
resource = "wiki"
each = "person"

[[stakeholder]]
workstream = "Security"
role = "Workstream lead"
side = "delivery"
days_a_week = "5"

[[stakeholder]]
workstream = "Security"
role = "Alternate lead"
side = "delivery"

[[stakeholder]]
workstream = "Security"
role = "Information security"
side = "customer"
days_a_week = "3-5"

[[stakeholder]]
workstream = "Portfolio"
role = "Workstream lead"
side = "customer"

[[stakeholder]]
workstream = "Planning"
role = "Customer project manager"
side = "customer"
days_a_week = "5"

[[stakeholder]]
workstream = "Account team"
role = "Cloud architect"
side = "delivery"

[[responsibility]]
section = "Governance"
text = "Report the status"
marks = { engagement-manager = "RA", customer-project-manager = "I" }

[[responsibility]]
section = "Governance"
text = "Decide"
marks = { engagement-manager = "A", customer-project-manager = "A" }

[[responsibility]]
section = "Governance"
text = "Report the Zebra4711 margin"
marks = { engagement-manager = "RA", customer-security = "I" }
internal = true
"#;

struct Register {
    world: World,
    kit: KitHash,
    engagement: EngagementId,
}

async fn register() -> Register {
    let world = world::own().await;
    let kit = imported(&world, KIT).await;
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let mut setup = view.engagement.plan.setup.clone();
    setup.calendars.push(WorkCalendar::new("Plant", Side::Customer).in_region("IL".parse().unwrap()));
    let mut dees = WorkCalendar::new("Dee", Side::Delivery);
    let leave =
        |from: &str, to: &str, kind| Closure { from: from.parse().unwrap(), to: to.parse().unwrap(), title: "Leave".to_owned(), kind };
    dees.closures.push(leave("2025-12-22", "2025-12-26", ClosureKind::Absence));
    dees.closures.push(leave("2026-01-07", "2026-01-09", ClosureKind::Closure));
    setup.calendars.push(dees);
    let manager = Member { roles: vec!["engagement-manager".into()], ..Member::new(world.ann.person.clone(), Function::EngagementManager) };
    let dee = Member {
        roles: vec!["workstream-lead".into()],
        workstreams: vec!["security".into()],
        ..Member::new(world.dee.person.clone(), Function::WorkstreamLead)
    };
    let bob = Member::new(world.bob.person.clone(), Function::CustomerManager);
    let members = vec![manager, dee, bob];
    let input = OpenEngagement { kits: vec![kit.clone()], setup, members, portfolio: None };
    let engagement = open_engagement(&world.app, &world.ann, input).await.unwrap();
    Register { world, kit, engagement }
}

async fn imported(world: &World, kit: &str) -> KitHash {
    let (imported, _) = import_kit(&world.app, &world.ann, Files::from_bytes("kit.toml", kit.as_bytes().to_vec())).await.unwrap();
    imported[0].kit.hash.clone()
}

impl Register {
    async fn seen(&self) -> std::sync::Arc<Engagement> {
        self.seen_by(&self.world.ann).await
    }

    async fn seen_by(&self, actor: &Actor) -> std::sync::Arc<Engagement> {
        self.world.app.view(actor, &self.engagement, Right::ReadEngagement).await.unwrap().engagement
    }

    async fn member(&self, person: &PersonId) -> Member {
        self.seen().await.member(person).unwrap().clone()
    }

    async fn save(&self, member: Member) -> Result<(), Failure> {
        save_member(&self.world.app, &self.world.ann, &self.engagement, member).await
    }

    /// Who owns the backlog of security on a day.
    async fn owner(&self, day: &str) -> Option<PersonId> {
        let seen = self.seen().await;
        let item = seen.item_by_key("backlog@security").unwrap();
        seen.owners(item, day.parse().unwrap())[0].person.cloned()
    }

    async fn last(&self) -> Read {
        let entries = self.world.app.store.stretch(self.engagement.as_str(), 0, 1000).await.unwrap();
        entries.iter().filter_map(tminus_domain::record::chain::Entry::read).next_back().unwrap()
    }

    async fn sitting(&self, seat: &str) -> Vec<PersonId> {
        let seats = list_seats(&self.world.app, &self.world.ann, &self.engagement).await.unwrap();
        seats.into_iter().find(|it| it.seat.id.as_str() == seat).expect(seat).people
    }

    async fn fill(&self, seat: &str, person: &PersonId) -> Result<(), Failure> {
        let input = FillSeat { seat: seat.into(), person: person.clone(), seen: None };
        fill_seat(&self.world.app, &self.world.ann, &self.engagement, input).await
    }
}

#[tokio::test]
async fn the_lead_of_a_workstream_owns_its_items_and_the_alternate_while_they_are_away() {
    let register = register().await;
    let (dee, ann) = (&register.world.dee.person, &register.world.ann.person);
    assert_eq!(register.owner("2025-12-23").await.as_ref(), Some(dee));
    let mut manager = register.member(ann).await;
    manager.take("security".into(), Part::Alternate);
    register.save(manager.clone()).await.unwrap();
    let lead = Member { calendar: Some("Dee".to_owned()), ..register.member(dee).await };
    register.save(lead.clone()).await.unwrap();
    let owners = async || [register.owner("2025-12-19").await, register.owner("2025-12-23").await, register.owner("2025-12-29").await];
    assert_eq!(owners().await, [Some(dee.clone()), Some(ann.clone()), Some(dee.clone())], "Ann stands in while Dee is on leave");
    register.save(Member { until: Some("2025-12-24".parse().unwrap()), ..lead.clone() }).await.unwrap();
    assert_eq!(owners().await[2], Some(ann.clone()), "and after Dee's last day");
    // Two people with the role: whoever leads goes first, wherever they stand in the list.
    manager.roles.push("workstream-lead".into());
    register.save(manager.clone()).await.unwrap();
    register.save(lead).await.unwrap();
    assert_eq!(owners().await, [Some(dee.clone()), Some(ann.clone()), Some(dee.clone())]);
    manager.take("security".into(), Part::Lead);
    register.save(manager).await.unwrap();
    let doubled = register.seen().await;
    let doubled = doubled.doubled_leads("2025-12-18".parse().unwrap());
    assert_eq!((doubled.len(), doubled[0].2.len(), doubled[0].1), (1, 2, Side::Delivery), "{doubled:?}");
}

#[tokio::test]
async fn a_part_a_site_a_calendar_and_days_are_kept_told_and_taken_along_as_a_table() {
    let register = register().await;
    let (app, ann, engagement) = (&register.world.app, &register.world.ann, &register.engagement);
    let mut bob = register.member(&register.world.bob.person).await;
    bob.take("security".into(), Part::Lead);
    let bob = Member { site: "Columbus, building 2".into(), calendar: Some("Plant".into()), days: Some("Tue-Thu".parse().unwrap()), ..bob };
    register.save(bob.clone()).await.unwrap();
    let told = register.last().await;
    assert_eq!(
        (&told.to["parts"]["security"], &told.to["site"], &told.to["days"][0]),
        (&"lead".into(), &"Columbus, building 2".into(), &"tue".into())
    );
    let text = String::from_utf8(register_csv(app, ann, engagement).await.unwrap()).unwrap();
    assert!(text.contains("security=lead,\"Columbus, building 2\",Plant,tue|wed|thu,no"), "{text}");
    let preview = preview_register(app, ann, engagement, text.as_str()).await.unwrap();
    assert!(preview.problems.is_empty() && preview.lines.iter().all(|line| line.what == What::Same), "{preview:?}");
    // A table from before these columns changes none of it; one that takes the workstream away takes the part along.
    assert_eq!(import_register(app, ann, engagement, "email,onsite\nbob@example.com,yes\n").await.unwrap(), 1);
    assert_eq!(register.member(&bob.person).await, Member { onsite: true, ..bob.clone() });
    import_register(app, ann, engagement, "email,workstreams,days\nbob@example.com,,Mon to Wed\n").await.unwrap();
    let after = register.member(&bob.person).await;
    assert_eq!((after.parts.len(), after.days.unwrap().to_string().as_str()), (0, "Mon–Wed"));
    import_register(app, ann, engagement, "email,parts\nbob@example.com,Security = Alternate\n").await.unwrap();
    assert_eq!(register.member(&bob.person).await.part(&"security".into()), Some(Part::Alternate));
    for (table, named) in [
        ("parts\nbob@example.com,security=king", "“security=king”"),
        ("parts\nbob@example.com,moon=lead", "“moon”"),
        ("days\nbob@example.com,often", "often"),
        ("calendar\nbob@example.com,Mars", "“Mars”"),
        ("account_team\nbob@example.com,yes", "delivery side"),
    ] {
        let refused = import_register(app, ann, engagement, format!("email,{table}\n").as_str()).await.unwrap_err().to_string();
        assert!(refused.contains("line 2") && refused.contains(named), "{refused}");
    }
    for (field, wrong) in [
        ("parts", Member { parts: [("moon".into(), Part::Lead)].into(), ..bob.clone() }),
        ("site", Member { site: "x".repeat(121), ..bob.clone() }),
        ("calendar", Member { calendar: Some("Mars".into()), ..bob.clone() }),
        ("account_team", Member { account_team: true, ..bob.clone() }),
    ] {
        let refused = register.save(wrong).await.unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{field}: ")), "{refused}");
    }
}

#[tokio::test]
async fn a_members_own_calendar_counts_where_a_date_is_about_them_alone() {
    let register = register().await;
    let dee = register.member(&register.world.dee.person).await;
    let start = async |person: &PersonId| {
        let access = list_access(&register.world.app, &register.world.ann, &register.engagement).await.unwrap();
        let grant = access.engagement.grants.iter().find(|grant| &grant.person == person).unwrap();
        (grant.due_on().unwrap().to_string(), grant.start_by.unwrap().to_string())
    };
    let (anns, before) = (start(&register.world.ann.person).await, start(&dee.person).await);
    assert_eq!(anns, before);
    register.save(Member { calendar: Some("Delivery".to_owned()), ..dee.clone() }).await.unwrap();
    let after = start(&dee.person).await;
    assert!(after.1 > before.1, "the three days off of the other calendar are not Dee's: {before:?}, {after:?}");
    assert_eq!(start(&register.world.ann.person).await, anns, "and that is nobody else's matter");
}

#[tokio::test]
async fn nobody_gets_a_letter_on_a_day_off_of_their_own_calendar() {
    let register = register().await;
    let (app, ann) = (&register.world.app, &register.world.ann);
    let letters = async || {
        tminus_app::mail::list_letters(app, ann, None)
            .await
            .unwrap()
            .into_iter()
            .filter(|it| it.letter.person == register.world.dee.person)
            .count()
    };
    let dee = register.member(&register.world.dee.person).await;
    let mut setup = register.seen().await.plan.setup.clone();
    let today = app.today("Europe/Berlin");
    let own = setup.calendars.iter_mut().find(|it| it.name == "Dee").unwrap();
    let tomorrow = today.tomorrow().unwrap();
    own.closures.push(Closure { from: today, to: tomorrow, title: "Days off".into(), kind: ClosureKind::Closure });
    let after = tomorrow.tomorrow().unwrap();
    own.closures.push(Closure { from: after, to: after, title: "Leave".into(), kind: ClosureKind::Absence });
    change_plan(app, ann, &register.engagement, ChangePlan { setup, kits: None, reason: "Leave".into(), revision: None }).await.unwrap();
    register.save(Member { calendar: Some("Delivery".to_owned()), ..dee.clone() }).await.unwrap();
    queue_digests(app).await.unwrap();
    assert_eq!(letters().await, 1, "another calendar of their side is closed, and theirs is not");
    register.save(Member { calendar: Some("Dee".to_owned()), onsite: true, ..dee }).await.unwrap();
    for told in ["and now it is", "and they are on leave"] {
        register.world.clock.advance(SignedDuration::from_hours(24));
        queue_digests(app).await.unwrap();
        assert_eq!(letters().await, 1, "{told}");
    }
}

#[tokio::test]
async fn a_seat_is_filled_by_function_by_part_by_role_or_by_name() {
    let register = register().await;
    let (app, ann, engagement) = (&register.world.app, &register.world.ann, &register.engagement);
    let (dee, bob) = (&register.world.dee.person, &register.world.bob.person);
    let ids: Vec<_> = list_seats(app, ann, engagement).await.unwrap().into_iter().map(|it| it.seat.id.0).collect();
    // Nobody does Portfolio here, so nobody is asked for it; what is no workstream is for everybody.
    let (lead, alternate, security) =
        ("security.workstream-lead.delivery", "security.alternate-lead.delivery", "security.information-security.customer");
    let (manager, architect) = ("planning.customer-project-manager.customer", "account-team.cloud-architect.delivery");
    assert_eq!(ids, [lead, alternate, security, manager, architect]);
    assert_eq!(register.sitting(lead).await, std::slice::from_ref(dee));
    assert_eq!(register.sitting(manager).await, std::slice::from_ref(bob));
    for open in [alternate, security, architect] {
        assert_eq!(register.sitting(open).await, [], "{open}");
    }
    // A part.
    register.fill(alternate, &ann.person).await.unwrap();
    assert_eq!(register.sitting(alternate).await, std::slice::from_ref(&ann.person));
    assert_eq!(register.member(&ann.person).await.part(&"security".into()), Some(Part::Alternate));
    let told = register.last().await;
    assert_eq!((told.fact.as_str(), told.title.as_deref()), ("seat_filled", Some("Alternate lead, Security")));
    leave_seat(app, ann, engagement, (&alternate.into(), None)).await.unwrap();
    assert_eq!(register.sitting(alternate).await, []);
    // A role, once they are in the workstream; or a name.
    register.save(Member { roles: vec!["customer-security".into()], ..register.member(bob).await }).await.unwrap();
    assert_eq!(register.sitting(security).await, []);
    register.save(Member { workstreams: vec!["security".into()], ..register.member(bob).await }).await.unwrap();
    assert_eq!(register.sitting(security).await, std::slice::from_ref(bob));
    assert!(leave_seat(app, ann, engagement, (&security.into(), None)).await.unwrap_err().to_string().contains("“Customer security”"));
    register.fill(architect, dee).await.unwrap();
    let revision = register.seen().await.revision;
    register.fill(architect, dee).await.unwrap();
    assert_eq!(register.seen().await.revision, revision, "twice is once");
    assert_eq!(register.seen().await.account_team("2025-12-18".parse().unwrap()).len(), 1);
    // A function is not given here, and nobody sits on the other side.
    assert!(register.fill(manager, bob).await.unwrap_err().to_string().contains("function"));
    assert!(register.fill(architect, bob).await.unwrap_err().to_string().contains("customer side"));
    assert!(matches!(register.fill("nothing", bob).await, Err(Failure::NotFound)));
    let seen = list_seats(app, ann, engagement).await.unwrap().into_iter().find(|it| it.seat.id.as_str() == architect).unwrap().edition;
    leave_seat(app, ann, engagement, (&architect.into(), Some(&seen))).await.unwrap();
    let again = FillSeat { seat: architect.into(), person: ann.person.clone(), seen: Some(seen) };
    assert!(matches!(fill_seat(app, ann, engagement, again).await, Err(Failure::Conflict(_))));
    // Who may not change members fills no seat; the customer reads of their own side's.
    let input = FillSeat { seat: architect.into(), person: dee.clone(), seen: None };
    assert!(matches!(fill_seat(app, &register.world.bob, engagement, input).await, Err(Failure::Forbidden)));
    let theirs: Vec<_> = list_seats(app, &register.world.bob, engagement).await.unwrap().into_iter().map(|it| it.seat.id.0).collect();
    assert_eq!(theirs, [security, manager]);
    assert!(matches!(list_seats(app, &register.world.mallory, engagement).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn who_gives_fewer_days_than_all_their_seats_ask_is_named() {
    let register = register().await;
    let (app, ann, engagement) = (&register.world.app, &register.world.ann, &register.engagement);
    let short = async || {
        let seen = register.seen().await;
        let short = seen.shortfalls("2025-12-18".parse().unwrap());
        short.into_iter().map(|it| (it.member.person.clone(), it.gives, it.asked.to_string(), it.seats.len())).collect::<Vec<_>>()
    };
    assert_eq!(short().await, [], "whoever says nothing gives what their calendar works");
    let bob = &register.world.bob.person;
    let few = Member {
        days: Some("Tue-Thu".parse().unwrap()),
        roles: vec!["customer-security".into()],
        workstreams: vec!["security".into()],
        ..register.member(bob).await
    };
    register.save(few).await.unwrap();
    assert_eq!(short().await, [(bob.clone(), 3, "8-10".to_owned(), 2)], "project manager and information security together");
    ask_days(app, ann, engagement, (&"planning.customer-project-manager.customer".into(), None, None)).await.unwrap();
    assert_eq!(short().await, [], "three of three to five is enough");
    ask_days(app, ann, engagement, (&"security.information-security.customer".into(), Some("4".parse().unwrap()), None)).await.unwrap();
    assert_eq!(short().await, [(bob.clone(), 3, "4".to_owned(), 1)]);
    let told = register.last().await;
    assert_eq!((&told.from["days_a_week"], &told.to["days_a_week"]), (&"3-5".into(), &"4".into()));
    // What was said here outlives a newer kit, and so does who was named.
    register.fill("account-team.cloud-architect.delivery", &register.world.dee.person).await.unwrap();
    let newer = KIT.replace("version = \"1\"", "version = \"2\"").replace("role = \"Cloud architect\"", "role = \"Cloud manager\"");
    upgrade(&register, &newer).await;
    assert_eq!(short().await, [(bob.clone(), 3, "4".to_owned(), 1)]);
    assert_eq!(register.sitting("account-team.cloud-architect.delivery").await, std::slice::from_ref(&register.world.dee.person));
    assert_eq!(register.sitting("account-team.cloud-manager.delivery").await, []);
}

async fn upgrade(register: &Register, kit: &str) {
    let hash = imported(&register.world, kit).await;
    assert_ne!(hash, register.kit);
    let setup = register.seen().await.plan.setup.clone();
    let plan = ChangePlan { setup, kits: Some(vec![hash]), reason: "a newer kit".into(), revision: None };
    change_plan(&register.world.app, &register.world.ann, &register.engagement, plan).await.unwrap();
}

#[tokio::test]
async fn one_turns_to_the_leads_the_manager_and_the_sponsor_unless_it_is_set_otherwise() {
    let register = register().await;
    let (app, ann, bob, engagement) = (&register.world.app, &register.world.ann, &register.world.bob, &register.engagement);
    let path = async |side: Side| {
        let paths = list_escalation(app, bob, engagement).await.unwrap();
        let path = paths.into_iter().find(|path| path.side == side).unwrap();
        path.steps
            .into_iter()
            .map(|step| (step.rung.to_string(), step.people.into_iter().map(|it| it.email).collect::<Vec<_>>().join(" ")))
            .collect::<Vec<_>>()
    };
    let step = |rung: &str, people: &str| (rung.to_owned(), people.to_owned());
    assert_eq!(path(Side::Delivery).await, [step("leads", "dee@example.com"), step("manager", "ann@example.com")]);
    assert_eq!(path(Side::Customer).await, [step("leads", ""), step("manager", "bob@example.com"), step("sponsor", "")]);
    let set = async |actor: &Actor, side, rungs: &[&str], seen: Option<String>| {
        let rungs = rungs.iter().map(|rung| (*rung).to_owned().into()).collect();
        set_escalation(app, actor, engagement, SetEscalation { side, rungs, seen }).await
    };
    let seen = list_escalation(app, ann, engagement).await.unwrap().into_iter().find(|it| it.side == Side::Delivery).unwrap().edition;
    set(ann, Side::Delivery, &["manager", &register.world.dee.person.0], Some(seen.clone())).await.unwrap();
    assert_eq!(path(Side::Delivery).await[1], step(&register.world.dee.person.0, "dee@example.com"));
    assert_eq!(register.last().await.to["path"], serde_json::json!(["manager", "Dee"]));
    assert!(matches!(set(ann, Side::Delivery, &["leads"], Some(seen)).await, Err(Failure::Conflict(_))));
    for wrong in [&[bob.person.as_str()][..], &["manager", "manager"], &["nobody"]] {
        assert!(set(ann, Side::Delivery, wrong, None).await.unwrap_err().to_string().starts_with("rungs: "), "{wrong:?}");
    }
    assert!(matches!(set(bob, Side::Customer, &["manager"], None).await, Err(Failure::Forbidden)));
    set(ann, Side::Delivery, &[], None).await.unwrap();
    assert_eq!(path(Side::Delivery).await.len(), 2, "the usual path again");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one matrix from the kit to the next version of it")]
async fn the_matrix_is_checked_changed_row_by_row_and_kept_when_the_kit_changes() {
    let register = register().await;
    let (app, ann, bob, engagement) = (&register.world.app, &register.world.ann, &register.world.bob, &register.engagement);
    let flaws = async || {
        let matrix = show_matrix(app, ann, engagement).await.unwrap();
        let said = |flaw: &Flaw<'_>| match flaw {
            Flaw::Row(row, fault) => format!("{}: {fault:?}", row.text),
            Flaw::NoLetters(row, rows) => format!("{}: {rows} without", row.section),
            Flaw::Nobody(role, rows) => format!("{role}: nobody, {rows}"),
        };
        matrix.engagement.flaws(matrix.today).iter().map(said).collect::<Vec<_>>()
    };
    assert_eq!(
        flaws().await,
        [format!("Decide: {:?}", Fault::ManyA(2)), "Decide: NoR".to_owned(), "customer-security: nobody, 1".to_owned()]
    );
    let rows = async || register.seen().await.plan.responsibilities.clone();
    let row = async |text: &str| rows().await.into_iter().find(|row| row.text == text).unwrap();
    let decide = row("Decide").await;
    let marks = |marks: &[(&str, &str)]| marks.iter().map(|(role, mark)| ((*role).to_owned(), (*mark).to_owned())).collect::<Vec<_>>();
    let seen = Some(tminus_app::people::edition(&decide));
    let input = SaveRow {
        id: Some(decide.id.clone()),
        section: decide.section.clone(),
        text: "Decide what is under review".into(),
        marks: marks(&[("engagement-manager", "r"), ("customer-project-manager", "A"), ("workstream-lead", "")]),
        internal: false,
        left_out: false,
        seen,
    };
    let saved = save_row(app, ann, engagement, input.clone()).await.unwrap();
    assert_eq!((saved.marks["engagement-manager"].as_str(), saved.marks.len(), saved.by_hand), ("R", 2, true));
    let told = register.last().await;
    assert_eq!((told.fact.as_str(), &told.to["letters"]["Engagement manager"]), ("responsibility_changed", &"R".into()));
    assert_eq!(flaws().await, ["customer-security: nobody, 1"]);
    // Two editors, nothing lost; whoever may not edit the plan, does not.
    assert!(matches!(save_row(app, ann, engagement, input.clone()).await, Err(Failure::Conflict(_))));
    let blind = SaveRow { seen: None, ..input.clone() };
    let revision = register.seen().await.revision;
    save_row(app, ann, engagement, blind.clone()).await.unwrap();
    assert_eq!(register.seen().await.revision, revision, "twice is once");
    assert!(matches!(save_row(app, bob, engagement, blind.clone()).await, Err(Failure::Forbidden)));
    for (wrong, field) in [
        (SaveRow { text: " ".into(), ..blind.clone() }, "text"),
        (SaveRow { section: "x".repeat(121), ..blind.clone() }, "section"),
        (SaveRow { marks: marks(&[("engagement-manager", "X")]), ..blind.clone() }, "letters"),
        (SaveRow { marks: marks(&[("king", "R")]), ..blind.clone() }, "letters"),
    ] {
        assert!(save_row(app, ann, engagement, wrong).await.unwrap_err().to_string().starts_with(&format!("{field}: ")));
    }
    // A row of one's own, one left out, and a kit that has neither any more.
    let own = SaveRow { id: None, text: "Water the plants".into(), marks: marks(&[("engagement-manager", "RA")]), ..blind.clone() };
    save_row(app, ann, engagement, own).await.unwrap();
    let status = row("Report the status").await;
    let out = SaveRow {
        id: Some(status.id.clone()),
        text: status.text.clone(),
        marks: status.marks.into_iter().collect(),
        left_out: true,
        ..blind
    };
    save_row(app, ann, engagement, out).await.unwrap();
    let newer = KIT.replace("version = \"1\"", "version = \"2\"").replace("text = \"Decide\"", "text = \"Decide anew\"");
    upgrade(&register, &newer).await;
    let texts: Vec<_> = register.seen().await.responsibilities().map(|row| row.text.clone()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    for kept in ["Decide anew", "Decide what is under review", "Water the plants", "Report the Zebra4711 margin"] {
        assert!(texts.iter().any(|text| text == kept), "{kept} in {texts:?}");
    }
    // What is internal or left out is nowhere for the customer, not even in the record.
    let zebra = row("Report the Zebra4711 margin").await;
    let more = SaveRow {
        id: Some(zebra.id),
        text: "Report the Zebra4711 margin weekly".into(),
        marks: zebra.marks.into_iter().collect(),
        internal: true,
        seen: None,
        section: String::new(),
        left_out: false,
    };
    save_row(app, ann, engagement, more).await.unwrap();
    assert!(register.last().await.internal);
    let theirs = register.seen_by(bob).await;
    assert!(!format!("{:?}", theirs.plan).contains("Zebra4711"));
    assert_eq!(theirs.plan.responsibilities.len(), 3);
    let csv = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (all, shared) = (csv(matrix_csv(app, ann, engagement).await.unwrap()), csv(matrix_csv(app, bob, engagement).await.unwrap()));
    assert!(
        all.starts_with("section,text,Engagement manager,") && all.contains("Zebra4711") && all.contains("Water the plants,RA"),
        "{all}"
    );
    assert!(!shared.contains("Zebra4711") && shared.contains("Water the plants"), "{shared}");
}
