//! Questions: in tables, in forms, and in interview pages.

use super::{
    cell::flatten,
    checklist::other,
    document::{Block, Body},
    inline::plain,
    kind::{Names, question_number},
    object::{Asked, Content, FormQuestion, Interview, Numbered},
    rows::Row,
    table::RawTable,
};

pub(super) fn table(header: &[String], rows: &[Row]) -> Content {
    let names = Names::of(header);
    let text = names.column(&["question"]);
    let number = names.column(&["#", "no.", "nr", "id"]);
    let category = names.column(&["category", "area", "section", "topic", "domain", "group"]);
    let mut last = String::new();
    let mut questions = Vec::new();
    for row in rows {
        let in_category = row.plain(category);
        if !in_category.is_empty() {
            last = in_category;
        }
        let asked = row.cell(text).flat();
        if !asked.is_empty() {
            let other = other(header, row, &[text, number, category]);
            questions.push(Asked { line: row.line, number: row.plain(number), category: last.clone(), text: asked, other });
        }
    }
    Content::QuestionTable { questions }
}

/// One column in which questions with numbers and rows for their answers alternate.
pub(super) fn form(table: &RawTable, rows: &[Row]) -> Content {
    let mut questions: Vec<FormQuestion> = Vec::new();
    let header = Row { line: table.line, cells: table.header.clone(), unsure: false };
    for row in std::iter::once(&header).chain(rows) {
        let text = row.plain(Some(0));
        if let Some((number, text)) = question_number(&text) {
            questions.push(FormQuestion { line: row.line, text: text.to_owned(), number: number.to_owned(), ..FormQuestion::default() });
            continue;
        }
        let Some(question) = questions.last_mut() else { continue };
        let cell = row.cell(Some(0));
        for hint in std::iter::once(cell.lead).chain(cell.notes).filter(|text| !text.is_empty()) {
            if !question.hint.is_empty() {
                question.hint.push(' ');
            }
            question.hint.push_str(&hint);
        }
        flatten(&cell.items, &mut question.options);
    }
    Content::QuestionForm { questions }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Intro,
    Other,
    Participants,
    Questions,
}

fn part(heading: &str) -> Option<Part> {
    let lower = heading.to_lowercase();
    match () {
        () if lower.contains("interview questions") || lower.contains("sample questions") => Some(Part::Questions),
        () if lower.contains("participants") => Some(Part::Participants),
        () => None,
    }
}

/// Whether a page holds interviews: a heading for questions below each workstream's.
pub(super) fn is_bank(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| matches!(&block.body, Body::Heading { text, .. } if part(text) == Some(Part::Questions)))
}

/// The interviews of a page, and which of its blocks they take.
pub(super) fn bank(blocks: &[Block]) -> (Content, Vec<usize>) {
    let (mut intro, mut workstreams, mut used) = (Vec::new(), Vec::<Interview>::new(), Vec::new());
    let mut state = Part::Intro;
    let mut group = String::new();
    let mut seen = 0;
    for (index, block) in blocks.iter().enumerate() {
        match &block.body {
            Body::Heading { text, level, .. } => {
                let named = part(text);
                let opens = named.is_none() && leads_to_part(&blocks[index + 1..], *level, &mut seen, index);
                if opens {
                    workstreams.push(Interview { line: block.line, workstream: text.clone(), ..Interview::default() });
                }
                state = named.filter(|_| !workstreams.is_empty()).unwrap_or(Part::Other);
                group.clear();
                if opens {
                    used.push(index);
                } else if let Some(interview) = workstreams.last_mut().filter(|_| named.is_some()) {
                    interview.headings.push((block.line, text.clone()));
                    used.push(index);
                }
            }
            Body::Text { raw, list } if state == Part::Intro && list.is_none() => {
                intro.push(plain(raw));
            }
            Body::Text { raw, list } => {
                let Some(interview) = workstreams.last_mut() else { continue };
                match state {
                    Part::Participants => {
                        let text = &raw[list.map_or(0, |mark| mark.start)..];
                        interview.participants.extend(super::cell::owners(text));
                    }
                    Part::Questions => question(interview, block.line, raw, *list, &mut group),
                    _ => continue,
                }
                used.push(index);
            }
            _ => {}
        }
    }
    (Content::QuestionBank { intro, workstreams }, used)
}

/// Whether the next heading is one of participants or questions, deeper than this one. Each block is looked at once.
fn leads_to_part(rest: &[Block], level: usize, seen: &mut usize, index: usize) -> bool {
    let from = seen.saturating_sub(index + 1);
    for (at, block) in rest.iter().enumerate().skip(from) {
        *seen = index + 1 + at;
        if let Body::Heading { text, level: next, .. } = &block.body {
            return *next > level && part(text).is_some();
        }
    }
    false
}

fn question(interview: &mut Interview, line: u32, raw: &str, list: Option<super::document::ListMark>, group: &mut String) {
    let Some(mark) = list else {
        let text = plain(raw);
        let bare = raw.trim();
        let continued = raw.starts_with("  ");
        if bare.starts_with("**") && bare.ends_with("**") && !bare.ends_with(":**") && interview.questions.is_empty() {
            interview.references.push(text);
        } else if let Some(last) = interview.questions.last_mut().filter(|_| continued) {
            last.text = format!("{} {text}", last.text);
        } else {
            text.trim_end_matches(':').clone_into(group);
        }
        return;
    };
    let mut siblings = &mut interview.questions;
    let mut depth = mark.depth;
    while depth > 0 && !siblings.is_empty() {
        let end = siblings.len() - 1;
        siblings = &mut siblings[end].children;
        depth -= 1;
    }
    let top = depth == mark.depth;
    let number = mark.number;
    let text = plain(&raw[mark.start..]);
    siblings.push(Numbered { line, number, text, children: Vec::new(), group: top.then(|| group.clone()) });
}
