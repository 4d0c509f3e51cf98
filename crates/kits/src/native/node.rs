//! TOML values that know where they stand.

use std::{ops::Range, rc::Rc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    limits::{MAX_NESTING, MAX_PROBLEMS},
    problem::{Problem, quote},
};

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) file: Rc<str>,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    Other(&'static str),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Node {
    pub(super) fn table(file: &Rc<str>, entries: Vec<(Key, Node)>) -> Self {
        Self { file: file.clone(), line: 1, column: 1, value: Value::Table(entries) }
    }

    /// A value that stands where this one stands.
    pub(super) fn beside(&self, value: Value) -> Self {
        Self { file: self.file.clone(), line: self.line, column: self.column, value }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    pub(super) fn entries(&self) -> &[(Key, Self)] {
        if let Value::Table(entries) = &self.value { entries } else { &[] }
    }

    /// The elements of a list; nothing for what is no list.
    pub(super) fn list(&self, name: &str) -> &[Self] {
        match self.get(name).map(|node| &node.value) {
            Some(Value::List(nodes)) => nodes,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// What the value is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Number(_) => "a number",
            Value::Truth(_) => "true or false",
            Value::Other(kind) => kind,
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Problem {
        Problem::error(&self.file, self.line, message).at_column(self.column)
    }
}

impl Key {
    pub(super) fn error(&self, file: &str, message: impl Into<String>) -> Problem {
        Problem::error(file, self.line, message).at_column(self.column)
    }
}

/// Finds lines and columns of byte positions.
struct Lines<'t> {
    file: Rc<str>,
    text: &'t str,
    starts: Vec<usize>,
}

impl Lines<'_> {
    fn place(&self, at: usize) -> (u32, u32) {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let column = self.text.get(start..at).map_or(1, |before| before.chars().count() + 1);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn table(&self, span: Range<usize>, table: &DeTable<'_>) -> Node {
        let mut entries: Vec<(Key, Node)> = table.iter().map(|(key, value)| (self.key(key), self.value(value))).collect();
        entries.sort_by_key(|(key, _)| (key.line, key.column));
        let (line, column) = self.place(span.start);
        Node { file: self.file.clone(), line, column, value: Value::Table(entries) }
    }

    fn key(&self, key: &Spanned<std::borrow::Cow<'_, str>>) -> Key {
        let (line, column) = self.place(key.span().start);
        Key { name: key.get_ref().to_string(), line, column }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let (line, column) = self.place(value.span().start);
        let read = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                .map_or(Value::Other("a number that is too large"), Value::Whole),
            DeValue::Float(number) => {
                number.as_str().replace('_', "").parse().map_or(Value::Other("a number that cannot be read"), Value::Number)
            }
            DeValue::Boolean(truth) => Value::Truth(*truth),
            DeValue::Datetime(_) => Value::Other("a date"),
            DeValue::Array(nodes) => Value::List(nodes.iter().map(|node| self.value(node)).collect()),
            DeValue::Table(table) => return self.table(value.span(), table),
        };
        Node { file: self.file.clone(), line, column, value: read }
    }
}

/// The tables of a TOML text. What cannot be parsed is in `problems`, the rest is there.
pub(super) fn parse(file: &str, text: &str, problems: &mut Vec<Problem>) -> Node {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let lines = Lines { file: file.into(), text, starts };
    if let Some(at) = too_deep(text) {
        let (line, column) = lines.place(at);
        let message = format!("tables and lists are nested deeper than {MAX_NESTING}, the limit. Nothing was imported");
        problems.push(Problem::error(file, line, message).at_column(column));
        return Node::table(&lines.file, Vec::new());
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_PROBLEMS) {
        let (line, column) = error.span().map_or((0, 0), |span| lines.place(span.start));
        problems.push(Problem::error(file, line, format!("this is not TOML: {}", quote(error.message()))).at_column(column));
    }
    lines.table(0..0, table.get_ref())
}

/// Where brackets are nested too deep, strings and comments left out.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at - 1),
            quote @ (b'"' | b'\'') => at = after_string(bytes, at, quote) - 1,
            _ => {}
        }
        if depth > MAX_NESTING {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The position behind the string that starts at `at`.
fn after_string(bytes: &[u8], at: usize, quote: u8) -> usize {
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut end = at + if long { 3 } else { 1 };
    while end < bytes.len() {
        match bytes[end] {
            b'\\' if quote == b'"' => end += 1,
            b'\n' if !long => return end,
            byte if byte == quote && (!long || bytes[end..].starts_with(&[quote; 3])) => return end + if long { 3 } else { 1 },
            _ => {}
        }
        end += 1;
    }
    bytes.len()
}
