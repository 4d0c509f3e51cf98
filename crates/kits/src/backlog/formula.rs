//! Cells that a spreadsheet would run. Exports put a quote before them, imports take it away.

/// Whether a spreadsheet takes the cell for a formula.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A cell that no spreadsheet runs. [`unguard_cell`] gives the text back.
pub fn guard_cell(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell that [`guard_cell`] made; any other text as it is.
pub fn unguard_cell(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest.trim_start_matches('\''))).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_gives_its_text_back() {
        for text in ["=1+1", "-a", "@x", "\tx", "\rx", "＝SUM(1)", "'=1", "''=1", "'quoted'", "plain", "", "'"] {
            let guarded = guard_cell(text);
            assert!(!is_formula(&guarded), "{text}");
            assert_eq!(unguard_cell(&guarded), text);
        }
    }
}
