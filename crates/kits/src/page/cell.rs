//! Table cells: lists that an export made flat.
//!
//! Every marker is found before any blank is normalised, because a dash before a non-breaking space is text.

use serde::Serialize;

use super::inline::plain;

/// How deep lists may nest; deeper items become siblings at this depth.
pub(super) const MAX_DEPTH: usize = 16;

/// An item of a list, with its sub-items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    pub text: String,
    pub children: Vec<Item>,
}

/// What a cell holds: prose, a list, and notes glued behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) lead: String,
    pub(super) items: Vec<Item>,
    pub(super) notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Prose before the first marker.
    Lead,
    /// `-  `: a task of the wiki, always at the top.
    Dash,
    /// `*   ` or `1.  `.
    List,
    /// `\-`
    Escaped,
    /// `•`
    Dot,
    /// A bold name glued to the next bold name or bullet: an item without a bullet.
    Bold,
}

/// A marker with the raw text up to the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    pub(super) mark: Mark,
    /// ASCII blanks before the marker.
    gap: usize,
    pub(super) text: &'t str,
}

struct Found {
    mark: Mark,
    start: usize,
    end: usize,
}

impl Cell {
    pub(super) fn read(raw: &str) -> Self {
        let raw = without_rules(raw);
        let mut cell = Self::default();
        let mut tree = Tree::default();
        let mut depths = Depths::default();
        for piece in pieces(&raw) {
            let (text, note) = split_note(piece.text);
            if let Some(note) = note {
                cell.notes.push(plain(note));
            }
            let text = plain(text);
            if piece.mark == Mark::Lead {
                cell.lead = text;
                continue;
            }
            let depth = depths.next(piece);
            if !text.is_empty() {
                tree.push(depth, Item { text, children: Vec::new() });
            }
        }
        cell.items = tree.finish();
        cell
    }

    /// Prose, items and notes as one line.
    pub(super) fn flat(&self) -> String {
        let mut parts = Vec::new();
        if !self.lead.is_empty() {
            parts.push(self.lead.clone());
        }
        flatten(&self.items, &mut parts);
        parts.extend(self.notes.iter().cloned());
        parts.join(" ")
    }
}

pub(super) fn flatten(items: &[Item], into: &mut Vec<String>) {
    for item in items {
        into.push(item.text.clone());
        flatten(&item.children, into);
    }
}

/// How many items lie below these.
pub(super) fn below(items: &[Item]) -> u64 {
    items.iter().map(|item| item.children.len() as u64 + below(&item.children)).sum()
}

/// Builds a tree of limited depth from items with their depths.
#[derive(Default)]
pub(super) struct Tree {
    roots: Vec<Item>,
    open: Vec<Item>,
}

impl Tree {
    pub(super) fn push(&mut self, depth: usize, item: Item) {
        self.close(depth.min(self.open.len()).min(MAX_DEPTH - 1));
        self.open.push(item);
    }

    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(done) = self.open.pop() else { return };
            match self.open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => self.roots.push(done),
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<Item> {
        self.close(0);
        self.roots
    }
}

/// Finds the depth of each item from the blanks before its marker.
#[derive(Default)]
struct Depths {
    /// 1 below a `-` item.
    base: usize,
    last: Option<usize>,
    in_list: bool,
}

impl Depths {
    fn next(&mut self, piece: Piece<'_>) -> usize {
        match piece.mark {
            Mark::Lead => 0,
            Mark::Dash => {
                *self = Self { base: 1, last: None, in_list: false };
                0
            }
            Mark::List => {
                let depth = self.last.map_or(0, |last| depth_of(piece.gap, last));
                self.last = Some(depth);
                self.in_list = true;
                self.base + depth
            }
            Mark::Escaped => self.base + self.last.filter(|_| self.in_list).map_or(0, |last| last + 1),
            Mark::Dot => self.base,
            Mark::Bold => {
                let depth = self.last.unwrap_or(0);
                self.last = Some(depth);
                self.base + depth
            }
        }
    }
}

/// A loose list puts `6 + 4 * last + 4 * depth` blanks before a bullet, a tight one `1 + 4 * depth`.
fn depth_of(gap: usize, last: usize) -> usize {
    let depth = match gap {
        0 => last,
        _ if gap % 4 == 1 || gap < 6 => (gap - 1) / 4,
        _ => gap.saturating_sub(6 + 4 * last) / 4,
    };
    depth.min(last + 1).min(MAX_DEPTH - 1)
}

/// The pieces of a cell in their order, the lead first (it may be empty).
pub(super) fn pieces(raw: &str) -> Vec<Piece<'_>> {
    let found = markers(raw);
    let mut out = Vec::with_capacity(found.len() + 1);
    let first = found.first().map_or(raw.len(), |one| one.start);
    let glued = |next: Option<&Found>| next.is_some_and(|next| next.mark == Mark::List && gap(raw, next.start) == 0);
    push_bold(Piece { mark: Mark::Lead, gap: 0, text: &raw[..first] }, glued(found.first()), &mut out);
    for (index, one) in found.iter().enumerate() {
        let next = found.get(index + 1);
        let text = &raw[one.end..next.map_or(raw.len(), |next| next.start)];
        push_bold(Piece { mark: one.mark, gap: gap(raw, one.start), text }, glued(next), &mut out);
    }
    out
}

fn gap(raw: &str, at: usize) -> usize {
    raw[..at].bytes().rev().take_while(|&byte| byte == b' ').count()
}

fn markers(raw: &str) -> Vec<Found> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // Blanks before the current position; at the start any number will do.
    let mut blanks = usize::MAX;
    while at < bytes.len() {
        let one = match bytes[at] {
            b'\\' => escaped_dash(bytes, at, blanks),
            b'-' if blanks > 0 => after_blanks(raw, at + 1, 2).map(|_| Found { mark: Mark::Dash, start: at, end: at + 1 }),
            b'*' => star(raw, at, blanks),
            b'0'..=b'9' if blanks > 0 => number(raw, at, blanks),
            0xE2 if raw[at..].starts_with('•') => Some(Found { mark: Mark::Dot, start: at, end: at + '•'.len_utf8() }),
            _ => None,
        };
        if let Some(one) = one {
            at = one.end;
            found.push(one);
            blanks = 0;
            continue;
        }
        let step = match bytes[at] {
            b'\\' => 1 + raw[at + 1..].chars().next().map_or(0, char::len_utf8),
            b'*' => stars(bytes, at),
            _ => raw[at..].chars().next().map_or(1, char::len_utf8),
        };
        blanks = match bytes[at] {
            b' ' => blanks.saturating_add(1),
            _ if raw[at..at + step].trim().is_empty() => 1,
            _ => 0,
        };
        at += step;
    }
    found
}

fn stars(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|&&byte| byte == b'*').count()
}

/// Where the text begins if at least `least` blanks and then a visible character follow.
fn after_blanks(raw: &str, at: usize, least: usize) -> Option<usize> {
    let blanks = raw.as_bytes()[at..].iter().take_while(|&&byte| byte == b' ').count();
    let next = raw[at + blanks..].chars().next()?;
    (blanks >= least && !next.is_whitespace()).then_some(at + blanks)
}

fn escaped_dash(bytes: &[u8], at: usize, blanks: usize) -> Option<Found> {
    (bytes.get(at + 1) == Some(&b'-') && blanks >= 2).then_some(Found { mark: Mark::Escaped, start: at, end: at + 2 })
}

/// The last of an odd number of stars is the bullet; those before it end a bold text.
fn star(raw: &str, at: usize, blanks: usize) -> Option<Found> {
    let run = stars(raw.as_bytes(), at);
    let bullet = run % 2 == 1 && (blanks > 0 || run > 1) && after_blanks(raw, at + run, 3).is_some();
    bullet.then(|| Found { mark: Mark::List, start: at + run - 1, end: at + run })
}

fn number(raw: &str, at: usize, blanks: usize) -> Option<Found> {
    let bytes = raw.as_bytes();
    let digits = bytes[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = at + digits;
    let escaped = bytes.get(end) == Some(&b'\\');
    end += usize::from(escaped);
    if digits > 3 || !matches!(bytes.get(end), Some(b'.' | b')')) {
        return None;
    }
    end += 1;
    let least = if escaped && blanks >= 2 { 1 } else { 2 };
    after_blanks(raw, end, least).map(|_| Found { mark: Mark::List, start: at, end })
}

/// Cuts a piece before every bold name that is glued to another bold name, or to the bullet that follows the piece.
fn push_bold<'t>(piece: Piece<'t>, bullet_glued: bool, out: &mut Vec<Piece<'t>>) {
    let cuts = bold_cuts(piece.text, bullet_glued);
    let mut from = 0;
    let mut mark = piece.mark;
    for cut in cuts {
        let before = &piece.text[from..cut];
        if mark != Mark::Lead && before.trim().is_empty() {
            continue;
        }
        out.push(Piece { mark, gap: piece.gap, text: before });
        (mark, from) = (Mark::Bold, cut);
    }
    out.push(Piece { mark, gap: piece.gap, text: &piece.text[from..] });
}

fn bold_cuts(text: &str, bullet_glued: bool) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut cuts: Vec<usize> = Vec::new();
    let mut open = None;
    let mut last_closed = None;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
            continue;
        }
        let run = stars(bytes, at);
        match (run, open) {
            (2 | 3, None) => open = Some(at),
            (2 | 3, Some(start)) => {
                last_closed = Some((start, at + run));
                open = None;
            }
            (4.., Some(start)) => {
                if cuts.last() != Some(&start) {
                    cuts.push(start);
                }
                cuts.push(at + 2);
                open = Some(at + 2);
            }
            _ => {}
        }
        at += run.max(1);
    }
    if let Some((start, end)) = last_closed
        && bullet_glued
        && end == text.len()
        && cuts.last() != Some(&start)
    {
        cuts.push(start);
    }
    cuts
}

/// Rulers inside a cell are only for show.
pub(super) fn without_rules(raw: &str) -> String {
    raw.replace("* * *", " ")
}

/// Cuts a text before a bold `Note:`.
fn split_note(text: &str) -> (&str, Option<&str>) {
    let mut from = 0;
    while let Some(found) = text[from..].find("**") {
        let at = from + found;
        from = at + 2;
        let head = &text.as_bytes()[from..];
        let named = head.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"note"));
        let rest = head.get(4..).unwrap_or_default();
        let rest = rest.strip_prefix(b"s").unwrap_or(rest);
        let colon = rest.starts_with(b":") || rest.starts_with(b"**:");
        if named && colon && (at == 0 || text[..at].ends_with(char::is_whitespace)) {
            return (&text[..at], Some(&text[at..]));
        }
    }
    (text, None)
}

/// The parts of a cell that stand beside each other: page names, lengths of time.
pub(super) fn parts(raw: &str) -> Vec<String> {
    let raw = without_rules(raw);
    let all = pieces(&raw);
    all.iter().flat_map(|piece| segments(piece.text)).map(plain).filter(|part| !part.is_empty()).collect()
}

/// The text between runs of two or more blanks.
pub(super) fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split("  ").map(str::trim).filter(|part| !part.is_empty())
}

/// Roles or groups of people, as phrases: cut at commas, slashes between blanks, wide gaps, bullets, and where two are glued.
pub(super) fn owners(raw: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in parts(raw) {
        let chars: Vec<char> = part.chars().collect();
        let (mut depth, mut from) = (0_usize, 0);
        let mut cut = |from: usize, to: usize| {
            let phrase: String = chars[from..to].iter().collect::<String>().trim().to_owned();
            if !phrase.is_empty() {
                out.push(phrase);
            }
        };
        for (at, &c) in chars.iter().enumerate() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let between_blanks = at > 0 && chars[at - 1] == ' ' && chars.get(at + 1) == Some(&' ');
            if depth == 0 && (c == ',' || c == ';' || (c == '/' && between_blanks)) {
                cut(from, at);
                from = at + 1;
            } else if depth == 0 && c == ')' && chars.get(at + 1).is_some_and(|next| next.is_uppercase()) {
                cut(from, at + 1);
                from = at + 1;
            }
        }
        cut(from, chars.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> String {
        fn show(items: &[Item]) -> String {
            let all: Vec<_> = items
                .iter()
                .map(|item| if item.children.is_empty() { item.text.clone() } else { format!("{}[{}]", item.text, show(&item.children)) })
                .collect();
            all.join("|")
        }
        let cell = Cell::read(raw);
        format!("{}>{}", cell.lead, show(&cell.items))
    }

    #[test]
    fn a_dash_before_a_non_breaking_space_is_text() {
        assert_eq!(shown("-  Pack -\u{A0}rope, sail -  Leave"), ">Pack - rope, sail|Leave");
        assert_eq!(shown("-  Pack - well -  Leave"), ">Pack - well|Leave");
    }

    #[test]
    fn depth_is_read_from_the_blanks_before_a_bullet() {
        assert_eq!(shown("*   a          *   b              *   c          *   d      *   e"), ">a[b|c]|d|e");
        assert_eq!(shown("Do:  *   a *   b     *   c *   d"), "Do:>a|b[c]|d");
        assert_eq!(shown("1.  a     1.  b 2.  c"), ">a[b]|c");
    }

    #[test]
    fn bold_names_glued_together_are_items() {
        assert_eq!(shown("-  Agree;  **A****B***   **C** - weekly **D***   E"), ">Agree;[A|B|C - weekly|D|E]");
        assert_eq!(shown("**A****B**"), ">A|B");
        assert_eq!(shown("****Heading****   "), "Heading>");
        assert_eq!(shown("**one **two****  *   x"), "one two>x");
    }

    #[test]
    fn escaped_dashes_and_dots_are_items() {
        assert_eq!(shown("**Close**   \\-Outcomes   \\-       Next \\- steps"), "Close>Outcomes|Next - steps");
        assert_eq!(shown("•one •two"), ">one|two");
        assert_eq!(shown("1\\. Read   2\\. Sort"), ">Read|Sort");
    }

    #[test]
    fn a_bold_note_behind_a_list_is_kept_apart() {
        let cell = Cell::read("*   a *   b  **Note:**\u{A0}mind the gap");
        assert_eq!((cell.items.len(), cell.notes), (2, vec!["Note: mind the gap".to_owned()]));
    }

    #[test]
    fn owners_are_phrases() {
        assert_eq!(owners("   Harbour Manager  Customer   "), ["Harbour Manager", "Customer"]);
        assert_eq!(owners("EM / Workstream Leads"), ["EM", "Workstream Leads"]);
        assert_eq!(owners("Lead (sail, rope)Architect, EM (A/B)"), ["Lead (sail, rope)", "Architect", "EM (A/B)"]);
    }

    #[test]
    fn a_cell_of_fragments_takes_one_pass() {
        for part in ["*   a ", "-  a ", "**a****", "**a ", "\\- ", "1.  a ", "     *   a", "**Note"] {
            let cell = Cell::read(&part.repeat(100_000));
            assert!(!cell.flat().is_empty(), "{part}");
        }
    }
}
