//! Meetings, matrices and reports.

use std::collections::HashMap;

use tminus_domain::kit::governance::{Agenda, AgendaLine, Communication, Grid, Responsibility, SprintGoals, Workshop};

use super::{
    super::{
        cell::{Item, flatten},
        object::{Columns, Exchange, GoalColumn, GridReading, Marks, Matrix, Object, Session, Value},
    },
    making::{Making, page_links},
    work::named_notes,
};

/// Minutes at the start of a text: `20 Minutes`, `1 hour`, `10-15 Minutes` (the longer).
fn minutes(text: &str) -> u32 {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let numbers = words.iter().map_while(|word| word.parse::<u32>().ok());
    let Some(number) = numbers.max() else { return 0 };
    match words.iter().find(|word| word.parse::<u32>().is_err()) {
        Some(unit) if unit.starts_with("min") => number,
        Some(unit) if unit.starts_with("hour") || *unit == "h" => number.saturating_mul(60),
        _ => 0,
    }
}

fn listed(items: &[Item]) -> Vec<String> {
    let mut out = Vec::new();
    flatten(items, &mut out);
    out.iter().map(|text| format!("- {text}")).collect()
}

impl Making {
    pub(super) fn responsibilities(&mut self, matrix: &Matrix) {
        for entry in &matrix.entries {
            let marks = entry.assigned.iter().map(|(party, marks)| {
                let text = match marks {
                    Marks::Tick(text) => text.clone(),
                    Marks::Letters(letters) => letters.join(","),
                };
                (party.clone(), text)
            });
            let made = Responsibility {
                section: entry.section.clone(),
                text: entry.task.clone(),
                marks: marks.collect(),
                internal: false,
                src: self.src(entry.line),
            };
            self.kit.responsibilities.push(made);
            if !entry.note.is_empty() {
                self.extra(entry.line, "note", format!("{}: {}", entry.task, entry.note));
            }
        }
    }

    pub(super) fn communications(&mut self, entries: &[Exchange]) {
        for entry in entries {
            let made = Communication {
                title: entry.name.clone(),
                purpose: entry.purpose.clone(),
                audience: entry.audience.join(", "),
                frequency: entry.frequency_raw.clone(),
                at: entry.date_time.clone(),
                owner: entry.other.get("owner").cloned().unwrap_or_default(),
                channel: entry.other.get("channel").cloned().unwrap_or_default(),
                src: self.src(entry.line),
            };
            self.kit.communications.push(made);
        }
    }

    pub(super) fn grid(&mut self, object: &Object, grid: &GridReading) {
        let made = Grid { title: self.titled(object), columns: grid.columns.clone(), rows: grid.rows.clone(), src: self.src(object.line) };
        self.kit.grids.push(made);
    }

    pub(super) fn sprint_goals(&mut self, columns: &[GoalColumn]) {
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for column in columns {
            let sprint = column.sprint.map(|number| number.to_string()).unwrap_or_default();
            for goals in &column.workstreams {
                let key = (sprint.clone(), goals.workstream.clone());
                let at = *places.entry(key).or_insert_with(|| {
                    self.kit.sprint_goals.push(SprintGoals {
                        sprint: sprint.clone(),
                        workstream: goals.workstream.clone(),
                        src: format!("{}#L{}", self.file, column.line),
                        ..SprintGoals::default()
                    });
                    self.kit.sprint_goals.len() - 1
                });
                let made = &mut self.kit.sprint_goals[at];
                let list = if column.column == "goals" { &mut made.goals } else { &mut made.accomplishments };
                list.extend(goals.goals.iter().cloned());
            }
        }
    }

    pub(super) fn workshops(&mut self, object: &Object, sessions: &[Session]) {
        let section = self.titled(object);
        for session in sessions {
            let people = session.participants.iter().map(|one| match one.org.as_str() {
                "" => one.role.clone(),
                org => format!("{org}: {}", one.role),
            });
            let mut note: Vec<String> = session.description.iter().filter(|text| !text.is_empty()).cloned().collect();
            note.extend(listed(&session.session_items));
            note.extend(session.description_items.iter().flat_map(|items| listed(items)));
            note.extend(named_notes(&session.other));
            let made = Workshop {
                title: session.session.clone(),
                audience: session.audience.iter().cloned().chain(people).collect::<Vec<_>>().join(", "),
                time: session.durations.join("; "),
                section: section.clone(),
                note: note.join("\n"),
                links: page_links(&session.links, &session.web),
                src: self.src(session.line),
            };
            self.kit.workshops.push(made);
        }
    }

    pub(super) fn agenda(&mut self, object: &Object, columns: &Columns) {
        let title = self.titled(object);
        let mut lines = Vec::new();
        for entry in &columns.entries {
            let mut line = AgendaLine { src: self.src(entry.line), ..AgendaLine::default() };
            let (mut when, mut note) = (Vec::new(), Vec::new());
            for column in &columns.columns {
                let name = column.to_lowercase();
                let Some(value) = entry.cells.get(&name) else { continue };
                let text = value.flat();
                let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
                match () {
                    () if text.is_empty() => {}
                    () if begins(&["topic", "session", "agenda", "subject", "item"]) && line.topic.is_empty() => match value {
                        Value::List { text, items } if !text.is_empty() => {
                            line.topic.clone_from(text);
                            note.extend(listed(items));
                        }
                        _ => line.topic = text,
                    },
                    () if begins(&["day", "start", "end", "dur", "time", "min"]) => {
                        line.minutes = line.minutes.max(minutes(&text));
                        when.push(text);
                    }
                    () if begins(&["presenter", "owner", "speaker", "facilitator", "who", "lead"]) => line.presenter = text,
                    () => note.push(format!("{column}: {text}")),
                }
            }
            note.extend(entry.glued_notes.iter().cloned());
            line.when = when.join(", ");
            line.note = note.join("\n");
            lines.push(line);
        }
        let id = self.unique("agenda", &title, "agenda");
        let minutes = lines.iter().fold(0, |sum: u32, line| sum.saturating_add(line.minutes));
        self.kit.agendas.push(Agenda { id, title, minutes, lines, src: self.src(object.line) });
    }
}
