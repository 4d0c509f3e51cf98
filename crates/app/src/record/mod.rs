//! Reading and exporting the record.

mod csv;
pub mod export;
pub mod form;

use tminus_domain::{
    ids::EngagementId,
    record::chain::{Entry, Head, Read},
    rights::{Actor, Right},
};
use tminus_store::record::Wanted;

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

/// Entries of one stretch of an export.
pub const EXPORT_STRETCH: u64 = 1_000;
