//! Ids that are given once.

use std::collections::{HashMap, HashSet};

/// The ids that a kit has so far.
#[derive(Default)]
pub(crate) struct Unique {
    taken: HashSet<String>,
    /// How often each wish was made, so that the next number is found at once.
    wishes: HashMap<String, usize>,
}

impl Unique {
    pub(crate) fn has(&self, id: &str) -> bool {
        self.taken.contains(id)
    }

    /// The first of `wish`, `wish-2`, `wish-3`… that is not taken; it is taken then.
    pub(crate) fn take(&mut self, wish: &str) -> String {
        let count = self.wishes.entry(wish.to_owned()).or_insert(0);
        loop {
            *count += 1;
            let id = if *count == 1 { wish.to_owned() } else { format!("{wish}-{count}") };
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_given_once() {
        let mut ids = Unique::default();
        let given: Vec<String> = ["a", "a-2", "a", "a"].into_iter().map(|wish| ids.take(wish)).collect();
        assert_eq!(given, ["a", "a-2", "a-3", "a-4"]);
        assert!(ids.has("a-3") && !ids.has("b"));
    }
}
