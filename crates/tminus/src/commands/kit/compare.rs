//! What one kit has that another has not.

use serde_json::{Value, json};
use tminus_kits::diff::{self, Field, KitDiff, Line};

use super::source;
use crate::{
    config::Place,
    exit::Stop,
    print::{Out, bold, plain},
};

pub(super) async fn diff((old, new): (&str, &str), place: &Place, out: Out) -> Result<(), Stop> {
    let (old, new) = (source::find(old, place).await?, source::find(new, place).await?);
    let diff = diff::diff(&old, &new);
    if out.json {
        let of = |kit: &tminus_domain::kit::Kit| json!({ "id": kit.id, "version": kit.version });
        return out.json(&json!({ "old": of(&old), "new": of(&new), "diff": diff }));
    }
    if diff.is_empty() {
        return out.line("Nothing differs.");
    }
    out.line(format!("From {} {} to {} {}:", old.id, plain(&old.version), new.id, plain(&new.version)))?;
    tell(&diff, out)
}

fn tell(diff: &KitDiff, out: Out) -> Result<(), Stop> {
    let line = |line: &Line| format!("{} ({}) in {}", plain(&line.title), line.id, plain(&line.module));
    section(out, "Added", diff.added.iter().map(line))?;
    section(out, "Removed", diff.removed.iter().map(line))?;
    section(out, "Renamed", diff.renamed.iter().map(|(from, to)| format!("{} → {}: {}", from.id, to.id, plain(&to.title))))?;
    section(
        out,
        "Moved",
        diff.moved.iter().map(|it| format!("{} ({}): {} → {}", plain(&it.title), it.id, plain(&it.from), plain(&it.to))),
    )?;
    section(out, "Changed", diff.changed.iter().map(|it| format!("{} ({}): {}", plain(&it.title), it.id, fields(&it.fields))))?;
    section(out, "Besides tasks", diff.others.iter().map(|it| format!("{} {}: {}", it.list, plain(&it.id), fields(&it.fields))))
}

fn section(out: Out, title: &str, lines: impl Iterator<Item = String>) -> Result<(), Stop> {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    out.line(bold(format!("{title} ({})", lines.len())))?;
    lines.iter().try_for_each(|line| out.line(format!("  {line}")))
}

fn fields(fields: &[Field]) -> String {
    let field = |field: &Field| match (&field.before, &field.after) {
        (Value::Null, after) => format!("{} = {}", field.name, short(after)),
        (before, after) => format!("{} {} → {}", field.name, short(before), short(after)),
    };
    fields.iter().map(field).collect::<Vec<_>>().join("; ")
}

/// A value on one line, cut where it is long.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("“{text}”"),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    let cut: String = text.chars().take(60).collect();
    plain(&if cut.len() < text.len() { format!("{cut}…") } else { cut })
}
