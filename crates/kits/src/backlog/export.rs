//! A kit as a CSV backlog that Jira imports and that no spreadsheet runs.

use tminus_domain::kit::{Kit, Module, task::Task};

use super::{formula::guard_cell, kit::NO_EPIC};

const HEADER: [&str; 11] = [
    "Summary",
    "Description",
    "Components",
    "Issue Type",
    "Epic Link",
    "Epic Name",
    "Story Points",
    "Labels",
    "Status",
    "Issue id",
    "Parent id",
];

/// Modules as epics, tasks as stories, items as sub-tasks, decisions as a list at the end. Every cell is guarded.
pub fn to_csv(kit: &Kit) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut next = 0;
    let mut write = |row: [String; 11]| {
        let cells = row.iter().map(|cell| guard_cell(cell));
        // Writing into memory cannot fail.
        let _ = out.write_record(cells);
    };
    write(HEADER.map(str::to_owned));
    for module in &kit.modules {
        if module.title != NO_EPIC {
            write(epic(module));
        }
        for task in &module.tasks {
            next += 1;
            let id = next;
            write(story(module, task, &id.to_string(), ""));
            for part in task.items.iter().flat_map(Task::with_parts) {
                next += 1;
                write(story(module, part, &next.to_string(), &id.to_string()));
            }
        }
    }
    for decision in &kit.decisions {
        let mut row: [String; 11] = Default::default();
        row[0] = format!("KIT_DEC_{}", decision.title);
        row[1].clone_from(&decision.description);
        row[2].clone_from(&decision.component);
        "Story".clone_into(&mut row[3]);
        row[7] = decision.labels.join(" ");
        write(row);
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn epic(module: &Module) -> [String; 11] {
    let mut row: [String; 11] = Default::default();
    row[0].clone_from(&module.title);
    row[1] = if module.description.is_empty() { module.title.clone() } else { module.description.clone() };
    "Epic".clone_into(&mut row[3]);
    row[5].clone_from(&module.title);
    row
}

fn story(module: &Module, task: &Task, id: &str, parent: &str) -> [String; 11] {
    let jira = task.target.clone().and_then(|target| target.jira).unwrap_or_default();
    let mut description = task.description.clone();
    if !task.accept.is_empty() {
        description.push_str("\nAcceptance Criteria:");
        for criterion in &task.accept {
            description.push_str("\n-");
            description.push_str(&criterion.text);
            for sub in &criterion.sub {
                description.push_str("\n-");
                description.push_str(sub);
            }
        }
    }
    let epic = match (module.title == NO_EPIC, jira.epic.is_empty()) {
        (false, true) => module.title.clone(),
        _ => jira.epic,
    };
    let kind = match (parent.is_empty(), jira.kind.is_empty()) {
        (false, _) => "Sub-task".to_owned(),
        (true, true) => "Story".to_owned(),
        (true, false) => jira.kind,
    };
    let points = jira.points.map(|points| points.to_string()).unwrap_or_default();
    [
        task.title.clone(),
        description,
        jira.component,
        kind,
        epic,
        String::new(),
        points,
        jira.labels.join(" "),
        jira.status,
        id.to_owned(),
        parent.to_owned(),
    ]
}
