//! A page as blocks: headings, tables, lists and text.

use std::rc::Rc;

use super::{
    cell::MAX_DEPTH,
    inline::plain,
    line::{Line, Version},
    table::{RawTable, Reader, is_row},
};
use crate::problem::Problem;

#[derive(Debug)]
pub(super) struct Block {
    pub(super) line: u32,
    pub(super) version: Version,
    /// The headings that it stands under, outermost first.
    pub(super) heading: Rc<[String]>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Blank,
    /// A ruler, a table of contents, an empty table, the list of attachments.
    Noise,
    /// `raw` are its lines as they stand.
    Heading {
        level: usize,
        text: String,
        raw: String,
    },
    Table(RawTable),
    /// A line of text. `list` says how it begins, if it is an item of a list.
    Text {
        raw: String,
        list: Option<ListMark>,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ListMark {
    pub(super) depth: usize,
    /// The number of an ordered item.
    pub(super) number: Option<u32>,
    /// Where its text begins.
    pub(super) start: usize,
    /// `-` followed by one blank or nothing, or by more.
    pub(super) dash: bool,
}

/// Cuts the lines of one version of a page into blocks.
pub(super) fn blocks(path: &str, lines: &[Line], problems: &mut Vec<Problem>) -> Vec<Block> {
    let mut maker = Maker {
        lines,
        at: 0,
        out: Vec::new(),
        stack: Vec::new(),
        heading: Rc::from([]),
        indents: Vec::new(),
        too_deep: None,
        footer: false,
    };
    while maker.at < lines.len() {
        maker.step(path, problems);
    }
    if let Some(line) = maker.too_deep {
        let message = format!("the list nests more than {MAX_DEPTH} deep here; deeper items became siblings at that depth");
        problems.push(Problem::warning(path, line, message));
    }
    maker.out
}

struct Maker<'l> {
    lines: &'l [Line],
    at: usize,
    out: Vec<Block>,
    /// Open headings with their levels.
    stack: Vec<(usize, String)>,
    heading: Rc<[String]>,
    /// The indents of the open list items.
    indents: Vec<usize>,
    too_deep: Option<u32>,
    /// Inside the list of attachments at the end.
    footer: bool,
}

impl Maker<'_> {
    fn push(&mut self, line: &Line, body: Body) {
        self.out.push(Block { line: line.number, version: line.version, heading: Rc::clone(&self.heading), body });
    }

    fn step(&mut self, path: &str, problems: &mut Vec<Problem>) {
        let line = &self.lines[self.at];
        let text = line.text.trim();
        if text.is_empty() {
            self.push(line, Body::Blank);
        } else if is_noise(text) {
            self.push(line, Body::Noise);
        } else if plain(text).trim_end_matches(':') == "Attachments" {
            self.footer = true;
            self.push(line, Body::Noise);
        } else if self.footer && is_attachment(text) {
            self.push(line, Body::Noise);
        } else if is_row(text) {
            self.table(path, problems);
            return;
        } else if !self.atx() && !self.setext() {
            self.footer = false;
            let list = self.list_mark(line);
            self.push(line, Body::Text { raw: line.text.clone(), list });
        } else {
            return;
        }
        self.at += 1;
    }

    fn table(&mut self, path: &str, problems: &mut Vec<Problem>) {
        self.indents.clear();
        let line = &self.lines[self.at];
        let same = self.lines[self.at..].iter().take_while(|next| next.version == line.version).count();
        let mut reader = Reader { path, problems };
        let (table, taken) = reader.read(&self.lines[self.at..self.at + same]);
        for kept in table.kept_as_text.iter().copied() {
            let kept = &self.lines[self.at + kept];
            self.push(kept, Body::Text { raw: kept.text.clone(), list: None });
        }
        self.push(line, if table.is_blank() { Body::Noise } else { Body::Table(table) });
        self.at += taken;
    }

    fn atx(&mut self) -> bool {
        let line = &self.lines[self.at];
        let text = line.text.trim();
        let level = text.bytes().take_while(|&byte| byte == b'#').count();
        if !(1..=6).contains(&level) || !text[level..].starts_with(' ') || line.text.starts_with("    ") {
            return false;
        }
        let mut raw = line.text.trim().to_owned();
        self.at += 1;
        let broken = raw.matches("**").count() % 2 == 1;
        if broken && self.lines.get(self.at).is_some_and(|next| next.text.trim() == "**") {
            raw.push_str("**");
            self.at += 1;
        }
        let text = plain(raw[level..].trim_end_matches('#'));
        self.open(line, level, text, raw);
        true
    }

    /// A paragraph that is underlined.
    fn setext(&mut self) -> bool {
        let line = &self.lines[self.at];
        // Only the first line of a paragraph can begin a heading; looking further is bounded so that time stays linear.
        let mut raw = String::new();
        for (index, next) in self.lines[self.at..].iter().take(5).enumerate() {
            let text = next.text.trim();
            let level = underline(text).filter(|_| index > 0);
            if let Some(level) = level {
                let text = plain(&raw);
                self.at += index + 1;
                self.open(line, level, text, raw);
                return true;
            }
            if text.is_empty() || next.version != line.version || is_row(text) || is_noise(text) || list_start(&next.text).is_some() {
                return false;
            }
            raw.push_str(text);
            raw.push(' ');
        }
        false
    }

    fn open(&mut self, line: &Line, level: usize, text: String, raw: String) {
        self.indents.clear();
        self.footer = false;
        self.stack.retain(|(open, _)| *open < level);
        if !text.is_empty() {
            self.stack.push((level, text.clone()));
        }
        self.heading = self.stack.iter().map(|(_, text)| text.clone()).collect();
        self.push(line, Body::Heading { level, text, raw });
    }

    fn list_mark(&mut self, line: &Line) -> Option<ListMark> {
        let Some(found) = list_start(&line.text) else {
            if !line.text.starts_with([' ', '\t']) {
                self.indents.clear();
            }
            return None;
        };
        while self.indents.last().is_some_and(|&open| open + 2 > found.indent) {
            self.indents.pop();
        }
        let depth = self.indents.len();
        if depth >= MAX_DEPTH {
            self.too_deep.get_or_insert(line.number);
        } else {
            self.indents.push(found.indent);
        }
        Some(ListMark { depth: depth.min(MAX_DEPTH - 1), number: found.number, start: found.start, dash: found.dash })
    }
}

struct ListStart {
    indent: usize,
    number: Option<u32>,
    start: usize,
    dash: bool,
}

fn list_start(text: &str) -> Option<ListStart> {
    let bytes = text.as_bytes();
    let start = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let indent = bytes[..start].iter().map(|&byte| if byte == b'\t' { 4 } else { 1 }).sum();
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, end) = match bytes.get(start)? {
        b'-' | b'*' | b'+' => (None, start + 1),
        _ if (1..=9).contains(&digits) => {
            let escaped = usize::from(bytes.get(start + digits) == Some(&b'\\'));
            let dot = start + digits + escaped;
            if !matches!(bytes.get(dot), Some(b'.' | b')')) {
                return None;
            }
            (text[start..start + digits].parse().ok(), dot + 1)
        }
        _ => return None,
    };
    let dash = bytes[start] == b'-';
    match bytes.get(end) {
        None => Some(ListStart { indent, number, start: end, dash }),
        Some(b' ' | b'\t') => Some(ListStart { indent, number, start: end + 1, dash }),
        _ => None,
    }
}

fn underline(text: &str) -> Option<usize> {
    let first = *text.as_bytes().first()?;
    let level = match first {
        b'=' => 1,
        b'-' => 2,
        _ => return None,
    };
    (text.len() >= 3 && text.bytes().all(|byte| byte == first)).then_some(level)
}

fn is_noise(text: &str) -> bool {
    let ruler = |mark: u8| {
        let bare = text.bytes().filter(|&byte| byte != b' ');
        text.bytes().filter(|&byte| byte == mark).count() >= 3 && bare.into_iter().all(|byte| byte == mark)
    };
    text == "[[_TOC_]]" || text == "[[_TOSP_]]" || ruler(b'*') || ruler(b'-') || ruler(b'_')
}

/// What is left of a link to an attachment: its name alone.
fn is_attachment(text: &str) -> bool {
    let ending = |kind: &str| (1..=6).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.rsplit_once('.').is_some_and(|(name, kind)| !name.is_empty() && ending(kind))
}
