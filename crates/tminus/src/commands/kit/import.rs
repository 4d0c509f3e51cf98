//! Importing kits, and listing what is imported.

use std::path::Path;

use serde_json::{Value, json};
use tminus_app::kit::{import_kit, list_kits};
use tminus_kits::{files::Files, problem::Severity};
use tminus_store::kit::Imported;

use super::look;
use crate::{
    config::Place,
    exit::Stop,
    open,
    print::{Out, count, plain},
    progress,
};

pub(super) async fn import(path: &Path, place: &Place, out: Out) -> Result<(), Stop> {
    look::there(path)?;
    let (practice, actor) = open::open_as(place).await?;
    let spinner = progress::spinner("importing");
    let result = import_kit(&practice.app, &actor, Files::open(path)).await;
    spinner.finish_and_clear();
    let (kits, inspection) = result?;
    if out.json {
        let lines: Vec<Value> = kits.iter().map(|kit| line(&kit.kit, Some(kit.new))).collect();
        return out.json(&json!({ "imported": lines, "problems": inspection.problems }));
    }
    for kit in &kits {
        let what = if kit.new { "imported" } else { "there already; nothing changed" };
        out.line(format!("{} {what}: {} ({})", named(&kit.kit), plain(&kit.kit.title), short(&kit.kit)))?;
    }
    let warnings = inspection.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
    if warnings > 0 {
        out.line(format!("{}; `tminus kit inspect` shows them", count(warnings, "warning")))?;
    }
    Ok(())
}

pub(super) async fn list(place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let kits = list_kits(&practice.app, &actor).await?;
    if out.json {
        return out.json(&kits.iter().map(|kit| line(kit, None)).collect::<Vec<_>>());
    }
    if kits.is_empty() {
        return out.line("No kit is imported yet: `tminus kit import PATH` imports one, `tminus serve` the built-in ones.");
    }
    let row = |kit: &Imported| vec![named(kit), plain(&kit.title), kit.format.clone(), kit.at.strftime("%Y-%m-%d").to_string(), short(kit)];
    out.table(&kits.iter().map(row).collect::<Vec<_>>())
}

fn line(kit: &Imported, new: Option<bool>) -> Value {
    let mut value = json!({
        "id": kit.id, "version": kit.version, "title": kit.title, "hash": kit.hash, "format": kit.format, "imported_at": kit.at, "totals": kit.totals,
    });
    if let Some(new) = new {
        value["new"] = json!(new);
    }
    value
}

fn named(kit: &Imported) -> String {
    if kit.version.is_empty() { kit.id.to_string() } else { format!("{}@{}", kit.id, plain(&kit.version)) }
}

fn short(kit: &Imported) -> String {
    kit.hash.0.chars().take(12).collect()
}
