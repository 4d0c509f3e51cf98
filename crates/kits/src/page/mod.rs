//! Wiki pages: checklists, plans, tables and question banks.

mod cell;
mod checklist;
mod countdown;
mod document;
mod grid;
mod home;
mod inline;
mod into_kit;
mod kind;
mod line;
mod marker;
mod meeting;
pub mod object;
mod question;
mod responsibility;
mod rows;
mod table;
mod totals;

use serde::Serialize;

pub use cell::Item;
pub use line::Version;

use crate::{
    limits::MAX_TASKS,
    problem::Problem,
    text::{compare_key, norm1},
    totals::Totals,
};
use document::{Block, Body, blocks};
use kind::TableKind;
use object::{Content, Object};
use table::RawTable;

/// What a page was found to hold.
#[derive(Clone, Debug, Default)]
pub struct PageReading {
    /// The file it was read from.
    pub path: String,
    pub title: String,
    /// In the order of their lines. Those of a conflict's other side are here too, and are not imported.
    pub objects: Vec<Object>,
    pub tables: Vec<TableFound>,
    /// Attachments that the page names.
    pub attachments: Vec<String>,
    /// It holds nothing but what an export leaves on every page.
    pub empty: bool,
    /// It asks for a table of contents.
    pub toc: bool,
    headings: Vec<String>,
    /// Its text outside of every object, in Markdown.
    prose: String,
    /// The line the prose begins at.
    prose_line: u32,
    /// Text that no object takes.
    kept: Vec<Kept>,
    /// What objects took, to see that nothing of it is lost.
    rows: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    line: u32,
    kind: &'static str,
    text: String,
}

/// A table, as it was recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableFound {
    pub line: u32,
    #[serde(rename = "side")]
    pub version: Version,
    pub heading: Vec<String>,
    pub header: Vec<String>,
    pub kind: Option<&'static str>,
    pub rows: usize,
    pub short_rows: usize,
    pub long_rows: usize,
}

/// Reads a wiki page. What is wrong or doubtful goes to `problems`, and nothing of the page is lost.
pub fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> PageReading {
    let (lines, attachments) = line::lines(path, text, problems);
    let mut page = PageReading { path: path.to_owned(), attachments, ..PageReading::default() };
    let (theirs, ours): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.version == Version::Theirs);
    for lines in [ours, theirs] {
        let mut sink = Vec::new();
        // The other side of a conflict is not imported, so what is wrong with it helps nobody.
        let problems = if lines.first().is_some_and(|line| line.version == Version::Theirs) { &mut sink } else { &mut *problems };
        let blocks = blocks(path, &lines, problems);
        page.take(&blocks, problems);
    }
    page.title = title(path, &page.headings);
    page.toc = text.contains("[[_TOC_]]");
    page.empty = page.objects.is_empty() && page.prose.trim().is_empty() && page.kept.is_empty();
    page.objects.sort_by_key(|object| object.line);
    let Totals { activities, items, subitems, tasks, questions, subquestions, .. } = page.totals();
    let count = activities + items + subitems + tasks + questions + subquestions;
    if count > MAX_TASKS as u64 {
        let message =
            format!("the page holds {count} activities, items and questions; at most {MAX_TASKS} are taken. Split it into several pages");
        problems.push(Problem::error(path, 0, message));
    }
    page
}

/// The name of a page: its file's, or a heading that says the same with better blanks.
fn title(path: &str, headings: &[String]) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = line::decode_percent(name.strip_suffix(".md").unwrap_or(name));
    let letters = |text: &str| compare_key(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let wanted = letters(&stem);
    if let Some(heading) = headings.iter().find(|heading| letters(heading) == wanted) {
        return heading.clone();
    }
    norm1(&stem.replace("---", "\u{1F} ").replace('-', " ").replace('\u{1F}', " -"))
}

impl PageReading {
    fn take(&mut self, blocks: &[Block], problems: &mut Vec<Problem>) {
        let Some(first) = blocks.first() else { return };
        let mut used = vec![false; blocks.len()];
        let version = blocks.iter().map(|block| block.version).find(|version| *version != Version::Both).unwrap_or(first.version);
        let mut objects = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            match &block.body {
                Body::Table(table) => {
                    self.table(block, table, problems, &mut objects);
                    used[index] = true;
                }
                Body::Heading { text, .. } => self.headings.push(text.clone()),
                _ => {}
            }
        }
        for found in home::freeform(blocks) {
            let block = &blocks[found.heading];
            for index in found.used {
                used[index] = true;
            }
            objects.push(object(block.line, block.version, &[], found.content));
        }
        if home::is_home(blocks) {
            let (line, content) = home::home(blocks);
            objects.push(object(line, version, &[], content));
        }
        if question::is_bank(blocks) {
            let (content, taken) = question::bank(blocks);
            for index in taken {
                used[index] = true;
            }
            objects.push(object(first.line, version, &[], content));
        }
        self.objects.append(&mut objects);
        self.keep_prose(blocks, &used);
    }

    fn table(&mut self, block: &Block, raw: &RawTable, problems: &mut Vec<Problem>, objects: &mut Vec<Object>) {
        let mut table = raw.clone();
        kind::lift_title(&mut table);
        let kind = kind::kind(&table);
        let header: Vec<String> = table.names();
        let heading = block.heading.to_vec();
        let count = |wanted: std::cmp::Ordering| table.rows.iter().filter(|row| row.cells.len().cmp(&header.len()) == wanted).count();
        self.tables.push(TableFound {
            line: block.line,
            version: block.version,
            heading: heading.clone(),
            header: header.clone(),
            kind: kind.map(TableKind::as_str),
            rows: table.rows.len(),
            short_rows: count(std::cmp::Ordering::Less),
            long_rows: count(std::cmp::Ordering::Greater),
        });
        let (rows, beyond) = rows::rows(&self.path, &table, kind, problems);
        let imported = block.version != Version::Theirs;
        self.kept.extend(beyond.into_iter().filter(|_| imported).map(|(line, text)| Kept { line, kind: "cell", text }));
        let header_row = [(raw.line, "header", &raw.header)];
        let cells = header_row.into_iter().chain(raw.rows.iter().map(|row| (row.line, "row", &row.cells)));
        let texts = cells.map(|(line, kind, cells)| {
            let kind = if imported { kind } else { "merge-conflict" };
            Kept { line, kind, text: cells.join(" | ") }
        });
        if imported { &mut self.rows } else { &mut self.kept }.extend(texts);
        let content = content(&self.path, &Sheet { table: &table, kind, header: &header, heading: &heading, rows: &rows }, problems);
        let above = table.title.clone();
        objects.push(Object { above, ..object(block.line, block.version, &heading, content) });
    }

    /// Keeps what no object takes: as prose, or apart if it is the other side of a conflict.
    fn keep_prose(&mut self, blocks: &[Block], used: &[bool]) {
        for (block, used) in blocks.iter().zip(used) {
            // The other side of a conflict is kept as it stands, whatever it would have become.
            if *used && block.version != Version::Theirs {
                if let Body::Text { raw, list } = &block.body {
                    let text = raw[list.map_or(0, |mark| mark.start)..].to_owned();
                    self.rows.push(Kept { line: block.line, kind: "line", text });
                }
                continue;
            }
            let line = match &block.body {
                Body::Heading { level, raw, .. } => format!("{} {}", "#".repeat(*level), raw.trim_start_matches('#').trim()),
                Body::Text { raw, list: Some(mark) } => {
                    let number = mark.number.map_or_else(|| "*".to_owned(), |number| format!("{number}."));
                    format!("{:indent$}{number}   {}", "", raw[mark.start..].trim(), indent = mark.depth * 4)
                }
                Body::Text { raw, list: None } => raw.trim_end().to_owned(),
                Body::Blank => String::new(),
                Body::Noise | Body::Table(_) => continue,
            };
            if block.version == Version::Theirs {
                if !line.is_empty() {
                    self.kept.push(Kept { line: block.line, kind: "merge-conflict", text: line });
                }
            } else if !line.is_empty() || !(self.prose.is_empty() || self.prose.ends_with("\n\n")) {
                if self.prose.is_empty() {
                    self.prose_line = block.line;
                }
                self.prose.push_str(&line);
                self.prose.push('\n');
            }
        }
    }

    /// How much of what the page holds, leaving out the other side of a conflict.
    pub fn totals(&self) -> Totals {
        let imported = self.objects.iter().filter(|object| object.version != Version::Theirs);
        imported.map(|object| object.content.totals()).sum()
    }
}

fn object(line: u32, version: Version, heading: &[String], content: Content) -> Object {
    Object { line, version, heading: heading.to_vec(), above: String::new(), content }
}

/// A table with its rows made whole.
struct Sheet<'t> {
    table: &'t RawTable,
    kind: Option<TableKind>,
    header: &'t [String],
    heading: &'t [String],
    rows: &'t [rows::Row],
}

fn content(path: &str, sheet: &Sheet<'_>, problems: &mut Vec<Problem>) -> Content {
    let Sheet { table, kind, header, heading, rows } = *sheet;
    let columns = || checklist::columns(header, rows);
    match kind {
        Some(TableKind::Checklist) => checklist::checklist(header, rows),
        Some(TableKind::SimpleChecklist) => checklist::simple_checklist(header, rows),
        Some(TableKind::ActivityPlan) => checklist::plan(header, rows),
        Some(TableKind::TminusSchedule) => countdown::schedule(path, header, rows, problems),
        Some(TableKind::Responsibility) => responsibility::matrix(table, header, rows, false),
        Some(TableKind::Raci) => responsibility::matrix(table, header, rows, true),
        Some(TableKind::CommunicationPlan) => meeting::communication(header, rows),
        Some(TableKind::ScheduleGrid) => grid::grid(header, rows),
        Some(TableKind::SprintGoals) => meeting::sprint_goals(header, heading, rows),
        Some(TableKind::Workshops) => meeting::workshops(header, rows),
        Some(TableKind::QuestionTable) => question::table(header, rows),
        Some(TableKind::QuestionForm) => question::form(table, rows),
        Some(TableKind::Agenda) => Content::Agenda(columns()),
        Some(TableKind::ActivityList) => Content::ActivityList(columns()),
        Some(TableKind::EstimationScale) => Content::EstimationScale(columns()),
        Some(TableKind::Stakeholders) => Content::Stakeholders(columns()),
        Some(TableKind::Escalation) => Content::Escalation(columns()),
        Some(TableKind::Governance) => Content::Governance(columns()),
        Some(TableKind::DefinitionList) => Content::DefinitionList(columns()),
        None => Content::Table(columns()),
    }
}
