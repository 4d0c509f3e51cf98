//! Exporting the record of an engagement, stretch by stretch: memory does not grow with its length.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde::Serialize;
use serde_json::json;
use tempfile::NamedTempFile;
use tminus_app::{App, record::export_record};
use tminus_domain::{
    ids::EngagementId,
    record::chain::{Entry, Head},
    rights::Actor,
};

use super::{
    Format, csv,
    form::{FORM, First, Last, Line},
};
use crate::{commands::reference, exit::Stop, print::Out, progress};

type Sink = BufWriter<Box<dyn Write>>;

enum Writer {
    Lines(Sink),
    Csv(Box<::csv::Writer<Sink>>),
}

pub(super) async fn export(app: &App, actor: &Actor, wanted: (&str, Format, Option<&Path>), out: Out) -> Result<(), Stop> {
    let (name, format, path) = wanted;
    let view = reference::engagement(app, actor, name).await?;
    let setup = &view.engagement.plan.setup;
    let first = First {
        tminus_record: FORM,
        engagement: view.engagement.id.0.clone(),
        title: setup.title.clone(),
        customer: setup.customer.clone(),
        exported_at: app.now(),
        exported_by: actor.name.clone(),
    };
    let (sink, file) = sink(path)?;
    let failed = |error: io::Error| failed(path, &error);
    let mut writer = match format {
        Format::Jsonl => Writer::Lines(line(sink, &first).map_err(failed)?),
        Format::Csv => Writer::Csv(Box::new(csv::begin(sink).map_err(|error| failed(error.into()))?)),
    };
    let result = stretches(app, actor, &view.engagement.id, &mut writer).await;
    let head = match result {
        Ok(head) => head,
        // Whoever reads the pipe has read enough.
        Err(Trouble::Write(error)) if path.is_none() && error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        Err(Trouble::Write(error)) => return Err(failed(error)),
        Err(Trouble::Read(stop)) => return Err(stop),
    };
    writer.finish(&head).map_err(failed)?;
    if let Some((file, path)) = file.zip(path) {
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        let value = json!({ "engagement": first.engagement, "file": path, "entries": head.number, "head": head.hash });
        return out.say(&value, format!("{} entries written to {}. Head: {}", head.number, path.display(), head.hash));
    }
    Ok(())
}

enum Trouble {
    Read(Stop),
    Write(io::Error),
}

/// Everything up to where the chain stood when the export began.
async fn stretches(app: &App, actor: &Actor, id: &EngagementId, writer: &mut Writer) -> Result<Head, Trouble> {
    let mut head: Option<Head> = None;
    let mut after = 0;
    let bar = progress::bar("exporting", 0);
    loop {
        let (entries, stands_at) = export_record(app, actor, id, after).await.map_err(|failure| Trouble::Read(failure.into()))?;
        let end = head.get_or_insert(stands_at).clone();
        bar.set_length(end.number);
        if entries.is_empty() && after < end.number {
            return Err(Trouble::Read(Stop::unavailable("the record ends before its head: `tminus record verify` says more")));
        }
        for entry in entries.into_iter().filter(|entry| entry.number <= end.number) {
            after = entry.number;
            writer.entry(entry).map_err(Trouble::Write)?;
        }
        bar.set_position(after);
        if after >= end.number {
            bar.finish_and_clear();
            return Ok(end);
        }
    }
}

impl Writer {
    fn entry(&mut self, entry: Entry) -> io::Result<()> {
        match self {
            Self::Lines(sink) => put(sink, &Line::from(entry)),
            Self::Csv(writer) => csv::write(writer, &entry).map_err(io::Error::from),
        }
    }

    fn finish(self, head: &Head) -> io::Result<()> {
        match self {
            Self::Lines(sink) => line(sink, &Last { head: head.clone() })?.flush(),
            Self::Csv(mut writer) => writer.flush(),
        }
    }
}

fn line(mut sink: Sink, value: &impl Serialize) -> io::Result<Sink> {
    put(&mut sink, value)?;
    Ok(sink)
}

fn put(sink: &mut Sink, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *sink, value)?;
    sink.write_all(b"\n")
}

/// A file takes its place only when it is complete.
fn sink(path: Option<&Path>) -> Result<(Sink, Option<NamedTempFile>), Stop> {
    let Some(path) = path else { return Ok((BufWriter::new(Box::new(io::stdout())), None)) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = NamedTempFile::new_in(folder).map_err(|error| failed(Some(path), &error))?;
    let written: File = made.reopen().map_err(|error| failed(Some(path), &error))?;
    Ok((BufWriter::new(Box::new(written)), Some(made)))
}

fn failed(path: Option<&Path>, error: &io::Error) -> Stop {
    Stop::file("written", path.unwrap_or(Path::new("the export")), error)
}
