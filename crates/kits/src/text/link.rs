//! Markdown links, found in one pass.

/// A link or image of a Markdown text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'t> {
    /// Byte range of the whole construct.
    pub start: usize,
    pub end: usize,
    pub text: &'t str,
    pub url: &'t str,
    pub image: bool,
}

/// The inline links of a text in their order. Takes one pass, whatever the text holds.
pub fn links(text: &str) -> Vec<Link<'_>> {
    let bytes = text.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => open.push(at),
            b']' => {
                let start = open.pop();
                if let (Some(start), Some(b'(')) = (start, bytes.get(at + 1))
                    && let Some((url, end)) = target(text, at + 2)
                {
                    let image = start > 0 && bytes[start - 1] == b'!';
                    found.push(Link { start: start - usize::from(image), end, text: &text[start + 1..at], url, image });
                    open.clear();
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The target that starts at `from`, and where the construct ends. Brackets inside must be in pairs.
fn target(text: &str, from: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let mut depth = 0;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some((text[from..at].trim(), at + 1)),
            b')' => depth -= 1,
            b'\n' => return None,
            b']' if bytes.get(at + 1) == Some(&b'(') => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_with_brackets_in_their_target() {
        let text = "See [floor plan.](https://example.org/a(b)c.html.) and ![x](y) [not](open [z](q)";
        let found: Vec<_> = links(text).iter().map(|link| (link.text, link.url, link.image)).collect();
        assert_eq!(found, [("floor plan.", "https://example.org/a(b)c.html.", false), ("x", "y", true), ("z", "q", false)]);
        assert_eq!(&text[links(text)[1].start..links(text)[1].end], "![x](y)");
    }

    #[test]
    fn a_text_of_open_brackets_takes_one_pass() {
        assert_eq!(links(&"[a](".repeat(100_000)).len(), 0);
    }
}
