//! The checklist as an outline: every item with its number, under its activity and what it is a part of.

use std::{collections::HashMap, ops::Range, sync::Arc};

use crate::{
    checklist::item::Item,
    engagement::Engagement,
    ids::{ItemId, ModuleId},
};

/// The items on the checklist, parts under their whole, one run of lines an activity.
pub struct Outline<'a> {
    pub lines: Vec<Line<'a>>,
    /// One range of `lines` for each activity of the plan, in its order.
    pub activities: Vec<Range<usize>>,
    pub repeats: Vec<Repeat<'a>>,
}

pub struct Line<'a> {
    pub item: &'a Arc<Item>,
    /// `1.1.3`. Internal items are lettered (`1.1.b`), so that both sides say the same number of what both see.
    pub number: String,
    /// How many items or repeats it stands under.
    pub depth: usize,
    /// Where it is one of several that differ by person or workstream: which of `repeats`.
    pub repeat: Option<usize>,
    /// Parts of it that are closed, and all.
    pub parts: (usize, usize),
}

/// Items that are the same but for the person or workstream.
pub struct Repeat<'a> {
    pub number: String,
    pub items: Vec<&'a Arc<Item>>,
}

type Place<'a> = (&'a ModuleId, Option<&'a ItemId>);

impl<'a> Outline<'a> {
    pub fn of(engagement: &'a Engagement) -> Self {
        let mut parts: HashMap<Place<'a>, Vec<&'a Arc<Item>>> = HashMap::new();
        for item in engagement.listed() {
            parts.entry((&item.activity, item.parent.as_ref())).or_default().push(item);
        }
        let mut writing = Writing { parts, outline: Outline { lines: Vec::new(), activities: Vec::new(), repeats: Vec::new() } };
        for (index, activity) in engagement.plan.activities.iter().enumerate() {
            let first = writing.outline.lines.len();
            writing.level((&activity.id, None), &Above { number: (index + 1).to_string(), internal: false }, 0);
            let lines = first..writing.outline.lines.len();
            writing.outline.activities.push(lines);
        }
        writing.outline
    }

    /// Nothing, where the item was taken off the checklist.
    pub fn number(&self, id: &ItemId) -> Option<&str> {
        self.lines.iter().find(|line| &line.item.id == id).map(|line| line.number.as_str())
    }

    /// The item of a number, in any letter case.
    pub fn numbered(&self, number: &str) -> Option<&'a Arc<Item>> {
        self.lines.iter().find(|line| line.number.eq_ignore_ascii_case(number)).map(|line| line.item)
    }
}

struct Writing<'a> {
    parts: HashMap<Place<'a>, Vec<&'a Arc<Item>>>,
    outline: Outline<'a>,
}

/// What a level stands under.
struct Above {
    number: String,
    /// All beneath it is internal already, and numbered plainly.
    internal: bool,
}

impl<'a> Writing<'a> {
    fn level(&mut self, place: Place<'a>, above: &Above, depth: usize) {
        // Taken out: a part that names itself as its whole ends here.
        let items = self.parts.remove(&place).unwrap_or_default();
        let (mut shared, mut internal) = (0, 0);
        for run in items.chunk_by(|a, b| is_repeat(a, b)) {
            let lettered = run[0].content.internal && !above.internal;
            let own = if lettered { letters(&mut internal) } else { counted(&mut shared) };
            let number = format!("{}.{own}", above.number);
            if let [item] = run {
                self.item((place.0, item), &Above { number, internal: above.internal || lettered }, None, depth);
                continue;
            }
            let repeat = self.outline.repeats.len();
            self.outline.repeats.push(Repeat { number: number.clone(), items: run.to_vec() });
            for (index, item) in run.iter().enumerate() {
                let below = Above { number: format!("{number}.{}", index + 1), internal: above.internal || lettered };
                self.item((place.0, item), &below, Some(repeat), depth + 1);
            }
        }
    }

    fn item(&mut self, (activity, item): (&'a ModuleId, &'a Arc<Item>), at: &Above, repeat: Option<usize>, depth: usize) {
        let parts = self.parts.get(&(activity, Some(&item.id))).map_or(&[][..], Vec::as_slice);
        let parts = (parts.iter().filter(|part| part.state().is_closed()).count(), parts.len());
        self.outline.lines.push(Line { item, number: at.number.clone(), depth, repeat, parts });
        self.level((activity, Some(&item.id)), at, depth + 1);
    }
}

fn is_repeat(a: &Item, b: &Item) -> bool {
    let apart = |item: &Item| item.person.is_some() || item.workstream.is_some();
    !a.task.as_str().is_empty() && a.task == b.task && apart(a) && apart(b) && a.content.internal == b.content.internal
}

fn counted(count: &mut usize) -> String {
    *count += 1;
    count.to_string()
}

/// `a` to `z`, `aa`, `ab` …
fn letters(count: &mut usize) -> String {
    *count += 1;
    let mut left = *count;
    let mut text = String::new();
    while left > 0 {
        left -= 1;
        text.insert(0, char::from(b'a' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn letters_go_on_after_z() {
        let mut count = 0;
        let all: Vec<_> = (0..28).map(|_| letters(&mut count)).collect();
        assert_eq!([&all[0], &all[25], &all[26], &all[27]], ["a", "z", "aa", "ab"]);
    }
}
