//! Bytes to text, byte by byte: UTF-8 where it is valid, Windows-1252 elsewhere.

use crate::{
    limits::{MAX_LINE, MAX_NAMED_LINES},
    problem::Problem,
};

/// A file's text with `\n` as its only line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// `ascii`, `utf-8`, `cp1252` or `mixed-utf8-cp1252`.
    pub encoding: &'static str,
    /// `lf`, `crlf`, `cr` or `mixed`.
    pub eol: &'static str,
}

/// A byte that is not UTF-8: where its character went, and whether it means anything.
struct Foreign {
    at: usize,
    read: Option<char>,
}

/// The text of a file, or `None` where it is refused; every reason and every doubtful line is in `problems`.
pub fn decode(file: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Option<Decoded> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        problems.push(Problem::error(file, 1, "the file is UTF-16; please save it as UTF-8. Nothing of it was read"));
        return None;
    }
    let bytes = if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        problems.push(Problem::note(file, 1, "the byte order mark was left out"));
        rest
    } else {
        bytes
    };
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        let line = line_of(bytes, at);
        problems.push(Problem::error(file, line, format!("binary data: a NUL byte at line {line}. Nothing of the file was read")));
        return None;
    }
    if let Some(line) = overlong_line(bytes) {
        problems.push(Problem::error(file, line, format!("line {line} is longer than {MAX_LINE} bytes. Nothing of the file was read")));
        return None;
    }
    let (text, foreign) = characters(bytes);
    let encoding = encoding(&text, &foreign);
    if !foreign.is_empty() {
        name_lines(file, &text, &foreign, problems);
    }
    let (text, eol) = one_line_end(text);
    if eol == "mixed" {
        problems.push(Problem::warning(file, 0, "line ends of several kinds (CRLF, CR, LF) in one file; each counts as one"));
    }
    Some(Decoded { text, encoding, eol })
}

/// The line, counted from 1, of a position. CR, LF and CRLF each end one line.
pub fn line_of(bytes: &[u8], at: usize) -> u32 {
    let at = at.min(bytes.len());
    let ends = (0..at).filter(|&i| bytes[i] == b'\n' || bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n')).count();
    u32::try_from(ends + 1).unwrap_or(u32::MAX)
}

fn overlong_line(bytes: &[u8]) -> Option<u32> {
    let mut start = 0;
    for line in bytes.split(|&byte| byte == b'\n' || byte == b'\r') {
        if line.len() > MAX_LINE {
            return Some(line_of(bytes, start));
        }
        start += line.len() + 1;
    }
    None
}

fn characters(bytes: &[u8]) -> (String, Vec<Foreign>) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    let mut foreign = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            let read = windows_1252(byte);
            foreign.push(Foreign { at: text.len(), read });
            text.push(read.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    (text, foreign)
}

fn encoding(text: &str, foreign: &[Foreign]) -> &'static str {
    let own: usize = text.chars().filter(|c| !c.is_ascii()).count();
    match (own, foreign.len()) {
        (0, _) => "ascii",
        (_, 0) => "utf-8",
        (all, foreign) if all == foreign => "cp1252",
        _ => "mixed-utf8-cp1252",
    }
}

fn name_lines(file: &str, text: &str, foreign: &[Foreign], problems: &mut Vec<Problem>) {
    let mut lines: Vec<(u32, Vec<&Foreign>)> = Vec::new();
    let (mut line, mut seen) = (1, 0);
    for one in foreign {
        line += line_of(&text.as_bytes()[seen..], one.at - seen) - 1;
        seen = one.at;
        match lines.last_mut() {
            Some((last, found)) if *last == line => found.push(one),
            _ => lines.push((line, vec![one])),
        }
    }
    for (line, found) in lines.iter().take(MAX_NAMED_LINES) {
        problems.push(Problem::warning(file, *line, foreign_message(found)));
    }
    if lines.len() > MAX_NAMED_LINES {
        let more = lines.len() - MAX_NAMED_LINES;
        problems.push(Problem::warning(file, 0, format!("{more} more lines have bytes that are not UTF-8, read as Windows-1252")));
    }
}

fn foreign_message(found: &[&Foreign]) -> String {
    let read: String = found.iter().filter_map(|one| one.read).take(10).collect();
    let undefined = found.iter().filter(|one| one.read.is_none()).count();
    let mut message = format!("{} byte(s) are not UTF-8", found.len());
    if !read.is_empty() {
        message = format!("{message}, read as Windows-1252: {}", crate::problem::quote(&read));
    }
    if undefined > 0 {
        message = format!("{message}; {undefined} of them mean nothing there either and became “\u{FFFD}”");
    }
    message
}

fn one_line_end(text: String) -> (String, &'static str) {
    if !text.contains('\r') {
        return (text, "lf");
    }
    let crlf = text.matches("\r\n").count();
    let cr = text.matches('\r').count() - crlf;
    let lf = text.matches('\n').count() - crlf;
    let eol = match (crlf, cr, lf) {
        (_, 0, 0) => "crlf",
        (0, _, 0) => "cr",
        _ => "mixed",
    };
    (text.replace("\r\n", "\n").replace('\r', "\n"), eol)
}

/// What a byte means in Windows-1252; five bytes mean nothing.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•', '–', '—', '˜',
        '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => Some(HIGH[usize::from(byte - 0x80)]).filter(|&c| c != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_read_one_by_one_and_named_by_line() {
        let mut problems = Vec::new();
        let read = decode("a.md", b"\xE2\x80\xA2 good\r\n\x95 old \x81\rlast\n", &mut problems).expect("text");
        assert_eq!(read.text, "• good\n• old \u{FFFD}\nlast\n");
        assert_eq!((read.encoding, read.eol), ("mixed-utf8-cp1252", "mixed"));
        assert_eq!(problems.len(), 2);
        assert_eq!(problems[0].line, 2);
        assert!(problems[0].message.contains('•') && problems[0].message.contains('\u{FFFD}'), "{}", problems[0]);
    }

    #[test]
    fn many_foreign_lines_are_counted_after_the_first_few() {
        let mut problems = Vec::new();
        decode("a.md", &b"\x95\n".repeat(50), &mut problems).expect("text");
        assert_eq!(problems.len(), MAX_NAMED_LINES + 1);
        assert!(problems.last().expect("last").message.starts_with("30 more lines"));
    }

    #[test]
    fn utf16_and_nul_bytes_are_refused_with_their_line() {
        for (bytes, line) in [(&b"\xFF\xFEa\0"[..], 1), (b"a\r\nb\rc\0d", 3)] {
            let mut problems = Vec::new();
            assert_eq!(decode("a.md", bytes, &mut problems), None);
            assert_eq!(problems[0].line, line, "{}", problems[0]);
        }
    }

    #[test]
    fn a_line_over_the_limit_is_refused_with_its_number() {
        let mut bytes = b"one\r\ntwo\r\n".to_vec();
        bytes.extend(vec![b'a'; MAX_LINE + 1]);
        let mut problems = Vec::new();
        assert_eq!(decode("a.md", &bytes, &mut problems), None);
        assert_eq!(problems[0].line, 3);
    }
}
