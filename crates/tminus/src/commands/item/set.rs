//! Working an item. What one run asks for is one change: all of it, or nothing.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use jiff::civil::Date;
use serde_json::json;
use tminus_app::{
    App,
    checklist::{
        arrange::{EditDue, EditItem},
        comment::AddComment,
        evidence::{AddEvidence, AttachFile, ChooseWayOut},
        status::{AcceptItem, SetStatus},
        together::{WorkOn, work_on},
    },
};
use tminus_domain::{
    checklist::status::State,
    ids::{ItemId, PersonId},
    kit::{
        Side,
        task::{EvidenceKind, WayOutKind},
    },
    rights::Actor,
};

use super::show::show;
use crate::{commands::reference, exit::Stop, print::Out};

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Set {
    /// The item's id; with --engagement its key or its number too
    item: String,
    /// The engagement, where the item is named by its key or number
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
    /// Who owns it on a side in place of whom the role resolves to: `delivery=dee@example.com`, or `delivery=` for the role again
    #[arg(long, value_name = "SIDE=EMAIL", value_parser = assign, group = "what")]
    assign: Vec<(Side, Option<String>)>,
    /// What is done where there is not time enough: `move_anchor=…`, `expedite=…`, `work_around=…` or `waive=…`; needs --reason
    #[arg(long, value_name = "KIND=TEXT", value_parser = way_out, group = "what", requires = "reason")]
    way_out: Option<(WayOutKind, String)>,
    /// A comment on it, which both sides read unless --internal is given
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

pub(super) fn state(text: &str) -> Result<State, String> {
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

fn assign(text: &str) -> Result<(Side, Option<String>), String> {
    let (side, email) = pair(text)?;
    let side = side.parse().map_err(|()| "give delivery, customer or partner, as in delivery=dee@example.com".to_owned())?;
    Ok((side, Some(email.trim().to_owned()).filter(|email| !email.is_empty())))
}

fn way_out(text: &str) -> Result<(WayOutKind, String), String> {
    let (kind, text) = pair(text)?;
    let kind = serde_json::from_value(json!(kind)).map_err(|_| "give move_anchor, expedite, work_around or waive".to_owned())?;
    Ok((kind, text))
}

impl Set {
    pub(super) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let (view, item) = reference::item(app, actor, &self.item, self.engagement.as_deref()).await?;
        let engagement = view.engagement.id.clone();
        let input = self.input(app, item.clone()).await?;
        work_on(app, actor, &engagement, input).await?;
        let view = tminus_app::engagement::list::show_engagement(app, actor, &engagement).await?;
        show(app, &view.engagement, &item, out)
    }

    async fn input(self, app: &App, item: ItemId) -> Result<WorkOn, Stop> {
        let reason = self.reason.clone();
        let mut edits = Vec::new();
        for (side, email) in &self.assign {
            let person = person(app, email.as_deref()).await?;
            edits.push(EditItem { item: item.clone(), assign: Some((*side, person)), ..EditItem::default() });
        }
        let due = self.due.map(|due| match due {
            Due::On(date) => EditDue::Pin(date),
            Due::None => EditDue::None,
            Due::Rule => EditDue::Rule(None),
        });
        edits.extend(due.map(|due| EditItem { item: item.clone(), due: Some(due), ..EditItem::default() }));
        let on_behalf_of = person(app, self.on_behalf_of.as_deref()).await?;
        let files = self.file.iter().map(|path| file(&item, path)).collect::<Result<_, Stop>>()?;
        let links = self.evidence_link.into_iter().map(|text| (EvidenceKind::Link, None, text));
        let notes = self.evidence_note.into_iter().map(|text| (EvidenceKind::Note, None, text));
        let facts = self.evidence_fact.into_iter().map(|(fact, text)| (EvidenceKind::Fact, Some(fact.as_str().into()), text));
        let proof = |(kind, fact, text)| AddEvidence { item: item.clone(), kind, text, fact, version: None };
        let way_out = self.way_out.map(|(kind, text)| {
            let reason = reason.clone().unwrap_or_default();
            ChooseWayOut { item: item.clone(), kind, text, reason, version: None }
        });
        let status =
            |to| SetStatus { item: item.clone(), to, reason: reason.clone(), third_party: self.third_party.clone(), version: None };
        Ok(WorkOn {
            item: item.clone(),
            version: self.version,
            files,
            evidence: links.chain(notes).chain(facts).map(proof).collect(),
            way_out,
            edits,
            comment: self.comment.map(|text| AddComment { item: item.clone(), text, internal: self.internal }),
            status: self.status.map(status),
            accept: self.accept.then(|| AcceptItem { item: item.clone(), on_behalf_of, version: None }),
        })
    }
}

fn file(item: &ItemId, path: &std::path::Path) -> Result<AttachFile, Stop> {
    let bytes = std::fs::read(path).map_err(|error| Stop::file("read", path, &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(AttachFile { item: item.clone(), name, bytes: bytes.into(), version: None })
}

async fn person(app: &App, email: Option<&str>) -> Result<Option<PersonId>, Stop> {
    let Some(email) = email else { return Ok(None) };
    let account = app.store.account_by_email(email).await?;
    account.map(|account| Some(account.person.id)).ok_or_else(|| Stop::not_found(format!("nobody here has the address “{email}”")))
}
