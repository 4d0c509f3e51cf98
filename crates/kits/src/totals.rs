//! How much of what a reading found.

use std::{iter::Sum, ops::AddAssign};

use serde::Serialize;

macro_rules! totals {
    ($($name:ident)*) => {
        /// Counts of what a source holds, before it becomes a kit; nothing found is left out of the JSON.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct Totals {
            $(#[serde(skip_serializing_if = "is_zero")] pub $name: u64,)*
        }

        impl AddAssign for Totals {
            fn add_assign(&mut self, other: Self) {
                $(self.$name = self.$name.saturating_add(other.$name);)*
            }
        }

        impl Totals {
            /// What was found, with its name, in the order in which it is shown.
            pub fn found(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name)),*].into_iter().filter(|(_, count)| *count > 0)
            }
        }
    };
}

totals! {
    phases modules tasks subtasks criteria_sections criteria subcriteria tools activities items subitems owners epics stories points
    decisions questions subquestions participants ceremonies offsets responsibilities
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_add_up_and_leave_out_what_was_not_found() {
        let one = Totals { tasks: 2, points: 3, ..Totals::default() };
        let sum: Totals = [one, one].into_iter().sum();
        assert_eq!(serde_json::to_string(&sum).expect("JSON"), r#"{"tasks":4,"points":6}"#);
        assert_eq!(sum.found().collect::<Vec<_>>(), [("tasks", 4), ("points", 6)]);
    }
}
