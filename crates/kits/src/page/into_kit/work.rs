//! Checklists, plans and schedules as modules with tasks.

use std::{collections::BTreeMap, collections::HashMap, collections::HashSet};

use tminus_domain::{
    ids::TaskId,
    kit::{
        Extra, Link,
        due::{DayUnit, DueRule},
        task::{Criterion, Task},
    },
};

use super::{
    super::{
        cell::Item,
        object::{Activity, Check, Columns, Countdown, FreeItem, Object, PageLink, Planned, Unit},
    },
    making::{Making, page_links},
};
use crate::text::compare_key;

fn web(links: &[PageLink]) -> Vec<Link> {
    links.iter().map(|link| Link { text: link.text.clone(), url: link.url.clone(), ..Link::default() }).collect()
}

/// Columns without a meaning of their own, each as a note.
pub(super) fn named_notes(other: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    other.iter().map(|(name, text)| if name.is_empty() { text.clone() } else { format!("{name}: {text}") })
}

fn add_text(description: &mut String, text: &str) {
    if text.is_empty() || description.lines().any(|line| line == text) {
        return;
    }
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str(text);
}

fn bullets(items: &[Item], depth: usize, into: &mut String) {
    for item in items {
        if !into.is_empty() {
            into.push('\n');
        }
        into.push_str(&"  ".repeat(depth));
        into.push_str("- ");
        into.push_str(&item.text);
        bullets(&item.children, depth + 1, into);
    }
}

impl Making {
    pub(super) fn checklist(&mut self, activities: &[Activity]) {
        for activity in activities {
            let module = self.new_module(&activity.title, activity.line);
            let owners = self.roles(&activity.owners);
            let mut tasks = self.items(module, &activity.items, activity.line);
            if tasks.is_empty() {
                let text = if activity.lead.is_empty() { &activity.title } else { &activity.lead };
                tasks.push(self.task(module, text, activity.line));
            }
            for task in &mut tasks {
                task.owners.clone_from(&owners);
            }
            let place = [activity.number.as_str(), &activity.status].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
            let extra =
                Extra { file: self.file.clone(), line: activity.line, text: place.join(": "), kind: "number and status".to_owned() };
            let made = &mut self.kit.modules[module];
            if !activity.items.is_empty() {
                add_text(&mut made.description, &activity.lead);
            }
            made.owners = owners;
            made.notes.clone_from(&activity.notes);
            made.links = web(&activity.links);
            made.extra.extend((!place.is_empty()).then_some(extra));
            made.tasks = tasks;
        }
    }

    pub(super) fn simple_checklist(&mut self, object: &Object, items: &[Check]) {
        let title = self.titled(object);
        for item in items {
            let phase = if item.area.is_empty() { "" } else { &title };
            let named = if item.area.is_empty() { &title } else { &item.area };
            let module = self.module(phase, named, item.line);
            let mut task = self.task(module, &item.text, item.line);
            task.items = self.items(module, &item.subitems, item.line);
            task.notes = named_notes(&item.other).collect();
            task.links = web(&item.web);
            self.kit.modules[module].tasks.push(task);
        }
    }

    pub(super) fn freeform(&mut self, title: &str, items: &[FreeItem]) {
        for item in items {
            let module = match item.group.as_str() {
                "" => self.module("", title, item.line),
                group => self.module(title, group, item.line),
            };
            let mut task = self.task(module, &item.text, item.line);
            task.items = self.items(module, &item.children, item.line);
            self.kit.modules[module].tasks.push(task);
        }
    }

    pub(super) fn plan(&mut self, group_column: &str, activities: &[Planned]) {
        for planned in activities {
            let numbered = !planned.group.is_empty() && planned.group.bytes().all(|byte| byte.is_ascii_digit());
            let group = if numbered {
                let (first, rest) = group_column.split_at(group_column.chars().next().map_or(0, char::len_utf8));
                format!("{}{rest} {}", first.to_uppercase(), planned.group)
            } else {
                planned.group.clone()
            };
            let title = planned.module.clone().filter(|module| !module.is_empty()).unwrap_or_else(|| group.clone());
            let phase = if group_column == "epic" { "" } else { &group };
            let module = self.module(phase, &title, planned.line);
            let task = self.planned(module, planned);
            self.waits.extend(planned.prerequisite_of.iter().map(|waiting| (waiting.clone(), task.id.clone())));
            self.kit.modules[module].tasks.push(task);
        }
    }

    fn planned(&mut self, module: usize, planned: &Planned) -> Task {
        let first = planned.items.first().map(|item| item.text.as_str());
        let texts = [planned.section.as_deref().unwrap_or_default(), &planned.objective, &planned.lead];
        let title = texts.into_iter().find(|text| !text.is_empty()).or(first).unwrap_or_default();
        let mut task = self.task(module, title, planned.line);
        for text in texts {
            if text != task.title && !text.is_empty() {
                add_text(&mut task.description, text);
            }
        }
        let mut list = String::new();
        bullets(&planned.objective_items, 0, &mut list);
        add_text(&mut task.description, &list);
        let src = task.src.clone();
        task.items = self.items(module, &planned.items, planned.line);
        let criterion = |item: &Item| {
            let mut sub = Vec::new();
            super::super::cell::flatten(&item.children, &mut sub);
            Criterion { text: item.text.clone(), sub, src: src.clone() }
        };
        task.accept = planned.acceptance_criteria.iter().flatten().map(criterion).collect();
        task.owners = self.roles(&planned.owners);
        task.links = page_links(&planned.links, &planned.web);
        task.notes.clone_from(&planned.notes);
        task.notes.extend(planned.workshop.iter().filter(|text| !text.is_empty()).map(|text| format!("Workshop: {text}")));
        task.notes.extend(named_notes(&planned.other));
        task
    }

    /// Tasks that were named as waiting for others come after them.
    pub(super) fn link_waiting(&mut self) {
        let mut by_title: HashMap<String, TaskId> = HashMap::new();
        for (_, task) in self.kit.tasks() {
            by_title.entry(compare_key(&task.title)).or_insert_with(|| task.id.clone());
        }
        let mut edges: HashMap<TaskId, Vec<TaskId>> = HashMap::new();
        for (waiting, first) in std::mem::take(&mut self.waits) {
            let Some(waiting) = by_title.get(&compare_key(&waiting)) else { continue };
            if *waiting != first && !reaches(&edges, &first, waiting) {
                edges.entry(waiting.clone()).or_default().push(first);
            }
        }
        for task in self.kit.modules.iter_mut().flat_map(|module| &mut module.tasks) {
            task.after = edges.remove(&task.id).unwrap_or_default();
        }
    }

    pub(super) fn activity_list(&mut self, object: &Object, columns: &Columns) {
        let title = self.titled(object);
        let module = self.module("", &title, object.line);
        for entry in &columns.entries {
            let cell = |column: &String| entry.cells.get(&column.to_lowercase()).map(super::super::object::Value::flat).unwrap_or_default();
            let named = columns.columns.first().map(cell).unwrap_or_default();
            let mut task = self.task(module, &named, entry.line);
            for column in columns.columns.iter().skip(1) {
                let text = cell(column);
                let lower = column.to_lowercase();
                if lower.contains("artifact") || lower.contains("resource") || lower.contains("link") {
                    task.links.extend(page_links(&[text], &[]).into_iter().filter(|link| !link.text.is_empty()));
                } else {
                    add_text(&mut task.description, &text);
                }
            }
            task.links.extend(web(&entry.web));
            task.notes.clone_from(&entry.glued_notes);
            self.kit.modules[module].tasks.push(task);
        }
    }

    pub(super) fn countdown(&mut self, object: &Object, entries: &[Countdown]) {
        let title = self.titled(object);
        let module = self.module("", &title, object.line);
        let dated = entries.iter().any(|entry| entry.offset.is_some());
        let anchor = dated.then(|| self.milestone("T", &format!("The day that “{title}” counts to; its source does not say which.")));
        for entry in entries {
            let mut task = self.task(module, &entry.task, entry.line);
            task.owners = self.roles(&entry.owners);
            let due = anchor.clone().zip(entry.offset).zip(entry.unit);
            task.due = due.map(|((anchor, offset), unit)| match unit {
                // On the day itself the kind of day does not count, and is not written.
                _ if offset == 0 => DueRule { anchor, offset, unit: DayUnit::Business },
                Unit::Day => DueRule { anchor, offset, unit: DayUnit::Calendar },
                Unit::Week => DueRule { anchor, offset: offset * 7, unit: DayUnit::Calendar },
                Unit::BusinessDay => DueRule { anchor, offset, unit: DayUnit::Business },
            });
            add_text(&mut task.description, &entry.note);
            if !entry.due_raw.is_empty() {
                let extra = Extra { file: self.file.clone(), line: entry.line, text: entry.due_raw.clone(), kind: "due".to_owned() };
                task.extra.push(extra);
            }
            if entry.offset.is_none() && !entry.due_raw.is_empty() {
                task.notes.push(format!("Due: {}", entry.due_raw));
            }
            task.notes.extend(named_notes(&entry.other));
            self.kit.modules[module].tasks.push(task);
        }
    }
}

/// Whether one task already waits, over others, for another.
fn reaches(edges: &HashMap<TaskId, Vec<TaskId>>, from: &TaskId, to: &TaskId) -> bool {
    let mut open = vec![from];
    let mut seen = HashSet::new();
    while let Some(task) = open.pop() {
        if task == to {
            return true;
        }
        if seen.insert(task) {
            open.extend(edges.get(task).into_iter().flatten());
        }
    }
    false
}
