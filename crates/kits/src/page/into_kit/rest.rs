//! Scales, registers, home pages, and tables of no known kind.

use std::collections::BTreeMap;

use tminus_domain::kit::{
    Extra, Side,
    governance::{Decision, EscalationLevel, Risk, Scale, Stakeholder, Table},
};

use super::{
    super::object::{Columns, Entry, HomeItem, HomeSection, Object, Value},
    making::{Making, side},
};

fn cell(entry: &Entry, column: &str) -> String {
    entry.cells.get(&column.to_lowercase()).map(Value::flat).unwrap_or_default()
}

fn spoken(item: &HomeItem) -> String {
    let parts: Vec<String> = item.children.iter().map(spoken).collect();
    if parts.is_empty() { item.text.clone() } else { format!("{} ({})", item.text, parts.join("; ")) }
}

impl Making {
    pub(super) fn extra(&mut self, line: u32, kind: &str, text: String) {
        self.kit.extra.push(Extra { file: self.file.clone(), line, text, kind: kind.to_owned() });
    }

    pub(super) fn table(&mut self, object: &Object, columns: &Columns) {
        let row = |entry: &Entry| {
            let mut cells: Vec<String> = columns.columns.iter().map(|column| cell(entry, column)).collect();
            if let Some(last) = cells.last_mut() {
                for note in &entry.glued_notes {
                    last.push_str(&[" ", note].concat());
                }
            }
            cells
        };
        let made = Table {
            title: self.titled(object),
            columns: columns.columns.clone(),
            rows: columns.entries.iter().map(row).collect(),
            src: self.src(object.line),
        };
        self.kit.tables.push(made);
    }

    pub(super) fn scale(&mut self, columns: &Columns) {
        for entry in &columns.entries {
            let mut texts = columns.columns.iter().map(|column| cell(entry, column));
            let points = texts.next().unwrap_or_default();
            let meaning: Vec<String> = texts.filter(|text| !text.is_empty()).chain(entry.glued_notes.iter().cloned()).collect();
            let src = self.src(entry.line);
            self.kit.scales.push(Scale { points, meaning: meaning.join(". "), src });
        }
    }

    /// One seat for each role that is wished for; whoever is named already is a seat with their name as its note.
    pub(super) fn stakeholders(&mut self, columns: &Columns) {
        for entry in &columns.entries {
            let workstream = columns.columns.first().map(|column| cell(entry, column)).unwrap_or_default();
            for column in columns.columns.iter().skip(1) {
                let Some(value) = entry.cells.get(&column.to_lowercase()) else { continue };
                let seat = |role: String, side: Option<Side>, note: String| Stakeholder {
                    workstream: workstream.clone(),
                    role,
                    side,
                    note,
                    days_a_week: None,
                    src: self.src(entry.line),
                };
                let lower = column.to_lowercase();
                let named = (lower.contains("customer") || lower.contains("aws") || lower.contains("delivery")).then(|| side(column));
                let seats: Vec<Stakeholder> = match value {
                    Value::List { items, .. } if lower.contains("role") => {
                        items.iter().map(|item| seat(item.text.clone(), named, String::new())).collect()
                    }
                    value if value.flat().is_empty() => Vec::new(),
                    value if lower.contains("role") => vec![seat(value.flat(), named, String::new())],
                    value => vec![seat(column.clone(), named, value.flat())],
                };
                self.kit.stakeholders.extend(seats);
            }
        }
    }

    /// The table as it is, and one level for each of its columns that is one.
    pub(super) fn escalation(&mut self, object: &Object, columns: &Columns) {
        self.table(object, columns);
        for column in columns.columns.iter().filter(|column| column.to_lowercase().contains("level")) {
            let mut who: Vec<String> = Vec::new();
            for text in columns.entries.iter().map(|entry| cell(entry, column)).filter(|text| !text.is_empty()) {
                if !who.contains(&text) {
                    who.push(text);
                }
            }
            let (customer, delivery): (Vec<_>, Vec<_>) = who.into_iter().partition(|text| side(text) == Side::Customer);
            let src = self.src(object.line);
            let level = EscalationLevel {
                level: column.clone(),
                delivery: delivery.join("; "),
                customer: customer.join("; "),
                src,
                ..EscalationLevel::default()
            };
            self.kit.escalation.push(level);
        }
    }

    pub(super) fn home(&mut self, sections: &BTreeMap<&'static str, HomeSection>) {
        let items = |name: &str| sections.get(name).map(|section| section.items.clone()).unwrap_or_default();
        if let Some(mission) = sections.get("mission") {
            self.kit.summary = mission.text.iter().cloned().chain(mission.items.iter().map(spoken)).collect::<Vec<_>>().join(" ");
        }
        for item in items("milestones") {
            self.milestone(&spoken(&item), "");
        }
        for item in items("risks") {
            let risk =
                Risk { id: self.unique("risk", &item.text, "risk"), text: spoken(&item), src: self.src(item.line), ..Risk::default() };
            self.kit.risks.push(risk);
        }
        for item in items("decisions") {
            let id = self.unique("decision", &item.text, "decision");
            let description = item.children.iter().map(spoken).collect::<Vec<_>>().join("\n");
            self.kit.decisions.push(Decision {
                id,
                title: item.text.clone(),
                description,
                src: self.src(item.line),
                ..Decision::default()
            });
        }
    }
}
