//! A first look at a calendar file, line by line: whether blocks begin and end as they should, and where the events are.

use super::closures::quoted;

/// No block of a calendar file lies deeper in others.
const MAX_DEPTH: usize = 8;

/// Where it is wrong, and what.
pub(super) type Wrong = (u64, String);

/// The lines that events begin on, in order.
pub(super) fn events(text: &str) -> Result<Vec<u64>, Wrong> {
    let mut open: Vec<(&str, u64)> = Vec::new();
    let mut events = Vec::new();
    let mut blocks = 0;
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || content.starts_with([' ', '\t']) {
            continue;
        }
        let Some((head, value)) = content.split_once(':') else {
            return Err((line, format!("{} is not a line of a calendar file: it has no colon", quoted(content))));
        };
        let name = value.trim();
        if head.eq_ignore_ascii_case("BEGIN") {
            check_place(content, name, open.len(), blocks).map_err(|message| (line, message))?;
            if name.eq_ignore_ascii_case("VEVENT") {
                events.push(line);
            }
            blocks += 1;
            open.push((name, line));
        } else if head.eq_ignore_ascii_case("END") {
            match open.pop() {
                Some((begun, _)) if begun.eq_ignore_ascii_case(name) => {}
                Some((begun, at)) => {
                    return Err((line, format!("{} ends here, but BEGIN:{begun} of line {at} is still open", quoted(name))));
                }
                None => return Err((line, format!("{} ends here and never began", quoted(name)))),
            }
        } else if open.is_empty() {
            return Err((line, format!("{} lies outside of BEGIN:VCALENDAR: it is no calendar file", quoted(content))));
        }
    }
    match open.pop() {
        Some((name, line)) => Err((line, format!("BEGIN:{name} never ends: the file is cut off"))),
        None if blocks == 0 => Err((0, "the file is empty".to_owned())),
        None => Ok(events),
    }
}

/// Whether a block may begin inside `depth` others, after `blocks` before it.
fn check_place(content: &str, name: &str, depth: usize, blocks: usize) -> Result<(), String> {
    let is = |kind| name.eq_ignore_ascii_case(kind);
    match depth {
        0 if !is("VCALENDAR") => {
            Err(format!("the file begins with {} instead of BEGIN:VCALENDAR: it is no calendar file", quoted(content)))
        }
        0 if blocks > 0 => Err("a second calendar begins here: only one calendar in a file is read".to_owned()),
        MAX_DEPTH => Err(format!("blocks are nested more than {MAX_DEPTH} deep")),
        _ if is("VEVENT") && depth != 1 => Err("this event lies inside another block: events lie directly in the calendar".to_owned()),
        _ => Ok(()),
    }
}
