//! The checklist as a table, out and in.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tminus_app::{
    App,
    checklist::table::{Line, Preview, Table, What, checklist_csv, import_checklist, preview_checklist},
};
use tminus_domain::{checklist::filter::Filter, rights::Actor};

use crate::{
    commands::{member::read, reference},
    exit::Stop,
    print::{Out, count, plain},
};

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[arg(long, short)]
    engagement: String,
    /// Leave out what is internal, for a table that goes to the customer
    #[arg(long)]
    shared: bool,
    /// Leave out what is closed
    #[arg(long)]
    open: bool,
    /// The file to write [default: standard output]
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The file to read; `-` is standard input
    file: PathBuf,
    #[arg(long, short)]
    engagement: String,
    /// Who filled it in, by e-mail address [default: you]
    #[arg(long)]
    of: Option<String>,
    /// Take it over; without this nothing is changed
    #[arg(long)]
    apply: bool,
}

impl Export {
    pub(super) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let id = reference::engagement(app, actor, &self.engagement).await?.engagement.id.clone();
        let filter = Filter { open: self.open, ..Filter::default() };
        let table = checklist_csv(app, actor, &id, (&filter, self.shared)).await?;
        let Some(path) = self.output else { return out.bytes(&table) };
        std::fs::write(&path, &table).map_err(|error| Stop::file("written", &path, &error))?;
        out.say(&json!({ "engagement": id, "file": path }), format!("The checklist is in {}.", path.display()))
    }
}

impl Import {
    pub(super) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let view = reference::engagement(app, actor, &self.engagement).await?;
        let id = &view.engagement.id;
        let of = match &self.of {
            Some(email) => {
                let unknown = || Stop::not_found(format!("nobody has the address “{email}”"));
                Some(app.store.account_by_email(email).await?.ok_or_else(unknown)?.person.id)
            }
            None => None,
        };
        let file = read(&self.file)?;
        let table = Table { file: &file, of, seen: None };
        let preview = preview_checklist(app, actor, id, &table).await?;
        if self.apply && preview.problem.is_none() {
            return tell(&import_checklist(app, actor, id, &table).await?, true, out);
        }
        tell(&preview, false, out)
    }
}

fn tell(preview: &Preview, applied: bool, out: Out) -> Result<(), Stop> {
    if let Some(problem) = &preview.problem {
        return Err(Stop::refused(format!("line {}: {}; nothing was changed", problem.line, problem.why)));
    }
    if out.json {
        let line = |it: &Line| {
            let (changes, why) = match &it.what {
                What::Changes(changes) => (changes.clone(), None),
                What::Same => (Vec::new(), None),
                What::Left(why) => (Vec::new(), Some(why)),
            };
            json!({ "line": it.number, "item": it.item, "title": it.title, "whom": it.whom, "what": it.what.as_str(), "changes": changes, "why": why })
        };
        return out.json(&json!({ "applied": applied, "lines": preview.lines.iter().map(line).collect::<Vec<_>>() }));
    }
    let row = |it: &Line| {
        let told = match &it.what {
            What::Changes(changes) => changes.join("; "),
            What::Same => return None,
            What::Left(why) => format!("stays as it is: {why}"),
        };
        Some(vec![format!("line {}", it.number), plain(&it.title), plain(&it.whom), plain(&told)])
    };
    out.table(&preview.lines.iter().filter_map(row).collect::<Vec<_>>())?;
    let left = match preview.left() {
        0 => String::new(),
        left => format!(" Left as they are: {}.", count(left, "row")),
    };
    out.line(match (preview.changes(), applied) {
        (0, _) => format!("Nothing changes.{left}"),
        (changes, true) => format!("{changes} taken over.{left}"),
        (changes, false) => format!("{changes} would change; nothing was changed yet. Take it over with --apply.{left}"),
    })
}
