//! An address that a mail server refuses becomes something to do.

use std::collections::BTreeSet;

use tminus_domain::{
    checklist::item::Content,
    ids::EngagementId,
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
    let content = Content {
        title: format!("Fix the e-mail address of {}", letter.name),
        description: format!("A mail server refused {}: {why}", letter.address),
        internal: true,
        ..Content::default()
    };
    arrange::add_for_today(app, &mut change, &key, content)?;
    change.save(&job, app.now(), &app.salt()).await?;
    Ok(())
}
