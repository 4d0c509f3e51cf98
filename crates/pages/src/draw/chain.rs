//! The record's chain: whole, or broken at one entry.

use crate::draw::canvas::{Canvas, Drawing, Ink};

/// What a check of the chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    pub entries: u64,
    /// The first entry whose hash is not what the entry before it says.
    pub broken_at: Option<u64>,
}

/// Twelve links that stand for all entries; after a break nothing holds any more.
pub fn chain(chain: Chain) -> Drawing {
    const LINKS: u64 = 12;
    let label = match chain.broken_at {
        Some(entry) => t!("draw.chain_broken").with("entry", entry).with("entries", chain.entries),
        None => t!("draw.chain_whole").with("entries", chain.entries),
    };
    let shown = chain.entries.min(LINKS);
    // The link that holds the broken entry, counted from nought.
    let broken = chain.broken_at.map(|entry| entry.saturating_sub(1) * shown / chain.entries.max(1));
    let mut canvas = Canvas::new(18, label);
    for (at, link) in (0_u32..).zip(0..shown) {
        let x = f64::from(at) * 100.0 / 12.0;
        let tone = match broken {
            Some(broken) if link == broken => "late",
            Some(broken) if link > broken => "todo",
            _ => "done",
        };
        if at > 0 && tone == "done" {
            canvas.line("ax", (x - 2.33, x), (9.5, 9.5));
        }
        canvas.block(Ink::Tone(tone), (x, 6.0), (5.0, 9.0));
    }
    canvas.done()
}

#[cfg(test)]
mod tests {
    use crate::draw::chain::{Chain, chain};

    #[test]
    fn a_whole_chain_is_all_of_one_tone() {
        let svg = chain(Chain { entries: 1284, broken_at: None }).to_string();
        assert_eq!(svg.matches("data-st=\"done\"").count(), 12);
        assert!(svg.contains("1284 entries, whole and unchanged"), "{svg}");
    }

    #[test]
    fn a_broken_chain_shows_where() {
        let svg = chain(Chain { entries: 120, broken_at: Some(61) }).to_string();
        assert_eq!(["done", "late", "todo"].map(|tone| svg.matches(&format!("data-st=\"{tone}\"")).count()), [6, 1, 5]);
        assert!(svg.contains("data-st=\"late\" x=\"50%\""), "{svg}");
    }

    #[test]
    fn a_short_chain_has_as_many_links_as_entries() {
        assert_eq!(chain(Chain { entries: 3, broken_at: Some(1) }).to_string().matches("<rect").count(), 3);
        assert_eq!(chain(Chain { entries: 0, broken_at: None }).to_string().matches("<rect").count(), 0);
    }
}
