//! Active content: markup and links that a page must never carry.

use super::{entity::decode_entities, link::links};

/// HTML elements whose tags are taken out. Other words in angle brackets are placeholders and stay.
const ELEMENTS: &str = " a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label layer legend li link listing main map mark marquee math menu menuitem meta meter nav nobr noembed noframes noscript object ol optgroup option output p param path picture plaintext pre progress q rp rt ruby s samp script search section select slot small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr xmp ";

/// Whether a text holds markup or links that [`safe_markdown`] takes out.
pub fn is_active(text: &str) -> bool {
    (text.contains('<') && strip_tags(text).1) || (text.contains("](") && links(text).iter().any(|link| link.image || !is_web(link.url)))
}

/// Markdown without HTML, without images, and with web and mail links only. The words stay.
pub fn safe_markdown(text: &str) -> String {
    let text = if text.contains('<') { strip_tags(text).0 } else { text.to_owned() };
    if !text.contains("](") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut seen = 0;
    for link in links(&text) {
        out.push_str(&text[seen..link.start]);
        seen = link.end;
        if is_web(link.url) {
            out.push_str(text[link.start..link.end].trim_start_matches('!'));
        } else {
            out.push_str(link.text);
        }
    }
    out.push_str(&text[seen..]);
    out
}

/// Plain text: like [`safe_markdown`].
pub fn safe_text(text: &str) -> String {
    super::norm1(&safe_markdown(text))
}

/// Whether a link leads to the web or to a mailbox.
pub fn is_web(url: &str) -> bool {
    let plain: String = decode_entities(url).chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(8).collect();
    let plain = plain.to_ascii_lowercase();
    let quiet = !url.contains(['"', '<', '>', '\'', '`']);
    quiet && (plain.starts_with("http://") || plain.starts_with("https://") || plain.starts_with("mailto:"))
}

/// How often tags are taken out of what is left by taking out tags.
const PASSES: usize = 8;

/// The text without tags and comments, and whether there were any.
fn strip_tags(text: &str) -> (String, bool) {
    let (mut out, active) = strip_once(text);
    let mut more = active;
    for _ in 0..PASSES {
        if !more {
            return (out, active);
        }
        (out, more) = strip_once(&out);
    }
    (if more { out.replace('<', "‹") } else { out }, active)
}

fn strip_once(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut active = false;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            active = true;
            rest = comment;
            continue;
        }
        let end = rest.find(['<', '>']).filter(|&end| rest.as_bytes()[end] == b'>');
        let Some(end) = end else {
            let cut = rest.find('<').unwrap_or(rest.len());
            let opens = tag_name(&rest[..cut]).is_some();
            active |= opens;
            if !opens {
                out.push('<');
            }
            let word = if opens { rest[..cut].find(char::is_whitespace).unwrap_or(cut) } else { 0 };
            rest = &rest[word..];
            continue;
        };
        let inside = &rest[..end];
        match kind(inside) {
            Angle::Link | Angle::Placeholder => {
                out.push('<');
                out.push_str(inside);
                out.push('>');
            }
            Angle::Tag => active = true,
            Angle::Odd => {
                active = true;
                out.push_str(inside);
            }
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    if active && out.contains("-->") {
        out = out.replace("-->", "");
    }
    (out, active)
}

enum Angle {
    Tag,
    Link,
    Placeholder,
    /// A link that must not survive: its words stay.
    Odd,
}

fn kind(inside: &str) -> Angle {
    if tag_name(inside).is_some() || inside.starts_with(['!', '?']) {
        return Angle::Tag;
    }
    let scheme = inside.split_once(':').is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.chars().all(char::is_alphanumeric));
    match scheme && !inside.contains(char::is_whitespace) {
        true if is_web(inside) => Angle::Link,
        true => Angle::Odd,
        false => Angle::Placeholder,
    }
}

/// The HTML element that a tag names.
fn tag_name(inside: &str) -> Option<&str> {
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let (name, after) = inside.split_at(end);
    let lower = name.to_ascii_lowercase();
    let known = !name.is_empty() && ELEMENTS.split(' ').any(|element| element == lower);
    let tag_like = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == '/');
    (known && tag_like && !is_words(after)).then_some(name)
}

/// Whether what follows the name is prose, as in `<table name and link>`, and not attributes.
fn is_words(after: &str) -> bool {
    let after = after.trim().trim_end_matches('/');
    !after.is_empty()
        && !after.contains('=')
        && after.split_whitespace().count() >= 1
        && after.chars().all(|c| c.is_alphanumeric() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay() {
        for (unsafe_text, safe) in [
            ("<script>alert(1)</script>", "alert(1)"),
            ("a <b onmouseover=alert(1)>bold</b> b", "a bold b"),
            ("<!-- note --> <a href=\"https://example.org\" onclick=\"x\">ok</a>", " note  ok"),
            ("![x](https://example.org/a.png)", "[x](https://example.org/a.png)"),
            ("[click](JaVaScRiPt:alert(1)) [c](java\tscript:x) [d](&#106;avascript:x) [e](data:text/html;base64,P)", "click c d e"),
            ("<javascript:alert(1)>", "javascript:alert(1)"),
            ("<scr<b>ipt>x</scr</b>ipt>", "x"),
        ] {
            assert!(is_active(unsafe_text), "{unsafe_text}");
            assert_eq!(safe_markdown(unsafe_text), safe);
        }
    }

    #[test]
    fn placeholders_and_web_links_stay_as_they_are() {
        for text in [
            "use <tool name> here",
            "[ok](https://example.org/a) <https://example.org/b>",
            "a < b and c > d",
            "[m](mailto:a@b.c)",
            "<title of page>",
        ] {
            assert!(!is_active(text), "{text}");
            assert_eq!(safe_markdown(text), text);
        }
    }

    #[test]
    fn fragments_take_one_pass() {
        let text = format!("{}{}", "<a ".repeat(80_000), "[a](".repeat(80_000));
        assert!(safe_markdown(&text).len() <= text.len());
    }
}
