//! Kits in zip archives. An archive is refused as a whole; nothing is ever written to disk.

use std::{
    collections::BTreeMap,
    io::{Read, Seek, SeekFrom},
};

use zip::{ZipArchive, result::ZipError};

use super::{ARCHIVE_ENDINGS, Files, ending, is_text, names};
use crate::{
    limits::{MAX_ARCHIVE, MAX_ENTRIES, MAX_FILE, MAX_FOLDERS, MAX_RATIO, MAX_TOTAL, RATIO_FREE},
    problem::{Problem, quote},
};

/// What the central directory says of an entry.
struct Entry {
    index: usize,
    path: String,
    size: u64,
    packed: u64,
}

pub(super) fn read<R: Read + Seek>(name: &str, mut source: R) -> Files {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let mut files = Files { name: name.to_owned(), above: vec![stem.to_owned()], ..Files::default() };
    if let Err(refusal) = unpack(&mut files, &mut source) {
        files.texts.clear();
        files.others.clear();
        files.problems.retain(|problem| problem.severity == crate::problem::Severity::Error);
        files.problems.push(refusal);
    }
    files
}

fn refusal(file: &str, message: impl Into<String>) -> Problem {
    Problem::error(file, 0, format!("{}. Nothing was imported", message.into()))
}

fn unpack<R: Read + Seek>(files: &mut Files, source: &mut R) -> Result<(), Problem> {
    let name = files.name.clone();
    let damaged = |error: &dyn std::fmt::Display| refusal(&name, format!("the archive is damaged or cut off ({error})"));
    let length = source.seek(SeekFrom::End(0)).map_err(|error| damaged(&error))?;
    if length > MAX_ARCHIVE {
        return Err(refusal(&name, format!("the archive is larger than {} MiB, the limit", MAX_ARCHIVE >> 20)));
    }
    let declared = entry_count(source, length).map_err(|error| damaged(&error))?;
    let declared = declared.ok_or_else(|| damaged(&"no end of central directory"))?;
    if declared > MAX_ENTRIES as u64 {
        return Err(refusal(&name, format!("the archive has {declared} or more entries; {MAX_ENTRIES} is the limit")));
    }
    let mut archive = ZipArchive::new(source).map_err(|error| damaged(&error))?;
    if archive.has_duplicate_names() {
        let twice = duplicate(archive).unwrap_or_default();
        return Err(refusal(&twice, format!("the archive has the path {} twice; readers disagree which one counts", quote(&twice))));
    }
    let entries = entries(&archive)?;
    check_sameness(&entries)?;
    check_sizes(&name, &entries, length)?;
    for entry in &entries {
        take(files, &mut archive, entry)?;
    }
    Ok(())
}

/// The number of entries that the end of the archive declares, before anything is allocated for them.
fn entry_count<R: Read + Seek>(source: &mut R, length: u64) -> std::io::Result<Option<u64>> {
    const END: usize = 22;
    let tail = length.min(END as u64 + u64::from(u16::MAX));
    source.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    source.take(tail).read_to_end(&mut bytes)?;
    source.seek(SeekFrom::Start(0))?;
    let at = bytes.windows(END).rposition(|window| window.starts_with(b"PK\x05\x06"));
    Ok(at.map(|at| u64::from(u16::from_le_bytes([bytes[at + 10], bytes[at + 11]]))))
}

/// The first path that the central directory has twice. Reads the directory itself, because the library keeps one of them.
fn duplicate<R: Read + Seek>(archive: ZipArchive<R>) -> Option<String> {
    let start = archive.central_directory_start();
    let mut bytes = Vec::new();
    let mut source = archive.into_inner();
    source.seek(SeekFrom::Start(start)).ok()?;
    source.take(MAX_ARCHIVE).read_to_end(&mut bytes).ok()?;
    let mut seen = std::collections::BTreeSet::new();
    let mut rest = bytes.as_slice();
    while rest.starts_with(b"PK\x01\x02") && rest.len() >= 46 {
        let len = |at: usize| usize::from(u16::from_le_bytes([rest[at], rest[at + 1]]));
        let (name, extra, comment) = (len(28), len(30), len(32));
        let path = rest.get(46..46 + name)?;
        if !seen.insert(path) {
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        rest = rest.get(46 + name + extra + comment..)?;
    }
    None
}

fn entries<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<Entry>, Problem> {
    let mut entries = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| refusal("", error.to_string()))?;
        let path = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
        };
        if names::leads_out(&path) {
            return Err(refusal(&path, format!("the entry {} leads out of the archive", quote(&path))));
        }
        if entry.encrypted() {
            return Err(refusal(&path, format!("the entry {} is encrypted; encrypted archives are not supported", quote(&path))));
        }
        let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
        if entry.is_symlink() || !matches!(kind, 0 | 0o040_000 | 0o100_000) {
            return Err(refusal(&path, format!("the entry {} is a link or a special file; only files and folders are read", quote(&path))));
        }
        if path.split('/').count() > MAX_FOLDERS {
            return Err(refusal(&path, format!("the entry {} is nested deeper than {MAX_FOLDERS} folders, the limit", quote(&path))));
        }
        if !entry.is_dir() {
            entries.push(Entry { index, path, size: entry.size(), packed: entry.compressed_size() });
        }
    }
    Ok(entries)
}

fn check_sameness(entries: &[Entry]) -> Result<(), Problem> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for entry in entries {
        if let Some(other) = seen.insert(names::sameness(&entry.path), &entry.path) {
            let message =
                format!("the paths {} and {} differ only in letter case or in how letters are composed", quote(other), quote(&entry.path));
            return Err(refusal(&entry.path, message));
        }
    }
    Ok(())
}

fn check_sizes(name: &str, entries: &[Entry], length: u64) -> Result<(), Problem> {
    for entry in entries {
        if entry.size > RATIO_FREE && entry.size / entry.packed.max(1) > MAX_RATIO {
            let ratio = entry.size / entry.packed.max(1);
            let message = format!("the entry {} inflates {ratio}:1; {MAX_RATIO}:1 is the limit", quote(&entry.path));
            return Err(refusal(&entry.path, message));
        }
        if is_text(&entry.path) && entry.size > MAX_FILE {
            let message = format!("the entry {} is {} bytes; {MAX_FILE} is the limit", quote(&entry.path), entry.size);
            return Err(refusal(&entry.path, message));
        }
    }
    let total: u64 = entries.iter().filter(|entry| is_text(&entry.path)).map(|entry| entry.size).fold(0, u64::saturating_add);
    if total > MAX_TOTAL || total > RATIO_FREE.saturating_add(length.saturating_mul(MAX_RATIO)) {
        return Err(refusal(
            name,
            format!("the archive inflates to {total} bytes; {MAX_TOTAL}, and {MAX_RATIO} times its own size, are the limits"),
        ));
    }
    Ok(())
}

fn take<R: Read + Seek>(files: &mut Files, archive: &mut ZipArchive<R>, entry: &Entry) -> Result<(), Problem> {
    let mut path = entry.path.clone();
    if let Some((safe, reasons)) = names::safe_path(&path) {
        for reason in reasons {
            files.problems.push(Problem::warning(&path, 0, format!("{reason}; the file is kept as {}", quote(&safe))));
        }
        path = safe;
    }
    if ARCHIVE_ENDINGS.contains(&ending(&path).as_str()) {
        files.problems.push(Problem::warning(&path, 0, "an archive inside an archive is not opened"));
    }
    if !is_text(&path) {
        files.others.insert(path);
        return Ok(());
    }
    let damaged =
        |error: &dyn std::fmt::Display| refusal(&entry.path, format!("the entry {} cannot be read ({error})", quote(&entry.path)));
    let packed = archive.by_index(entry.index).map_err(|error| match error {
        ZipError::UnsupportedArchive(why) => damaged(&why),
        other => damaged(&other),
    })?;
    let mut bytes = Vec::new();
    let outcome = packed.take(entry.size + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > entry.size {
        let message = format!("the entry {} says that it has {} bytes and has more", quote(&entry.path), entry.size);
        return Err(refusal(&entry.path, message));
    }
    outcome.map_err(|error| damaged(&format!("it says that it has {} bytes; {error}", entry.size)))?;
    files.put(path, bytes);
    Ok(())
}
