//! “Did you mean …?”

/// The known name that is closest to a wrong one, if any is close.
pub(super) fn closest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if wrong.len() > 60 {
        return None;
    }
    let best = known.map(|name| (distance(wrong, name), name)).min()?;
    (best.0 <= (wrong.len() / 3).clamp(1, 3)).then_some(best.1)
}

/// How many letters must be changed, swapped with their neighbour, added or dropped.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(from[i - 1] != to[j - 1]);
                let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_is_recognised() {
        assert_eq!(closest("titel", ["title", "table"].into_iter()), Some("title"));
        assert_eq!(closest("phasez", ["phases", "pages"].into_iter()), Some("phases"));
        assert_eq!(closest("teleport", ["title", "phases"].into_iter()), None);
    }
}
