//! Working items from the command line. Each part is a change of its own: what is done stays done if a later part is refused.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};
use tminus_app::{
    App,
    checklist::{
        arrange::{EditDue, EditItem, edit_item},
        comment::{AddComment, add_comment},
        evidence::{AddEvidence, AttachFile, ChooseWayOut, add_evidence, attach_file, choose_way_out},
        status::{AcceptItem, SetStatus, accept_item, set_status},
    },
};
use tminus_domain::{
    checklist::{item, status::State},
    engagement::Engagement,
    ids::{EngagementId, ItemId, PersonId},
    kit::task::{EvidenceKind, WayOutKind},
    rights::Actor,
};

use super::reference;
use crate::{
    config::Place,
    exit::Stop,
    open,
    print::{Out, bold, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Item {
    /// Change an item: evidence, way out, date, comment, then status or acceptance
    Set(Box<Set>),
    /// Show an item
    Show {
        item: String,
        /// The engagement, where the item is named by its key
        #[arg(long, short)]
        engagement: Option<String>,
    },
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Set {
    /// The item's id, or its key together with --engagement
    item: String,
    #[arg(long, short)]
    engagement: Option<String>,
    /// `to_do`, `in_progress`, `waiting_delivery`, `waiting_customer`, `waiting_third_party`, `blocked`, `submitted`, `done`, `waived` or
    /// `not_applicable`
    #[arg(long, value_parser = state, group = "what", conflicts_with = "accept")]
    status: Option<State>,
    /// Why; some statuses ask for it
    #[arg(long)]
    reason: Option<String>,
    /// Whom it waits for, with `waiting_third_party`
    #[arg(long)]
    third_party: Option<String>,
    /// A link that proves it
    #[arg(long, value_name = "URL", group = "what")]
    evidence_link: Vec<String>,
    /// A note that proves it
    #[arg(long, value_name = "TEXT", group = "what")]
    evidence_note: Vec<String>,
    /// A named fact that proves it
    #[arg(long, value_name = "FACT=VALUE", value_parser = pair, group = "what")]
    evidence_fact: Vec<(String, String)>,
    /// A file that proves it
    #[arg(long, value_name = "PATH", group = "what")]
    file: Vec<PathBuf>,
    /// A date set by hand, `none`, or `rule` to follow the kit's rule again
    #[arg(long, value_name = "DATE", value_parser = due, group = "what")]
    due: Option<Due>,
    /// What is done where there is not time enough: `move_anchor=…`, `expedite=…`, `work_around=…` or `waive=…`; needs --reason
    #[arg(long, value_name = "KIND=TEXT", value_parser = way_out, group = "what", requires = "reason")]
    way_out: Option<(WayOutKind, String)>,
    #[arg(long, value_name = "TEXT", group = "what")]
    comment: Option<String>,
    /// The comment is for the delivery side only
    #[arg(long, requires = "comment")]
    internal: bool,
    /// Accept what was submitted
    #[arg(long, group = "what")]
    accept: bool,
    /// Accept for a member of the other side; the evidence has to show their word
    #[arg(long, value_name = "EMAIL", requires = "accept")]
    on_behalf_of: Option<String>,
    /// The version that you looked at; if it is another by now, nothing is changed
    #[arg(long)]
    version: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Due {
    On(Date),
    None,
    Rule,
}

fn state(text: &str) -> Result<State, String> {
    text.replace('-', "_").parse().map_err(|()| format!("give one of {}", State::ALL.map(State::as_str).join(", ")))
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned())).ok_or_else(|| "write NAME=VALUE".to_owned())
}

fn due(text: &str) -> Result<Due, String> {
    match text {
        "none" => Ok(Due::None),
        "rule" => Ok(Due::Rule),
        date => date.parse().map(Due::On).map_err(|_| "write a date such as 2026-01-20, `none` or `rule`".to_owned()),
    }
}

fn way_out(text: &str) -> Result<(WayOutKind, String), String> {
    let (kind, text) = pair(text)?;
    let kind = serde_json::from_value(json!(kind)).map_err(|_| "give move_anchor, expedite, work_around or waive".to_owned())?;
    Ok((kind, text))
}

impl Item {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        match self {
            Self::Set(set) => set.run(app, &actor, out).await,
            Self::Show { item, engagement } => {
                let (view, id) = reference::item(app, &actor, &item, engagement.as_deref()).await?;
                show(&view.engagement, &id, out)
            }
        }
    }
}

/// The item that is worked on, and the version that whoever asks for it knows.
struct Work<'a> {
    app: &'a App,
    actor: &'a Actor,
    engagement: EngagementId,
    item: ItemId,
    version: Option<u32>,
    done: Vec<String>,
}

impl Set {
    async fn run(mut self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let (view, item) = reference::item(app, actor, &self.item, self.engagement.as_deref()).await?;
        let mut work = Work { app, actor, engagement: view.engagement.id.clone(), item, version: self.version, done: Vec::new() };
        let files = std::mem::take(&mut self.file);
        let files = files.into_iter().map(|path| Ok((std::fs::read(&path).map_err(|error| Stop::file("read", &path, &error))?, path)));
        let files = files.collect::<Result<Vec<_>, Stop>>()?;
        if let Err(stop) = self.apply(&mut work, files).await {
            return Err(if work.done.is_empty() { stop } else { stop.after(&format!("done before: {}", work.done.join(", "))) });
        }
        let view = tminus_app::engagement::list::show_engagement(app, actor, &work.engagement).await?;
        show(&view.engagement, &work.item, out)
    }

    async fn apply(self, work: &mut Work<'_>, files: Vec<(Vec<u8>, PathBuf)>) -> Result<(), Stop> {
        work.check_version().await?;
        for (bytes, path) in files {
            work.attach(&path, bytes).await?;
        }
        let links = self.evidence_link.into_iter().map(|text| (EvidenceKind::Link, None, text));
        let notes = self.evidence_note.into_iter().map(|text| (EvidenceKind::Note, None, text));
        let facts = self.evidence_fact.into_iter().map(|(fact, text)| (EvidenceKind::Fact, Some(fact), text));
        for (kind, fact, text) in links.chain(notes).chain(facts) {
            work.prove(kind, fact, text).await?;
        }
        if let Some((kind, text)) = self.way_out {
            work.way_out(kind, text, self.reason.clone().unwrap_or_default()).await?;
        }
        if let Some(due) = self.due {
            work.due(due).await?;
        }
        if let Some(text) = self.comment {
            let input = AddComment { item: work.item.clone(), text, internal: self.internal };
            add_comment(work.app, work.actor, &work.engagement, input).await?;
            work.done.push("the comment".to_owned());
        }
        if let Some(to) = self.status {
            let input =
                SetStatus { item: work.item.clone(), to, reason: self.reason, third_party: self.third_party, version: work.version };
            set_status(work.app, work.actor, &work.engagement, input).await?;
        }
        if self.accept {
            let on_behalf_of = match &self.on_behalf_of {
                Some(email) => Some(work.person(email).await?),
                None => None,
            };
            let input = AcceptItem { item: work.item.clone(), on_behalf_of, version: work.version };
            accept_item(work.app, work.actor, &work.engagement, input).await?;
        }
        Ok(())
    }
}

impl Work<'_> {
    fn did(&mut self, what: &str, item: &item::Item) {
        self.done.push(what.to_owned());
        // Our own change is no conflict with our next one.
        self.version = self.version.map(|_| item.version);
    }

    /// Files and comments carry no version of their own: a stale one is refused before anything is done.
    async fn check_version(&self) -> Result<(), Stop> {
        let view = tminus_app::engagement::list::show_engagement(self.app, self.actor, &self.engagement).await?;
        match view.engagement.item(&self.item) {
            Some(item) if self.version.is_some_and(|version| version != item.version) => {
                Err(tminus_app::Failure::Conflict(Some(item.clone())).into())
            }
            _ => Ok(()),
        }
    }

    async fn attach(&mut self, path: &std::path::Path, bytes: Vec<u8>) -> Result<(), Stop> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let input = AttachFile { item: self.item.clone(), name, media_type: String::new(), bytes: bytes.into(), version: self.version };
        let item = attach_file(self.app, self.actor, &self.engagement, input).await?;
        self.did(&format!("the file {}", path.display()), &item);
        Ok(())
    }

    async fn prove(&mut self, kind: EvidenceKind, fact: Option<String>, text: String) -> Result<(), Stop> {
        let input = AddEvidence { item: self.item.clone(), kind, text, fact: fact.as_deref().map(Into::into), version: self.version };
        let item = add_evidence(self.app, self.actor, &self.engagement, input).await?;
        self.did("the evidence", &item);
        Ok(())
    }

    async fn way_out(&mut self, kind: WayOutKind, text: String, reason: String) -> Result<(), Stop> {
        let input = ChooseWayOut { item: self.item.clone(), kind, text, reason, version: self.version };
        let item = choose_way_out(self.app, self.actor, &self.engagement, input).await?;
        self.did("the way out", &item);
        Ok(())
    }

    async fn due(&mut self, due: Due) -> Result<(), Stop> {
        let due = match due {
            Due::On(date) => EditDue::Pin(date),
            Due::None => EditDue::None,
            Due::Rule => EditDue::Rule(None),
        };
        let input = EditItem { item: self.item.clone(), version: self.version, due: Some(due), ..EditItem::default() };
        let item = edit_item(self.app, self.actor, &self.engagement, input).await?;
        self.did("the date", &item);
        Ok(())
    }

    async fn person(&self, email: &str) -> Result<PersonId, Stop> {
        let account = self.app.store.account_by_email(email).await?;
        account.map(|account| account.person.id).ok_or_else(|| Stop::not_found(format!("nobody here has the address “{email}”")))
    }
}

fn show(engagement: &Engagement, id: &ItemId, out: Out) -> Result<(), Stop> {
    let item = engagement.item(id).ok_or_else(|| Stop::not_found("the item is no longer there"))?;
    if out.json {
        return out.json(&line(engagement, item));
    }
    out.line(bold(plain(&item.content.title)))?;
    let due = item.due.as_ref().map(|due| format!("{} ({due})", due.date().map_or("no date yet".to_owned(), |date| date.to_string())));
    let owners: Vec<_> = engagement
        .owners(item)
        .iter()
        .map(|owner| format!("{}: {}", plain(owner.title), owner.person.map_or("nobody", |it| engagement.name(it))))
        .collect();
    let rows = [
        ("id", item.id.0.clone()),
        ("key", item.key.clone()),
        ("status", item.state().as_str().replace('_', " ")),
        ("reason", item.status.reason.as_deref().map(plain).unwrap_or_default()),
        ("court", item.court().as_str().replace('_', " ")),
        ("owners", owners.join("; ")),
        ("due", due.unwrap_or_default()),
        ("start by", item.start_by.map(|date| date.to_string()).unwrap_or_default()),
        ("evidence", item.proofs.iter().filter(|proof| !proof.withdrawn).map(|proof| plain(&proof.text)).collect::<Vec<_>>().join("; ")),
        ("version", item.version.to_string()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    out.table(&filled.map(|(name, value)| vec![format!("  {name}"), value]).collect::<Vec<_>>())
}

/// An item for programs.
pub(super) fn line(engagement: &Engagement, item: &item::Item) -> Value {
    let owners: Vec<_> = engagement
        .owners(item)
        .iter()
        .map(|owner| json!({ "role": owner.role, "side": owner.side, "person": owner.person, "name": owner.person.map(|it| engagement.name(it)) }))
        .collect();
    json!({
        "engagement": engagement.id, "id": item.id, "key": item.key, "activity": item.activity, "parent": item.parent,
        "title": item.content.title, "status": item.state(), "since": item.status.since, "reason": item.status.reason,
        "third_party": item.status.third_party, "court": item.court(), "owners": owners, "due": item.due_on(),
        "due_because": item.due.as_ref().map(ToString::to_string), "start_by": item.start_by, "pinned": item.pinned,
        "gates": item.content.gates, "evidence": item.proofs, "way_out": item.way_out, "comments": item.comments,
        "internal": item.content.internal, "version": item.version,
    })
}
