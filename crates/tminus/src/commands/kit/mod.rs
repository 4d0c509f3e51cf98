//! Kits: as files, and as imported.

mod compare;
mod export;
mod import;
mod look;
mod source;

use std::path::PathBuf;

use clap::Subcommand;

use crate::{config::Place, exit::Stop, print::Out};

#[derive(Subcommand, Debug)]
pub(crate) enum Kit {
    /// Read a kit without importing it: what it holds, and what is wrong with it. Needs no database
    Inspect {
        /// A folder, a zip, a Markdown page or a CSV
        path: PathBuf,
    },
    /// Read a kit as its author should: also what is likely a slip. Needs no database
    Check {
        path: PathBuf,
        /// Warnings refuse it too
        #[arg(long)]
        strict: bool,
    },
    /// Import every kit that a path holds, or none. The same content twice changes nothing
    Import { path: PathBuf },
    /// Write a kit as a folder in the native format, as a .zip of it, or as a .csv backlog
    Export {
        /// An imported kit (id, id@version or hash), or a path
        kit: String,
        path: PathBuf,
        /// Replace what is there
        #[arg(long)]
        replace: bool,
    },
    /// List the imported kits
    List,
    /// What one kit has that another has not
    Diff {
        /// An imported kit (id, id@version or hash), or a path
        old: String,
        new: String,
    },
}

impl Kit {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        match self {
            Self::Inspect { path } => look::inspect(&path, out),
            Self::Check { path, strict } => look::check(&path, strict, out),
            Self::Import { path } => import::import(&path, place, out).await,
            Self::Export { kit, path, replace } => export::export(&kit, (&path, replace), place, out).await,
            Self::List => import::list(place, out).await,
            Self::Diff { old, new } => compare::diff((&old, &new), place, out).await,
        }
    }
}
