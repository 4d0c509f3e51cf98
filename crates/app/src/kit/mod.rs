//! Kits: imported, listed, compared.

use std::sync::Arc;

use tminus_domain::{
    kit::Kit,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_kits::{
    diff::{KitDiff, diff},
    files::Files,
    inspect::{Inspection, inspect},
};
use tminus_store::kit::Imported;

use crate::{App, Failure, Refusal};

/// What an import did with one kit.
#[derive(Clone, Debug)]
pub struct ImportedKit {
    pub kit: Imported,
    /// False: the same content was there already, and nothing changed.
    pub new: bool,
}

/// Reads kits without importing them. Heavy work goes to a thread of its own.
pub async fn inspect_kit(actor: &Actor, files: Files) -> Result<Inspection, Failure> {
    App::practice(actor, Right::ReadKits)?;
    read(files).await
}

async fn read(files: Files) -> Result<Inspection, Failure> {
    let read = tokio::task::spawn_blocking(move || inspect(&files)).await;
    read.map_err(|_| Refusal::field("kit", "it could not be read; nothing was imported").into())
}

/// Imports every kit that is found. Nothing is imported if anything is rejected; the same content twice changes nothing.
pub async fn import_kit(app: &App, actor: &Actor, files: Files) -> Result<(Vec<ImportedKit>, Inspection), Failure> {
    App::practice(actor, Right::ImportKit)?;
    let inspection = read(files).await?;
    if inspection.is_rejected() {
        return Err(Refusal::Kit(inspection.problems).into());
    }
    let mut writing = app.store.writing().await?;
    let mut imported = Vec::new();
    let problems = serde_json::to_value(&inspection.problems).unwrap_or_default();
    for found in &inspection.kits {
        let line = Imported {
            hash: tminus_kits::inspect::content_hash(&found.kit),
            id: found.kit.id.clone(),
            version: found.kit.version.clone(),
            title: found.kit.title.clone(),
            format: found.format.to_owned(),
            at: app.now(),
            by: actor.person.clone(),
            totals: serde_json::to_value(found.totals).unwrap_or_default(),
            problems: problems.clone(),
        };
        let new = writing.add_kit(&line, &found.kit).await?;
        if new {
            let to = serde_json::json!({ "version": line.version, "hash": line.hash, "totals": line.totals });
            writing.record(Fact::new(FactKind::KitImported, line.id.as_str(), &line.title).to(to).internal(true));
        }
        imported.push(ImportedKit { kit: line, new });
    }
    if imported.iter().any(|kit| kit.new) {
        writing.save(actor, app.now(), &app.salt()).await?;
    }
    Ok((imported, inspection))
}

/// Every imported version.
pub async fn list_kits(app: &App, actor: &Actor) -> Result<Vec<Imported>, Failure> {
    App::practice(actor, Right::ReadKits)?;
    Ok(app.store.kits().await?)
}

/// One version, by its hash or the beginning of it, or by `id` or `id@version`; the newest import wins.
pub async fn find_kit(app: &App, actor: &Actor, name: &str) -> Result<(Imported, Arc<Kit>), Failure> {
    let (id, version) = name.split_once('@').map_or((name, None), |(id, version)| (id, Some(version)));
    let kits = list_kits(app, actor).await?;
    let by_hash = |kit: &&Imported| name.len() >= 8 && kit.hash.as_str().starts_with(name);
    let named = |kit: &&Imported| kit.id.as_str() == id && version.is_none_or(|version| kit.version == version);
    let found = kits.iter().find(by_hash).or_else(|| kits.iter().filter(named).max_by_key(|kit| kit.at)).ok_or(Failure::NotFound)?;
    app.store.kit(&found.hash).await?.ok_or(Failure::NotFound)
}

/// What one version has that the other has not.
pub async fn compare_kits(app: &App, actor: &Actor, old: &str, new: &str) -> Result<(Imported, Imported, KitDiff), Failure> {
    let (old_line, old) = find_kit(app, actor, old).await?;
    let (new_line, new) = find_kit(app, actor, new).await?;
    Ok((old_line, new_line, diff(&old, &new)))
}
