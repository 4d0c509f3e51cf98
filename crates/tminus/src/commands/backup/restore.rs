//! Bringing back a backup: unpacked beside, proved, and only then put in place.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde_json::json;
use tempfile::TempDir;
use tminus_store::{Opening, Store};
use zip::ZipArchive;

use super::{DATABASE, Entry, FILES, FORM, MANIFEST, Manifest, copy, only_sqlite};
use crate::{
    clock,
    commands::record,
    config::{Place, url_of},
    exit::Stop,
    open,
    print::{Out, count},
    progress,
};

/// No list of an archive is longer, in bytes.
const MAX_MANIFEST: u64 = 256 << 20;

/// What was unpacked, beside the places that it goes to.
struct Unpacked {
    database: TempDir,
    files: TempDir,
    manifest: Manifest,
}

pub(super) async fn restore(archive: &Path, replace: bool, place: &Place, out: Out) -> Result<(), Stop> {
    let database = only_sqlite(place, "pg_restore")?;
    let files = place.files();
    for folder in [parent(&database), parent(&files)] {
        fs::create_dir_all(folder).map_err(|error| Stop::file("made", folder, &error))?;
    }
    let lock = open::lock_file(&database).map_err(|error| Stop::file("written", &database, &error))?;
    lock.try_lock().map_err(|_| Stop::unavailable(format!("{} is in use: stop `tminus serve` first", database.display())))?;
    if is_used(&database).await? && !replace {
        let why = "nothing was changed; --replace puts the backup in its place and keeps what is there beside it";
        return Err(Stop::refused(format!("{} holds a practice already; {why}", database.display())));
    }
    let unpacked = unpack(archive, parent(&database), parent(&files))?;
    let records = prove(&unpacked).await?;
    let failed = |error: io::Error| Stop::file("put in place", &database, &error);
    let kept = aside(&database, &files).map_err(failed)?;
    fs::rename(unpacked.files.keep(), &files).map_err(failed)?;
    fs::rename(unpacked.database.path().join(DATABASE), &database).map_err(failed)?;
    let count_of_files = unpacked.manifest.files.len() - 1;
    let value =
        json!({ "database": database, "files": count_of_files, "records": records, "made_at": unpacked.manifest.made_at, "kept": kept });
    let kept = if kept.is_empty() { String::new() } else { format!(" What was there is kept as {}.", shown(&kept)) };
    let what = format!("{} and {} proved whole", count(records, "record"), count(count_of_files, "attached file"));
    out.say(&value, format!("{} is as it was on {}: {what}.{kept}", database.display(), unpacked.manifest.made_at))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn shown(kept: &[PathBuf]) -> String {
    kept.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and ")
}

/// Whether somebody's practice is there. What cannot be opened counts: it may be all that somebody has.
async fn is_used(database: &Path) -> Result<bool, Stop> {
    if !database.exists() {
        return Ok(false);
    }
    let Ok(store) = Store::open(&Opening { database: url_of(database), files: None }).await else { return Ok(true) };
    let used = store.has_people().await.unwrap_or(true);
    store.close().await?;
    Ok(used)
}

fn unpack(path: &Path, beside_database: &Path, beside_files: &Path) -> Result<Unpacked, Stop> {
    let file = File::open(path).map_err(|error| Stop::file("read", path, &error))?;
    let unusable = |why: String| Stop::refused(format!("{} cannot be restored: {why}; nothing was changed", path.display()));
    let mut archive = ZipArchive::new(file).map_err(|error| unusable(format!("it is no archive ({error})")))?;
    let manifest = manifest(&mut archive).map_err(unusable)?;
    let made = |folder: &Path| TempDir::new_in(folder).map_err(|error| Stop::file("written", folder, &error));
    let unpacked = Unpacked { database: made(beside_database)?, files: made(beside_files)?, manifest };
    let bar = progress::bar("unpacking", unpacked.manifest.files.len() as u64);
    for entry in &unpacked.manifest.files {
        let to = unpacked.place_of(entry).ok_or_else(|| unusable(format!("“{}” is no place in a backup", entry.path)))?;
        one(&mut archive, entry, &to).map_err(unusable)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(unpacked)
}

fn manifest(archive: &mut ZipArchive<File>) -> Result<Manifest, String> {
    let foreign = |why: String| format!("it is no backup that Tminus made ({why})");
    let listed = archive.by_name(MANIFEST).map_err(|error| foreign(error.to_string()))?;
    let mut text = Vec::new();
    listed.take(MAX_MANIFEST).read_to_end(&mut text).map_err(|error| foreign(error.to_string()))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
    if manifest.tminus_backup != FORM {
        return Err(format!("it was made by another release ({}), in a form that this one does not know", manifest.version));
    }
    if !manifest.files.iter().any(|entry| entry.path == DATABASE) {
        return Err("it holds no database".to_owned());
    }
    Ok(manifest)
}

impl Unpacked {
    /// Where an entry goes. `None` if its name leads elsewhere.
    fn place_of(&self, entry: &Entry) -> Option<PathBuf> {
        if entry.path == DATABASE {
            return Some(self.database.path().join(DATABASE));
        }
        let inside = entry.path.strip_prefix(FILES)?;
        let safe = inside.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']));
        safe.then(|| self.files.path().join(inside))
    }
}

/// Unpacks one entry and compares it with the list.
fn one(archive: &mut ZipArchive<File>, entry: &Entry, to: &Path) -> Result<(), String> {
    let damaged = |why: String| format!("“{}” is damaged ({why})", entry.path);
    let packed = archive.by_name(&entry.path).map_err(|error| damaged(error.to_string()))?;
    fs::create_dir_all(parent(to)).map_err(|error| error.to_string())?;
    let mut file = File::create_new(to).map_err(|error| damaged(error.to_string()))?;
    // One byte more than the list says is enough to know that it lies.
    let (bytes, sha256) = copy(&mut packed.take(entry.bytes.saturating_add(1)), &mut file).map_err(|error| damaged(error.to_string()))?;
    file.sync_all().map_err(|error| damaged(error.to_string()))?;
    if (bytes, &sha256) == (entry.bytes, &entry.sha256) { Ok(()) } else { Err(damaged("it is not what the list says".to_owned())) }
}

/// Opens what was unpacked and proves every record in it.
async fn prove(unpacked: &Unpacked) -> Result<usize, Stop> {
    let opening = Opening { database: url_of(&unpacked.database.path().join(DATABASE)), files: None };
    let store = Store::open(&opening).await.map_err(|error| Stop::from(error).after("the backup's database; nothing was changed"))?;
    let (records, problems) = record::verify_whole(&store).await?;
    store.close().await?;
    match problems.as_slice() {
        [] => Ok(records),
        some => Err(Stop::refused(format!("the backup is not whole: {}; nothing was changed", some.join("; ")))),
    }
}

/// Puts what is there beside itself under another name. The write-ahead log goes with its database.
fn aside(database: &Path, files: &Path) -> io::Result<Vec<PathBuf>> {
    let stamp = format!(".before-restore-{}", clock::now().strftime("%Y%m%dT%H%M%SZ"));
    let named = |path: &Path, endings: [&str; 2]| {
        let mut name = path.as_os_str().to_owned();
        for ending in endings {
            name.push(ending);
        }
        PathBuf::from(name)
    };
    let mut kept = Vec::new();
    for log in ["", "-wal", "-shm"] {
        let from = named(database, ["", log]);
        if from.exists() {
            fs::rename(&from, named(database, [&stamp, log]))?;
        }
    }
    let old = named(database, [&stamp, ""]);
    kept.extend(old.exists().then_some(old));
    if files.is_dir() {
        if fs::read_dir(files)?.next().is_none() {
            fs::remove_dir(files)?;
        } else {
            let old = named(files, [&stamp, ""]);
            fs::rename(files, &old)?;
            kept.push(old);
        }
    }
    Ok(kept)
}
