//! TOML with the place of every value, so that each mistake can be named where it stands.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::problem::Problem;

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) fn error(&self, message: impl Into<String>) -> Problem {
        Problem::error(&self.file, self.line, message).at_column(self.column)
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text, number or truth value.
    Plain(Value),
    /// A date or time, which no field takes: dates are relative to milestones.
    Moment(String),
    List(Vec<Node>),
    /// By key, with the place of the key.
    Table(BTreeMap<String, (Place, Node)>),
}

impl Node {
    pub(super) fn table(place: Place) -> Self {
        Self { place, content: Content::Table(BTreeMap::new()) }
    }

    pub(super) fn text(place: Place, text: impl Into<String>) -> Self {
        Self { place, content: Content::Plain(Value::String(text.into())) }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Table(fields) => fields.get(key).map(|(_, node)| node),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Plain(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The entries of a list; of anything else, none.
    pub(super) fn list(&self) -> &[Self] {
        match &self.content {
            Content::List(list) => list,
            _ => &[],
        }
    }

    /// The entries of a list field.
    pub(super) fn entries(&self, key: &str) -> &[Self] {
        self.get(key).map_or(&[], Self::list)
    }

    pub(super) fn put(&mut self, key: &str, node: Self) {
        if let Content::Table(fields) = &mut self.content {
            fields.insert(key.to_owned(), (node.place.clone(), node));
        }
    }

    /// Puts entries behind those that a list field has.
    pub(super) fn append(&mut self, key: &str, mut entries: Vec<Self>) {
        let Content::Table(fields) = &mut self.content else { return };
        if let Some((_, Self { content: Content::List(list), .. })) = fields.get_mut(key) {
            list.append(&mut entries);
        } else {
            let place = entries.first().map(|entry| entry.place.clone()).unwrap_or_default();
            fields.insert(key.to_owned(), (place.clone(), Self { place, content: Content::List(entries) }));
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        match &mut self.content {
            Content::Table(fields) => fields.remove(key).map(|(_, node)| node),
            _ => None,
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self.content {
            Content::Plain(value) => value,
            Content::Moment(text) => Value::String(text),
            Content::List(list) => Value::Array(list.into_iter().map(Self::into_value).collect()),
            Content::Table(fields) => Value::Object(fields.into_iter().map(|(key, (_, node))| (key, node.into_value())).collect()),
        }
    }
}

/// Reads one TOML file. What cannot be read is named; the rest comes back.
pub(super) fn parse(file: &str, text: &str, problems: &mut Vec<Problem>) -> Node {
    let lines = Lines::of(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = lines.place(error.span().map_or(0, |span| span.start));
        let nested = error.message().contains("recursion limit");
        let message =
            if nested { "tables or lists are nested too deep; at most 80 levels are read".to_owned() } else { error.message().to_owned() };
        problems.push(place.error(message));
        if nested {
            return Node::table(lines.place(0));
        }
    }
    let start = table.span().start;
    lines.table(start, table.into_inner())
}

/// Where lines begin, to turn a byte into a line and a column.
struct Lines<'a> {
    file: &'a str,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(file: &'a str, text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts }
    }

    fn place(&self, byte: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let column = self.text.get(self.starts[line]..byte).map_or(0, |before| before.chars().count());
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Place { file: self.file.to_owned(), line: number(line), column: number(column) }
    }

    fn table(&self, start: usize, table: DeTable<'_>) -> Node {
        let fields = table.into_iter().map(|(key, value)| {
            let place = self.place(key.span().start);
            let start = value.span().start;
            (key.into_inner().into_owned(), (place, self.node(start, value.into_inner())))
        });
        Node { place: self.place(start), content: Content::Table(fields.collect()) }
    }

    fn node(&self, start: usize, value: DeValue<'_>) -> Node {
        let content = match value {
            DeValue::String(text) => Content::Plain(Value::String(text.into_owned())),
            DeValue::Boolean(yes) => Content::Plain(Value::Bool(yes)),
            DeValue::Integer(number) => {
                number.to_string().parse::<i64>().map_or_else(|_| Content::Moment(number.to_string()), |it| Content::Plain(it.into()))
            }
            DeValue::Float(number) => {
                number.to_string().parse::<f64>().map_or_else(|_| Content::Moment(number.to_string()), |it| Content::Plain(it.into()))
            }
            DeValue::Datetime(moment) => Content::Moment(moment.to_string()),
            DeValue::Array(list) => Content::List(list.into_iter().map(|it| self.node(it.span().start, it.into_inner())).collect()),
            DeValue::Table(table) => return self.table(start, table),
        };
        Node { place: self.place(start), content }
    }
}
