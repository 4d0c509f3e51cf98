//! People of the practice.

use tminus_app::{
    App, Failure, Refusal,
    checklist::status::{SetStatus, set_status},
    people::colleague::{BringPerson, bring_person},
    people::member::{list_members, remove_member, save_member},
    people::person::{
        AddPerson, ChangePerson, add_first_person, add_person, change_person, end_person, find_person, list_people, show_person,
    },
    people::table::{Table, What, import_register, preview_register, register_csv},
    rights::{
        sign_in::{Client, actor, caller_of_session, caller_of_token, sign_in},
        token::{CreateToken, create_token},
    },
    store::{Opening, Store},
    world,
};
use tminus_domain::{
    checklist::status::State,
    kit::Side,
    people::Member,
    record::chain::{Entry, Read},
    rights::{Actor, Function, Pass, PassKind, PracticeRole, Right, Via},
};

fn eve() -> AddPerson {
    AddPerson {
        name: "Eve".to_owned(),
        email: "eve@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    }
}

#[tokio::test]
async fn only_an_administrator_adds_people() {
    let world = world::own().await;
    assert!(matches!(add_person(&world.app, &world.dee, eve()).await, Err(Failure::Forbidden)));
    assert!(matches!(add_first_person(&world.app, eve()).await, Err(Failure::Forbidden)));
    add_person(&world.app, &world.ann, eve()).await.unwrap();
    let again = add_person(&world.app, &world.ann, eve()).await;
    assert!(again.unwrap_err().to_string().contains("eve@example.com"));
    let short =
        add_person(&world.app, &world.ann, AddPerson { email: "e2@example.com".to_owned(), password: Some("short".to_owned()), ..eve() })
            .await;
    assert!(short.unwrap_err().to_string().contains("12"));
}

#[tokio::test]
async fn a_customer_has_no_role_in_the_practice() {
    let world = world::own().await;
    let input = AddPerson { side: Side::Customer, practice: PracticeRole::Administrator, ..eve() };
    let refused = add_person(&world.app, &world.ann, input).await.unwrap_err();
    assert!(refused.to_string().contains("delivery side"), "{refused}");
    let lift = ChangePerson { person: world.bob.person.clone(), practice: Some(PracticeRole::Lead), ..ChangePerson::default() };
    assert!(matches!(change_person(&world.app, &world.ann, lift).await, Err(Failure::Refused(_))));
    assert!(matches!(list_people(&world.app, &world.bob, None, 10).await, Err(Failure::Forbidden)));
    assert!(matches!(show_person(&world.app, &world.bob, &world.ann.person).await, Err(Failure::Forbidden)));
    assert_eq!(show_person(&world.app, &world.bob, &world.bob.person).await.unwrap().name, "Bob");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    let world = world::own().await;
    let signed = sign_in(&world.app, ("bob@example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    let password = Some("another long password".to_owned());
    let input = ChangePerson { person: signed.person.id, password, ..ChangePerson::default() };
    change_person(&world.app, &world.ann, input).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &signed.secret).await, Err(Failure::SignedOut)));
    assert!(sign_in(&world.app, ("bob@example.com", world::PASSWORD), &Client::default()).await.is_err());
    assert!(sign_in(&world.app, ("bob@example.com", "another long password"), &Client::default()).await.is_ok());
}

#[tokio::test]
async fn ending_a_person_ends_their_sessions_and_keys_and_is_recorded() {
    let world = world::own().await;
    let signed = sign_in(&world.app, ("dee@example.com", world::PASSWORD), &Client::default()).await.unwrap().signed_in().unwrap();
    let key =
        create_token(&world.app, &world.dee, CreateToken { title: "CI".to_owned(), days: None, pass: tminus_domain::rights::Pass::KEY })
            .await
            .unwrap();
    let dee = &world.dee.person;
    assert!(matches!(end_person(&world.app, &world.bob, dee).await, Err(Failure::Forbidden)));
    end_person(&world.app, &world.ann, dee).await.unwrap();
    assert!(matches!(caller_of_session(&world.app, &signed.secret).await, Err(Failure::SignedOut)));
    assert!(matches!(caller_of_token(&world.app, &key.secret).await, Err(Failure::SignedOut)));
    assert!(world.app.store.tokens(dee).await.unwrap().iter().all(|token| token.revoked));
    assert!(matches!(
        sign_in(&world.app, ("dee@example.com", world::PASSWORD), &Client::default()).await,
        Err(Failure::Refused(Refusal::SignIn))
    ));
    assert!(list_people(&world.app, &world.ann, None, 100).await.unwrap().iter().all(|person| &person.id != dee));
    let again = ChangePerson { person: dee.clone(), zone: Some("UTC".to_owned()), ..ChangePerson::default() };
    assert!(matches!(change_person(&world.app, &world.ann, again).await, Err(Failure::NotFound)));
    assert!(matches!(end_person(&world.app, &world.ann, dee).await, Err(Failure::NotFound)));
    let entries = practice_record(&world.app).await;
    let last = entries.last().unwrap();
    assert_eq!((last.fact.as_str(), last.subject.as_str()), ("person_changed", dee.as_str()));
    assert_eq!(last.to, serde_json::json!({ "ended": true }));
}

#[tokio::test]
async fn nobody_ends_themselves_or_the_last_administrator() {
    let world = world::own().await;
    assert!(matches!(end_person(&world.app, &world.ann, &world.ann.person).await, Err(Failure::Refused(_))));
    let input = AddPerson { practice: PracticeRole::Administrator, ..eve() };
    let eve = add_person(&world.app, &world.ann, input).await.unwrap();
    let eves = actor(eve.clone(), Via::Page);
    end_person(&world.app, &eves, &world.ann.person).await.unwrap();
    // Ann asked before she was ended: the last one stays.
    assert!(matches!(end_person(&world.app, &world.ann, &eve.id).await, Err(Failure::Refused(_))));
    assert!(show_person(&world.app, &eves, &eve.id).await.is_ok());
}

#[tokio::test]
async fn a_changed_person_is_recorded_with_all_that_differs_and_nothing_else() {
    let world = world::own().await;
    let input = ChangePerson {
        person: world.dee.person.clone(),
        name: Some("Dee Dee".to_owned()),
        zone: Some("Europe/Paris".to_owned()),
        ..ChangePerson::default()
    };
    let before = show_person(&world.app, &world.ann, &world.dee.person).await.unwrap();
    change_person(&world.app, &world.ann, input).await.unwrap();
    let entries = practice_record(&world.app).await;
    let last = entries.last().unwrap();
    assert_eq!(last.from, serde_json::json!({ "zone": before.zone }));
    assert_eq!(last.to, serde_json::json!({ "zone": "Europe/Paris" }));
    let texts: Vec<_> = last.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(texts, [("name after", "Dee Dee"), ("name before", before.name.as_str())]);
}

#[tokio::test]
async fn a_changed_member_is_recorded_as_they_were_and_as_they_are() {
    let world = world::own().await;
    let of_dee = async || {
        let members = list_members(&world.app, &world.ann, &world.engagement).await.unwrap();
        members.into_iter().map(|(member, _)| member).find(|it| it.person == world.dee.person).unwrap()
    };
    let onsite = !of_dee().await.onsite;
    save_member(&world.app, &world.ann, &world.engagement, Member { onsite, ..of_dee().await }).await.unwrap();
    let entries = world.app.store.stretch(world.engagement.as_str(), 0, 1000).await.unwrap();
    let last = entries.iter().filter_map(Entry::read).rfind(|it| it.fact == "member_changed").unwrap();
    assert_eq!((&last.from["onsite"], &last.to["onsite"]), (&(!onsite).into(), &onsite.into()));
    assert_eq!(last.from["function"], last.to["function"]);
}

#[tokio::test]
async fn whoever_has_left_the_practice_comes_to_no_engagement() {
    let world = world::own().await;
    let eve = add_person(&world.app, &world.ann, eve()).await.unwrap();
    end_person(&world.app, &world.ann, &eve.id).await.unwrap();
    let member = Member::new(eve.id, Function::WorkstreamLead);
    let refused = save_member(&world.app, &world.ann, &world.engagement, member).await;
    assert!(refused.unwrap_err().to_string().contains("has left the practice"));
}

async fn practice_record(app: &tminus_app::App) -> Vec<Read> {
    let entries = app.store.stretch(tminus_store::record::PRACTICE, 0, 1000).await.unwrap();
    entries.iter().filter_map(Entry::read).collect()
}

#[tokio::test]
async fn a_new_name_is_there_at_once_on_every_node() {
    let folder = tempfile::tempdir().unwrap();
    let opening = Opening { database: format!("sqlite://{}", folder.path().join("tminus.db").display()), files: None };
    let world = world::build(Store::open(&opening).await.unwrap()).await;
    let other = App::new(Store::open(&opening).await.unwrap(), world.clock.surroundings());
    let names = async |app: &App| {
        let view = app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
        (view.engagement.name(&world.dee.person).to_owned(), view.engagement.name(&world.ann.person).to_owned())
    };
    assert_eq!((names(&world.app).await.0, names(&other).await.0), ("Dee".to_owned(), "Dee".to_owned()));
    let mut told = world.app.store.changes();
    for (person, name) in [(&world.dee.person, "Dee Marriott"), (&world.ann.person, "Ann Lee")] {
        let input = ChangePerson { person: person.clone(), name: Some(name.to_owned()), ..ChangePerson::default() };
        change_person(&world.app, &world.ann, input).await.unwrap();
        assert_eq!(told.recv().await.unwrap().engagement, world.engagement.as_str(), "whoever looks is told");
    }
    let now = ("Dee Marriott".to_owned(), "Ann Lee".to_owned());
    assert_eq!((names(&world.app).await, names(&other).await), (now.clone(), now.clone()));
    // A request that began under the earlier name does not bring it back.
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let chat = view.engagement.item_by_key("chat").unwrap().id.clone();
    let begin = SetStatus { item: chat, to: State::InProgress, reason: None, third_party: None, version: None };
    set_status(&world.app, &world.ann, &world.engagement, begin).await.unwrap();
    assert_eq!(names(&world.app).await, now);
}

#[tokio::test]
async fn the_last_administrator_keeps_the_role() {
    let world = world::own().await;
    let to = |practice, side| ChangePerson { person: world.ann.person.clone(), practice, side, ..ChangePerson::default() };
    for change in [to(Some(PracticeRole::Member), None), to(Some(PracticeRole::None), None), to(None, Some(Side::Customer))] {
        let refused = change_person(&world.app, &world.ann, change).await.unwrap_err().to_string();
        assert!(refused.contains("no administrator left"), "{refused}");
    }
    add_person(&world.app, &world.ann, AddPerson { practice: PracticeRole::Administrator, ..eve() }).await.unwrap();
    change_person(&world.app, &world.ann, to(Some(PracticeRole::Member), None)).await.unwrap();
}

#[tokio::test]
async fn nobody_changes_sides_where_they_are_a_member_of_something_open() {
    let world = world::own().await;
    let to = |person: &Actor, side| ChangePerson { person: person.person.clone(), side: Some(side), ..ChangePerson::default() };
    for (person, side) in [(&world.bob, Side::Delivery), (&world.dee, Side::Customer), (&world.dee, Side::Partner)] {
        let refused = change_person(&world.app, &world.ann, to(person, side)).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("{} is a member of “Mobilize” on the", person.name)), "{refused}");
    }
    remove_member(&world.app, &world.ann, &world.engagement, &world.dee.person).await.unwrap();
    assert_eq!(change_person(&world.app, &world.ann, to(&world.dee, Side::Partner)).await.unwrap().side, Side::Partner);
    // Whoever may not know of the engagement is not told of it either.
    let administrator = AddPerson { practice: PracticeRole::Administrator, ..eve() };
    let eve = actor(add_person(&world.app, &world.ann, administrator).await.unwrap(), Via::Page);
    let refused = change_person(&world.app, &eve, to(&world.bob, Side::Delivery)).await.unwrap_err().to_string();
    let knows = eve.practice.may(Right::ReadAllEngagements);
    assert_eq!((refused.contains("“Mobilize”"), refused.contains("an engagement you do not see")), (knows, !knows), "{refused}");
}

#[tokio::test]
async fn the_register_is_taken_along_as_a_table_and_read_back_without_a_change() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let text = String::from_utf8(register_csv(app, ann, engagement).await.unwrap()).unwrap();
    assert!(text.starts_with("email,name,side,zone,function,roles") && text.lines().count() == 4, "{text}");
    let preview = preview_register(app, ann, engagement, text.as_str()).await.unwrap();
    assert!(preview.problems.is_empty() && preview.lines.iter().all(|line| line.what == What::Same), "{preview:?}");
    assert_eq!(import_register(app, ann, engagement, text.as_str()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_table_brings_new_people_and_changes_known_ones_in_one_change() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let revision = async || app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.revision;
    let table = "email;name;function;roles;onsite;from\r\ndee@example.com;;;;yes;2026-01-12\r\nnia@northwind.example;Nia Ode;Customer member;Customer project manager;;\r\n";
    let whats: Vec<_> = preview_register(app, ann, engagement, table).await.unwrap().lines.iter().map(|line| line.what).collect();
    assert_eq!(whats, [What::Changes, What::Added]);
    let emptied = preview_register(app, ann, engagement, "email,roles\nann@example.com,\n").await.unwrap().lines.remove(0);
    assert_eq!(emptied.changes, ["roles: engagement-manager → none"], "what an empty cell takes away is said");
    let before = revision().await;
    assert_eq!(import_register(app, ann, engagement, table).await.unwrap(), 2);
    assert_eq!(revision().await, before + 1);
    let view = app.view(ann, engagement, Right::ReadEngagement).await.unwrap();
    let dee = view.engagement.member(&world.dee.person).unwrap();
    assert_eq!((dee.function, dee.onsite, dee.from), (Function::DeliveryMember, true, Some("2026-01-12".parse().unwrap())));
    let nia = app.store.account_by_email("nia@northwind.example").await.unwrap().unwrap().person;
    let member = view.engagement.member(&nia.id).unwrap();
    assert_eq!(
        (nia.side, member.function, member.roles.clone()),
        (Side::Customer, Function::CustomerMember, vec!["customer-manager".into()])
    );
    // Twice is once.
    assert_eq!(import_register(app, ann, engagement, table).await.unwrap(), 0);
}

#[tokio::test]
async fn a_table_looked_at_before_somebody_else_changed_a_row_of_it_is_not_taken_over() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let table = "email,from\ndee@example.com,2026-01-12\n";
    let seen = preview_register(app, ann, engagement, table).await.unwrap().edition;
    let dee =
        async || app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.member(&world.dee.person).unwrap().clone();
    let moved = Member { site: "Leeds".to_owned(), ..dee().await };
    save_member(app, ann, engagement, moved.clone()).await.unwrap();
    let table = Table { seen: Some(&seen), ..Table::from(table) };
    assert!(matches!(import_register(app, ann, engagement, table).await, Err(Failure::Conflict(_))));
    assert_eq!(dee().await, moved, "nothing of it was taken over");
    let seen = preview_register(app, ann, engagement, table).await.unwrap().edition;
    assert_eq!(import_register(app, ann, engagement, Table { seen: Some(&seen), ..table }).await.unwrap(), 1);
    assert_eq!((dee().await.site.as_str(), dee().await.from.is_some()), ("Leeds", true), "columns that it has not stay as they are");
}

#[tokio::test]
async fn an_address_in_a_table_tells_no_name_to_whoever_may_not_read_people() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let key = Actor { pass: Pass { kind: PassKind::Key, within: Some(engagement.clone()) }, ..ann.clone() };
    // Of another customer, and on another side than the row says.
    let other = AddPerson {
        email: "zoe@other.example".to_owned(),
        name: "Zoe Secret".to_owned(),
        side: Side::Customer,
        practice: PracticeRole::None,
        ..eve()
    };
    add_person(app, ann, other).await.unwrap();
    for table in ["email,function\nzoe@other.example,customer_member\n", "email,function\nzoe@other.example,delivery_member\n"] {
        assert!(format!("{:?}", preview_register(app, ann, engagement, table).await.unwrap()).contains("Zoe Secret"));
        let preview = preview_register(app, &key, engagement, table).await.unwrap();
        let told: Vec<_> =
            preview.lines.iter().map(|line| line.name.as_str()).chain(preview.problems.iter().map(|it| it.why.as_str())).collect();
        assert!(told.len() == 1 && !told[0].contains("Secret"), "{told:?}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_table_is_named_by_line_and_nothing_is_taken_over() {
    let world = world::own().await;
    let (app, ann, engagement) = (&world.app, &world.ann, &world.engagement);
    let problems = async |table: &str| {
        let preview = preview_register(app, ann, engagement, table).await.unwrap();
        preview.problems.into_iter().map(|it| format!("{}: {}", it.line, it.why)).collect::<Vec<_>>().join("\n")
    };
    assert!(problems("email,colour\na@b.c,red\n").await.contains("1: there is no column “colour”"));
    assert!(problems("name\nAnn\n").await.contains("the column “email” is missing"));
    let table = "email,name,function,roles,from,until\nx@y.example,Xi,chief,,,\ndee@example.com,,,nobody,,\nbob@example.com,,delivery_member,,,\nnew@y.example,,customer_member,,,\nann@example.com,,,,2026-02-30,\nANN@example.com,,,,,\n";
    let found = problems(table).await;
    for words in [
        "2: “chief” is no function",
        "3: “nobody” is not a role",
        "4: Bob is on the customer side",
        "5: give a name",
        "6: “2026-02-30” is no from",
        "7: whoever has this address is there twice",
    ] {
        assert!(found.contains(words), "{words}: {found}");
    }
    let refused =
        import_register(app, ann, engagement, "email,name,function\nnew@y.example,Nia,customer_member\nx@y.example,Xi,chief\n").await;
    assert!(refused.unwrap_err().to_string().contains("line 3"));
    assert!(app.store.account_by_email("new@y.example").await.unwrap().is_none(), "half of it was taken over");
    assert!(matches!(preview_register(app, &world.bob, engagement, table).await, Err(Failure::Forbidden)));
}

#[tokio::test]
async fn whoever_manages_an_engagement_brings_people_of_the_customer_and_knows_no_other_customers() {
    let world = world::own().await;
    let (app, ann, dee, engagement) = (&world.app, &world.ann, &world.dee, &world.engagement);
    let known = async || list_people(app, dee, None, 100).await.unwrap().into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(known().await, ["Ann", "Bob", "Dee"], "Mallory is another customer's");
    assert!(matches!(show_person(app, dee, &world.mallory.person).await, Err(Failure::NotFound)));
    assert!(matches!(find_person(app, dee, "mallory@example.com").await, Err(Failure::NotFound)));
    assert_eq!(list_people(app, ann, None, 100).await.unwrap().len(), 4);
    let bring = async |actor: &Actor, email: &str, side| {
        let input = BringPerson { name: "Carla Diaz".to_owned(), email: email.to_owned(), side, zone: "Europe/Berlin".to_owned() };
        bring_person(app, actor, engagement, input).await
    };
    assert!(matches!(bring(dee, "carla@customer.example", Side::Customer).await, Err(Failure::Forbidden)), "she manages nothing yet");
    let manager = Member::new(dee.person.clone(), Function::EngagementManager);
    save_member(app, ann, engagement, manager).await.unwrap();
    let carla = bring(dee, "carla@customer.example", Side::Customer).await.unwrap();
    assert_eq!(bring(dee, "Carla@Customer.example", Side::Customer).await.unwrap(), carla, "twice is once");
    for (email, side) in
        [("eve@example.com", Side::Delivery), ("ann@example.com", Side::Customer), ("carla@customer.example", Side::Partner)]
    {
        assert!(matches!(bring(dee, email, side).await, Err(Failure::Refused(_))), "{email}");
    }
    save_member(app, dee, engagement, Member::new(carla, Function::CustomerMember)).await.unwrap();
    assert_eq!(known().await, ["Ann", "Bob", "Carla Diaz", "Dee"]);
}
