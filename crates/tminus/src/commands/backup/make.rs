//! Making a backup while people go on working.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::json;
use tempfile::{NamedTempFile, TempDir};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{DATABASE, Entry, FILES, FORM, MANIFEST, Manifest, copy, only_sqlite};
use crate::{
    clock,
    config::Place,
    exit::Stop,
    open,
    print::{Out, count},
    progress,
};

pub(super) async fn make(target: &Path, replace: bool, place: &Place, out: Out) -> Result<(), Stop> {
    only_sqlite(place, "pg_dump")?;
    if target.exists() && !replace {
        return Err(Stop::refused(format!("{} is there already; --replace replaces it", target.display())));
    }
    let practice = open::open(place).await?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| Stop::file("written", target, &error);
    let beside = TempDir::new_in(folder).map_err(failed)?;
    let copied = beside.path().join(DATABASE);
    // The database first: whatever file it names is kept by then, because bytes are kept before they are named.
    practice.app.store.copy_to(&copied.display().to_string()).await?;
    let mut parts = vec![(DATABASE.to_owned(), copied)];
    collect(&place.files(), FILES, &mut parts).map_err(failed)?;
    let manifest = pack(folder, target, &parts).map_err(failed)?;
    let bytes: u64 = manifest.files.iter().map(|entry| entry.bytes).sum();
    let files = manifest.files.len() - 1;
    let value = json!({ "file": target, "made_at": manifest.made_at, "files": files, "bytes": bytes });
    out.say(&value, format!("{} holds the database and {}.", target.display(), count(files, "attached file")))
}

fn collect(folder: &Path, name: &str, parts: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let inside = format!("{name}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{inside}/"), parts)?;
        } else if kind.is_file() && !inside.contains('#') {
            // What has `#` in its name is being uploaded just now; nothing names it yet.
            parts.push((inside, entry.path()));
        }
    }
    Ok(())
}

/// The archive takes its place only when it is complete.
fn pack(folder: &Path, target: &Path, parts: &[(String, PathBuf)]) -> io::Result<Manifest> {
    let made = NamedTempFile::new_in(folder)?;
    let mut archive = ZipWriter::new(made.reopen()?);
    let options = SimpleFileOptions::default().large_file(true).unix_permissions(0o600);
    let bar = progress::bar("packing", parts.len() as u64);
    let mut manifest =
        Manifest { tminus_backup: FORM, version: env!("CARGO_PKG_VERSION").to_owned(), made_at: clock::now(), files: Vec::new() };
    for (path, file) in parts {
        archive.start_file(path.as_str(), options)?;
        let (bytes, sha256) = copy(&mut File::open(file)?, &mut archive)?;
        manifest.files.push(Entry { path: path.clone(), bytes, sha256 });
        bar.inc(1);
    }
    bar.finish_and_clear();
    archive.start_file(MANIFEST, options)?;
    archive.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    archive.finish()?.sync_all()?;
    made.persist(target).map_err(|error| error.error)?;
    Ok(manifest)
}
