//! Kits in folders. Links are named and refused, never followed.

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
};

use super::{Files, archive, ending, is_text, too_large};
use crate::limits::{MAX_ENTRIES, MAX_FILE, MAX_FOLDERS};

/// How many folders above are kept for the identity of a template: template, version, kit, phase, module.
const ABOVE: usize = 5;

impl Files {
    /// A folder, an archive, or one Markdown, CSV or TOML file. What could not be read is in `problems`.
    pub fn open(path: &Path) -> Self {
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut names: Vec<String> = whole.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "/").collect();
        let name = names.last().cloned().unwrap_or_default();
        let meta = match fs::metadata(path) {
            Ok(meta) => meta,
            Err(error) => {
                let mut files = Self { name: path.display().to_string(), ..Self::default() };
                files.refuse(&path.display().to_string(), format!("cannot be read: {error}"));
                return files;
            }
        };
        if meta.is_dir() {
            let above = names.split_off(names.len().saturating_sub(ABOVE));
            let mut files = Self { name, above, ..Self::default() };
            files.walk(path);
            return files;
        }
        if ending(&name) == "zip" {
            return match fs::File::open(path) {
                Ok(file) => archive::read(&name, io::BufReader::new(file)),
                Err(error) => {
                    let mut files = Self { name: name.clone(), ..Self::default() };
                    files.refuse(&name, format!("cannot be read: {error}"));
                    files
                }
            };
        }
        names.pop();
        let above = names.split_off(names.len().saturating_sub(ABOVE));
        let mut files = Self { name: name.clone(), above, ..Self::default() };
        files.read(path, name);
        files
    }

    fn walk(&mut self, root: &Path) {
        let mut open: Vec<(PathBuf, String, usize)> = vec![(root.to_owned(), String::new(), 0)];
        let mut count = 0;
        while let Some((folder, at, depth)) = open.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.refuse(&at, format!("the folder cannot be read: {error}"));
                    continue;
                }
            };
            for entry in entries.flatten() {
                count += 1;
                if count > MAX_ENTRIES {
                    let name = self.name.clone();
                    self.refuse(
                        &name,
                        format!("the folder holds more than {MAX_ENTRIES} files and folders, the limit. Nothing was imported"),
                    );
                    return;
                }
                let name = entry.file_name().to_string_lossy().into_owned();
                let inside = if at.is_empty() { name.clone() } else { format!("{at}/{name}") };
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => {
                        self.refuse(&inside, format!("{inside} is a symbolic link; links are not followed. Nothing was imported"));
                    }
                    Ok(kind) if kind.is_dir() && name == ".git" => {}
                    Ok(kind) if kind.is_dir() && depth + 1 >= MAX_FOLDERS => {
                        self.refuse(&inside, format!("folders are nested deeper than {MAX_FOLDERS}, the limit"));
                    }
                    Ok(kind) if kind.is_dir() => open.push((entry.path(), inside, depth + 1)),
                    Ok(kind) if kind.is_file() => self.read(&entry.path(), inside),
                    _ => self.refuse(&inside, "is neither a file nor a folder"),
                }
                if !self.check_total() {
                    return;
                }
            }
        }
    }

    fn read(&mut self, path: &Path, inside: String) {
        if !is_text(&inside) {
            self.others.insert(inside);
            return;
        }
        let mut bytes = Vec::new();
        match fs::File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)) {
            Ok(_) if bytes.len() as u64 > MAX_FILE => self.problems.push(too_large(&inside, &bytes)),
            Ok(_) => self.put(inside, bytes),
            Err(error) => self.refuse(&inside, format!("cannot be read: {error}")),
        }
    }
}
