//! The kits that come with Tminus: clean, complete against the checklist they follow, and in an order that works.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use tminus_domain::{
    engagement::{
        setup::Setup,
        tailor::{Dated, Tailored, tailor},
    },
    kit::{Hardness, Kit, Side, task::Task},
    people::Member,
};
use tminus_kits::{check, files::Files, inspect::inspect};

use crate::corpus::{corpus, entries};

fn open(name: &str) -> Kit {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits").join(name);
    let inspection = inspect(&Files::open(&path));
    assert_eq!(inspection.problems, [], "{name}");
    inspection.kit.expect("a kit without problems")
}

fn both() -> [Kit; 2] {
    [open("mobilize-onboarding"), open("offboarding")]
}

/// Every Markdown page of the guidance by file name, as lines.
fn guidance() -> BTreeMap<String, Vec<String>> {
    let mut pages = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![corpus().join("guidance")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.file_name().expect("name").to_string_lossy().into_owned();
                pages.insert(name, fs::read_to_string(&path).expect("a page").lines().map(str::to_owned).collect());
            }
        }
    }
    pages
}

fn sources(kit: &Kit) -> Vec<&str> {
    let tasks = kit.tasks().flat_map(|(module, task)| [module.src.as_str(), task.src.as_str()]);
    let facts = kit.facts.iter().map(|it| it.src.as_str()).chain(kit.gates.iter().map(|it| it.src.as_str()));
    let questions = kit.banks.iter().flat_map(|bank| &bank.questions);
    let questions = questions.flat_map(|it| std::iter::once(it).chain(&it.questions)).map(|it| it.src.as_str());
    let lines = kit.agendas.iter().flat_map(|agenda| &agenda.lines).map(|it| it.src.as_str());
    let meetings = kit.ceremonies.iter().map(|it| it.src.as_str()).chain(kit.communications.iter().map(|it| it.src.as_str()));
    let registers = kit.decisions.iter().map(|it| it.src.as_str()).chain(kit.risks.iter().map(|it| it.src.as_str()));
    let people = kit.responsibilities.iter().map(|it| it.src.as_str()).chain(kit.stakeholders.iter().map(|it| it.src.as_str()));
    let access = kit.resources.iter().map(|it| it.src.as_str()).chain(kit.needs.iter().map(|it| it.src.as_str()));
    let access = access.chain(kit.policies.iter().map(|it| it.src.as_str()));
    tasks.chain(access).chain(facts).chain(questions).chain(lines).chain(meetings).chain(registers).chain(people).collect()
}

#[test]
fn the_built_in_kits_leave_an_author_nothing_to_look_at() {
    for kit in both() {
        assert_eq!(check::check(&kit), [], "{}", kit.id);
    }
}

#[test]
fn every_line_says_which_line_of_which_document_it_came_from() {
    let pages = guidance();
    for kit in both() {
        for src in sources(&kit).into_iter().filter(|src| *src != "ours") {
            let (page, line) = src.split_once("#L").unwrap_or_else(|| panic!("“{src}” names no line"));
            let line: usize = line.parse().expect(src);
            let text = pages.get(page).and_then(|lines| lines.get(line - 1)).unwrap_or_else(|| panic!("{src} is not there"));
            assert!(!text.trim().is_empty(), "{src} is an empty line");
        }
    }
}

#[test]
fn each_of_the_seven_activities_is_one_module_with_owners_on_both_sides() {
    let kit = open("mobilize-onboarding");
    let rows: Vec<_> = kit.modules.iter().map(|module| module.src.clone()).collect();
    let expected: Vec<_> = (21..=27).map(|line| format!("Customer-Onboarding-Checklist.md#L{line}")).collect();
    assert_eq!(rows, expected);
    let sides = |owners: &[_]| owners.iter().filter_map(|id| kit.role(id)).map(|role| role.side).collect::<BTreeSet<_>>();
    for module in &kit.modules {
        assert_eq!(sides(&module.owners), [Side::Delivery, Side::Customer].into(), "{}", module.id);
        // As many lines come from the row as it has bullets and bullets below them.
        let from_row = module.tasks.iter().flat_map(Task::with_parts).filter(|task| task.src == module.src).count();
        let bullets = BTreeMap::from([(21, 3), (22, 8), (23, 6), (24, 9), (25, 6), (26, 6), (27, 11)]);
        let row: i32 = module.src.rsplit_once("#L").expect("line").1.parse().expect("number");
        assert!(from_row >= bullets[&row], "{}: {from_row} of {}", module.id, bullets[&row]);
    }
}

#[test]
fn titles_are_short_agendas_add_up_and_each_row_has_one_who_is_accountable() {
    for kit in both() {
        for (_, task) in kit.tasks() {
            assert!(task.title.chars().count() <= 90, "{}", task.title);
            assert!(!task.description.is_empty(), "{}", task.id);
            assert_eq!(task.lead.is_some(), task.lead_proposed, "{}", task.id);
        }
        for agenda in &kit.agendas {
            assert_eq!(agenda.lines.iter().map(|line| line.minutes).sum::<u32>(), agenda.minutes, "{}", agenda.id);
        }
        for row in &kit.responsibilities {
            assert_eq!(row.marks.values().filter(|marks| marks.contains('A')).count(), 1, "{}", row.text);
            assert!(row.marks.keys().all(|role| kit.roles.iter().any(|it| it.id.as_str() == role)), "{}", row.text);
        }
    }
    let kit = open("mobilize-onboarding");
    assert!(kit.agendas.iter().any(|agenda| agenda.id == "kickoff" && agenda.minutes == 60 && agenda.lines.len() == 10));
    assert!((1..=12).all(|number| kit.decisions.iter().any(|it| it.id.starts_with(&format!("c{number}-")))));
}

#[test]
fn the_gates_are_those_of_the_checklist() {
    let kit = open("mobilize-onboarding");
    let gates: Vec<_> = kit.gates.iter().map(|gate| (gate.id.as_str(), gate.milestone.as_str(), gate.hardness, gate.everything)).collect();
    let expected = [
        ("preplanning-started", "preplanning.start", Hardness::Warn, false),
        ("tools-ready", "kickoff", Hardness::Soft, false),
        ("collaboration-ready", "kickoff", Hardness::Soft, false),
        ("interviews-held", "kickoff", Hardness::Soft, false),
        ("onboarding-complete", "sprint-0.end", Hardness::Hard, true),
    ];
    assert_eq!(gates, expected);
}

/// An engagement with kick-off on Wednesday 4 March 2026, no holidays, people of both sides, seen from `today`.
fn tailored(kit: &Kit, answers: &serde_json::Value, today: &str) -> Tailored {
    let setup = json!({
        "title": "Lamp", "customer": "Northwind", "zone": "Europe/Berlin",
        "milestones": { "kickoff": "2026-03-04", "engagement.end": "2026-06-30" },
        "calendars": [{ "name": "Delivery", "side": "delivery" }, { "name": "Customer", "side": "customer" }],
        "workstreams": [
            { "id": "landing-zone", "title": "Landing zone" },
            { "id": "security", "title": "Security" },
            { "id": "operations", "title": "Operations" }
        ],
        "answers": answers
    });
    let setup: Setup = serde_json::from_value(setup).expect("a setup");
    let member = |person: &str, function: &str, roles: &[&str], onsite: bool| json!({ "person": person, "function": function, "roles": roles, "onsite": onsite });
    let members = json!([
        member("em", "engagement_manager", &["engagement-manager"], true),
        member("lead", "workstream_lead", &["workstream-lead", "delivery-member"], true),
        member("remote", "delivery_member", &["delivery-member"], false),
        member("pm", "customer_manager", &["customer-project-manager"], true),
    ]);
    let members: Vec<Member> = serde_json::from_value(members).expect("members");
    let today = serde_json::from_value(json!(today)).expect("a day");
    tailor(&[kit], &[], &setup, &members, today).expect("a usable setup")
}

fn everything() -> serde_json::Value {
    json!({
        "onsite": true, "background_checks": true, "attestation_accepted": false, "remote_checks": true, "regulated": true,
        "device": "customer", "internal_network": true, "tools_host": "customer", "tools_edition": "data_center",
        "single_sign_on": true, "admin_help": "rights", "discovery": "procure", "chat_tool": "slack", "chat_host": "customer",
        "meeting_tool": "zoom", "recording_allowed": true, "email_lists": true, "people": 24, "agile_experience": "none",
        "training": ["confluence", "jira", "decision_catalog", "cloud"], "contact_days": ["tue", "wed", "thu"],
        "sprint_weeks": "1", "lrp_timing": "before_kickoff", "lrp_format": "per_workstream"
    })
}

/// Work from virtual workspaces, letters in place of checks, tools that the customer's own administrator sets up.
fn remote() -> serde_json::Value {
    let mut answers = everything();
    for (fact, answer) in [
        ("attestation_accepted", json!(true)),
        ("device", json!("delivery")),
        ("admin_help", json!("customer_admin")),
        ("discovery", json!("existing")),
        ("chat_host", json!("delivery")),
        ("lrp_format", json!("combined")),
        ("tools_edition", json!("cloud")),
    ] {
        answers[fact] = answer;
    }
    answers
}

fn little() -> serde_json::Value {
    json!({
        "onsite": false, "background_checks": false, "regulated": false, "device": "delivery", "internal_network": false,
        "tools_host": "none", "discovery": "none", "chat_tool": "teams", "chat_host": "delivery", "meeting_tool": "teams",
        "recording_allowed": false, "email_lists": false, "people": 6, "agile_experience": "practised", "training": [],
        "contact_days": ["mon"], "sprint_weeks": "2", "lrp_timing": "after_kickoff", "lrp_format": "combined"
    })
}

#[test]
fn nothing_is_open_once_the_protocol_is_answered() {
    let kit = open("mobilize-onboarding");
    let answers = [everything(), remote(), little()];
    let [all, some, few] = answers.map(|answers| tailored(&kit, &answers, "2026-01-05"));
    assert_eq!((all.open, some.open, few.open), (vec![], vec![], vec![]));
    assert!(few.items.len() + 50 < all.items.len(), "{} of {}", few.items.len(), all.items.len());
    let keys: BTreeSet<_> = few.items.iter().map(|item| item.draft.task.as_str()).collect();
    for left_out in ["background-check-clearance", "badge", "meeting-space", "workstream-room", "mail-list", "vpn-access"] {
        assert!(!keys.contains(left_out), "{left_out}");
    }
}

#[test]
fn no_item_has_to_start_before_what_it_waits_for_is_due() {
    for kit in both() {
        for mut answers in [everything(), remote(), little()] {
            let mine = answers.as_object_mut().expect("answers");
            mine.retain(|fact, _| kit.facts.iter().any(|it| it.id.as_str() == fact && it.from.is_none()));
            let tailored = tailored(&kit, &answers, "2026-01-05");
            let by_key: BTreeMap<_, _> = tailored.items.iter().map(|item| (item.draft.key.as_str(), item)).collect();
            let due = |item: &Dated| item.due.as_ref().and_then(tminus_domain::schedule::Computed::date).expect("every item has a date");
            let start = |item: &Dated| item.start_by.unwrap_or_else(|| due(item));
            let mut wrong = Vec::new();
            for item in &tailored.items {
                let key = &item.draft.key;
                let earlier = item.draft.content.after.iter().filter(|earlier| due(by_key[earlier.as_str()]) > start(item));
                wrong.extend(earlier.map(|earlier| format!("{key} has to start before {earlier} is due, which it waits for")));
                if item.draft.parent.as_deref().is_some_and(|whole| due(item) > due(by_key[whole])) {
                    wrong.push(format!("{key} is due after what it is part of"));
                }
                for gate in item.draft.content.gates.iter().filter_map(|id| kit.gates.iter().find(|gate| &gate.id == id)) {
                    let milestone = tailored.milestones.iter().find(|it| it.id == gate.milestone).and_then(|it| it.when.date());
                    if Some(due(item)) > milestone {
                        wrong.push(format!("{key} is due after its gate, {}", gate.id));
                    }
                }
            }
            assert_eq!(wrong, Vec::<String>::new());
        }
    }
}

#[test]
fn everything_fits_an_engagement_that_starts_with_pre_planning() {
    let kit = open("mobilize-onboarding");
    let early = tailored(&kit, &everything(), "2026-01-21");
    let infeasible: Vec<_> = early.items.iter().filter(|item| item.is_infeasible()).map(|item| item.draft.key.as_str()).collect();
    assert_eq!(infeasible, Vec::<&str>::new());
}

#[test]
fn nine_days_are_too_few_for_a_background_check_and_it_has_ways_out() {
    let kit = open("mobilize-onboarding");
    let late = tailored(&kit, &everything(), "2026-02-19");
    let checks: Vec<_> = late.items.iter().filter(|item| item.draft.task.as_str() == "background-check-clearance").collect();
    assert_eq!(checks.len(), 2, "one for each delivery person on site");
    assert!(checks.iter().all(|item| item.is_infeasible() && item.draft.content.ways_out.len() >= 4));
}
