//! Acceptance criteria of one section: what is a criterion, what is a part of one, what only goes on.

use super::{Criterion, SubCriterion, tasks::Lines};
use crate::text::norm1;

/// The list marker of a line, without blanks, and the text behind it.
pub(super) fn marker(line: &str) -> (&str, &str) {
    let text = line.trim_start();
    if let Some(rest) = text.strip_prefix(['•', '·', '▪', '●', '◦']) {
        return (&text[..text.len() - rest.len()], rest);
    }
    if let Some(rest) = text.strip_prefix(['*', '-', '–'])
        && rest.starts_with(char::is_whitespace)
    {
        return (&text[..text.len() - rest.len()], rest);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let letter = usize::from(text.starts_with(|c: char| c.is_ascii_lowercase()));
    let (name, allowed) = if digits > 0 { (digits, &['.', ')'][..]) } else { (letter, &[')'][..]) };
    if (1..=3).contains(&name)
        && let Some(rest) = text[name..].strip_prefix(allowed)
        && rest.starts_with(|c: char| c.is_whitespace())
    {
        return (&text[..=name], rest);
    }
    ("", text)
}

fn is_letter(marker: &str) -> bool {
    marker.starts_with(|c: char| c.is_ascii_lowercase())
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Adds the criteria of one section.
///
/// In order: `a)` lines are parts; where the first line ends in `:` or `-`, or is the only one without a marker, the rest are its parts;
/// an unmarked line indented by two or more goes on with the line before; else each line is a criterion.
pub(super) fn read(section: u64, lines: &Lines<'_>, into: &mut Vec<Criterion>) {
    let lines: Vec<(u32, &str)> = lines.iter().filter(|(_, line)| !norm1(line).is_empty()).copied().collect();
    let Some(((_, first), rest)) = lines.split_first() else { return };
    let (first_marker, first_text) = marker(first);
    let first_text = norm1(first_text);
    let leads = !rest.is_empty() && first_text.ends_with([':', '-'])
        || first_marker.is_empty() && rest.len() >= 2 && rest.iter().all(|(_, line)| !marker(line).0.is_empty());
    let start = into.len();
    for (at, (number, line)) in lines.iter().enumerate() {
        let (sign, text) = marker(line);
        let text = norm1(text);
        let child = at > 0 && leads || is_letter(sign);
        let last = into.len().checked_sub(1).filter(|&last| last >= start);
        match last {
            Some(last) if sign.is_empty() && indent(line) >= 2 => go_on(&mut into[last], &text),
            Some(last) if child => into[last].children.push(SubCriterion { line: *number, marker: sign.to_owned(), text }),
            _ => into.push(Criterion { line: *number, marker: sign.to_owned(), text, children: Vec::new(), section }),
        }
    }
}

/// Adds a wrapped line to the criterion's last part, or to itself.
fn go_on(criterion: &mut Criterion, text: &str) {
    let last = criterion.children.last_mut().map_or(&mut criterion.text, |child| &mut child.text);
    last.push(' ');
    last.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<(String, usize)> {
        let lines: Lines<'_> = (1..).zip(text.lines()).collect();
        let mut criteria = Vec::new();
        read(1, &lines, &mut criteria);
        criteria.into_iter().map(|criterion| (criterion.text, criterion.children.len())).collect()
    }

    fn pair(text: &str, children: usize) -> (String, usize) {
        (text.to_owned(), children)
    }

    #[test]
    fn parts_are_told_from_criteria() {
        assert_eq!(read_all("• One\na) Base\nb) Burner"), [pair("One", 2)]);
        assert_eq!(read_all("It covers:\nPurity\nColour"), [pair("It covers:", 2)]);
        assert_eq!(read_all("The order lists.\n- A\n- B"), [pair("The order lists.", 2)]);
        assert_eq!(read_all("1. In the log and \n    in the copy"), [pair("In the log and in the copy", 0)]);
        assert_eq!(read_all("• A\n•\tB\n\n• C"), [pair("A", 0), pair("B", 0), pair("C", 0)]);
    }

    #[test]
    fn markers_are_known_by_what_follows_them() {
        for (line, sign, text) in
            [("2) x", "2)", "x"), ("a) x", "a)", "x"), ("-x", "", "-x"), ("*bold* x", "", "*bold* x"), ("3.5 x", "", "3.5 x")]
        {
            let read = marker(line);
            assert_eq!((read.0, read.1.trim()), (sign, text), "{line}");
        }
    }
}
