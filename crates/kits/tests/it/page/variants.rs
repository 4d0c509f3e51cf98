//! Pages of the known kinds that look a little different.

use serde_json::{Value, json};
use tminus_domain::kit::Kit;
use tminus_kits::{page, problem::Problem};

fn objects(text: &str) -> (Vec<Value>, Kit, Vec<Problem>) {
    let mut problems = Vec::new();
    let page = page::read("Folder/Some-Page.md", text, &mut problems);
    let objects = page.objects.iter().map(|object| serde_json::to_value(object).expect("JSON")).collect();
    (objects, page.into_kit(), problems)
}

fn kinds(text: &str) -> Vec<String> {
    objects(text).0.iter().map(|object| object["kind"].as_str().expect("kind").to_owned()).collect()
}

fn table(header: &str, row: &str) -> String {
    let columns = header.matches('|').count() - 1;
    format!("{header}\n|{}\n{row}\n", " --- |".repeat(columns))
}

#[test]
fn tables_are_known_by_their_header_and_cells_not_by_their_page() {
    for (header, row, kind) in [
        ("| Nr | Status | Title | Activities | Owner |", "| 1 | Done | A | -  b | C |", "checklist"),
        ("| **Wave** | **Task** | Status | Owner |", "| 1 | Move | Open | C |", "activity_plan"),
        ("| Prerequisite | Done? |", "| Rope | No |", "simple_checklist"),
        ("| Action | Responsible | Due date |", "| Pack | Cook | T - 3 days |", "tminus_schedule"),
        ("| # | Task | Client | Provider |", "| 1 | Sail | R | A,I |", "raci"),
        ("| Work | Customer | Partner | Comments |", "| Sail | X | | later |", "responsibility"),
        ("| Meeting | Frequency | Participants |", "| Watch | Daily | Crew |", "communication_plan"),
        ("| Meeting | Participants | Duration |", "| Start | Crew | 1 hour |", "workshops"),
        ("| Day 1 | Day 2 |", "| 09:00-10:00 Start | Sail |", "schedule_grid"),
        ("| Time | Mon | Tue |", "| 9:00 AM | Start | |", "schedule_grid"),
        ("| DUR. | AGENDA ITEM | OWNER |", "| 10 min | Hello | EM |", "agenda"),
        ("| Definition of Ready | Definition of Done |", "| *   Named | *   Shipped |", "definition_list"),
        ("| Category | Questions | Answers |", "| Hull | How old? | |", "question_table"),
        ("| Escalation | Who |", "| First | Mate |", "escalation"),
        ("| Sprint | Start Date | End Date |", "| 1 | soon | later |", "table"),
        ("| Monday | Note |", "| a | b |", "table"),
        ("| Task | Size | Colour |", "| Sail | X | A |", "table"),
    ] {
        assert_eq!(kinds(&table(header, row)), [kind], "{header}");
    }
}

#[test]
fn a_grid_without_times_keeps_its_first_day() {
    let (objects, ..) = objects(&table("| Day 1 | Day 2 |", "| 09:00-10:00 Start | Sail |"));
    assert_eq!(
        objects[0]["slots"][0]["events"][0],
        json!({ "column": "Day 1", "text": "09:00-10:00 Start", "start": "09:00", "end": "10:00", "title": "Start" })
    );
}

#[test]
fn a_matrix_with_numbers_names_its_tasks() {
    let (objects, kit, _) = objects(&table("| # | Task | Client | Provider | Note |", "| 7 | Sail | R | A, I | soon |"));
    assert_eq!(objects[0]["entries"][0]["task"], "Sail");
    assert_eq!(objects[0]["entries"][0]["assigned"], json!({ "Client": ["R"], "Provider": ["A", "I"] }));
    assert_eq!(kit.responsibilities[0].marks["Provider"], "A,I");
    assert!(kit.extra.iter().any(|extra| extra.line == 3 && extra.text.contains("soon")));
}

#[test]
fn separator_rows_and_gaps_are_shown_and_nothing_is_made_up() {
    let text = "| Phase | Activity | Acceptance |\n| --- | --- | --- |\n| 0 |   |   |\n|   | Sail | Wind |\n| 2 |   |   |\n|   | Land | *   Dry *   Safe |\n";
    let (objects, kit, _) = objects(text);
    assert_eq!(objects[0]["groups"], json!(["0", "2"]));
    let places: Vec<_> = kit.modules.iter().map(|module| (module.phase.as_str(), module.tasks.len())).collect();
    assert_eq!(places, [("Phase 0", 1), ("Phase 2", 1)]);
    assert_eq!(kit.modules[1].tasks[0].accept.len(), 2);
}

#[test]
fn a_first_row_that_is_short_is_not_guessed() {
    let (objects, _, problems) = objects("| Sprint | Objective | Activity |\n| --- | --- | --- |\n| 1 | Sail |\n");
    assert_eq!(objects[0]["activities"][0]["objective"], "Sail");
    assert!(problems.iter().any(|problem| problem.line == 3 && problem.message.contains("2 cells for 3 columns")), "{problems:?}");
}

#[test]
fn markup_does_not_come_back_out_of_entities() {
    let text = "Checklist\n=========\n\n- Sail &amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt; &lt;b onclick=y&gt;on&lt;/b&gt;\n\n| a&#124;b | &lt;name&gt; |\n| --- | --- |\n| c | d |\n";
    let (objects, kit, problems) = objects(text);
    let json = serde_json::to_string(&kit).expect("JSON");
    assert!(!json.contains("<script") && !json.contains("onclick") && json.contains("<name>"), "{json}");
    assert_eq!(kit.modules[0].tasks[0].title, "Sail x on");
    assert_eq!(objects.iter().find(|object| object["kind"] == "table").expect("table")["columns"], json!(["a|b", "<name>"]));
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_page_is_named_after_its_file_or_the_heading_that_says_the_same() {
    for (path, text, title) in [
        ("A/Pre-Engagement---Plan%2DB.md", "x", "Pre Engagement - Plan B"),
        ("A/Pre-Engagement-Interviews.md", "Pre-Engagement Interviews\n=====\n\nx", "Pre-Engagement Interviews"),
    ] {
        assert_eq!(page::read(path, text, &mut Vec::new()).title, title);
    }
}

#[test]
fn the_same_page_gives_the_same_ids_and_no_id_twice() {
    let text = "Crew Checklist\n-----\n\n-  Sail -  Sail -  Sail-2\n\n**Deck**\n\n- Sail\n";
    let ids = |kit: &Kit| kit.tasks().map(|(_, task)| task.id.0.clone()).collect::<Vec<_>>();
    let (_, kit, _) = objects(text);
    assert_eq!(ids(&kit), ["crew-checklist-sail", "crew-checklist-sail-2", "crew-checklist-sail-2-2", "deck-sail"]);
    assert_eq!(ids(&kit), ids(&objects(text).1));
}

#[test]
fn an_interview_page_needs_only_its_questions() {
    let text = "Hull\n====\n\n### Sample Interview Questions\n\n1.  How old?\n    1.  Really?\n2.  Dry?\n";
    let (objects, kit, _) = objects(text);
    assert_eq!(objects[0]["workstreams"][0]["workstream"], "Hull");
    assert_eq!((kit.banks[0].questions.len(), kit.banks[0].questions[0].questions[0].text.as_str()), (2, "Really?"));
}

#[test]
fn too_many_items_are_refused_with_their_number() {
    let (_, _, problems) = objects(&format!("Checklist\n---------\n\n{}", "- a\n".repeat(20_001)));
    assert!(problems.iter().any(|problem| problem.message.contains("20001")), "{problems:?}");
}
