//! The marks of lists that an export made flat, found before any blank is normalised.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Prose before the first marker.
    Lead,
    /// `-  `: a task of the wiki, always at the top.
    Dash,
    /// `*   ` or `1.  `.
    List,
    /// `\-`
    Escaped,
    /// `•`
    Dot,
    /// A bold name glued to the next bold name or bullet: an item without a bullet.
    Bold,
}

/// A marker with the raw text up to the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    pub(super) mark: Mark,
    /// ASCII blanks before the marker.
    pub(super) gap: usize,
    pub(super) text: &'t str,
}

struct Found {
    mark: Mark,
    start: usize,
    end: usize,
}

/// The pieces of a cell in their order, the lead first (it may be empty).
pub(super) fn pieces(raw: &str) -> Vec<Piece<'_>> {
    let found = markers(raw);
    let mut out = Vec::with_capacity(found.len() + 1);
    let first = found.first().map_or(raw.len(), |one| one.start);
    let glued = |next: Option<&Found>| next.is_some_and(|next| next.mark == Mark::List && gap(raw, next.start) == 0);
    push_bold(Piece { mark: Mark::Lead, gap: 0, text: &raw[..first] }, glued(found.first()), &mut out);
    for (index, one) in found.iter().enumerate() {
        let next = found.get(index + 1);
        let text = &raw[one.end..next.map_or(raw.len(), |next| next.start)];
        push_bold(Piece { mark: one.mark, gap: gap(raw, one.start), text }, glued(next), &mut out);
    }
    out
}

fn gap(raw: &str, at: usize) -> usize {
    raw[..at].bytes().rev().take_while(|&byte| byte == b' ').count()
}

fn markers(raw: &str) -> Vec<Found> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // Blanks before the current position; at the start any number will do.
    let mut blanks = usize::MAX;
    while at < bytes.len() {
        let one = match bytes[at] {
            b'\\' => escaped_dash(bytes, at, blanks),
            b'-' if blanks > 0 => after_blanks(raw, at + 1, 2).map(|_| Found { mark: Mark::Dash, start: at, end: at + 1 }),
            b'*' => star(raw, at, blanks),
            b'0'..=b'9' if blanks > 0 => number(raw, at, blanks),
            0xE2 if raw[at..].starts_with('•') => Some(Found { mark: Mark::Dot, start: at, end: at + '•'.len_utf8() }),
            _ => None,
        };
        if let Some(one) = one {
            at = one.end;
            found.push(one);
            blanks = 0;
            continue;
        }
        let step = match bytes[at] {
            b'\\' => 1 + raw[at + 1..].chars().next().map_or(0, char::len_utf8),
            b'*' => stars(bytes, at),
            _ => raw[at..].chars().next().map_or(1, char::len_utf8),
        };
        blanks = match bytes[at] {
            b' ' => blanks.saturating_add(1),
            _ if raw[at..at + step].trim().is_empty() => 1,
            _ => 0,
        };
        at += step;
    }
    found
}

fn stars(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|&&byte| byte == b'*').count()
}

/// Where the text begins if at least `least` blanks and then a visible character follow.
fn after_blanks(raw: &str, at: usize, least: usize) -> Option<usize> {
    let blanks = raw.as_bytes()[at..].iter().take_while(|&&byte| byte == b' ').count();
    let next = raw[at + blanks..].chars().next()?;
    (blanks >= least && !next.is_whitespace()).then_some(at + blanks)
}

fn escaped_dash(bytes: &[u8], at: usize, blanks: usize) -> Option<Found> {
    (bytes.get(at + 1) == Some(&b'-') && blanks >= 2).then_some(Found { mark: Mark::Escaped, start: at, end: at + 2 })
}

/// The last of an odd number of stars is the bullet; those before it end a bold text.
fn star(raw: &str, at: usize, blanks: usize) -> Option<Found> {
    let run = stars(raw.as_bytes(), at);
    let bullet = run % 2 == 1 && (blanks > 0 || run > 1) && after_blanks(raw, at + run, 3).is_some();
    bullet.then(|| Found { mark: Mark::List, start: at + run - 1, end: at + run })
}

fn number(raw: &str, at: usize, blanks: usize) -> Option<Found> {
    let bytes = raw.as_bytes();
    let digits = bytes[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = at + digits;
    let escaped = bytes.get(end) == Some(&b'\\');
    end += usize::from(escaped);
    if digits > 3 || !matches!(bytes.get(end), Some(b'.' | b')')) {
        return None;
    }
    end += 1;
    let least = if escaped && blanks >= 2 { 1 } else { 2 };
    after_blanks(raw, end, least).map(|_| Found { mark: Mark::List, start: at, end })
}

/// Cuts a piece before every bold name that is glued to another bold name, or to the bullet that follows the piece.
fn push_bold<'t>(piece: Piece<'t>, bullet_glued: bool, out: &mut Vec<Piece<'t>>) {
    let cuts = bold_cuts(piece.text, bullet_glued);
    let mut from = 0;
    let mut mark = piece.mark;
    for cut in cuts {
        let before = &piece.text[from..cut];
        if mark != Mark::Lead && before.trim().is_empty() {
            continue;
        }
        out.push(Piece { mark, gap: piece.gap, text: before });
        (mark, from) = (Mark::Bold, cut);
    }
    out.push(Piece { mark, gap: piece.gap, text: &piece.text[from..] });
}

fn bold_cuts(text: &str, bullet_glued: bool) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut cuts: Vec<usize> = Vec::new();
    let mut open = None;
    let mut last_closed = None;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
            continue;
        }
        let run = stars(bytes, at);
        match (run, open) {
            (2 | 3, None) => open = Some(at),
            (2 | 3, Some(start)) => {
                last_closed = Some((start, at + run));
                open = None;
            }
            (4.., Some(start)) => {
                if cuts.last() != Some(&start) {
                    cuts.push(start);
                }
                cuts.push(at + 2);
                open = Some(at + 2);
            }
            _ => {}
        }
        at += run.max(1);
    }
    if let Some((start, end)) = last_closed
        && bullet_glued
        && end == text.len()
        && cuts.last() != Some(&start)
    {
        cuts.push(start);
    }
    cuts
}
