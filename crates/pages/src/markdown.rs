//! Markdown that others wrote, as HTML that can do no harm.

use std::sync::LazyLock;

use ammonia::Builder;
use comrak::Options;

static CLEAN: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    // Pictures would be fetched from elsewhere, headings would stand among those of the page.
    builder.rm_tags(["img", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary"]);
    builder.url_schemes(["http", "https", "mailto"].into()).link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// Renders Markdown: raw HTML in it is dropped, links lead only to the web and to mail.
pub(crate) fn html(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    CLEAN.clean(&comrak::markdown_to_html(text, &options)).to_string()
}

#[cfg(test)]
mod tests {
    use crate::markdown::html;

    #[test]
    fn nothing_in_a_text_can_run() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "[a](data:text/html,x)",
            "<svg onload=alert(1)>",
            "<a href=\"java\nscript:alert(1)\">x</a>",
            "<p style=\"position:fixed\" onclick=\"x()\">x</p>",
        ] {
            let html = html(hostile).to_lowercase();
            for forbidden in ["<script", "<img", "<svg", "javascript:", "data:", "onerror", "onclick", "onload", "style="] {
                assert!(!html.contains(forbidden), "{hostile}: {html}");
            }
        }
    }

    #[test]
    fn lists_links_and_emphasis_are_kept() {
        let html = html("- **Ask** for [access](https://example.com/a?b=1&c=2)\n- then wait");
        assert!(html.contains("<li><strong>Ask</strong>") && html.contains("href=\"https://example.com/a?b=1&amp;c=2\""), "{html}");
        assert_eq!(super::html("  \n"), "");
    }
}
