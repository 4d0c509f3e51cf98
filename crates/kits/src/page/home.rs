//! Kit home pages, and checklists written as paragraphs.

use std::collections::BTreeMap;

use super::{
    cell::{Item, Tree},
    document::{Block, Body, ListMark},
    inline::plain,
    object::{Content, FreeItem, HomeItem, HomeSection},
};

fn section(heading: &str) -> Option<&'static str> {
    let lower = heading.to_lowercase();
    let name = lower.trim_end_matches(':').trim();
    match name {
        "mission" | "mission statement" => Some("mission"),
        "objective" | "objectives" | "key objectives" | "goals and objectives" | "goals & objectives" => Some("objectives"),
        "outcome" | "outcomes" | "key outcomes" | "business outcomes" | "expected outcomes" | "desired outcomes" => Some("outcomes"),
        "milestones" | "key milestones" => Some("milestones"),
        "risks" | "key risks" | "risks and issues" | "risks & issues" => Some("risks"),
        "decisions" | "key decisions" => Some("decisions"),
        _ => None,
    }
}

/// Whether a page is the home of a kit: it has at least three of its headings.
pub(super) fn is_home(blocks: &[Block]) -> bool {
    let mut found: Vec<&str> = blocks
        .iter()
        .filter_map(|block| match &block.body {
            Body::Heading { text, .. } => section(text),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.len() >= 3
}

/// The home's sections and the line of the first.
pub(super) fn home(blocks: &[Block]) -> (u32, Content) {
    let mut sections: BTreeMap<&'static str, HomeSection> = BTreeMap::new();
    let mut first = 0;
    let mut open: Option<(&'static str, usize)> = None;
    let mut continues = false;
    for block in blocks {
        match &block.body {
            Body::Heading { text, level, .. } => {
                if let Some(name) = section(text) {
                    first = if first == 0 { block.line } else { first };
                    sections.entry(name).or_insert_with(|| HomeSection { line: block.line, ..HomeSection::default() });
                    open = Some((name, *level));
                } else if open.is_some_and(|(_, above)| *level <= above) {
                    open = None;
                } else if let Some(section) = open.and_then(|(name, _)| sections.get_mut(name)) {
                    section.text.push(text.clone());
                }
                continues = false;
            }
            Body::Text { raw, list } => {
                let Some(section) = open.and_then(|(name, _)| sections.get_mut(name)) else { continue };
                add(section, block.line, raw, *list, continues);
                continues = true;
            }
            _ => continues = false,
        }
    }
    (first, Content::KitHome { sections })
}

fn add(section: &mut HomeSection, line: u32, raw: &str, list: Option<ListMark>, continues: bool) {
    let Some(mark) = list else {
        if let Some(item) = last_item(&mut section.items).filter(|_| raw.starts_with("  ")) {
            item.text = format!("{} {}", item.text, plain(raw));
            return;
        }
        match section.text.last_mut().filter(|_| continues && section.items.is_empty()) {
            Some(text) => *text = format!("{text} {}", plain(raw)),
            None => section.text.push(plain(raw)),
        }
        return;
    };
    let mut siblings = &mut section.items;
    for _ in 0..mark.depth {
        if siblings.is_empty() {
            break;
        }
        let end = siblings.len() - 1;
        siblings = &mut siblings[end].children;
    }
    siblings.push(HomeItem { line, text: plain(&raw[mark.start..]), children: Vec::new() });
}

fn last_item(mut items: &mut Vec<HomeItem>) -> Option<&mut HomeItem> {
    while items.last().is_some_and(|item| !item.children.is_empty()) {
        let end = items.len() - 1;
        items = &mut items[end].children;
    }
    items.last_mut()
}

/// A checklist of paragraphs: where it begins, what it holds, the blocks it takes.
pub(super) struct Freeform {
    pub(super) heading: usize,
    pub(super) content: Content,
    pub(super) used: Vec<usize>,
}

/// The checklists of a page that stand as paragraphs below a heading that calls them a checklist.
pub(super) fn freeform(blocks: &[Block]) -> Vec<Freeform> {
    let mut out: Vec<Freeform> = Vec::new();
    let mut open: Option<(usize, Gatherer)> = None;
    for (index, block) in blocks.iter().enumerate() {
        if let Body::Heading { text, level, .. } = &block.body {
            let deeper = open.as_ref().is_some_and(|(_, gatherer)| *level > gatherer.level);
            if deeper && !is_checklist(text) {
                if let Some((_, gatherer)) = &mut open {
                    gatherer.open_group(text.clone(), index);
                }
                continue;
            }
            out.extend(open.take().and_then(|(heading, gatherer)| gatherer.finish(heading)));
            if is_checklist(text) {
                open = Some((index, Gatherer { level: *level, title: text.clone(), ..Gatherer::default() }));
            }
        } else if let Some((_, gatherer)) = &mut open {
            gatherer.take(index, block);
        }
    }
    out.extend(open.and_then(|(heading, gatherer)| gatherer.finish(heading)));
    out
}

fn is_checklist(heading: &str) -> bool {
    heading.to_lowercase().contains("checklist")
}

#[derive(Default)]
struct Gatherer {
    level: usize,
    title: String,
    group: String,
    /// The block that names the group, as long as the group is empty: without items it stays prose.
    named_by: Option<usize>,
    items: Vec<FreeItem>,
    used: Vec<usize>,
    /// A dash stood alone: the next paragraph is its item.
    waiting: bool,
    /// The last line was text of an item.
    continues: bool,
    /// Nested items of the last one, with their depths.
    nested: Vec<(usize, String)>,
}

impl Gatherer {
    fn open_group(&mut self, name: String, index: usize) {
        self.group = name;
        self.named_by = Some(index);
        (self.waiting, self.continues) = (false, false);
    }

    fn take(&mut self, index: usize, block: &Block) {
        let Body::Text { raw, list } = &block.body else {
            self.continues = false;
            return;
        };
        let bare = raw.trim();
        match list {
            Some(mark) if mark.depth > 0 && !self.items.is_empty() => self.nested.push((mark.depth - 1, plain(&raw[mark.start..]))),
            Some(mark) if mark.dash => self.dashes(block.line, &raw[mark.start - 1..]),
            Some(mark) => self.push(block.line, &raw[mark.start..]),
            None if self.waiting => self.dashes(block.line, &format!(" {bare}")),
            None if self.continues => {
                if let Some(last) = self.items.last_mut() {
                    last.text = format!("{} {}", last.text, plain(bare));
                }
            }
            None if bare == "**" => {}
            None if bare.starts_with("**") && (bare.matches("**").count() == 1 || bare.ends_with("**") || bare.ends_with("**:")) => {
                self.open_group(plain(bare).trim_end_matches(':').to_owned(), index);
                return;
            }
            None => return,
        }
        self.used.push(index);
    }

    /// `A -  B - `: items glued on one line. The last dash may wait for the next paragraph.
    fn dashes(&mut self, line: u32, text: &str) {
        self.waiting = false;
        self.continues = false;
        let trimmed = text.trim_end_matches(' ');
        let (trimmed, waits) = match trimmed.strip_suffix('-') {
            Some(rest) if rest.is_empty() || rest.ends_with(' ') => (rest, true),
            _ => (trimmed, trimmed.is_empty()),
        };
        let mut from = 0;
        while let Some(found) = trimmed[from..].find(" -  ") {
            self.push(line, &trimmed[from..from + found]);
            from += found + 4;
        }
        self.push(line, &trimmed[from..]);
        if waits {
            self.waiting = true;
            self.continues = false;
        }
    }

    fn push(&mut self, line: u32, raw: &str) {
        self.close_nested();
        let text = plain(raw);
        if !text.is_empty() {
            self.used.extend(self.named_by.take());
            self.items.push(FreeItem { line, group: self.group.clone(), text, children: Vec::new() });
            self.continues = true;
        }
    }

    fn close_nested(&mut self) {
        let mut tree = Tree::default();
        for (depth, text) in self.nested.drain(..) {
            tree.push(depth, Item { text, children: Vec::new() });
        }
        if let Some(last) = self.items.last_mut() {
            last.children.extend(tree.finish());
        }
    }

    fn finish(mut self, heading: usize) -> Option<Freeform> {
        self.close_nested();
        if self.items.is_empty() {
            return None;
        }
        let content = Content::FreeformChecklist { title: self.title, items: self.items };
        Some(Freeform { heading, content, used: self.used })
    }
}
