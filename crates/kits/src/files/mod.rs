//! The files of a kit in memory: from a folder, an archive, one file, or an upload.

mod archive;
mod folder;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use crate::{limits::MAX_TOTAL, problem::Problem};

/// The files of one kit or of several, by path with `/` between folders.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// What was opened: the name of the folder, archive or file.
    pub name: String,
    /// Names of folders above the paths, outermost first. A kit's identity is in its path.
    pub above: Vec<String>,
    /// Files with text that a kit may be made of.
    pub texts: BTreeMap<String, Vec<u8>>,
    /// Files that belong to the kit and are not read.
    pub others: BTreeSet<String>,
    /// What was wrong with reading them.
    pub problems: Vec<Problem>,
}

/// How names end of files that are read.
const TEXT_ENDINGS: [&str; 6] = ["md", "markdown", "csv", "toml", "yaml", "yml"];

/// How names end of archives, which are not opened inside others.
const ARCHIVE_ENDINGS: [&str; 8] = ["zip", "tar", "gz", "tgz", "7z", "rar", "xz", "bz2"];

/// The ending of a file's name, in small letters.
pub fn ending(path: &str) -> String {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

fn is_text(path: &str) -> bool {
    TEXT_ENDINGS.contains(&ending(path).as_str())
}

impl Files {
    /// An uploaded file: an archive if it ends in `.zip`, else one text file.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        if ending(name) == "zip" || bytes.starts_with(b"PK\x03\x04") {
            return Self::from_zip(name, bytes);
        }
        let mut files = Self { name: name.to_owned(), ..Self::default() };
        let path = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
        if bytes.len() as u64 > crate::limits::MAX_FILE {
            files.problems.push(too_large(&path, &bytes));
        } else if is_text(&path) {
            files.texts.insert(path, bytes);
        } else {
            files.others.insert(path);
        }
        files
    }

    /// An uploaded archive.
    pub fn from_zip(name: &str, bytes: Vec<u8>) -> Self {
        archive::read(name, std::io::Cursor::new(bytes))
    }

    /// A set of files that a program made.
    pub fn from_texts(name: &str, texts: BTreeMap<String, Vec<u8>>) -> Self {
        Self { name: name.to_owned(), above: vec![name.to_owned()], texts, ..Self::default() }
    }

    /// The bytes of a text file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.texts.get(path).map(Vec::as_slice)
    }

    fn put(&mut self, path: String, bytes: Vec<u8>) {
        self.texts.insert(path, bytes);
    }

    fn refuse(&mut self, file: &str, message: impl Into<String>) {
        self.problems.push(Problem::error(file, 0, message));
    }

    fn total(&self) -> u64 {
        self.texts.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// Says so where all files together are more than a kit may hold.
    fn check_total(&mut self) -> bool {
        let fits = self.total() <= MAX_TOTAL;
        if !fits {
            let name = self.name.clone();
            self.refuse(&name, format!("the files are together larger than {} MiB, the limit. Nothing was imported", MAX_TOTAL >> 20));
        }
        fits
    }
}

/// The refusal of a file whose first bytes are at hand, naming the line where the limit is passed.
fn too_large(file: &str, start: &[u8]) -> Problem {
    let line = crate::text::decode::line_of(start, start.len());
    let limit = crate::limits::MAX_FILE >> 20;
    Problem::error(
        file,
        line,
        format!("the file is larger than {limit} MiB, the limit; line {line} goes beyond it. Nothing of it was read"),
    )
}
