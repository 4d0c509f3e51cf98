//! Proving records: from an export alone, or all that a database holds.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde_json::{Value, json};
use tminus_app::record::form::{FORM, First, Last, Line};
use tminus_domain::record::chain::{Entry, Head, Verifier};
use tminus_store::Store;

use crate::{
    exit::Stop,
    print::{Out, count, plain, red},
    progress,
};

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    line: u64,
    entry: Option<u64>,
    message: String,
}

/// What a sound export proves.
struct Proved {
    /// `None` where the export is of entries alone.
    first: Option<First>,
    head: Head,
    erased: u64,
}

pub(super) fn file(path: &Path, head: Option<&str>, out: Out) -> Result<(), Stop> {
    let lines: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|error| Stop::file("read", path, &error))?))
    };
    match prove(lines, head).map_err(|error| Stop::file("read", path, &error))? {
        Ok(proved) => tell(&proved, out),
        Err(Wrong { line, entry, message }) => {
            let value = json!({ "ok": false, "line": line, "entry": entry, "problem": message });
            out.say(&value, red(format!("The record is broken: {}:{line}: {}", path.display(), plain(&message))))?;
            Err(Stop::said())
        }
    }
}

fn tell(Proved { first, head, erased }: &Proved, out: Out) -> Result<(), Stop> {
    let mut value = json!({ "ok": true, "entries": head.number, "head": head.hash, "erased": erased, "end_proved": first.is_some() });
    let gone = if *erased > 0 {
        format!(" {} erased on purpose.", count(usize::try_from(*erased).unwrap_or(usize::MAX), "text"))
    } else {
        String::new()
    };
    let whole = format!("{} entries, head {}.{gone}", head.number, head.hash);
    let Some(first) = first else {
        let open_end = "It has no head line, so whether entries are missing at its end is not proved; --head HASH proves it.";
        return out.say(&value, format!("The chain holds: {whole} {open_end}"));
    };
    value["engagement"] = json!(first.engagement);
    value["title"] = json!(first.title);
    value["customer"] = json!(first.customer);
    value["exported_at"] = json!(first.exported_at);
    let of_whom = if first.customer.is_empty() { String::new() } else { format!(" for {}", plain(&first.customer)) };
    out.say(&value, format!("The record is whole: {}{of_whom}, {whole}", plain(&first.title)))
}

fn prove(lines: impl BufRead, known: Option<&str>) -> io::Result<Result<Proved, Wrong>> {
    let mut proof = Proof::default();
    for line in lines.split(b'\n') {
        let line = line?;
        if let Err(wrong) = proof.line(line.strip_suffix(b"\r").unwrap_or(&line)) {
            return Ok(Err(wrong));
        }
    }
    Ok(proof.end(known))
}

#[derive(Default)]
struct Proof {
    line: u64,
    first: Option<First>,
    /// Entries alone, as somebody may have cut them out of an export.
    bare: bool,
    verifier: Verifier,
    last: Option<Head>,
}

impl Proof {
    fn wrong(&self, entry: Option<u64>, message: impl Into<String>) -> Wrong {
        Wrong { line: self.line, entry, message: message.into() }
    }

    fn line(&mut self, text: &[u8]) -> Result<(), Wrong> {
        self.line += 1;
        if self.line == 1 && serde_json::from_slice::<Line>(text).is_ok() {
            self.bare = true;
        } else if self.line == 1 {
            let first = serde_json::from_slice::<First>(text).ok().filter(|first| first.tminus_record == FORM);
            let foreign = "this is no record that Tminus exported: its first line does not say so";
            self.first = Some(first.ok_or_else(|| self.wrong(None, foreign))?);
            return Ok(());
        }
        if self.bare && text.is_empty() {
            return Ok(());
        }
        if self.last.is_some() {
            let rest =
                if text.is_empty() { Ok(()) } else { Err(self.wrong(None, "something stands after the head, which is the last line")) };
            return rest;
        }
        if let Ok(Last { head }) = serde_json::from_slice(text) {
            self.last = Some(head);
            return Ok(());
        }
        self.entry(text)
    }

    fn entry(&mut self, text: &[u8]) -> Result<(), Wrong> {
        let number = self.verifier.head().number + 1;
        let unreadable = || format!("entry {number} belongs here, and this line is not an entry");
        let line: Line = serde_json::from_slice(text).map_err(|_| self.wrong(Some(number), unreadable()))?;
        let entry = Entry::from(line);
        self.verifier.check(&entry).map_err(|broken| self.wrong(Some(number), broken.to_string()))?;
        let content: Value = serde_json::from_str(&entry.content).unwrap_or_default();
        let engagement = self.first.as_ref().map(|first| first.engagement.as_str());
        if engagement.is_some() && content["chain"].as_str() != engagement {
            return Err(self.wrong(Some(number), format!("entry {number} is of another record than the first line says")));
        }
        Ok(())
    }

    fn end(self, known: Option<&str>) -> Result<Proved, Wrong> {
        let found = self.verifier.head().clone();
        let at = |message: String| self.wrong(None, message);
        if self.last.is_none() && !self.bare {
            let nothing =
                if self.first.is_none() { "the file is empty" } else { "the export was cut off: its last line, the head, is missing" };
            return Err(at(format!("{nothing}; entries up to {} are there", found.number)));
        }
        if let Some(last) = self.last.as_ref().filter(|last| last.number != found.number) {
            let missing = "entries are missing at the end";
            return Err(at(format!("the head says that there are {} entries, and {} are there: {missing}", last.number, found.number)));
        }
        if self.last.as_ref().is_some_and(|last| last.hash != found.hash) {
            return Err(at(format!("the head does not match entry {}, the last one", found.number)));
        }
        if known.is_some_and(|known| !known.eq_ignore_ascii_case(&found.hash)) {
            return Err(at(
                "the chain holds, but its head is not the one that you know: it is another record, or an earlier state of it".to_owned()
            ));
        }
        let erased = self.verifier.erased();
        Ok(Proved { first: self.first, head: found, erased })
    }
}

pub(super) async fn database(store: &Store, out: Out) -> Result<(), Stop> {
    let (records, problems) = whole(store).await?;
    let value = json!({ "ok": problems.is_empty(), "records": records, "problems": problems });
    if problems.is_empty() {
        return out.say(&value, format!("All {} are whole.", count(records, "record")));
    }
    out.say(&value, red(format!("Broken: {}", problems.join("; "))))?;
    Err(Stop::said())
}

/// Reads every entry of every chain, and every page of the database. How many chains there are, and what is wrong.
pub(crate) async fn whole(store: &Store) -> Result<(usize, Vec<String>), Stop> {
    const STRETCH: u64 = 1_000;
    let mut problems: Vec<String> = store.damage().await?.into_iter().map(|line| format!("the database file is damaged: {line}")).collect();
    let chains = store.chains().await?;
    let bar = progress::bar("verifying", chains.len() as u64);
    for (chain, head) in &chains {
        let mut verifier = Verifier::default();
        let broken = loop {
            let entries = store.stretch(chain, verifier.head().number, STRETCH).await?;
            if entries.is_empty() {
                break None;
            }
            if let Some(broken) = entries.iter().find_map(|entry| verifier.check(entry).err()) {
                break Some(broken.to_string());
            }
        };
        let found = verifier.head();
        let short = (found != head).then(|| format!("it ends at entry {}, and not at {}", found.number, head.number));
        problems.extend(broken.or(short).map(|what| format!("record {chain}: {what}")));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((chains.len(), problems))
}
