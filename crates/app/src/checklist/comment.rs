//! Talking about an item.

use jiff::SignedDuration;
use tminus_domain::{
    checklist::{item::Item, word::Word, work::MAX_TEXT},
    ids::{CommentId, EngagementId, ItemId},
    record::fact::FactKind,
    rights::{Actor, Right},
};
use tminus_store::{Change, checklist::comment::Comment};

use super::{item_of, status::fact};
use crate::{App, Failure, Refusal};

#[derive(Clone, Debug)]
pub struct AddComment {
    pub item: ItemId,
    pub text: String,
    /// Only for the delivery side.
    pub internal: bool,
}

pub async fn add_comment(app: &App, actor: &Actor, engagement: &EngagementId, input: AddComment) -> Result<Comment, Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let comment = comment_on(app, actor, &mut change, input).await?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(comment)
}

/// How long the same words of the same person are one comment, where a form sends them.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// The same by a form: pressed twice, or once more because the answer was lost on the way, it is said once. Programs have keys for that.
pub async fn say_once(app: &App, actor: &Actor, engagement: &EngagementId, input: AddComment) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    let item = item_of(&change, &input.item, None)?;
    let internal = input.internal || change.engagement().hides(&item);
    let since = app.now().checked_sub(AGAIN).unwrap_or(app.now());
    let said = change.said_since(&input.item, &actor.person, since).await?;
    if said.iter().any(|it| it.internal == internal && it.body == input.text.trim()) {
        return Ok(());
    }
    comment_on(app, actor, &mut change, input).await?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

pub(super) async fn comment_on(app: &App, actor: &Actor, change: &mut Change, input: AddComment) -> Result<Comment, Failure> {
    let text = input.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(Refusal::field("comment", format!("write 1 to {MAX_TEXT} characters")).into());
    }
    let item = item_of(change, &input.item, None)?;
    let internal = change.engagement().hides(&item) || input.internal;
    if internal && !change.scope().sees_internal() {
        return Err(Failure::Forbidden);
    }
    let comment = Comment {
        id: CommentId(app.fresh_id()),
        item: item.id.clone(),
        by: actor.person.clone(),
        at: app.now(),
        internal,
        body: text.clone(),
    };
    change.add_comment(&comment).await?;
    change.record(fact(FactKind::CommentAdded, &item).internal(internal).text("comment", text));
    // What others are typing on the item stays valid: a comment is no new version of it.
    let mut commented = Item::clone(&item);
    commented.comments += u32::from(!internal);
    commented.internal_comments += u32::from(internal);
    if !internal {
        commented.word = Some(Word { by: actor.person.clone(), side: change.scope().side(), at: app.now() });
    }
    change.save_item(commented);
    Ok(comment)
}

/// What was said about an item, oldest first, as far as the actor may read it.
pub async fn list_comments(app: &App, actor: &Actor, engagement: &EngagementId, item: &ItemId) -> Result<Vec<Comment>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    view.engagement.item(item).ok_or(Failure::NotFound)?;
    Ok(app.store.comments(&view.scope, item).await?)
}
