//! The kits that come with Tminus, from the repository's `kits/`.

use std::collections::BTreeMap;

use tminus_app::{
    App,
    kit::{ImportedKit, import_kit},
};
use tminus_kits::files::Files;

use crate::{exit::Stop, open::itself};

include!(concat!(env!("OUT_DIR"), "/kits.rs"));

/// The files of one built-in kit after the other.
pub(crate) fn kits() -> impl Iterator<Item = Files> {
    KITS.iter().map(|(name, files)| {
        let texts: BTreeMap<_, _> = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        Files::from_texts(name, texts)
    })
}

/// Imports the built-in kits; those that are there already stay as they are.
pub(crate) async fn import(app: &App) -> Result<Vec<ImportedKit>, Stop> {
    let mut imported = Vec::new();
    for files in kits() {
        let (kits, _) = import_kit(app, &itself(), files).await?;
        imported.extend(kits);
    }
    Ok(imported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_kit_is_clean() {
        let mut ids = Vec::new();
        for files in kits() {
            let inspection = tminus_kits::inspect::inspect(&files);
            assert!(!inspection.is_rejected(), "{}: {:?}", files.name, inspection.problems);
            let kit = inspection.kit.expect("a kit");
            assert!(!kit.version.is_empty(), "{} has no version", kit.id);
            ids.push(kit.id.0);
        }
        assert!(ids.contains(&"mobilize-onboarding".to_owned()), "{ids:?}");
    }
}
