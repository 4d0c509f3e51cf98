//! Blanks, invisible characters, and names that look the same.

use unicode_normalization::UnicodeNormalization;

use super::entity::decode_entities;

/// Characters that nobody sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}') || is_bidi(c)
}

/// Characters that turn the reading direction round.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether the text has characters that turn the reading direction round, so that it reads as something else.
pub fn has_bidi(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_bidi)
}

/// One line of a longer text: invisible characters left out, odd blanks made plain, blanks at its end dropped.
pub fn line_text(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if is_invisible(c) || (c.is_control() && !c.is_whitespace()) {
            continue;
        }
        out.push(if c.is_whitespace() { ' ' } else { c });
    }
    out.truncate(out.trim_end().len());
    out
}

/// A name or title: like [`line_text`], with entities decoded, runs of blanks made one and none at the ends.
pub fn norm1(text: &str) -> String {
    let trimmed = text.trim_matches(' ');
    if is_plain(trimmed) {
        return trimmed.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in line_text(&decode_entities(text)).split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether there is nothing to normalise: most text is like that.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'&') && !text.contains("  ")
}

/// What two names are compared by: normalised, composed, without case.
pub fn compare_key(text: &str) -> String {
    let mut name = norm1(text);
    if name.is_ascii() {
        name.make_ascii_lowercase();
        return name;
    }
    name.nfc().flat_map(char::to_lowercase).collect()
}

/// A word that mixes Latin letters with Cyrillic or Greek ones, so that it looks like another.
pub fn mixed_script(text: &str) -> Option<&str> {
    if text.is_ascii() {
        return None;
    }
    text.split(|c: char| !c.is_alphanumeric()).find(|word| {
        let latin = word.chars().any(|c| c.is_ascii_alphabetic() || matches!(c, '\u{C0}'..='\u{24F}'));
        latin && word.chars().any(|c| matches!(c, '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{52F}'))
    })
}

/// How long a slug may become.
const MAX_SLUG: usize = 80;

/// A short name for ids and files: small ASCII letters, figures and single hyphens.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in norm1(text).nfkd().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'ß' => out.push_str("ss"),
            '\'' | '’' | '\u{300}'..='\u{36F}' => {}
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
        if out.len() >= MAX_SLUG {
            break;
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_invisible_characters_do_not_count() {
        assert_eq!(norm1(" a\u{A0}\u{200B} b\t\tc\u{202E} "), "a b c");
        assert_eq!(line_text("  a\u{A0} b \u{200F}"), "  a  b");
        assert_eq!(norm1("שלום"), "שלום");
    }

    #[test]
    fn names_compare_composed_and_without_case() {
        assert_eq!(compare_key("Re\u{301}sume\u{301}"), compare_key("RÉSUMÉ"));
        assert_eq!(mixed_script("a P\u{430}yroll"), Some("P\u{430}yroll"));
        assert_eq!(mixed_script("Résumé Привет"), None);
    }

    #[test]
    fn a_slug_has_letters_figures_and_single_hyphens() {
        assert_eq!(slug("Résumé – (draft)  #2’s"), "resume-draft-2s");
        assert_eq!(slug("日本"), "");
    }
}
