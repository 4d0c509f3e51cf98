//! The lines of a page: which side of a merge conflict they are on, and what of them must not come through.

use std::borrow::Cow;

use serde::Serialize;

use super::cell::MAX_DEPTH;
use crate::{
    limits::MAX_NAMED_LINES,
    problem::{Problem, quote},
    text::{decode_entities, has_bidi, is_active, links, safe::is_web, safe_markdown},
};

/// The side of an unresolved merge conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// Outside of any conflict.
    #[default]
    Both,
    Ours,
    /// Read, but not imported.
    Theirs,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) version: Version,
    pub(super) text: String,
}

/// The lines of a page without conflict markers and active content, and the paths of the attachments it names.
pub(super) fn lines(path: &str, text: &str, problems: &mut Vec<Problem>) -> (Vec<Line>, Vec<String>) {
    let raw: Vec<&str> = text.split('\n').collect();
    let versions = versions(path, &raw, problems);
    let mut attachments = Vec::new();
    let mut warned = Warned { path, count: 0, problems };
    let mut out = Vec::with_capacity(raw.len());
    for (index, (text, version)) in raw.iter().zip(versions).enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let Some(version) = version else { continue };
        out.push(Line { number, version, text: safe(number, text, &mut attachments, &mut warned) });
    }
    warned.finish();
    attachments.sort();
    attachments.dedup();
    (out, attachments)
}

struct Warned<'p> {
    path: &'p str,
    count: usize,
    problems: &'p mut Vec<Problem>,
}

impl Warned<'_> {
    fn warn(&mut self, number: u32, message: String) {
        self.count += 1;
        if self.count <= MAX_NAMED_LINES {
            self.problems.push(Problem::warning(self.path, number, message));
        }
    }

    fn finish(self) {
        if let Some(more) = self.count.checked_sub(MAX_NAMED_LINES).filter(|&more| more > 0) {
            let message = format!("{more} more lines held markup, links or marks that were left out; their words were kept");
            self.problems.push(Problem::warning(self.path, 0, message));
        }
    }
}

/// The line with markup, images and foreign links taken out; their words stay.
fn safe(number: u32, text: &str, attachments: &mut Vec<String>, warned: &mut Warned<'_>) -> String {
    if has_bidi(text) {
        warned.warn(number, "marks that turn the reading direction round were left out".to_owned());
    }
    let mut text = text.trim_end_matches('\r').to_owned();
    if text.contains('&') {
        for pipe in ["&#124;", "&#x7C;", "&#x7c;", "&vert;", "&verbar;"] {
            text = text.replace(pipe, "\\|");
        }
    }
    // Decoded as often as it was encoded, so that no markup comes out of it later.
    for _ in 0..4 {
        match decode_entities(&text) {
            Cow::Owned(decoded) if decoded != text => text = decoded,
            _ => break,
        }
    }
    if text.contains("<br") || text.contains("<BR") {
        for line_break in ["<br>", "<br/>", "<br />", "<BR>", "<BR/>", "<BR />"] {
            text = text.replace(line_break, "  ");
        }
    }
    if text.contains("](") {
        text = titles_beside(&text).unwrap_or(text);
        for link in links(&text) {
            name_link(number, link.url, attachments, warned);
        }
    }
    if text.contains('<') && is_active(&text.replace("](", "] (")) {
        warned.warn(number, "markup was left out; its words were kept as text".to_owned());
    }
    if nesting(&text).0 > MAX_DEPTH {
        warned.warn(number, format!("lists or quotes nest more than {MAX_DEPTH} deep on one line; the marks beyond were left out"));
        text = shallow(&text);
    }
    if is_active(&text) { safe_markdown(&text) } else { text }
}

/// How many list and quote marks begin a line, and where its text begins.
fn nesting(text: &str) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut count, mut at) = (0, 0);
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b' '), _) => at += 1,
            (Some(b'>'), _) => (count, at) = (count + 1, at + 1),
            (Some(b'-' | b'*' | b'+'), Some(b' ')) => (count, at) = (count + 1, at + 2),
            _ => return (count, at),
        }
    }
}

fn shallow(text: &str) -> String {
    format!("- {}", &text[nesting(text).1..])
}

/// Links whose target carries a title, with the title in brackets behind them.
fn titles_beside(text: &str) -> Option<String> {
    let titled = |url: &str| {
        let (target, title) = url.split_once(char::is_whitespace)?;
        let title = title.trim().strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
        Some((target.to_owned(), title.to_owned()))
    };
    let mut out = String::new();
    let mut seen = 0;
    for link in links(text) {
        let Some((target, title)) = titled(link.url) else { continue };
        let mark = if link.image { "!" } else { "" };
        out.push_str(&text[seen..link.start]);
        out.push_str(&[mark, "[", link.text, "](", &target, ")"].concat());
        if !title.is_empty() {
            out.push_str(&[" (", &title, ")"].concat());
        }
        seen = link.end;
    }
    (seen > 0).then(|| out + &text[seen..])
}

fn name_link(number: u32, url: &str, attachments: &mut Vec<String>, warned: &mut Warned<'_>) {
    let plain = decode_percent(url).replace('\\', "/");
    let climbs = plain.split('/').any(|part| part == "..");
    if let Some(attachment) = url.strip_prefix("/.attachments/").filter(|_| !climbs) {
        attachments.push(decode_percent(attachment));
    } else if climbs {
        warned.warn(number, format!("the link {} leads out of the kit; its words were kept as text, nothing was fetched", quote(url)));
    } else if !is_web(url) && (plain.starts_with("//") || plain.split('/').next().is_some_and(|head| head.contains(':'))) {
        warned.warn(number, format!("the link {} is neither http, https nor mailto; its words were kept as text", quote(url)));
    }
}

/// `%20` and the like, where they make valid text.
pub(super) fn decode_percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Start,
    /// `\=======`, which is never a heading's underline.
    Middle,
    /// `=======`, which may be one.
    MaybeMiddle,
    End,
}

fn marker(line: &str) -> Option<Marker> {
    let plain = line.trim_end();
    let bare = plain.strip_prefix('\\').unwrap_or(plain);
    match () {
        () if bare.starts_with("<<<<<<<") => Some(Marker::Start),
        () if bare.starts_with(">>>>>>>") => Some(Marker::End),
        () if bare == "=======" => Some(if plain == bare { Marker::MaybeMiddle } else { Marker::Middle }),
        () => None,
    }
}

/// The side of every line; `None` for a conflict marker.
fn versions(path: &str, raw: &[&str], problems: &mut Vec<Problem>) -> Vec<Option<Version>> {
    let mut out = vec![Some(Version::Both); raw.len()];
    let found: Vec<(usize, Marker)> = raw.iter().enumerate().filter_map(|(at, line)| marker(line).map(|found| (at, found))).collect();
    let mut markers = found.as_slice();
    while let Some(((start, kind), rest)) = markers.split_first() {
        markers = rest;
        if *kind != Marker::Start {
            if matches!(kind, Marker::End | Marker::Middle) {
                out[*start] = None;
                warn_stray(path, *start, problems);
            }
            continue;
        }
        out[*start] = None;
        let len = rest.iter().position(|(_, kind)| matches!(kind, Marker::End | Marker::Start)).unwrap_or(rest.len());
        let end = rest.get(len).filter(|(_, kind)| *kind == Marker::End).map(|(at, _)| *at);
        let Some((end, middle)) = end.and_then(|end| Some((end, middle(raw, &rest[..len])?))) else {
            warn_stray(path, *start, problems);
            continue;
        };
        out[*start + 1..middle].fill(Some(Version::Ours));
        out[middle + 1..end].fill(Some(Version::Theirs));
        (out[middle], out[end]) = (None, None);
        markers = &rest[len + 1..];
        warn_conflict(path, [*start, middle, end], problems);
    }
    out
}

/// Where the second side begins: at an escaped marker, else at a bare one that underlines nothing, else at the first bare one.
fn middle(raw: &[&str], inside: &[(usize, Marker)]) -> Option<usize> {
    let escaped = inside.iter().find(|(_, kind)| *kind == Marker::Middle);
    let free = || inside.iter().find(|(at, _)| *at == 0 || raw[at - 1].trim().is_empty() || raw[at - 1].starts_with('|'));
    escaped.or_else(free).or_else(|| inside.first()).map(|(at, _)| *at)
}

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

fn warn_stray(path: &str, at: usize, problems: &mut Vec<Problem>) {
    problems.push(Problem::warning(path, number(at), "a merge conflict marker without its other half; it was left out, all text was kept"));
}

fn warn_conflict(path: &str, lines: [usize; 3], problems: &mut Vec<Problem>) {
    let [start, middle, end] = lines.map(number);
    for line in [start, middle, end] {
        let message = format!(
            "an unresolved merge conflict at lines {start}, {middle} and {end}: lines {} to {} (“ours”) are taken, lines {} to {} (“theirs”) are kept aside",
            start + 1,
            middle.saturating_sub(1),
            middle + 1,
            end.saturating_sub(1)
        );
        problems.push(Problem::warning(path, line, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Line>, Vec<String>, Vec<u32>) {
        let mut problems = Vec::new();
        let (lines, attachments) = lines("p.md", text, &mut problems);
        (lines, attachments, problems.iter().map(|problem| problem.line).collect())
    }

    #[test]
    fn a_conflict_has_two_sides_and_an_underline_is_not_its_middle() {
        let (lines, _, warned) = read("a\n<<<<<<< HEAD\nTitle\n=======\nb\n\\=======\nc\n\\>>>>>>> 0\nTitle\n=======");
        let sides: Vec<_> = lines.iter().map(|line| (line.number, line.version)).collect();
        assert_eq!(sides[..3], [(1, Version::Both), (3, Version::Ours), (4, Version::Ours)]);
        assert_eq!(sides[3..5], [(5, Version::Ours), (7, Version::Theirs)]);
        assert_eq!(sides[5..], [(9, Version::Both), (10, Version::Both)]);
        assert_eq!(warned, [2, 6, 8]);
    }

    #[test]
    fn a_marker_without_its_other_half_is_named_and_nothing_is_lost() {
        let (lines, _, warned) = read("<<<<<<< HEAD\na\n\\>>>>>>> 0\nb");
        assert_eq!(lines.len(), 2);
        assert_eq!(warned, [1, 3]);
    }

    #[test]
    fn foreign_links_become_words() {
        let (lines, attachments, warned) =
            read("[a](/.attachments/K/x%20y.png)\n[b](/.attachments/../../etc/passwd) ![c](file:///etc)\n<b>d</b><br>e");
        assert_eq!(attachments, ["K/x y.png"]);
        assert_eq!(lines[1].text, "b c");
        assert_eq!(lines[2].text, "d  e");
        assert_eq!(warned, [2, 2, 3]);
    }
}
