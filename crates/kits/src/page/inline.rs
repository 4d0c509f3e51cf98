//! Words of one line of Markdown, without its marks.

use crate::text::{links, norm1};

/// A character and whether a backslash made it plain.
type Char = (char, bool);

/// The text as a reader sees it: link texts for links, no emphasis, no backslashes, single blanks. Takes time in step with its length.
pub(super) fn plain(raw: &str) -> String {
    if !raw.contains(['*', '_', '\\', '[']) {
        return norm1(raw);
    }
    let mut chars = unescaped(&without_links(raw));
    drop_pairs(&mut chars, '*');
    drop_emphasis(&mut chars, '*');
    drop_emphasis(&mut chars, '_');
    norm1(&chars.into_iter().map(|(c, _)| c).collect::<String>())
}

/// Links replaced by their texts.
fn without_links(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut seen = 0;
    for link in links(raw) {
        out.push_str(&raw[seen..link.start]);
        out.push_str(link.text);
        seen = link.end;
    }
    out.push_str(&raw[seen..]);
    out
}

fn unescaped(raw: &str) -> Vec<Char> {
    let mut out = Vec::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && next.is_ascii_punctuation() => {
                out.push((next, true));
                chars.next();
            }
            _ => out.push((c, false)),
        }
    }
    out
}

/// Takes out `**` and `****`; of three, one stays.
fn drop_pairs(chars: &mut Vec<Char>, mark: char) {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|&&one| one == (mark, false)).count();
        if run == 0 {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(std::iter::repeat_n((mark, false), run % 2));
            at += run;
        }
    }
    *chars = out;
}

/// Takes out pairs of single marks: the first does not follow a word, the second is not followed by one. What is between stays as it is.
fn drop_emphasis(chars: &mut Vec<Char>, mark: char) {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let count = chars.len();
    let mut closes = vec![count; count + 1];
    for at in (0..count).rev() {
        let closing = chars[at] == (mark, false) && !chars.get(at + 1).is_some_and(|&(next, _)| word(next));
        closes[at] = if closing { at } else { closes[at + 1] };
    }
    let mut dropped = vec![false; count];
    let mut at = 0;
    while at < count {
        let opens = chars[at] == (mark, false)
            && (at == 0 || !word(chars[at - 1].0))
            && chars.get(at + 1).is_some_and(|(next, _)| !next.is_whitespace());
        let close = if opens && at + 2 <= count { closes[at + 2] } else { count };
        if close < count {
            dropped[at] = true;
            dropped[close] = true;
            at = close;
        }
        at += 1;
    }
    let mut at = 0;
    chars.retain(|_| {
        at += 1;
        !dropped[at - 1]
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (raw, read) in [
            ("**Bold**\u{A0}text and _more_", "Bold text and more"),
            ("Sprint 0\\_Status & Demo", "Sprint 0_Status & Demo"),
            ("**Sprint 0_Status & Demo**", "Sprint 0_Status & Demo"),
            ("see [the _plan_](https://example.org/a_b) \\| end", "see the plan | end"),
            ("_one _two__", "one _two_"),
            ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
            ("***both***", "both"),
        ] {
            assert_eq!(plain(raw), read, "{raw}");
        }
    }

    #[test]
    fn a_megabyte_of_open_marks_takes_one_pass() {
        for part in ["**a ", "[a](", "_a ", "*a"] {
            assert!(!plain(&part.repeat(250_000)).is_empty());
        }
    }
}
