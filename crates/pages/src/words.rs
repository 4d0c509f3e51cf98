//! Every word a person reads, from one catalogue (`locales/en.toml`), checked while compiling.

use std::fmt::{self, Display};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The words under a key of `locales/en.toml`. A key that is not there does not compile.
///
/// `t!("people.none")` in Rust and `{{ t!("people.none") }}` in a template; with numbers and names:
/// `{{ t!("due.needs").with("need", 10).with("left", 6) }}` for `needs {need} bd, {left} left`.
macro_rules! t {
    ($key:literal) => {
        const { $crate::words::Words::of($key) }
    };
}
/// Words as the catalogue has them, with `{name}` where something is to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(&'static str);

impl Words {
    /// The words under `key`; panics, so in a `const` does not compile, if there are none.
    #[must_use]
    pub const fn of(key: &str) -> Self {
        match look_up(key) {
            Some(words) => Self(words),
            None => panic!("no such key in locales/en.toml"),
        }
    }

    pub const fn text(self) -> &'static str {
        self.0
    }

    /// For templates, where a hint may be any text.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Puts `value` where `{name}` stands.
    pub fn with(self, name: &'static str, value: impl Display) -> Filled {
        Filled { words: self.0, values: Vec::new() }.with(name, value)
    }

    /// Puts `number` where `{n}` stands: in these words if it is one, in `many` if it is not.
    pub fn or_many(self, many: Self, number: usize) -> Filled {
        if number == 1 { self } else { many }.with("n", number)
    }
}

/// Words with something filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    words: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Filled {
    /// Puts `value` where `{name}` stands, too.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}

impl Display for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl Display for Filled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.words;
        while let Some((before, name, after)) = next_place(rest) {
            out.write_str(before)?;
            match self.values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => out.write_str(value)?,
                None => write!(out, "{{{name}}}")?,
            }
            rest = after;
        }
        out.write_str(rest)
    }
}

fn next_place(words: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = words.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0.to_owned()
    }
}

impl From<Filled> for String {
    fn from(filled: Filled) -> Self {
        filled.to_string()
    }
}

/// For templates, where one side may be a reference more than the other.
pub fn same(left: impl AsRef<str>, right: impl AsRef<str>) -> bool {
    left.as_ref() == right.as_ref()
}

/// The catalogue's words under `key`, if it has any.
pub const fn look_up(key: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let middle = low.midpoint(high);
        match order(TABLE[middle].0.as_bytes(), key.as_bytes()) {
            0 => return Some(TABLE[middle].1),
            -1 => low = middle + 1,
            _ => high = middle,
        }
    }
    None
}

/// `Ord::cmp` is not `const`.
const fn order(left: &[u8], right: &[u8]) -> i8 {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return if left[at] < right[at] { -1 } else { 1 };
        }
        at += 1;
    }
    if left.len() == right.len() {
        0
    } else if left.len() < right.len() {
        -1
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use crate::words::{TABLE, look_up};

    #[test]
    fn every_key_is_found() {
        for (key, words) in TABLE {
            assert_eq!(look_up(key), Some(*words), "{key}");
        }
        assert_eq!(look_up("no.such.key"), None);
    }

    #[test]
    fn a_value_is_put_where_its_name_stands() {
        let filled = t!("due.needs").with("need", 10).with("left", 6);
        assert_eq!(filled.to_string(), "needs 10 bd, 6 left");
    }

    #[test]
    fn braces_in_a_value_stay_text() {
        let filled = t!("due.needs").with("need", "{left}").with("left", 6);
        assert_eq!(filled.to_string(), "needs {left} bd, 6 left");
    }

    #[test]
    fn one_is_not_many() {
        let late = |number| t!("live.waiting.one").or_many(t!("live.waiting.many"), number).to_string();
        assert_eq!([late(0), late(1), late(2)], ["0 changes wait", "1 change waits", "2 changes wait"]);
    }
}
