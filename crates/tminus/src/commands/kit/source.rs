//! A kit that a command names: imported, or as files.

use std::{path::Path, sync::Arc};

use tminus_app::{Failure, kit::find_kit};
use tminus_domain::kit::Kit;

use super::look;
use crate::{config::Place, exit::Stop, open};

/// An imported kit by its name, or the one kit that a path holds. A name with `/` or one that is a file is a path.
pub(super) async fn find(name: &str, place: &Place) -> Result<Arc<Kit>, Stop> {
    if name.contains(['/', '\\']) || Path::new(name).exists() {
        return from_path(Path::new(name)).map(Arc::new);
    }
    let (practice, actor) = open::open_as(place).await?;
    match find_kit(&practice.app, &actor, name).await {
        Ok((_, kit)) => Ok(kit),
        Err(Failure::NotFound) => Err(Stop::not_found(format!("there is no kit “{name}”; `tminus kit list` shows what is imported"))),
        Err(other) => Err(other.into()),
    }
}

fn from_path(path: &Path) -> Result<Kit, Stop> {
    look::there(path)?;
    let inspection = look::read(path);
    let problem = inspection.problems.first().map(|problem| format!(": {problem}")).unwrap_or_default();
    match (inspection.kit, inspection.kits.len()) {
        (Some(kit), 1) => Ok(kit),
        (Some(_), several) => Err(Stop::refused(format!("{} holds {several} kits: name the folder or the file of one", path.display()))),
        (None, _) => Err(Stop::refused(format!("{} is not usable as a kit{problem}", path.display()))),
    }
}
