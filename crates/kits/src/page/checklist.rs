//! Checklists in tables, activity plans, and tables by column.

use std::collections::BTreeMap;

use super::{
    cell::{Cell, Item, owners, parts},
    kind::{GROUPS, Names, OWNERS, simple_text},
    object::{Activity, Check, Columns, Content, Entry, PageLink, Planned, Value},
    rows::Row,
};
use crate::text::{links, safe::is_web};

pub(super) fn checklist(header: &[String], rows: &[Row]) -> Content {
    let names = Names::of(header);
    let (activity, owner) = (names.column(&["activit"]), names.column(&["owner"]));
    let title = header.iter().position(String::is_empty).or_else(|| names.column(&["title", "area", "topic", "workstream", "category"]));
    let (number, status) = (names.column(&["#", "no", "id"]), names.column(&["status"]));
    let read = |row: &Row| {
        let mut cell = row.cell(activity);
        let mut heading = row.plain(title);
        if heading.is_empty() && !cell.items.is_empty() {
            heading = std::mem::take(&mut cell.lead);
        }
        Activity {
            line: row.line,
            number: row.plain(number),
            status: row.plain(status),
            title: heading,
            lead: cell.lead,
            items: cell.items,
            notes: cell.notes,
            owners: owners(row.raw(owner)),
            links: web_links(&[row.raw(activity), row.raw(owner)]),
        }
    };
    Content::Checklist { activities: rows.iter().filter(|row| !row.is_blank()).map(read).collect() }
}

/// The links to the web in a row.
pub(super) fn row_links(row: &Row) -> Vec<PageLink> {
    web_links(&row.cells.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The links to the web in raw cells.
pub(super) fn web_links(cells: &[&str]) -> Vec<PageLink> {
    let all = cells.iter().flat_map(|cell| links(cell)).filter(|link| !link.image && is_web(link.url));
    all.map(|link| PageLink { text: super::inline::plain(link.text), url: link.url.to_owned() }).collect()
}

/// Columns that have no meaning of their own, by name, where they hold something.
pub(super) fn other(header: &[String], row: &Row, known: &[Option<usize>]) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (column, name) in header.iter().enumerate() {
        let text = if known.contains(&Some(column)) { String::new() } else { row.cell(Some(column)).flat() };
        if !text.is_empty() {
            let all = out.entry(name.to_lowercase()).or_default();
            if !all.is_empty() {
                all.push_str("; ");
            }
            all.push_str(&text);
        }
    }
    out
}

pub(super) fn simple_checklist(header: &[String], rows: &[Row]) -> Content {
    let names = Names::of(header);
    let text = simple_text(&names);
    let number = names.column(&["#", "no.", "id"]);
    let area = names.column(&["area", "category", "group", "section", "workstream", "phase", "stage"]).filter(|&area| Some(area) != text);
    let mut items = Vec::new();
    let mut last_area = String::new();
    for row in rows {
        let (cell, in_area) = (row.cell(text), row.cell(area));
        if area.is_some() && !in_area.lead.is_empty() {
            last_area.clone_from(&in_area.lead);
        }
        let known = [number, area, text];
        let new = |text: String, subitems| Check {
            line: row.line,
            number: row.plain(number),
            area: last_area.clone(),
            text,
            subitems,
            other: other(header, row, &known),
            web: row_links(row),
        };
        if cell.lead.is_empty() {
            items.extend(cell.items.into_iter().map(|item| new(item.text, item.children)));
        } else {
            items.push(new(cell.lead, cell.items));
        }
    }
    Content::SimpleChecklist { items }
}

struct PlanColumns {
    group: usize,
    objective: Option<usize>,
    activity: Option<usize>,
    accept: Option<usize>,
    module: Option<usize>,
    section: Option<usize>,
    workshop: Option<usize>,
    links: Option<usize>,
    owners: Option<usize>,
}

impl PlanColumns {
    fn of(names: &Names) -> Self {
        let group = names.column(GROUPS).unwrap_or(0);
        let beside = |column: Option<usize>| column.filter(|&column| column != group);
        let objective = beside(names.column(&["objective", "task", "goal"]));
        let activity = beside(names.column(&["activit", "deliverable"]).or_else(|| names.column(&["outcome", "output"])));
        let accept = beside(names.column(&["acceptance", "exit criteri", "done when"]));
        let module = beside(names.column(&["module"]));
        let section = beside(names.column(&["section"]));
        let workshop = beside(names.column(&["workshop"])).filter(|_| objective.is_some());
        let taken = [objective, activity, accept, module, section, workshop];
        let free = |column: Option<usize>| beside(column).filter(|_| !taken.contains(&column));
        let links = free(names.having(&["link", "artifact", "resource"]));
        let owners = free(names.column(OWNERS).or_else(|| names.column(&["audience", "participant"])));
        Self { group, objective, activity, accept, module, section, workshop, links, owners }
    }

    fn known(&self) -> [Option<usize>; 9] {
        let Self { group, objective, activity, accept, module, section, workshop, links, owners } = *self;
        [Some(group), objective, activity, accept, module, section, workshop, links, owners]
    }
}

pub(super) fn plan(header: &[String], rows: &[Row]) -> Content {
    let columns = PlanColumns::of(&Names::of(header));
    let mut groups: Vec<String> = Vec::new();
    let mut group = String::new();
    let mut activities = Vec::new();
    for row in rows {
        let named = row.plain(Some(columns.group));
        if !named.is_empty() {
            group = named;
            if !groups.contains(&group) {
                groups.push(group.clone());
            }
        }
        if row.cells.iter().enumerate().all(|(at, cell)| at == columns.group || super::table::is_blank(cell)) {
            continue;
        }
        activities.push(planned(header, row, &columns, &group));
    }
    Content::ActivityPlan { group_column: header[columns.group].to_lowercase(), groups, activities }
}

fn planned(header: &[String], row: &Row, columns: &PlanColumns, group: &str) -> Planned {
    let (objective, activity) = (row.cell(columns.objective), row.cell(columns.activity));
    let accept = row.cell(columns.accept);
    let mut notes = activity.notes;
    notes.extend(objective.notes);
    notes.extend(accept.notes);
    let mut criteria = accept.items;
    if !accept.lead.is_empty() {
        criteria.insert(0, Item { text: accept.lead, children: Vec::new() });
    }
    let texts = [&activity.lead, &objective.lead].into_iter().chain(activity.items.iter().map(|item| &item.text));
    let prerequisite_of = texts.filter_map(|text| prerequisite(text)).collect();
    Planned {
        line: row.line,
        group: group.to_owned(),
        objective: objective.lead,
        objective_items: objective.items,
        lead: activity.lead,
        items: activity.items,
        notes,
        acceptance_criteria: columns.accept.map(|_| criteria),
        module: columns.module.map(|at| row.plain(Some(at))),
        section: columns.section.map(|at| row.plain(Some(at))),
        workshop: columns.workshop.map(|at| row.cell(Some(at)).flat()),
        links: parts(row.raw(columns.links)),
        owners: owners(row.raw(columns.owners)),
        prerequisite_of,
        other: other(header, row, &columns.known()),
        web: row_links(row),
    }
}

/// The name in `Pre-requisite to “Name”`.
fn prerequisite(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if !lower.starts_with("pre-requisite") && !lower.starts_with("prerequisite") {
        return None;
    }
    let (_, quoted) = text.split_once(['“', '"', '‘'])?;
    let (name, _) = quoted.split_once(['”', '"', '’'])?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Every row by column name.
pub(super) fn columns(header: &[String], rows: &[Row]) -> Columns {
    let entry = |row: &Row| {
        let mut cells = BTreeMap::new();
        let mut glued_notes = Vec::new();
        for (column, name) in header.iter().enumerate() {
            let Cell { lead, items, notes } = row.cell(Some(column));
            glued_notes.extend(notes);
            let value = if items.is_empty() { Value::Text(lead) } else { Value::List { text: lead, items } };
            if let Some(hidden) = cells.insert(name.to_lowercase(), value) {
                glued_notes.extend(Some(hidden.flat()).filter(|text| !text.is_empty()));
            }
        }
        Entry { line: row.line, cells, glued_notes, web: row_links(row) }
    };
    Columns { columns: header.to_vec(), entries: rows.iter().filter(|row| !row.is_blank()).map(entry).collect() }
}
