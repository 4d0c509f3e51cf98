//! Two versions of a kit beside each other.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use tminus_app::{
    kit::compare_kits,
    kits::diff::{Field, KitDiff},
    store::kit::Imported,
};

use crate::{
    caller::Caller,
    fields::{Fields, refused},
    page::Page,
    shell::{Link, Place, Shell},
};

/// Longer values are cut.
const MAX_VALUE: usize = 400;

#[derive(Template)]
#[template(path = "kit/compare.html", blocks = ["inside"])]
struct ComparePage {
    shell: Shell,
    old: Imported,
    new: Imported,
    diff: KitDiff,
}

impl Page for ComparePage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl ComparePage {
    fn value(value: &serde_json::Value) -> String {
        let text = match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.chars().count() > MAX_VALUE { text.chars().take(MAX_VALUE).chain(['…']).collect() } else { text }
    }

    fn name(field: &Field) -> String {
        field.name.replace('_', " ")
    }
}

pub(super) async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let query = Fields::parse(query.unwrap_or_default().as_bytes());
        query.only(&["old", "new"])?;
        let wanted = |name: &'static str| query.given(name).ok_or_else(|| refused(name, t!("kits.choose_two")));
        let (old, new, diff) = compare_kits(caller.app(), &caller.actor, wanted("old")?, wanted("new")?).await?;
        let title = t!("kits.compared").with("title", &new.title).with("old", &old.version).with("new", &new.version);
        let mut shell = caller.shell(title, Place::Kits);
        shell.crumbs = vec![Link { words: t!("rail.kits").into(), href: "/kits".into() }];
        Ok(caller.show(&ComparePage { shell, old, new, diff }))
    };
    caller.answer(shown.await)
}
