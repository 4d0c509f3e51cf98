//! Text of unknown origin: its encoding, its line ends, and what must not come through.

pub mod decode;
pub mod entity;
pub mod link;
pub mod plain;
pub mod safe;

pub use decode::{Decoded, decode};
pub use entity::decode_entities;
pub use link::{Link, links};
pub use plain::{compare_key, has_bidi, line_text, mixed_script, norm1, slug};
pub use safe::{is_active, safe_markdown, safe_text};

use crate::limits::MAX_TITLE;

/// A title short enough to show; `None` where it already is.
pub fn short_title(title: &str) -> Option<String> {
    let (end, _) = title.char_indices().nth(MAX_TITLE)?;
    let cut: String = title[..end].chars().take(MAX_TITLE - 1).collect();
    Some(format!("{}…", cut.trim_end()))
}
