//! Communication plans, workshops and sprint goals.

use super::{
    cell::{owners, parts, segments, without_rules},
    checklist::{other, row_links},
    inline::plain,
    kind::Names,
    marker::{Mark, pieces},
    object::{Content, Exchange, GoalColumn, Goals, Participant, Session},
    rows::Row,
};

pub(super) fn communication(header: &[String], rows: &[Row]) -> Content {
    let names = Names::of(header);
    let purpose = names.column(&["purpose", "objective", "description"]);
    let audience = names.column(&["audience", "participant", "attendee"]);
    let frequency = names.column(&["frequency", "cadence"]);
    let at = names.column(&["date", "time", "when", "day"]);
    let entries = rows.iter().filter(|row| !row.is_blank()).map(|row| {
        let frequency_raw = row.plain(frequency);
        let (cadence, when) = match frequency_raw.split_once('(') {
            Some((cadence, when)) => (cadence.trim(), when.trim_end().trim_end_matches(')').trim()),
            None => (frequency_raw.trim(), ""),
        };
        Exchange {
            line: row.line,
            name: row.plain(Some(0)),
            purpose: row.cell(purpose).flat(),
            audience: owners(row.raw(audience)),
            cadence: cadence.to_lowercase(),
            when: when.to_owned(),
            frequency_raw: frequency_raw.clone(),
            date_time: row.cell(at).flat(),
            other: other(header, row, &[Some(0), purpose, audience, frequency, at]),
        }
    });
    Content::CommunicationPlan { entries: entries.collect() }
}

pub(super) fn workshops(header: &[String], rows: &[Row]) -> Content {
    let names = Names::of(header);
    let audience = names.column(&["audience", "attendee"]);
    let people = names.column(&["participant"]);
    let time = names.column(&["time", "duration", "length"]);
    let links = names.having(&["link", "artifact", "resource"]).filter(|&column| column > 0);
    let description = names.column(&["agenda", "description", "purpose", "detail", "topic"]);
    let known = [Some(0), audience, people, time, links, description];
    let sessions = rows.iter().filter(|row| !row.is_blank()).map(|row| {
        let session = row.cell(Some(0));
        let described = row.cell(description);
        let mut title = session.lead;
        let mut session_items = session.items;
        if title.is_empty() && !session_items.is_empty() {
            let first = session_items.remove(0);
            title = first.text;
            session_items.splice(0..0, first.children);
        }
        let mut rest = other(header, row, &known);
        let notes: Vec<String> = session.notes.into_iter().chain(described.notes).collect();
        if !notes.is_empty() {
            rest.insert("note".to_owned(), notes.join(" "));
        }
        Session {
            line: row.line,
            session: title,
            session_items,
            audience: owners(row.raw(audience)),
            participants: participants(row.raw(people)),
            durations: parts(row.raw(time)),
            links: parts(row.raw(links)),
            description: description.map(|_| described.lead),
            description_items: description.map(|_| described.items),
            other: rest,
            web: row_links(row),
        }
    });
    Content::Workshops { sessions: sessions.collect() }
}

/// `Customer:  *   A  AWS:  *   B`: each role with the organisation named before it.
fn participants(raw: &str) -> Vec<Participant> {
    let raw = without_rules(raw);
    let mut org = String::new();
    let mut out = Vec::new();
    for piece in pieces(&raw) {
        for segment in segments(piece.text).map(plain) {
            match segment.strip_suffix(':') {
                Some(named) => named.trim().clone_into(&mut org),
                None if segment.is_empty() => {}
                None => out.push(Participant { org: org.clone(), role: segment }),
            }
        }
    }
    out
}

pub(super) fn sprint_goals(header: &[String], heading: &[String], rows: &[Row]) -> Content {
    let mut columns = Vec::new();
    for row in rows.iter().filter(|row| !row.is_blank()) {
        for (column, name) in header.iter().enumerate() {
            let lower = name.to_lowercase();
            let kind = match () {
                () if lower.starts_with("goal") => "goals",
                () if lower.starts_with("accomplishment") => "accomplishments",
                () => continue,
            };
            let sprint = sprint(&lower).or_else(|| heading.iter().rev().find_map(|text| sprint(&text.to_lowercase())));
            columns.push(GoalColumn { line: row.line, column: kind, sprint, workstreams: goals(row.raw(Some(column))) });
        }
    }
    Content::SprintGoals { columns }
}

fn sprint(lower: &str) -> Option<u32> {
    let (_, rest) = lower.split_once("sprint")?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Bold names of workstreams, each with its bullets.
fn goals(raw: &str) -> Vec<Goals> {
    let raw = without_rules(raw);
    let mut out: Vec<Goals> = Vec::new();
    for piece in pieces(&raw) {
        let (goal, name) = match piece.mark {
            Mark::Lead | Mark::Bold => ("", piece.text),
            _ => piece.text.find("  **").map_or((piece.text, ""), |at| piece.text.split_at(at)),
        };
        let (goal, name) = (plain(goal), plain(name));
        if !goal.is_empty() {
            if out.is_empty() {
                out.push(Goals::default());
            }
            if let Some(last) = out.last_mut() {
                last.goals.push(goal);
            }
        }
        if !name.is_empty() {
            out.push(Goals { workstream: name, goals: Vec::new() });
        }
    }
    out
}
