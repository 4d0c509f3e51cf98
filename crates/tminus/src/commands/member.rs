//! Members of an engagement: the register as a table, out and in, and colleagues whom the customer names.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use tminus_app::{
    people::{
        colleague::{NameColleague, Named, WayIn, name_colleague},
        member::list_members,
        table::{Preview, Table, What, import_register, preview_register, register_csv},
    },
    spreadsheet::MAX_TABLE,
};
use tminus_domain::rights::Function;

use crate::{
    commands::reference::{self, Within, function},
    config::Place,
    exit::Stop,
    open,
    print::{Out, count, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Member {
    /// List the members of an engagement
    List(Within),
    /// Write the register as comma-separated values, one row a member
    Export {
        #[command(flatten)]
        within: Within,
        /// The file to write [default: standard output]
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Read members from a CSV, an Excel workbook or the cards of an address book: look first, then --apply
    Import {
        /// The file to read; `-` is standard input
        file: PathBuf,
        #[command(flatten)]
        within: Within,
        /// What those may do who join in a row that does not say it: `customer_member`, `delivery_member`, …
        #[arg(long, value_parser = function)]
        function: Option<Function>,
        /// Take it over; without this nothing is changed
        #[arg(long)]
        apply: bool,
    },
    /// Put a colleague of yours on an engagement; for people of the customer
    Name {
        name: String,
        email: String,
        #[command(flatten)]
        within: Within,
    },
}

impl Member {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        let id = reference::engagement(app, &actor, &self.within().engagement).await?.engagement.id.clone();
        match self {
            Self::List(_) => {
                let members = list_members(app, &actor, &id).await?;
                if out.json {
                    let line = |(member, person): &(_, _)| line(member, person);
                    return out.json(&members.iter().map(line).collect::<Vec<_>>());
                }
                let rows: Vec<_> = members
                    .iter()
                    .map(|(member, person)| vec![plain(&person.name), plain(&person.email), member.function.as_str().to_owned()])
                    .collect();
                out.table(&rows)
            }
            Self::Export { output, .. } => {
                let table = register_csv(app, &actor, &id).await?;
                let Some(path) = output else { return out.bytes(&table) };
                std::fs::write(&path, &table).map_err(|error| Stop::file("written", &path, &error))?;
                let entries = list_members(app, &actor, &id).await?.len();
                let told = format!("{} written to {}.", count(entries, "member"), path.display());
                out.say(&json!({ "engagement": id, "file": path, "members": entries }), told)
            }
            Self::Import { file, function, apply, .. } => {
                let bytes = read(&file)?;
                let table = Table { file: &bytes, function, seen: None };
                let preview = preview_register(app, &actor, &id, table).await?;
                if !preview.problems.is_empty() {
                    tell(&preview, false, out)?;
                    return Err(Stop::said());
                }
                if apply {
                    import_register(app, &actor, &id, Table { seen: Some(&preview.edition), ..table }).await?;
                }
                tell(&preview, apply, out)
            }
            Self::Name { name, email, .. } => {
                let Named { person, name, way_in } = name_colleague(app, &actor, &id, NameColleague { name, email }).await?;
                let told = match way_in {
                    WayIn::There => "was on the engagement already",
                    WayIn::Mailed => "is on the engagement; a link is mailed to them",
                    WayIn::Waits => "is on the engagement, and waits for a link: whoever may invite makes them one",
                };
                let told = format!("{} {told}.", plain(&name));
                out.say(&json!({ "engagement": id, "person": person, "mailed": way_in == WayIn::Mailed }), told)
            }
        }
    }

    fn within(&self) -> &Within {
        match self {
            Self::List(within) | Self::Export { within, .. } | Self::Import { within, .. } | Self::Name { within, .. } => within,
        }
    }
}

fn line(member: &tminus_domain::people::Member, person: &tminus_domain::people::Person) -> Value {
    json!({
        "person": person.id, "name": person.name, "email": person.email, "side": member.side(), "function": member.function,
        "roles": member.roles, "workstreams": member.workstreams, "parts": member.parts, "site": member.site, "zone": person.zone,
        "calendar": member.calendar, "days": member.days, "account_team": member.account_team, "onsite": member.onsite,
        "device": member.device, "from": member.from, "until": member.until,
    })
}

/// What is in a file; no more of it than a table may have.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| Stop::file("read", path, &error);
    let most = MAX_TABLE as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() > MAX_TABLE {
        return Err(Stop::refused(format!("{} is larger than {MAX_TABLE} bytes; nothing was changed", path.display())));
    }
    Ok(bytes)
}

fn tell(preview: &Preview, applied: bool, out: Out) -> Result<(), Stop> {
    if out.json {
        let line = |it: &tminus_app::people::table::Line| json!({ "line": it.number, "name": it.name, "email": it.email, "what": it.what.as_str(), "changes": it.changes });
        let problem = |it: &tminus_app::spreadsheet::Problem| json!({ "line": it.line, "why": it.why });
        return out.json(&json!({
            "applied": applied,
            "lines": preview.lines.iter().map(line).collect::<Vec<_>>(),
            "problems": preview.problems.iter().map(problem).collect::<Vec<_>>(),
        }));
    }
    let words = |what: What| match what {
        What::Added => "new here, joins",
        What::Joins => "joins",
        What::Changes => "changes",
        What::Same => "stays as it is",
    };
    let row = |it: &tminus_app::people::table::Line| {
        vec![format!("line {}", it.number), plain(&it.name), plain(&it.email), words(it.what).to_owned(), plain(&it.changes.join("; "))]
    };
    out.table(&preview.lines.iter().map(row).collect::<Vec<_>>())?;
    for problem in &preview.problems {
        out.line(crate::print::red(format!("line {}: {}", problem.line, plain(&problem.why))))?;
    }
    let changes = preview.lines.iter().filter(|line| line.what != What::Same).count();
    out.line(match (preview.problems.len(), changes, applied) {
        (0, 0, _) => "Nothing changes.".to_owned(),
        (0, changes, true) => format!("{changes} taken over."),
        (0, changes, false) => format!("{changes} would change; nothing was changed yet. Take it over with --apply."),
        (wrong, ..) => format!("{} to mend; nothing was changed.", count(wrong, "problem")),
    })
}
