//! Pages of a native kit: Markdown with a few lines of TOML before it.

use std::rc::Rc;

use super::node::{Key, Node, Value, parse};
use crate::{problem::Problem, text::slug};

/// What stands around the TOML lines of a page.
pub(super) const FENCE: &str = "+++\n";

/// A page as a table of its fields.
pub(super) fn read(path: &str, inside: &str, text: &str, problems: &mut Vec<Problem>) -> Node {
    let split = text.strip_prefix(FENCE).and_then(|rest| rest.split_once("\n+++\n").map(|(head, body)| (head, body)));
    let file: Rc<str> = path.into();
    let (mut entries, body) = match split {
        Some((head, body)) => match parse(path, &format!("\n{head}\n"), problems).value {
            Value::Table(entries) => (entries, body),
            _ => (Vec::new(), body),
        },
        None => (Vec::new(), text),
    };
    let stem = inside.rsplit('/').next().unwrap_or(inside).trim_end_matches(".md");
    let stem = stem.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-');
    let heading = body.lines().find_map(|line| line.strip_prefix("# ")).map_or_else(|| stem.to_owned(), str::to_owned);
    let mut add = |name: &str, text: String| {
        if !entries.iter().any(|(key, _)| key.name == name) {
            let node = Node { file: file.clone(), line: 1, column: 1, value: Value::Text(text) };
            entries.push((Key { name: name.to_owned(), line: 1, column: 1 }, node));
        }
    };
    add("id", slug(stem));
    add("title", heading);
    add("text", body.to_owned());
    Node::table(&file, entries)
}
