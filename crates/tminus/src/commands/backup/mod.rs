//! Backup and restore: a SQLite practice as one archive with the database, the attached files, and a list of them with their digests.

mod make;
mod restore;

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{config::Place, exit::Stop, print::Out};

/// The database's name in an archive.
const DATABASE: &str = "tminus.db";
/// The folder of attached files in an archive.
const FILES: &str = "files/";
/// The list of all that is in an archive.
const MANIFEST: &str = "manifest.json";
/// The version of the archive's form.
const FORM: u32 = 1;

#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The archive to write, a .zip. People may go on working meanwhile
    file: PathBuf,
    /// Replace an archive that is there
    #[arg(long)]
    replace: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// An archive that `tminus backup` wrote
    file: PathBuf,
    /// Put it in place of a practice that is there; what was there is kept beside it
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    tminus_backup: u32,
    /// The release that made it.
    version: String,
    made_at: Timestamp,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    bytes: u64,
    sha256: String,
}

impl Backup {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        make::make(&self.file, self.replace, place, out).await
    }
}

impl Restore {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        restore::restore(&self.file, self.replace, place, out).await
    }
}

/// Over PostgreSQL its own tools are right: they copy consistently, and can go back to any point in time.
fn only_sqlite(place: &Place, tool: &str) -> Result<PathBuf, Stop> {
    place.file().ok_or_else(|| {
        let database = place.shown();
        let files = place.files();
        Stop::refused(format!(
            "{database} is not a SQLite file. Use {tool} for the database, which knows how to do it while others write, and afterwards copy the folder {}",
            files.display()
        ))
    })
}

/// Copies everything and gives its length and SHA-256 in hex.
fn copy(from: &mut impl std::io::Read, to: &mut impl std::io::Write) -> std::io::Result<(u64, String)> {
    use sha2::Digest as _;
    let (mut digest, mut total, mut buffer) = (sha2::Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            let hex = digest.finalize().iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"));
            return Ok((total, hex));
        }
        digest.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        total += read as u64;
    }
}
