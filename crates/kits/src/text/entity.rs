//! HTML entities, as exports leave them in Markdown.

use std::borrow::Cow;

const NAMED: &[(&str, &str)] = &[
    ("amp", "&"),
    ("apos", "'"),
    ("bull", "•"),
    ("copy", "©"),
    ("deg", "°"),
    ("eacute", "é"),
    ("euro", "€"),
    ("gt", ">"),
    ("hellip", "…"),
    ("laquo", "«"),
    ("ldquo", "“"),
    ("le", "≤"),
    ("ge", "≥"),
    ("lsquo", "‘"),
    ("lt", "<"),
    ("mdash", "—"),
    ("middot", "·"),
    ("nbsp", "\u{A0}"),
    ("ndash", "–"),
    ("quot", "\""),
    ("raquo", "»"),
    ("rarr", "→"),
    ("rdquo", "”"),
    ("reg", "®"),
    ("rsquo", "’"),
    ("shy", "\u{AD}"),
    ("times", "×"),
    ("trade", "™"),
];

/// The text with its entities decoded once; what is no entity stays.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = entity(rest, &mut out);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the entity at the start of `text` and says how many bytes it takes; a lone `&` takes one.
fn entity(text: &str, out: &mut String) -> usize {
    let Some(end) = text.bytes().take(12).position(|byte| byte == b';') else {
        out.push('&');
        return 1;
    };
    let name = &text[1..end];
    let decoded = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        code.filter(|&code| code >= 0x20 || code == 9 || code == 10).and_then(char::from_u32).map(String::from)
    } else {
        NAMED.iter().find(|(known, _)| *known == name).map(|(_, means)| (*means).to_owned())
    };
    if let Some(decoded) = decoded {
        out.push_str(&decoded);
        end + 1
    } else {
        out.push('&');
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(decode_entities("R&amp;D &ldquo;x&rdquo; &#106;&#x41; &amp;lt; a&b &nope; &"), "R&D “x” jA &lt; a&b &nope; &");
    }
}
