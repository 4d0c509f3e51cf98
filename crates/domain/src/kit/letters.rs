//! The letters of a responsibility matrix, and what is wrong with a row of them.

use super::Responsibility;

/// Responsible, accountable, consulted, informed: in this order.
pub const LETTERS: [char; 4] = ['R', 'A', 'C', 'I'];

/// What a row lacks or has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoA,
    /// How many are accountable, which one may be.
    ManyA(usize),
    NoR,
}

/// The letters in a mark, each once and in order: `ra` is `RA`. `None` for a mark that is none, such as a tick.
pub fn letters(mark: &str) -> Option<String> {
    let mark = mark.to_uppercase();
    // Some matrices have an S for who supports, which is no part of the rule.
    let known = |c: char| LETTERS.contains(&c) || c.is_whitespace() || "S,/&;".contains(c);
    let found: String = LETTERS.into_iter().filter(|letter| mark.contains(*letter)).collect();
    (!found.is_empty() && mark.chars().all(known)).then_some(found)
}

/// What is wrong with a row of these marks: exactly one is accountable, and somebody is responsible.
pub fn faults<'a>(marks: impl Iterator<Item = &'a str>) -> Vec<Fault> {
    let letters: Vec<_> = marks.filter_map(letters).collect();
    let with = |letter| letters.iter().filter(|it| it.contains(letter)).count();
    let accountable = match with('A') {
        0 => Some(Fault::NoA),
        1 => None,
        many => Some(Fault::ManyA(many)),
    };
    accountable.into_iter().chain((with('R') == 0).then_some(Fault::NoR)).collect()
}

impl Responsibility {
    /// Whether it says who does what by letters, and not only who takes part.
    pub fn has_letters(&self) -> bool {
        self.marks.values().any(|mark| letters(mark).is_some())
    }

    pub fn faults(&self) -> Vec<Fault> {
        faults(self.marks.values().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_one_who_is_accountable_and_somebody_who_does_it() {
        for (marks, wrong) in [
            (&["A", "R", "C"][..], vec![]),
            (&["RA"], vec![]),
            (&["r, a"], vec![]),
            (&["R"], vec![Fault::NoA]),
            (&["A"], vec![Fault::NoR]),
            (&["A", "RA"], vec![Fault::ManyA(2)]),
            (&["A", "A", "I"], vec![Fault::ManyA(2), Fault::NoR]),
            (&["X", "RA"], vec![]),
            (&["R,S", "A"], vec![]),
            (&[], vec![Fault::NoA, Fault::NoR]),
        ] {
            assert_eq!(faults(marks.iter().copied()), wrong, "{marks:?}");
        }
        assert_eq!(["X", "✓", "S", "", "ia"].map(letters), [None, None, None, None, Some("AI".to_owned())]);
    }
}
