//! Exporting the record of an engagement or of the practice, piece by piece: memory does not grow with its length.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::json;
use tempfile::NamedTempFile;
use tminus_app::{
    App,
    record::export::{Export, Format, begin_export, begin_practice_export},
};
use tminus_domain::rights::Actor;

use crate::{commands::reference, exit::Stop, print::Out, progress};

type Sink = BufWriter<Box<dyn Write>>;

pub(super) async fn export(app: &App, actor: &Actor, wanted: (Option<&str>, Format, Option<&Path>), out: Out) -> Result<(), Stop> {
    let (name, format, path) = wanted;
    let id = match name {
        Some(name) => Some(reference::engagement(app, actor, name).await?.engagement.id.clone()),
        None => None,
    };
    // The place is looked at first: an export that cannot be written is not noted in the record.
    let (mut sink, file) = sink(path)?;
    let mut export = match &id {
        Some(id) => begin_export(app, actor, id, format).await?,
        None => begin_practice_export(app, actor, format).await?,
    };
    let failed = |error: io::Error| failed(path, &error);
    match write(&mut export, &mut sink).await {
        Ok(()) => {}
        // Whoever reads the pipe has read enough.
        Err(Trouble::Write(error)) if path.is_none() && error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        Err(Trouble::Write(error)) => return Err(failed(error)),
        Err(Trouble::Read(stop)) => return Err(stop),
    }
    if let Some((file, path)) = file.zip(path) {
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        let head = export.head();
        let value = json!({ "engagement": id, "file": path, "entries": head.number, "head": head.hash });
        return out.say(&value, format!("{} entries written to {}. Head: {}", head.number, path.display(), head.hash));
    }
    Ok(())
}

enum Trouble {
    Read(Stop),
    Write(io::Error),
}

async fn write(export: &mut Export, sink: &mut Sink) -> Result<(), Trouble> {
    let bar = progress::bar("exporting", export.head().number);
    while let Some(piece) = export.next().await.map_err(|failure| Trouble::Read(failure.into()))? {
        sink.write_all(&piece).map_err(Trouble::Write)?;
        bar.set_position(export.written());
    }
    bar.finish_and_clear();
    sink.flush().map_err(Trouble::Write)
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
