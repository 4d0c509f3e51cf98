//! Items that stand beside one: what it waits for, what waits for it.

use crate::mark::Mark;

/// An item that comes before or after this one.
pub(crate) struct Beside<'a> {
    pub(crate) number: &'a str,
    pub(crate) title: &'a str,
    /// The person or workstream it is for.
    pub(crate) whom: String,
    pub(crate) href: String,
    pub(crate) mark: Mark,
}

/// So many items stand beside one at once; more are folded.
const BESIDE: usize = 4;

/// What is shown at once and what is folded. One alone is never folded: saying so takes as much room.
pub(crate) fn folded<'b, 'a>(list: &'b [Beside<'a>]) -> (&'b [Beside<'a>], &'b [Beside<'a>]) {
    list.split_at(if list.len() > BESIDE + 1 { BESIDE } else { list.len() })
}

#[cfg(test)]
mod tests {
    use crate::{
        checklist::beside::{Beside, folded},
        mark::Mark,
    };

    #[test]
    fn many_are_folded_and_one_more_is_not() {
        let list = |count| {
            let one = |_| Beside { number: "1.1", title: "Badge", whom: String::new(), href: String::new(), mark: Mark::TO_DO };
            (0..count).map(one).collect::<Vec<_>>()
        };
        let split = |count| {
            let list = list(count);
            let (first, rest) = folded(&list);
            (first.len(), rest.len())
        };
        assert_eq!([0, 4, 5, 6, 10].map(split), [(0, 0), (4, 0), (5, 0), (4, 2), (4, 6)]);
    }
}
