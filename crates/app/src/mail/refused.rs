//! An address that a mail server refuses becomes something to do.

use std::{collections::BTreeSet, sync::Arc};

use tminus_domain::{
    checklist::item::{Content, Item},
    ids::{EngagementId, ItemId},
    kit::Side,
    mail::{Letter, Message},
    record::fact::{Fact, FactKind},
    rights::Right,
};

use super::job;
use crate::{App, Failure, checklist::arrange};

/// Says on the engagements of a letter that its address does not work, and adds an item to set that right unless one is open.
pub(super) async fn tell(app: &App, letter: &Letter, why: &str) -> Result<(), Failure> {
    let parts = if let Message::Digest { parts } = &letter.message { &parts[..] } else { &[] };
    let engagements: BTreeSet<_> = letter.engagement.iter().chain(parts.iter().map(|part| &part.engagement)).collect();
    for engagement in engagements {
        tell_in(app, engagement, (letter, why)).await?;
    }
    Ok(())
}

async fn tell_in(app: &App, engagement: &EngagementId, (letter, why): (&Letter, &str)) -> Result<(), Failure> {
    let job = job();
    let mut change = match app.change(&job, engagement, Right::EditChecklist).await {
        // Also where nothing changes any more.
        Err(Failure::NotFound | Failure::Refused(_)) => return Ok(()),
        change => change?,
    };
    let fact = Fact::new(FactKind::LetterRefused, letter.person.as_str(), &letter.name);
    change.record(fact.why(Some(format!("{}: {why}", letter.address))).internal(true));
    let key = format!("fix-address-{}", letter.person);
    let whole = change.engagement();
    let open = whole.items.iter().any(|item| item.key.starts_with(&key) && item.is_open());
    if let Some(activity) = whole.plan.activities.first().filter(|_| !open) {
        let content = Content {
            title: format!("Fix the e-mail address of {}", letter.name),
            description: format!("A mail server refused {}: {why}", letter.address),
            internal: true,
            ..Content::default()
        };
        let id = ItemId(app.fresh_id());
        let mut item = Item {
            key: format!("{key}-{id}"),
            activity: activity.id.clone(),
            position: arrange::free_position(whole, &activity.id, None),
            ..Item::to_do(id, Arc::new(content), Side::Delivery.into(), app.now())
        };
        let today = app.today(&whole.plan.setup.zone);
        arrange::pin(&mut item, Some(today), whole)?;
        change.record(Fact::new(FactKind::ItemAdded, item.id.as_str(), &item.content.title).to(today.to_string()).internal(true));
        change.add_item(item);
    }
    change.save(&job, app.now(), &app.salt()).await?;
    Ok(())
}
