//! Writing kits as files.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde_json::json;
use tminus_domain::kit::Kit;
use tminus_kits::{
    backlog::to_csv,
    files::{Files, ending},
    native,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::source;
use crate::{
    config::Place,
    exit::Stop,
    print::{Out, count},
};

pub(super) async fn export(kit: &str, (path, replace): (&Path, bool), place: &Place, out: Out) -> Result<(), Stop> {
    let kit = source::find(kit, place).await?;
    let full = if path.is_dir() { fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) } else { path.exists() };
    if full && !replace {
        return Err(Stop::refused(format!("{} is there already; --replace replaces it", path.display())));
    }
    let (format, files) = match ending(&path.to_string_lossy()).as_str() {
        "csv" => ("backlog", write_file(path, to_csv(&kit).as_bytes()).map(|()| 1)),
        "zip" => ("native", zipped(&native::write(&kit)).and_then(|bytes| write_file(path, &bytes)).map(|()| 1)),
        _ => ("native", write_folder(path, &kit, full)),
    };
    let files = files.map_err(|error| Stop::file("written", path, &error))?;
    let value = json!({ "kit": kit.id, "version": kit.version, "path": path, "format": format, "files": files });
    out.say(&value, format!("{} {} written to {}: {}.", kit.id, kit.version, path.display(), count(files, "file")))
}

/// The whole file or none: it takes its place when it is complete.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn zipped(files: &Files) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (path, bytes) in &files.texts {
        archive.start_file(path.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Writes beside the place first, so that a folder is whole or not there.
fn write_folder(path: &Path, kit: &Kit, replace: bool) -> io::Result<usize> {
    let files = native::write(kit);
    fs::create_dir_all(folder_of(path))?;
    let made = tempfile::TempDir::new_in(folder_of(path))?;
    for (name, bytes) in &files.texts {
        let file = made.path().join(name);
        fs::create_dir_all(folder_of(&file))?;
        fs::write(file, bytes)?;
    }
    if replace {
        only_a_kit(path)?;
        fs::remove_dir_all(path)?;
    } else if path.is_dir() {
        fs::remove_dir(path)?;
    }
    fs::rename(made.keep(), path)?;
    Ok(files.texts.len())
}

/// A folder is replaced only if a kit is in it, so that a slip of the fingers costs no home folder.
fn only_a_kit(path: &Path) -> io::Result<()> {
    if path.join("kit.toml").is_file() {
        return Ok(());
    }
    Err(io::Error::other("the folder holds something that is no native kit; nothing was replaced"))
}
