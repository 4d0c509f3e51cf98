//! Table cells: lists that an export made flat.
//!
//! Every marker is found before any blank is normalised, because a dash before a non-breaking space is text.

use serde::Serialize;

use super::{
    inline::plain,
    marker::{Mark, Piece, pieces},
};

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
