//! Several things done to one item in one change: all of them, or none.

use tminus_domain::{
    checklist::item::Item,
    ids::{EngagementId, ItemId},
    rights::{Actor, Right},
};

use super::{
    Seen,
    arrange::{EditItem, edit_in},
    comment::{AddComment, comment_on},
    evidence::{AddEvidence, AttachFile, ChooseWayOut, KeptFile, attach, choose, keep, kept_if_done, not_a_file, prove},
    item_of, may_attach,
    status::{AcceptItem, SetStatus, accept, move_item},
};
use crate::{App, Failure};

/// What is done, in this order. Each part names the item again; the version counts once, before the first of them.
#[derive(Default)]
pub struct WorkOn {
    pub item: ItemId,
    pub version: Option<u32>,
    pub files: Vec<AttachFile>,
    pub evidence: Vec<AddEvidence>,
    pub way_out: Option<ChooseWayOut>,
    pub edits: Vec<EditItem>,
    pub comment: Option<AddComment>,
    pub status: Option<SetStatus>,
    pub accept: Option<AcceptItem>,
}

/// Does all of it in one change, which can be taken back as one; what was commented stays said.
pub async fn work_on(app: &App, actor: &Actor, engagement: &EngagementId, input: WorkOn) -> Result<Item, Failure> {
    input.evidence.iter().try_for_each(|it| not_a_file(it.kind))?;
    let view = app.view(actor, engagement, Right::WorkItems).await?;
    view.engagement.item(&input.item).ok_or(Failure::NotFound)?;
    if !input.files.is_empty() {
        may_attach(app, actor, engagement, &Seen { item: input.item.clone(), version: input.version }).await?;
    }
    let mut input = input;
    let (mut kept, mut ids) = (Vec::with_capacity(input.files.len()), Vec::new());
    for file in std::mem::take(&mut input.files) {
        match keep(app, file).await {
            Ok(file) => {
                ids.push(file.id.clone());
                kept.push(file);
            }
            Err(failure) => return kept_if_done(app, &ids, Err(failure)).await,
        }
    }
    kept_if_done(app, &ids, all_of(app, actor, engagement, (input, kept)).await).await
}

async fn all_of(app: &App, actor: &Actor, engagement: &EngagementId, (input, kept): (WorkOn, Vec<KeptFile>)) -> Result<Item, Failure> {
    let WorkOn { item, version, files: _, evidence, way_out, edits, comment, status, accept: acceptance } = input;
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let before = item_of(&change, &item, version)?;
    for file in kept {
        attach(app, actor, &mut change, file).await?;
    }
    for proof in evidence {
        prove(app, actor, &mut change, proof)?;
    }
    if let Some(way_out) = way_out {
        app.permit(actor, change.engagement(), Right::EditChecklist)?;
        choose(app, actor, &mut change, way_out)?;
    }
    for edit in edits {
        app.permit(actor, change.engagement(), Right::EditChecklist)?;
        edit_in(&mut change, edit, app.now())?;
    }
    if let Some(status) = status {
        move_item(app, actor, &mut change, status)?;
    }
    if let Some(acceptance) = acceptance {
        app.permit(actor, change.engagement(), Right::AcceptItems)?;
        accept(app, actor, &mut change, &acceptance)?;
    }
    let worked = item_of(&change, &item, None)?;
    let commented = comment.is_some();
    if let Some(comment) = comment {
        comment_on(app, actor, &mut change, comment).await?;
    }
    let now = item_of(&change, &item, None)?;
    if worked.version != before.version {
        change.can_be_undone();
    } else if !commented {
        return Ok(Item::clone(&now));
    }
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(Item::clone(&now))
}
