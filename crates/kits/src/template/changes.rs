//! The change log of a template: which tasks and modules moved between versions.

use super::Move;
use crate::text::norm1;

/// Adds the moves that the tables of a change log name.
pub(super) fn read(text: &str, moves: &mut Vec<Move>) {
    let mut columns: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if !line.starts_with('|') {
            columns.clear();
            continue;
        }
        let cells: Vec<String> = line.trim_matches('|').split('|').map(norm1).collect();
        if columns.is_empty() {
            columns = cells.iter().map(|cell| cell.to_ascii_lowercase()).collect();
            continue;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| column.starts_with(name))?;
            cells.get(at).filter(|cell| !cell.is_empty() && *cell != "-").cloned()
        };
        let mut modules = columns.iter().enumerate().filter(|(_, column)| column.starts_with("module")).map(|(at, _)| at);
        let (Some(from), Some(to)) = (modules.next(), modules.next()) else { continue };
        let named = |at: usize| cells.get(at).filter(|cell| !cell.is_empty() && *cell != "-" && !cell.starts_with("---")).cloned();
        if let (Some(from), Some(to)) = (named(from), named(to)) {
            moves.push(Move { task: cell("task"), from, to });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_what_moved() {
        let text = "Modules\n\n| Module (in version 1) | Module (in version 2) | Comments |\n| ---- | --- | --- |\n| Old | New | Module renamed |\n| Gone | - | Module removed |\n\n| Task | Module (in version 1) | Module (in version 2) | Comments |\n| -- | --- | --- | --- |\n| Talk\t| Old |\tNew | Task moved |\n";
        let mut moves = Vec::new();
        read(text, &mut moves);
        let names = |task: Option<&str>| Move { task: task.map(str::to_owned), from: "Old".to_owned(), to: "New".to_owned() };
        assert_eq!(moves, [names(None), names(Some("Talk"))]);
    }
}
