//! Evidence: links, notes, facts and files; and ways out where a lead time no longer fits.

use bytes::Bytes;
use tminus_connect::scanner::Unclean;
use tminus_domain::{
    checklist::{
        item::{Item, Mark, Proof},
        status::State,
    },
    ids::{EngagementId, FactId, FileId, ItemId},
    kit::{
        Side,
        task::{EvidenceKind, WayOutKind},
    },
    record::fact::FactKind,
    rights::{Actor, Right},
};
use tminus_store::{Change, files::File};

use super::{Done, Seen, item_of, may_attach, may_work_on, media::media_type, status::fact};
use crate::{App, Failure, Refusal, sha256_hex};

/// The largest file that is kept, in bytes.
pub const MAX_FILE: usize = 25 * 1024 * 1024;

pub struct AddEvidence {
    pub item: ItemId,
    pub kind: EvidenceKind,
    /// The link, the note or the value.
    pub text: String,
    pub fact: Option<FactId>,
    pub version: Option<u32>,
}

pub async fn add_evidence(app: &App, actor: &Actor, engagement: &EngagementId, input: AddEvidence) -> Result<Done<Item>, Failure> {
    not_a_file(input.kind)?;
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let proven = prove(app, actor, &mut change, input)?;
    Done::save(app, actor, change, proven).await
}

pub(super) fn prove(app: &App, actor: &Actor, change: &mut Change, input: AddEvidence) -> Result<Item, Failure> {
    let item = item_of(change, &input.item, input.version)?;
    may_work_on(app, change, &item, actor)?;
    let proof = proof(app, actor, input.kind, input.text, input.fact);
    let word = kind_word(proof.kind);
    let fact = fact(FactKind::EvidenceAdded, &item).to(word).text("evidence", &proof.text);
    let proven = Item::clone(&item).prove(proof)?;
    change.record(fact);
    change.save_item(proven.clone());
    Ok(proven)
}

pub(super) fn not_a_file(kind: EvidenceKind) -> Result<(), Failure> {
    if kind == EvidenceKind::File { Err(Refusal::field("kind", "attach the file itself").into()) } else { Ok(()) }
}

pub struct AttachFile {
    pub item: ItemId,
    pub name: String,
    pub bytes: Bytes,
    pub version: Option<u32>,
}

/// Keeps a file as evidence.
pub async fn attach_file(app: &App, actor: &Actor, engagement: &EngagementId, input: AttachFile) -> Result<Done<Item>, Failure> {
    // Rights are checked before the bytes are kept, and again under the lock.
    may_attach(app, actor, engagement, &Seen { item: input.item.clone(), version: input.version }).await?;
    let file = keep(app, input).await?;
    let id = file.id.clone();
    let attached = async {
        let mut change = app.change(actor, engagement, Right::AttachFiles).await?;
        let proven = attach(app, actor, &mut change, file).await?;
        Done::save(app, actor, change, proven).await
    };
    kept_if_done(app, &[id], attached.await).await
}

/// Bytes that no change names in the end are let go of.
pub(super) async fn kept_if_done<T>(app: &App, files: &[FileId], done: Result<T, Failure>) -> Result<T, Failure> {
    if done.is_err() {
        for id in files {
            if let Err(error) = app.store.let_go_of_bytes(id).await {
                tracing::warn!(%error, file = id.as_str(), "the bytes of a refused file stay");
            }
        }
    }
    done
}

/// A file whose bytes are kept already; it is evidence once a change says so.
pub(super) struct KeptFile {
    pub(super) id: FileId,
    item: ItemId,
    name: String,
    media_type: String,
    size: u64,
    sha256: String,
    version: Option<u32>,
}

pub(super) async fn keep(app: &App, input: AttachFile) -> Result<KeptFile, Failure> {
    let name = file_name(&input.name)?;
    if input.bytes.is_empty() {
        return Err(Refusal::field("file", "the file is empty").into());
    }
    if input.bytes.len() > MAX_FILE {
        return Err(Refusal::field("file", format!("the file is larger than {} MiB", MAX_FILE / 1024 / 1024)).into());
    }
    scan(app, &input.bytes).await?;
    let media_type = media_type(&name, &input.bytes)?.to_owned();
    let id = FileId(app.fresh_id());
    let (size, sha256) = (input.bytes.len() as u64, sha256_hex(&input.bytes));
    app.store.keep_bytes(&id, input.bytes).await?;
    Ok(KeptFile { id, item: input.item, name, media_type, size, sha256, version: input.version })
}

/// A file that nobody can look at is not kept either.
async fn scan(app: &App, bytes: &Bytes) -> Result<(), Failure> {
    let Some(scanner) = &app.scanner else { return Ok(()) };
    let Err(unclean) = scanner.look(bytes).await else { return Ok(()) };
    tracing::warn!(%unclean, "a file was not kept");
    Err(match unclean {
        Unclean::Found(_) => Refusal::Malware,
        Unclean::Unknown(_) => Refusal::Unscanned,
    }
    .into())
}

pub(super) async fn attach(app: &App, actor: &Actor, change: &mut Change, kept: KeptFile) -> Result<Item, Failure> {
    let KeptFile { id, item, name, media_type, size, sha256, version } = kept;
    let item = item_of(change, &item, version)?;
    may_work_on(app, change, &item, actor)?;
    let file = File {
        id: id.clone(),
        item: item.id.clone(),
        by: actor.person.clone(),
        at: app.now(),
        internal: change.engagement().hides(&item),
        name: name.clone(),
        media_type,
        bytes: size,
        sha256: sha256.clone(),
    };
    change.add_file(&file).await?;
    let proof = Proof { file: Some(id), ..proof(app, actor, EvidenceKind::File, name, None) };
    let fact = fact(FactKind::EvidenceAdded, &item)
        .to(serde_json::json!({ "file": file.id, "bytes": size, "sha256": sha256 }))
        .text("evidence", &proof.text);
    let proven = Item::clone(&item).prove(proof)?;
    change.record(fact);
    change.save_item(proven.clone());
    Ok(proven)
}

/// The name without any folder, safe to show and to save under.
fn file_name(name: &str) -> Result<String, Failure> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).collect();
    let name = name.trim().trim_end_matches('.').to_owned();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Refusal::field("file", "a file's name has 1 to 200 characters").into());
    }
    Ok(name)
}

/// A file of an engagement that the actor may see.
pub async fn read_file(app: &App, actor: &Actor, engagement: &EngagementId, id: &FileId) -> Result<(File, Bytes), Failure> {
    let view = app.view(actor, engagement, Right::ReadFiles).await?;
    let (file, bytes) = app.store.file(&view.scope, id).await?.ok_or(Failure::NotFound)?;
    // A file of an item that the actor cannot see is not there for them either.
    view.engagement.item(&file.item).ok_or(Failure::NotFound)?;
    Ok((file, bytes))
}

/// Takes a piece of evidence back. It stays visible and no longer counts.
pub async fn withdraw_evidence(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    seen: impl Into<Seen>,
    proof: &str,
) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let Seen { item, version } = seen.into();
    let item = item_of(&change, &item, version)?;
    may_work_on(app, &change, &item, actor)?;
    let found = item.proofs.iter().find(|it| it.id == proof);
    // Of somebody who left the engagement no side is known: then it is the delivery side's to withdraw.
    let by_customer = found.is_some_and(|it| change.engagement().member(&it.by).is_some_and(|member| member.side() == Side::Customer));
    if found.is_some() && by_customer != (change.scope().side() == Side::Customer) {
        return Err(Refusal::field("evidence", "the other side added it, and only they withdraw it").into());
    }
    if item.state() == State::Done && item.accepted.is_some() {
        return Err(Refusal::field("evidence", "the item was accepted with it: put the item back to work first").into());
    }
    let text = found.map(|it| it.text.clone()).unwrap_or_default();
    let withdrawn = Item::clone(&item).withdraw(proof)?;
    change.record(fact(FactKind::EvidenceWithdrawn, &item).text("evidence", text));
    change.save_item(withdrawn.clone());
    Done::save(app, actor, change, withdrawn).await
}

pub struct ChooseWayOut {
    pub item: ItemId,
    pub kind: WayOutKind,
    pub text: String,
    pub reason: String,
    pub version: Option<u32>,
}

/// Decides what is done where a lead time no longer fits. The start-by date follows a faster way.
pub async fn choose_way_out(app: &App, actor: &Actor, engagement: &EngagementId, input: ChooseWayOut) -> Result<Done<Item>, Failure> {
    let mut change = app.change(actor, engagement, Right::EditChecklist).await?;
    let chosen = choose(app, actor, &mut change, input)?;
    Done::save(app, actor, change, chosen).await
}

pub(super) fn choose(app: &App, actor: &Actor, change: &mut Change, input: ChooseWayOut) -> Result<Item, Failure> {
    let item = item_of(change, &input.item, input.version)?;
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of: None };
    let mut chosen = Item::clone(&item).choose_way_out(input.kind, &input.text, &input.reason, mark)?;
    let calendars = tminus_domain::schedule::Calendars::new(change.engagement().plan.setup.calendars.clone())?;
    if let Some((due, lead)) = chosen.due_on().zip(chosen.lead()) {
        chosen.start_by = Some(calendars.start_by(due, lead)?);
    }
    let fact = fact(FactKind::WayOutChosen, &item).to(serde_json::json!(input.kind)).text("way_out", input.text).why(Some(input.reason));
    change.record(fact);
    change.save_item(chosen.clone());
    Ok(chosen)
}

fn proof(app: &App, actor: &Actor, kind: EvidenceKind, text: String, fact: Option<FactId>) -> Proof {
    Proof { id: app.fresh_id(), kind, text, file: None, fact, by: actor.person.clone(), at: app.now(), withdrawn: false }
}

fn kind_word(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Link => "link",
        EvidenceKind::File => "file",
        EvidenceKind::Note => "note",
        EvidenceKind::Fact => "fact",
    }
}
