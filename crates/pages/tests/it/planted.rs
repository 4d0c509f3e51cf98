//! A word that only the delivery side may read, in everything that is internal.

use std::collections::BTreeMap;

use tminus_app::{
    access::{
        ExceptAccess, MoveAccess,
        at_once::{EndAtOnce, end_at_once},
        except_access,
        holding::{AddHolding, add_holding},
        leaving::{CarryOver, carry_over},
        move_access,
        resource::{Described, add_resource},
    },
    checklist::{
        arrange::{AddItem, EditItem, add_item, edit_item},
        comment::{AddComment, add_comment},
        evidence::{AddEvidence, AttachFile, add_evidence, attach_file},
        status::{SetStatus, set_status},
        undo::undo,
    },
    engagement::plan::{ChangePlan, change_plan},
    kit::import_kit,
    kits::files::Files,
    people::{
        member::save_member,
        person::{AddPerson, add_person},
        responsibility::{SaveRow, save_row},
    },
    world::KIT,
};
use tminus_domain::{
    access::{Step, work::Ask},
    checklist::status::State,
    ids::{ItemId, PersonId},
    kit::{Side, access::ResourceKind, task::EvidenceKind},
    people::Member,
    rights::{Function, PracticeRole, Right},
};

use crate::signed::Site;

/// What only the delivery side may ever read.
pub(crate) const MARKER: &str = "Zebra4711";

/// What is internal, by ids that somebody may guess.
pub(crate) struct Planted {
    pub(crate) part: ItemId,
    pub(crate) file: String,
    /// Of a partner, on the engagement.
    pub(crate) pia: PersonId,
}

/// Writes the marker into everything that is internal.
#[expect(clippy::too_many_lines, reason = "one thing after another, each with a mark")]
pub(crate) async fn plant(site: &Site) -> Planted {
    let (app, ann, engagement) = (&site.world.app, &site.world.ann, &site.world.engagement);
    let (dee, bob) = (&site.world.dee.person, &site.world.bob.person);
    // A kit with internal resources, policies and a task that is left out, in the place of the first.
    let internal = KIT.replace("Backstage chat", &format!("{MARKER} backstage"));
    let kit = internal.replace("version = \"1.0\"", "version = \"1.1\"") + "\n" + &include_str!("planted.toml").replace("MARK", MARKER);
    let (imported, problems) = import_kit(app, ann, Files::from_bytes("kit.toml", kit.into_bytes())).await.unwrap();
    assert_eq!(imported.len(), 1, "{problems:?}");
    let mut setup = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.plan.setup.clone();
    setup.answers.insert("onsite".into(), tminus_domain::kit::condition::Answer::Yes(true));
    let input = |setup| ChangePlan { setup, kits: Some(vec![imported[0].kit.hash.clone()]), reason: "on site".to_owned(), revision: None };
    // With and without: both differences are in the record.
    change_plan(app, ann, engagement, input(setup.clone())).await.unwrap();
    setup.answers.insert("onsite".into(), tminus_domain::kit::condition::Answer::Yes(false));
    change_plan(app, ann, engagement, input(setup)).await.unwrap();
    // An internal item with all that an item can have, its part, and what is internal on an item that is not.
    let chat = site.item("chat").await.id;
    let title = Some(format!("{MARKER} room"));
    let words = EditItem { item: chat.clone(), title, description: Some(MARKER.to_owned()), ..EditItem::default() };
    edit_item(app, ann, engagement, words).await.unwrap();
    let part = AddItem {
        activity: "tools".into(),
        parent: Some(chat.clone()),
        title: format!("{MARKER} part"),
        description: MARKER.to_owned(),
        owners: Vec::new(),
        due: None,
        internal: false,
    };
    let part = add_item(app, ann, engagement, part).await.unwrap().into_inner().id;
    for (item, internal) in [(&part, false), (&chat, false), (&site.item("jira").await.id, true)] {
        add_comment(app, ann, engagement, AddComment { item: item.clone(), text: MARKER.to_owned(), internal }).await.unwrap();
    }
    let note = AddEvidence { item: chat.clone(), kind: EvidenceKind::Note, text: format!("{MARKER} seen"), fact: None, version: None };
    add_evidence(app, ann, engagement, note).await.unwrap();
    let file = AttachFile {
        item: chat.clone(),
        name: format!("{MARKER}.txt"),
        bytes: format!("{MARKER} in the file").into_bytes().into(),
        version: None,
    };
    let attached = attach_file(app, ann, engagement, file).await.unwrap().into_inner();
    let file = attached.proofs.iter().find_map(|proof| proof.file.clone()).unwrap().0;
    let to = |item: &ItemId, to, reason: &str| SetStatus {
        item: item.clone(),
        to,
        reason: Some(reason.to_owned()),
        third_party: Some(format!("{MARKER} third party")),
        version: None,
    };
    set_status(app, ann, engagement, to(&part, State::Blocked, MARKER)).await.unwrap();
    undo(app, ann, engagement, None).await.unwrap();
    set_status(app, ann, engagement, to(&part, State::Blocked, MARKER)).await.unwrap();
    set_status(app, ann, engagement, to(&chat, State::Blocked, MARKER)).await.unwrap();
    // Access to what is internal: notes, tickets, an exception, and what goes on after the end.
    let step = |person: &PersonId, resource: &str, to| MoveAccess {
        person: person.clone(),
        resource: resource.into(),
        ask: Ask {
            to: Some(to),
            note: Some(MARKER.to_owned()),
            ticket: Some(MARKER.to_owned()),
            details: if resource == "vault" { [(format!("{MARKER} detail"), MARKER.to_owned())].into() } else { BTreeMap::new() },
            ..Ask::default()
        },
        version: None,
    };
    let shared = |person: &PersonId, to| MoveAccess {
        person: person.clone(),
        resource: "wiki".into(),
        ask: Ask { to: Some(to), ..Ask::default() },
        version: None,
    };
    // Bob's letter on it names the wiki, and neither the vault nor what was said of it.
    let moves = vec![step(dee, "backstage", Step::Requested), step(bob, "vault", Step::Requested), shared(bob, Step::Requested)];
    move_access(app, ann, engagement, moves).await.unwrap();
    let until = "2026-03-01".parse().unwrap();
    let (person, approver, reason) = (dee.clone(), ann.person.clone(), MARKER.to_owned());
    let except = ExceptAccess { person: person.clone(), resource: "vault".into(), approver, until, reason, version: None };
    except_access(app, ann, engagement, except).await.unwrap();
    move_access(app, ann, engagement, vec![step(dee, "backstage", Step::Granted)]).await.unwrap();
    let carry = CarryOver { person, resource: "backstage".into(), owner: ann.person.clone(), until, version: None };
    carry_over(app, ann, engagement, carry).await.unwrap();
    // A room and a row that are internal, and why somebody had to go at once.
    let room = AddHolding {
        title: format!("{MARKER} war room"),
        kind: ResourceKind::Room,
        side: Side::Delivery,
        owner: Some(ann.person.clone()),
        internal: true,
    };
    add_holding(app, ann, engagement, room).await.unwrap();
    let safe = Described {
        title: format!("{MARKER} safe"),
        note: format!("{MARKER} cellar"),
        owners: vec!["engagement-manager".into()],
        each: Some("person".parse().unwrap()),
        details: vec![format!("{MARKER} tag")],
        internal: true,
        ..Described::default()
    };
    add_resource(app, ann, engagement, safe).await.unwrap();
    let row = SaveRow {
        id: None,
        section: format!("{MARKER} section"),
        text: format!("{MARKER} row"),
        marks: vec![("engagement-manager".to_owned(), "RA".to_owned())],
        internal: true,
        left_out: false,
        seen: None,
    };
    save_row(app, ann, engagement, row).await.unwrap();
    let joins = async |name: &str, side, function| {
        let person = AddPerson {
            name: name.to_owned(),
            email: format!("{}@example.com", name.to_lowercase()),
            side,
            zone: "UTC".to_owned(),
            practice: PracticeRole::None,
            password: Some(tminus_app::world::PASSWORD.to_owned()),
        };
        let person = add_person(app, ann, person).await.unwrap().id;
        let member = app.view(ann, engagement, Right::ReadEngagement).await.unwrap().engagement.member(dee).unwrap().clone();
        save_member(app, ann, engagement, Member { person: person.clone(), function, roles: Vec::new(), ..member }).await.unwrap();
        person
    };
    let quinn = joins("Quinn", Side::Delivery, Function::DeliveryMember).await;
    move_access(app, ann, engagement, vec![shared(&quinn, Step::Requested)]).await.unwrap();
    // Bob gave Quinn the wiki, so he is told of the end; what Quinn had besides is internal, and so is why.
    move_access(app, &site.world.bob, engagement, vec![shared(&quinn, Step::Granted)]).await.unwrap();
    move_access(app, ann, engagement, vec![step(&quinn, "backstage", Step::Requested)]).await.unwrap();
    move_access(app, ann, engagement, vec![step(&quinn, "backstage", Step::Granted)]).await.unwrap();
    end_at_once(app, ann, engagement, EndAtOnce { person: quinn, reason: MARKER.to_owned() }).await.unwrap();
    // Somebody of a partner, who is on it as well.
    let pia = joins("Pia", Side::Partner, Function::PartnerMember).await;
    Planted { part, file, pia }
}
