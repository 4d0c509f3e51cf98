//! Exporting the whole record of an engagement, stretch by stretch: memory does not grow with its length.

use jiff::Timestamp;
use tminus_domain::{
    ids::EngagementId,
    record::{
        chain::Head,
        fact::{Fact, FactKind},
    },
    rights::{Actor, Right},
};
use tminus_store::{StoreError, record::PRACTICE};

use super::{
    csv, export_practice_record, export_record,
    form::{FORM, First, Last, Line},
};
use crate::{App, Failure};

/// What an export is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// JSON lines, which prove themselves.
    #[default]
    Lines,
    /// A table for spreadsheets.
    Csv,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "jsonl",
            Self::Csv => "csv",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Lines => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Lines, Self::Csv].into_iter().find(|it| it.as_str() == text).ok_or(())
    }
}

/// Of what the record is.
enum Of {
    Engagement(EngagementId),
    Practice,
}

/// An export under way.
pub struct Export {
    app: App,
    actor: Actor,
    of: Of,
    format: Format,
    /// What was read of the engagement when it began.
    first: First,
    begun: bool,
    /// Number of the last entry that was written.
    written: u64,
    head: Head,
    ended: bool,
}

/// Begins an export of everything up to now. Only for those who may read internal things: a chain with holes proves nothing.
///
/// The entry that tells of the export is made first, and it is the last one that is exported: no copy is given out that the record
/// does not know of, and every copy says itself who took it, and when.
pub async fn begin_export(app: &App, actor: &Actor, engagement: &EngagementId, format: Format) -> Result<Export, Failure> {
    let mut change = app.change(actor, engagement, Right::ReadRecord).await?;
    if !change.scope().sees_internal() {
        return Err(Failure::Forbidden);
    }
    let setup = &change.engagement().plan.setup;
    let (title, customer, now) = (setup.title.clone(), setup.customer.clone(), app.now());
    change.record(Fact::new(FactKind::RecordExported, engagement.as_str(), &title).to(format.as_str()));
    let head = change.save(actor, now, &app.salt()).await?.head.clone();
    let first = first(engagement, (title, customer), (now, actor));
    Ok(Export::new((app, actor), Of::Engagement(engagement.clone()), format, (first, head)))
}

/// Begins an export of the practice's own record, which tells of it the same way.
pub async fn begin_practice_export(app: &App, actor: &Actor, format: Format) -> Result<Export, Failure> {
    App::practice(actor, Right::ReadPracticeRecord)?;
    let now = app.now();
    let mut writing = app.store.writing().await?;
    writing.record(Fact::new(FactKind::RecordExported, PRACTICE, TITLE).to(format.as_str()).internal(true));
    let head = writing.save_as_last(actor, now, &app.salt()).await?;
    let first = first(&PRACTICE.into(), (TITLE.to_owned(), String::new()), (now, actor));
    Ok(Export::new((app, actor), Of::Practice, format, (first, head)))
}

/// What the practice's own record is called in a file.
const TITLE: &str = "The practice";

fn first(engagement: &EngagementId, (title, customer): (String, String), (at, actor): (Timestamp, &Actor)) -> First {
    First { tminus_record: FORM, engagement: engagement.0.clone(), title, customer, exported_at: at, exported_by: actor.name.clone() }
}

impl Export {
    fn new((app, actor): (&App, &Actor), of: Of, format: Format, (first, head): (First, Head)) -> Self {
        Self { app: app.clone(), actor: actor.clone(), of, format, first, begun: false, written: 0, head, ended: false }
    }

    /// Where the chain stands at the end of the export.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many entries came out already.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The next piece of the file; `None` at its end, however often it is asked.
    /// A failure breaks the export off before its end: such a file must not look whole.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let (mut entries, _) = match &self.of {
            Of::Engagement(engagement) => export_record(&self.app, &self.actor, engagement, self.written).await?,
            Of::Practice => export_practice_record(&self.app, &self.actor, self.written).await?,
        };
        entries.retain(|entry| entry.number <= self.head.number);
        let Some(last) = entries.last() else {
            let why = "it ends before its head; `tminus record verify` says more".to_owned();
            return Err(StoreError::Unreadable { table: "record", why }.into());
        };
        self.written = last.number;
        self.ended = self.written >= self.head.number;
        let begins = !std::mem::replace(&mut self.begun, true);
        Ok(Some(match self.format {
            Format::Csv => csv::rows(&entries, begins),
            Format::Lines => {
                let mut lines = Vec::new();
                if begins {
                    put(&mut lines, &self.first);
                }
                for entry in entries {
                    put(&mut lines, &Line::from(entry));
                }
                if self.ended {
                    put(&mut lines, &Last { head: self.head.clone() });
                }
                lines
            }
        }))
    }
}

fn put(lines: &mut Vec<u8>, line: &impl serde::Serialize) {
    // Texts and numbers go into memory as JSON without fail.
    let _ = serde_json::to_writer(&mut *lines, line);
    lines.push(b'\n');
}
