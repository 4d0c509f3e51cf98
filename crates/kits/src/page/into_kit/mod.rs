//! Pages as kits.

mod making;
mod meetings;
mod questions;
mod rest;
mod work;

use std::collections::HashSet;

use tminus_domain::kit::{Extra, Kit, Page, SCHEMA, Source};

use self::making::Making;
use super::{Kept, PageReading, Version, inline::plain};
use crate::text::{decode_entities, links, norm1, safe_markdown, slug};

impl PageReading {
    /// The page as a kit. What maps onto nothing stands in `extra` with its line; a conflict's other side stands there too.
    pub fn into_kit(self) -> Kit {
        let id = slug(&self.title);
        let name = self.path.rsplit('/').next().unwrap_or(&self.path).to_owned();
        let kit = Kit {
            schema: SCHEMA.to_owned(),
            id: if id.is_empty() { "page" } else { &id }.into(),
            title: if self.title.is_empty() { "Page".to_owned() } else { self.title.clone() },
            source: vec![Source { title: self.title.clone(), path: self.path.clone(), ..Source::default() }],
            ..Kit::default()
        };
        let mut making = Making::new(name, kit);
        for object in self.objects.iter().filter(|object| object.version != Version::Theirs) {
            making.object(object);
        }
        let mut kit = making.finish();
        self.keep_prose_in(&mut kit);
        let file = &self.path;
        kit.extra.extend(self.kept.iter().map(|kept| extra(file, kept, norm1(&kept.text))));
        let lost = lost(&kit, &self.rows);
        kit.extra.extend(lost.into_iter().map(|kept| extra(file, kept, norm1(&kept.text))));
        kit.extra.sort_by_key(|extra| extra.line);
        kit
    }

    fn keep_prose_in(&self, kit: &mut Kit) {
        let text = safe_markdown(&decode_entities(self.prose.trim_end()));
        if text.trim().is_empty() {
            return;
        }
        if kit.summary.is_empty() {
            let first = text.lines().find(|line| line.starts_with(|c: char| c.is_alphanumeric()) && line.len() > 40);
            kit.summary = first.map(|line| making::shorten(&plain(line)).0).unwrap_or_default();
        }
        let src = format!("{}#L{}", self.path.rsplit('/').next().unwrap_or(&self.path), self.prose_line.max(1));
        kit.pages.push(Page { id: kit.id.0.clone(), title: kit.title.clone(), text, src });
    }
}

fn extra(file: &str, kept: &Kept, text: String) -> Extra {
    Extra { file: file.to_owned(), line: kept.line, text, kind: kept.kind.to_owned() }
}

/// The rows that have a word, or a link to the web, which is nowhere in the kit.
fn lost<'k>(kit: &Kit, rows: &'k [Kept]) -> Vec<&'k Kept> {
    let mut known = HashSet::new();
    gather(&serde_json::to_value(kit).unwrap_or_default(), &mut known);
    let missing = |row: &&Kept| {
        let urls = links(&row.text).into_iter().filter(|link| crate::text::safe::is_web(link.url)).flat_map(|link| words(link.url));
        // Two bold names glued together are two names.
        words(&plain(&row.text.replace("****", " "))).into_iter().chain(urls).any(|word| !known.contains(&word))
    };
    rows.iter().filter(missing).collect()
}

fn gather(value: &serde_json::Value, into: &mut HashSet<String>) {
    match value {
        serde_json::Value::String(text) => into.extend(words(text)),
        serde_json::Value::Array(all) => all.iter().for_each(|value| gather(value, into)),
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                into.extend(words(key));
                gather(value, into);
            }
        }
        _ => {}
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
