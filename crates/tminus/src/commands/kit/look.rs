//! Looking at kits as files.

use std::path::Path;

use serde_json::json;
use tminus_kits::{
    check,
    files::Files,
    inspect::{self, Inspection},
    problem::{Problem, Severity},
    totals::Totals,
};

use crate::{
    exit::Stop,
    print::{Out, bold, count, plain, red},
    progress,
};

pub(super) fn read(path: &Path) -> Inspection {
    let spinner = progress::spinner("reading");
    let inspection = inspect::inspect(&Files::open(path));
    spinner.finish_and_clear();
    inspection
}

/// Refused where the path itself is not there.
pub(super) fn there(path: &Path) -> Result<(), Stop> {
    std::fs::metadata(path).map(drop).map_err(|error| Stop::file("read", path, &error))
}

pub(super) fn inspect(path: &Path, out: Out) -> Result<(), Stop> {
    there(path)?;
    let inspection = read(path);
    tell(&inspection, out)?;
    if inspection.is_rejected() { Err(Stop::said()) } else { Ok(()) }
}

pub(super) fn check(path: &Path, strict: bool, out: Out) -> Result<(), Stop> {
    there(path)?;
    let mut inspection = read(path);
    let slips: Vec<Problem> = inspection.kits.iter().flat_map(|found| check::check(&found.kit)).collect();
    inspection.problems.extend(slips);
    let worst = inspection.problems.iter().map(|problem| problem.severity).max();
    tell(&inspection, out)?;
    let refused = inspection.is_rejected() || strict && worst >= Some(Severity::Warning);
    if refused { Err(Stop::said()) } else { Ok(()) }
}

fn tell(inspection: &Inspection, out: Out) -> Result<(), Stop> {
    if out.json {
        let Inspection { format, name, version, totals, problems, kit, kits } = inspection;
        let mut value = json!({ "format": format, "name": name, "version": version, "totals": totals, "problems": problems, "kit": kit });
        if kits.len() > 1 {
            // Each with its own figures; the one that stands under `kit` is not written out again.
            let main = kits.iter().position(|found| kit.as_ref() == Some(&found.kit));
            let line = |(place, found): (usize, &inspect::Found)| {
                let inspect::Found { format, name, version, totals, kit } = found;
                let mut line = json!({ "format": format, "name": name, "version": version, "totals": totals });
                if Some(place) != main {
                    line["kit"] = json!(kit);
                }
                line
            };
            value["kits"] = kits.iter().enumerate().map(line).collect();
        }
        return out.json(&value);
    }
    heading(inspection, out)?;
    figures(&inspection.totals, out)?;
    for problem in &inspection.problems {
        let line = plain(&problem.to_string());
        if problem.severity == Severity::Error { out.line(red(line))? } else { out.line(line)? }
    }
    let of = |severity| inspection.problems.iter().filter(|problem| problem.severity == severity).count();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let verdict = if inspection.is_rejected() { red("Rejected; nothing of it would be imported") } else { "Usable".to_owned() };
    out.line(format!("{verdict}: {}, {}, {}.", count(errors, "error"), count(warnings, "warning"), count(notes, "note")))
}

fn heading(inspection: &Inspection, out: Out) -> Result<(), Stop> {
    let format = if inspection.format.is_empty() { String::new() } else { format!(" ({})", inspection.format) };
    out.line(bold(format!("{} {}{format}", plain(&inspection.name), plain(&inspection.version))))?;
    if inspection.kits.len() > 1 {
        let line = |found: &inspect::Found| vec![format!("  {}", plain(&found.name)), plain(&found.version), found.format.to_owned()];
        out.table(&inspection.kits.iter().map(line).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn figures(totals: &Totals, out: Out) -> Result<(), Stop> {
    let rows: Vec<_> = totals.found().map(|(name, count)| (name.replace('_', " "), count.to_string())).collect();
    let widest = rows.iter().map(|(_, count)| count.len()).max().unwrap_or(0);
    out.table(&rows.into_iter().map(|(name, count)| vec![format!("  {name}"), format!("{count:>widest$}")]).collect::<Vec<_>>())
}
