//! Where words go, so that none cover others: names of milestones in two rows, first those that matter most, and words
//! at marks in as many rows as they need.

/// Room around a label, in percent of the drawing.
const GAP: f64 = 0.8;
/// Rows of labels, one above the other.
const ROWS: usize = 2;

/// How wide a letter is, in percent of the drawing: 6.4 of some 1100 pixels, and of some 320 on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Wide,
    Phone,
}

/// What is to be named: the place in percent, and how many letters the wider of its lines has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) x: f64,
    pub(crate) full: usize,
    /// The same with what of it can do if room is short.
    pub(crate) short: usize,
    /// It gets a place before all others.
    pub(crate) first: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Right,
    Left,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) place: Place,
    pub(crate) row: usize,
    /// The second line is the short one.
    pub(crate) short: bool,
}

/// A label for each, or none where there is no room: the line alone stays, with its name on hover.
pub(crate) fn arrange(wanted: &[Wanted], width: Width) -> Vec<Option<Label>> {
    let mut taken: [Vec<(f64, f64)>; ROWS] = Default::default();
    let mut labels = vec![None; wanted.len()];
    let firsts = (0..wanted.len()).filter(|index| wanted[*index].first);
    for index in firsts.chain((0..wanted.len()).filter(|index| !wanted[*index].first)) {
        let want = wanted[index];
        let crossed = |(from, to): (f64, f64)| wanted.iter().any(|other| other.x > from + 0.1 && other.x < to - 0.1);
        let fits = |label: &Label| {
            let (from, to) = want.span(*label, width);
            from >= 0.0 && to <= 100.0 && taken[label.row].iter().all(|(start, end)| to <= *start || from >= *end)
        };
        // A line through a name is the last resort.
        let mut ways = ways().filter(fits);
        let found = ways.clone().find(|label| !crossed(want.span(*label, width))).or_else(|| ways.next());
        if let Some(label) = found {
            taken[label.row].push(want.span(label, width));
            labels[index] = Some(label);
        }
    }
    labels
}

/// All places, the best first.
fn ways() -> impl Iterator<Item = Label> + Clone {
    let rows = (0..ROWS).flat_map(|row| [false, true].map(|short| (row, short)));
    rows.flat_map(|(row, short)| [Place::Right, Place::Left].map(|place| Label { place, row, short }))
}

/// Words at a mark, where they stay inside the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stacked {
    pub(crate) x: f64,
    /// The class that says which end of them stands there.
    pub(crate) anchor: &'static str,
    /// Counted from the drawing outwards.
    pub(crate) row: usize,
}

/// A place for all words, each given with the place of its mark: in the first row that has room, on the narrowest of phones.
pub(crate) fn stack<'a>(words: impl IntoIterator<Item = (f64, &'a str)>) -> Vec<Stacked> {
    let mut rows: Vec<Vec<(f64, f64)>> = Vec::new();
    let place = |(x, words): (f64, &str)| {
        let width = width_of(words, Width::Phone).min(100.0);
        let from = (x - width / 2.0).clamp(0.0, 100.0 - width);
        let (x, anchor) = match from {
            0.0 => (0.0, ""),
            from if from + width >= 100.0 => (100.0, "end"),
            _ => (x, "mid"),
        };
        let fits = |row: &Vec<(f64, f64)>| row.iter().all(|(start, end)| from + width <= *start || from >= *end);
        let row = rows.iter().position(fits).unwrap_or(rows.len());
        if row == rows.len() {
            rows.push(Vec::new());
        }
        rows[row].push((from, from + width));
        Stacked { x, anchor, row }
    };
    words.into_iter().map(place).collect()
}

/// In percent of the drawing, with room around.
pub(crate) fn width_of(words: &str, width: Width) -> f64 {
    f64::from(u32::try_from(words.chars().count()).unwrap_or(u32::MAX)) * width.letter() + GAP
}

impl Width {
    fn letter(self) -> f64 {
        match self {
            Self::Wide => 0.58,
            Self::Phone => 2.05,
        }
    }
}

impl Wanted {
    fn span(self, label: Label, width: Width) -> (f64, f64) {
        let letter = width.letter();
        let count = if label.short { self.short } else { self.full };
        let width = f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * letter + GAP;
        if label.place == Place::Right { (self.x, self.x + width) } else { (self.x - width, self.x) }
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::labels::{Label, Place, Wanted, Width, arrange};

    fn at(x: f64) -> Wanted {
        Wanted { x, full: 14, short: 9, first: false }
    }

    fn first(x: f64) -> Wanted {
        Wanted { first: true, ..at(x) }
    }

    fn places(wanted: &[Wanted], width: Width) -> Vec<Option<(Place, usize)>> {
        arrange(wanted, width).into_iter().map(|label| label.map(|Label { place, row, .. }| (place, row))).collect()
    }

    #[test]
    fn a_label_stands_right_of_its_line_if_there_is_room() {
        let placed = places(&[0.0, 35.0, 73.0, 93.0].map(at), Width::Wide);
        assert_eq!(placed, [Some((Place::Right, 0)), Some((Place::Right, 0)), Some((Place::Right, 0)), Some((Place::Left, 0))]);
    }

    #[test]
    fn close_lines_get_one_label_on_each_side() {
        assert_eq!(places(&[at(0.0), at(73.0), at(73.0)], Width::Wide)[1..], [Some((Place::Right, 0)), Some((Place::Left, 0))]);
    }

    #[test]
    fn a_label_is_shortened_before_it_takes_another_row() {
        let labels = arrange(&[at(0.0), at(7.0)], Width::Wide);
        assert_eq!(labels[0], Some(Label { place: Place::Right, row: 0, short: true }), "the left is the edge, and the line is near");
    }

    #[test]
    fn no_label_covers_another() {
        for (width, letter) in [(Width::Wide, 0.58), (Width::Phone, 2.05)] {
            let wanted: Vec<_> = [0.0, 4.0, 5.0, 30.0, 31.0, 86.0, 86.0, 94.0].map(at).to_vec();
            let placed: Vec<_> = wanted.iter().zip(arrange(&wanted, width)).filter_map(|(want, label)| Some((want.x, label?))).collect();
            for (index, (x, label)) in placed.iter().enumerate() {
                let wide = if label.short { 9.0 } else { 14.0 } * letter;
                let from = if label.place == Place::Right { *x } else { x - wide };
                for (other, beside) in placed.iter().skip(index + 1).filter(|(_, beside)| beside.row == label.row) {
                    let wide_too = if beside.short { 9.0 } else { 14.0 } * letter;
                    let start = if beside.place == Place::Right { *other } else { other - wide_too };
                    assert!(from + wide <= start || start + wide_too <= from, "{width:?}: {x} and {other}");
                }
            }
        }
    }

    #[test]
    fn stacked_words_never_cover_each_other_and_stay_inside() {
        use crate::draw::labels::{stack, width_of};
        let texts = ["Today", "Kick-off, 6 bd", "Sprint 0 ends, 11 bd", "start by Tue 24 Nov", "x"];
        let mut seed: u32 = 7;
        for _ in 0..500 {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f64::from(seed >> 16) / 655.36
            };
            let wanted: Vec<_> = texts.iter().map(|text| (next(), *text)).collect();
            let spans: Vec<_> = wanted
                .iter()
                .zip(stack(wanted.iter().copied()))
                .map(|((_, text), it)| {
                    let wide = width_of(text, Width::Phone);
                    let from = it.x
                        - match it.anchor {
                            "" => 0.0,
                            "end" => wide,
                            _ => wide / 2.0,
                        };
                    (it.row, from, from + wide)
                })
                .collect();
            for (index, (row, from, to)) in spans.iter().enumerate() {
                assert!(*from > -0.01 && *to < 100.01, "{wanted:?}");
                let beside = spans[..index].iter().filter(|(other, ..)| other == row);
                assert!(
                    beside.clone().all(|(_, start, end)| to <= start || from >= end || (to - start).min(end - from) < 0.01),
                    "{wanted:?}"
                );
            }
        }
    }

    #[test]
    fn kick_off_and_the_end_are_named_first_in_two_rows_on_a_phone() {
        let placed = places(&[at(4.0), at(56.0), at(74.0), first(86.0), at(86.0), first(93.0)], Width::Phone);
        assert!(placed[3].is_some() && placed[5].is_some(), "{placed:?}");
        assert_ne!(placed[3].map(|(_, row)| row), placed[5].map(|(_, row)| row));
        assert!(placed[0].is_some(), "others where there is room: {placed:?}");
        assert_eq!(placed[2], None, "and none where there is not");
    }
}
