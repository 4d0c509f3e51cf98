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
    /// The second line, and what of it can do if room is short.
    pub(crate) full: usize,
    pub(crate) short: usize,
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
    /// The second line is the short one.
    pub(crate) short: bool,
    /// There is room for the name on a phone, too.
    pub(crate) on_phone: bool,
}

/// A label for each, from left to right. Where one finds no room, it and the one before it are shortened.
pub(crate) fn arrange(wanted: &[Wanted]) -> Vec<Label> {
    let mut short = vec![false; wanted.len()];
    let mut places = place_all(wanted, &short);
    for index in 0..wanted.len() {
        if places[index] == Place::Nowhere {
            short[index.saturating_sub(1)..=index].fill(true);
            places = place_all(wanted, &short);
        }
    }
    let mut taken = 0.0;
    let labels = wanted.iter().zip(places).zip(short).map(|((want, place), short)| {
        let width = letters(want.name) * PHONE + GAP;
        let from = if place == Place::Left { want.x - width } else { want.x };
        let on_phone = place != Place::Nowhere && from >= taken && from + width <= 100.0;
        if on_phone {
            taken = from + width;
        }
        Label { place, short, on_phone }
    });
    labels.collect()
}

fn place_all(wanted: &[Wanted], short: &[bool]) -> Vec<Place> {
    let mut taken = 0.0;
    let mut places = Vec::new();
    for (index, want) in wanted.iter().enumerate() {
        let width = letters(want.name.max(if short[index] { want.short } else { want.full })) * WIDE + GAP;
        let next = wanted.get(index + 1).map_or(100.0, |next| next.x);
        let is_free = want.x >= taken;
        let place = match () {
            () if is_free && want.x + width <= next => Place::Right,
            () if want.x - width >= taken => Place::Left,
            () if is_free && want.x + width <= 100.0 => Place::Right,
            () => Place::Nowhere,
        };
        taken = if place == Place::Right { want.x + width } else { want.x.max(taken) };
        places.push(place);
    }
    places
}

fn letters(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::draw::labels::{Place, Wanted, arrange};

    fn at(x: f64) -> Wanted {
        Wanted { x, name: 12, full: 14, short: 9 }
    }

    fn places(at_x: &[f64]) -> Vec<Place> {
        arrange(&at_x.iter().copied().map(at).collect::<Vec<_>>()).into_iter().map(|label| label.place).collect()
    }

    #[test]
    fn a_label_stands_right_of_its_line_if_there_is_room() {
        assert_eq!(places(&[0.0, 35.0, 73.0, 93.0]), [Place::Right, Place::Right, Place::Right, Place::Left]);
    }

    #[test]
    fn close_lines_get_one_label_on_each_side() {
        assert_eq!(places(&[0.0, 73.0, 75.0]), [Place::Right, Place::Left, Place::Right]);
    }

    #[test]
    fn labels_are_shortened_before_they_are_left_out() {
        let sprint = Wanted { x: 76.0, name: 8, full: 14, short: 9 };
        let labels = arrange(&[at(0.0), at(73.0), sprint, at(92.5)]);
        assert_eq!(
            labels.iter().map(|label| (label.place, label.short)).collect::<Vec<_>>(),
            [(Place::Right, false), (Place::Left, false), (Place::Right, true), (Place::Left, true)]
        );
    }

    #[test]
    fn where_there_is_no_room_there_is_no_label() {
        assert_eq!(places(&[0.0, 1.0, 2.0])[1], Place::Nowhere);
    }

    #[test]
    fn a_phone_shows_fewer() {
        let labels = arrange(&[at(0.0), at(15.0), at(50.0)]);
        assert_eq!(labels.iter().map(|label| label.on_phone).collect::<Vec<_>>(), [true, false, true]);
    }
}
