//! The record: exported, and proved from the export alone.

mod export;
mod verify;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use tminus_app::record::export::Format;

use crate::{config::Place, exit::Stop, open, print::Out};

pub(crate) use verify::whole as verify_whole;

#[derive(Subcommand, Debug)]
pub(crate) enum Record {
    /// Export a whole record: of an engagement, with comments and evidence, or of the practice; the export itself is its last entry
    Export {
        /// The engagement: its id, the beginning of it, or its title
        #[arg(required_unless_present = "practice")]
        engagement: Option<String>,
        /// The practice's own record: sign-ins, people, keys
        #[arg(long, conflicts_with = "engagement")]
        practice: bool,
        /// jsonl proves itself; csv is for spreadsheets
        #[arg(long, value_enum, default_value_t)]
        format: Form,
        /// The file to write [default: standard output]
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Prove a record from its export alone, or, without a file, every record of the database
    Verify {
        /// An export in JSON lines; `-` is standard input
        file: Option<PathBuf>,
        /// The hash of the last entry, if you know it from elsewhere
        #[arg(long, requires = "file")]
        head: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Form {
    #[default]
    Jsonl,
    Csv,
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Jsonl => Self::Lines,
            Form::Csv => Self::Csv,
        }
    }
}

impl Record {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        match self {
            Self::Export { engagement, format, output, .. } => {
                let (practice, actor) = open::open_as(place).await?;
                export::export(&practice.app, &actor, (engagement.as_deref(), format.into(), output.as_deref()), out).await
            }
            Self::Verify { file: Some(file), head } => verify::file(&file, head.as_deref(), out),
            Self::Verify { file: None, .. } => {
                let practice = open::open(place).await?;
                verify::database(&practice.app.store, out).await
            }
        }
    }
}
