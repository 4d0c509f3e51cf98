//! Names inside archives: which are refused, which get a safe name, and which are the same elsewhere.

use unicode_normalization::UnicodeNormalization;

use crate::limits::MAX_NAME;

/// Whether a path leads out of the folder that it is unpacked into, on any platform.
pub(super) fn leads_out(path: &str) -> bool {
    let bytes = path.as_bytes();
    let drive = bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes.get(2), None | Some(b'/' | b'\\'));
    drive || path.starts_with(['/', '\\']) || path.contains('\\') || path.split(['/', '\\']).any(|part| part == "..")
}

/// What a path is the same as where case and composition do not count.
pub(super) fn sameness(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).collect()
}

/// A path that can be written anywhere, and why it had to be made; `None` where the path is fine as it is.
pub(super) fn safe_path(path: &str) -> Option<(String, Vec<String>)> {
    let mut reasons = Vec::new();
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(|part| safe_part(part, &mut reasons)).collect();
    (!reasons.is_empty()).then(|| (parts.join("/"), reasons))
}

fn safe_part(part: &str, reasons: &mut Vec<String>) -> String {
    let mut safe = part.to_owned();
    let stem = part.split('.').next().unwrap_or(part).to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|n| n.len() == 1 && n != "0");
    if numbered || matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") {
        reasons.push(format!("“{part}” is a reserved name on Windows"));
        safe = format!("{part}_");
    }
    if part.ends_with(['.', ' ']) {
        reasons.push(format!("“{part}” ends in a dot or blank"));
        safe = format!("{}_", safe.trim_end_matches(['.', ' ']));
    }
    if part.contains([':', '<', '>', '"', '|', '?', '*']) || part.contains(char::is_control) {
        reasons.push(format!("{} has a character that file names cannot have on every system", crate::problem::quote(part)));
        safe = safe.replace([':', '<', '>', '"', '|', '?', '*'], "_").replace(char::is_control, "_");
    }
    if safe.len() > MAX_NAME {
        reasons.push(format!("{} is longer than {MAX_NAME} bytes", crate::problem::quote(part)));
        safe = shortened(&safe);
    }
    safe
}

/// The start of a long name with its length, so that two long names stay two.
fn shortened(name: &str) -> String {
    let mut end = 80;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("{}-{}-{sum:08x}", &name[..end], name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_seen_on_every_platform() {
        for path in ["../a", "a/../../b", "..\\a", "/a", "C:\\a", "\\\\host\\a", "C:/a", "a\\b"] {
            assert!(leads_out(path), "{path}");
        }
        for path in ["a/b", "a..b/c", "a:b/c"] {
            assert!(!leads_out(path), "{path}");
        }
    }

    #[test]
    fn odd_names_get_safe_ones_with_the_reason() {
        assert_eq!(safe_path("a/CON/tasks.md").expect("odd").0, "a/CON_/tasks.md");
        assert_eq!(safe_path("a/dot./x").expect("odd").0, "a/dot_/x");
        assert_eq!(safe_path("a:b/x").expect("odd").0, "a_b/x");
        let long = safe_path(&"x".repeat(300)).expect("odd");
        assert!(long.0.len() < MAX_NAME && long.1[0].contains("255"));
        assert_eq!(safe_path("a/b.md"), None);
    }
}
