//! Reading and exporting the record.

mod csv;
pub mod export;
pub mod form;

use tminus_domain::{
    ids::EngagementId,
    record::chain::{Entry, Head, Read},
    rights::{Actor, Right},
};
use tminus_store::record::{PRACTICE, Wanted};

use crate::{App, Failure, engagement::plan::INTERNAL_DIFF};

/// A page of an engagement's record, newest first.
pub async fn read_record(app: &App, actor: &Actor, engagement: &EngagementId, wanted: &Wanted) -> Result<Vec<Read>, Failure> {
    let view = app.view(actor, engagement, Right::ReadRecord).await?;
    let wanted = Wanted { limit: wanted.limit.clamp(1, 500), ..wanted.clone() };
    let entries = app.store.record(&view.scope, &wanted).await?;
    let mut read: Vec<_> = entries.iter().filter_map(Entry::read).collect();
    if !view.scope.sees_internal() {
        for entry in &mut read {
            entry.texts.remove(INTERNAL_DIFF);
        }
    }
    Ok(read)
}

/// A stretch of the whole chain after a number, to prove it or to export it, and where the chain stands.
/// Only for those who may read internal things: a chain with holes proves nothing.
pub async fn export_record(app: &App, actor: &Actor, engagement: &EngagementId, after: u64) -> Result<(Vec<Entry>, Head), Failure> {
    let view = app.view(actor, engagement, Right::ReadRecord).await?;
    if !view.scope.sees_internal() {
        return Err(Failure::Forbidden);
    }
    Ok((app.store.stretch(engagement.as_str(), after, EXPORT_STRETCH).await?, view.engagement.head.clone()))
}

/// A page of the practice's own record, newest first, and where it stands.
pub async fn read_practice_record(app: &App, actor: &Actor, wanted: &Wanted) -> Result<(Vec<Read>, Head), Failure> {
    let scope = App::practice(actor, Right::ReadPracticeRecord)?;
    let wanted = Wanted { limit: wanted.limit.clamp(1, 500), ..wanted.clone() };
    let (entries, head) = app.store.practice_record(&scope, &wanted).await?;
    Ok((entries.iter().filter_map(Entry::read).collect(), head))
}

/// A stretch of the practice's own record after a number, to prove it or to export it, and where it stands.
pub async fn export_practice_record(app: &App, actor: &Actor, after: u64) -> Result<(Vec<Entry>, Head), Failure> {
    App::practice(actor, Right::ReadPracticeRecord)?;
    // The head first: the stretch goes at least that far.
    let head = app.store.practice_head().await?;
    Ok((app.store.stretch(PRACTICE, after, EXPORT_STRETCH).await?, head))
}

/// Entries of one stretch of an export.
pub const EXPORT_STRETCH: u64 = 1_000;
