//! Where the names of milestones go, so that none covers another, on a wide page and on a phone.

/// How wide a letter is, in percent of the drawing: 6.4 of some 1100 pixels, and of some 350 on a phone.
const WIDE: f64 = 0.58;
const PHONE: f64 = 1.85;
/// Room around a label.
const GAP: f64 = 0.8;

/// What is to be named: the place in percent, and how many letters each line has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) x: f64,
    pub(crate) name: usize,
    pub(crate) date: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Right,
    Left,
    /// There is no room: the line alone stays, with its name on hover.
    Nowhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) place: Place,
    /// There is room for it on a phone, too.
    pub(crate) on_phone: bool,
}

/// A label for each, from left to right.
pub(crate) fn arrange(wanted: &[Wanted]) -> Vec<Label> {
    let (mut wide, mut phone) = (0.0, 0.0);
    let next = |index: usize| wanted.get(index + 1).map_or(100.0, |next| next.x);
    let mut labels = Vec::new();
    for (index, want) in wanted.iter().enumerate() {
        let letters = letters(want.name.max(want.date));
        let width = letters * WIDE + GAP;
        let place = if want.x >= wide - GAP && want.x + width <= next(index).min(100.0) {
            Place::Right
        } else if want.x - width >= wide {
            Place::Left
        } else if want.x >= wide - GAP && want.x + width <= 100.0 {
            Place::Right
        } else {
            Place::Nowhere
        };
        let small = self::letters(want.name) * PHONE + GAP;
        let (from, to) = match place {
            Place::Right => (want.x, want.x + small),
            Place::Left => (want.x - small, want.x),
            Place::Nowhere => (f64::INFINITY, f64::INFINITY),
        };
        let on_phone = from >= phone && to <= 100.0;
        if on_phone {
            phone = to;
        }
        wide = if place == Place::Right { want.x + width } else { want.x.max(wide) };
        labels.push(Label { place, on_phone });
    }
    labels
}

fn letters(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::draw::labels::{Place, Wanted, arrange};

    fn at(x: f64) -> Wanted {
        Wanted { x, name: 12, date: 14 }
    }

    #[test]
    fn a_label_stands_right_of_its_line_if_there_is_room() {
        let places: Vec<_> = arrange(&[at(0.0), at(35.0), at(73.0), at(93.0)]).into_iter().map(|label| label.place).collect();
        assert_eq!(places, vec![Place::Right, Place::Right, Place::Right, Place::Left]);
    }

    #[test]
    fn close_lines_get_one_label_on_each_side() {
        let places: Vec<_> = arrange(&[at(0.0), at(73.0), at(75.0)]).into_iter().map(|label| label.place).collect();
        assert_eq!(places, vec![Place::Right, Place::Left, Place::Right]);
    }

    #[test]
    fn where_there_is_no_room_there_is_no_label() {
        assert_eq!(arrange(&[at(0.0), at(1.0), at(2.0)])[1].place, Place::Nowhere);
    }

    #[test]
    fn a_phone_shows_fewer() {
        let labels = arrange(&[at(0.0), at(15.0), at(50.0)]);
        assert_eq!(labels.iter().map(|label| label.on_phone).collect::<Vec<_>>(), vec![true, false, true]);
    }
}
